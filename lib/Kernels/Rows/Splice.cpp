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

} // namespace

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
  Value marked = emitter.loop(
      emitter.number(0), arguments.size(0, 0), emitter.number(1),
      emitter.number(0), [&](Value place, ValueRange taken) -> Values {
        Value isMarked = emitter.loadElement(elementType(arguments, 2),
                                             arguments.address(2, place));
        // With too few values, the places beyond keep their rows.
        Value takes =
            arith::AndIOp::create(emitter.builder(), emitter.loc(), isMarked,
                                  emitter.less(taken[0], values));
        emitter.ifElse(
            takes, [&] { copyRow(emitter, arguments, 1, taken[0], place); },
            [&] { copyRow(emitter, arguments, 0, place, place); });
        Value one = arith::ExtUIOp::create(emitter.builder(), emitter.loc(),
                                           emitter.i64Type(), isMarked);
        return {emitter.add(taken[0], one)};
      })[0];
  emitter.ifElse(
      emitter.equal(marked, values), [] {},
      [&] { reportFault(emitter, arguments, site, marked, values); });
  return success();
}

std::unique_ptr<Kernel> bridge::makeSpliceKernel(plan::KernelOp kernel) {
  auto site = requireConfig<IntegerAttr>(kernel, "site");
  return site ? std::make_unique<SpliceKernel>(site.getInt()) : nullptr;
}
