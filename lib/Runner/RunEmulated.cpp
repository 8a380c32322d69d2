//===- RunEmulated.cpp - Running GPU kernels in the emulator --------------===//
//
// The run time runs the host code as any other program; its entries are
// replaced by one that has kernels launched in the emulator. For each launch
// exactly the memory that its operands are views of is shared with the device,
// so that an access to anything else is found.
//
//===----------------------------------------------------------------------===//
#include "RunEmulated.h"
#include "LoadProgram.h"
#include "RunCompiled.h"
#include "bridge/Driver/Passes.h"
#include "bridge/Emulator/Emulator.h"
#include "bridge/IR/DeviceKernels.h"
#include "bridge/IR/Plan.h"
#include "bridge/Runtime/bridge.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/StringMap.h"

using namespace bridge;
using llvm::Expected;
using llvm::StringRef;

namespace {

/// Bytes that a kernel may touch.
struct Extent {
  char *begin, *end;
  std::string name;
};

/// A device with the kernels of a program.
class EmulatedDevice {
public:
  explicit EmulatedDevice(int64_t panelWidth) : panelWidth(panelWidth) {}

  llvm::Error load(mlir::ModuleOp kernels);
  /// Runs a launch; after a failure nothing more is run.
  void launch(bridge_call &call, const bridge_device_kernel &kernel,
              const int64_t *block, int64_t jobs);
  /// What the emulator found wrong, or empty.
  const std::string &failure() const { return message; }

private:
  std::vector<Extent> extents(const bridge_device_kernel &kernel,
                              const int64_t *block) const;

  int64_t panelsBytes(const int64_t *sizes, mlir::Type element) const;

  int64_t panelWidth;
  std::unique_ptr<emulator::Device> device;
  llvm::StringMap<mlir::ArrayAttr> signatures;
  std::string message;
};

} // namespace

llvm::Error EmulatedDevice::load(mlir::ModuleOp kernels) {
  for (auto function : kernels.getOps<mlir::LLVM::LLVMFuncOp>())
    if (auto types = function->getAttrOfType<mlir::ArrayAttr>(kSignatureAttr))
      signatures[function.getSymName()] = types;
  auto loaded = emulator::Device::load(kernels);
  if (!loaded)
    return loaded.takeError();
  device = std::move(*loaded);
  return llvm::Error::success();
}

/// The bytes of panels, whose sizes are given.
int64_t EmulatedDevice::panelsBytes(const int64_t *sizes,
                                    mlir::Type element) const {
  int64_t steps = element.isBF16() ? (sizes[3] + 1) / 2 : sizes[3];
  int64_t panels = (sizes[2] + panelWidth - 1) / panelWidth;
  return sizes[0] * sizes[1] * panels * steps * panelWidth * 4;
}

/// The bytes of a view, which need not be there in whole where it strides.
static Extent viewExtent(char *start, const int64_t *sizes, int64_t rank,
                         mlir::Type element) {
  Extent extent{start, start + elementBytes(element), {}};
  for (int64_t axis = 0; axis < rank; ++axis) {
    if (sizes[axis] == 0)
      return {start, start, {}};
    int64_t span = (sizes[axis] - 1) * sizes[rank + axis];
    (span < 0 ? extent.begin : extent.end) += span;
  }
  return extent;
}

/// What the operands of a launch are views of, without overlaps.
std::vector<Extent> EmulatedDevice::extents(const bridge_device_kernel &kernel,
                                            const int64_t *block) const {
  std::vector<Extent> found;
  const int64_t *slot = block + 1;
  for (auto [index, type] : llvm::enumerate(
           signatures.lookup(kernel.name).getAsValueRange<mlir::TypeAttr>())) {
    char *start = reinterpret_cast<char *>(*slot++);
    Extent extent;
    if (auto view = llvm::dyn_cast<plan::ViewType>(type)) {
      extent = viewExtent(start, slot, view.getRank(), view.getElementType());
      slot += 2 * view.getRank();
    } else {
      mlir::Type element = llvm::cast<plan::PanelsType>(type).getElementType();
      extent = {start, start + panelsBytes(slot, element), {}};
      slot += 4;
    }
    extent.name =
        "operand " + std::to_string(index) + " of " + std::string(kernel.name);
    if (extent.begin != extent.end)
      found.push_back(std::move(extent));
  }
  llvm::sort(found, [](const Extent &a, const Extent &b) {
    return a.begin < b.begin;
  });
  std::vector<Extent> merged;
  for (Extent &extent : found) {
    if (merged.empty() || merged.back().end <= extent.begin) {
      merged.push_back(std::move(extent));
      continue;
    }
    merged.back().end = std::max(merged.back().end, extent.end);
    merged.back().name += ", " + extent.name;
  }
  return merged;
}

void EmulatedDevice::launch(bridge_call &call,
                            const bridge_device_kernel &kernel,
                            const int64_t *block, int64_t jobs) {
  // A site that no program has: the run time ends the run with an error.
  constexpr int64_t failed = std::numeric_limits<int64_t>::max();
  if (!message.empty() || jobs == 0)
    return;
  std::vector<Extent> shared = extents(kernel, block);
  shared.push_back({reinterpret_cast<char *>(&call),
                    reinterpret_cast<char *>(&call + 1), "the call"});
  for (const Extent &extent : shared)
    device->share(extent.begin, extent.end - extent.begin, extent.name);
  auto blocks = static_cast<uint32_t>((jobs + kernel.jobs_per_block - 1) /
                                      kernel.jobs_per_block);
  void *arguments[] = {const_cast<int64_t *>(block)};
  emulator::Launch launch;
  launch.kernel = kernel.name;
  launch.grid = {blocks, 1, 1};
  launch.block = {static_cast<uint32_t>(kernel.threads), 1, 1};
  launch.arguments = arguments;
  if (llvm::Error error = device->launch(launch)) {
    message = llvm::toString(std::move(error));
    call.fault_site = failed;
  }
  for (const Extent &extent : shared)
    device->release(extent.begin);
}

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

namespace {
/// What the entry that runs is to do.
struct EmulatedRun {
  bridge_entry entry = nullptr;
  EmulatedDevice *device = nullptr;
};
} // namespace

static thread_local EmulatedRun current;

static void launchEmulated(bridge_call *call, bridge_kernel kernel,
                           const void *args, int64_t jobs, int64_t) {
  current.device->launch(
      *call, *reinterpret_cast<const bridge_device_kernel *>(kernel),
      static_cast<const int64_t *>(args), jobs);
}

/// Stands for every entry of the program.
static void emulateEntry(bridge_call *call) {
  call->parallel = launchEmulated;
  current.entry(call);
}

Expected<int> bridge::runEmulated(const RunOptions &options,
                                  const std::string &library,
                                  const std::string &preprocessor) {
  CompileOptions compilation = options.model;
  compilation.output = library;
  Expected<DeviceKernels> kernels = compileForEmulator(compilation);
  if (!kernels)
    return kernels.takeError();
  Expected<const bridge_program *> program = loadProgram(library);
  if (!program)
    return program.takeError();

  bridge_message message;
  bridge_manifest *manifest = nullptr;
  if (bridge_manifest_open(*program, &manifest, &message))
    return llvm::createStringError(message.text);
  int64_t entry = bridge_manifest_find(manifest, options.entry.c_str());
  std::vector<bridge_entry> entries(bridge_manifest_entry_count(manifest),
                                    emulateEntry);
  bridge_manifest_close(manifest);
  bridge_level level = (*program)->levels[0];
  EmulatedDevice device(level.panel_width);
  if (llvm::Error error = device.load(*kernels->module))
    return llvm::make_error<InternalError>(llvm::toString(std::move(error)));
  current = {entry < 0 ? nullptr : level.entries[entry], &device};
  level.entries = entries.data();
  bridge_program emulated = **program;
  emulated.levels = &level;
  int status = runProgram(emulated, options, preprocessor);
  if (device.failure().empty())
    return status;
  return llvm::make_error<InternalError>(device.failure());
}
