//===- Layout.h - Where the elements of a tensor lie ------------*- C++ -*-===//
//
// Arithmetic on byte offsets, sizes and strides. Transposes, slices, broadcasts
// and most reshapes of a tensor are another layout of the same memory.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_LAYOUT_H
#define BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_LAYOUT_H

#include "bridge/IR/ShapeRules.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace bridge {

/// The elements of a tensor in some memory; offset and strides in bytes.
struct Layout {
  Dim offset;
  llvm::SmallVector<Dim> sizes, strides;

  int64_t rank() const { return sizes.size(); }
  bool operator==(const Layout &) const = default;
};

/// Row-major in the order of the axes, without padding.
Layout denseLayout(llvm::ArrayRef<Dim> sizes, int64_t elementBytes);

/// The layout of whole results: `order` lists the axes from the outermost to
/// the innermost; the last `rowAxes` of it are one row. Rows of a static length
/// take a whole number of 64 bytes that is not a multiple of 1024.
Layout paddedLayout(llvm::ArrayRef<Dim> sizes, int64_t elementBytes,
                    llvm::ArrayRef<int64_t> order, int64_t rowAxes);

/// As above in the order of the axes, a row being the last one.
Layout paddedLayout(llvm::ArrayRef<Dim> sizes, int64_t elementBytes);

/// The axes from the outermost to the innermost.
llvm::SmallVector<int64_t> physicalOrder(const Layout &layout);

/// Whether both hold the same elements in the same places.
bool sameElements(const Layout &a, const Layout &b);

/// A padded layout with the physical order of axes of `model`, which has the
/// same sizes and reads every element once.
Layout layoutLike(const Layout &model, int64_t elementBytes);

/// The bytes that a buffer needs for a layout without offset: up to the end of
/// the last row, and 256 more that kernels may read.
Dim bufferBytes(const Layout &layout, int64_t elementBytes);

/// Whether no element is repeated (a stride of 0 along more than one place).
bool isInjective(const Layout &layout);

/// Axis i of the result is axis permutation[i].
Layout permute(const Layout &layout, llvm::ArrayRef<int64_t> permutation);

/// The last two axes swapped.
Layout swapLastTwo(const Layout &layout);

/// The box of `sizes` that starts at `offsets`.
Layout slice(const Layout &layout, llvm::ArrayRef<Dim> offsets,
             llvm::ArrayRef<Dim> sizes);

/// Repeated along new leading axes and axes of size 1.
Layout broadcastTo(const Layout &layout, llvm::ArrayRef<Dim> sizes);

/// The same elements in row-major order with other sizes, where strides allow
/// it; std::nullopt where only a copy would do.
std::optional<Layout> reshapeTo(const Layout &layout,
                                llvm::ArrayRef<Dim> sizes);

/// Makes axis `axis` and the next one into one axis in all layouts, which have
/// equal sizes there. False, with nothing changed, where strides do not allow
/// it in all.
bool mergeAxes(llvm::MutableArrayRef<Layout *> layouts, int64_t axis);

/// Drops leading axes of size 1 and merges neighbours in all layouts as far as
/// possible, leaving the last `keep` axes alone.
void mergeLeading(llvm::MutableArrayRef<Layout *> layouts, int64_t keep);

/// Puts axes of size 1 in front until the rank is `rank`.
void padRank(Layout &layout, int64_t rank);

/// The layout, if neighbours along the last axis are neighbours in memory. The
/// stride of a last axis of size 1, which leads nowhere, becomes that of
/// neighbours, so that kernels find a dense row.
std::optional<Layout> denseRows(const Layout &layout, int64_t elementBytes);

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_LAYOUT_H
