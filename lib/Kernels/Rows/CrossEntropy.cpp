//===- CrossEntropy.cpp - Cross-entropy of rows with their labels ---------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace bridge;

namespace {

/// x[n, c], labels[n] i32, loss[n], counted[n].
class CrossEntropyKernel : public RowKernel {
public:
  CrossEntropyKernel(std::optional<int64_t> ignore, double smoothing,
                     int64_t site)
      : ignore(ignore), smoothing(smoothing), site(site) {}

protected:
  Values axes(Emitter &, Arguments &arguments) override {
    return {arguments.size(0, 0)};
  }
  Value elements(Emitter &, Arguments &arguments) override {
    return arguments.size(0, 1);
  }
  void row(Emitter &emitter, Arguments &arguments, ValueRange place) override;

private:
  Value loss(Emitter &emitter, Arguments &arguments, const Row &x, Value label);
  void write(Emitter &emitter, Arguments &arguments, ValueRange place,
             Value loss, bool isCounted);

  std::optional<int64_t> ignore;
  double smoothing;
  int64_t site;
};

} // namespace

/// log Σ exp(x) − Σ target · x, where the target is 1 − s at the label plus s/c
/// everywhere.
Value CrossEntropyKernel::loss(Emitter &emitter, Arguments &arguments,
                               const Row &x, Value label) {
  OpBuilder &builder = emitter.builder();
  Location loc = emitter.loc();
  Value size = arguments.size(0, 1);
  Value highest =
      maxOverRow(emitter, size, [&](Value position, const Tail *tail) {
        return within(emitter, tail, x.load(position, tail),
                      emitter.splat(-std::numeric_limits<double>::infinity()));
      });
  // Differences of infinite logits are none: then nothing is subtracted.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (double infinite : {infinity, -infinity})
    highest = emitter.select(emitter.equalf(highest, emitter.scalar(infinite)),
                             emitter.scalar(0), highest);
  Value shift = emitter.broadcast(highest);
  Value sum = sumOverRow(emitter, size, [&](Value position, const Tail *tail) {
    Value shifted = emitter.subf(x.load(position, tail), shift);
    return within(emitter, tail, math::ExpOp::create(builder, loc, shifted),
                  emitter.splat(0));
  });
  // As a vector: mathematics is expanded on vectors only.
  Value logarithm = emitter.firstLane(
      math::LogOp::create(builder, loc, emitter.broadcast(sum)));
  Value target = emitter.mulf(emitter.subf(x.loadElement(label), highest),
                              emitter.scalar(1 - smoothing));
  if (smoothing != 0) {
    Value all =
        sumOverRow(emitter, size, [&](Value position, const Tail *tail) {
          return within(emitter, tail,
                        emitter.subf(x.load(position, tail), shift),
                        emitter.splat(0));
        });
    Value share =
        emitter.divf(emitter.scalar(smoothing), toFloat(emitter, size));
    target = emitter.addf(target, emitter.mulf(all, share));
  }
  return emitter.subf(logarithm, target);
}

void CrossEntropyKernel::write(Emitter &emitter, Arguments &arguments,
                               ValueRange place, Value loss, bool isCounted) {
  emitter.store(loss, arguments.address(2, place));
  emitter.store(emitter.scalar(isCounted), arguments.address(3, place));
}

void CrossEntropyKernel::row(Emitter &emitter, Arguments &arguments,
                             ValueRange place) {
  Row x = Row::read(emitter, arguments, 0, place);
  Value label = emitter.widen(emitter.loadElement(elementType(arguments, 1),
                                                  arguments.address(1, place)));
  Value size = arguments.size(0, 1);
  auto counted = [&] {
    Value isClass =
        arith::CmpIOp::create(emitter.builder(), emitter.loc(),
                              arith::CmpIPredicate::ult, label, size);
    emitter.ifElse(
        isClass, [] {},
        [&] { reportFault(emitter, arguments, site, label, size); });
    Value safe = emitter.select(isClass, label, emitter.number(0));
    write(emitter, arguments, place, loss(emitter, arguments, x, safe), true);
  };
  if (!ignore)
    return counted();
  emitter.ifElse(
      emitter.equal(label, emitter.number(*ignore)),
      [&] { write(emitter, arguments, place, emitter.scalar(0), false); },
      counted);
}

std::unique_ptr<Kernel> bridge::makeCrossEntropyKernel(plan::KernelOp kernel) {
  auto smoothing = requireConfig<FloatAttr>(kernel, "smoothing");
  auto site = requireConfig<IntegerAttr>(kernel, "site");
  if (!smoothing || !site)
    return nullptr;
  std::optional<int64_t> ignore;
  if (auto label = kernel.getConfig().getAs<IntegerAttr>("ignore"))
    ignore = label.getInt();
  return std::make_unique<CrossEntropyKernel>(
      ignore, smoothing.getValueAsDouble(), site.getInt());
}
