//===- ThreadState.h - What generated code knows of its thread
//--------------===//
#pragma once
#include <cstddef>
#include <cstdint>

namespace bridge::emulator {

/// The part of a thread that generated code reads and writes itself; every
/// function of a module gets its address as the last argument.
struct ThreadState {
  uint32_t threadId[3], blockDim[3], blockId[3], gridDim[3];
  uint32_t lane, warp, warps, lanesBelow;
  /// The block's shared memory.
  char *shared;
  /// Operands and results of collectives that are too many for arguments.
  alignas(16) char exchange[1024];
};

/// Bytes of shared memory that a block can have.
inline constexpr uint32_t kMaxSharedBytes = 232448;
/// Where arrays of known size lie, behind those whose size is known at launch.
inline constexpr uint32_t kStaticSharedOffset = kMaxSharedBytes;
/// Bytes of the window with both; what lies between arrays belongs to nobody.
inline constexpr uint32_t kSharedWindowBytes = 320 * 1024;

} // namespace bridge::emulator
