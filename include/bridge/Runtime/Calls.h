/*===- Calls.h - Calls of the functions that a program brings ----*- C -*-===*\
|*
|* The functions of bridge.h as a program that uses a compiled bridge has them.
|*
\*===----------------------------------------------------------------------===*/
#ifndef BRIDGE_RUNTIME_CALLS_H
#define BRIDGE_RUNTIME_CALLS_H

#include "bridge/Runtime/Api.h"
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The functions of a program, or null where this header does not know them. */
static inline const bridge_api *
bridge_program_api(const struct bridge_program *program,
                   bridge_message *message) {
  if (program->abi_version == BRIDGE_ABI_VERSION)
    return program->api;
  if (message)
    snprintf(message->text, sizeof(message->text),
             "the program has ABI version %lld; this header has version %d",
             (long long)program->abi_version, BRIDGE_ABI_VERSION);
  return 0;
}

/* The functions that belong to a model, session, manifest, … */
static inline const bridge_api *bridge_object_api(const void *object) {
  return *(const bridge_api *const *)object;
}

static inline bridge_status
bridge_manifest_open(const struct bridge_program *program,
                     bridge_manifest **manifest, bridge_message *message) {
  const bridge_api *api = bridge_program_api(program, message);
  return api ? api->manifest_open(program, manifest, message)
             : BRIDGE_BAD_PROGRAM;
}

static inline void bridge_manifest_close(bridge_manifest *manifest) {
  if (manifest)
    bridge_object_api(manifest)->manifest_close(manifest);
}

static inline const char *
bridge_manifest_model(const bridge_manifest *manifest) {
  return bridge_object_api(manifest)->manifest_model(manifest);
}

static inline int64_t
bridge_manifest_entry_count(const bridge_manifest *manifest) {
  return bridge_object_api(manifest)->manifest_entry_count(manifest);
}

static inline const bridge_entry_info *
bridge_manifest_entry(const bridge_manifest *manifest, int64_t index) {
  return bridge_object_api(manifest)->manifest_entry(manifest, index);
}

static inline int64_t bridge_manifest_find(const bridge_manifest *manifest,
                                           const char *name) {
  return bridge_object_api(manifest)->manifest_find(manifest, name);
}

static inline const char *
bridge_manifest_preprocessor(const bridge_manifest *manifest) {
  return bridge_object_api(manifest)->manifest_preprocessor(manifest);
}

static inline bridge_status
bridge_model_open(const struct bridge_program *program, const char *weights,
                  bridge_model **model, bridge_message *message) {
  const bridge_api *api = bridge_program_api(program, message);
  return api ? api->model_open(program, weights, model, message)
             : BRIDGE_BAD_PROGRAM;
}

static inline void bridge_model_close(bridge_model *model) {
  if (model)
    bridge_object_api(model)->model_close(model);
}

static inline const bridge_manifest *
bridge_model_manifest(const bridge_model *model) {
  return bridge_object_api(model)->model_manifest(model);
}

static inline const char *bridge_model_level(const bridge_model *model) {
  return bridge_object_api(model)->model_level(model);
}

static inline int64_t bridge_model_weights_bytes(const bridge_model *model) {
  return bridge_object_api(model)->model_weights_bytes(model);
}

static inline bridge_status
bridge_session_open(const bridge_model *model,
                    const bridge_session_options *options,
                    bridge_session **session, bridge_message *message) {
  return bridge_object_api(model)->session_open(model, options, session,
                                                message);
}

static inline void bridge_session_close(bridge_session *session) {
  if (session)
    bridge_object_api(session)->session_close(session);
}

static inline bridge_status
bridge_session_run(bridge_session *session, int64_t entry,
                   const bridge_tensor *inputs, int64_t input_count,
                   bridge_tensor *outputs, int64_t output_count,
                   bridge_message *message) {
  return bridge_object_api(session)->session_run(
      session, entry, inputs, input_count, outputs, output_count, message);
}

static inline int64_t
bridge_session_arena_bytes(const bridge_session *session) {
  return bridge_object_api(session)->session_arena_bytes(session);
}

static inline int32_t bridge_session_threads(const bridge_session *session) {
  return bridge_object_api(session)->session_threads(session);
}

static inline bridge_status
bridge_tensor_file_open(const struct bridge_program *program, const char *path,
                        bridge_tensor_file **file, bridge_message *message) {
  const bridge_api *api = bridge_program_api(program, message);
  return api ? api->tensor_file_open(program, path, file, message)
             : BRIDGE_BAD_PROGRAM;
}

static inline void bridge_tensor_file_close(bridge_tensor_file *file) {
  if (file)
    bridge_object_api(file)->tensor_file_close(file);
}

static inline int64_t bridge_tensor_file_count(const bridge_tensor_file *file) {
  return bridge_object_api(file)->tensor_file_count(file);
}

static inline const bridge_named_tensor *
bridge_tensor_file_at(const bridge_tensor_file *file, int64_t index) {
  return bridge_object_api(file)->tensor_file_at(file, index);
}

static inline const bridge_named_tensor *
bridge_tensor_file_find(const bridge_tensor_file *file, const char *name) {
  return bridge_object_api(file)->tensor_file_find(file, name);
}

static inline bridge_status
bridge_tensor_file_write(const struct bridge_program *program, const char *path,
                         const bridge_named_tensor *tensors, int64_t count,
                         bridge_message *message) {
  const bridge_api *api = bridge_program_api(program, message);
  return api ? api->tensor_file_write(program, path, tensors, count, message)
             : BRIDGE_BAD_PROGRAM;
}

static inline bridge_status
bridge_preprocessor_open(const struct bridge_program *program, const char *json,
                         size_t bytes, bridge_preprocessor **preprocessor,
                         bridge_message *message) {
  const bridge_api *api = bridge_program_api(program, message);
  return api ? api->preprocessor_open(program, json, bytes, preprocessor,
                                      message)
             : BRIDGE_BAD_PROGRAM;
}

static inline void
bridge_preprocessor_close(bridge_preprocessor *preprocessor) {
  if (preprocessor)
    bridge_object_api(preprocessor)->preprocessor_close(preprocessor);
}

static inline bridge_status
bridge_picture_load(const bridge_preprocessor *preprocessor, const char *path,
                    bridge_tensor *pixels, bridge_message *message) {
  return bridge_object_api(preprocessor)
      ->picture_load(preprocessor, path, pixels, message);
}

static inline bridge_status
bridge_picture_decode(const bridge_preprocessor *preprocessor, const void *file,
                      size_t bytes, bridge_tensor *pixels,
                      bridge_message *message) {
  return bridge_object_api(preprocessor)
      ->picture_decode(preprocessor, file, bytes, pixels, message);
}

static inline void bridge_picture_free(const bridge_preprocessor *preprocessor,
                                       bridge_tensor *pixels) {
  bridge_object_api(preprocessor)->picture_free(preprocessor, pixels);
}

#ifdef __cplusplus
}
#endif

#endif /* BRIDGE_RUNTIME_CALLS_H */
