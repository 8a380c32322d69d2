//===- Passes.cpp - Running textual pipelines -----------------------------===//
#include "bridge/Driver/Passes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/FileSystem.h"

using namespace mlir;
using namespace bridge;

char InternalError::ID;

llvm::Error bridge::runPipeline(ModuleOp module, StringRef pipeline) {
  MLIRContext *context = module.getContext();
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  FailureOr<OpPassManager> parsed = parsePassPipeline(pipeline, stream);
  if (failed(parsed))
    return llvm::make_error<InternalError>("the pipeline `" + pipeline.str() +
                                           "` does not parse: " + messages);
  PassManager passes(context);
  static_cast<OpPassManager &>(passes) = *parsed;

  SmallString<128> reproducer;
  int descriptor;
  bool reproducible = !llvm::sys::fs::createTemporaryFile(
      "bridge-reproducer", "mlir", descriptor, reproducer);
  if (reproducible) {
    llvm::sys::fs::closeFile(descriptor);
    passes.enableCrashReproducerGeneration(reproducer);
  }
  // An error that a pass reports and survives is still an error.
  bool reported = false;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
      reported = true;
      stream << diagnostic.getLocation() << ": " << diagnostic << "\n";
    }
    return success();
  });
  if (succeeded(passes.run(module)) && !reported) {
    llvm::sys::fs::remove(reproducer);
    return llvm::Error::success();
  }
  if (reproducible)
    stream << "reproduce with: bridge-opt --run-reproducer " << reproducer;
  return llvm::make_error<InternalError>(messages);
}
