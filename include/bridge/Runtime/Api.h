/*===- Api.h - The functions that a program brings ---------------*- C -*-===*\
|*
|* The functions of bridge.h, which documents them, as a table. Every program
|* points to the one of its run time, and so does, by its first field, every
|* object that the run time makes.
|*
\*===----------------------------------------------------------------------===*/
#ifndef BRIDGE_RUNTIME_API_H
#define BRIDGE_RUNTIME_API_H

#include "bridge/Runtime/bridge.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bridge_api {
  bridge_status (*manifest_open)(const struct bridge_program *program,
                                 bridge_manifest **manifest,
                                 bridge_message *message);
  void (*manifest_close)(bridge_manifest *manifest);
  const char *(*manifest_model)(const bridge_manifest *manifest);
  int64_t (*manifest_entry_count)(const bridge_manifest *manifest);
  const bridge_entry_info *(*manifest_entry)(const bridge_manifest *manifest,
                                             int64_t index);
  int64_t (*manifest_find)(const bridge_manifest *manifest, const char *name);
  const char *(*manifest_preprocessor)(const bridge_manifest *manifest);
  bridge_status (*model_open)(const struct bridge_program *program,
                              const char *weights, bridge_model **model,
                              bridge_message *message);
  void (*model_close)(bridge_model *model);
  const bridge_manifest *(*model_manifest)(const bridge_model *model);
  const char *(*model_level)(const bridge_model *model);
  int64_t (*model_weights_bytes)(const bridge_model *model);
  bridge_status (*session_open)(const bridge_model *model,
                                const bridge_session_options *options,
                                bridge_session **session,
                                bridge_message *message);
  void (*session_close)(bridge_session *session);
  bridge_status (*session_run)(bridge_session *session, int64_t entry,
                               const bridge_tensor *inputs, int64_t input_count,
                               bridge_tensor *outputs, int64_t output_count,
                               bridge_message *message);
  int64_t (*session_arena_bytes)(const bridge_session *session);
  int32_t (*session_threads)(const bridge_session *session);
  bridge_status (*tensor_file_open)(const struct bridge_program *program,
                                    const char *path, bridge_tensor_file **file,
                                    bridge_message *message);
  void (*tensor_file_close)(bridge_tensor_file *file);
  int64_t (*tensor_file_count)(const bridge_tensor_file *file);
  const bridge_named_tensor *(*tensor_file_at)(const bridge_tensor_file *file,
                                               int64_t index);
  const bridge_named_tensor *(*tensor_file_find)(const bridge_tensor_file *file,
                                                 const char *name);
  bridge_status (*tensor_file_write)(const struct bridge_program *program,
                                     const char *path,
                                     const bridge_named_tensor *tensors,
                                     int64_t count, bridge_message *message);
  bridge_status (*preprocessor_open)(const struct bridge_program *program,
                                     const char *json, size_t bytes,
                                     bridge_preprocessor **preprocessor,
                                     bridge_message *message);
  void (*preprocessor_close)(bridge_preprocessor *preprocessor);
  bridge_status (*picture_load)(const bridge_preprocessor *preprocessor,
                                const char *path, bridge_tensor *pixels,
                                bridge_message *message);
  bridge_status (*picture_decode)(const bridge_preprocessor *preprocessor,
                                  const void *file, size_t bytes,
                                  bridge_tensor *pixels,
                                  bridge_message *message);
  void (*picture_free)(const bridge_preprocessor *preprocessor,
                       bridge_tensor *pixels);
} bridge_api;

#ifdef __cplusplus
}
#endif

#endif /* BRIDGE_RUNTIME_API_H */
