//===- bridge-opt.cpp - Runs passes over bridge IR ------------------------===//
#include "bridge/Driver/Tool.h"
#include "bridge/InitAll.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  bridge::setUpTool("bridge-opt", argv[0]);
  mlir::DialectRegistry registry;
  bridge::registerAllDialects(registry);
  bridge::registerAllPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "bridge optimizer driver\n", registry));
}
