//===- Library.h - The files of the language and their scopes ---*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_LIBRARY_H
#define BRIDGE_LIB_FRONTEND_LIBRARY_H

#include "Evaluator.h"
#include "llvm/Support/JSON.h"
#include <set>

namespace bridge::frontend {

/// All spec files that can be found, and which module answers which
/// model_type. A file is evaluated when something needs it; a broken one stops
/// only those who do.
class Library {
public:
  explicit Library(Evaluator &evaluator) : evaluator(evaluator) {}
  Library(const Library &) = delete;
  /// Errors still point into the texts of the files.
  ~Library();

  /// Reads every spec below these folders, and those that are always in scope.
  llvm::LogicalResult open(const std::vector<std::string> &searchPaths);

  /// The bridge of the spec at `path`, which may lie anywhere.
  llvm::FailureOr<const ModuleDefinition *> openSpec(llvm::StringRef path);

  /// The parameters that a config.json gives. `where` is how messages call it;
  /// the module is found by the config's model_type or is `module`.
  llvm::FailureOr<Value> configure(const llvm::json::Object &config,
                                   std::string where,
                                   const ModuleDefinition *module,
                                   SourceRange range);
  /// The same for a module whose fields stand among those of another one:
  /// `modelType` names its section, and `used` gets the fields that it knows.
  llvm::FailureOr<Value>
  configureAmong(const llvm::json::Object &config, llvm::StringRef modelType,
                 std::string where, const ModuleDefinition *module,
                 SourceRange range, std::set<std::string> &used);
  /// A parameter's value from a field of a config.json.
  llvm::FailureOr<Value> convert(const llvm::json::Value &value,
                                 const ast::Declarator &parameter,
                                 const ModuleDefinition &module,
                                 std::string where, SourceRange range);

  /// The bridges of all files and the model_types that choose them.
  struct BridgeName {
    std::string bridge, file, modelType;
    std::vector<std::string> variants;
  };
  std::vector<BridgeName> bridges() const;

  /// The names that any file reads after a dot.
  const std::set<std::string> &attributes() const { return attributeNames; }

private:
  struct File {
    std::string name; ///< std.clip
    std::string path, shownAs;
    std::unique_ptr<ast::File> syntax;
    Scope *scope = nullptr;
    enum { Parsed, Loading, Loaded, Failed } state = Parsed;
    std::deque<ModuleDefinition> modules;
  };
  /// A config section and the file it stands in.
  struct Section {
    File *file;
    const ast::Module *module;
    const ast::Config *config;
  };

  void scan(llvm::StringRef folder);
  File *parse(std::string name, std::string path, std::string shownAs);
  void index(File &file);
  llvm::LogicalResult load(File &file, Scope *scope, SourceRange range);
  llvm::LogicalResult loadUse(File &file, const ast::Use &use);
  llvm::LogicalResult define(File &file, const ast::Node &item);
  llvm::LogicalResult checkFunctions(File &file);
  /// The module of a file whose node is `node`; loads the file.
  llvm::FailureOr<const ModuleDefinition *>
  moduleOf(File &file, const ast::Module &node, SourceRange range);
  llvm::FailureOr<std::pair<const ModuleDefinition *, const ast::Config *>>
  findSection(const llvm::json::Object &config, const std::string &where,
              const ModuleDefinition *module, SourceRange range);
  llvm::FailureOr<std::pair<const ModuleDefinition *, const ast::Config *>>
  findSection(llvm::StringRef modelType, const std::string &where,
              const ModuleDefinition *module, SourceRange range);

  Evaluator &evaluator;
  std::map<std::string, File> files;
  std::vector<std::string> usePaths;
  Scope *prelude = nullptr;
  std::map<std::string, std::vector<Section>> sections;
  std::set<std::string> ignoredFields, attributeNames;
};

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_LIBRARY_H
