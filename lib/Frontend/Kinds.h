//===- Kinds.h - What parameters of modules take ----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_KINDS_H
#define BRIDGE_LIB_FRONTEND_KINDS_H

#include "Value.h"

namespace bridge::frontend {

/// The module that a parameter's kind names, or null.
const ModuleDefinition *moduleKind(const ast::Declarator &parameter,
                                   const ModuleDefinition &module);

/// What a parameter has to be, such as "an integer of at least 1", where
/// `value` is not that; otherwise empty. A parameter without a kind takes what
/// its default is.
std::string kindProblem(const ast::Declarator &parameter, const Value &value,
                        const ModuleDefinition &module);

/// Whether what is written as a parameter's kind is neither one nor a module.
bool isUnknownKind(const ast::Declarator &parameter,
                   const ModuleDefinition &module);

/// The kinds that are not names of modules.
std::vector<std::string> namesOfKinds();

/// Whether a config may give a negative number: not for sizes, counts and ids.
bool mayBeNegative(const ast::Declarator &parameter,
                   const ModuleDefinition &module);

/// Whether a config that says null for a parameter whose value is otherwise
/// `fallback`, which may be null, means that: where it is `none`, `false`, or
/// computed. A number that someone chose is not what null says.
bool nullMeans(const ast::Node *fallback, const ModuleDefinition &module);

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_KINDS_H
