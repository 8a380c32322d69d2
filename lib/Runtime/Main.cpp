//===- Main.cpp - The command line of a compiled bridge -------------------===//
#include "bridge/Runtime/Main.h"
#include "CommandLine.h"
#include "EntryInputs.h"
#include "Json.h"
#include "Manifest.h"
#include "Report.h"
#include <math.h>
#include <stdio.h>
#include <time.h>

using namespace bridge::runtime;

/// Milliseconds of a clock that only goes forward.
static double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 +
         static_cast<double>(time.tv_nsec) * 1e-6;
}

namespace {

/// One run of a program's command line.
class Command {
public:
  Command(const bridge_program *program, const bridge_main_options &options,
          bridge_message &why)
      : program(program), options(options), why(why), message(&why) {}
  ~Command() {
    bridge_session_close(session);
    bridge_model_close(model);
    bridge_manifest_close(manifest);
    bridge_tensor_file_close(expected);
  }

  bridge_status run(int argc, char **argv) {
    BRIDGE_TRY(line.parse(argc, argv, message));
    if (line.help) {
      printHelp(options.command);
      return BRIDGE_OK;
    }
    BRIDGE_TRY(bridge_manifest_open(program, &manifest, &why));
    if (line.version) {
      printf("%s, bridge ABI version %d\n", manifest->model,
             BRIDGE_ABI_VERSION);
      return BRIDGE_OK;
    }
    if (!line.entry) {
      line.json ? printEntriesAsJson(manifest) : printEntries(manifest);
      return BRIDGE_OK;
    }
    BRIDGE_TRY(findEntry());
    const char *weights = line.weights ? line.weights : options.weights;
    BRIDGE_TRY(inputs.gather(line, *info, preprocessor(), message));
    BRIDGE_TRY(openExpected());
    double begin = now();
    BRIDGE_TRY(bridge_model_open(program, weights, &model, &why));
    loadMs = now() - begin;
    bridge_session_options sessionOptions = {line.threads, 0};
    BRIDGE_TRY(bridge_session_open(model, &sessionOptions, &session, &why));
    BRIDGE_TRY(runEntry());
    bridge_status compared = compareOutputs();
    if (compared == BRIDGE_OK && line.output)
      BRIDGE_TRY(bridge_tensor_file_write(nullptr, line.output, named.data(),
                                          named.size(), &why));
    report();
    return compared;
  }

private:
  bridge_status findEntry() {
    entry = bridge_manifest_find(manifest, line.entry);
    info = bridge_manifest_entry(manifest, entry);
    if (info)
      return BRIDGE_OK;
    Suggestion suggestion(line.entry);
    Builder names;
    for (int64_t i = 0; i < bridge_manifest_entry_count(manifest); ++i) {
      const char *name = bridge_manifest_entry(manifest, i)->name;
      suggestion.consider(name);
      names.addf("%s%s", i ? ", " : "", name);
    }
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "%s has no entry `%s` (it has %s)%s",
                        bridge_manifest_model(manifest), line.entry,
                        names.terminated(), suggestion.hint());
  }

  const char *preprocessor() {
    return options.preprocessor ? options.preprocessor
                                : bridge_manifest_preprocessor(manifest);
  }

  bridge_status runEntry() {
    outputs.resize(info->output_count);
    double begin = now();
    BRIDGE_TRY(runOnce());
    firstCallMs = now() - begin;
    for (int64_t i = 0; i < line.runs; ++i) {
      begin = now();
      BRIDGE_TRY(runOnce());
      times.push(now() - begin);
    }
    for (int64_t i = 0; i < info->output_count; ++i) {
      Builder name;
      name.addf("%s/%s", info->name, info->outputs[i].name);
      named.push({region.copy(name.text()), outputs[i]});
    }
    return BRIDGE_OK;
  }

  bridge_status runOnce() {
    for (bridge_tensor &output : outputs)
      output = {};
    return bridge_session_run(session, entry, inputs.tensors.data(),
                              inputs.tensors.size(), outputs.data(),
                              outputs.size(), &why);
  }

  bridge_status openExpected() {
    if (!line.compare)
      return BRIDGE_OK;
    return bridge_tensor_file_open(nullptr, line.compare, &expected, &why);
  }

  /// Looks up and compares every output; the first that differs is the error.
  bridge_status compareOutputs() {
    bridge_status result = BRIDGE_OK;
    if (!expected)
      return BRIDGE_OK;
    for (const bridge_named_tensor &output : named) {
      const bridge_named_tensor *wanted =
          bridge_tensor_file_find(expected, output.name);
      if (!wanted)
        return reportMissing(output.name);
      const bridge_tensor &a = output.tensor, &b = wanted->tensor;
      bool same = a.rank == b.rank;
      for (int32_t axis = 0; same && axis < a.rank; ++axis)
        same = a.shape[axis] == b.shape[axis];
      if (!same)
        return message.fail(
            BRIDGE_BAD_ARGUMENT, "%s: `%s` has shape %s, the result %s",
            line.compare, output.name, ShapeText(b.rank, b.shape).text,
            ShapeText(a.rank, a.shape).text);
      double error = relativeError(a, b);
      errors.push(error);
      if (error <= line.tolerance || result)
        continue;
      result = message.fail(BRIDGE_BAD_ARGUMENT,
                            "`%s` differs from %s by %.3g; %.3g is allowed",
                            output.name, line.compare, error, line.tolerance);
    }
    return result;
  }

  bridge_status reportMissing(const char *name) {
    Suggestion suggestion(name);
    for (int64_t i = 0; i < bridge_tensor_file_count(expected); ++i)
      suggestion.consider(bridge_tensor_file_at(expected, i)->name);
    return message.fail(BRIDGE_BAD_ARGUMENT, "%s: has no tensor `%s`%s",
                        line.compare, name, suggestion.hint());
  }

  void report() {
    if (line.json) {
      reportAsJson();
      return;
    }
    for (int64_t i = 0; i < errors.size(); ++i)
      printf("%s: relative error %.3g\n", named[i].name, errors[i]);
    if (line.runs) {
      Timing timing = summarise(times);
      printf("%s: median %.3f ms, min %.3f ms of %lld runs on %d threads, %s; "
             "first call %.3f ms; arena %s, weights %s\n",
             info->name, timing.median, timing.least,
             static_cast<long long>(line.runs), bridge_session_threads(session),
             bridge_model_level(model), firstCallMs,
             BytesText(static_cast<double>(bridge_session_arena_bytes(session)))
                 .text,
             BytesText(static_cast<double>(bridge_model_weights_bytes(model)))
                 .text);
    }
    bool silent = !line.runs && !line.compare && !line.output;
    if (line.print || silent)
      for (int64_t i = 0; i < outputs.size(); ++i)
        printTensor(info->outputs[i].name, outputs[i]);
  }

  void reportAsJson() {
    Builder out;
    out.add("{\"entry\": ");
    addJsonString(out, info->name);
    if (line.runs) {
      Timing timing = summarise(times);
      out.addf(", \"median_ms\": %.6g, \"min_ms\": %.6g, \"runs\": %lld",
               timing.median, timing.least, static_cast<long long>(line.runs));
    }
    out.addf(
        ", \"threads\": %d, \"first_call_ms\": %.6g, \"load_ms\": %.6g, "
        "\"arena_bytes\": %lld, \"weights_bytes\": %lld, \"level\": \"%s\"",
        bridge_session_threads(session), firstCallMs, loadMs,
        static_cast<long long>(bridge_session_arena_bytes(session)),
        static_cast<long long>(bridge_model_weights_bytes(model)),
        bridge_model_level(model));
    addErrorsAsJson(out);
    if (line.print)
      addOutputsAsJson(out);
    out.add("}");
    printf("%s\n", out.terminated());
  }

  void addErrorsAsJson(Builder &out) {
    for (int64_t i = 0; i < errors.size(); ++i) {
      out.add(i ? ", " : ", \"errors\": {");
      addJsonString(out, named[i].name);
      out.add(": ");
      addJsonNumber(out, errors[i]);
    }
    out.add(errors.size() ? "}" : "");
  }

  void addOutputsAsJson(Builder &out) {
    out.add(", \"outputs\": {");
    for (int64_t i = 0; i < outputs.size(); ++i) {
      out.add(i ? ", " : "");
      addJsonString(out, info->outputs[i].name);
      out.addf(": {\"shape\": %s, \"data\": [",
               ShapeText(outputs[i].rank, outputs[i].shape).text);
      int64_t count = elementCount(outputs[i].rank, outputs[i].shape);
      for (int64_t k = 0; k < count; ++k) {
        out.add(k ? ", " : "");
        addJsonNumber(out, elementAt(outputs[i], k));
      }
      out.add("]}");
    }
    out.add("}");
  }

  const bridge_program *program;
  const bridge_main_options &options;
  bridge_message &why;
  Message message;
  Region region;
  CommandLine line = {};
  EntryInputs inputs;
  bridge_manifest *manifest = nullptr;
  bridge_model *model = nullptr;
  bridge_session *session = nullptr;
  bridge_tensor_file *expected = nullptr;
  const bridge_entry_info *info = nullptr;
  int64_t entry = -1;
  double loadMs = 0, firstCallMs = 0;
  Array<double> times, errors;
  Array<bridge_tensor> outputs;
  Array<bridge_named_tensor> named; ///< outputs as `entry/output`
};

} // namespace

int bridge_main_program(const bridge_program *program, int argc, char **argv,
                        const bridge_main_options *options) {
  bridge_message why;
  bridge_status status = Command(program, *options, why).run(argc, argv);
  if (status != BRIDGE_OK) {
    fflush(stdout);
    fprintf(stderr, "%s: error: %s\n", options->tool, why.text);
    return 1;
  }
  if (fflush(stdout) != 0 || ferror(stdout)) {
    fprintf(stderr, "%s: error: cannot write to the standard output\n",
            options->tool);
    return 1;
  }
  return 0;
}

int bridge_main(int argc, char **argv, const bridge_program *program) {
  const char *command = argc > 0 ? argv[0] : "bridge";
  const char *slash = strrchr(command, '/');
  bridge_main_options options = {slash ? slash + 1 : command, command, nullptr,
                                 nullptr};
  return bridge_main_program(program, argc > 0 ? argc - 1 : 0, argv + 1,
                             &options);
}
