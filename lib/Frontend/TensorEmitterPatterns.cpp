//===- TensorEmitterPatterns.cpp - rearrange and repeat -------------------===//
//
// A pattern is a reshape to the named axes, a transpose into their new order,
// a broadcast along new ones and a reshape into the new groups; each only where
// it changes something.
//
//===----------------------------------------------------------------------===//
#include "bridge/Frontend/TensorEmitter.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace bridge;

using Axis = ast::Pattern::Axis;

static bool isNumber(StringRef name) {
  return llvm::all_of(name, llvm::isDigit);
}

/// Replaces `...` on both sides by as many names as it stands for axes.
static void spellOutEllipsis(std::vector<Axis> &left, std::vector<Axis> &right,
                             size_t rank) {
  const Axis ellipsis{"..."};
  auto place = llvm::find(left, ellipsis);
  if (place == left.end() || rank + 1 < left.size())
    return;
  std::vector<Axis> names;
  for (size_t i = 0; i < rank + 1 - left.size(); ++i)
    names.push_back({"..." + std::to_string(i)});
  auto replace = [&](std::vector<Axis> &side, std::vector<Axis>::iterator at) {
    if (at == side.end())
      return;
    side.insert(side.erase(at), names.begin(), names.end());
  };
  replace(left, place);
  replace(right, llvm::find(right, ellipsis));
}

static std::vector<std::string> flatten(const std::vector<Axis> &side) {
  std::vector<std::string> names;
  for (const Axis &axis : side)
    llvm::append_range(names, axis);
  return names;
}

namespace {
/// The sizes of the names in a pattern: numbers, what the spec knows, and what
/// the tensor's axes tell.
class AxisSizes {
public:
  explicit AxisSizes(KnownSizes known) : known(known) {}

  std::optional<Dim> find(const std::string &name) const {
    if (isNumber(name))
      return Dim(std::stoll(name));
    if (auto size = solved.find(name); size != solved.end())
      return size->second;
    return StringRef(name).starts_with("...") ? std::nullopt : known(name);
  }
  void solve(const std::string &name, Dim size) {
    solved.insert_or_assign(name, std::move(size));
  }
  SmallVector<Dim> all(ArrayRef<std::string> names) const {
    return SmallVector<Dim>(llvm::map_range(
        names, [&](const std::string &name) { return *find(name); }));
  }

private:
  KnownSizes known;
  std::map<std::string, Dim> solved;
};
} // namespace

/// Solves for the one unknown name of each axis of `x`.
static std::optional<Dim> solveAxis(const Axis &axis, const Dim &size,
                                    AxisSizes &sizes, std::string &problem,
                                    std::string &hint) {
  std::vector<std::string> unknown;
  Dim known(1);
  for (const std::string &name : axis) {
    if (std::optional<Dim> found = sizes.find(name))
      known = known * *found;
    else
      unknown.push_back(name);
  }
  std::string what =
      "the axis `" + llvm::join(axis, " ") + "` has size " + describe(size);
  if (unknown.size() > 1) {
    problem =
        "the sizes of `" + llvm::join(unknown, "` and `") + "` are unknown";
    hint = "give one: " + unknown.front() + "=…";
    return std::nullopt;
  }
  if (unknown.empty()) {
    if (known != size)
      problem = what + ", which is not " + describe(known);
    return std::nullopt;
  }
  if (std::optional<Dim> quotient = size.divide(known)) {
    sizes.solve(unknown.front(), *quotient);
    return std::nullopt;
  }
  problem = what + ", which " + describe(known) + " does not divide";
  return known;
}

/// The first name that stands twice on one side, or empty.
static std::string repeatedName(ArrayRef<std::string> names) {
  llvm::StringSet<> seen;
  for (const std::string &name : names)
    if (name != "1" && !seen.insert(name).second)
      return name;
  return {};
}

FailureOr<Value> TensorEmitter::einops(StringRef name, Value x,
                                       const ast::Pattern &pattern,
                                       KnownSizes known) {
  std::vector<Axis> left = pattern.left, right = pattern.right;
  SmallVector<Dim> dims = getDims(x);
  spellOutEllipsis(left, right, dims.size());
  if (left.size() != dims.size())
    return fail("the pattern has " + std::to_string(left.size()) +
                " axes, found " + describe(x.getType()));

  AxisSizes sizes(known);
  for (auto [axis, size] : llvm::zip(left, dims)) {
    std::string problem, hint;
    std::optional<Dim> divisor = solveAxis(axis, size, sizes, problem, hint);
    if (divisor)
      return failDivision(size, *divisor, problem);
    if (!problem.empty())
      return fail(problem, hint);
  }

  auto isOne = [](const std::string &name) { return name == "1"; };
  std::vector<std::string> source = flatten(left), target = flatten(right);
  for (const std::vector<std::string> &side : {source, target})
    if (std::string twice = repeatedName(side); !twice.empty())
      return fail("`" + twice + "` stands twice on one side of the pattern");
  llvm::erase_if(source, isOne);
  for (const std::string &axis : source)
    if (!llvm::is_contained(target, axis))
      return fail(("`" + name + "` cannot drop `" + axis + "`").str());
  std::vector<std::string> added;
  for (const std::string &axis : target) {
    if (isOne(axis) || llvm::is_contained(source, axis))
      continue;
    if (name == "rearrange")
      return fail(("`rearrange` cannot add `" + axis + "`"), "use `repeat`");
    if (!sizes.find(axis))
      return fail("the size of `" + axis + "` is unknown",
                  "give it: " + axis + "=…");
    added.push_back(axis);
  }

  SmallVector<int64_t> order;
  SmallVector<Dim> withOnes, full, grouped;
  for (const std::string &axis : target) {
    auto place = llvm::find(source, axis);
    bool isSource = place != source.end();
    if (isSource)
      order.push_back(place - source.begin());
    full.push_back(*sizes.find(axis));
    if (isSource || !withOnes.empty())
      withOnes.push_back(isSource ? full.back() : Dim(1));
  }
  for (const Axis &axis : right)
    grouped.push_back(product(sizes.all(axis)));

  Value value = *permute(*reshape(x, sizes.all(source)), order);
  if (!added.empty()) {
    FailureOr<Value> stretched = broadcast(*reshape(value, withOnes), full);
    if (failed(stretched))
      return failure();
    value = *stretched;
  }
  return reshape(value, grouped);
}

FailureOr<Value> TensorEmitter::rearrange(Value x, const ast::Pattern &pattern,
                                          KnownSizes known) {
  return einops("rearrange", x, pattern, known);
}

FailureOr<Value> TensorEmitter::repeat(const Operand &x,
                                       const ast::Pattern &pattern,
                                       KnownSizes known) {
  FailureOr<Value> tensor = lift(x);
  if (failed(tensor))
    return failure();
  return einops("repeat", *tensor, pattern, known);
}
