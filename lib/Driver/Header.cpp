//===- Header.cpp - The C header of a generated library -------------------===//
#include "Header.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace bridge;
using llvm::StringRef;

/// `text` as a C identifier.
static std::string identifier(StringRef text) {
  std::string name;
  for (char c : text)
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty() || llvm::isDigit(name.front()))
    name.insert(name.begin(), '_');
  return name;
}

std::string bridge::libraryPrefix(StringRef path) {
  StringRef stem = llvm::sys::path::stem(path);
  stem.consume_front("lib");
  return identifier(stem);
}

/// `f32 [images, 3, 224, 224]`
static std::string shapeText(const llvm::json::Object &tensor) {
  std::string text = tensor.getString("dtype")->str() + " [";
  llvm::ListSeparator comma;
  for (const llvm::json::Value &dim : *tensor.getArray("shape")) {
    text += StringRef(comma);
    text += *dim.getAsString();
  }
  return text + "]";
}

/// The parameter of an input or output.
static std::string tensorName(const llvm::json::Value &tensor) {
  return identifier(*tensor.getAsObject()->getString("name"));
}

/// What an entry's function is called; `clip_open` and `clip_program` are
/// taken.
static std::string functionName(StringRef prefix, StringRef entry) {
  bool isTaken = entry == "open" || entry == "program";
  return prefix.str() + "_" + identifier(entry) + (isTaken ? "_" : "");
}

/// The head of a function up to the `{` of its body, a parameter a line.
static void writeSignature(llvm::raw_ostream &os, StringRef function,
                           llvm::ArrayRef<std::string> parameters) {
  os << "static inline bridge_status\n" << function << "(";
  std::string separator = ",\n" + std::string(function.size() + 1, ' ');
  os << llvm::join(parameters, separator) << ") {\n";
}

static void writeEntry(llvm::raw_ostream &os, const llvm::json::Object &entry,
                       StringRef stem, size_t index) {
  const llvm::json::Array &inputs = *entry.getArray("inputs"),
                          &outputs = *entry.getArray("outputs");
  StringRef name = *entry.getString("name");
  os << "/* " << name << ", see bridge_session_run.\n";
  auto describe = [&](StringRef role, const llvm::json::Array &tensors) {
    for (const llvm::json::Value &tensor : tensors)
      os << " *   " << role << " " << *tensor.getAsObject()->getString("name")
         << ": " << shapeText(*tensor.getAsObject()) << "\n";
  };
  describe("input", inputs);
  describe("output", outputs);
  os << " */\n";
  std::vector<std::string> parameters = {"bridge_session *session"};
  for (const llvm::json::Value &tensor : inputs)
    parameters.push_back("const bridge_tensor *" + tensorName(tensor));
  for (const llvm::json::Value &tensor : outputs)
    parameters.push_back("bridge_tensor *" + tensorName(tensor));
  parameters.push_back("bridge_message *message");
  writeSignature(os, functionName(stem, name), parameters);

  // No input is an array of one, which C has no empty form of.
  os << "  bridge_tensor inputs[" << std::max<size_t>(inputs.size(), 1)
     << "] = {";
  llvm::ListSeparator comma;
  for (const llvm::json::Value &tensor : inputs)
    os << comma << "*" << tensorName(tensor);
  os << (inputs.empty() ? "{0}};\n" : "};\n");
  os << "  bridge_tensor outputs[" << outputs.size() << "] = {";
  llvm::ListSeparator outputComma;
  for (const llvm::json::Value &tensor : outputs)
    os << outputComma << "*" << tensorName(tensor);
  os << "};\n"
     << llvm::formatv("  bridge_status status =\n"
                      "      bridge_session_run(session, {0}, inputs, {1}, "
                      "outputs, {2}, message);\n",
                      index, inputs.size(), outputs.size());
  for (auto [position, tensor] : llvm::enumerate(outputs))
    os << "  *" << tensorName(tensor) << " = outputs[" << position << "];\n";
  os << "  return status;\n}\n\n";
}

std::string bridge::makeHeader(StringRef model,
                               const llvm::json::Array &entries,
                               StringRef prefix, StringRef program) {
  std::string text;
  llvm::raw_string_ostream os(text);
  std::string guard = prefix.upper() + "_H";
  os << "/* The entries of " << model << "; made by bridgec. */\n#ifndef "
     << guard << "\n#define " << guard
     << "\n\n#include \"bridge/Runtime/bridge.h\"\n\n"
     << "extern const struct bridge_program " << program << ";\n\n"
     << "/* Opens the model with the weights of a .safetensors file or "
        "folder,\n"
        " * see bridge_model_open. */\n";
  writeSignature(os, prefix.str() + "_open",
                 {"const char *weights", "bridge_model **model",
                  "bridge_message *message"});
  os << "  return bridge_model_open(&" << program
     << ", weights, model, message);\n}\n\n";
  for (auto [index, entry] : llvm::enumerate(entries))
    writeEntry(os, *entry.getAsObject(), prefix, index);
  os << "#endif /* " << guard << " */\n";
  return text;
}
