//===- Weights.cpp - Finding a checkpoint's tensors -----------------------===//
#include "Weights.h"
#include "Dtype.h"
#include "TensorFile.h"

using namespace bridge::runtime;

bool bridge::runtime::matchesGlob(Text glob, Text text) {
  // On a mismatch, the last `*` takes one more character.
  size_t g = 0, t = 0, star = SIZE_MAX, starText = 0;
  while (t < text.size) {
    if (g < glob.size && glob.data[g] == '*') {
      star = g++;
      starText = t;
    } else if (g < glob.size &&
               (glob.data[g] == '?' || glob.data[g] == text.data[t])) {
      ++g;
      ++t;
    } else if (star != SIZE_MAX) {
      g = star + 1;
      t = ++starText;
    } else {
      return false;
    }
  }
  while (g < glob.size && glob.data[g] == '*')
    ++g;
  return g == glob.size;
}

namespace {

class Binder {
public:
  Binder(const bridge_manifest &manifest, const bridge_tensor_file &file,
         const char *what, Message &message)
      : manifest(manifest), file(file), what(what), message(message) {
    claimed.resize(file.tensors.size());
  }

  bridge_status bind(Array<bridge_tensor> &bound) {
    int64_t missing = 0;
    const Weight *firstMissing = nullptr;
    for (const Weight &weight : manifest.weights) {
      bridge_tensor tensor = {};
      bool found = false;
      for (const Weight::Source &source : weight.sources) {
        const bridge_named_tensor *stored =
            bridge_tensor_file_find(&file, source.name);
        if (!stored)
          continue;
        claimed[stored - file.tensors.begin()] = true;
        tensor = stored->tensor;
        BRIDGE_TRY(check(weight, source, tensor));
        found = true;
        break;
      }
      if (!found && missing++ == 0)
        firstMissing = &weight;
      bound.push(tensor);
    }
    if (firstMissing)
      return reportMissing(*firstMissing, missing);
    return checkSurplus();
  }

private:
  /// Applies the source's view and compares with the declaration.
  bridge_status check(const Weight &weight, const Weight::Source &source,
                      bridge_tensor &tensor) {
    bridge_tensor stored = tensor;
    Builder why;
    if (!applyView(source.view, tensor, why))
      return message.fail(
          BRIDGE_BAD_WEIGHTS, "%s: weight `%s` is `%s`%s, stored as %s: %s",
          what, weight.name, source.name, source.view,
          ShapeText(stored.rank, stored.shape).text, why.terminated());
    bool same = tensor.rank == weight.rank;
    for (int32_t axis = 0; same && axis < weight.rank; ++axis)
      same = tensor.shape[axis] == weight.shape[axis];
    Builder origin;
    if (strcmp(source.name, weight.name) != 0 || *source.view)
      origin.addf(" (`%s`%s)", source.name, source.view);
    if (!same)
      return message.fail(BRIDGE_BAD_WEIGHTS,
                          "%s: weight `%s`%s has shape %s, expected %s", what,
                          weight.name, origin.terminated(),
                          ShapeText(tensor.rank, tensor.shape).text,
                          ShapeText(weight.rank, weight.shape).text);
    if (dtypeInfo(tensor.dtype)->kind != dtypeInfo(weight.dtype)->kind)
      return message.fail(
          BRIDGE_BAD_WEIGHTS, "%s: weight `%s`%s has dtype %s, expected %s%s",
          what, weight.name, origin.terminated(),
          bridge_dtype_name(tensor.dtype), bridge_dtype_name(weight.dtype),
          weight.dtype == BRIDGE_F32 ? ", f64, bf16 or f16" : "");
    return BRIDGE_OK;
  }

  bridge_status reportMissing(const Weight &weight, int64_t count) {
    Builder others, more;
    for (int64_t i = 0; i < weight.sources.size; ++i)
      if (strcmp(weight.sources[i].name, weight.name) != 0)
        others.addf("%s`%s`", others.text().size ? ", " : "",
                    weight.sources[i].name);
    if (count > 1)
      more.addf("; %lld more are missing", static_cast<long long>(count - 1));
    Suggestion suggestion(weight.name);
    for (int64_t i = 0; i < file.tensors.size(); ++i)
      if (!claimed[i])
        suggestion.consider(file.tensors[i].name);
    bool any = others.text().size;
    return message.fail(
        BRIDGE_BAD_WEIGHTS, "%s: weight `%s` is missing%s%s%s%s%s", what,
        weight.name, any ? " (nor is there " : "", others.terminated(),
        any ? ")" : "", suggestion.hint(), more.terminated());
  }

  bridge_status checkSurplus() {
    int64_t count = 0;
    const char *first = nullptr;
    Builder names;
    for (int64_t i = 0; i < file.tensors.size(); ++i) {
      bool covered = claimed[i];
      for (const char *glob : manifest.ignore)
        covered = covered || matchesGlob(glob, file.tensors[i].name);
      if (covered)
        continue;
      first = first ? first : file.tensors[i].name;
      if (++count <= 4)
        names.addf("%s`%s`", count > 1 ? ", " : "", file.tensors[i].name);
    }
    if (!count)
      return BRIDGE_OK;
    Suggestion suggestion(first);
    if (count == 1)
      for (const Weight &weight : manifest.weights)
        suggestion.consider(weight.name);
    return message.fail(
        BRIDGE_BAD_WEIGHTS, "%s: %lld tensor%s no weight of %s: %s%s%s", what,
        static_cast<long long>(count),
        count == 1 ? " belongs to" : "s belong to", manifest.model,
        names.terminated(), count > 4 ? ", …" : "", suggestion.hint());
  }

  const bridge_manifest &manifest;
  const bridge_tensor_file &file;
  const char *what;
  Message &message;
  Array<bool> claimed;
};

} // namespace

bridge_status bridge::runtime::bindWeights(const bridge_manifest &manifest,
                                           const bridge_tensor_file &file,
                                           const char *what,
                                           Array<bridge_tensor> &bound,
                                           Message &message) {
  return Binder(manifest, file, what, message).bind(bound);
}
