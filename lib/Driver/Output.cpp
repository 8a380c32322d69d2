//===- Output.cpp - Files that are complete or not there ------------------===//
#include "Output.h"
#include "llvm/Support/FileSystem.h"

using namespace bridge;
namespace fs = llvm::sys::fs;

static llvm::Error cannotWrite(llvm::StringRef path, const llvm::Twine &why) {
  return llvm::createStringError("cannot write " + path + ": " + why);
}

/// Writes into a device or a pipe, which stays what it is.
static llvm::Error
writeInto(llvm::StringRef path,
          llvm::function_ref<void(llvm::raw_ostream &)> write) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (!code) {
    write(os);
    os.close();
    code = os.error();
    os.clear_error();
  }
  return code ? cannotWrite(path, code.message()) : llvm::Error::success();
}

llvm::Error
bridge::writeOutput(llvm::StringRef path,
                    llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (path.empty() || path == "-") {
    write(llvm::outs());
    llvm::outs().flush();
    return llvm::Error::success();
  }
  if (fs::file_status status; !fs::status(path, status) && fs::is_other(status))
    return writeInto(path, write);
  auto temporary = fs::TempFile::create(path + ".%%%%%%");
  if (!temporary)
    return cannotWrite(path, llvm::toString(temporary.takeError()));
  {
    llvm::raw_fd_ostream os(temporary->FD, /*shouldClose=*/false);
    write(os);
    os.flush();
    if (std::error_code code = os.error()) {
      os.clear_error();
      llvm::consumeError(temporary->discard());
      return cannotWrite(path, code.message());
    }
  }
  if (llvm::Error error = temporary->keep(path))
    return cannotWrite(path, llvm::toString(std::move(error)));
  return llvm::Error::success();
}
