//===- ScalarMath.cpp - Element-wise operations on scalars ----------------===//
#include "bridge/IR/ScalarMath.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"
#include <numbers>

using namespace mlir;
using namespace bridge;

namespace {
/// Short names for the arithmetic of `f32` expressions.
struct Floats {
  ImplicitLocOpBuilder builder;

  Value constant(double number) {
    return arith::ConstantOp::create(builder, builder.getF32FloatAttr(number));
  }
  Value add(Value a, Value b) { return arith::AddFOp::create(builder, a, b); }
  Value sub(Value a, Value b) { return arith::SubFOp::create(builder, a, b); }
  Value mul(Value a, Value b) { return arith::MulFOp::create(builder, a, b); }
  Value div(Value a, Value b) { return arith::DivFOp::create(builder, a, b); }
  Value neg(Value a) { return arith::NegFOp::create(builder, a); }
  Value exp(Value a) { return math::ExpOp::create(builder, a); }
  Value abs(Value a) { return math::AbsFOp::create(builder, a); }
  Value log1p(Value a) { return math::Log1pOp::create(builder, a); }

  /// `a`, but `bound` where a is beyond it; NaN where a is NaN.
  Value clamp(arith::CmpFPredicate beyond, Value a, Value bound) {
    Value outside = arith::CmpFOp::create(builder, beyond, a, bound);
    return arith::SelectOp::create(builder, outside, bound, a);
  }
  Value atLeast(Value a, Value low) {
    return clamp(arith::CmpFPredicate::OLT, a, low);
  }
  Value atMost(Value a, Value high) {
    return clamp(arith::CmpFPredicate::OGT, a, high);
  }
  /// x σ(slope x).
  Value gate(Value x, double slope) {
    Value scaled = mul(x, constant(-slope));
    return div(x, add(constant(1), exp(scaled)));
  }
  /// log1p(e^−|x|).
  Value softTail(Value x) { return log1p(exp(neg(abs(x)))); }
};
} // namespace

static Value emitFloatUnary(Floats f, UnaryKind kind, Value x) {
  ImplicitLocOpBuilder &builder = f.builder;
  switch (kind) {
  case UnaryKind::Gelu: {
    Value erf = math::ErfOp::create(builder, f.mul(x, f.constant(M_SQRT1_2)));
    return f.mul(f.mul(x, f.constant(0.5)), f.add(f.constant(1), erf));
  }
  case UnaryKind::GeluTanh: {
    Value cube = f.mul(f.mul(x, x), x);
    Value inner = f.add(x, f.mul(cube, f.constant(0.044715)));
    constexpr double slope = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
    Value tanh = math::TanhOp::create(builder, f.mul(inner, f.constant(slope)));
    return f.mul(f.mul(x, f.constant(0.5)), f.add(f.constant(1), tanh));
  }
  case UnaryKind::QuickGelu:
    return f.gate(x, 1.702);
  case UnaryKind::Silu:
    return f.gate(x, 1);
  case UnaryKind::Relu:
    return f.atLeast(x, f.constant(0));
  case UnaryKind::Tanh:
    return math::TanhOp::create(builder, x);
  case UnaryKind::Sigmoid:
    return f.div(f.constant(1), f.add(f.constant(1), f.exp(f.neg(x))));
  case UnaryKind::LogSigmoid:
    return f.sub(f.atMost(x, f.constant(0)), f.softTail(x));
  case UnaryKind::Softplus:
    return f.add(f.atLeast(x, f.constant(0)), f.softTail(x));
  case UnaryKind::Exp:
    return f.exp(x);
  case UnaryKind::Log:
    return math::LogOp::create(builder, x);
  case UnaryKind::Sqrt:
    return math::SqrtOp::create(builder, x);
  case UnaryKind::Abs:
    return f.abs(x);
  case UnaryKind::Sin:
    return math::SinOp::create(builder, x);
  case UnaryKind::Cos:
    return math::CosOp::create(builder, x);
  case UnaryKind::Neg:
    return f.neg(x);
  case UnaryKind::Not:
    break;
  }
  llvm_unreachable("`not` takes truth values; see the verifier");
}

Value bridge::emitScalarUnary(OpBuilder &opBuilder, Location loc,
                              UnaryKind kind, Value x) {
  ImplicitLocOpBuilder builder(loc, opBuilder);
  if (x.getType().isF32())
    return emitFloatUnary({builder}, kind, x);
  if (kind == UnaryKind::Not) {
    Value yes = arith::ConstantOp::create(builder, builder.getBoolAttr(true));
    return arith::XOrIOp::create(builder, x, yes);
  }
  if (kind == UnaryKind::Abs)
    return math::AbsIOp::create(builder, x);
  assert(kind == UnaryKind::Neg && "see the verifier");
  Value zero = arith::ConstantOp::create(builder, builder.getI32IntegerAttr(0));
  return arith::SubIOp::create(builder, zero, x);
}

static Value emitFloatBinary(Floats f, BinaryKind kind, Value lhs, Value rhs) {
  ImplicitLocOpBuilder &builder = f.builder;
  switch (kind) {
  case BinaryKind::Add:
    return f.add(lhs, rhs);
  case BinaryKind::Sub:
    return f.sub(lhs, rhs);
  case BinaryKind::Mul:
    return f.mul(lhs, rhs);
  case BinaryKind::Div:
    return f.div(lhs, rhs);
  case BinaryKind::Pow:
    return math::PowFOp::create(builder, lhs, rhs);
  case BinaryKind::Max:
    return arith::MaximumFOp::create(builder, lhs, rhs);
  case BinaryKind::Min:
    return arith::MinimumFOp::create(builder, lhs, rhs);
  default:
    break;
  }
  llvm_unreachable("integers or truth values only; see the verifier");
}

/// The remainder that has the sign of the divisor.
static Value emitFloorMod(ImplicitLocOpBuilder &builder, Value lhs, Value rhs) {
  using arith::CmpIPredicate;
  Value zero = arith::ConstantOp::create(builder, builder.getI32IntegerAttr(0));
  Value rest = arith::RemSIOp::create(builder, lhs, rhs);
  Value some = arith::CmpIOp::create(builder, CmpIPredicate::ne, rest, zero);
  Value signs = arith::XOrIOp::create(builder, rest, rhs);
  Value opposite =
      arith::CmpIOp::create(builder, CmpIPredicate::slt, signs, zero);
  Value wrap = arith::AndIOp::create(builder, some, opposite);
  Value wrapped = arith::AddIOp::create(builder, rest, rhs);
  return arith::SelectOp::create(builder, wrap, wrapped, rest);
}

Value bridge::emitScalarBinary(OpBuilder &opBuilder, Location loc,
                               BinaryKind kind, Value lhs, Value rhs) {
  ImplicitLocOpBuilder builder(loc, opBuilder);
  if (lhs.getType().isF32())
    return emitFloatBinary({builder}, kind, lhs, rhs);
  switch (kind) {
  case BinaryKind::Add:
    return arith::AddIOp::create(builder, lhs, rhs);
  case BinaryKind::Sub:
    return arith::SubIOp::create(builder, lhs, rhs);
  case BinaryKind::Mul:
    return arith::MulIOp::create(builder, lhs, rhs);
  case BinaryKind::FloorDiv:
    return arith::FloorDivSIOp::create(builder, lhs, rhs);
  case BinaryKind::Mod:
    return emitFloorMod(builder, lhs, rhs);
  case BinaryKind::Max:
    return arith::MaxSIOp::create(builder, lhs, rhs);
  case BinaryKind::Min:
    return arith::MinSIOp::create(builder, lhs, rhs);
  case BinaryKind::And:
    return arith::AndIOp::create(builder, lhs, rhs);
  case BinaryKind::Or:
    return arith::OrIOp::create(builder, lhs, rhs);
  case BinaryKind::Div:
  case BinaryKind::Pow:
    break;
  }
  llvm_unreachable("`f32` only; see the verifier");
}

static Value emitCompare(ImplicitLocOpBuilder &builder, CompareKind kind,
                         Value lhs, Value rhs) {
  using arith::CmpFPredicate;
  using arith::CmpIPredicate;
  auto compare = [&](CmpFPredicate floats, CmpIPredicate integers) -> Value {
    if (lhs.getType().isF32())
      return arith::CmpFOp::create(builder, floats, lhs, rhs);
    return arith::CmpIOp::create(builder, integers, lhs, rhs);
  };
  switch (kind) {
  case CompareKind::Eq:
    return compare(CmpFPredicate::OEQ, CmpIPredicate::eq);
  case CompareKind::Ne:
    return compare(CmpFPredicate::UNE, CmpIPredicate::ne);
  case CompareKind::Lt:
    return compare(CmpFPredicate::OLT, CmpIPredicate::slt);
  case CompareKind::Le:
    return compare(CmpFPredicate::OLE, CmpIPredicate::sle);
  case CompareKind::Gt:
    return compare(CmpFPredicate::OGT, CmpIPredicate::sgt);
  case CompareKind::Ge:
    return compare(CmpFPredicate::OGE, CmpIPredicate::sge);
  }
  llvm_unreachable("all kinds are handled");
}

static Value emitClip(ImplicitLocOpBuilder &builder, Value x, Value low,
                      Value high) {
  if (x.getType().isF32()) {
    Floats f{builder};
    return f.atMost(f.atLeast(x, low), high);
  }
  Value raised = arith::MaxSIOp::create(builder, x, low);
  return arith::MinSIOp::create(builder, raised, high);
}

static Value emitCast(ImplicitLocOpBuilder &builder, Value x, Type type) {
  if (x.getType() == type)
    return x;
  if (type.isInteger(32))
    return arith::ExtUIOp::create(builder, type, x);
  if (x.getType().isInteger(1))
    return arith::UIToFPOp::create(builder, type, x);
  return arith::SIToFPOp::create(builder, type, x);
}

bool bridge::isElementwise(Operation *op) {
  return isa<UnaryOp, BinaryOp, CompareOp, SelectOp, ClipOp, CastOp>(op);
}

Value bridge::emitScalar(OpBuilder &opBuilder, Operation *elementwise,
                         ValueRange operands) {
  ImplicitLocOpBuilder builder(elementwise->getLoc(), opBuilder);
  return TypeSwitch<Operation *, Value>(elementwise)
      .Case([&](UnaryOp op) {
        return emitScalarUnary(builder, op.getLoc(), op.getKind(), operands[0]);
      })
      .Case([&](BinaryOp op) {
        return emitScalarBinary(builder, op.getLoc(), op.getKind(), operands[0],
                                operands[1]);
      })
      .Case([&](CompareOp op) {
        return emitCompare(builder, op.getKind(), operands[0], operands[1]);
      })
      .Case([&](SelectOp op) -> Value {
        return arith::SelectOp::create(builder, operands[0], operands[1],
                                       operands[2]);
      })
      .Case([&](ClipOp op) {
        return emitClip(builder, operands[0], operands[1], operands[2]);
      })
      .Case([&](CastOp op) {
        auto type = cast<RankedTensorType>(op.getType());
        return emitCast(builder, operands[0], type.getElementType());
      });
}

StringRef bridge::elementwiseName(Operation *elementwise) {
  return TypeSwitch<Operation *, StringRef>(elementwise)
      .Case([](UnaryOp op) { return stringifyUnaryKind(op.getKind()); })
      .Case([](BinaryOp op) { return stringifyBinaryKind(op.getKind()); })
      .Case([](CompareOp op) { return stringifyCompareKind(op.getKind()); })
      .Case([](SelectOp) { return "select"; })
      .Case([](ClipOp) { return "clip"; })
      .Case([](CastOp) { return "cast"; });
}

TypedAttr bridge::getSplat(Value tensor) {
  auto constant = tensor.getDefiningOp<ConstantOp>();
  if (!constant)
    return {};
  DenseElementsAttr elements = constant.getRounded();
  return elements.isSplat() ? elements.getSplatValue<TypedAttr>() : TypedAttr();
}
