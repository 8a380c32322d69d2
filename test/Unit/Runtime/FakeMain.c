/*===- FakeMain.c - An executable as the compiler would link it
 * --------------===*/
#include "bridge/Runtime/Main.h"

extern const struct bridge_program fake_program;

int main(int argc, char **argv) {
  return bridge_main(argc, argv, &fake_program);
}
