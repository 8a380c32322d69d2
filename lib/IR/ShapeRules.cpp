//===- ShapeRules.cpp - Rules of element-wise operations ------------------===//
#include "ShapeRulesDetail.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace bridge;

std::string bridge::describe(const Dim &dim) {
  std::string text = dim.str();
  for (size_t at; (at = text.find(" * ")) != std::string::npos;)
    text.replace(at, 3, "·");
  return text;
}

std::string bridge::describe(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  Type element = tensor ? tensor.getElementType() : type;
  std::string text = element.isF32()             ? "f"
                     : element.isInteger(1)      ? "bool"
                     : isa<IntegerType>(element) ? "i"
                                                 : "?";
  if (!tensor)
    return text;
  text += "[";
  llvm::interleave(
      getDims(tensor), [&](const Dim &dim) { text += describe(dim); },
      [&] { text += ", "; });
  return text + "]";
}

Inferred Inferred::violation(StringRef constraint, std::string message) {
  Inferred inferred(RankedTensorType{});
  inferred.id = constraint;
  inferred.text = std::move(message);
  return inferred;
}

std::optional<Dim> bridge::floorDivide(const Dim &dim, int64_t divisor) {
  auto constantTerm = dim.terms().find({});
  int64_t constant =
      constantTerm == dim.terms().end() ? 0 : constantTerm->second;
  std::optional<Dim> quotient = (dim - Dim(constant)).divide(Dim(divisor));
  if (!quotient)
    return std::nullopt;
  int64_t rounded = constant / divisor;
  if (constant % divisor != 0 && (constant < 0) != (divisor < 0))
    --rounded;
  return *quotient + Dim(rounded);
}

bool bridge::isNonNegative(const Dim &dim) {
  return llvm::all_of(dim.terms(),
                      [](const auto &term) { return term.second >= 0; });
}

Dim bridge::product(ArrayRef<Dim> dims) {
  Dim result(1);
  for (const Dim &dim : dims)
    result = result * dim;
  return result;
}

//===----------------------------------------------------------------------===//
// Broadcasts
//===----------------------------------------------------------------------===//

Inferred rules::broadcastTypes(StringRef constraint, ArrayRef<Dims> shapes,
                               mlir::Type elementType) {
  size_t rank = 0;
  for (const Dims &shape : shapes)
    rank = std::max(rank, shape.size());
  Dims result(rank, Dim(1));
  for (const Dims &shape : shapes)
    for (auto [from, to] :
         llvm::zip(llvm::reverse(shape), llvm::reverse(result))) {
      if (from == to || from == Dim(1))
        continue;
      if (to != Dim(1))
        return violation(constraint, "axes of sizes " + describe(to) + " and " +
                                         describe(from) + " do not match");
      to = from;
    }
  return getTensorType(result, elementType);
}

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

Inferred rules::unary(UnaryKind kind, Type x) {
  mlir::Type element = x.getElementType();
  bool fits;
  switch (kind) {
  case UnaryKind::Not:
    fits = element.isInteger(1);
    break;
  case UnaryKind::Neg:
  case UnaryKind::Abs:
    fits = !element.isInteger(1);
    break;
  default:
    fits = element.isF32();
  }
  if (!fits)
    return violation("C1", "`" + stringifyUnaryKind(kind) + "` does not take " +
                               describe(x));
  return x;
}

/// The operands' one element type; null where they differ.
static mlir::Type commonElement(rules::Types types) {
  mlir::Type element = types.front().getElementType();
  for (rules::Type type : types)
    if (type.getElementType() != element)
      return {};
  return element;
}

static Inferred typesDiffer(rules::Types types) {
  std::string found;
  llvm::interleave(
      types, [&](rules::Type type) { found += describe(type); },
      [&] { found += " and "; });
  return Inferred::violation("C1", "the element types of " + found + " differ");
}

Inferred rules::binary(BinaryKind kind, Type lhs, Type rhs) {
  mlir::Type element = commonElement({lhs, rhs});
  if (!element)
    return typesDiffer({lhs, rhs});
  bool fits;
  switch (kind) {
  case BinaryKind::And:
  case BinaryKind::Or:
    fits = element.isInteger(1);
    break;
  case BinaryKind::FloorDiv:
  case BinaryKind::Mod:
    fits = element.isInteger(32);
    break;
  case BinaryKind::Div:
  case BinaryKind::Pow:
    fits = element.isF32();
    break;
  default:
    fits = !element.isInteger(1);
  }
  if (!fits)
    return violation("C1", "`" + stringifyBinaryKind(kind) +
                               "` does not take " + describe(lhs));
  return broadcastTypes("C2", {getDims(lhs), getDims(rhs)}, element);
}

Inferred rules::compare(CompareKind kind, Type lhs, Type rhs) {
  mlir::Type element = commonElement({lhs, rhs});
  if (!element)
    return typesDiffer({lhs, rhs});
  bool ordered = kind != CompareKind::Eq && kind != CompareKind::Ne;
  if (ordered && element.isInteger(1))
    return violation("C1", "`" + stringifyCompareKind(kind) +
                               "` does not take " + describe(lhs));
  return broadcastTypes("C2", {getDims(lhs), getDims(rhs)},
                        IntegerType::get(lhs.getContext(), 1));
}

Inferred rules::select(Type condition, Type a, Type b) {
  if (!commonElement({a, b}))
    return typesDiffer({a, b});
  return broadcastTypes("C2", {getDims(condition), getDims(a), getDims(b)},
                        a.getElementType());
}

Inferred rules::clip(Type x, Type low, Type high) {
  if (!commonElement({x, low, high}))
    return typesDiffer({x, low, high});
  if (x.getElementType().isInteger(1))
    return violation("C1", "`clip` does not take " + describe(x));
  return broadcastTypes("C2", {getDims(x), getDims(low), getDims(high)},
                        x.getElementType());
}

Inferred rules::cast(Type x, mlir::Type elementType) {
  auto width = [](mlir::Type type) {
    return type.isF32() ? 2 : type.isInteger(32) ? 1 : 0;
  };
  if (width(x.getElementType()) > width(elementType))
    return violation("C1",
                     describe(x) + " does not become " + describe(elementType));
  return x.clone(elementType);
}
