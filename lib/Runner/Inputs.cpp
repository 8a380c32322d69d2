//===- Inputs.cpp - What an entry is run on -------------------------------===//
#include "Inputs.h"
#include "TensorFile.h"
#include "bridge/Support/ClosestName.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace bridge;
using llvm::Expected;

/// The input as the entry takes it.
static Expected<Array> convert(const ValueInfo &declared,
                               const bridge_tensor &given) {
  Element expected = elementOf(declared.dtype);
  bool isFloat = elementOf(given.dtype) == Element::Float;
  if (isFloat != (expected == Element::Float))
    return llvm::createStringError("input `" + declared.name + "` has dtype " +
                                   bridge_dtype_name(given.dtype) +
                                   ", expected " +
                                   bridge_dtype_name(declared.dtype));
  Expected<Array> array = toArray(given);
  if (!array)
    return array.takeError();
  double low = expected == Element::Truth ? 0 : INT32_MIN;
  double high = expected == Element::Truth ? 1 : INT32_MAX;
  if (!isFloat)
    for (double value : array->values)
      if (value < low || value > high)
        return llvm::createStringError(
            "input `" + declared.name + "` holds " +
            llvm::Twine(static_cast<int64_t>(value)) + ", which does not fit " +
            bridge_dtype_name(declared.dtype));
  array->element = expected;
  return array;
}

//===----------------------------------------------------------------------===//
// Pictures
//===----------------------------------------------------------------------===//

namespace {

struct ClosePreprocessor {
  void operator()(bridge_preprocessor *preprocessor) const {
    bridge_preprocessor_close(preprocessor);
  }
};
using Preprocessor = std::unique_ptr<bridge_preprocessor, ClosePreprocessor>;

} // namespace

static Expected<Preprocessor> openPreprocessor(const std::string &text) {
  if (text.empty())
    return llvm::createStringError(
        "--image: the model has no preprocessor_config.json that says how to "
        "prepare pictures");
  bridge_message message;
  bridge_preprocessor *preprocessor = nullptr;
  if (bridge_status status = bridge_preprocessor_open(
          nullptr, text.data(), text.size(), &preprocessor, &message))
    return toError(status, message);
  return Preprocessor(preprocessor);
}

static Expected<Array> loadPicture(bridge_preprocessor *preprocessor,
                                   const std::string &path) {
  bridge_message message;
  bridge_tensor pixels = {};
  if (bridge_status status =
          bridge_picture_load(preprocessor, path.c_str(), &pixels, &message))
    return toError(status, message);
  Expected<Array> array = toArray(pixels);
  bridge_picture_free(preprocessor, &pixels);
  return array;
}

static bool takesPictures(const ValueInfo &input) {
  return input.dtype == BRIDGE_F32 && input.dims.size() >= 3;
}

/// Pictures one after the other along the first axis; axes between that and
/// [3, height, width] are 1.
static Expected<Array> loadPictures(bridge_preprocessor *preprocessor,
                                    const ValueInfo &input,
                                    llvm::ArrayRef<std::string> paths) {
  size_t rank = input.dims.size();
  if (!takesPictures(input) || (rank == 3 && paths.size() > 1))
    return llvm::createStringError(
        "--image: input `" + input.name + "` does not take " +
        (paths.size() > 1 ? "several " : "") + "pictures");
  Array all(Element::Float, {0});
  Shape first;
  for (const std::string &path : paths) {
    Expected<Array> picture = loadPicture(preprocessor, path);
    if (!picture)
      return picture.takeError();
    if (first.empty())
      first = picture->shape;
    if (picture->shape != first)
      return llvm::createStringError(path + ": is " + toString(picture->shape) +
                                     " after preparation, the pictures before "
                                     "it " +
                                     toString(first));
    llvm::append_range(all.values, picture->values);
  }
  all.shape.assign(rank - 3, 1);
  llvm::append_range(all.shape, first);
  if (rank > 3)
    all.shape[0] = paths.size();
  return all;
}

/// "; did you mean `x`?" where an input's name is close.
static std::string suggestInput(llvm::StringRef name, const EntryInfo &entry) {
  llvm::SmallVector<llvm::StringRef> known;
  for (const ValueInfo &input : entry.inputs)
    known.push_back(input.name);
  llvm::StringRef closest = closestName(name, known);
  return closest.empty() ? "" : ("; did you mean `" + closest + "`?").str();
}

/// The input that a picture is for, and the picture's path.
static Expected<std::pair<std::string, std::string>>
resolveImage(llvm::StringRef word, const EntryInfo &entry) {
  auto [name, path] = word.split('=');
  if (word.empty() || (word.contains('=') && (name.empty() || path.empty())))
    return llvm::createStringError("--image needs [NAME=]PICTURE, found `" +
                                   word + "`");
  if (word.contains('=')) {
    auto isNamed = [&](const ValueInfo &input) { return input.name == name; };
    if (llvm::any_of(entry.inputs, isNamed))
      return std::pair(name.str(), path.str());
    // A file's name may have an equals sign in it.
    if (!llvm::sys::fs::exists(word))
      return llvm::createStringError("--image: entry `" + entry.name +
                                     "` has no input `" + name + "`" +
                                     suggestInput(name, entry));
  }
  if (llvm::count_if(entry.inputs, takesPictures) != 1)
    return llvm::createStringError("--image: entry `" + entry.name +
                                   "` does not have one input that takes "
                                   "pictures; --image NAME=" +
                                   word + " names it");
  return std::pair(llvm::find_if(entry.inputs, takesPictures)->name,
                   word.str());
}

/// The paths of the pictures of each input.
static Expected<std::map<std::string, std::vector<std::string>>>
groupImages(const RunOptions &options, const EntryInfo &entry) {
  std::map<std::string, std::vector<std::string>> paths;
  std::string input;
  for (const RunOptions::Image &image : options.images) {
    std::string path = image.word;
    if (!image.continues) {
      auto resolved = resolveImage(image.word, entry);
      if (!resolved)
        return resolved.takeError();
      std::tie(input, path) = *resolved;
    }
    paths[input].push_back(path);
  }
  return paths;
}

//===----------------------------------------------------------------------===//
// Everything that an entry takes
//===----------------------------------------------------------------------===//

static llvm::Error reportMissing(const RunOptions &options,
                                 const TensorFile *file,
                                 const std::string &name) {
  if (!file)
    return llvm::createStringError("input `" + name +
                                   "` is not given; --inputs FILE or --image " +
                                   name + "=PICTURE gives it");
  auto names = file->names();
  std::string known =
      names.empty() ? "none" : "`" + llvm::join(names, "`, `") + "`";
  return llvm::createStringError(options.inputs + ": has no tensor `" + name +
                                 "` (it has " + known + ")");
}

Expected<ArrayMap> bridge::collectInputs(const RunOptions &options,
                                         const EntryInfo &entry,
                                         const std::string &preprocessorText) {
  std::optional<TensorFile> file;
  if (!options.inputs.empty()) {
    Expected<TensorFile> opened = TensorFile::open(options.inputs);
    if (!opened)
      return opened.takeError();
    file = std::move(*opened);
  }
  auto images = groupImages(options, entry);
  if (!images)
    return images.takeError();
  Preprocessor preprocessor;
  if (!images->empty()) {
    Expected<Preprocessor> opened = openPreprocessor(preprocessorText);
    if (!opened)
      return opened.takeError();
    preprocessor = std::move(*opened);
  }

  ArrayMap inputs;
  for (const ValueInfo &input : entry.inputs) {
    auto pictures = images->find(input.name);
    const bridge_tensor *stored = file ? file->find(input.name) : nullptr;
    if (pictures == images->end() && !stored)
      return reportMissing(options, file ? &*file : nullptr, input.name);
    Expected<Array> array =
        pictures == images->end()
            ? convert(input, *stored)
            : loadPictures(preprocessor.get(), input, pictures->second);
    if (!array)
      return array.takeError();
    inputs[input.name] = std::move(*array);
  }
  return inputs;
}
