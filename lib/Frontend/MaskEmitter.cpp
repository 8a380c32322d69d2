//===- MaskEmitter.cpp - Operators inside a mask --------------------------===//
#include "bridge/Frontend/MaskEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace bridge;

/// As messages show it: `i[batch, query, key]`.
static std::string describe(const MaskOperand &operand) {
  if (auto *outer = std::get_if<Operand>(&operand))
    return outer->describe();
  const MaskValue &value = std::get<MaskValue>(operand);
  std::string text = describe(value.scalar.getType()) + "[";
  for (const Dim &dim : value.batch)
    text += describe(dim) + ", ";
  return text + "query, key]";
}

LogicalResult MaskEmitter::fail(std::string message, std::string hint) {
  return outer.fail(std::move(message), std::move(hint));
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

FailureOr<MaskEmitter::Dims>
MaskEmitter::joinBatch(ArrayRef<MaskValue> values) {
  Dims batch;
  for (const MaskValue &value : values) {
    if (value.batch.size() > batch.size())
      batch.insert(batch.begin(), value.batch.size() - batch.size(), Dim(1));
    for (auto [from, to] :
         llvm::zip(llvm::reverse(value.batch), llvm::reverse(batch))) {
      if (from == to || from == Dim(1))
        continue;
      if (to != Dim(1))
        return fail("axes of sizes " + bridge::describe(to) + " and " +
                    bridge::describe(from) + " do not match in a mask");
      to = from;
    }
  }
  return batch;
}

static int typeRank(Type type) {
  return type.isF32() ? 2 : type.isInteger(32) ? 1 : 0;
}

LogicalResult MaskEmitter::resolve(ArrayRef<MaskOperand> operands, Type least,
                                   SmallVectorImpl<MaskValue> &values,
                                   Dims &batch) {
  Type common = least;
  for (const MaskOperand &operand : operands) {
    Number value = resolve(operand);
    if (failed(value))
      return failure();
    values.push_back(*value);
    if (typeRank(value->scalar.getType()) > typeRank(common))
      common = value->scalar.getType();
  }
  for (MaskValue &value : values)
    value.scalar = cast(value.scalar, common);
  FailureOr<Dims> joined = joinBatch(values);
  if (failed(joined))
    return failure();
  batch = *joined;
  return success();
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Value MaskEmitter::arithmetic(StringRef op, Value a, Value b) {
  Location loc = outer.location;
  bool isFloat = a.getType().isF32();
  if (op == "+")
    return isFloat ? Value(arith::AddFOp::create(builder, loc, a, b))
                   : Value(arith::AddIOp::create(builder, loc, a, b));
  if (op == "-")
    return isFloat ? Value(arith::SubFOp::create(builder, loc, a, b))
                   : Value(arith::SubIOp::create(builder, loc, a, b));
  if (op == "*")
    return isFloat ? Value(arith::MulFOp::create(builder, loc, a, b))
                   : Value(arith::MulIOp::create(builder, loc, a, b));
  if (op == "/")
    return arith::DivFOp::create(builder, loc, a, b);
  if (op == "&")
    return arith::AndIOp::create(builder, loc, a, b);
  if (op == "|")
    return arith::OrIOp::create(builder, loc, a, b);
  Value quotient = arith::FloorDivSIOp::create(builder, loc, a, b);
  if (op == "//")
    return quotient;
  Value whole = arith::MulIOp::create(builder, loc, quotient, b);
  return arith::SubIOp::create(builder, loc, a, whole);
}

Value MaskEmitter::comparison(StringRef op, Value a, Value b) {
  Location loc = outer.location;
  if (a.getType().isF32()) {
    auto predicate = llvm::StringSwitch<arith::CmpFPredicate>(op)
                         .Case("==", arith::CmpFPredicate::OEQ)
                         .Case("!=", arith::CmpFPredicate::UNE)
                         .Case("<", arith::CmpFPredicate::OLT)
                         .Case("<=", arith::CmpFPredicate::OLE)
                         .Case(">", arith::CmpFPredicate::OGT)
                         .Default(arith::CmpFPredicate::OGE);
    return arith::CmpFOp::create(builder, loc, predicate, a, b);
  }
  auto predicate = llvm::StringSwitch<arith::CmpIPredicate>(op)
                       .Case("==", arith::CmpIPredicate::eq)
                       .Case("!=", arith::CmpIPredicate::ne)
                       .Case("<", arith::CmpIPredicate::slt)
                       .Case("<=", arith::CmpIPredicate::sle)
                       .Case(">", arith::CmpIPredicate::sgt)
                       .Default(arith::CmpIPredicate::sge);
  return arith::CmpIOp::create(builder, loc, predicate, a, b);
}

FailureOr<MaskValue> MaskEmitter::binary(StringRef op, const MaskOperand &left,
                                         const MaskOperand &right) {
  enum { Unknown, Compares, Adds, Divides, Rounds, Joins };
  auto kind = llvm::StringSwitch<int>(op)
                  .Cases({"==", "!=", "<", "<=", ">", ">="}, Compares)
                  .Cases({"+", "-", "*"}, Adds)
                  .Case("/", Divides)
                  .Cases({"//", "%"}, Rounds)
                  .Cases({"&", "|"}, Joins)
                  .Default(Unknown);
  auto failed = [&](const Twine &why) {
    return fail(("`" + op + "` of ").str() + ::describe(left) + " and " +
                ::describe(right) + ": " + why.str());
  };
  if (kind == Unknown)
    return failed("a mask computes with numbers only");
  Type least = kind == Joins     ? builder.getI1Type()
               : kind == Divides ? Type(builder.getF32Type())
                                 : Type(builder.getI32Type());
  SmallVector<MaskValue, 2> values;
  MaskValue result;
  if (mlir::failed(resolve({left, right}, least, values, result.batch)))
    return failure();
  Value a = values[0].scalar, b = values[1].scalar;
  if (kind == Joins && !a.getType().isInteger(1))
    return failed("it takes truth values");
  if (kind == Rounds && a.getType().isF32())
    return failed("it takes integers");
  result.scalar =
      kind == Compares ? comparison(op, a, b) : arithmetic(op, a, b);
  return result;
}

FailureOr<MaskValue> MaskEmitter::unary(UnaryKind kind, const MaskOperand &x) {
  Location loc = outer.location;
  bool isNot = kind == UnaryKind::Not;
  SmallVector<MaskValue, 1> values;
  MaskValue result;
  Type least = isNot ? builder.getI1Type() : builder.getI32Type();
  if (failed(resolve(x, least, values, result.batch)))
    return failure();
  Value value = values.front().scalar;
  bool isFloat = value.getType().isF32();
  switch (kind) {
  case UnaryKind::Not:
    if (!value.getType().isInteger(1))
      return fail("`~` of " + ::describe(x) + ": it takes truth values");
    result.scalar = arith::XOrIOp::create(
        builder, loc, value,
        arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true)));
    return result;
  case UnaryKind::Neg:
    result.scalar =
        isFloat ? Value(arith::NegFOp::create(builder, loc, value))
                : Value(arith::SubIOp::create(builder, loc, i32(0), value));
    return result;
  case UnaryKind::Abs:
    result.scalar = isFloat ? Value(math::AbsFOp::create(builder, loc, value))
                            : Value(math::AbsIOp::create(builder, loc, value));
    return result;
  default:
    return fail(
        ("`" + stringifyUnaryKind(kind) + "` cannot stand in a mask").str(),
        "compute it before the mask and index it there");
  }
}

FailureOr<MaskValue> MaskEmitter::where(const MaskOperand &condition,
                                        const MaskOperand &a,
                                        const MaskOperand &b) {
  Number chooser = resolve(condition);
  SmallVector<MaskValue, 3> values;
  MaskValue result;
  if (failed(chooser) ||
      failed(resolve({a, b}, builder.getI1Type(), values, result.batch)))
    return failure();
  if (!chooser->scalar.getType().isInteger(1))
    return fail("the condition of `where` is a truth value, found " +
                ::describe(condition));
  Value yes = values[0].scalar, no = values[1].scalar;
  values.push_back(*chooser);
  FailureOr<Dims> batch = joinBatch(values);
  if (failed(batch))
    return failure();
  result.batch = *batch;
  result.scalar = arith::SelectOp::create(builder, outer.location,
                                          chooser->scalar, yes, no);
  return result;
}

FailureOr<MaskValue> MaskEmitter::clip(const MaskOperand &x,
                                       const MaskOperand &low,
                                       const MaskOperand &high) {
  Location loc = outer.location;
  SmallVector<MaskValue, 3> values;
  MaskValue result;
  if (failed(
          resolve({x, low, high}, builder.getI32Type(), values, result.batch)))
    return failure();
  Value value = values[0].scalar, least = values[1].scalar,
        most = values[2].scalar;
  if (value.getType().isF32()) {
    value = arith::MaximumFOp::create(builder, loc, value, least);
    result.scalar = arith::MinimumFOp::create(builder, loc, value, most);
  } else {
    value = arith::MaxSIOp::create(builder, loc, value, least);
    result.scalar = arith::MinSIOp::create(builder, loc, value, most);
  }
  return result;
}
