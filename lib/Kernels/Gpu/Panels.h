//===- Panels.h - Packed matrices on the GPU --------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_KERNELS_GPU_PANELS_H
#define BRIDGE_LIB_KERNELS_GPU_PANELS_H

#include "WarpEmitter.h"
#include "bridge/Kernels/Arguments.h"
#include "bridge/Kernels/GpuLevel.h"

namespace bridge {

/// A panel has a column for each thread of a warp.
inline constexpr int64_t kPanelColumns = kGpuPanelWidth;
static_assert(kPanelColumns == kWarpThreads);

/// Bytes of one panel of an operand's matrices.
mlir::Value panelBytes(WarpEmitter &emitter, Arguments &arguments,
                       unsigned operand);

/// The address of the panels that the batch indices pick of an operand;
/// matrices of one batch serve all.
mlir::Value panelsOfBatch(WarpEmitter &emitter, Arguments &arguments,
                          unsigned operand, mlir::ValueRange batches);

} // namespace bridge

#endif // BRIDGE_LIB_KERNELS_GPU_PANELS_H
