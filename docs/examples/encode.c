/* Encodes the pictures of a tensor file by a compiled CLIP:
 *
 *   encode model.safetensors inputs.safetensors
 *
 * prints a line for each picture. */
#include "clip.h"
#include <stdio.h>

int main(int argc, char **argv) {
  bridge_message why = {"expected a file of weights and a file of inputs"};
  bridge_tensor_file *inputs = NULL;
  bridge_model *model = NULL;
  bridge_session *session = NULL;
  bridge_tensor embeds = {0}; /* no data: the session gives its memory */
  if (argc != 3 ||
      bridge_tensor_file_open(&clip_program, argv[2], &inputs, &why) ||
      clip_open(argv[1], &model, &why) ||
      bridge_session_open(model, NULL, &session, &why))
    return fprintf(stderr, "encode: %s\n", why.text), 1;

  const bridge_named_tensor *pixels =
      bridge_tensor_file_find(inputs, "pixel_values");
  if (!pixels)
    return fprintf(stderr, "encode: %s has no pixel_values\n", argv[2]), 1;
  if (clip_encode_image(session, &pixels->tensor, &embeds, &why))
    return fprintf(stderr, "encode: %s\n", why.text), 1;

  const float *number = embeds.data;
  for (int64_t image = 0; image < embeds.shape[0]; ++image)
    for (int64_t i = 0; i < embeds.shape[1]; ++i)
      printf("%.7g%c", *number++, i + 1 < embeds.shape[1] ? ' ' : '\n');

  bridge_session_close(session);
  bridge_model_close(model);
  bridge_tensor_file_close(inputs);
}
