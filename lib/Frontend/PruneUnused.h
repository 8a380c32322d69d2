//===- PruneUnused.h - Removes what no result needs -------------*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_PRUNEUNUSED_H
#define BRIDGE_LIB_FRONTEND_PRUNEUNUSED_H

#include "mlir/IR/Block.h"

namespace bridge::frontend {

/// Erases operations whose results nothing uses, and results of parts that
/// nothing uses.
void pruneUnused(mlir::Block &block);

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_PRUNEUNUSED_H
