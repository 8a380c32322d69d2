//===- SharedMemory.h - Shared memory and who touched it ---------*- C++
//-*-===//
#pragma once
#include "Clock.h"
#include "Sites.h"
#include "ThreadState.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <memory>
#include <string>

namespace bridge::emulator {

/// An array of known size in shared memory.
struct StaticArray {
  std::string name;
  uint32_t offset, bytes;
};

/// Who accesses shared memory, where, and what he knows of others.
struct Accessor {
  uint16_t index; ///< of the thread in its block
  uint16_t site;
  uint32_t time;
  const ClockVector *seen;
};

enum class AccessKind : uint32_t { Read = 0, Write = 1, Atomic = 2 };

/// What is wrong with an access, and the other party to it.
struct Conflict {
  enum Kind : uint8_t {
    None,
    Bounds,          ///< outside of what the kernel has
    Uninitialised,   ///< nobody wrote this
    InFlight,        ///< a copy that is not waited for will write this
    ReadAfterWrite,  ///< another thread wrote this without a barrier since
    WriteAfterWrite, ///< the same, and this writes
    UnfencedProxy,   ///< a write that is not yet visible to an engine
    WriteAfterRead,  ///< another thread reads this without a barrier since
  };
  Kind kind = None;
  uint16_t index = 0, site = 0; ///< the other party, where there is one
  uint32_t offset = 0;

  explicit operator bool() const { return kind != None; }
};

/// One block's shared memory: a window of addresses below 2^31, so that 32 bits
/// hold one and the 18 bits of a matrix descriptor find it; and for each word
/// who wrote and who read it last.
class SharedMemory {
public:
  SharedMemory() = default;
  SharedMemory(const SharedMemory &) = delete;
  SharedMemory &operator=(const SharedMemory &) = delete;
  ~SharedMemory();

  /// False where the system has no memory.
  [[nodiscard]] bool map();

  char *begin() const { return window; }
  bool contains(const void *address) const {
    return uintptr_t(address) - uintptr_t(window) < kSharedWindowBytes;
  }

  /// Starts a block: all bytes become NaNs that nobody wrote. Accesses up to
  /// `time` are forgotten.
  void start(uint32_t dynamicBytes, llvm::ArrayRef<StaticArray> arrays,
             uint32_t time);

  /// Checks an access and remembers it.
  Conflict access(const char *address, uint32_t bytes, AccessKind kind,
                  const Accessor &who);
  /// Checks a read that an engine makes for `who`; writes have to be older than
  /// their thread's last fence, whose time `fenced` tells.
  Conflict readByEngine(const char *address, uint32_t bytes,
                        const Accessor &who,
                        llvm::function_ref<uint32_t(uint16_t)> fenced);
  /// Checks that a copy may write from now on, until `finishCopy`.
  Conflict startCopy(const char *address, uint32_t bytes, const Accessor &who);
  /// What a copy wrote was written by `who`.
  void finishCopy(const char *address, uint32_t bytes, const Accessor &who);

  /// In words where an address is.
  std::string describe(uint32_t offset) const;

private:
  // A word of four bytes. Masks have a bit for each byte.
  struct Cell {
    uint32_t writeTime, readTime[2];
    uint16_t writer, reader[2];
    uint16_t writeSite, readSite[2];
    uint8_t writeMask, readMask[2];
    uint8_t written;
    uint8_t copies; ///< under way
    bool atomic;    ///< the last write was
  };

  bool inBounds(uint32_t offset, uint32_t bytes) const;
  Conflict checkRead(Cell &cell, uint8_t mask, const Accessor &who);
  Conflict checkWrite(Cell &cell, uint8_t mask, bool atomic,
                      const Accessor &who);
  static void noteRead(Cell &cell, uint8_t mask, const Accessor &who);
  void noteWrite(Cell &cell, uint8_t mask, bool atomic, const Accessor &who);
  template <typename Function>
  Conflict forEachCell(const char *address, uint32_t bytes, Function function);

  char *window = nullptr;
  std::unique_ptr<Cell[]> cells;
  uint32_t dynamicBytes = 0;
  uint32_t startTime = 0;
  llvm::ArrayRef<StaticArray> arrays;
};

} // namespace bridge::emulator
