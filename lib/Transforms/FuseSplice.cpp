//===- FuseSplice.cpp - Projected rows written to their places ------------===//
#include "bridge/IR/Plan.h"
#include "bridge/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace bridge;

namespace bridge {
#define GEN_PASS_DEF_FUSESPLICE
#include "bridge/Transforms/Passes.h.inc"
} // namespace bridge

static Value rootOf(Value view) { return plan::GroupOp::rootOf(view); }

static plan::ViewType typeOf(Value view) {
  return cast<plan::ViewType>(view.getType());
}

static bool isStep(Operation &op) {
  return isa<plan::LaunchOp, plan::CallOp>(op);
}

static bool touches(Operation *step, Value memory) {
  return llvm::is_contained(llvm::map_range(step->getOperands(), rootOf),
                            memory);
}

/// Whether a view begins where its memory does.
static bool isAtStart(Value view) {
  while (auto subview = view.getDefiningOp<plan::SubviewOp>()) {
    if (subview.getOffset() != "0")
      return false;
    view = subview.getSource();
  }
  return true;
}

/// Whether a product's result [1, 1, v, d] is the rows [v, d].
static bool sameRows(Value product, Value rows) {
  auto last = [](DimsAttr dims) {
    return SmallVector<Dim>(ArrayRef(dims.getDims()).take_back(2));
  };
  plan::ViewType all = typeOf(product), two = typeOf(rows);
  return llvm::all_of(ArrayRef(all.getSizes().getDims()).drop_back(2),
                      [](const Dim &size) { return size == Dim(1); }) &&
         last(all.getSizes()) == last(two.getSizes()) &&
         last(all.getStrides()) == last(two.getStrides()) &&
         isAtStart(product) && isAtStart(rows);
}

namespace {

/// A splice of a function, and the steps around it.
class Splice {
public:
  Splice(plan::LaunchOp launch, SymbolTable &symbols);

  /// Why it stays; empty where its values can be written to their places.
  StringRef findObstacle();
  /// Writes them there.
  void fuse();

private:
  Value text() { return launch.getViews()[0]; }
  Value values() { return launch.getViews()[1]; }
  Value marks() { return launch.getViews()[2]; }
  Value out() { return launch.getViews()[3]; }

  SmallVector<Operation *> stepsThatTouch(Value memory);
  int64_t numberOf(Operation *step) {
    return llvm::find(steps, step) - steps.begin();
  }
  plan::KernelOp kernelOf(plan::LaunchOp op) {
    return symbols.lookup<plan::KernelOp>(op.getKernel());
  }
  plan::KernelOp makePlacesKernel(plan::ViewType places);
  plan::KernelOp makeProductKernel(plan::ViewType places, plan::ViewType rows);
  void launchAt(plan::KernelOp kernel, ValueRange views, Location loc);
  void renumber();

  plan::LaunchOp launch;
  SymbolTable &symbols;
  SmallVector<Operation *> steps; ///< launches and calls of the function
  plan::LaunchOp product;         ///< makes the values
};

} // namespace

Splice::Splice(plan::LaunchOp launch, SymbolTable &symbols)
    : launch(launch), symbols(symbols) {
  for (Operation &op : *launch->getBlock())
    if (isStep(op))
      steps.push_back(&op);
}

SmallVector<Operation *> Splice::stepsThatTouch(Value memory) {
  return llvm::filter_to_vector(
      steps, [&](Operation *step) { return touches(step, memory); });
}

StringRef Splice::findObstacle() {
  Value valueRows = rootOf(values()), textRows = rootOf(text()),
        outRows = rootOf(out());
  auto makers = stepsThatTouch(valueRows);
  if (!valueRows.getDefiningOp<plan::BufferOp>() || makers.size() != 2 ||
      makers.back() != launch)
    return "the vectors are read elsewhere";
  product = dyn_cast<plan::LaunchOp>(makers.front());
  if (!product || kernelOf(product).getKind() != plan::KernelKind::Gemm ||
      !sameRows(product.getViews().back(), values()))
    return "the vectors are not the rows of one product";
  if (llvm::is_contained(
          llvm::map_range(product.getViews().drop_back(), rootOf), valueRows))
    return "the product writes over one of its operands";

  auto writers = stepsThatTouch(textRows);
  if (!textRows.getDefiningOp<plan::BufferOp>() || writers.size() != 2 ||
      writers.back() != launch)
    return "the text is read elsewhere";
  if (textRows.getType() != outRows.getType() ||
      text().getType() != out().getType() || !isAtStart(text()) ||
      !isAtStart(out()) || stepsThatTouch(outRows).front() != launch)
    return "the text does not lie as the result does";
  if (typeOf(out()).getElementType() != typeOf(values()).getElementType())
    return "the vectors are stored as another type";

  // The product will run where the splice is now.
  for (Operation *step : ArrayRef(steps).slice(
           numberOf(product) + 1, numberOf(launch) - numberOf(product) - 1))
    for (Value operand : product.getViews().drop_back())
      if (Value memory = rootOf(operand);
          memory.getDefiningOp<plan::BufferOp>() && touches(step, memory))
        return "what the product reads is used again before the splice";
  return "";
}

plan::KernelOp Splice::makePlacesKernel(plan::ViewType places) {
  OpBuilder builder(kernelOf(launch));
  NamedAttrList config(kernelOf(launch).getConfig());
  config.set("places", builder.getUnitAttr());
  auto kernel = plan::KernelOp::create(
      builder, launch.getLoc(), "splice_places", plan::KernelKind::Splice,
      builder.getTypeArrayAttr({marks().getType(), places}),
      config.getDictionary(builder.getContext()));
  symbols.insert(kernel);
  return kernel;
}

plan::KernelOp Splice::makeProductKernel(plan::ViewType places,
                                         plan::ViewType rows) {
  plan::KernelOp plain = kernelOf(product);
  OpBuilder builder(plain);
  SmallVector<Type> signature(plain.getSignature().getAsValueRange<TypeAttr>());
  signature.back() = places;
  signature.push_back(rows);
  NamedAttrList config(plain.getConfig());
  config.set("scatter", builder.getUnitAttr());
  plan::KernelOp kernel = plain.clone();
  kernel.setSignatureAttr(builder.getTypeArrayAttr(signature));
  kernel.setConfigAttr(config.getDictionary(builder.getContext()));
  kernel.setSymName((plain.getSymName() + "_scatter").str());
  symbols.insert(kernel);
  return kernel;
}

void Splice::launchAt(plan::KernelOp kernel, ValueRange views, Location loc) {
  OpBuilder builder(launch);
  plan::LaunchOp::create(builder, loc, kernel.getSymName(), views);
}

/// The steps between the product and the splice come one earlier, the product
/// in the splice's place, and before it, where the last one of them was, the
/// kernel that finds the places.
void Splice::renumber() {
  int64_t from = numberOf(product), to = numberOf(launch);
  auto moved = [&](int64_t step) {
    return from < step && step < to ? step - 1 : step;
  };
  for (auto buffer : launch->getBlock()->getOps<plan::BufferOp>()) {
    bool isRead = touches(product, buffer.getResult());
    int64_t last = int64_t(buffer.getLast());
    buffer.setFirst(moved(buffer.getFirst()));
    buffer.setLast(isRead ? std::max(to, last) : moved(last));
  }
  for (auto frame : launch->getBlock()->getOps<plan::FrameOp>())
    frame.setAt(moved(frame.getAt()));
}

void Splice::fuse() {
  renumber();
  int64_t step = numberOf(launch);
  auto textBuffer = rootOf(text()).getDefiningOp<plan::BufferOp>();
  auto valueBuffer = rootOf(values()).getDefiningOp<plan::BufferOp>();
  if (auto buffer = rootOf(out()).getDefiningOp<plan::BufferOp>()) {
    buffer.setFirst(textBuffer.getFirst());
    buffer->moveBefore(textBuffer);
  }

  OpBuilder builder(valueBuffer);
  Dim count = typeOf(values()).getSizes().getDims().front();
  auto placesType =
      plan::ViewType::get(builder.getI32Type(), {count}, {Dim(4)});
  Value places = plan::BufferOp::create(builder, launch.getLoc(), placesType,
                                        (count * Dim(4)).str(),
                                        std::max<int64_t>(step - 1, 0), step);
  launchAt(makePlacesKernel(placesType), {marks(), places}, launch.getLoc());

  plan::ViewType outType = typeOf(out());
  SmallVector<Dim> sizes{Dim(1), Dim(1)}, strides{Dim(0), Dim(0)};
  llvm::append_range(sizes, outType.getSizes().getDims());
  llvm::append_range(strides, outType.getStrides().getDims());
  builder.setInsertionPoint(launch);
  auto rowsType = plan::ViewType::get(outType.getElementType(), sizes, strides);
  Value rows =
      plan::SubviewOp::create(builder, launch.getLoc(), rowsType, out(), "0");
  SmallVector<Value> views(product.getViews().drop_back());
  views.append({places, rows});
  launchAt(makeProductKernel(placesType, rowsType), views,
           builder.getFusedLoc({product.getLoc(), launch.getLoc()}));

  textBuffer.getResult().replaceAllUsesWith(rootOf(out()));
  launch.erase();
  product.erase();
  textBuffer.erase();
}

namespace {
struct FuseSplice : public bridge::impl::FuseSpliceBase<FuseSplice> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<plan::LaunchOp> splices;
    getOperation().walk([&](plan::LaunchOp launch) {
      if (symbols.lookup<plan::KernelOp>(launch.getKernel()).getKind() ==
          plan::KernelKind::Splice)
        splices.push_back(launch);
    });
    for (plan::LaunchOp launch : splices) {
      auto opts =
          remark::RemarkOpts::name("splice").category("plan-fuse-splice");
      Splice splice(launch, symbols);
      Location loc = launch.getLoc();
      if (StringRef why = splice.findObstacle(); !why.empty()) {
        remark::missed(loc, opts) << remark::reason("{0}", why);
        continue;
      }
      splice.fuse();
      remark::passed(loc, opts)
          << remark::add("a product writes its rows to their places");
    }
    eraseUnused(symbols);
  }

  /// Kernels, views and buffers that were of what is no more.
  void eraseUnused(SymbolTable &symbols) {
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Operation &op :
           llvm::make_early_inc_range(llvm::reverse(function.front())))
        if (isa<plan::SubviewOp, plan::BufferOp>(op) && op.use_empty())
          op.erase();
    for (auto kernel :
         llvm::make_early_inc_range(getOperation().getOps<plan::KernelOp>()))
      if (SymbolTable::symbolKnownUseEmpty(kernel, getOperation()))
        symbols.erase(kernel);
  }
};
} // namespace
