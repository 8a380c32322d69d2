//===- Gather.cpp - Elements picked by integer tensors --------------------===//
#include "Families.h"
#include "bridge/Kernels/Config.h"
#include "bridge/Kernels/Rows.h"

using namespace mlir;
using namespace bridge;

namespace {

/// x[A + I + T], indices[J] × I, out[A + J + T]: what lies along the last of
/// the axes T is copied at once (one element where T is empty).
class GatherKernel : public RowKernel {
public:
  GatherKernel(unsigned axis, unsigned indices, int64_t site, bool fromEnd)
      : axis(axis), indices(indices), site(site), fromEnd(fromEnd) {}

protected:
  Values axes(Emitter &, Arguments &arguments) override {
    return sizes(arguments, out(), 0,
                 rank(arguments, out()) - copiesRows(arguments));
  }
  Value elements(Emitter &emitter, Arguments &arguments) override {
    return copiesRows(arguments) ? rowSize(emitter, arguments, 0)
                                 : emitter.number(1);
  }
  void row(Emitter &emitter, Arguments &arguments, ValueRange place) override;

private:
  unsigned out() const { return indices + 1; }
  bool copiesRows(Arguments &arguments) {
    return rank(arguments, 0) > axis + indices;
  }
  Value checkedIndex(Emitter &emitter, Arguments &arguments, unsigned which,
                     ValueRange place);

  unsigned axis, indices;
  int64_t site;
  bool fromEnd;
};

} // namespace

/// The index that the tensor `which` holds at `place`, or 0 after reporting one
/// that is outside its axis.
Value GatherKernel::checkedIndex(Emitter &emitter, Arguments &arguments,
                                 unsigned which, ValueRange place) {
  Value size = arguments.size(0, axis + which);
  Value given = emitter.widen(emitter.loadElement(
      elementType(arguments, 1 + which), arguments.address(1 + which, place)));
  Value zero = emitter.number(0);
  Value index = given;
  if (fromEnd)
    index = emitter.select(emitter.less(given, zero), emitter.add(given, size),
                           given);
  Value clamped = emitter.max(
      zero, emitter.min(index, emitter.sub(size, emitter.number(1))));
  Value isInside = emitter.equal(index, clamped);
  emitter.ifElse(
      isInside, [] {},
      [&] { reportFault(emitter, arguments, site, given, size); });
  return emitter.select(isInside, index, zero);
}

void GatherKernel::row(Emitter &emitter, Arguments &arguments,
                       ValueRange place) {
  unsigned broadcastAxes = rank(arguments, 1);
  Values source(place.take_front(axis));
  for (unsigned which = 0; which < indices; ++which)
    source.push_back(checkedIndex(emitter, arguments, which,
                                  place.slice(axis, broadcastAxes)));
  llvm::append_range(source, place.drop_front(axis + broadcastAxes));

  if (!copiesRows(arguments)) {
    Value element = emitter.loadElement(elementType(arguments, 0),
                                        arguments.address(0, source));
    emitter.storeElement(elementType(arguments, out()), element,
                         arguments.address(out(), place));
    return;
  }
  Row from = Row::read(emitter, arguments, 0, source);
  Row to = Row::write(emitter, arguments, out(), place);
  sweep(emitter, emitter.number(0), rowSize(emitter, arguments, 0),
        [&](Value position, const Tail *tail) {
          to.store(from.load(position, tail), position, tail);
        });
}

std::unique_ptr<Kernel> bridge::makeGatherKernel(plan::KernelOp kernel) {
  auto axis = requireConfig<IntegerAttr>(kernel, "axis");
  auto indices = requireConfig<IntegerAttr>(kernel, "indices");
  auto site = requireConfig<IntegerAttr>(kernel, "site");
  if (!axis || !indices || !site)
    return nullptr;
  return std::make_unique<GatherKernel>(axis.getInt(), indices.getInt(),
                                        site.getInt(),
                                        hasConfig(kernel, "from_end"));
}
