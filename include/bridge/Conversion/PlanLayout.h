//===- PlanLayout.h - The numbering of a plan's tables ----------*- C++ -*-===//
//
// Generated code and the manifest refer to dimensions, weight slots and frames
// by number; both get the numbers here.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_CONVERSION_PLANLAYOUT_H
#define BRIDGE_CONVERSION_PLANLAYOUT_H

#include "bridge/IR/Plan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace bridge {

/// A weight in the layout that some reader wants.
struct WeightSlot {
  mlir::StringAttr weight; ///< the declared weight's name
  mlir::StringAttr view;   ///< a view of it, or ""
  mlir::Type element;      ///< of what is stored
  bool panels;             ///< packed, or row-major

  bool operator==(const WeightSlot &) const = default;
  /// Some order, for maps.
  bool operator<(const WeightSlot &other) const {
    auto key = [](const WeightSlot &slot) {
      return std::tuple(slot.weight.getAsOpaquePointer(),
                        slot.view.getAsOpaquePointer(),
                        slot.element.getAsOpaquePointer(), slot.panels);
    };
    return key(*this) < key(other);
  }
};

/// The memory of one function: its buffers, then the frames of its calls, in
/// the order of their operations.
struct Frame {
  mlir::func::FuncOp function;
  llvm::SmallVector<plan::BufferOp> buffers;
  llvm::SmallVector<plan::FrameOp> calls;
};

class PlanLayout {
public:
  explicit PlanLayout(mlir::ModuleOp module);

  /// The symbols of all dimensions, sorted.
  llvm::ArrayRef<std::string> dims() const { return dimNames; }
  llvm::ArrayRef<WeightSlot> slots() const { return weightSlots; }
  llvm::ArrayRef<Frame> frames() const { return frameList; }
  llvm::ArrayRef<mlir::func::FuncOp> entries() const { return entryList; }

  unsigned dimIndex(llvm::StringRef name) const;
  unsigned slotIndex(plan::WeightOp op) const;
  unsigned frameIndex(llvm::StringRef function) const;

private:
  std::vector<std::string> dimNames;
  llvm::SmallVector<WeightSlot> weightSlots;
  std::map<WeightSlot, unsigned> slotNumbers;
  llvm::SmallVector<Frame> frameList;
  llvm::SmallVector<mlir::func::FuncOp> entryList;
  llvm::StringMap<unsigned> frameNumbers;
};

} // namespace bridge

#endif // BRIDGE_CONVERSION_PLANLAYOUT_H
