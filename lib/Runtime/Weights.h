//===- Weights.h - From checkpoints to packed weights -----------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_WEIGHTS_H
#define BRIDGE_LIB_RUNTIME_WEIGHTS_H

#include "Manifest.h"

namespace bridge::runtime {

/// Applies a view, a sequence of `.T` and `[a:b, c]`, to a strided tensor,
/// which need not have data. On failure `why` says what is wrong with it, and
/// false is returned.
bool applyView(Text view, bridge_tensor &tensor, Builder &why);

/// Finds every weight's tensor in `file`: the first of its sources that is
/// there, with its view applied, of the weight's shape and class of dtype.
/// Tensors that no weight takes and no `ignore` covers are an error. `what`
/// names the file. `bound` is by weight.
bridge_status bindWeights(const bridge_manifest &manifest,
                          const bridge_tensor_file &file, const char *what,
                          Array<bridge_tensor> &bound, Message &message);

/// Whether `text` matches a glob of `*` (any characters) and `?` (one).
bool matchesGlob(Text glob, Text text);

/// How a slot holds the elements of a weight.
struct SlotLayout {
  bridge_dtype dtype;
  bool panels;   ///< or rows
  int64_t width; ///< columns of a panel, a multiple of 4
};

/// The bytes of a slot for a tensor and the readable bytes after the end, in
/// whole cache lines. −1 on overflow.
int64_t packedBytes(const bridge_tensor &tensor, const SlotLayout &layout);
/// Fills a slot of zero bytes with the elements of `tensor`.
void packWeight(const bridge_tensor &tensor, const SlotLayout &layout,
                void *out);

/// The slots of a model in one piece of memory.
struct PackedWeights {
  char *memory = nullptr;
  int64_t bytes = 0;
  Array<void *> slots;

  ~PackedWeights();
};

/// Packs slot by slot; gives the pages of a mapped file back when `mapped`.
bridge_status packWeights(const bridge_manifest &manifest,
                          const Array<bridge_tensor> &bound, int64_t panelWidth,
                          PackedWeights &packed, Message &message);
/// The same with random weights.
bridge_status packRandomWeights(const bridge_manifest &manifest, uint64_t seed,
                                int64_t panelWidth, PackedWeights &packed,
                                Message &message);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_WEIGHTS_H
