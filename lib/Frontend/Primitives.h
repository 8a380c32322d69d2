//===- Primitives.h - Functions that the language knows ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_PRIMITIVES_H
#define BRIDGE_LIB_FRONTEND_PRIMITIVES_H

#include "Evaluator.h"

namespace bridge::frontend {

/// The call of a primitive: its arguments by the places of its parameters.
class PrimitiveCall {
public:
  PrimitiveCall(Evaluator &evaluator, const Primitive &primitive,
                SourceRange range, std::vector<std::optional<Value>> arguments)
      : evaluator(evaluator), primitive(primitive), range(range),
        arguments(std::move(arguments)) {}

  Evaluator &evaluator;
  const Primitive &primitive;
  SourceRange range;

  bool has(unsigned index) const;
  const Value &operator[](unsigned index) const { return *arguments[index]; }
  unsigned size() const { return arguments.size(); }

  // Readers of arguments: where one is not what it has to be, the first such
  // mistake is reported and the call has failed.
  mlir::Value tensor(unsigned index);
  /// Null where the argument is left out or `none`.
  mlir::Value optionalTensor(unsigned index);
  Operand operand(unsigned index);
  MaskOperand maskOperand(unsigned index);
  int64_t integer(unsigned index, int64_t otherwise);
  double number(unsigned index, double otherwise);
  bool truth(unsigned index, bool otherwise);
  Dim dimension(unsigned index, Dim otherwise);
  llvm::SmallVector<int64_t> axes(unsigned index);
  std::vector<mlir::Value> tensors(unsigned index);
  bool isMaskValue(unsigned index) const;

  bool hasFailed() const { return failed; }
  /// Reports "`linear` takes a tensor for `x`, found 3".
  llvm::LogicalResult expected(llvm::StringRef what, unsigned index);

  /// What `emission` gives, or its error as one of the spec.
  llvm::FailureOr<Value>
  emit(llvm::function_ref<llvm::FailureOr<mlir::Value>(TensorEmitter &)>
           emission);
  llvm::FailureOr<Value> emitInMask(
      llvm::function_ref<llvm::FailureOr<MaskValue>(MaskEmitter &)> emission);

private:
  std::vector<std::optional<Value>> arguments;
  bool failed = false;
};

struct Primitive {
  using Apply = llvm::FailureOr<Value> (*)(PrimitiveCall &);

  llvm::StringRef name;
  /// Names of the parameters; those that may be left out end in `?`.
  std::vector<llvm::StringRef> parameters;
  Apply apply;
};

/// All primitives.
llvm::ArrayRef<Primitive> tensorPrimitives();
llvm::ArrayRef<Primitive> elementwisePrimitives();
llvm::ArrayRef<Primitive> staticPrimitives();
/// Binds the primitives and `pi` in `scope`.
void definePrimitives(Scope &scope);

/// For a name that is no function, what the language calls it.
std::string hintForFunction(llvm::StringRef name);

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_PRIMITIVES_H
