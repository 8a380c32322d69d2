/*===- Abi.h - What generated code and the run time agree on -----*- C -*-===*\
|*
|* Generated code exports one `bridge_program`. Everything that can be said in
|* words stands in its manifest, a JSON text; this header has what must be
|* binary.
|*
|* manifest = {
|*   "model":   "Clip",
|*   "dims":    ["images", "texts", "text_len"],
|*   "entries": [{"name": "encode_image",
|*                "inputs":  [{"name": "pixel_values", "dtype": "f32",
|*                             "shape": ["images", "3", "224", "224"]}],
|*                "outputs": [{"name": "image_embeds", "dtype": "f32",
|*                             "shape": ["images", "512"]}],
|*                "checks":  [{"lhs": "text_len", "op": "le", "rhs": "77",
|*                             "text": "text_len <= text.context",
|*                             "where": "clip.bridge:10:9"}],
|*                "frame":   0}],
|*   "frames":  [{"buffers": [{"bytes": "160000 * images",
|*                             "first": 0, "last": 3}],
|*                "calls":   [{"frame": 1, "at": 4}]}],
|*   "weights": [{"name": "logit_scale", "dtype": "f32", "shape": [],
|*                "sources": [{"name": "logit_scale", "view": ""}],
|*                "init": 2.659, "frozen": false}],
|*   "ignore":  ["*.position_ids"],
|*   "slots":   [{"weight": 0, "view": "", "dtype": "f32",
|*                "layout": "rows"}],
|*   "sites":   ["clip.bridge:12:3: an id is {a}; the table has {b} entries"],
|*   "preprocessor": {…}
|* }
|*
|* dims: names known on entry, in the order of bridge_call.dims. Dimensions and
|* byte counts are polynomials of them, written as bridge::Dim prints them:
|* "4 * batch * media + 1". A name stands alone in the shape of at least one
|* input of each entry that needs it, or linearly ("4 * patches"); every other
|* occurrence is checked.
|*
|* checks: "op" is eq, ne, lt, le, gt or ge.
|*
|* frame: that of the entry's function. A frame has places for its buffers, each
|* alive from step "first" to step "last", and for the frames of the functions
|* it calls; bridge_call.offsets has the buffers first, then the calls.
|*
|* weights: the first of "sources" that the checkpoint has is taken. A view is a
|* sequence of `.T` (swap the last two axes) and `[a:b, c]` (a slice or an index
|* for each leading axis; a missing bound is the axis' end). "init" is the value
|* before training, where there is one.
|*
|* ignore: globs of tensors of a checkpoint that no weight claims.
|*
|* slots: "dtype" is what is stored: f32 or bf16 of a weight of floats, i32 of
|* one of integers. "rows" is row-major without padding. "panels" is of the
|* weight, or its view, as a matrix of n rows and k columns, all axes but the
|* first flattened: of f32 [⌈n/w⌉][k][w] with w = level.panel_width,
|* missing rows zero; of bf16 [⌈n/w⌉][⌈k/2⌉][w][2], a missing column zero, too.
|* Both are aligned to 64 bytes, with 256 bytes of readable memory after the
|* end.
|*
|* sites: messages of run-time errors; {a} and {b} are the numbers of the fault.
|*
|* preprocessor: preprocessor_config.json as it was, where there was one.
|*
\*===----------------------------------------------------------------------===*/
#ifndef BRIDGE_RUNTIME_ABI_H
#define BRIDGE_RUNTIME_ABI_H

#include <stdint.h>

#define BRIDGE_ABI_VERSION 4
/* How the one symbol ends that generated code exports: libclip.so has
 * `clip_program`. */
#define BRIDGE_PROGRAM_SUFFIX "_program"
/* The functions that a generated program's `api` points to, in the run time. */
#define BRIDGE_API_SYMBOL "bridge_runtime_api"

#ifdef __cplusplus
extern "C" {
#endif

struct bridge_call;

/* One piece of a kernel's work. `args` is the kernel's argument block, `job`
   counts from 0; `scratch` is the thread's own memory of at least the bytes
   asked for, aligned to 64. */
typedef void (*bridge_kernel)(const void *args, int64_t job, void *scratch);

/* Runs all jobs of a kernel, in any order on any thread, and returns when all
 * are done. */
typedef void (*bridge_parallel)(struct bridge_call *call, bridge_kernel kernel,
                                const void *args, int64_t jobs,
                                int64_t scratch_bytes);

/* What a run of an entry works on; made by the run time, read by generated code
 * by offset (8-byte fields). */
struct bridge_call {
  const int64_t *dims;  /*  0: the values of manifest.dims */
  void *const *tensors; /*  8: the entry's inputs, then its outputs: row-major
                           without padding, 64-byte aligned */
  void *const *weights; /* 16: by slot */
  char *arena;          /* 24: the entry function's frame */
  const int64_t *const
      *offsets; /* 32: offsets[frame][i], bytes from the frame's start */
  bridge_parallel parallel; /* 40 */
  int64_t fault_site; /* 48: −1, or the first site that reported a run-time
                         error (set by compare-exchange) */
  int64_t fault_a;    /* 56: the numbers of its message */
  int64_t fault_b;    /* 64 */
  void *runtime;      /* 72: the run time's own */
  int64_t threads;    /* 80: that share the jobs; how work is dealt out may
                         depend on it, results may not */
};

/* A kernel in code for a device: what generated code gives `parallel` as its
 * `kernel`. `args` there is the argument block, which the device's kernel takes
 * by value. */
struct bridge_device_kernel {
  const char *name;       /* of the function in the device's code */
  int64_t argument_bytes; /* of the argument block */
  int64_t threads;        /* of a block */
  int64_t
      jobs_per_block; /* so a launch has ceil(jobs / jobs_per_block) blocks */
};

typedef void (*bridge_entry)(struct bridge_call *call);

/* The same code for one level of the instruction set, best first. */
struct bridge_level {
  const char *name;            /* "x86-64-v4-bf16", "x86-64-v4", "x86-64-v3" */
  int64_t panel_width;         /* columns of a panel, a multiple of 4 */
  const bridge_entry *entries; /* in the manifest's order */
};

struct bridge_program {
  int64_t abi_version;
  const char *manifest;   /* not terminated */
  int64_t manifest_bytes; /* of the text */
  const struct bridge_level *levels;
  int64_t level_count;
  const void *embedded_weights; /* a .safetensors file, or null */
  int64_t embedded_bytes;
  int64_t packed_bytes; /* of the manifest where it is compressed by zlib; 0
                           where it is plain text */
  const struct bridge_api *api; /* the run time's functions, see Api.h */
};

#ifdef __cplusplus
}
#endif

#endif /* BRIDGE_RUNTIME_ABI_H */
