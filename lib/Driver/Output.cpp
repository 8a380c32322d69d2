//===- Output.cpp - Files that are complete or not there ------------------===//
#include "Output.h"
#include "llvm/Support/FileSystem.h"

using namespace bridge;

llvm::Error
bridge::writeOutput(llvm::StringRef path,
                    llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (path.empty() || path == "-") {
    write(llvm::outs());
    llvm::outs().flush();
    return llvm::Error::success();
  }
  // A device or a pipe is written to and not replaced.
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path)) {
    std::error_code code;
    llvm::raw_fd_ostream os(path, code);
    if (!code)
      write(os);
    return code ? llvm::createStringError(code, "cannot write " + path + ": " +
                                                    code.message())
                : llvm::Error::success();
  }
  auto temporary = llvm::sys::fs::TempFile::create(path + ".%%%%%%");
  if (!temporary)
    return llvm::createStringError("cannot write " + path + ": " +
                                   llvm::toString(temporary.takeError()));
  {
    llvm::raw_fd_ostream os(temporary->FD, /*shouldClose=*/false);
    write(os);
    os.flush();
    if (std::error_code code = os.error()) {
      os.clear_error();
      llvm::consumeError(temporary->discard());
      return llvm::createStringError(code, "cannot write " + path + ": " +
                                               code.message());
    }
  }
  if (llvm::Error error = temporary->keep(path))
    return llvm::createStringError("cannot write " + path + ": " +
                                   llvm::toString(std::move(error)));
  return llvm::Error::success();
}
