//===- SoftmaxMerge.cpp - Losses of rows from partial sums ----------------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Functions.h"
#include "bridge/Kernels/Rows.h"
#include "bridge/Kernels/SoftmaxSums.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace bridge;

namespace {

/// max[s, n], sum[s, n], picked[n], labels[n] i32, loss[n], counted[n],
/// lse[n]?.
class SoftmaxMergeKernel final : public Kernel {
public:
  SoftmaxMergeKernel(std::optional<int64_t> ignore, bool writesLogSums)
      : ignore(ignore), writesLogSums(writesLogSums) {}

  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;
  Value jobs(Emitter &emitter, Arguments &arguments) override {
    return emitter.ceilDiv(arguments.size(kPicked, 0),
                           emitter.elementsPerJob());
  }

private:
  enum Operand : unsigned {
    kMax,
    kSum,
    kPicked,
    kLabels,
    kLoss,
    kCounted,
    kLogSums
  };

  void merge(Emitter &emitter, Arguments &arguments, Value position,
             const Tail *tail);

  std::optional<int64_t> ignore;
  bool writesLogSums;
};

} // namespace

/// What stands for an infinite logit, made infinite.
static Value unbound(Emitter &emitter, Value logit) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Value greatest = emitter.splat(kGreatestPower);
  Value lowest = emitter.splat(-kGreatestPower);
  Value low = emitter.select(emitter.equalf(logit, lowest),
                             emitter.splat(-infinity), logit);
  return emitter.select(emitter.equalf(logit, greatest),
                        emitter.splat(infinity), low);
}

void SoftmaxMergeKernel::merge(Emitter &emitter, Arguments &arguments,
                               Value position, const Tail *tail) {
  Functions functions(emitter, emitter.vectorType(emitter.f32Type()));
  auto row = [&](unsigned operand, ValueRange place = {}) {
    return Row::read(emitter, arguments, operand, place);
  };
  Value slots = arguments.size(kMax, 0);
  Value zero = emitter.number(0), one = emitter.number(1);
  auto overSlots = [&](Value initial,
                       function_ref<Value(Value slot, Value carried)> next) {
    return emitter.loop(zero, slots, one, initial,
                        [&](Value slot, ValueRange carried) -> Values {
                          return {next(slot, carried[0])};
                        })[0];
  };
  Value max =
      overSlots(emitter.splat(-kGreatestPower), [&](Value slot, Value carried) {
        return emitter.maxf(row(kMax, slot).load(position, tail), carried);
      });
  Value sum = overSlots(emitter.splat(0), [&](Value slot, Value carried) {
    Value shift = emitter.subf(row(kMax, slot).load(position, tail), max);
    Value scaled =
        functions.scaleDown(row(kSum, slot).load(position, tail), shift);
    return emitter.addf(carried, scaled);
  });

  // Numbers of one size are subtracted first.
  Value logarithm = math::LogOp::create(emitter.builder(), emitter.loc(), sum);
  Value powers = unbound(emitter, max);
  Value picked = unbound(emitter, row(kPicked).load(position, tail));
  Value natural = emitter.splat(M_LN2);
  Value loss = emitter.fma(emitter.subf(powers, picked), natural, logarithm);
  Value counted = emitter.splat(1);
  if (ignore) {
    Value label = row(kLabels).load(position, tail);
    Value isIgnored =
        emitter.equal(label, emitter.splat32(static_cast<int32_t>(*ignore)));
    loss = emitter.select(isIgnored, emitter.splat(0), loss);
    counted = emitter.select(isIgnored, emitter.splat(0), counted);
  }
  auto write = [&](unsigned operand, Value value) {
    Row::write(emitter, arguments, operand, {}).store(value, position, tail);
  };
  write(kLoss, loss);
  write(kCounted, counted);
  if (writesLogSums)
    write(kLogSums, emitter.fma(powers, natural, logarithm));
}

LogicalResult SoftmaxMergeKernel::body(Emitter &emitter, Arguments &arguments,
                                       Value job, Value scratch) {
  Value first = emitter.mul(job, emitter.elementsPerJob());
  Value last = emitter.min(emitter.add(first, emitter.elementsPerJob()),
                           arguments.size(kPicked, 0));
  sweep(emitter, first, last, [&](Value position, const Tail *tail) {
    merge(emitter, arguments, position, tail);
  });
  return success();
}

std::unique_ptr<Kernel> bridge::makeSoftmaxMergeKernel(plan::KernelOp kernel) {
  std::optional<int64_t> ignore;
  if (auto label = kernel.getConfig().getAs<IntegerAttr>("ignore"))
    ignore = label.getInt();
  return std::make_unique<SoftmaxMergeKernel>(ignore, hasConfig(kernel, "lse"));
}
