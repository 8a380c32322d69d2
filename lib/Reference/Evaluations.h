//===- Evaluations.h - The evaluations of each group of operations -*- C++
//-*-===//
#ifndef BRIDGE_LIB_REFERENCE_EVALUATIONS_H
#define BRIDGE_LIB_REFERENCE_EVALUATIONS_H

#include "bridge/Reference/Evaluation.h"

namespace bridge {

void attachElementWise(mlir::MLIRContext *context);
void attachFused(mlir::MLIRContext *context);
void attachProducts(mlir::MLIRContext *context);
void attachReductions(mlir::MLIRContext *context);
void attachRows(mlir::MLIRContext *context);
void attachShapes(mlir::MLIRContext *context);

/// Fails unless the places are as many as there are vectors to put there.
llvm::Error evaluateCheckCount(CheckCountOp op, const Scope &scope);

} // namespace bridge

#endif // BRIDGE_LIB_REFERENCE_EVALUATIONS_H
