//===- Arguments.cpp - The argument block of a launch ---------------------===//
#include "bridge/Kernels/Arguments.h"

using namespace mlir;
using namespace bridge;

/// Slots of panels: a pointer and four sizes.
static constexpr int64_t kPanelsSlots = 5;

ArgumentSlots bridge::argumentSlots(plan::KernelOp kernel) {
  ArgumentSlots slots;
  int64_t next = 1;
  for (Type type : kernel.getSignature().getAsValueRange<TypeAttr>()) {
    slots.operands.push_back(next);
    auto view = dyn_cast<plan::ViewType>(type);
    next += view ? 1 + 2 * view.getRank() : kPanelsSlots;
  }
  slots.firstDim = next;
  kernel.getBody().walk([&](plan::DimOp dim) {
    if (!llvm::is_contained(slots.dims, dim.getExpr()))
      slots.dims.push_back(dim.getExpr());
  });
  slots.count = next + slots.dims.size();
  return slots;
}

std::optional<int64_t> bridge::lastStride(plan::ViewType view) {
  if (view.getRank() == 0)
    return std::nullopt;
  return view.getStrides().getDims().back().constant();
}

bool bridge::isContiguous(plan::ViewType view) {
  return lastStride(view) == elementBytes(view.getElementType());
}

Arguments::Arguments(Emitter &emitter, plan::KernelOp kernel, Value block)
    : emitter(emitter), op(kernel), block(block), slots(argumentSlots(kernel)) {
}

Value Arguments::slot(int64_t index, Type type) {
  Value &value = loaded[index];
  if (!value) {
    OpBuilder::InsertionGuard guard(emitter.builder());
    emitter.builder().setInsertionPointToStart(block.getParentBlock());
    value = emitter.load(type, emitter.offset(block, 8 * index));
  }
  return value;
}

Value Arguments::call() { return slot(0, emitter.pointerType()); }

Type Arguments::operandType(unsigned operand) {
  return cast<TypeAttr>(op.getSignature()[operand]).getValue();
}

Type Arguments::elementType(unsigned operand) {
  Type type = operandType(operand);
  if (auto view = dyn_cast<plan::ViewType>(type))
    return view.getElementType();
  return cast<plan::PanelsType>(type).getElementType();
}

Value Arguments::pointer(unsigned operand) {
  return slot(slots.operands[operand], emitter.pointerType());
}

Value Arguments::size(unsigned operand, unsigned axis) {
  return slot(slots.operands[operand] + 1 + axis, emitter.i64Type());
}

Value Arguments::stride(unsigned operand, unsigned axis) {
  auto view = cast<plan::ViewType>(operandType(operand));
  int64_t rank = view.getRank();
  if (axis + 1 == rank)
    if (std::optional<int64_t> constant = lastStride(view))
      return emitter.number(*constant);
  return slot(slots.operands[operand] + 1 + rank + axis, emitter.i64Type());
}

Value Arguments::address(unsigned operand, ValueRange indices) {
  Value address = pointer(operand);
  for (auto [axis, index] : llvm::enumerate(indices))
    address =
        emitter.offset(address, emitter.mul(index, stride(operand, axis)));
  return address;
}

void Arguments::mapDims(IRMapping &mapping) {
  op.getBody().walk([&](plan::DimOp dim) {
    const auto *found = llvm::find(slots.dims, dim.getExpr());
    int64_t index = slots.firstDim + (found - slots.dims.begin());
    mapping.map(dim.getResult(),
                emitter.narrow(slot(index, emitter.i64Type())));
  });
}
