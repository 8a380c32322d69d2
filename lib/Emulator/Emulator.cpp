//===- Emulator.cpp - Runs GPU kernels on the CPU
//---------------------------===//
#include "bridge/Emulator/Emulator.h"
#include "Block.h"
#include "Instrument.h"
#include "Jit.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include <atomic>
#include <mutex>
#include <thread>

using namespace bridge::emulator;

namespace {

struct Kernel {
  KernelInfo info;
  Jit::Entry entry = nullptr; ///< once launched
};

class EmulatedDevice : public Device {
public:
  llvm::Error add(mlir::ModuleOp kernels);

  void share(void *begin, size_t bytes, llvm::StringRef name) override {
    memory.share(begin, bytes, name);
  }
  void release(void *begin) override { memory.release(begin); }
  llvm::Error launch(const Launch &launch) override;

private:
  llvm::Error compile(Kernel &kernel);
  llvm::Error runBlocks(const Grid &grid);

  std::unique_ptr<Jit> jit;
  llvm::StringMap<Kernel> kernels;
  GlobalMemory memory;
  std::vector<std::unique_ptr<Block>> workers; ///< one for each processor
};

} // namespace

llvm::Expected<std::unique_ptr<Device>> Device::load(mlir::ModuleOp kernels) {
  auto device = std::make_unique<EmulatedDevice>();
  if (llvm::Error error = device->add(kernels))
    return error;
  return device;
}

llvm::Error EmulatedDevice::add(mlir::ModuleOp module) {
  auto created = Jit::create();
  if (!created)
    return created.takeError();
  jit = std::move(*created);
  for (auto function : module.getOps<mlir::LLVM::LLVMFuncOp>()) {
    if (!function->hasAttr("nvvm.kernel"))
      continue;
    Kernel &kernel = kernels[function.getSymName()];
    auto instrumented = instrument(function, kernel.info);
    if (!instrumented)
      return instrumented.takeError();
    if (llvm::Error error = jit->add(**instrumented, kernel.info))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error EmulatedDevice::compile(Kernel &kernel) {
  auto entry = jit->entry(kernel.info.name);
  if (!entry)
    return entry.takeError();
  for (const GlobalArray &array : kernel.info.globals) {
    auto address = jit->global(kernel.info.name, array.name);
    if (!address)
      return address.takeError();
    memory.share(*address, array.bytes, array.name);
  }
  kernel.entry = *entry;
  return llvm::Error::success();
}

static uint64_t product(const std::array<uint32_t, 3> &size) {
  return uint64_t(size[0]) * size[1] * size[2];
}

/// What the hardware permits, and the kernel.
static llvm::Error checkLaunch(const Launch &launch, const KernelInfo &info) {
  auto error = [&](const llvm::Twine &what) {
    return llvm::createStringError("launch of kernel `" + launch.kernel +
                                   "`: " + what);
  };
  uint64_t threads = product(launch.block), blocks = product(launch.grid);
  if (threads < 1 || threads > info.maxThreads)
    return error(
        llvm::formatv("expected 1 to {0} threads in a block, found {1}",
                      info.maxThreads, threads));
  if (blocks < 1 || launch.grid[0] > 0x7fffffff || launch.grid[1] > 65535 ||
      launch.grid[2] > 65535)
    return error(llvm::formatv("expected 1 to 2147483647 x 65535 x 65535 "
                               "blocks, found {0} x {1} x {2}",
                               launch.grid[0], launch.grid[1], launch.grid[2]));
  if (launch.dynamicSharedBytes + uint64_t(info.staticBytes) > kMaxSharedBytes)
    return error(llvm::formatv("expected at most {0} bytes of shared memory, "
                               "found {1}",
                               kMaxSharedBytes,
                               launch.dynamicSharedBytes + info.staticBytes));
  if (launch.arguments.size() != info.argumentCount)
    return error(llvm::formatv("expected {0} arguments, found {1}",
                               info.argumentCount, launch.arguments.size()));
  return llvm::Error::success();
}

llvm::Error EmulatedDevice::launch(const Launch &launch) {
  auto found = kernels.find(launch.kernel);
  if (found == kernels.end())
    return llvm::createStringError("there is no kernel `" + launch.kernel +
                                   "`");
  Kernel &kernel = found->second;
  if (llvm::Error error = checkLaunch(launch, kernel.info))
    return error;
  if (!kernel.entry)
    if (llvm::Error error = compile(kernel))
      return error;
  for (auto [index, bytes] : llvm::enumerate(kernel.info.argumentBytes))
    if (bytes)
      memory.share(launch.arguments[index], bytes,
                   llvm::formatv("argument {0}", index).str());
  Grid grid{kernel.info.name,
            launch.grid,
            launch.block,
            launch.dynamicSharedBytes,
            kernel.info.arrays,
            &kernel.info.sites,
            &memory,
            kernel.entry,
            launch.arguments.data()};
  llvm::Error error = runBlocks(grid);
  for (auto [index, bytes] : llvm::enumerate(kernel.info.argumentBytes))
    if (bytes)
      memory.release(launch.arguments[index]);
  return error;
}

llvm::Error EmulatedDevice::runBlocks(const Grid &grid) {
  uint64_t blocks = product(grid.blocks);
  uint64_t wanted = std::min<uint64_t>(
      blocks, std::max(1u, std::thread::hardware_concurrency()));
  while (workers.size() < wanted)
    workers.push_back(std::make_unique<Block>());
  for (uint64_t i = 0; i < wanted; ++i)
    if (llvm::Error error = workers[i]->begin(grid))
      return error;

  std::atomic<uint64_t> next = 0;
  std::mutex mutex;
  llvm::Error first = llvm::Error::success();
  auto work = [&](Block &block) {
    for (uint64_t index; (index = next++) < blocks;) {
      auto [width, height, depth] = grid.blocks;
      llvm::Error error =
          block.run({uint32_t(index % width), uint32_t(index / width % height),
                     uint32_t(index / width / height)});
      if (!error)
        continue;
      next = blocks;
      std::lock_guard guard(mutex);
      if (first)
        llvm::consumeError(std::move(error));
      else
        first = std::move(error);
    }
  };
  std::vector<std::thread> threads;
  for (uint64_t i = 1; i < wanted; ++i)
    threads.emplace_back([&, i] { work(*workers[i]); });
  work(*workers[0]);
  for (std::thread &thread : threads)
    thread.join();
  return first;
}
