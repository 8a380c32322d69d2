//===- FunctionPlanner.h - Planning one function ----------------*- C++ -*-===//
#ifndef BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_FUNCTIONPLANNER_H
#define BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_FUNCTIONPLANNER_H

#include "KernelTable.h"
#include "Layout.h"
#include "StorageTypes.h"
#include "bridge/IR/Plan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"
#include <deque>

namespace bridge {

/// Memory that views lie in: a buffer, an argument, a weight or a constant.
struct Storage {
  mlir::Value memory;
  /// A buffer of this function, which may be written again when what it holds
  /// is no longer needed.
  plan::BufferOp buffer;
  /// The tensors that lie in it.
  llvm::SmallVector<mlir::Value> tensors;
};

/// A tensor in memory. The offset counts from the start of the storage.
struct View {
  Storage *storage = nullptr;
  mlir::Type elementType;
  Layout layout;

  /// The same memory in another layout.
  View with(Layout other) const { return {storage, elementType, other}; }
  bool operator==(const View &) const = default;
};

/// A weight in some view and layout that a function takes as an argument.
struct WeightDemand {
  unsigned argument; ///< of the function before planning
  std::string view;
  mlir::Type type; ///< a view or panels

  bool operator==(const WeightDemand &) const = default;
};

/// What the callers of a planned function must know.
struct Signature {
  llvm::SmallVector<unsigned> tensors; ///< arguments that are not weights
  llvm::SmallVector<WeightDemand> weights;
};

/// A view of a weight, in the notation of #bridge.source.
struct WeightView {
  mlir::Value root; ///< a read_weight or a weight argument
  std::string view;
  bool flattened = false; ///< all axes but the first have become one
};

/// Which weight `tensor` is a view of, if it is one that can be said.
std::optional<WeightView>
traceWeight(mlir::Value tensor,
            llvm::function_ref<bool(mlir::BlockArgument)> isWeightArgument);

/// What is shared by the functions of one module.
struct ModulePlan {
  KernelTable kernels;
  StorageTypes storage;
  llvm::StringMap<Signature> signatures;
  /// For each function, which arguments are weights at all calls.
  llvm::StringMap<llvm::SmallVector<bool>> weightArguments;
};

/// Plans one function: walks its operations in order, gives every tensor a view
/// of some memory, and emits launches. The lowering of each group of operations
/// is in a file of its own (Lowerings.h).
class FunctionPlanner {
public:
  FunctionPlanner(mlir::func::FuncOp source, ModulePlan &plan);

  /// Makes the function of the plan beside the source function.
  mlir::LogicalResult run();

  KernelTable &kernels() { return plan.kernels; }
  mlir::MLIRContext *context() { return source.getContext(); }
  /// Builds what is launched now.
  mlir::ImplicitLocOpBuilder &builder() { return body; }

  /// The element type that a tensor has in memory, where this function may say.
  mlir::Type storageType(mlir::Value tensor) const {
    return plan.storage.of(tensor);
  }
  /// The element type of the operands of products.
  mlir::Type productType() const { return plan.storage.ofProducts(); }

  /// Where a tensor lies; computes views, constants and weights at first use.
  View view(mlir::Value tensor);
  /// Says where a tensor lies.
  void setView(mlir::Value tensor, const View &view);
  /// Where to write a result: the place that its reader wants it in, else
  /// `reuse` where given, else a new buffer in the layout `preferred`.
  View resultView(mlir::Value tensor, const Layout &preferred,
                  std::optional<View> reuse = std::nullopt);
  /// The same in the standard layout of its type.
  View resultView(mlir::Value tensor);
  /// The place that the reader of a tensor wants it in.
  std::optional<View> destination(mlir::Value tensor);
  /// A buffer for something that is no tensor of the source.
  View allocate(mlir::Type elementType, const Layout &layout);
  /// A buffer for panels.
  mlir::Value allocatePanels(llvm::ArrayRef<Dim> sizes);

  /// Whether the memory of a view belongs to this function and nothing but
  /// operands of the current operation lies in it.
  bool diesHere(const View &view);

  /// `tensor` (or, `transposed`, its last two axes swapped) as panels
  /// [1, 1, n, k] of a weight, where it is a view of one that can be said.
  mlir::Value weightPanels(mlir::Value tensor, bool transposed);
  bool isWeight(mlir::Value tensor) { return traceWeight(tensor).has_value(); }
  /// Read-only numbers.
  View constant(mlir::ElementsAttr value);

  /// The operation of the plan for a view.
  mlir::Value materialize(const View &view);
  /// A kernel for these operands, without a region yet; its name is a stem.
  mlir::OwningOpRef<plan::KernelOp>
  makeKernel(plan::KernelKind kind, llvm::StringRef name,
             llvm::ArrayRef<mlir::NamedAttribute> config,
             mlir::ValueRange operands);
  /// Launches `kernel` with these views and panels; the last is written.
  void launch(mlir::OwningOpRef<plan::KernelOp> kernel,
              mlir::ValueRange operands);
  /// Launches a kernel without a region.
  void launch(plan::KernelKind kind, llvm::StringRef name,
              llvm::ArrayRef<mlir::NamedAttribute> config,
              mlir::ValueRange operands);
  /// The operation that computes `op` as a part of itself.
  mlir::Operation *rootOf(mlir::Operation *op);

private:
  mlir::LogicalResult lower(mlir::Operation *op);
  void planViewOp(mlir::Operation *op);
  void planCall(bridge::CallOp op);
  /// Functions of the plan take and write tensors in one layout: entries as
  /// plain tensors of f32, others in the standard layout. The view of an
  /// argument or a returned tensor, without memory.
  View interfaceView(mlir::Value tensor) const;
  Layout standardLayout(mlir::Value tensor) const;
  View standardView(mlir::Value tensor);
  View callResultView(mlir::Value result);
  void planReturn(mlir::func::ReturnOp op);
  void findInlinedOps();
  void findLastUses();
  void findDestinations();
  void assignDestination(mlir::Value tensor, const View &place);
  void addArguments();
  void finishSignature();

  Storage *addStorage(mlir::Value memory);
  std::optional<WeightView> traceWeight(mlir::Value tensor);
  mlir::Value weightMemory(const WeightView &weight, mlir::Type type);
  mlir::Value passWeight(mlir::Value operand, const WeightDemand &demand);
  mlir::Value buffer(mlir::Type type, const Dim &bytes);
  mlir::Value addToPreamble(
      llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &)> create);
  void touch(mlir::ValueRange operands);

  mlir::func::FuncOp source, target;
  ModulePlan &plan;
  Signature signature;
  bool isEntry;
  mlir::ImplicitLocOpBuilder body;
  /// The last of the buffers, weights and constants, which stand first.
  mlir::Operation *lastPreamble = nullptr;

  std::deque<Storage> storages;
  llvm::DenseMap<mlir::Value, Storage *> storageOf; ///< by memory
  llvm::DenseMap<mlir::Value, View> views;
  llvm::DenseMap<mlir::Value, View> destinations;
  llvm::SmallVector<View> results;
  llvm::DenseMap<std::tuple<mlir::StringAttr, mlir::StringAttr, mlir::Type>,
                 mlir::Value>
      weightReads;
  llvm::DenseMap<mlir::Operation *, mlir::Operation *> roots;
  llvm::DenseMap<mlir::Value, int64_t> lastUses;
  int64_t position = 0; ///< of the operation that is being lowered
  int64_t step = 0;     ///< launches and calls so far
};

} // namespace bridge

#endif // BRIDGE_LIB_CONVERSION_BRIDGETOPLAN_FUNCTIONPLANNER_H
