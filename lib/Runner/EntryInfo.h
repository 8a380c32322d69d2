//===- EntryInfo.h - Entries as they are declared ---------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNNER_ENTRYINFO_H
#define BRIDGE_LIB_RUNNER_ENTRYINFO_H

#include "bridge/Runtime/bridge.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <string>
#include <vector>

namespace bridge {

/// An input or output of an entry.
struct ValueInfo {
  std::string name;
  bridge_dtype dtype;
  std::vector<std::string> dims;
};

/// An entry of a module of the bridge dialect.
struct EntryInfo {
  std::string name;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::vector<std::string> dimensions; ///< the names that its inputs use
  std::vector<std::string> checks;     ///< as the spec has them

  static EntryInfo describe(mlir::func::FuncOp function);
};

/// All entries of a module, in order.
std::vector<EntryInfo> describeEntries(mlir::ModuleOp module);

/// The name of a module's bridge.
std::string modelName(mlir::ModuleOp module);

} // namespace bridge

#endif // BRIDGE_LIB_RUNNER_ENTRYINFO_H
