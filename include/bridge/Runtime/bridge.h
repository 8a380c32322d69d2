/*===- bridge.h - Running compiled bridges -----------------------*- C -*-===*\
|*
|* A compiled bridge is a `bridge_program`: code and a manifest. A library that
|* bridgec makes, libclip.so or clip.o, has one symbol, the program
|* `clip_program`, and comes with clip.h, which declares it. To run it, open a
|* `bridge_model` (the program with its weights, immutable, shared by any number
|* of threads) and per concurrent caller a `bridge_session` (memory for
|* intermediates and a pool of threads):
|*
|*   bridge_message why;
|*   bridge_model *model = NULL;
|*   bridge_session *session = NULL;
|*   if (bridge_model_open(&clip_program, "model.safetensors", &model, &why) ||
|*       bridge_session_open(model, NULL, &session, &why))
|*     return fprintf(stderr, "%s\n", why.text), 1;
|*   int64_t entry = bridge_manifest_find(bridge_model_manifest(model),
|*                                        "encode_image");
|*   int64_t shape[] = {1, 3, 224, 224};
|*   bridge_tensor pixels = bridge_tensor_make(BRIDGE_F32, 4, shape, data);
|*   bridge_tensor embeds = {0};
|*   if (bridge_session_run(session, entry, &pixels, 1, &embeds, 1, &why))
|*     return fprintf(stderr, "%s\n", why.text), 1;
|*
|* Every program brings its own run time. The functions below are inline: they
|* call the run time of the program, or of the object, that they are given. A
|* process may use any number of programs, linked or loaded by dlopen.
|*
|* Errors: every call that can fail returns a status, 0 for success, and where
|* `message` is not null writes one line there that says what was expected and
|* what was found. A call that fails changes nothing that its caller sees, other
|* than the message.
|*
|* Threads: there is no global state. A model and a manifest may be used by many
|* threads at once, a session by one at a time.
|*
|* Strings that are returned are UTF-8, end with a zero byte and live as long as
|* the object they were asked of.
|*
\*===------------------------------------------------------------------------===*/
#ifndef BRIDGE_RUNTIME_BRIDGE_H
#define BRIDGE_RUNTIME_BRIDGE_H

#include "bridge/Runtime/Abi.h"
#include "bridge/Runtime/Tensor.h"

/* The run time itself is linked by our own tools only. */
#ifdef BRIDGE_RUNTIME_STATIC
#define BRIDGE_API
#else
#define BRIDGE_API static inline
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum bridge_status {
  BRIDGE_OK = 0,
  BRIDGE_BAD_ARGUMENT, /* a call that breaks this header's rules */
  BRIDGE_BAD_PROGRAM,  /* a program or manifest of another version, or broken */
  BRIDGE_BAD_FILE,     /* a file that is missing or broken */
  BRIDGE_BAD_WEIGHTS,  /* weights that do not fit the program */
  BRIDGE_BAD_INPUT,    /* inputs that do not fit the entry */
  BRIDGE_BAD_PICTURE,  /* a picture that is none, or too large */
  BRIDGE_FAULT,        /* the entry met an error in the data while running */
  BRIDGE_OUT_OF_MEMORY, /* more memory than there is or was allowed */
  BRIDGE_UNSUPPORTED    /* the processor is not one the program was made for, or
                           pictures are prepared in a way that is not known */
} bridge_status;

/* Why a call failed; one line without a line end. */
typedef struct bridge_message {
  char text[2048];
} bridge_message;

/*===- What a program offers
 * ------------------------------------------------===*/

/* The program's entries in words. */
typedef struct bridge_manifest bridge_manifest;

/* An input or output of an entry. */
typedef struct bridge_value_info {
  const char *name;
  bridge_dtype dtype;
  int32_t rank;
  const char *dims[BRIDGE_MAX_RANK]; /* "images", "224", "4 * images + 1" */
} bridge_value_info;

typedef struct bridge_entry_info {
  const char *name;
  int64_t input_count;
  const bridge_value_info *inputs;
  int64_t output_count;
  const bridge_value_info *outputs;
} bridge_entry_info;

/* Reads the manifest of `program`, which has to outlive it. */
BRIDGE_API bridge_status
bridge_manifest_open(const struct bridge_program *program,
                     bridge_manifest **manifest, bridge_message *message);
BRIDGE_API void bridge_manifest_close(bridge_manifest *manifest);
BRIDGE_API const char *bridge_manifest_model(const bridge_manifest *manifest);
BRIDGE_API int64_t bridge_manifest_entry_count(const bridge_manifest *manifest);
/* Entry `index`, or null. */
BRIDGE_API const bridge_entry_info *
bridge_manifest_entry(const bridge_manifest *manifest, int64_t index);
/* The index of the entry called `name`, or −1. */
BRIDGE_API int64_t bridge_manifest_find(const bridge_manifest *manifest,
                                        const char *name);
/* The preprocessor_config.json that the program was compiled with, or null. */
BRIDGE_API const char *
bridge_manifest_preprocessor(const bridge_manifest *manifest);

/*===- A program with its weights
 * -------------------------------------------===*/

typedef struct bridge_model bridge_model;

/* Reads, checks and packs the weights; `program` has to outlive the model.
 *
 * `weights` is the path of a .safetensors file, or of a folder with
 * model.safetensors or model.safetensors.index.json and the files that it
 * names; or "random:SEED" for random weights, the same for the same seed on
 * every machine; or null for the weights that are embedded in the program.
 *
 * The best level of the instruction set that both the program and the processor
 * have is taken; the environment variable BRIDGE_LEVEL names a lower one. */
BRIDGE_API bridge_status bridge_model_open(const struct bridge_program *program,
                                           const char *weights,
                                           bridge_model **model,
                                           bridge_message *message);
/* The model's sessions have to be closed before. */
BRIDGE_API void bridge_model_close(bridge_model *model);
BRIDGE_API const bridge_manifest *
bridge_model_manifest(const bridge_model *model);
/* The level of the instruction set that is used: "x86-64-v4". */
BRIDGE_API const char *bridge_model_level(const bridge_model *model);
/* The memory that the packed weights take. */
BRIDGE_API int64_t bridge_model_weights_bytes(const bridge_model *model);

/*===- Running
 * --------------------------------------------------------------===*/

typedef struct bridge_session bridge_session;

typedef struct bridge_session_options {
  int32_t threads;      /* the caller's included; 0: as many as cores are
                           available to the process */
  int64_t memory_limit; /* bytes that a run may take for intermediates, inputs
                           and outputs; 0: the machine's memory */
} bridge_session_options;

/* `options` may be null. */
BRIDGE_API bridge_status bridge_session_open(
    const bridge_model *model, const bridge_session_options *options,
    bridge_session **session, bridge_message *message);
BRIDGE_API void bridge_session_close(bridge_session *session);

/* Runs entry `entry`.
 *
 * `inputs` and `outputs` are in the order of bridge_entry_info. An input's
 * dtype is any float type for f32, any integer type (or bool) for i32 and bool,
 * where each number has to fit. Its shape has to agree with the entry's; names
 * are bound to the sizes that they meet. Memory that is row-major, of the
 * entry's dtype and aligned to 64 bytes is read where it is; other inputs are
 * copied.
 *
 * Where an output's `data` is null, the call fills it in: row-major, of the
 * entry's dtype, owned by the session and valid until its next run begins.
 * Otherwise `data`, `dtype`, `rank`, `shape` and `strides` say where the caller
 * wants it: the shape has to be the output's, the dtype of the same class
 * (float types for f32, i32, i64 and bool for the others).
 *
 * After the first run with some shape, runs with that shape allocate nothing
 * (a few recent shapes are remembered). */
BRIDGE_API bridge_status bridge_session_run(
    bridge_session *session, int64_t entry, const bridge_tensor *inputs,
    int64_t input_count, bridge_tensor *outputs, int64_t output_count,
    bridge_message *message);
/* The memory of the last run's intermediates, inputs and outputs. */
BRIDGE_API int64_t bridge_session_arena_bytes(const bridge_session *session);
BRIDGE_API int32_t bridge_session_threads(const bridge_session *session);

/*===- Tensor files
 * ---------------------------------------------------------===*/

/* A .safetensors file, mapped into memory and checked in full. */
typedef struct bridge_tensor_file bridge_tensor_file;

typedef struct bridge_named_tensor {
  const char *name;
  bridge_tensor tensor; /* row-major; of a mapped file: not to be written to,
                           and not always aligned to its element */
} bridge_named_tensor;

/* Any program will do: its run time reads the file. `path` is a file, or a
 * folder as bridge_model_open takes it. */
BRIDGE_API bridge_status
bridge_tensor_file_open(const struct bridge_program *program, const char *path,
                        bridge_tensor_file **file, bridge_message *message);
BRIDGE_API void bridge_tensor_file_close(bridge_tensor_file *file);
BRIDGE_API int64_t bridge_tensor_file_count(const bridge_tensor_file *file);
/* Tensor `index` in the order of names, or null. */
BRIDGE_API const bridge_named_tensor *
bridge_tensor_file_at(const bridge_tensor_file *file, int64_t index);
/* The tensor called `name`, or null. */
BRIDGE_API const bridge_named_tensor *
bridge_tensor_file_find(const bridge_tensor_file *file, const char *name);
/* Writes `count` tensors, sorted by name, to `path`. The file appears complete
 * or not at all. Names have to differ. */
BRIDGE_API bridge_status bridge_tensor_file_write(
    const struct bridge_program *program, const char *path,
    const bridge_named_tensor *tensors, int64_t count, bridge_message *message);

/*===- Pictures
 * -------------------------------------------------------------===*/

/* How pictures become pixel values: what a preprocessor_config.json says. */
typedef struct bridge_preprocessor bridge_preprocessor;

/* `json` is the text of a preprocessor_config.json, `bytes` long. */
BRIDGE_API bridge_status bridge_preprocessor_open(
    const struct bridge_program *program, const char *json, size_t bytes,
    bridge_preprocessor **preprocessor, bridge_message *message);
BRIDGE_API void bridge_preprocessor_close(bridge_preprocessor *preprocessor);

/* Decodes a PNG or JPEG file and prepares it: RGB, resized, cropped, rescaled
 * and normalised as the preprocessor says. `pixels` becomes f32
 * [3, height, width]; the caller gives its data back with bridge_picture_free.
 */
BRIDGE_API bridge_status
bridge_picture_load(const bridge_preprocessor *preprocessor, const char *path,
                    bridge_tensor *pixels, bridge_message *message);
/* The same of a file in memory. */
BRIDGE_API bridge_status bridge_picture_decode(
    const bridge_preprocessor *preprocessor, const void *file, size_t bytes,
    bridge_tensor *pixels, bridge_message *message);
BRIDGE_API void bridge_picture_free(const bridge_preprocessor *preprocessor,
                                    bridge_tensor *pixels);

#ifdef __cplusplus
}
#endif

#ifndef BRIDGE_RUNTIME_STATIC
#include "bridge/Runtime/Calls.h"
#endif

#endif /* BRIDGE_RUNTIME_BRIDGE_H */
