//===- CommandLine.cpp - The options of a compiled bridge -----------------===//
#include "CommandLine.h"
#include <errno.h>
#include <stdio.h>

using namespace bridge::runtime;

namespace {

struct OptionInfo {
  const char *name;
  const char *value; ///< null: takes none
  const char *help;
};

const OptionInfo options[] = {
    {"--weights", "PATH|random:SEED",
     "a .safetensors file, a folder, or random weights"},
    {"--inputs", "FILE", "a .safetensors file with inputs by name"},
    {"--image", "[NAME=]PICTURE...",
     "PNG or JPEG files for an input; several make its batch"},
    {"--output", "FILE", "write the results as ENTRY/OUTPUT"},
    {"--compare", "FILE", "compare the results with those of FILE"},
    {"--tolerance", "T", "allowed |out - expected| / |expected| (1e-4)"},
    {"--time", "N", "run N times and print the median"},
    {"--threads", "N", "threads to run on (all available cores)"},
    {"--json", nullptr, "print one JSON object"},
    {"--print", nullptr, "print the results"},
    {"--help", nullptr, "print this"},
    {"--version", nullptr, "print the model's name and the version"},
};

const OptionInfo *findOption(Text name) {
  for (const OptionInfo &option : options)
    if (name == option.name)
      return &option;
  return nullptr;
}

class CommandLineParser {
public:
  CommandLineParser(CommandLine &line, int argc, char **argv, Message &message)
      : line(line), argc(argc), argv(argv), message(message) {}

  bridge_status parse() {
    line.tolerance = 1e-4;
    while (at < argc)
      BRIDGE_TRY(parseWord());
    bool works = line.weights || line.inputs || line.images.size() ||
                 line.output || line.compare || line.runs || line.print ||
                 line.threads || line.hasTolerance;
    if (!line.entry && works && !line.help && !line.version)
      return message.fail(BRIDGE_BAD_ARGUMENT,
                          "an entry is expected before the options");
    return BRIDGE_OK;
  }

private:
  bridge_status parseWord() {
    const char *word = argv[at++];
    if (Text(word) == "-h")
      word = "--help";
    if (!Text(word).startsWith("-")) {
      if (line.entry)
        return message.fail(BRIDGE_BAD_ARGUMENT,
                            "unexpected argument `%s` after entry `%s`", word,
                            line.entry);
      line.entry = word;
      return BRIDGE_OK;
    }
    const char *equals = strchr(word, '=');
    Text name(word, equals ? equals - word : strlen(word));
    const OptionInfo *option = findOption(name);
    if (!option) {
      Suggestion suggestion(name);
      for (const OptionInfo &other : options)
        suggestion.consider(other.name);
      return message.fail(BRIDGE_BAD_ARGUMENT, "unknown option `%.*s`%s",
                          BRIDGE_TEXT(name), suggestion.hint());
    }
    const char *value = equals ? equals + 1 : nullptr;
    if (!option->value && value)
      return message.fail(BRIDGE_BAD_ARGUMENT, "%s takes no value",
                          option->name);
    if (option->value && !value) {
      if (at == argc)
        return message.fail(BRIDGE_BAD_ARGUMENT, "%s needs a value: %s",
                            option->name, option->value);
      value = argv[at++];
    }
    return apply(option->name, value);
  }

  bridge_status apply(Text name, const char *value) {
    if (name == "--weights")
      line.weights = value;
    else if (name == "--inputs")
      line.inputs = value;
    else if (name == "--image")
      return parseImages(value);
    else if (name == "--output")
      line.output = value;
    else if (name == "--compare")
      line.compare = value;
    else if (name == "--tolerance")
      return parseTolerance(value);
    else if (name == "--time")
      return parseCount(name, value, 1'000'000'000, line.runs);
    else if (name == "--threads")
      return parseThreads(value);
    else if (name == "--json")
      line.json = true;
    else if (name == "--print")
      line.print = true;
    else if (name == "--version")
      line.version = true;
    else
      line.help = true;
    return BRIDGE_OK;
  }

  /// [NAME=]PICTURE, and the words up to the next option.
  bridge_status parseImages(const char *value) {
    const char *equals = strchr(value, '=');
    if (!*value || equals == value || (equals && !equals[1]))
      return message.fail(BRIDGE_BAD_ARGUMENT,
                          "--image needs [NAME=]PICTURE, found `%s`", value);
    line.images.push({value, false});
    while (line.entry && at < argc && argv[at][0] != '-')
      line.images.push({argv[at++], true});
    return BRIDGE_OK;
  }

  bridge_status parseTolerance(const char *value) {
    char *end = nullptr;
    line.hasTolerance = true;
    line.tolerance = strtod(value, &end);
    if (end == value || *end || !(line.tolerance >= 0))
      return message.fail(BRIDGE_BAD_ARGUMENT,
                          "--tolerance needs a number from 0, found `%s`",
                          value);
    return BRIDGE_OK;
  }

  bridge_status parseCount(Text name, const char *value, int64_t most,
                           int64_t &count) {
    char *end = nullptr;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (end == value || *end || errno || number < 1 || number > most)
      return message.fail(BRIDGE_BAD_ARGUMENT,
                          "%.*s needs a whole number from 1 to %lld, found "
                          "`%s`",
                          BRIDGE_TEXT(name), static_cast<long long>(most),
                          value);
    count = number;
    return BRIDGE_OK;
  }

  bridge_status parseThreads(const char *value) {
    int64_t count = 0;
    BRIDGE_TRY(parseCount("--threads", value, 4096, count));
    line.threads = static_cast<int32_t>(count);
    return BRIDGE_OK;
  }

  CommandLine &line;
  int argc;
  char **argv;
  Message &message;
  int at = 0;
};

} // namespace

bridge_status CommandLine::parse(int argc, char **argv, Message &message) {
  return CommandLineParser(*this, argc, argv, message).parse();
}

void bridge::runtime::printHelp(const char *command) {
  printf("usage: %s [ENTRY [options]]\n\n"
         "Runs an entry of a compiled bridge. Without ENTRY, lists the entries "
         "with their\ninputs, outputs and named dimensions.\n\n",
         command);
  for (const OptionInfo &option : options) {
    char left[64];
    snprintf(left, sizeof(left), "%s %s", option.name,
             option.value ? option.value : "");
    printf("  %-28s %s\n", left, option.help);
  }
}
