//===- Products.cpp - Matrix products as gemm launches --------------------===//
#include "Products.h"
#include "Lowerings.h"

using namespace mlir;
using namespace bridge;

/// Whether all leading axes fit into the two batch axes of the kernel, in the
/// layouts that `product` has.
static bool mergeProduct(Product &product) {
  SmallVector<Layout *> layouts{&product.a.layout, &product.out.layout};
  if (!product.panels)
    layouts.push_back(&product.b.layout);
  for (View &extra : product.extras)
    layouts.push_back(&extra.layout);
  // Shared panels let leading axes be rows.
  mergeLeading(layouts, product.panels ? 1 : 2);
  if (product.a.layout.rank() > 4)
    return false;
  for (Layout *layout : layouts)
    padRank(*layout, 4);
  return true;
}

Value bridge::pack(FunctionPlanner &planner, const View &b) {
  bool isReadable = b.elementType == planner.productType() &&
                    b.layout.strides.back().isStatic();
  View rows = isReadable ? b : copyToBuffer(planner, b, planner.productType());
  Value panels = planner.allocatePanels(rows.layout.sizes);
  planner.launch(plan::KernelKind::Pack, "pack", {},
                 {planner.materialize(rows), panels});
  return panels;
}

/// Copies of the operands, whose leading axes are one, and a buffer likewise.
static Product inStandardLayouts(FunctionPlanner &planner,
                                 const Product &product) {
  Product standard = product;
  standard.a = copyToBuffer(planner, product.a);
  if (!product.panels)
    standard.b = copyToBuffer(planner, product.b);
  for (View &extra : standard.extras)
    extra = copyToBuffer(planner, extra);
  standard.out =
      planner.allocate(product.out.elementType,
                       paddedLayout(product.out.layout.sizes,
                                    elementBytes(product.out.elementType)));
  return standard;
}

/// The numbers of the extras that are one number for all elements.
static SmallVector<int64_t> findUniform(const Product &product) {
  SmallVector<int64_t> uniform;
  for (auto [number, extra] : llvm::enumerate(product.extras))
    if (llvm::all_of(extra.layout.strides,
                     [](const Dim &stride) { return stride == Dim(0); }))
      uniform.push_back(number);
  return uniform;
}

static void launchGemm(FunctionPlanner &planner, const Product &product) {
  Value panels = product.panels ? product.panels : pack(planner, product.b);
  SmallVector<Value> operands{planner.materialize(product.a), panels};
  Builder builder(planner.context());
  SmallVector<NamedAttribute> config;
  std::string name = "gemm";
  if (product.bias) {
    operands.push_back(planner.materialize(*product.bias));
    config.push_back(builder.getNamedAttr("bias", builder.getUnitAttr()));
    name += "_bias";
  }
  for (const View &extra : product.extras)
    operands.push_back(planner.materialize(extra));
  if (auto uniform = findUniform(product); !uniform.empty())
    config.push_back(
        builder.getNamedAttr("uniform", builder.getDenseI64ArrayAttr(uniform)));
  operands.push_back(planner.materialize(product.out));
  if (!product.epilogueName.empty())
    name += "_" + product.epilogueName;

  OwningOpRef<plan::KernelOp> kernel =
      planner.makeKernel(plan::KernelKind::Gemm, name, config, operands);
  if (product.epilogue) {
    Location loc = planner.builder().getLoc();
    Block &block = kernel->getBody().emplaceBlock();
    block.addArgument(builder.getF32Type(), loc);
    for (const View &extra : product.extras)
      block.addArgument(loadedType(extra.elementType), loc);
    OpBuilder body = OpBuilder::atBlockBegin(&block);
    Value element = product.epilogue(body, block.getArguments());
    plan::YieldOp::create(body, loc, element);
  }
  planner.launch(std::move(kernel), operands);
}

static void launchProduct(FunctionPlanner &planner, const Product &product) {
  Product merged = product;
  if (mergeProduct(merged))
    return launchGemm(planner, merged);
  Product standard = inStandardLayouts(planner, product);
  View rows = standard.out;
  bool fits = mergeProduct(standard);
  assert(fits && "leading axes of the standard layout are one");
  (void)fits;
  launchGemm(planner, standard);
  copy(planner, rows, product.out);
}

void bridge::launchInto(FunctionPlanner &planner, Product product,
                        const View &out) {
  writeRows(planner, out, [&](const View &rows) {
    product.out = rows;
    launchProduct(planner, product);
  });
}

/// An extra operand that the result may take the place of.
static std::optional<View> findReusable(FunctionPlanner &planner,
                                        const Product &product, Type element) {
  for (const View &extra : product.extras) {
    bool othersAgree =
        product.a.storage != extra.storage &&
        llvm::all_of(product.extras, [&](const View &other) {
          return other.storage != extra.storage || other == extra;
        });
    if (extra.elementType == element && isInjective(extra.layout) &&
        denseRows(extra.layout, elementBytes(element)) && othersAgree &&
        planner.diesHere(extra))
      return extra;
  }
  return std::nullopt;
}

static Product makeLinear(FunctionPlanner &planner, Value x, Value weight,
                          Value bias) {
  Product product;
  product.a = productOperand(planner, planner.view(x));
  product.panels = planner.weightPanels(weight, /*transposed=*/false);
  if (!product.panels) {
    View rows = planner.view(weight);
    padRank(rows.layout, 4);
    product.panels = pack(planner, rows);
  }
  if (bias)
    product.bias = withDenseRows(planner, planner.view(bias));
  return product;
}

LogicalResult bridge::planOp(FunctionPlanner &planner, LinearOp op) {
  Product product =
      makeLinear(planner, op.getX(), op.getWeight(), op.getBias());
  launchInto(planner, product, planner.resultView(op.getResult()));
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, FusedLinearOp op) {
  Product product =
      makeLinear(planner, op.getX(), op.getWeight(), op.getBias());
  if (auto name = op->getAttrOfType<StringAttr>(kEpilogueNameAttr))
    product.epilogueName = name.str();
  SmallVector<Dim> sizes = getDims(op.getResult());
  for (Value extra : op.getExtras()) {
    View view = planner.view(extra);
    view.layout = broadcastTo(view.layout, sizes);
    bool isRow =
        view.layout.strides.empty() || view.layout.strides.back() == Dim(0);
    product.extras.push_back(isRow ? view : withDenseRows(planner, view));
  }
  product.epilogue = [&](OpBuilder &builder, ValueRange scalars) {
    IRMapping mapping;
    mapping.map(op.getEpilogue().getArguments(), scalars);
    return cloneScalars(builder, op.getEpilogue(), mapping);
  };
  Type element = planner.storageType(op.getResult());
  launchInto(planner, product,
             planner.resultView(op.getResult(),
                                paddedLayout(sizes, elementBytes(element)),
                                findReusable(planner, product, element)));
  return success();
}

LogicalResult bridge::planOp(FunctionPlanner &planner, MatmulOp op) {
  SmallVector<Dim> sizes = getDims(op.getResult());
  SmallVector<Dim> batch(sizes.begin(), sizes.end() - 2);
  auto withBatch = [&](const View &view) {
    SmallVector<Dim> wanted = batch;
    wanted.append(view.layout.sizes.end() - 2, view.layout.sizes.end());
    return view.with(broadcastTo(view.layout, wanted));
  };
  Product product;
  product.a = withBatch(productOperand(planner, planner.view(op.getA())));
  product.panels = planner.weightPanels(op.getB(), /*transposed=*/true);
  if (!product.panels) {
    View b = planner.view(op.getB());
    b.layout = swapLastTwo(b.layout);
    bool isShared =
        llvm::all_of(ArrayRef(b.layout.sizes).drop_back(2),
                     [](const Dim &size) { return size == Dim(1); });
    if (isShared) {
      b.layout = *reshapeTo(b.layout, ArrayRef(b.layout.sizes).take_back(2));
      padRank(b.layout, 4);
      product.panels = pack(planner, b);
    } else {
      product.b = withBatch(b);
    }
  }
  launchInto(planner, product, planner.resultView(op.getResult()));
  return success();
}
