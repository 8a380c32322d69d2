//===- Arguments.h - The argument block of a launch -------------*- C++ -*-===//
//
// What host code writes and kernels read, in slots of 8 bytes:
//   0          the bridge_call (bridge/Runtime/Abi.h)
//   then, for each operand of the kernel's signature,
//     a view   pointer, sizes, byte strides
//     panels   pointer, four sizes
//   then       the value of each distinct plan.dim of the region, in order
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_KERNELS_ARGUMENTS_H
#define BRIDGE_KERNELS_ARGUMENTS_H

#include "bridge/IR/Plan.h"
#include "bridge/Kernels/Emitter.h"
#include "mlir/IR/IRMapping.h"

namespace bridge {

/// Where things stand in the argument block of a kernel.
struct ArgumentSlots {
  llvm::SmallVector<int64_t> operands;     ///< the first slot of each operand
  llvm::SmallVector<llvm::StringRef> dims; ///< expressions of plan.dim
  int64_t firstDim;                        ///< the slot of dims[0]
  int64_t count;                           ///< slots in all
};

ArgumentSlots argumentSlots(plan::KernelOp kernel);

/// Reads the argument block inside a function of the kernel. All loads stand at
/// the start of the function, whatever the insertion point, so that their
/// values can be used anywhere in it.
class Arguments {
public:
  /// `block` is an argument of the function.
  Arguments(Emitter &emitter, plan::KernelOp kernel, mlir::Value block);

  plan::KernelOp kernel() const { return op; }
  /// The bridge_call.
  mlir::Value call();
  unsigned operandCount() const { return slots.operands.size(); }
  mlir::Type operandType(unsigned operand);
  /// The type of its elements.
  mlir::Type elementType(unsigned operand);
  mlir::Value pointer(unsigned operand);
  mlir::Value size(unsigned operand, unsigned axis);
  /// In bytes; a constant where the last stride's kind makes it one.
  mlir::Value stride(unsigned operand, unsigned axis);
  /// The address of the element at `indices`, one for each leading axis (the
  /// others at 0).
  mlir::Value address(unsigned operand, mlir::ValueRange indices);
  /// Maps the results of each plan.dim in the region to scalars of i32.
  void mapDims(mlir::IRMapping &mapping);

private:
  mlir::Value slot(int64_t index, mlir::Type type);

  Emitter &emitter;
  plan::KernelOp op;
  mlir::Value block;
  ArgumentSlots slots;
  llvm::DenseMap<int64_t, mlir::Value> loaded;
};

/// The last stride of a view where it is the same for all launches of a kernel.
std::optional<int64_t> lastStride(plan::ViewType view);
/// Whether the elements of the last axis lie one after the other.
bool isContiguous(plan::ViewType view);

} // namespace bridge

#endif // BRIDGE_KERNELS_ARGUMENTS_H
