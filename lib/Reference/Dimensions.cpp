//===- Dimensions.cpp - What the names of dimensions stand for ------------===//
#include "bridge/Reference/Dimensions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

static std::string toString(llvm::ArrayRef<Dim> dims) {
  return "[" +
         llvm::join(llvm::map_range(dims, [](const Dim &d) { return d.str(); }),
                    ", ") +
         "]";
}

llvm::Expected<int64_t> Dimensions::evaluate(const Dim &dim) const {
  for (const std::string &name : dim.symbols())
    if (!isKnown(name))
      return failure("the dimension `" + name +
                     "` is not known from any input of this entry");
  int64_t size = dim.evaluate(
      [&](llvm::StringRef name) { return known.find(name)->second.value; });
  if (size == INT64_MAX || size == INT64_MIN)
    return failure("the dimension `" + dim.str() +
                   "` does not fit into 64 bits");
  return size;
}

llvm::Expected<Shape> Dimensions::evaluate(llvm::ArrayRef<Dim> dims) const {
  Shape shape;
  for (const Dim &dim : dims) {
    llvm::Expected<int64_t> size = evaluate(dim);
    if (!size)
      return size.takeError();
    shape.push_back(*size);
  }
  return shape;
}

/// "input `x` has shape [2, 5]: dimension 1".
static std::string describeAxis(const Dimensions::Input &input, size_t axis) {
  return "input `" + input.name + "` has shape " + toString(input.given) +
         ": dimension " + llvm::utostr(axis);
}

static llvm::Error checkRank(const Dimensions::Input &input) {
  if (input.declared.size() != input.given.size())
    return failure("input `" + input.name + "` has shape " +
                   toString(input.given) + ", expected " +
                   toString(input.declared) + ": rank " +
                   llvm::utostr(input.given.size()) + ", expected " +
                   llvm::utostr(input.declared.size()));
  for (auto [axis, size] : llvm::enumerate(input.given))
    if (size < 1)
      return failure(describeAxis(input, axis) + " (`" +
                     input.declared[axis].str() + "`) has to be at least 1");
  return llvm::Error::success();
}

/// Names that stand alone.
llvm::Error Dimensions::learnAlone(const Input &input) {
  for (auto [dim, size] : llvm::zip_equal(input.declared, input.given)) {
    std::optional<std::string> name = dim.symbolName();
    if (!name)
      continue;
    const Known &before =
        known.try_emplace(*name, Known{size, input.name}).first->second;
    if (before.value != size)
      return failure("dimension `" + *name + "` is " +
                     llvm::Twine(before.value) + " from `" + before.input +
                     "` and " + llvm::Twine(size) + " from `" + input.name +
                     "`");
  }
  return llvm::Error::success();
}

/// The only name without a value, where there is exactly one.
std::optional<std::string> Dimensions::unknownOf(const Dim &dim) const {
  std::vector<std::string> names = dim.symbols();
  llvm::erase_if(names, [&](const std::string &name) { return isKnown(name); });
  if (names.size() != 1)
    return std::nullopt;
  return names.front();
}

/// Names for which an expression can be solved; true if one was.
llvm::Expected<bool> Dimensions::solve(const Input &input) {
  bool solved = false;
  for (auto [axis, dim] : llvm::enumerate(input.declared)) {
    std::optional<std::string> unknown = unknownOf(dim);
    if (!unknown)
      continue;
    auto at = [&](int64_t value) {
      return dim.evaluate([&](llvm::StringRef name) {
        return name == *unknown ? value : known.find(name)->second.value;
      });
    };
    int64_t constant = at(0), factor = at(1) - constant;
    bool isLinear = at(2) - at(1) == factor;
    if (!isLinear || factor == 0)
      continue;
    int64_t rest = input.given[axis] - constant;
    if (rest % factor != 0 || rest / factor < 0)
      return failure(describeAxis(input, axis) + " is " +
                     llvm::Twine(input.given[axis]) +
                     ", and no whole number `" + *unknown + "` makes " +
                     dim.str() + " that");
    known.try_emplace(*unknown, Known{rest / factor, input.name});
    solved = true;
  }
  return solved;
}

llvm::Error Dimensions::check(const Input &input) const {
  for (auto [axis, dim] : llvm::enumerate(input.declared)) {
    llvm::Expected<int64_t> expected = evaluate(dim);
    if (!expected)
      return expected.takeError();
    if (*expected == input.given[axis])
      continue;
    std::string message = describeAxis(input, axis) + " is " +
                          llvm::itostr(input.given[axis]) + ", expected " +
                          dim.str();
    llvm::ListSeparator separator(", ");
    if (!dim.isStatic())
      message += " = " + llvm::itostr(*expected) + " where ";
    for (const std::string &name : dim.symbols()) {
      message += separator;
      message += name + " = " + llvm::itostr(known.find(name)->second.value);
    }
    return failure(message);
  }
  return llvm::Error::success();
}

llvm::Expected<Dimensions> Dimensions::bind(llvm::ArrayRef<Input> inputs) {
  Dimensions dimensions;
  for (const Input &input : inputs)
    if (llvm::Error error = checkRank(input))
      return error;
  for (const Input &input : inputs)
    if (llvm::Error error = dimensions.learnAlone(input))
      return error;
  for (bool solved = true; solved;) {
    solved = false;
    for (const Input &input : inputs) {
      llvm::Expected<bool> more = dimensions.solve(input);
      if (!more)
        return more.takeError();
      solved |= *more;
    }
  }
  for (const Input &input : inputs)
    if (llvm::Error error = dimensions.check(input))
      return error;
  return dimensions;
}
