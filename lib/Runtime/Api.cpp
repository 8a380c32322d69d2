//===- Api.cpp - The functions that a program brings ----------------------===//
#include "bridge/Runtime/Api.h"
#include "Base.h"

const bridge_api bridge_runtime_api = {
    bridge_manifest_open,         bridge_manifest_close,
    bridge_manifest_model,        bridge_manifest_entry_count,
    bridge_manifest_entry,        bridge_manifest_find,
    bridge_manifest_preprocessor, bridge_model_open,
    bridge_model_close,           bridge_model_manifest,
    bridge_model_level,           bridge_model_weights_bytes,
    bridge_session_open,          bridge_session_close,
    bridge_session_run,           bridge_session_arena_bytes,
    bridge_session_threads,       bridge_tensor_file_open,
    bridge_tensor_file_close,     bridge_tensor_file_count,
    bridge_tensor_file_at,        bridge_tensor_file_find,
    bridge_tensor_file_write,     bridge_preprocessor_open,
    bridge_preprocessor_close,    bridge_picture_load,
    bridge_picture_decode,        bridge_picture_free,
};
