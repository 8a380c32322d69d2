//===- Rows.cpp - Kernels of rows on the GPU ------------------------------===//
//
// The code is that of bridge/Kernels/RowKernels.h: what is a vector there are
// the threads of a warp here, and a warp takes a job.
//
//===----------------------------------------------------------------------===//
#include "GpuKernel.h"
#include "bridge/Kernels/RowKernels.h"

using namespace mlir;
using namespace bridge;

namespace {

class GpuRows final : public GpuKernel {
public:
  explicit GpuRows(std::unique_ptr<Kernel> rows) : rows(std::move(rows)) {}

  int64_t threads() const override { return kWarps * kWarpThreads; }
  int64_t jobsPerBlock() const override { return kWarps; }
  LogicalResult body(WarpEmitter &emitter, Arguments &arguments) override {
    Value job =
        emitter.add(emitter.mul(emitter.block(), kWarps), emitter.warp());
    LogicalResult result = success();
    emitter.ifThen(emitter.less(job, jobs(emitter, arguments)), [&] {
      result = rows->body(emitter, arguments, job, /*scratch=*/{});
    });
    return result;
  }
  Value jobs(WarpEmitter &emitter, Arguments &arguments) override {
    return rows->jobs(emitter, arguments);
  }

private:
  static constexpr int64_t kWarps = 4; ///< of a block

  std::unique_ptr<Kernel> rows;
};

} // namespace

std::unique_ptr<GpuKernel> bridge::makeGpuRows(plan::KernelOp kernel) {
  std::unique_ptr<Kernel> rows = makeRowKernel(kernel);
  return rows ? std::make_unique<GpuRows>(std::move(rows)) : nullptr;
}
