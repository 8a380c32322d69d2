//===- Manifest.h - A program in words --------------------------*- C++ -*-===//
//
// The manifest as Abi.h describes it, read into memory and checked: indices are
// in range, names of dimensions are known, frames do not call each other in a
// circle.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_RUNTIME_MANIFEST_H
#define BRIDGE_LIB_RUNTIME_MANIFEST_H

#include "Polynomial.h"

namespace bridge::runtime {

/// The dimensions of an input or output.
struct ValueShape {
  Polynomial dims[BRIDGE_MAX_RANK];
};

struct Check {
  enum Op { Eq, Ne, Lt, Le, Gt, Ge };
  Polynomial lhs, rhs;
  Op op;
  const char *text;  ///< as it stands in the spec
  const char *where; ///< file:line:column

  bool holds(int64_t left, int64_t right) const;
  /// "==", "<=", …
  const char *symbol() const;
};

struct Entry {
  Span<ValueShape> inputs, outputs;
  Span<Check> checks;
  int64_t frame;
};

/// What a function of generated code keeps in the arena. Steps count its
/// launches and calls.
struct Frame {
  struct Buffer {
    Polynomial bytes;
    int64_t first, last; ///< steps, both inclusive
  };
  struct Call {
    int64_t frame, at;
  };
  Span<Buffer> buffers;
  Span<Call> calls;
};

struct Weight {
  struct Source {
    const char *name;
    const char *view;
  };
  const char *name;
  bridge_dtype dtype;
  int32_t rank;
  int64_t shape[BRIDGE_MAX_RANK];
  Span<Source> sources;
  bool hasInitial;
  float initial;
};

struct Slot {
  int64_t weight;
  const char *view;
  bridge_dtype dtype; ///< of what is stored
  bool panels;
};

} // namespace bridge::runtime

struct bridge_manifest {
  const bridge_api *api;
  bridge::runtime::Array<char> unpacked; ///< the text, where it was compressed
  bridge::runtime::Region region;
  const char *model;
  bridge::runtime::Span<const char *> dims;
  bridge::runtime::Span<bridge_entry_info> infos;
  bridge::runtime::Span<bridge::runtime::Entry> entries; ///< as `infos`
  bridge::runtime::Span<bridge::runtime::Frame> frames;
  /// Every frame after the frames that it calls.
  bridge::runtime::Span<int64_t> frameOrder;
  bridge::runtime::Span<bridge::runtime::Weight> weights;
  bridge::runtime::Span<const char *> ignore;
  bridge::runtime::Span<bridge::runtime::Slot> slots;
  bridge::runtime::Span<const char *> sites;
  const char *preprocessor; ///< JSON, or null
};

#endif // BRIDGE_LIB_RUNTIME_MANIFEST_H
