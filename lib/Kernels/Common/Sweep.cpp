//===- Sweep.cpp - What sweeps over products have as operands -------------===//
#include "bridge/Kernels/Sweep.h"
#include "bridge/Kernels/Config.h"

using namespace bridge;

namespace {
/// Numbers operands of which the config may leave some out.
struct Numbering {
  plan::KernelOp kernel;
  unsigned next;

  std::optional<unsigned> optional(llvm::StringRef name) {
    if (!hasConfig(kernel, name))
      return std::nullopt;
    return next++;
  }
};
} // namespace

SoftmaxSweepOperands::SoftmaxSweepOperands(plan::KernelOp kernel) {
  Numbering numbering{kernel, scale + 1};
  rowFactors = numbering.optional("row_factors");
  columnFactors = numbering.optional("column_factors");
  bias = numbering.optional("bias");
  rowLabels = numbering.next++;
  columnLabels = numbering.optional("columns");
  rowMax = numbering.next++;
  rowSum = numbering.next++;
  rowPicked = numbering.next++;
  if (columnLabels) {
    columnMax = numbering.next++;
    columnSum = numbering.next++;
    columnPicked = numbering.next++;
  }
}

SigmoidSweepOperands::SigmoidSweepOperands(plan::KernelOp kernel) {
  Numbering numbering{kernel, offset + 1};
  rowFactors = numbering.optional("row_factors");
  columnFactors = numbering.optional("column_factors");
  out = numbering.next;
}
