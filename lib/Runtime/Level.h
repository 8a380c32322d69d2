//===- Level.h - Levels of the instruction set ------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_LEVEL_H
#define BRIDGE_LIB_RUNTIME_LEVEL_H

#include "Base.h"

namespace bridge::runtime {

/// The best level of `program` that the processor has, or the one that the
/// environment variable BRIDGE_LEVEL names.
bridge_status chooseLevel(const bridge_program &program,
                          const bridge_level *&level, Message &message);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_LEVEL_H
