//===- Session.cpp - Running entries --------------------------------------===//
#include "Arena.h"
#include "Dimensions.h"
#include "Dtype.h"
#include "Model.h"
#include "Pages.h"
#include "ThreadPool.h"
#include <unistd.h>

using namespace bridge::runtime;

/// Shapes whose layout is remembered.
static constexpr int64_t layoutCount = 8;

struct bridge_session {
  const bridge_api *api;
  const bridge_model *model;
  int64_t memoryLimit;
  ThreadPool pool;
  char *arena;
  int64_t arenaCapacity;
  Layout *layouts[layoutCount];
  uint64_t runs;
  int64_t lastBytes;
  Array<int64_t> dims;
  Array<void *> tensors; ///< of the entry: inputs, then outputs

  ~bridge_session();
};

bridge_session::~bridge_session() {
  for (Layout *layout : layouts)
    destroy(layout);
  unmapMemory(arena, arenaCapacity);
}

namespace {

class Run {
public:
  Run(bridge_session &session, int64_t entry, const bridge_tensor *inputs,
      bridge_tensor *outputs, Message &message)
      : session(session), manifest(*session.model->manifest), entry(entry),
        info(manifest.infos[entry]), inputs(inputs), outputs(outputs),
        message(message) {}

  bridge_status run(int64_t inputCount) {
    BRIDGE_TRY(bindDimensions(manifest, entry, inputs, inputCount,
                              session.dims.data(), message));
    BRIDGE_TRY(findLayout());
    for (int64_t i = 0; i < info.output_count; ++i)
      BRIDGE_TRY(checkOutput(i));
    BRIDGE_TRY(growArena());
    session.tensors.resize(info.input_count + info.output_count);
    for (int64_t i = 0; i < info.input_count; ++i)
      BRIDGE_TRY(takeInput(i));
    for (int64_t i = 0; i < info.output_count; ++i)
      session.tensors[info.input_count + i] =
          session.arena + layout->outputs[i];
    BRIDGE_TRY(execute());
    for (int64_t i = 0; i < info.output_count; ++i)
      BRIDGE_TRY(giveOutput(i));
    return BRIDGE_OK;
  }

private:
  /// The remembered layout of these dimensions, or a new one in the place of
  /// the one that was not used for longest.
  bridge_status findLayout() {
    Layout **oldest = &session.layouts[0];
    size_t dimsBytes = manifest.dims.size * sizeof(int64_t);
    for (Layout *&candidate : session.layouts) {
      if (candidate && candidate->entry == entry &&
          memcmp(candidate->dims, session.dims.data(), dimsBytes) == 0) {
        layout = candidate;
        layout->lastUse = ++session.runs;
        return BRIDGE_OK;
      }
      if (*oldest && (!candidate || candidate->lastUse < (*oldest)->lastUse))
        oldest = &candidate;
    }
    Owned<Layout> made;
    made->entry = entry;
    made->dims = made->region.make<int64_t>(manifest.dims.size);
    memcpy(made->dims, session.dims.data(), dimsBytes);
    made->lastUse = ++session.runs;
    BRIDGE_TRY(makeLayout(manifest, session.memoryLimit, *made, message));
    destroy(*oldest);
    layout = *oldest = made.release();
    return BRIDGE_OK;
  }

  bridge_status growArena() {
    session.lastBytes = layout->bytes;
    if (layout->bytes <= session.arenaCapacity)
      return BRIDGE_OK;
    unmapMemory(session.arena, session.arenaCapacity);
    session.arenaCapacity = 0;
    session.arena = static_cast<char *>(mapMemory(layout->bytes));
    if (!session.arena)
      return message.fail(BRIDGE_OUT_OF_MEMORY,
                          "entry `%s` needs %s, which this machine does not "
                          "give",
                          info.name, BytesText(layout->bytes).text);
    session.arenaCapacity = layout->bytes;
    return BRIDGE_OK;
  }

  /// Generated code reads the caller's memory where it is as it has to be.
  bridge_status takeInput(int64_t index) {
    const bridge_tensor &input = inputs[index];
    bridge_dtype dtype = info.inputs[index].dtype;
    bool usable = input.dtype == dtype && dtype != BRIDGE_BOOL &&
                  reinterpret_cast<uintptr_t>(input.data) % 64 == 0 &&
                  isRowMajor(input);
    if (usable) {
      session.tensors[index] = input.data;
      return BRIDGE_OK;
    }
    void *copy = session.arena + layout->inputs[index];
    session.tensors[index] = copy;
    int64_t misfit;
    if (!copyToRows(input, copy, dtype, misfit))
      return message.fail(
          BRIDGE_BAD_INPUT, "input `%s` holds %lld, which does not fit %s",
          info.inputs[index].name, static_cast<long long>(misfit),
          bridge_dtype_name(dtype));
    return BRIDGE_OK;
  }

  bridge_status checkOutput(int64_t index) {
    const bridge_tensor &given = outputs[index];
    const bridge_tensor &made = layout->outputTensors[index];
    if (!given.data)
      return BRIDGE_OK;
    bool same = given.rank == made.rank;
    for (int32_t axis = 0; same && axis < made.rank; ++axis)
      same = given.shape[axis] == made.shape[axis];
    const char *name = info.outputs[index].name;
    if (!same)
      return message.fail(BRIDGE_BAD_ARGUMENT,
                          "output `%s` has shape %s, the memory for it %s",
                          name, ShapeText(made.rank, made.shape).text,
                          given.rank >= 0 && given.rank <= BRIDGE_MAX_RANK
                              ? ShapeText(given.rank, given.shape).text
                              : "no valid rank");
    const DtypeInfo *dtype = dtypeInfo(given.dtype);
    if (!dtype || dtype->kind != dtypeInfo(made.dtype)->kind)
      return message.fail(
          BRIDGE_BAD_ARGUMENT, "output `%s` has dtype %s, the memory for it %s",
          name, bridge_dtype_name(made.dtype), bridge_dtype_name(given.dtype));
    return BRIDGE_OK;
  }

  bridge_status giveOutput(int64_t index) {
    void *made = session.tensors[info.input_count + index];
    bridge_tensor &given = outputs[index];
    if (!given.data) {
      given = layout->outputTensors[index];
      given.data = made;
      return BRIDGE_OK;
    }
    int64_t misfit;
    if (!copyFromRows(made, info.outputs[index].dtype, given, misfit))
      return message.fail(
          BRIDGE_BAD_ARGUMENT, "output `%s` holds %lld, which does not fit %s",
          info.outputs[index].name, static_cast<long long>(misfit),
          bridge_dtype_name(given.dtype));
    return BRIDGE_OK;
  }

  static void parallel(bridge_call *call, bridge_kernel kernel,
                       const void *args, int64_t jobs, int64_t scratchBytes) {
    static_cast<ThreadPool *>(call->runtime)
        ->run(kernel, args, jobs, scratchBytes);
  }

  bridge_status execute() {
    session.pool.outOfScratch = 0;
    bridge_call call = {};
    call.dims = layout->dims;
    call.tensors = session.tensors.data();
    call.weights = session.model->weights.slots.begin();
    call.arena = session.arena;
    call.offsets = layout->offsets;
    call.parallel = parallel;
    call.fault_site = -1;
    call.runtime = &session.pool;
    call.threads = session.pool.size();
    session.model->level->entries[entry](&call);
    if (session.pool.outOfScratch)
      return message.fail(
          BRIDGE_OUT_OF_MEMORY,
          "entry `%s` needs %s of scratch memory for each of %d threads, "
          "which this machine does not give",
          info.name, BytesText(session.pool.outOfScratch).text,
          session.pool.size());
    return call.fault_site < 0 ? BRIDGE_OK : reportFault(call);
  }

  bridge_status reportFault(const bridge_call &call) {
    if (call.fault_site >= manifest.sites.size)
      return message.fail(BRIDGE_FAULT, "entry `%s` met an error without name",
                          info.name);
    Builder text;
    for (const char *c = manifest.sites[call.fault_site]; *c; ++c) {
      bool isA = strncmp(c, "{a}", 3) == 0;
      if (!isA && strncmp(c, "{b}", 3) != 0) {
        text.add({c, 1});
        continue;
      }
      text.addf("%lld",
                static_cast<long long>(isA ? call.fault_a : call.fault_b));
      c += 2;
    }
    return message.fail(BRIDGE_FAULT, "%s", text.terminated());
  }

  bridge_session &session;
  const bridge_manifest &manifest;
  int64_t entry;
  const bridge_entry_info &info;
  const bridge_tensor *inputs;
  bridge_tensor *outputs;
  Message &message;
  Layout *layout = nullptr;
};

} // namespace

bridge_status bridge_session_open(const bridge_model *model,
                                  const bridge_session_options *options,
                                  bridge_session **result,
                                  bridge_message *out) {
  Message message(out);
  constexpr int32_t maxThreads = 4096;
  int32_t threads = options ? options->threads : 0;
  int64_t limit = options ? options->memory_limit : 0;
  if (threads < 0 || threads > maxThreads)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "%d threads: a number from 1 to %d is expected",
                        threads, maxThreads);
  if (limit < 0)
    return message.fail(BRIDGE_BAD_ARGUMENT, "a memory limit below 0");
  Owned<bridge_session> session;
  session->api = &bridge_runtime_api;
  session->model = model;
  session->memoryLimit = limit ? limit
                               : static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) *
                                     sysconf(_SC_PAGESIZE);
  session->dims.resize(model->manifest->dims.size);
  BRIDGE_TRY(
      session->pool.start(threads ? threads : availableCores(), message));
  *result = session.release();
  return BRIDGE_OK;
}

void bridge_session_close(bridge_session *session) { destroy(session); }

bridge_status bridge_session_run(bridge_session *session, int64_t entry,
                                 const bridge_tensor *inputs,
                                 int64_t inputCount, bridge_tensor *outputs,
                                 int64_t outputCount, bridge_message *out) {
  Message message(out);
  const bridge_entry_info *info =
      bridge_manifest_entry(session->model->manifest, entry);
  if (!info)
    return message.fail(BRIDGE_BAD_ARGUMENT, "there is no entry %lld",
                        static_cast<long long>(entry));
  if (outputCount != info->output_count)
    return message.fail(BRIDGE_BAD_ARGUMENT,
                        "entry `%s` has %lld outputs, got room for %lld",
                        info->name, static_cast<long long>(info->output_count),
                        static_cast<long long>(outputCount));
  if ((inputCount && !inputs) || (outputCount && !outputs))
    return message.fail(
        BRIDGE_BAD_ARGUMENT, "the %s of entry `%s` are a null pointer",
        inputCount && !inputs ? "inputs" : "outputs", info->name);
  return Run(*session, entry, inputs, outputs, message).run(inputCount);
}

int64_t bridge_session_arena_bytes(const bridge_session *session) {
  return session->lastBytes;
}

int32_t bridge_session_threads(const bridge_session *session) {
  return session->pool.size();
}
