/* Counts what calls of a compiled bridge allocate:
 *
 *   count-allocations FOLDER
 *
 * with a folder of weights and inputs. Each entry is called for all of the
 * inputs and for half of each batch, then again; prints for each entry what
 * the first calls and the later ones asked the C library for. */
#define _GNU_SOURCE
#include "model.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static long allocations;

/* The C library's function of this name, counted. */
#define NEXT(name)                                                             \
  static __typeof__(&name) next;                                               \
  __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);                       \
  if (!next)                                                                   \
  next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void *malloc(size_t bytes) {
  NEXT(malloc);
  return next(bytes);
}
void *realloc(void *memory, size_t bytes) {
  NEXT(realloc);
  return next(memory, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes) {
  NEXT(aligned_alloc);
  return next(alignment, bytes);
}
int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  NEXT(posix_memalign);
  return next(memory, alignment, bytes);
}
void *mmap(void *at, size_t bytes, int rights, int flags, int file,
           off_t offset) {
  NEXT(mmap);
  return next(at, bytes, rights, flags, file, offset);
}
/* dlsym itself may call calloc before there is one. */
void *calloc(size_t count, size_t bytes) {
  void *memory = malloc(count * bytes);
  return memory ? memset(memory, 0, count * bytes) : NULL;
}

enum { most = 8 };

static bridge_status call(bridge_session *session, int64_t entry,
                          const bridge_entry_info *info,
                          const bridge_tensor_file *file, int64_t share,
                          bridge_message *why) {
  bridge_tensor inputs[most] = {0}, outputs[most] = {0};
  for (int64_t i = 0; i < info->input_count; ++i) {
    inputs[i] = bridge_tensor_file_find(file, info->inputs[i].name)->tensor;
    if (inputs[i].rank > 0)
      inputs[i].shape[0] /= share;
  }
  return bridge_session_run(session, entry, inputs, info->input_count, outputs,
                            info->output_count, why);
}

int main(int argc, char **argv) {
  char path[4096];
  bridge_message why = {"expected a folder"};
  bridge_tensor_file *file = NULL;
  bridge_model *model = NULL;
  bridge_session *session = NULL;
  bridge_session_options options = {2, 0};
  snprintf(path, sizeof(path), "%s/inputs.safetensors",
           argc == 2 ? argv[1] : ".");
  if (argc != 2 || bridge_tensor_file_open(&model_program, path, &file, &why) ||
      bridge_model_open(&model_program, argv[1], &model, &why) ||
      bridge_session_open(model, &options, &session, &why))
    return fprintf(stderr, "count-allocations: %s\n", why.text), 1;

  const bridge_manifest *manifest = bridge_model_manifest(model);
  long first[most], later[most] = {0};
  int64_t entries = bridge_manifest_entry_count(manifest);
  for (int round = 0; round < 4; ++round)
    for (int64_t entry = 0; entry < entries; ++entry) {
      const bridge_entry_info *info = bridge_manifest_entry(manifest, entry);
      long before = allocations;
      for (int64_t share = 1; share <= 2; ++share)
        if (call(session, entry, info, file, share, &why))
          return fprintf(stderr, "count-allocations: %s\n", why.text), 1;
      if (round == 0)
        first[entry] = allocations - before;
      else
        later[entry] += allocations - before;
    }
  for (int64_t entry = 0; entry < entries; ++entry)
    printf("%s: %ld at first, %ld later\n",
           bridge_manifest_entry(manifest, entry)->name, first[entry],
           later[entry]);
  bridge_session_close(session);
  bridge_model_close(model);
  bridge_tensor_file_close(file);
}
