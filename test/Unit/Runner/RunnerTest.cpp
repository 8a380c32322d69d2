//===- RunnerTest.cpp - Tensors of files and their comparison -------------===//
#include "../../../lib/Runner/Compare.h"
#include "../../../lib/Runner/TensorFile.h"
#include "Check.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace bridge;
using namespace bridge::test;

/// The numbers of elements of a dtype as they lie in memory, as text.
template <typename T>
static std::string numbers(bridge_dtype dtype, std::vector<T> memory) {
  // One byte off: tensors of files need not be aligned.
  std::vector<char> bytes(1 + memory.size() * sizeof(T));
  std::memcpy(bytes.data() + 1, memory.data(), memory.size() * sizeof(T));
  int64_t shape[] = {static_cast<int64_t>(memory.size())};
  llvm::Expected<Array> array =
      toArray(bridge_tensor_make(dtype, 1, shape, bytes.data() + 1));
  if (!array)
    return llvm::toString(array.takeError());
  std::string text;
  for (double value : array->values)
    text += std::to_string(value) + " ";
  return text;
}

static void testElements() {
  CHECK_EQ(numbers<float>(BRIDGE_F32, {0.5f, -3}), "0.500000 -3.000000 ");
  CHECK_EQ(numbers<double>(BRIDGE_F64, {0.25}), "0.250000 ");
  CHECK_EQ(numbers<uint16_t>(BRIDGE_F16, {0x3e00, 0xc000}),
           "1.500000 -2.000000 ");
  CHECK_EQ(numbers<uint16_t>(BRIDGE_BF16, {0x3fc0, 0xc000, 0x7f80}),
           "1.500000 -2.000000 inf ");
  CHECK_EQ(numbers<int8_t>(BRIDGE_I8, {-1}), "-1.000000 ");
  CHECK_EQ(numbers<uint8_t>(BRIDGE_U8, {255}), "255.000000 ");
  CHECK_EQ(numbers<int64_t>(BRIDGE_I64, {-5000000000}), "-5000000000.000000 ");
  CHECK_EQ(numbers<uint8_t>(BRIDGE_BOOL, {0, 1, 2}),
           "0.000000 1.000000 1.000000 ");
  CHECK_EQ(numbers<uint8_t>(BRIDGE_F8_E4M3, {0}),
           "a tensor of f8_e4m3 holds no numbers that are computed with");
}

static void testRelativeError() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  auto error = [](std::vector<double> found, std::vector<double> expected) {
    Shape shape{static_cast<int64_t>(found.size())};
    return relativeError(Array(Element::Float, shape, found),
                         Array(Element::Float, shape, expected));
  };
  CHECK_EQ(error({3, 4}, {3, 4}), 0);
  CHECK_EQ(error({3, 9}, {3, 4}), 1);
  CHECK_EQ(error({0}, {0}), 0);
  CHECK_EQ(error({1}, {0}), infinity);
  CHECK_EQ(error({nan, infinity}, {nan, infinity}), 0);
  CHECK(std::isnan(error({nan}, {1})));
  CHECK(std::isnan(error({1}, {nan})));
  CHECK_EQ(error({1}, {infinity}), infinity);
}

int main() {
  testElements();
  testRelativeError();
  return failures != 0;
}
