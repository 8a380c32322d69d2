//===- TensorEmitter.h - Emits the primitives of the language ---*- C++ -*-===//
//
// The primitives of the language as functions from tensors to tensors that
// emit operations of the bridge dialect. What a spec may write and the dialect
// has not (promotion of element types, negative axes, NumPy's indexing, einops
// patterns) is resolved here.
//
// Every function fails with an error that `takeError` gives: its text is what
// the author of a spec reads, without a place, which the caller knows.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_FRONTEND_TENSOREMITTER_H
#define BRIDGE_FRONTEND_TENSOREMITTER_H

#include "bridge/Frontend/Ast.h"
#include "bridge/IR/ShapeRules.h"
#include "mlir/IR/Builders.h"

namespace bridge {

class MaskEmitter;

/// What an operator or an element-wise function takes: a tensor, or a number or
/// truth value that is known when compiling; integers are dimensions, symbolic
/// ones too.
class Operand {
public:
  Operand(mlir::Value tensor) : value(tensor) {}
  Operand(Dim integer) : value(std::move(integer)) {}
  Operand(double number) : value(number) {}
  Operand(bool truth) : value(truth) {}

  bool isTensor() const { return std::holds_alternative<mlir::Value>(value); }
  /// The tensor, or null.
  mlir::Value tensor() const {
    const mlir::Value *found = std::get_if<mlir::Value>(&value);
    return found ? *found : mlir::Value();
  }
  const std::variant<mlir::Value, Dim, double, bool> &get() const {
    return value;
  }
  /// A tensor by its shape, a number by its value.
  std::string describe() const;

private:
  std::variant<mlir::Value, Dim, double, bool> value;
};

/// That an input's dimension `symbol` is `value`, a multiple of something: the
/// caller substitutes, adds the check on entry, and traces again.
struct Assumption {
  std::string symbol;
  Dim value;
};

/// Why a primitive cannot be emitted.
struct TensorError {
  std::string message;
  std::string hint; ///< or empty
  /// Set where the primitive can be emitted once this holds.
  std::optional<Assumption> assumption;
};

/// What must hold on entry so that an emitted operation stays inside its
/// operands: `0 <= amount`. `text` is how a message says it:
/// `x[:, 1:] of f[batch, text_len]`.
struct Requirement {
  Dim amount;
  std::string text;
};

/// One item between the brackets of `x[…]`.
struct IndexItem {
  struct Ellipsis {};
  struct NewAxis {};
  struct Slice {
    std::optional<Dim> low, high;
  };
  /// A Dim is an integer (negative: from the end); a Value is an integer
  /// tensor that picks.
  std::variant<Ellipsis, NewAxis, Slice, Dim, mlir::Value> value;
};

/// Inside a mask: a number or truth value for one query, one key and one
/// position along each batch axis that is left over (`valid[:, key]` has one).
struct MaskValue {
  mlir::Value scalar; ///< i1, i32 or f32
  /// Sizes of the batch axes, which align at the right as in broadcasts.
  llvm::SmallVector<Dim> batch;
};
/// What an operator inside a mask takes.
using MaskOperand = std::variant<MaskValue, Operand>;

/// Computes the predicate of a mask, see MaskEmitter.h.
using MaskBody =
    llvm::function_ref<mlir::FailureOr<MaskOperand>(MaskEmitter &emitter)>;
/// The size of an axis' name in a pattern, where the spec knows it.
using KnownSizes = llvm::function_ref<std::optional<Dim>(llvm::StringRef name)>;

class TensorEmitter {
public:
  /// Emits at `builder`'s insertion point, which the caller may move between
  /// calls.
  explicit TensorEmitter(mlir::OpBuilder &builder)
      : builder(builder), location(builder.getUnknownLoc()) {}

  void setLocation(mlir::Location loc) { location = loc; }
  mlir::Location getLocation() const { return location; }
  mlir::OpBuilder &getBuilder() { return builder; }

  /// The error of the last failure.
  TensorError takeError() { return std::exchange(error, TensorError()); }
  /// What the operations emitted since the last call need on entry, each once.
  std::vector<Requirement> takeRequirements() {
    return std::exchange(requirements, {});
  }

  //===--------------------------------------------------------------------===//
  // Products
  //===--------------------------------------------------------------------===//

  /// `bias` may be null.
  mlir::FailureOr<mlir::Value> linear(mlir::Value x, mlir::Value weight,
                                      mlir::Value bias);
  mlir::FailureOr<mlir::Value> conv2d(mlir::Value x, mlir::Value weight,
                                      mlir::Value bias, int64_t stride,
                                      int64_t padding, int64_t groups);

  //===--------------------------------------------------------------------===//
  // Rows
  //===--------------------------------------------------------------------===//

  /// `weight` and `bias` may be null.
  mlir::FailureOr<mlir::Value> layerNorm(mlir::Value x, mlir::Value weight,
                                         mlir::Value bias, double eps);
  mlir::FailureOr<mlir::Value> rmsNorm(mlir::Value x, mlir::Value weight,
                                       double eps);
  mlir::FailureOr<mlir::Value> softmax(mlir::Value x);
  /// `empty` is the spec's word, or nothing where it has none, which is an
  /// error. Where `mask` fails no operation is left behind.
  mlir::FailureOr<mlir::Value> softmax(mlir::Value x, MaskBody mask,
                                       std::optional<llvm::StringRef> empty);
  mlir::FailureOr<mlir::Value> logSoftmax(mlir::Value x);
  mlir::FailureOr<mlir::Value> l2Normalize(mlir::Value x, double eps);
  mlir::FailureOr<mlir::Value> rotary(mlir::Value x, mlir::Value angles);
  mlir::FailureOr<mlir::Value> crossEntropy(mlir::Value x, mlir::Value labels,
                                            std::optional<int64_t> ignore,
                                            double smoothing);

  //===--------------------------------------------------------------------===//
  // Element by element
  //===--------------------------------------------------------------------===//

  /// Functions of real numbers give f32; `neg` and `abs` keep integers (truth
  /// values become integers); `not` takes truth values.
  mlir::FailureOr<mlir::Value> unary(UnaryKind kind, const Operand &x);
  /// `op` as the spec writes it: + - * / // % ** @ == != < <= > >= & |. At
  /// least one side is a tensor; the caller computes with numbers itself.
  mlir::FailureOr<mlir::Value> binary(llvm::StringRef op, const Operand &left,
                                      const Operand &right);
  mlir::FailureOr<mlir::Value> where(const Operand &condition, const Operand &a,
                                     const Operand &b);
  mlir::FailureOr<mlir::Value> clip(const Operand &x, const Operand &low,
                                    const Operand &high);

  //===--------------------------------------------------------------------===//
  // Reductions and scans; negative axes count from the end
  //===--------------------------------------------------------------------===//

  /// Sums of truth values count; means are f32.
  mlir::FailureOr<mlir::Value> reduce(ReduceKind kind, mlir::Value x,
                                      llvm::ArrayRef<int64_t> axes, bool keep);
  mlir::FailureOr<mlir::Value> argExtreme(ExtremeKind kind, mlir::Value x,
                                          int64_t axis, bool keep);
  mlir::FailureOr<mlir::Value> cumsum(mlir::Value x, int64_t axis);

  //===--------------------------------------------------------------------===//
  // Shapes and places
  //===--------------------------------------------------------------------===//

  mlir::FailureOr<mlir::Value> embedding(mlir::Value ids, mlir::Value table);
  mlir::FailureOr<mlir::Value> concat(llvm::ArrayRef<mlir::Value> parts,
                                      int64_t axis);
  mlir::FailureOr<mlir::Value> stack(llvm::ArrayRef<mlir::Value> parts,
                                     int64_t axis);
  mlir::FailureOr<mlir::Value> pad(mlir::Value x, const Dim &before,
                                   const Dim &after, int64_t axis);
  mlir::FailureOr<mlir::Value> splice(mlir::Value x, mlir::Value values,
                                      mlir::Value at);
  /// `x.T`: the last two axes swapped.
  mlir::FailureOr<mlir::Value> transpose(mlir::Value x);
  mlir::FailureOr<mlir::Value>
  rearrange(mlir::Value x, const ast::Pattern &pattern, KnownSizes known);
  mlir::FailureOr<mlir::Value>
  repeat(const Operand &x, const ast::Pattern &pattern, KnownSizes known);
  mlir::FailureOr<mlir::Value> index(mlir::Value x,
                                     llvm::ArrayRef<IndexItem> items);
  /// `a, b = x`: the elements along the first axis.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> unstack(mlir::Value x);
  /// `x` as a given shape by broadcasting, no operation where it has it.
  mlir::FailureOr<mlir::Value> broadcast(mlir::Value x,
                                         llvm::ArrayRef<Dim> dims);

  //===--------------------------------------------------------------------===//
  // Numbers
  //===--------------------------------------------------------------------===//

  mlir::FailureOr<mlir::Value> arange(const Dim &count);
  /// A number as a tensor without axes; a tensor as it is.
  mlir::FailureOr<mlir::Value> lift(const Operand &x);
  /// The same numbers as f32, i32 or i1 (bool → int → float only); no operation
  /// where `x` is that.
  mlir::FailureOr<mlir::Value> cast(mlir::Value x, mlir::Type elementType);

private:
  friend class MaskEmitter;
  using Tensor = mlir::FailureOr<mlir::Value>;

  /// Null for null.
  static mlir::RankedTensorType typeOf(mlir::Value x) {
    return x ? llvm::cast<mlir::RankedTensorType>(x.getType()) : nullptr;
  }

  /// Remembers the error.
  mlir::LogicalResult fail(std::string message, std::string hint = {});
  /// The error of a rule, with the operands it is about.
  mlir::LogicalResult fail(const Inferred &inferred, mlir::ValueRange shown);
  /// Fails because `symbol` would have to be a multiple of `factor`, where that
  /// can be assumed; else with `message`.
  mlir::LogicalResult failDivision(const Dim &dim, const Dim &factor,
                                   std::string message);
  /// Fails where a tensor has more elements than can be counted.
  mlir::LogicalResult checkSize(mlir::RankedTensorType type);
  /// Makes an operation of the inferred type; `shown` are the operands that an
  /// error names.
  template <typename Op, typename... Args>
  Tensor create(const Inferred &inferred, mlir::ValueRange shown,
                Args &&...args) {
    if (!inferred)
      return fail(inferred, shown);
    if (failed(checkSize(inferred.type())))
      return mlir::failure();
    return Op::create(builder, location, inferred.type(),
                      std::forward<Args>(args)...)
        .getResult();
  }
  void require(const Dim &amount, const llvm::Twine &text);

  /// A tensor or number as a tensor of the element type.
  Tensor liftAs(const Operand &x, mlir::Type elementType);
  Tensor constant(double value, mlir::Type elementType);
  /// The element type that operands meet in, at least `least`.
  mlir::Type commonType(llvm::ArrayRef<Operand> operands, mlir::Type least);
  Tensor toFloat(mlir::Value x) { return cast(x, builder.getF32Type()); }
  /// Fails unless `x` has integers (truth values become such).
  Tensor toInteger(llvm::StringRef name, mlir::Value x);
  /// An axis counted from the end as one counted from the start.
  mlir::FailureOr<int64_t> normalizeAxis(mlir::Value x, int64_t axis);

  Tensor power(const Operand &left, const Operand &right);
  Tensor matmul(const Operand &left, const Operand &right);
  Tensor logic(BinaryKind kind, llvm::StringRef op, const Operand &left,
               const Operand &right);
  /// Fails with the error of an operator: "`+` of f[2] and 3: …".
  mlir::LogicalResult failOperator(llvm::StringRef op,
                                   llvm::ArrayRef<Operand> operands,
                                   const llvm::Twine &message,
                                   std::string hint = {});

  /// These emit nothing where they change nothing.
  Tensor reshape(mlir::Value x, llvm::ArrayRef<Dim> dims);
  Tensor permute(mlir::Value x, llvm::ArrayRef<int64_t> permutation);
  Tensor slice(mlir::Value x, llvm::ArrayRef<Dim> offsets,
               llvm::ArrayRef<Dim> sizes);

  struct IndexPlan;
  mlir::LogicalResult addInteger(mlir::Value x, const Dim &number,
                                 IndexPlan &plan);
  mlir::LogicalResult addPick(mlir::Value x, mlir::Value pick, IndexPlan &plan);
  Tensor addAxes(mlir::Value x, llvm::ArrayRef<Dim> dims,
                 llvm::ArrayRef<IndexItem> items, int64_t picked);
  Tensor einops(llvm::StringRef name, mlir::Value x,
                const ast::Pattern &pattern, KnownSizes known);

  mlir::OpBuilder &builder;
  mlir::Location location;
  TensorError error;
  std::vector<Requirement> requirements;
};

} // namespace bridge

#endif // BRIDGE_FRONTEND_TENSOREMITTER_H
