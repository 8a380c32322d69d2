/* Uses two compiled bridges in one process:
 *
 *   two-models FIRST SECOND
 *
 * with a folder of weights and inputs for each; prints both losses. */
#include "first.h"
#include "second.h"
#include <stdio.h>

struct user {
  bridge_tensor_file *inputs;
  bridge_model *model;
  bridge_session *session;
};

static bridge_status begin(const struct bridge_program *program,
                           const char *folder, struct user *user,
                           bridge_message *why) {
  char inputs[4096];
  bridge_status status = bridge_model_open(program, folder, &user->model, why);
  snprintf(inputs, sizeof(inputs), "%s/inputs.safetensors", folder);
  if (!status)
    status = bridge_tensor_file_open(program, inputs, &user->inputs, why);
  return status ? status
                : bridge_session_open(user->model, NULL, &user->session, why);
}

static const bridge_tensor *input(const struct user *user, const char *name) {
  return &bridge_tensor_file_find(user->inputs, name)->tensor;
}

static void end(struct user *user) {
  bridge_session_close(user->session);
  bridge_model_close(user->model);
  bridge_tensor_file_close(user->inputs);
}

int main(int argc, char **argv) {
  struct user first = {0}, second = {0};
  bridge_tensor first_result = {0}, second_result = {0};
  bridge_message why = {"expected two folders"};
  if (argc != 3 || begin(&first_program, argv[1], &first, &why) ||
      begin(&second_program, argv[2], &second, &why) ||
      first_loss(first.session, input(&first, "image_embeddings"),
                 input(&first, "text_embeddings"), &first_result, &why) ||
      second_loss(second.session, input(&second, "image_embeddings"),
                  input(&second, "text_embeddings"), &second_result, &why))
    return fprintf(stderr, "two-models: %s\n", why.text), 1;
  printf("%.5g\n%.5g\n", *(float *)first_result.data,
         *(float *)second_result.data);
  end(&first);
  end(&second);
}
