//===- Epilogue.h - What finishes the result of a linear --------*- C++ -*-===//
#ifndef BRIDGE_LIB_TRANSFORMS_EPILOGUE_H
#define BRIDGE_LIB_TRANSFORMS_EPILOGUE_H

#include "bridge/IR/Bridge.h"

namespace bridge {

/// What a linear's result passes through.
struct Epilogue {
  /// Element-wise operations of f32, each the only use of the one before, of
  /// the result's shape and in the linear's block.
  llvm::SmallVector<mlir::Operation *> chain;
  /// Why the element-wise operation that comes next is not one of them; empty
  /// where none comes.
  std::string obstacle;
};

Epilogue findEpilogue(LinearOp linear);

/// Replaces a linear and `ops` by a fused linear whose region computes them.
/// They are element-wise and stand after what they read; the last one's result
/// is that of the whole. Those that something else reads as well are kept.
FusedLinearOp fuseEpilogue(LinearOp linear,
                           llvm::ArrayRef<mlir::Operation *> ops);

} // namespace bridge

#endif // BRIDGE_LIB_TRANSFORMS_EPILOGUE_H
