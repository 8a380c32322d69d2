//===- Inputs.cpp - What an entry is run on -------------------------------===//
#include "Inputs.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge;
using llvm::Expected;

static llvm::Error failure(const llvm::Twine &message) {
  return llvm::createStringError(message);
}

namespace {

/// A picture as the run time prepares it.
struct Picture {
  bridge_tensor pixels = {};
  ~Picture() { bridge_picture_free(&pixels); }
};

struct ClosePreprocessor {
  void operator()(bridge_preprocessor *preprocessor) const {
    bridge_preprocessor_close(preprocessor);
  }
};

} // namespace

/// Pictures of one input become [pictures, 3, height, width].
llvm::Error Inputs::load(const std::string &name,
                         llvm::ArrayRef<std::string> paths,
                         const std::string &preprocessorText) {
  if (preprocessorText.empty())
    return failure("pictures need a preprocessor_config.json beside the model");
  bridge_message message;
  bridge_preprocessor *opened = nullptr;
  if (bridge_status status = bridge_preprocessor_open(
          preprocessorText.data(), preprocessorText.size(), &opened, &message))
    return toError(status, message);
  std::unique_ptr<bridge_preprocessor, ClosePreprocessor> preprocessor(opened);

  Pictures &all = pictures[name];
  Shape shape;
  for (const std::string &path : paths) {
    Picture picture;
    if (bridge_status status = bridge_picture_load(
            preprocessor.get(), path.c_str(), &picture.pixels, &message))
      return toError(status, message);
    Shape found = shapeOf(picture.pixels);
    if (shape.empty())
      shape = found;
    if (shape != found)
      return failure("the pictures of `" + name + "` become " +
                     toString(shape) + " and " + toString(found) + ": " + path);
    auto *pixels = static_cast<const float *>(picture.pixels.data);
    all.pixels.insert(all.pixels.end(), pixels, pixels + sizeOf(found));
  }
  shape.insert(shape.begin(), paths.size());
  all.tensor = bridge_tensor_make(BRIDGE_F32, shape.size(), shape.data(),
                                  all.pixels.data());
  return llvm::Error::success();
}

/// "`a`, `b`".
static std::string list(llvm::ArrayRef<std::string> names) {
  return names.empty() ? "nothing" : "`" + llvm::join(names, "`, `") + "`";
}

Expected<Inputs> Inputs::collect(const RunOptions &options,
                                 const EntryInfo &entry,
                                 const std::string &preprocessor) {
  Inputs inputs;
  if (!options.inputs.empty()) {
    Expected<TensorFile> file = TensorFile::open(options.inputs);
    if (!file)
      return file.takeError();
    inputs.file = std::move(*file);
  }

  std::map<std::string, std::vector<std::string>> paths;
  for (llvm::StringRef image : options.images) {
    auto [name, path] = image.split('=');
    if (path.empty())
      return failure("expected --image input=PICTURE, found `" + image + "`");
    auto takes = [&](const ValueInfo &input) { return input.name == name; };
    if (llvm::none_of(entry.inputs, takes))
      return failure("the entry `" + entry.name + "` has no input `" + name +
                     "`");
    paths[name.str()].push_back(path.str());
  }
  for (auto &[name, files] : paths)
    if (llvm::Error error = inputs.load(name, files, preprocessor))
      return error;

  for (const ValueInfo &input : entry.inputs) {
    auto picture = inputs.pictures.find(input.name);
    if (picture != inputs.pictures.end()) {
      inputs.inOrder.push_back(picture->second.tensor);
      continue;
    }
    const bridge_tensor *tensor =
        inputs.file ? inputs.file->find(input.name) : nullptr;
    if (!tensor)
      return failure("the entry `" + entry.name + "` needs the input `" +
                     input.name + "`" +
                     (inputs.file ? "; " + options.inputs + " has " +
                                        list(inputs.file->names())
                                  : "; give a file with --inputs"));
    inputs.inOrder.push_back(*tensor);
  }
  return inputs;
}
