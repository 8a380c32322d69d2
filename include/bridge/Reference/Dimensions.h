//===- Dimensions.h - What the names of dimensions stand for ----*- C++ -*-===//
#ifndef BRIDGE_REFERENCE_DIMENSIONS_H
#define BRIDGE_REFERENCE_DIMENSIONS_H

#include "bridge/Reference/Array.h"
#include "bridge/Support/Dim.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace bridge {

/// The values that the names of dimensions have in one run.
class Dimensions {
public:
  /// An input as it was declared and as it was given.
  struct Input {
    std::string name;
    llvm::SmallVector<Dim> declared;
    Shape given;
  };

  /// Solves the declared shapes for their names. A name is known from where it
  /// stands alone, else from an expression that is linear in it and has no
  /// other unknown name. All declared shapes are then checked.
  static llvm::Expected<Dimensions> bind(llvm::ArrayRef<Input> inputs);

  /// An error where a name is unknown.
  llvm::Expected<int64_t> evaluate(const Dim &dim) const;
  llvm::Expected<Shape> evaluate(llvm::ArrayRef<Dim> dims) const;

private:
  struct Known {
    int64_t value;
    std::string input;
  };

  bool isKnown(llvm::StringRef name) const { return known.contains(name); }
  std::optional<std::string> unknownOf(const Dim &dim) const;
  llvm::Error learnAlone(const Input &input);
  llvm::Expected<bool> solve(const Input &input);
  llvm::Error check(const Input &input) const;

  llvm::StringMap<Known> known;
};

} // namespace bridge

#endif // BRIDGE_REFERENCE_DIMENSIONS_H
