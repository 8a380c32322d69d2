//===- Arena.h - Places of intermediate results -----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_ARENA_H
#define BRIDGE_LIB_RUNTIME_ARENA_H

#include "Manifest.h"

namespace bridge::runtime {

/// Something that needs `bytes`, a multiple of 64, from step `first` to step
/// `last`, both inclusive; `offset` is the answer.
struct Piece {
  int64_t bytes, first, last, offset;
};

/// Places all pieces so that those that live at the same time do not overlap:
/// large ones first, each in the smallest gap that holds it. False on overflow.
bool placePieces(Span<Piece> pieces, int64_t &total);

/// Where everything is for one entry and one set of dimensions.
struct Layout {
  Region region;
  int64_t entry;
  int64_t *dims;
  const int64_t **offsets;      ///< as bridge_call.offsets
  int64_t *inputs;              ///< offsets of inputs that are copied
  int64_t *outputs;             ///< offsets of outputs
  bridge_tensor *outputTensors; ///< shapes of outputs, without data
  int64_t bytes;
  uint64_t lastUse;
};

/// Fills in `layout`, whose entry and dims are set, so that it takes at most
/// `limit` bytes.
bridge_status makeLayout(const bridge_manifest &manifest, int64_t limit,
                         Layout &layout, Message &message);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_ARENA_H
