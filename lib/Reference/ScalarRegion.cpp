//===- ScalarRegion.cpp - Regions over numbers ----------------------------===//
#include "ScalarRegion.h"
#include "ElementWise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace bridge;
using llvm::Expected;

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

Expected<ScalarRegion> ScalarRegion::build(Region &body, ValueRange captures,
                                           const Scope &scope) {
  ScalarRegion region;
  region.scope = &scope;
  Block &block = body.front();
  auto arguments = block.getArguments();
  for (auto [argument, capture] : llvm::zip(arguments, captures))
    region.captured[argument] = &scope[capture];
  for (BlockArgument number : arguments.drop_front(captures.size()))
    region.slots[number] = region.argumentCount++;
  for (Operation &op : block.without_terminator())
    if (llvm::Error error = region.add(&op))
      return error;
  ValueRange yields = block.getTerminator()->getOperands();
  if (llvm::Error error = region.addUses(yields))
    return error;
  region.yielded = region.slot(yields.front());
  region.memory.resize(region.argumentCount + region.steps.size());
  return region;
}

/// Numbers from outside the region become steps where they are first used.
llvm::Error ScalarRegion::addUses(ValueRange values) {
  for (Value value : values) {
    bool isTensor = isa<RankedTensorType>(value.getType());
    if (isTensor && !captured.contains(value))
      captured[value] = &(*scope)[value];
    if (isTensor || slots.contains(value))
      continue;
    if (llvm::Error error = add(value.getDefiningOp()))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error ScalarRegion::add(Operation *op) {
  if (llvm::Error error = addUses(op->getOperands()))
    return error;
  Expected<Compute> compute = compile(op);
  if (!compute)
    return compute.takeError();
  slots[op->getResult(0)] = argumentCount + steps.size();
  steps.push_back(std::move(*compute));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

double ScalarRegion::operator()(ArrayRef<double> arguments) {
  llvm::copy(arguments, memory.begin());
  double *next = memory.data() + argumentCount;
  for (const Compute &step : steps)
    *next++ = step(memory.data());
  return memory[yielded];
}

llvm::Error ScalarRegion::takeError() {
  if (!fault->op)
    return llvm::Error::success();
  return failure(fault->op, fault->message);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

namespace {

template <typename Function> auto unary(unsigned x, Function function) {
  return [=](const double *slots) -> double { return function(slots[x]); };
}

template <typename Function>
auto binary(unsigned lhs, unsigned rhs, Function function) {
  return [=](const double *slots) -> double {
    return function(slots[lhs], slots[rhs]);
  };
}

bool compareIntegers(arith::CmpIPredicate predicate, double a, double b) {
  switch (predicate) {
  case arith::CmpIPredicate::eq:
    return a == b;
  case arith::CmpIPredicate::ne:
    return a != b;
  case arith::CmpIPredicate::slt:
    return a < b;
  case arith::CmpIPredicate::sle:
    return a <= b;
  case arith::CmpIPredicate::sgt:
    return a > b;
  case arith::CmpIPredicate::sge:
    return a >= b;
  default: // Unsigned: negative numbers are the highest.
    break;
  }
  auto x = static_cast<uint32_t>(static_cast<int64_t>(a));
  auto y = static_cast<uint32_t>(static_cast<int64_t>(b));
  switch (predicate) {
  case arith::CmpIPredicate::ult:
    return x < y;
  case arith::CmpIPredicate::ule:
    return x <= y;
  case arith::CmpIPredicate::ugt:
    return x > y;
  default:
    return x >= y;
  }
}

bool compareFloats(arith::CmpFPredicate predicate, double a, double b) {
  using P = arith::CmpFPredicate;
  bool unordered = std::isnan(a) || std::isnan(b);
  switch (predicate) {
  case P::AlwaysFalse:
    return false;
  case P::AlwaysTrue:
    return true;
  case P::ORD:
    return !unordered;
  case P::UNO:
    return unordered;
  case P::OEQ:
    return a == b;
  case P::ONE:
    return !unordered && a != b;
  case P::OLT:
    return a < b;
  case P::OLE:
    return a <= b;
  case P::OGT:
    return a > b;
  case P::OGE:
    return a >= b;
  case P::UEQ:
    return unordered || a == b;
  case P::UNE:
    return a != b;
  case P::ULT:
    return !(a >= b);
  case P::ULE:
    return !(a > b);
  case P::UGT:
    return !(a <= b);
  case P::UGE:
    return !(a < b);
  }
  llvm_unreachable("all predicates are handled");
}

double constantValue(TypedAttr value) {
  if (auto number = dyn_cast<FloatAttr>(value))
    return number.getValueAsDouble();
  APInt integer = cast<IntegerAttr>(value).getValue();
  return integer.getBitWidth() == 1
             ? integer.getZExtValue()
             : static_cast<double>(integer.getSExtValue());
}

} // namespace

ScalarRegion::Compute ScalarRegion::compileElement(ElementOp op) {
  const Array *tensor = captured.find(op.getTensor())->second;
  SmallVector<unsigned> indices;
  for (Value index : op.getIndices())
    indices.push_back(slot(index));
  return [=, fault = fault.get()](const double *slots) -> double {
    int64_t offset = 0;
    for (auto [axis, index] : llvm::enumerate(indices)) {
      auto at = static_cast<int64_t>(slots[index]);
      int64_t size = tensor->shape[axis];
      if (at < 0 || at >= size) {
        if (!fault->op)
          *fault = {op, "an index is " + std::to_string(at) +
                            "; the axis has " + std::to_string(size) +
                            " elements"};
        return 0;
      }
      offset = offset * size + at;
    }
    return tensor->values[offset];
  };
}

Expected<ScalarRegion::Compute> ScalarRegion::compile(Operation *op) {
  SmallVector<unsigned, 3> in;
  for (Value operand : op->getOperands())
    in.push_back(isa<RankedTensorType>(operand.getType()) ? 0 : slot(operand));
  auto one = [&](auto function) { return Compute(unary(in[0], function)); };
  auto two = [&](auto function) {
    return Compute(binary(in[0], in[1], function));
  };
  auto divide = [&](auto function) {
    return Compute([=, a = in[0], b = in[1],
                    fault = fault.get()](const double *slots) -> double {
      if (slots[b] != 0)
        return function(slots[a], slots[b]);
      if (!fault->op)
        *fault = {op, "an integer is divided by 0"};
      return 0;
    });
  };
  using Result = Expected<Compute>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case([&](arith::ConstantOp c) {
        return Compute([value = constantValue(c.getValue())](const double *) {
          return value;
        });
      })
      .Case([&](DimOp dim) -> Result {
        Expected<int64_t> value =
            scope->dims().evaluate(*Dim::parse(dim.getExpr()));
        if (!value)
          return failure(op, llvm::toString(value.takeError()));
        return Compute([=, v = double(*value)](const double *) { return v; });
      })
      .Case([&](ElementOp element) { return compileElement(element); })
      .Case([&](arith::SelectOp) {
        return Compute(
            [=, c = in[0], a = in[1], b = in[2]](const double *slots) {
              return slots[c] ? slots[a] : slots[b];
            });
      })
      .Case([&](arith::CmpIOp c) {
        return two([p = c.getPredicate()](double a, double b) {
          return compareIntegers(p, a, b);
        });
      })
      .Case([&](arith::CmpFOp c) {
        return two([p = c.getPredicate()](double a, double b) {
          return compareFloats(p, a, b);
        });
      })
      .Case<arith::AddIOp, arith::AddFOp>(
          [&](auto) { return two([](double a, double b) { return a + b; }); })
      .Case<arith::SubIOp, arith::SubFOp>(
          [&](auto) { return two([](double a, double b) { return a - b; }); })
      .Case<arith::MulIOp, arith::MulFOp>(
          [&](auto) { return two([](double a, double b) { return a * b; }); })
      .Case([&](arith::DivFOp) {
        return two([](double a, double b) { return a / b; });
      })
      .Case([&](arith::FloorDivSIOp) { return divide(floorDivide); })
      .Case([&](arith::DivSIOp) {
        return divide([](double a, double b) { return std::trunc(a / b); });
      })
      .Case([&](arith::RemSIOp) {
        return divide([](double a, double b) { return std::fmod(a, b); });
      })
      .Case<arith::MaxSIOp, arith::MaximumFOp>(
          [&](auto) { return two(maximum); })
      .Case<arith::MinSIOp, arith::MinimumFOp>(
          [&](auto) { return two(minimum); })
      .Case([&](arith::MaxNumFOp) {
        return two([](double a, double b) { return std::fmax(a, b); });
      })
      .Case([&](arith::MinNumFOp) {
        return two([](double a, double b) { return std::fmin(a, b); });
      })
      .Case([&](arith::AndIOp) {
        return two([](int64_t a, int64_t b) { return a & b; });
      })
      .Case([&](arith::OrIOp) {
        return two([](int64_t a, int64_t b) { return a | b; });
      })
      .Case([&](arith::XOrIOp) {
        return two([](int64_t a, int64_t b) { return a ^ b; });
      })
      .Case<arith::SIToFPOp, arith::UIToFPOp, arith::ExtUIOp>(
          [&](auto) { return one([](double x) { return x; }); })
      .Case<arith::NegFOp>(
          [&](auto) { return one([](double x) { return -x; }); })
      .Case<math::AbsFOp, math::AbsIOp>(
          [&](auto) { return one([](double x) { return std::fabs(x); }); })
      .Case([&](math::ExpOp) {
        return one([](double x) { return std::exp(x); });
      })
      .Case([&](math::LogOp) {
        return one([](double x) { return std::log(x); });
      })
      .Case([&](math::Log1pOp) {
        return one([](double x) { return std::log1p(x); });
      })
      .Case([&](math::ErfOp) {
        return one([](double x) { return std::erf(x); });
      })
      .Case([&](math::TanhOp) {
        return one([](double x) { return std::tanh(x); });
      })
      .Case([&](math::SqrtOp) {
        return one([](double x) { return std::sqrt(x); });
      })
      .Case([&](math::RsqrtOp) {
        return one([](double x) { return 1 / std::sqrt(x); });
      })
      .Case([&](math::SinOp) {
        return one([](double x) { return std::sin(x); });
      })
      .Case([&](math::CosOp) {
        return one([](double x) { return std::cos(x); });
      })
      .Case([&](math::PowFOp) {
        return two([](double a, double b) { return std::pow(a, b); });
      })
      .Case([&](math::FmaOp) {
        return Compute(
            [=, a = in[0], b = in[1], c = in[2]](const double *slots) {
              return std::fma(slots[a], slots[b], slots[c]);
            });
      })
      .Default([](Operation *op) -> Result {
        return failure(op, "the reference does not know the operation " +
                               op->getName().getStringRef() + " in a region");
      });
}
