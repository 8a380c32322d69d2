//===- Fuzz.h - What the mutation fuzzers share -----------------*- C++ -*-===//
#ifndef BRIDGE_TEST_FUZZ_FUZZ_H
#define BRIDGE_TEST_FUZZ_FUZZ_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace bridge::fuzz {

/// A folder of its own in memory, for what is only read from files.
const std::string &scratchFolder();

/// Writes a file of the scratch folder and returns its path.
std::string writeScratch(const char *name, const void *data, size_t size);

/// Ends the process in a way that the fuzzer takes for a finding.
[[noreturn]] void report(const std::string &finding);

} // namespace bridge::fuzz

#endif // BRIDGE_TEST_FUZZ_FUZZ_H
