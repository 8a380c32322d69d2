//===- Harness.cpp - Runs kernels that are written in a test
//----------------===//
#include "Harness.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Parser/Parser.h"

using namespace bridge::test;

Kernels::Kernels(const std::string &text) {
  context.loadDialect<mlir::LLVM::LLVMDialect, mlir::NVVM::NVVMDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      text, mlir::ParserConfig(&context), "kernels.mlir");
  if (!module) {
    check(false, __FILE__, __LINE__, "the kernels cannot be parsed:\n" + text);
    exit(1);
  }
  auto loaded = emulator::Device::load(*module);
  if (loaded)
    device = std::move(*loaded);
  else
    loadError = llvm::toString(loaded.takeError());
}

std::string Kernels::launch(const emulator::Launch &launch) {
  if (!device)
    return loadError;
  if (llvm::Error error = device->launch(launch))
    return llvm::toString(std::move(error));
  return "";
}

std::string bridge::test::kernel(const std::string &name,
                                 const std::string &arguments,
                                 const std::string &body) {
  return "llvm.func @" + name + "(" + arguments +
         ") attributes {nvvm.kernel} {\n" + body + "\n  llvm.return\n}\n";
}

void bridge::test::checkContains(const std::string &message,
                                 const std::vector<std::string> &parts,
                                 const char *file, int line) {
  for (const std::string &part : parts)
    check(message.find(part) != std::string::npos, file, line,
          "expected `" + part + "` in: " + message);
}
