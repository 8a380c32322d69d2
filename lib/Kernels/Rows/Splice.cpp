//===- Splice.cpp - Rows replaced where a place is marked -----------------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace bridge;

namespace {

/// x[n, d], values[v, d], at[n] i1, out[n, d]. One job: which row of `values` a
/// place takes depends on the places before it.
class SpliceKernel : public Kernel {
public:
  SpliceKernel(int64_t site) : site(site) {}

  Value jobs(Emitter &emitter, Arguments &) override {
    return emitter.number(1);
  }
  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;

private:
  void copyRow(Emitter &emitter, Arguments &arguments, unsigned operand,
               Value from, Value to);

  int64_t site;
};

/// at[n] i1, places[v] i32: the numbers of the true places, in order. Where
/// there are too few, the rest is -1. One job, too.
class PlacesKernel : public Kernel {
public:
  PlacesKernel(int64_t site) : site(site) {}

  Value jobs(Emitter &emitter, Arguments &) override {
    return emitter.number(1);
  }
  LogicalResult body(Emitter &emitter, Arguments &arguments, Value job,
                     Value scratch) override;

private:
  int64_t site;
};

} // namespace

/// Counts the true places of an operand [n] i1, from the first on; `visit` is
/// given each place, whether it is true and how many are before it.
static Value countMarks(Emitter &emitter, Arguments &arguments, unsigned marks,
                        llvm::function_ref<void(Value, Value, Value)> visit) {
  return emitter.loop(
      emitter.number(0), arguments.size(marks, 0), emitter.number(1),
      emitter.number(0), [&](Value place, ValueRange before) -> Values {
        Value isMarked = emitter.loadElement(elementType(arguments, marks),
                                             arguments.address(marks, place));
        visit(place, isMarked, before[0]);
        Value one = arith::ExtUIOp::create(emitter.builder(), emitter.loc(),
                                           emitter.i64Type(), isMarked);
        return {emitter.add(before[0], one)};
      })[0];
}

static void checkMarks(Emitter &emitter, Arguments &arguments, int64_t site,
                       Value marked, Value values) {
  emitter.ifElse(
      emitter.equal(marked, values), [] {},
      [&] { reportFault(emitter, arguments, site, marked, values); });
}

/// Whether a place is marked and one of `values` is left for it.
static Value takesValue(Emitter &emitter, Value isMarked, Value before,
                        Value values) {
  return arith::AndIOp::create(emitter.builder(), emitter.loc(), isMarked,
                               emitter.less(before, values));
}

void SpliceKernel::copyRow(Emitter &emitter, Arguments &arguments,
                           unsigned operand, Value from, Value to) {
  Row source = Row::read(emitter, arguments, operand, from);
  Row out = Row::write(emitter, arguments, 3, to);
  sweep(emitter, emitter.number(0), arguments.size(3, 1),
        [&](Value position, const Tail *tail) {
          out.store(source.load(position, tail), position, tail);
        });
}

LogicalResult SpliceKernel::body(Emitter &emitter, Arguments &arguments, Value,
                                 Value) {
  Value values = arguments.size(1, 0);
  Value marked =
      countMarks(emitter, arguments, /*marks=*/2,
                 [&](Value place, Value isMarked, Value before) {
                   // With too few values, the places beyond keep their rows.
                   emitter.ifElse(
                       takesValue(emitter, isMarked, before, values),
                       [&] { copyRow(emitter, arguments, 1, before, place); },
                       [&] { copyRow(emitter, arguments, 0, place, place); });
                 });
  checkMarks(emitter, arguments, site, marked, values);
  return success();
}

LogicalResult PlacesKernel::body(Emitter &emitter, Arguments &arguments, Value,
                                 Value) {
  Value values = arguments.size(1, 0);
  auto store = [&](Value index, Value place) {
    emitter.store(emitter.narrow(place), arguments.address(1, index));
  };
  Value marked =
      countMarks(emitter, arguments, /*marks=*/0,
                 [&](Value place, Value isMarked, Value before) {
                   emitter.ifThen(takesValue(emitter, isMarked, before, values),
                                  [&] { store(before, place); });
                 });
  emitter.loop(emitter.min(marked, values), values, emitter.number(1),
               [&](Value index) { store(index, emitter.number(-1)); });
  checkMarks(emitter, arguments, site, marked, values);
  return success();
}

std::unique_ptr<Kernel> bridge::makeSpliceKernel(plan::KernelOp kernel) {
  auto site = requireConfig<IntegerAttr>(kernel, "site");
  if (!site)
    return nullptr;
  if (hasConfig(kernel, "places"))
    return std::make_unique<PlacesKernel>(site.getInt());
  return std::make_unique<SpliceKernel>(site.getInt());
}
