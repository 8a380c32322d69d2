/*===- Memory.h - What a run would take, without running ---------*- C -*-===*/
#ifndef BRIDGE_RUNTIME_MEMORY_H
#define BRIDGE_RUNTIME_MEMORY_H

#include "bridge/Runtime/bridge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The memory that a run of entry `entry` takes for its intermediates, and for
 * inputs and outputs that are copied; with inputs of these shapes, whose data
 * is not read. What is wrong with the shapes is an error, as for a run. For
 * tools, which have the run time in them. */
bridge_status bridge_manifest_arena_bytes(const bridge_manifest *manifest,
                                          int64_t entry,
                                          const bridge_tensor *inputs,
                                          int64_t input_count, int64_t *bytes,
                                          bridge_message *message);

#ifdef __cplusplus
}
#endif

#endif /* BRIDGE_RUNTIME_MEMORY_H */
