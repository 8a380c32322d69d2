//===- Level.cpp - Levels of the instruction set --------------------------===//
//
// Names and contents as in the x86-64 psABI, with AVX512-BF16 as a level above.
//
//===----------------------------------------------------------------------===//
#include "Level.h"
#include <cpuid.h>

using namespace bridge::runtime;

namespace {

struct Processor {
  unsigned feature1C = 0;       // leaf 1, ecx
  unsigned feature7B = 0;       // leaf 7, ebx
  unsigned feature71A = 0;      // leaf 7, subleaf 1, eax
  unsigned extended1C = 0;      // leaf 0x80000001, ecx
  unsigned long long saved = 0; // registers that the system saves

  Processor() {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &feature1C, &d))
      return;
    if (__get_cpuid_count(7, 0, &a, &feature7B, &c, &d) && a >= 1)
      __get_cpuid_count(7, 1, &feature71A, &b, &c, &d);
    __get_cpuid(0x80000001, &a, &b, &extended1C, &d);
    if (feature1C & bit_OSXSAVE) {
      unsigned low, high;
      __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
      saved = static_cast<unsigned long long>(high) << 32 | low;
    }
  }

  bool hasV3() const {
    constexpr unsigned leaf1 = bit_SSE3 | bit_SSSE3 | bit_FMA | bit_SSE41 |
                               bit_SSE42 | bit_MOVBE | bit_POPCNT | bit_AVX |
                               bit_F16C;
    constexpr unsigned leaf7 = bit_BMI | bit_AVX2 | bit_BMI2;
    return (feature1C & leaf1) == leaf1 && (feature7B & leaf7) == leaf7 &&
           (extended1C & bit_LZCNT) && (saved & 0x6) == 0x6;
  }
  bool hasV4() const {
    constexpr unsigned leaf7 =
        bit_AVX512F | bit_AVX512DQ | bit_AVX512CD | bit_AVX512BW | bit_AVX512VL;
    return hasV3() && (feature7B & leaf7) == leaf7 && (saved & 0xe6) == 0xe6;
  }
  bool has(Text level) const {
    if (level == "x86-64-v4-bf16")
      return hasV4() && (feature71A & bit_AVX512BF16);
    if (level == "x86-64-v4")
      return hasV4();
    return level == "x86-64-v3" && hasV3();
  }
};

} // namespace

bridge_status bridge::runtime::chooseLevel(const bridge_program &program,
                                           const bridge_level *&level,
                                           Message &message) {
  Processor processor;
  Builder offered;
  const char *forced = getenv("BRIDGE_LEVEL");
  bool known = false;
  for (int64_t i = 0; i < program.level_count; ++i) {
    const bridge_level &candidate = program.levels[i];
    offered.addf("%s%s", i ? ", " : "", candidate.name);
    if (forced && strcmp(forced, candidate.name) != 0)
      continue;
    known = true;
    if (!processor.has(candidate.name))
      continue;
    if (candidate.panel_width <= 0 || candidate.panel_width % 4 != 0)
      return message.fail(BRIDGE_BAD_PROGRAM,
                          "level %s has panels of %lld columns; a multiple of "
                          "4 is expected",
                          candidate.name,
                          static_cast<long long>(candidate.panel_width));
    level = &candidate;
    return BRIDGE_OK;
  }
  if (forced && !known)
    return message.fail(BRIDGE_UNSUPPORTED,
                        "BRIDGE_LEVEL is %s; the program was compiled for %s",
                        forced, offered.terminated());
  if (forced)
    return message.fail(
        BRIDGE_UNSUPPORTED,
        "BRIDGE_LEVEL is %s, which this processor does not have", forced);
  return message.fail(BRIDGE_UNSUPPORTED,
                      "this processor has none of the instruction sets that "
                      "the program was compiled for: %s",
                      offered.terminated());
}
