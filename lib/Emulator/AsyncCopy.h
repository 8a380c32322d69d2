//===- AsyncCopy.h - Copies that a thread starts and waits for ----*- C++
//-*-===//
#pragma once
#include "Sites.h"
#include <cstdint>
#include <vector>

namespace bridge::emulator {

/// The copies of cp.async that a thread started. Each is made when the thread
/// waits for it and no earlier, so that who waits too little finds no data.
struct ThreadCopies {
  struct Copy {
    char *destination;
    const char *source;
    uint32_t bytes, sourceBytes; ///< the rest becomes zero
    Site site;
  };
  std::vector<Copy> started;    ///< in their order
  std::vector<uint32_t> groups; ///< copies in each committed group
  uint32_t open = 0;            ///< copies in none

  void clear() { started.clear(), groups.clear(), open = 0; }
};

} // namespace bridge::emulator
