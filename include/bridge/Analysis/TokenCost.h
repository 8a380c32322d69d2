//===- TokenCost.h - What vision takes of a language model ------*- C++ -*-===//
#ifndef BRIDGE_ANALYSIS_TOKENCOST_H
#define BRIDGE_ANALYSIS_TOKENCOST_H

#include "bridge/Support/Dim.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include <optional>
#include <vector>

namespace bridge {

/// Vectors that go from parts that see (encoders, resamplers, projections) to
/// decoders and fusions.
struct VisualTokens {
  Dim all;
  Dim inSequence; ///< those that stand among the words, and take context
};

/// For an entry of the bridge dialect before parts are inlined. Nothing where
/// it has no decoder.
VisualTokens countVisualTokens(mlir::func::FuncOp entry);

/// What is left of each bound that the entry has on its dimensions: `77 -
/// text_len` for a check that text_len is at most 77.
std::vector<Dim> contextLeft(mlir::func::FuncOp entry);

/// The numbers of keys and values of all attentions in decoders and fusions:
/// what a cache keeps for the words to come. `fused` has the bridge dialect
/// with attention fused, `parts` the same before parts were inlined.
Dim countCachedNumbers(mlir::ModuleOp fused, mlir::func::FuncOp entry,
                       mlir::func::FuncOp parts);

} // namespace bridge

#endif // BRIDGE_ANALYSIS_TOKENCOST_H
