//===- Compile.h - Compiling what a fuzzer made -----------------*- C++ -*-===//
#ifndef BRIDGE_TEST_FUZZ_COMPILE_H
#define BRIDGE_TEST_FUZZ_COMPILE_H

#include <string>

namespace bridge::fuzz {

/// Compiles a spec or a checkpoint folder up to the plan, with all fusions and
/// with none. Errors are expected; internal errors are findings.
void compileToPlan(const std::string &input);

} // namespace bridge::fuzz

#endif // BRIDGE_TEST_FUZZ_COMPILE_H
