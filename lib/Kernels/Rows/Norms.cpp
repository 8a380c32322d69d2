//===- Norms.cpp - Norms of rows, and rows divided by them ----------------===//
//
// Accumulated in f32. The variance takes a second pass over the row, so that a
// large mean costs no digits.
//
//===----------------------------------------------------------------------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

namespace {

/// Rows of x[R] → out[R]; residual, weight, bias and sum stand between.
class NormKernel : public RowKernel {
public:
  NormKernel(plan::KernelOp kernel, double epsilon)
      : kind(kernel.getKind()), epsilon(epsilon),
        hasWeight(hasConfig(kernel, "weight")),
        hasBias(hasConfig(kernel, "bias")),
        hasResidual(hasConfig(kernel, "residual")) {}

protected:
  Values axes(Emitter &, Arguments &arguments) override {
    unsigned axes = rank(arguments, 0);
    return sizes(arguments, 0, 0, axes ? axes - 1 : 0);
  }
  Value elements(Emitter &emitter, Arguments &arguments) override {
    return rowSize(emitter, arguments, 0);
  }
  void row(Emitter &emitter, Arguments &arguments, ValueRange place) override;

private:
  struct Statistics {
    Value mean;    ///< null where nothing is taken away
    Value divisor; ///< rows are divided by it
  };
  Statistics statistics(Emitter &emitter, const Row &x, Value size);
  Value rootOfMean(Emitter &emitter, Value sum, Value size);

  plan::KernelKind kind;
  double epsilon;
  bool hasWeight, hasBias, hasResidual;
};

} // namespace

static Value sumOfSquares(Emitter &emitter, const Row &x, Value size) {
  return sumOverRow(emitter, size, [&](Value position, const Tail *tail) {
    Value value =
        within(emitter, tail, x.load(position, tail), emitter.splat(0));
    return emitter.mulf(value, value);
  });
}

/// max(‖x‖₂, ε)
static Value euclideanNorm(Emitter &emitter, const Row &x, Value size,
                           double epsilon) {
  Value norm = math::SqrtOp::create(emitter.builder(), emitter.loc(),
                                    sumOfSquares(emitter, x, size));
  return emitter.maxf(emitter.scalar(epsilon), norm);
}

/// √(sum / size + ε)
Value NormKernel::rootOfMean(Emitter &emitter, Value sum, Value size) {
  Value mean = emitter.divf(sum, toFloat(emitter, size));
  return math::SqrtOp::create(emitter.builder(), emitter.loc(),
                              emitter.addf(mean, emitter.scalar(epsilon)));
}

NormKernel::Statistics NormKernel::statistics(Emitter &emitter, const Row &x,
                                              Value size) {
  if (kind == plan::KernelKind::L2Normalize)
    return {{}, euclideanNorm(emitter, x, size, epsilon)};
  if (kind == plan::KernelKind::RmsNorm)
    return {{}, rootOfMean(emitter, sumOfSquares(emitter, x, size), size)};

  Value sum = sumOverRow(emitter, size, [&](Value position, const Tail *tail) {
    return within(emitter, tail, x.load(position, tail), emitter.splat(0));
  });
  Value mean = emitter.divf(sum, toFloat(emitter, size));
  Value center = emitter.broadcast(mean);
  Value squares =
      sumOverRow(emitter, size, [&](Value position, const Tail *tail) {
        Value centered =
            within(emitter, tail, emitter.subf(x.load(position, tail), center),
                   emitter.splat(0));
        return emitter.mulf(centered, centered);
      });
  return {mean, rootOfMean(emitter, squares, size)};
}

void NormKernel::row(Emitter &emitter, Arguments &arguments, ValueRange place) {
  unsigned operand = 0;
  Row x = Row::read(emitter, arguments, operand++, place);
  std::optional<Row> residual, weight, bias;
  if (hasResidual)
    residual = Row::read(emitter, arguments, operand++, place);
  if (hasWeight)
    weight = Row::read(emitter, arguments, operand++, {});
  if (hasBias)
    bias = Row::read(emitter, arguments, operand++, {});
  Value size = rowSize(emitter, arguments, 0);
  if (residual) {
    Row sum = Row::write(emitter, arguments, operand, place);
    sweep(emitter, emitter.number(0), size,
          [&](Value position, const Tail *tail) {
            sum.store(emitter.addf(x.load(position, tail),
                                   residual->load(position, tail)),
                      position, tail);
          });
    x = Row::read(emitter, arguments, operand++, place);
  }
  Row out = Row::write(emitter, arguments, operand, place);

  Statistics row = statistics(emitter, x, size);
  Value center = row.mean ? emitter.broadcast(row.mean) : Value();
  Value factor =
      emitter.broadcast(emitter.divf(emitter.scalar(1), row.divisor));
  sweep(emitter, emitter.number(0), size,
        [&](Value position, const Tail *tail) {
          Value value = x.load(position, tail);
          if (center)
            value = emitter.subf(value, center);
          value = emitter.mulf(value, factor);
          if (weight && bias)
            value = emitter.fma(value, weight->load(position, tail),
                                bias->load(position, tail));
          else if (weight)
            value = emitter.mulf(value, weight->load(position, tail));
          else if (bias)
            value = emitter.addf(value, bias->load(position, tail));
          out.store(value, position, tail);
        });
}

std::unique_ptr<Kernel> bridge::makeNormKernel(plan::KernelOp kernel) {
  auto epsilon = requireConfig<FloatAttr>(kernel, "eps");
  if (!epsilon)
    return nullptr;
  return std::make_unique<NormKernel>(kernel, epsilon.getValueAsDouble());
}

namespace {
/// x[R + 1] → out[R]: 1 / max(‖x‖₂, ε).
class InverseNormKernel : public RowKernel {
public:
  explicit InverseNormKernel(double epsilon) : epsilon(epsilon) {}

protected:
  Values axes(Emitter &, Arguments &arguments) override {
    return sizes(arguments, 0, 0, rank(arguments, 0) - 1);
  }
  Value elements(Emitter &emitter, Arguments &arguments) override {
    return rowSize(emitter, arguments, 0);
  }
  void row(Emitter &emitter, Arguments &arguments, ValueRange place) override {
    Row x = Row::read(emitter, arguments, 0, place);
    Value norm =
        euclideanNorm(emitter, x, rowSize(emitter, arguments, 0), epsilon);
    emitter.store(emitter.divf(emitter.scalar(1), norm),
                  arguments.address(1, place));
  }

private:
  double epsilon;
};
} // namespace

std::unique_ptr<Kernel> bridge::makeInverseNormKernel(plan::KernelOp kernel) {
  auto epsilon = requireConfig<FloatAttr>(kernel, "eps");
  if (!epsilon)
    return nullptr;
  return std::make_unique<InverseNormKernel>(epsilon.getValueAsDouble());
}
