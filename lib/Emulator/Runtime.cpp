//===- Runtime.cpp - What generated code calls
//-------------------------------===//
#include "Runtime.h"

using namespace bridge::emulator;

llvm::ArrayRef<RuntimeFunction> bridge::emulator::runtimeFunctions() {
  static const llvm::SmallVector<RuntimeFunction, 0> all = [] {
    llvm::SmallVector<RuntimeFunction, 0> functions;
    addMemoryFunctions(functions);
    addBarrierFunctions(functions);
    addWarpFunctions(functions);
    addMatrixFunctions(functions);
    addTensorFunctions(functions);
    addWarpGroupFunctions(functions);
    addMathFunctions(functions);
    return functions;
  }();
  return all;
}
