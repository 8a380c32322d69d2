//===- AttentionMask.h - Which keys the queries of a panel see --*- C++ -*-===//
#ifndef BRIDGE_KERNELS_ATTENTIONMASK_H
#define BRIDGE_KERNELS_ATTENTIONMASK_H

#include "bridge/Kernels/Arguments.h"
#include "bridge/Kernels/Intervals.h"
#include "mlir/IR/IRMapping.h"
#include <optional>

namespace bridge {

/// The mask region of an attention, over captured views, then the positions
/// batch, head, query and key. Bounds of it over a block of queries and keys
/// say whether the block can be left out or needs no mask: positions are
/// intervals, and vectors that are captured are scanned over the block.
class AttentionMask {
public:
  /// The captures are operands from `firstCapture` on. Batch and head are i64.
  AttentionMask(Emitter &emitter, Arguments &arguments, unsigned firstCapture,
                mlir::Value batch, mlir::Value head);

  /// Emits what depends on the queries `first` to `last` alone, before the loop
  /// over their keys.
  void beginQueries(mlir::Value first, mlir::Value last);
  /// Whether all of these queries see all keys from `first` to `last`, and
  /// whether any may see any.
  Interval bounds(mlir::Value first, mlir::Value last);
  /// A vector of i1: which of the queries from `query` on (the last of them
  /// repeated beyond it) see the key.
  mlir::FailureOr<mlir::Value> seen(mlir::Value query, mlir::Value key);
  /// An i1: whether one query sees one key, both i64 and within their axes.
  mlir::FailureOr<mlir::Value> seenByOne(mlir::Value query, mlir::Value key);

private:
  using Load = llvm::function_ref<mlir::Value(plan::LoadOp, mlir::IRMapping &)>;

  /// The region, with queries of `lanes` lanes.
  mlir::FailureOr<mlir::Value> clone(mlir::Value queries, mlir::Value key,
                                     int64_t lanes, Load load);
  mlir::Value position(unsigned fromEnd) const {
    return body.getArgument(body.getNumArguments() - fromEnd);
  }
  unsigned operandOf(plan::LoadOp load) const;
  Interval boundsOfLoad(plan::LoadOp load, llvm::ArrayRef<Interval> indices);
  Interval scan(plan::LoadOp load, llvm::ArrayRef<Interval> indices,
                unsigned axis);
  mlir::Value load(plan::LoadOp op, mlir::IRMapping &mapping,
                   mlir::Value query);

  Emitter &emitter;
  Arguments &arguments;
  mlir::Block &body;
  unsigned firstCapture;
  mlir::Value batch, head, lastQuery;
  llvm::SmallPtrSet<mlir::Value, 16> variesByQuery, variesByKey;
  std::optional<Intervals> ofQueries; ///< of what does not depend on keys
};

} // namespace bridge

#endif // BRIDGE_KERNELS_ATTENTIONMASK_H
