/*===- FakeMain.c - An executable as the compiler would link it
 * --------------===*/
#include "bridge/Runtime/Main.h"

extern const struct bridge_program bridge_program_v1;

int main(int argc, char **argv) {
  return bridge_main(argc, argv, &bridge_program_v1);
}
