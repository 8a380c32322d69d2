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
  return dim.evaluate(
      [&](llvm::StringRef name) { return known.find(name)->second.value; });
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

/// Names that stand alone.
llvm::Error Dimensions::learnAlone(const Input &input) {
  for (auto [dim, size] : llvm::zip_equal(input.declared, input.given)) {
    std::optional<std::string> name = dim.symbolName();
    if (!name)
      continue;
    auto [it, isNew] = known.try_emplace(*name, Known{size, input.name});
    const Known &before = it->second;
    if (before.value != size)
      return failure("dimension `" + *name + "` is " +
                     llvm::Twine(before.value) + " from `" + before.input +
                     "` and " + llvm::Twine(size) + " from `" + input.name +
                     "`");
    if (size == 0)
      return failure("dimension `" + *name + "` is 0 from `" + input.name +
                     "`; expected at least 1");
  }
  return llvm::Error::success();
}

/// Names for which an expression can be solved; true if one was.
llvm::Expected<bool> Dimensions::solve(const Input &input) {
  bool solved = false;
  for (auto [dim, size] : llvm::zip_equal(input.declared, input.given)) {
    std::string unknown;
    bool several = false;
    for (const std::string &name : dim.symbols())
      if (!isKnown(name)) {
        several |= !unknown.empty();
        unknown = name;
      }
    if (unknown.empty() || several)
      continue;
    auto at = [&](int64_t value) {
      return dim.evaluate([&](llvm::StringRef name) {
        return name == unknown ? value : known.find(name)->second.value;
      });
    };
    int64_t constant = at(0), factor = at(1) - constant;
    bool linear = at(2) - at(1) == factor;
    if (!linear || factor == 0)
      continue;
    int64_t rest = size - constant;
    if (rest % factor != 0 || rest / factor < 1)
      return failure("`" + input.name + "` has an axis of size " +
                     llvm::Twine(size) + "; expected `" + dim.str() +
                     "` for a whole `" + unknown + "` of at least 1");
    known.try_emplace(unknown, Known{rest / factor, input.name});
    solved = true;
  }
  return solved;
}

llvm::Error Dimensions::check(const Input &input) const {
  for (auto [axis, dim] : llvm::enumerate(input.declared)) {
    llvm::Expected<int64_t> expected = evaluate(dim);
    if (!expected)
      return expected.takeError();
    int64_t found = input.given[axis];
    if (*expected == found)
      continue;
    std::string message = "axis " + llvm::itostr(axis) + " of `" + input.name +
                          "` is " + llvm::itostr(found) + "; expected " +
                          llvm::itostr(*expected);
    if (!dim.isStatic())
      message += " = `" + dim.str() + "`";
    for (const std::string &name : dim.symbols()) {
      const Known &known = this->known.find(name)->second;
      message += ", where `" + name + "` is " + llvm::itostr(known.value) +
                 " from `" + known.input + "`";
    }
    return failure(message);
  }
  return llvm::Error::success();
}

llvm::Expected<Dimensions> Dimensions::bind(llvm::ArrayRef<Input> inputs) {
  Dimensions dimensions;
  for (const Input &input : inputs)
    if (input.declared.size() != input.given.size())
      return failure("`" + input.name + "` has the shape " +
                     toString(input.given) + "; expected " +
                     ::toString(input.declared));
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
