//===- Preprocessor.cpp - How a checkpoint prepares pictures --------------===//
//
// The kinds of processors stand in processors.json beside the specs: for each
// the fields that it takes where a file leaves them out, other names of fields,
// and whether a size that is one number is a square or a shortest edge.
//
//===----------------------------------------------------------------------===//
#include "bridge/Driver/Preprocessor.h"
#include "Input.h"
#include "bridge/Runtime/bridge.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge;
using llvm::Expected;
using llvm::StringRef;
namespace fs = llvm::sys::fs;
namespace json = llvm::json;

/// The table of kinds: those of the first folder of specs that has one.
static Expected<json::Object> readKinds(const CompileOptions &options) {
  for (const std::string &folder : specSearchPaths(options.searchPaths)) {
    std::string file = inFolder(folder, "processors.json");
    if (!fs::exists(file))
      continue;
    Expected<json::Value> table = readJson(file);
    if (!table)
      return table.takeError();
    if (json::Object *kinds = table->getAsObject())
      return std::move(*kinds);
    return llvm::createStringError("expected an object in " + file);
  }
  return json::Object();
}

/// The kind of processor that a file names, without the marks of its variants;
/// empty where it names none.
static Expected<std::string> kindOf(const json::Object &config,
                                    StringRef file) {
  for (StringRef field : {"image_processor_type", "feature_extractor_type"}) {
    const json::Value *value = config.get(field);
    if (!value || value->kind() == json::Value::Null)
      continue;
    std::optional<StringRef> name = value->getAsString();
    if (!name)
      return llvm::createStringError(file + ": " + field +
                                     " is a string, found " +
                                     llvm::formatv("{0}", *value).str());
    name->consume_back("Fast");
    bool isOld = name->consume_back("FeatureExtractor");
    return (*name + (isOld ? "ImageProcessor" : "")).str();
  }
  return "";
}

/// Fills in what a file of this kind leaves out.
static void complete(json::Object &config, const json::Object &kind) {
  if (const json::Object *aliases = kind.getObject("aliases"))
    for (const auto &[alias, field] : *aliases)
      if (std::optional<int64_t> edge = config.getInteger(alias))
        config[field.getAsString()->str()] = *edge;
  if (kind.getBoolean("square").value_or(false))
    if (std::optional<int64_t> edge = config.getInteger("size"))
      config["size"] = json::Object{{"height", *edge}, {"width", *edge}};
  if (const json::Object *defaults = kind.getObject("defaults"))
    for (const auto &[field, value] : *defaults)
      if (json::Value &given = config[field]; given.kind() == json::Value::Null)
        given = value;
}

/// Has the run time read the fields; what it does not support is its to say
/// when a picture comes.
static llvm::Error check(const json::Value &config, StringRef folder) {
  std::string text = llvm::formatv("{0}", config);
  bridge_preprocessor *preprocessor = nullptr;
  bridge_message message = {};
  bridge_status status = bridge_preprocessor_open(
      nullptr, text.data(), text.size(), &preprocessor, &message);
  bridge_preprocessor_close(preprocessor);
  if (status == BRIDGE_OK || status == BRIDGE_UNSUPPORTED)
    return llvm::Error::success();
  return llvm::createStringError(inFolder(folder, message.text));
}

Expected<std::optional<json::Value>>
bridge::readPreprocessor(const CompileOptions &options) {
  std::string file = inFolder(options.input, "preprocessor_config.json");
  if (!fs::is_directory(options.input) || !fs::exists(file))
    return std::nullopt;
  Expected<json::Value> value = readJson(file);
  if (!value)
    return value.takeError();
  json::Object *config = value->getAsObject();
  if (!config)
    return llvm::createStringError("expected an object in " + file);
  Expected<std::string> kind = kindOf(*config, file);
  if (!kind)
    return kind.takeError();
  Expected<json::Object> kinds = readKinds(options);
  if (!kinds)
    return kinds.takeError();
  if (const json::Object *known = kinds->getObject(*kind))
    complete(*config, *known);
  else if (!kind->empty())
    (*config)["unsupported"] = *kind;
  if (llvm::Error error = check(*value, options.input))
    return error;
  return std::move(*value);
}
