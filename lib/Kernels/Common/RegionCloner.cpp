//===- RegionCloner.cpp - Scalar regions on vectors -----------------------===//
#include "bridge/Kernels/RegionCloner.h"
#include "bridge/Kernels/IntegerDivision.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace bridge;

/// `op` on vectors: the same operation with its types widened.
static Operation *cloneWidened(Emitter &emitter, Operation &op,
                               ArrayRef<Value> operands, int64_t lanes) {
  OperationState state(op.getLoc(), op.getName());
  state.addOperands(operands);
  for (Type type : op.getResultTypes())
    state.addTypes(lanes == 1 ? type : emitter.vectorType(type));
  state.addAttributes(op.getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = op.getPropertiesAsAttribute();
  return emitter.builder().create(state);
}

void bridge::cloneUniform(Emitter &emitter, Block &body, IRMapping &mapping) {
  auto isMapped = [&](Value value) { return mapping.contains(value); };
  for (Operation &op : body.without_terminator()) {
    if (isa<arith::ConstantOp>(op)) {
      emitter.builder().clone(op, mapping);
      continue;
    }
    if (!OpTrait::hasElementwiseMappableTraits(&op) || isIntegerDivision(op) ||
        !llvm::all_of(op.getOperands(), isMapped))
      continue;
    auto operands = llvm::map_to_vector(op.getOperands(), [&](Value value) {
      return emitter.broadcast(mapping.lookup(value));
    });
    mapping.map(
        op.getResults(),
        cloneWidened(emitter, op, operands, emitter.lanes())->getResults());
  }
}

FailureOr<SmallVector<Value>>
bridge::cloneOnVectors(Emitter &emitter, Block &body, IRMapping &mapping,
                       int64_t lanes, CloneOther other, CheckDivisor check) {
  auto lookup = [&](Value value) {
    Value mapped = mapping.lookupOrDefault(value);
    return lanes == 1 ? mapped : emitter.broadcast(mapped);
  };
  for (Operation &op : body.without_terminator()) {
    if (llvm::all_of(op.getResults(),
                     [&](Value result) { return mapping.contains(result); }))
      continue;
    if (isa<arith::ConstantOp>(op)) {
      Operation *constant = emitter.builder().clone(op);
      mapping.map(op.getResults(), constant->getResults());
      continue;
    }
    if (isIntegerDivision(op)) {
      if (check)
        check(op, lookup(op.getOperand(1)));
      mapping.map(op.getResult(0),
                  emitIntegerDivision(emitter, op, lookup(op.getOperand(0)),
                                      lookup(op.getOperand(1))));
      continue;
    }
    if (OpTrait::hasElementwiseMappableTraits(&op)) {
      Operation *widened = cloneWidened(
          emitter, op, llvm::map_to_vector(op.getOperands(), lookup), lanes);
      mapping.map(op.getResults(), widened->getResults());
      continue;
    }
    if (!other)
      return op.emitError("expected an element-wise operation in the region "
                          "of a kernel, found '")
             << op.getName() << "'";
    if (failed(other(op, mapping)))
      return failure();
  }
  return llvm::map_to_vector(body.getTerminator()->getOperands(), lookup);
}
