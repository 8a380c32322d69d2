//===- EmbeddedWeights.cpp - Weights inside a binary ----------------------===//
#include "EmbeddedWeights.h"
#include "Input.h"
#include "bridge/IR/Bridge.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace bridge;
namespace fs = llvm::sys::fs;

/// The JSON header of a .safetensors file: its length in 8 bytes, then the
/// text.
static llvm::Expected<llvm::json::Object> readHeader(StringRef path) {
  fs::file_status status;
  if (std::error_code code = fs::status(path, status))
    return llvm::createStringError(code, "cannot read " + path + ": " +
                                             code.message());
  if (!fs::is_regular_file(status))
    return llvm::createStringError(
        "expected --embed-weights to be a .safetensors file, found " + path +
        ", which is no file");
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createStringError(buffer.getError(),
                                   "cannot read " + path + ": " +
                                       buffer.getError().message());
  StringRef bytes = (*buffer)->getBuffer();
  constexpr uint64_t lengthBytes = 8;
  uint64_t length = bytes.size() < lengthBytes
                        ? UINT64_MAX
                        : llvm::support::endian::read64le(bytes.data());
  if (length > bytes.size() - std::min<uint64_t>(bytes.size(), lengthBytes))
    return llvm::createStringError(
        "expected --embed-weights to be a .safetensors file, found " + path +
        ", whose " + std::to_string(bytes.size()) +
        " bytes do not hold a header");
  auto header = parseJson(bytes.substr(lengthBytes, length),
                          ("the header of " + path).str());
  if (!header)
    return header.takeError();
  if (llvm::json::Object *object = header->getAsObject())
    return std::move(*object);
  return llvm::createStringError("the header of " + path +
                                 " is no JSON object");
}

llvm::Error bridge::checkEmbeddable(ModuleOp module, StringRef path) {
  auto header = readHeader(path);
  if (!header)
    return header.takeError();
  for (auto weight : module.getOps<WeightOp>()) {
    auto isThere = [&](Attribute source) {
      return header->get(cast<SourceAttr>(source).getName()) != nullptr;
    };
    if (llvm::none_of(weight.getSources(), isThere))
      return llvm::createStringError(path + " has no weight `" +
                                     weight.getSymName() +
                                     "`, which the model needs");
  }
  return llvm::Error::success();
}
