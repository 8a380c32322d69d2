//===- RowKernels.cpp - The kernels of rows, by kind ----------------------===//
#include "bridge/Kernels/RowKernels.h"
#include "Families.h"

using namespace bridge;

std::unique_ptr<Kernel> bridge::makeRowKernel(plan::KernelOp kernel) {
  switch (kernel.getKind()) {
  case plan::KernelKind::Map:
    return makeMapKernel(kernel);
  case plan::KernelKind::LayerNorm:
  case plan::KernelKind::RmsNorm:
  case plan::KernelKind::L2Normalize:
    return makeNormKernel(kernel);
  case plan::KernelKind::Softmax:
    return makeSoftmaxKernel(kernel);
  case plan::KernelKind::Reduce:
    return makeReduceKernel(kernel);
  case plan::KernelKind::ArgExtreme:
    return makeArgExtremeKernel(kernel);
  case plan::KernelKind::Cumsum:
    return makeCumsumKernel(kernel);
  case plan::KernelKind::Rotary:
    return makeRotaryKernel(kernel);
  case plan::KernelKind::Gather:
    return makeGatherKernel(kernel);
  case plan::KernelKind::CrossEntropy:
    return makeCrossEntropyKernel(kernel);
  case plan::KernelKind::Splice:
    return makeSpliceKernel(kernel);
  case plan::KernelKind::InverseNorm:
    return makeInverseNormKernel(kernel);
  case plan::KernelKind::SoftmaxMerge:
    return makeSoftmaxMergeKernel(kernel);
  default:
    kernel.emitError("no kernel computes '")
        << plan::stringifyKernelKind(kernel.getKind()) << "'";
    return nullptr;
  }
}
