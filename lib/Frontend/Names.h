//===- Names.h - Which names a piece of syntax uses and makes ---*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_NAMES_H
#define BRIDGE_LIB_FRONTEND_NAMES_H

#include "Value.h"
#include <set>

namespace bridge::frontend {

class Evaluator;

/// The names that `node` uses and does not make itself, those of patterns too.
/// A name that an argument, a mask or a loop hides is not used.
std::set<std::string> freeNames(const ast::Node &node);

/// The names that statements make: assigned ones, those of loops and masks.
std::set<std::string> madeNames(const ast::Node &node);

/// The names that statements assign.
std::set<std::string> assignedNames(const ast::Node &node);

/// A module that consists of functions needs no name to be used.
bool hasOnlyFunctions(const ast::Module &module);

/// Reports names of a module that mean nothing, and what is given and never
/// used. `attributes` are the names that any file reads after a dot.
llvm::LogicalResult checkNames(const ModuleDefinition &module,
                               const std::set<std::string> &attributes,
                               Evaluator &evaluator);
/// The same for a function of a file.
llvm::LogicalResult checkNames(const ast::Function &function, Scope &scope,
                               Evaluator &evaluator);

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_NAMES_H
