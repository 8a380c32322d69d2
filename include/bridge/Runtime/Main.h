/*===- Main.h - The command line of a compiled bridge ------------*- C -*-===*/
#ifndef BRIDGE_RUNTIME_MAIN_H
#define BRIDGE_RUNTIME_MAIN_H

#include "bridge/Runtime/bridge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a tool presents a program's command line as its own. */
typedef struct bridge_main_options {
  const char *tool;         /* what begins its errors: "clip", "bridge-run" */
  const char *command;      /* what precedes ENTRY in the help: "./clip",
                               "bridge-run clip.so" */
  const char *weights;      /* used without --weights, or null */
  const char *preprocessor; /* the text of a preprocessor_config.json for
                               --image, or null for the program's */
} bridge_main_options;

/* Runs the command line in `argv` (ENTRY first, then options) on `program`:
 * lists the entries, or runs one, compares, times, prints and writes what it
 * makes. Results go to the standard output, errors to the standard error.
 * Returns the exit status: 0, or 1 after a message. */
int bridge_main_program(const struct bridge_program *program, int argc,
                        char **argv, const bridge_main_options *options);

/* main() of an executable; `argv` begins with the command's name. */
int bridge_main(int argc, char **argv, const struct bridge_program *program);

#ifdef __cplusplus
}
#endif

#endif /* BRIDGE_RUNTIME_MAIN_H */
