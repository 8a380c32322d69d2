//===- HoistSlices.cpp - Computing only the rows that are read ------------===//
#include "NarrowOperands.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_HOISTSLICES
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

namespace {
class SliceHoister {
public:
  explicit SliceHoister(ModuleOp module) : module(module), symbols(module) {}
  void run();

private:
  void hoist(SliceOp slice);
  void hoistOutOfOp(SliceOp slice, Operation *op);
  void hoistOutOfCall(SliceOp slice, OpResult result);
  void replaceSlices(SliceOp slice, Value part);
  func::FuncOp narrowed(func::FuncOp callee, unsigned result, SliceOp slice);

  ModuleOp module;
  SymbolTable symbols;
  llvm::SetVector<Operation *> worklist; ///< slices
  /// The narrowed copy of a function for the type and offsets of a result.
  DenseMap<std::tuple<Operation *, unsigned, Type, Attribute>, func::FuncOp>
      copies;
};
} // namespace

static remark::RemarkOpts remarkNamed() {
  return remark::RemarkOpts::name("slices").category("bridge-hoist-slices");
}

/// The sizes of a tensor as in its type.
static std::string formatShape(Value tensor) {
  std::string text;
  for (int64_t size : cast<RankedTensorType>(tensor.getType()).getShape())
    text += (text.empty() ? "" : "x") +
            (ShapedType::isDynamic(size) ? "?" : std::to_string(size));
  return text;
}

/// Whether the box holds at most half of the tensor, so that narrowing what
/// computes it pays.
static bool isSmall(const Box &box, Value tensor) {
  int64_t part = 1, whole = 1;
  for (auto [size, full] : llvm::zip_equal(box.sizes, getDims(tensor))) {
    if (size == full)
      continue;
    std::optional<int64_t> known = size.constant(), fullKnown = full.constant();
    if (!known)
      return false;
    part *= *known;
    whole *= fullKnown.value_or(2 * *known);
  }
  return 2 * part <= whole;
}

func::FuncOp SliceHoister::narrowed(func::FuncOp callee, unsigned result,
                                    SliceOp slice) {
  func::FuncOp &copy =
      copies[{callee, result, slice.getType(), slice.getOffsets()}];
  if (copy)
    return copy;
  copy = callee.clone();
  copy.setName((callee.getName() + "_slice").str());
  symbols.insert(copy, std::next(callee->getIterator()));
  Operation *exit = copy.getBody().front().getTerminator();
  OpBuilder builder(exit);
  auto inside = SliceOp::create(builder, slice.getLoc(), slice.getType(),
                                exit->getOperand(result), slice.getOffsets());
  exit->setOperand(result, inside);
  SmallVector<Type> types(copy.getResultTypes());
  types[result] = slice.getType();
  copy.setType(
      FunctionType::get(module.getContext(), copy.getArgumentTypes(), types));
  worklist.insert(inside);
  return copy;
}

/// Whether the box means the same inside a function as at a call of it: the
/// sizes that are not the whole axis, and all offsets, are numbers.
static bool hasNoNames(const Box &box, Value tensor) {
  for (size_t axis = 0; axis < box.rank(); ++axis)
    if (!box.offsets[axis].constant() ||
        !(box.sizes[axis].constant() || box.isWholeAlong(axis, tensor)))
      return false;
  return true;
}

/// Whether all that is read of the tensor is the box of `slice`.
static bool isAllThatIsRead(SliceOp slice) {
  return llvm::all_of(slice.getX().getUsers(), [&](Operation *user) {
    auto other = dyn_cast<SliceOp>(user);
    return other && other.getType() == slice.getType() &&
           other.getOffsets() == slice.getOffsets();
  });
}

/// Replaces all slices of what `slice` is of; they are equal.
void SliceHoister::replaceSlices(SliceOp slice, Value part) {
  for (Operation *user : llvm::make_early_inc_range(slice.getX().getUsers())) {
    worklist.remove(user);
    user->getResult(0).replaceAllUsesWith(part);
    user->erase();
  }
}

void SliceHoister::hoistOutOfCall(SliceOp slice, OpResult result) {
  auto call = cast<bridge::CallOp>(result.getOwner());
  unsigned index = result.getResultNumber();
  auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
  Operation *exit = callee.getBody().front().getTerminator();
  bool isComputed = exit->getOperand(index).getDefiningOp();
  if (!isComputed || !hasNoNames(Box::of(slice), result))
    return;
  func::FuncOp copy = narrowed(callee, index, slice);
  OpBuilder builder(call);
  auto narrowedCall =
      bridge::CallOp::create(builder, call.getLoc(), copy.getResultTypes(),
                             copy.getName(), call.getInputs());
  replaceSlices(slice, narrowedCall.getResult(index));
  for (auto [old, replacement] :
       llvm::zip_equal(call.getResults(), narrowedCall.getResults()))
    if (old != result)
      old.replaceAllUsesWith(replacement);
  call.erase();
}

void SliceHoister::hoistOutOfOp(SliceOp slice, Operation *op) {
  Box box = Box::of(slice);
  auto boxes = findOperandBoxes(op, box);
  if (!boxes)
    return;
  OpBuilder builder(op);
  Operation *narrowed = builder.clone(*op);
  narrowed->getResult(0).setType(slice.getType());
  builder.setInsertionPoint(narrowed);
  for (auto [operand, part] :
       llvm::zip_equal(narrowed->getOpOperands(), *boxes)) {
    if (part.sizes == getDims(operand.get()))
      continue;
    auto type = cast<RankedTensorType>(operand.get().getType());
    auto cut = SliceOp::create(
        builder, slice.getLoc(),
        getTensorType(part.sizes, type.getElementType()), operand.get(),
        DimsAttr::get(module.getContext(), part.offsets));
    operand.set(cut);
    worklist.insert(cut);
  }
  if (auto softmax = dyn_cast<SoftmaxOp>(narrowed))
    shiftMask(softmax, box);
  if (isa<LinearOp, MatmulOp>(op))
    remark::passed(op->getLoc(), remarkNamed())
        << remark::add("{0} of {1} computed", formatShape(slice.getResult()),
                       formatShape(slice.getX()));
  replaceSlices(slice, narrowed->getResult(0));
  op->erase();
}

/// Moves the slice before what makes its operand, if that pays.
void SliceHoister::hoist(SliceOp slice) {
  auto result = dyn_cast<OpResult>(slice.getX());
  if (!result || !isAllThatIsRead(slice) || !isSmall(Box::of(slice), result))
    return;
  if (isa<bridge::CallOp>(result.getOwner()))
    hoistOutOfCall(slice, result);
  else
    hoistOutOfOp(slice, result.getOwner());
}

void SliceHoister::run() {
  module.walk([&](SliceOp slice) { worklist.insert(slice); });
  while (!worklist.empty())
    hoist(cast<SliceOp>(worklist.pop_back_val()));
}

namespace {
struct HoistSlices : public bridge::impl::HoistSlicesBase<HoistSlices> {
  void runOnOperation() override { SliceHoister(getOperation()).run(); }
};
} // namespace
