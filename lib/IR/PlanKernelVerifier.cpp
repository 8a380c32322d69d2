//===- PlanKernelVerifier.cpp - The operand contract of kernels -----------===//
//
// One function for each kind, which reads the operands of the signature from
// the left as the table in the operation's description lists them.
//
//===----------------------------------------------------------------------===//
#include "bridge/IR/Plan.h"

using namespace mlir;
using namespace bridge;
using namespace bridge::plan;

namespace {
enum class Element { Any, Float, Integer, Truth };

/// Takes operands of the kernel's signature one by one; the first that does not
/// fit is reported, and all that follow fail.
class Contract {
public:
  explicit Contract(KernelOp kernel) : kernel(kernel) {
    llvm::append_range(types,
                       kernel.getSignature().getAsValueRange<TypeAttr>());
  }

  bool ok() const { return !hasFailed; }
  size_t left() const { return types.size() - next; }
  /// The type of the next operand; null behind the last.
  Type peek() const { return next < types.size() ? types[next] : Type(); }
  Type last() const { return types.empty() ? Type() : types.back(); }

  /// A view of the given rank; returns its rank, or -1.
  int64_t view(StringRef name, Element element,
               std::optional<int64_t> rank = std::nullopt);
  void panels(StringRef name);
  /// The operands from `first` on, `count` of them, have elements of one type.
  void alike(unsigned first, unsigned count);
  /// No operand is left.
  LogicalResult finish();

  /// An attribute that the kind needs; null, and an error, where it is missing.
  template <typename Attr> Attr config(StringRef name) {
    auto attribute = kernel.getConfig().getAs<Attr>(name);
    if (!attribute)
      fail("C4") << "`config` needs `" << name << "`";
    return attribute;
  }
  int64_t number(StringRef name) {
    auto attribute = config<IntegerAttr>(name);
    return attribute ? attribute.getInt() : 0;
  }
  bool has(StringRef name) { return kernel.getConfig().contains(name); }

  InFlightDiagnostic fail(StringRef constraint) {
    if (std::exchange(hasFailed, true))
      return {};
    return kernel.emitOpError() << constraint << ": ";
  }

private:
  KernelOp kernel;
  SmallVector<Type> types;
  size_t next = 0;
  bool hasFailed = false;
};
} // namespace

static Type elementOf(Type operand) {
  if (auto view = dyn_cast<ViewType>(operand))
    return view.getElementType();
  return cast<PanelsType>(operand).getElementType();
}

static bool fits(Element element, Type type) {
  switch (element) {
  case Element::Any:
    return true;
  case Element::Float:
    return type.isF32() || type.isBF16();
  case Element::Integer:
    return type.isInteger(32);
  case Element::Truth:
    return type.isInteger(1);
  }
  llvm_unreachable("all elements are handled");
}

int64_t Contract::view(StringRef name, Element element,
                       std::optional<int64_t> rank) {
  if (hasFailed)
    return -1;
  auto view = dyn_cast_if_present<ViewType>(peek());
  if (!view) {
    fail("C1") << "operand " << next << " is a view, `" << name << "`";
    return -1;
  }
  if (rank && view.getRank() != *rank) {
    fail("C2") << "`" << name << "` has " << *rank << " axes, found "
               << view.getRank();
    return -1;
  }
  if (!fits(element, view.getElementType())) {
    fail("C3") << "`" << name << "` has elements of another type, found "
               << view.getElementType();
    return -1;
  }
  ++next;
  return view.getRank();
}

void Contract::panels(StringRef name) {
  if (hasFailed)
    return;
  auto panels = dyn_cast_if_present<PanelsType>(peek());
  if (!panels)
    fail("C1") << "operand " << next << " is panels, `" << name << "`";
  else if (!fits(Element::Float, panels.getElementType()))
    fail("C3") << "`" << name << "` has elements of another type, found "
               << panels.getElementType();
  ++next;
}

void Contract::alike(unsigned first, unsigned count) {
  if (hasFailed)
    return;
  Type wanted = elementOf(types[first]);
  for (unsigned operand = first + 1; operand < first + count; ++operand)
    if (Type found = elementOf(types[operand]); found != wanted) {
      fail("C3") << "operands " << first << " and " << operand
                 << " have elements of one type, found " << wanted << " and "
                 << found;
      return;
    }
}

LogicalResult Contract::finish() {
  if (!hasFailed && left() != 0)
    fail("C1") << "there are " << left() << " operands too many";
  return success(!hasFailed);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// The region has `arguments` and yields `yielded`; sizes and strides of views
/// do not count.
static LogicalResult verifyBody(KernelOp kernel, ArrayRef<Type> arguments,
                                Type yielded) {
  auto erased = [](TypeRange types) {
    return llvm::map_to_vector(types, getKernelOperandType);
  };
  Region &body = kernel.getBody();
  if (erased(body.getArgumentTypes()) != erased(arguments))
    return kernel.emitOpError()
           << "C5: expected the block arguments (" << TypeRange(arguments)
           << "), found (" << body.getArgumentTypes() << ")";
  Block &block = body.front();
  auto yield =
      block.empty() ? plan::YieldOp() : dyn_cast<plan::YieldOp>(block.back());
  if (!yield || yield.getValue().getType() != yielded)
    return kernel.emitOpError()
           << "C5: expected the region to yield " << yielded;
  return success();
}

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

static LogicalResult verifyGemm(KernelOp kernel, Contract &contract) {
  contract.view("a", Element::Float, 4);
  contract.panels("b");
  contract.alike(0, 2);
  if (contract.has("bias"))
    contract.view("bias", Element::Float, 1);
  SmallVector<Type> arguments{Float32Type::get(kernel.getContext())};
  bool scatters = contract.has("scatter");
  while (contract.ok() && contract.left() > (scatters ? 2 : 1)) {
    arguments.push_back(loadedType(elementOf(contract.peek())));
    contract.view("extra", Element::Any, 4);
  }
  if (scatters)
    contract.view("places", Element::Integer, 1);
  contract.view("out", Element::Float, 4);
  if (failed(contract.finish()))
    return failure();
  int64_t extras = arguments.size() - 1;
  auto uniform = kernel.getConfig().get("uniform");
  auto numbers = dyn_cast_if_present<DenseI64ArrayAttr>(uniform);
  if (uniform &&
      (!numbers || llvm::any_of(numbers.asArrayRef(), [&](int64_t number) {
        return number < 0 || number >= extras;
      })))
    return kernel.emitOpError() << "C4: expected `uniform` to number some of "
                                << extras << " extras, found " << uniform;
  if (!kernel.getBody().empty())
    return verifyBody(kernel, arguments, arguments.front());
  if (arguments.size() > 1)
    return kernel.emitOpError() << "C5: extra operands need a region";
  return success();
}

static LogicalResult verifyMap(KernelOp kernel, Contract &contract) {
  auto out = dyn_cast_if_present<ViewType>(contract.last());
  int64_t inputs = contract.number("inputs");
  if (!out)
    contract.fail("C1") << "the last operand is a view, `out`";
  SmallVector<Type> arguments;
  for (int64_t i = 0; i < inputs && contract.ok() && contract.left() > 1; ++i) {
    arguments.push_back(loadedType(elementOf(contract.peek())));
    contract.view("input", Element::Any, out.getRank());
  }
  if (contract.ok() && int64_t(arguments.size()) != inputs)
    contract.fail("C1") << "there are fewer than " << inputs << " inputs";
  while (contract.ok() && contract.left() > 1) {
    arguments.push_back(contract.peek());
    contract.view("capture", Element::Any);
  }
  contract.view("out", Element::Any);
  if (failed(contract.finish()))
    return failure();
  arguments.append(out.getRank(), IntegerType::get(kernel.getContext(), 32));
  if (kernel.getBody().empty())
    return kernel.emitOpError() << "C5: a map needs a region";
  return verifyBody(kernel, arguments, loadedType(out.getElementType()));
}

static LogicalResult verifyAttention(KernelOp kernel, Contract &contract) {
  bool isMasked = !kernel.getBody().empty();
  for (StringRef name : {"q", "k", "v"})
    contract.view(name, Element::Float, 4);
  contract.alike(0, 3);
  contract.config<FloatAttr>("scale");
  if (contract.has("bias"))
    contract.view("bias", Element::Float, 4);
  if (isMasked)
    contract.config<EmptyRowsAttr>("empty");
  SmallVector<Type> arguments;
  while (isMasked && contract.ok() && contract.left() > 1) {
    arguments.push_back(contract.peek());
    contract.view("capture", Element::Any);
  }
  contract.view("out", Element::Float, 4);
  if (failed(contract.finish()))
    return failure();
  if (!isMasked)
    return success();
  arguments.append(4, IntegerType::get(kernel.getContext(), 32));
  return verifyBody(kernel, arguments,
                    IntegerType::get(kernel.getContext(), 1));
}

/// Norms along the last axis, with the operands that `config` mentions.
static void readNorm(Contract &contract, ArrayRef<StringRef> vectors,
                     bool mayAdd = false) {
  int64_t rank = contract.view("x", Element::Float);
  if (rank == 0)
    contract.fail("C2") << "`x` has at least 1 axis";
  bool adds = mayAdd && contract.has("residual");
  if (adds)
    contract.view("residual", Element::Float, rank);
  for (StringRef vector : vectors)
    if (contract.has(vector))
      contract.view(vector, Element::Float, 1);
  contract.config<FloatAttr>("eps");
  if (adds)
    contract.view("sum", Element::Float, rank);
  contract.view("out", Element::Float, rank);
}

static void readSoftmax(Contract &contract) {
  int64_t rank = contract.view("x", Element::Float);
  if (contract.has("seen")) {
    contract.view("seen", Element::Truth, rank);
    contract.config<EmptyRowsAttr>("empty");
  }
  contract.view("out", Element::Float, rank);
}

static void readGather(Contract &contract) {
  contract.config<IntegerAttr>("site");
  int64_t axis = contract.number("axis"), count = contract.number("indices");
  int64_t rank = contract.view("x", Element::Any);
  if (contract.ok() && (axis < 0 || count < 1 || axis + count > rank))
    contract.fail("C2") << count << " indices from axis " << axis
                        << " on are too many for " << rank << " axes";
  std::optional<int64_t> places;
  for (int64_t i = 0; i < count && contract.ok(); ++i)
    places = contract.view("index", Element::Integer, places);
  contract.view("out", Element::Any, rank - count + places.value_or(0));
}

static void readSplice(Contract &contract) {
  contract.config<IntegerAttr>("site");
  bool findsPlaces = contract.has("places");
  if (!findsPlaces) {
    contract.view("x", Element::Any, 2);
    contract.view("values", Element::Any, 2);
  }
  contract.view("at", Element::Truth, 1);
  if (findsPlaces)
    contract.view("places", Element::Integer, 1);
  else
    contract.view("out", Element::Any, 2);
}

static void readCrossEntropy(Contract &contract) {
  contract.config<FloatAttr>("smoothing");
  contract.config<IntegerAttr>("site");
  contract.view("x", Element::Float, 2);
  contract.view("labels", Element::Integer, 1);
  contract.view("loss", Element::Float, 1);
  contract.view("counted", Element::Any, 1);
}

static void readSweepOperands(Contract &contract) {
  contract.view("a", Element::Float, 2);
  contract.panels("b");
  contract.alike(0, 2);
  contract.view("scale", Element::Float, 0);
}

static void readFactors(Contract &contract) {
  for (StringRef factors : {"row_factors", "column_factors"})
    if (contract.has(factors))
      contract.view(factors, Element::Float, 1);
}

static void readSoftmaxSweep(Contract &contract) {
  bool hasColumns = contract.has("columns");
  contract.config<IntegerAttr>("row_site");
  if (hasColumns)
    contract.config<IntegerAttr>("column_site");
  readSweepOperands(contract);
  readFactors(contract);
  if (contract.has("bias"))
    contract.view("bias", Element::Float, 1);
  contract.view("row_labels", Element::Integer, 1);
  if (hasColumns)
    contract.view("column_labels", Element::Integer, 1);
  for (int side = 0; side < (hasColumns ? 2 : 1); ++side) {
    contract.view(side ? "column_max" : "row_max", Element::Float, 2);
    contract.view(side ? "column_sum" : "row_sum", Element::Float, 2);
    contract.view(side ? "column_picked" : "row_picked", Element::Float, 1);
  }
}

static void readSoftmaxMerge(Contract &contract) {
  contract.view("max", Element::Float, 2);
  contract.view("sum", Element::Float, 2);
  contract.view("picked", Element::Float, 1);
  contract.view("labels", Element::Integer, 1);
  contract.view("loss", Element::Float, 1);
  contract.view("counted", Element::Float, 1);
  if (contract.has("lse"))
    contract.view("lse", Element::Float, 1);
}

static LogicalResult verifyKind(KernelOp kernel, Contract &contract) {
  switch (kernel.getKind()) {
  case KernelKind::Gemm:
    return verifyGemm(kernel, contract);
  case KernelKind::Map:
    return verifyMap(kernel, contract);
  case KernelKind::Attention:
    return verifyAttention(kernel, contract);
  case KernelKind::Pack:
    contract.view("in", Element::Float, 4);
    contract.panels("out");
    contract.alike(0, 2);
    break;
  case KernelKind::LayerNorm:
    readNorm(contract, {"weight", "bias"}, /*mayAdd=*/true);
    break;
  case KernelKind::RmsNorm:
    readNorm(contract, {"weight"}, /*mayAdd=*/true);
    break;
  case KernelKind::L2Normalize:
    readNorm(contract, {});
    break;
  case KernelKind::Softmax:
    readSoftmax(contract);
    break;
  case KernelKind::Reduce: {
    contract.config<ReduceKindAttr>("reduce");
    int64_t axes = contract.number("axes");
    int64_t rank = contract.view("x", Element::Any);
    contract.view("out", Element::Any, rank - axes);
    break;
  }
  case KernelKind::ArgExtreme: {
    contract.config<ExtremeKindAttr>("extreme");
    int64_t rank = contract.view("x", Element::Any);
    contract.view("out", Element::Integer, rank - 1);
    break;
  }
  case KernelKind::Cumsum: {
    int64_t rank = contract.view("x", Element::Any);
    contract.view("out", Element::Any, rank);
    break;
  }
  case KernelKind::Rotary:
    contract.view("x", Element::Float, 4);
    contract.view("angles", Element::Float, 3);
    contract.view("out", Element::Float, 4);
    break;
  case KernelKind::Gather:
    readGather(contract);
    break;
  case KernelKind::CrossEntropy:
    readCrossEntropy(contract);
    break;
  case KernelKind::Splice:
    readSplice(contract);
    break;
  case KernelKind::InverseNorm: {
    contract.config<FloatAttr>("eps");
    int64_t rank = contract.view("x", Element::Float);
    contract.view("out", Element::Float, rank - 1);
    break;
  }
  case KernelKind::SoftmaxSweep:
    readSoftmaxSweep(contract);
    break;
  case KernelKind::SoftmaxMerge:
    readSoftmaxMerge(contract);
    break;
  case KernelKind::SigmoidSweep:
    readSweepOperands(contract);
    contract.view("bias", Element::Float, 0);
    readFactors(contract);
    contract.view("out", Element::Float, 2);
    break;
  }
  if (failed(contract.finish()))
    return failure();
  if (!kernel.getBody().empty())
    return kernel.emitOpError()
           << "C5: a " << stringifyKernelKind(kernel.getKind())
           << " has no region";
  return success();
}

LogicalResult KernelOp::verify() {
  for (Type type : getSignature().getAsValueRange<TypeAttr>())
    if (!isa<ViewType, PanelsType>(type))
      return emitOpError() << "C1: operands are views and panels, found "
                           << type;
  Contract contract(*this);
  return verifyKind(*this, contract);
}
