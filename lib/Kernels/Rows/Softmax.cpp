//===- Softmax.cpp - Softmax along the last axis --------------------------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

namespace {

/// x[R], seen[R]?, out[R]. The exponentials are kept in `out` until the row's
/// sum is known, but where that would round them.
class SoftmaxKernel : public RowKernel {
public:
  SoftmaxKernel(plan::KernelOp kernel) : hasSeen(hasConfig(kernel, "seen")) {
    auto empty = kernel.getConfig().getAs<EmptyRowsAttr>("empty");
    isUniform = empty && empty.getValue() == EmptyRows::Uniform;
  }

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
  bool hasSeen;
  bool isUniform = false;
};

} // namespace

void SoftmaxKernel::row(Emitter &emitter, Arguments &arguments,
                        ValueRange place) {
  Row x = Row::read(emitter, arguments, 0, place);
  std::optional<Row> seen;
  if (hasSeen)
    seen = Row::read(emitter, arguments, 1, place);
  Row out = Row::write(emitter, arguments, hasSeen ? 2 : 1, place);
  Value size = rowSize(emitter, arguments, 0);

  /// `value` where the row is seen, else `unseen`.
  auto whereSeen = [&](Value position, const Tail *tail, Value value,
                       Value unseen) {
    if (seen)
      value = emitter.select(seen->load(position, tail), value, unseen);
    return within(emitter, tail, value, unseen);
  };

  Value highest =
      maxOverRow(emitter, size, [&](Value position, const Tail *tail) {
        return whereSeen(position, tail, x.load(position, tail),
                         emitter.splat(-kInfinity));
      });
  // A row that sees nothing has no highest; anything finite will do.
  if (seen)
    highest =
        emitter.select(emitter.equalf(highest, emitter.scalar(-kInfinity)),
                       emitter.scalar(0), highest);
  Value shift = emitter.broadcast(highest);

  auto exponentialAt = [&](Value position, const Tail *tail) {
    Value shifted = emitter.subf(x.load(position, tail), shift);
    return whereSeen(
        position, tail,
        math::ExpOp::create(emitter.builder(), emitter.loc(), shifted),
        emitter.splat(0));
  };
  bool isKept = elementType(arguments, hasSeen ? 2 : 1).isF32();
  Value sum = sumOverRow(emitter, size, [&](Value position, const Tail *tail) {
    Value exponential = exponentialAt(position, tail);
    if (isKept)
      out.store(exponential, position, tail);
    return exponential;
  });

  // e · factor + share: a row without anything seen has e = 0 everywhere.
  Value factor = emitter.divf(emitter.scalar(1), sum);
  Value share;
  if (seen) {
    Value isEmpty = emitter.equalf(sum, emitter.scalar(0));
    factor = emitter.select(isEmpty, emitter.scalar(0), factor);
    if (isUniform)
      share = emitter.broadcast(emitter.select(
          isEmpty, emitter.divf(emitter.scalar(1), toFloat(emitter, size)),
          emitter.scalar(0)));
  }
  factor = emitter.broadcast(factor);
  sweep(emitter, emitter.number(0), size,
        [&](Value position, const Tail *tail) {
          Value exponential =
              isKept ? out.load(position, tail) : exponentialAt(position, tail);
          out.store(share ? emitter.fma(exponential, factor, share)
                          : emitter.mulf(exponential, factor),
                    position, tail);
        });
}

std::unique_ptr<Kernel> bridge::makeSoftmaxKernel(plan::KernelOp kernel) {
  if (hasConfig(kernel, "seen") &&
      !requireConfig<EmptyRowsAttr>(kernel, "empty"))
    return nullptr;
  return std::make_unique<SoftmaxKernel>(kernel);
}
