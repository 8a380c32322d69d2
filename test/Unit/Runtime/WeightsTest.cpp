//===- WeightsTest.cpp - Binding, viewing and packing weights -------------===//
#include "Weights.h"
#include "Support.h"
#include "bridge/Runtime/RandomWeights.h"
#include <cmath>

using namespace bridge::runtime;
using namespace bridge::test;

/// The bits of small whole numbers, to fill tensors of other dtypes.
static uint16_t brainOf(float value) {
  uint32_t word;
  std::memcpy(&word, &value, 4);
  return word >> 16;
}

static void testGlobs() {
  CHECK(matchesGlob("*.position_ids", "text.embeddings.position_ids"));
  CHECK(!matchesGlob("*.position_ids", "position_ids"));
  CHECK(matchesGlob("a*b*c", "axxbyybzc"));
  CHECK(!matchesGlob("a*b*c", "axxbyybz"));
  CHECK(matchesGlob("layer.?.w", "layer.3.w"));
  CHECK(!matchesGlob("layer.?.w", "layer.13.w"));
  CHECK(matchesGlob("*", ""));
  CHECK(!matchesGlob("", "a"));
}

/// The elements of a view of [0, 1, … 23] as [2, 3, 4], or why there is none.
static std::string viewed(const char *view) {
  float numbers[24];
  for (int i = 0; i < 24; ++i)
    numbers[i] = static_cast<float>(i);
  int64_t shape[] = {2, 3, 4};
  bridge_tensor tensor = bridge_tensor_make(BRIDGE_F32, 3, shape, numbers);
  Builder why;
  if (!applyView(view, tensor, why))
    return why.terminated();
  std::vector<float> rows(elementCount(tensor.rank, tensor.shape) + 64);
  packWeight(tensor, {BRIDGE_F32, false, 16}, rows.data());
  std::string text = ShapeText(tensor.rank, tensor.shape).text;
  for (int64_t i = 0; i < elementCount(tensor.rank, tensor.shape); ++i)
    text += " " + std::to_string(static_cast<int>(rows[i]));
  return text;
}

static void testViews() {
  CHECK_EQ(viewed("[1, 2]"), "[4] 20 21 22 23");
  CHECK_EQ(viewed("[1:, 1:2]"), "[1, 1, 4] 16 17 18 19");
  CHECK_EQ(viewed("[0, :, -1]"), "[3] 3 7 11");
  CHECK_EQ(viewed("[0].T"), "[4, 3] 0 4 8 1 5 9 2 6 10 3 7 11");
  CHECK_EQ(viewed(".T[:1, 1:3]"), "[1, 2, 3] 1 5 9 2 6 10");
  CHECK_EQ(viewed("[1][-1][2]"), "[] 22");
  CHECK_EQ(viewed("[:, 2:2]"), "[2, 0, 4]");
  CHECK_EQ(viewed("[:-1, 0]"), "[1, 4] 0 1 2 3");
  CHECK_CONTAINS(viewed("[0][0].T"), "`.T` of a tensor of rank 1");
  CHECK_CONTAINS(viewed("[2]"), "axis 0 has 2 elements, too few");
  CHECK_CONTAINS(viewed("[0:3]"), "axis 0 has 2 elements, too few");
  CHECK_CONTAINS(viewed("[-3]"), "too few");
  CHECK_CONTAINS(viewed("[2:1]"), "too few");
  CHECK_CONTAINS(viewed("[0,0,0,0]"), "more than the 3 axes");
  CHECK_CONTAINS(viewed("[0"), "malformed");
  CHECK_CONTAINS(viewed("[]"), "malformed");
  CHECK_CONTAINS(viewed(".t"), "malformed");
  CHECK_CONTAINS(viewed("[99999999999999999999]"), "malformed");
}

static void testPanels() {
  // [5, 2, 2] as 5 rows of 4 columns, in panels of 4.
  int64_t shape[] = {5, 2, 2};
  uint16_t numbers[20];
  for (int i = 0; i < 20; ++i)
    numbers[i] = brainOf(static_cast<float>(i));
  bridge_tensor tensor = bridge_tensor_make(BRIDGE_BF16, 3, shape, numbers);
  CHECK_EQ(packedBytes(tensor, {BRIDGE_F32, true, 4}), 384);
  std::vector<float> out(96);
  packWeight(tensor, {BRIDGE_F32, true, 4}, out.data());
  for (int row = 0; row < 8; ++row)
    for (int column = 0; column < 4; ++column) {
      float expected = row < 5 ? static_cast<float>(row * 4 + column) : 0;
      CHECK_EQ(out[(row / 4 * 4 + column) * 4 + row % 4], expected);
    }
  // A transposed matrix of more columns than are packed at once.
  int64_t wide[] = {200, 3};
  std::vector<double> wideNumbers(600);
  for (int i = 0; i < 600; ++i)
    wideNumbers[i] = i;
  tensor = bridge_tensor_make(BRIDGE_F64, 2, wide, wideNumbers.data());
  Builder why;
  CHECK(applyView(".T", tensor, why));
  out.assign(packedBytes(tensor, {BRIDGE_F32, true, 16}) / 4, 0);
  packWeight(tensor, {BRIDGE_F32, true, 16}, out.data());
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 200; ++column)
      CHECK_EQ(out[column * 16 + row], static_cast<float>(column * 3 + row));
  // One element without axes.
  tensor = bridge_tensor_make(BRIDGE_F64, 0, wide, &wideNumbers[7]);
  packWeight(tensor, {BRIDGE_F32, true, 16}, out.data());
  CHECK_EQ(out[0], 7.0f);
  int64_t huge[] = {INT64_MAX / 4, 2};
  tensor = bridge_tensor_make(BRIDGE_F32, 2, huge, nullptr);
  CHECK_EQ(packedBytes(tensor, {BRIDGE_F32, true, 16}), -1);
  CHECK_EQ(packedBytes(tensor, {BRIDGE_F32, false, 16}), -1);
}

static void testHalves() {
  struct Case {
    uint16_t bits;
    float value;
  } cases[] = {{0x3c00, 1},
               {0xc000, -2},
               {0x7bff, 65504},
               {0x0001, 0x1p-24f},
               {0x83ff, -1023 * 0x1p-24f},
               {0x7c00, INFINITY},
               {0x0400, 0x1p-14f}};
  for (const Case &test : cases) {
    int64_t shape[] = {1};
    bridge_tensor tensor = bridge_tensor_make(BRIDGE_F16, 1, shape, &test.bits);
    float out[64];
    packWeight(tensor, {BRIDGE_F32, false, 16}, out);
    CHECK_EQ(out[0], test.value);
  }
}

static void testRandom() {
  int64_t shape[] = {64, 100, 4};
  std::vector<float> first(25600), again(25600), other(25600);
  bridge_random_weight(1, "a.weight", 3, shape, first.data());
  bridge_random_weight(1, "a.weight", 3, shape, again.data());
  CHECK(first == again);
  bridge_random_weight(2, "a.weight", 3, shape, other.data());
  CHECK(first != other);
  bridge_random_weight(1, "b.weight", 3, shape, other.data());
  CHECK(first != other);
  double sum = 0, squares = 0, product = 0;
  for (int i = 0; i < 25600; ++i) {
    sum += first[i];
    squares += first[i] * first[i];
    product += first[i] * other[i];
  }
  double deviation = std::sqrt(squares / 25600);
  CHECK(std::fabs(deviation * 20 - 1) < 0.02);
  CHECK(std::fabs(sum / 25600) < 0.001);
  CHECK(std::fabs(product / squares) < 0.03);
  // Fixed for all machines and versions.
  int64_t scalar[] = {1};
  float value;
  bridge_random_weight(1, "a", 0, scalar, &value);
  CHECK_EQ(std::to_string(value), "0.584583");
}

/// Tries to open the fake program with these tensors.
static bridge_status open(const TemporaryFolder &folder,
                          std::vector<bridge_named_tensor> tensors,
                          bridge_message &why) {
  std::string path = folder.path + "/weights.safetensors";
  CHECK_EQ(bridge_tensor_file_write(nullptr, path.c_str(), tensors.data(),
                                    static_cast<int64_t>(tensors.size()), &why),
           BRIDGE_OK);
  bridge_model *model = nullptr;
  bridge_status status =
      bridge_model_open(&fake_program, path.c_str(), &model, &why);
  CHECK_EQ(!model, status != BRIDGE_OK);
  bridge_model_close(model);
  return status;
}

static void testBinding(const TemporaryFolder &folder) {
  float numbers[64] = {NAN};
  int64_t integers[64] = {};
  bridge_message why;
  bridge_named_tensor weight = named("fc.weight", BRIDGE_F32, {5, 3}, numbers);
  bridge_named_tensor bias = named("fc.bias", BRIDGE_F16, {5}, numbers);
  bridge_named_tensor table = named("table", BRIDGE_F64, {10}, numbers);
  CHECK_EQ(open(folder, {weight, bias, table}, why), BRIDGE_OK);
  CHECK_EQ(open(folder,
                {named("proj", BRIDGE_F32, {3, 5}, numbers), bias, table}, why),
           BRIDGE_OK);
  CHECK_EQ(open(folder,
                {named("packed", BRIDGE_F32, {8, 3}, numbers), bias, table},
                why),
           BRIDGE_OK);
  CHECK_EQ(open(folder,
                {weight, bias, table,
                 named("text.position_ids", BRIDGE_I64, {1, 9}, integers)},
                why),
           BRIDGE_OK);
  CHECK_FAILS(open(folder, {bias, table}, why), BRIDGE_BAD_WEIGHTS,
              "weight `fc.weight` is missing (nor is there `proj`, `packed`)");
  CHECK_FAILS(
      open(folder, {named("fc.wieght", BRIDGE_F32, {5, 3}, numbers), bias},
           why),
      BRIDGE_BAD_WEIGHTS, "did you mean `fc.wieght`?; 1 more are missing");
  CHECK_FAILS(open(folder,
                   {weight, bias, table, named("a", BRIDGE_F32, {1}, numbers),
                    named("b", BRIDGE_F32, {1}, numbers),
                    named("c", BRIDGE_F32, {1}, numbers),
                    named("d", BRIDGE_F32, {1}, numbers),
                    named("e", BRIDGE_F32, {1}, numbers)},
                   why),
              BRIDGE_BAD_WEIGHTS,
              "5 tensors belong to no weight of Fake: `a`, `b`, `c`, `d`, …");
  CHECK_FAILS(
      open(folder,
           {named("fc.weight", BRIDGE_F32, {3, 5}, numbers), bias, table}, why),
      BRIDGE_BAD_WEIGHTS,
      "weight `fc.weight` has shape [3, 5], expected [5, 3]");
  CHECK_FAILS(
      open(folder, {named("proj", BRIDGE_F32, {4, 5}, numbers), bias, table},
           why),
      BRIDGE_BAD_WEIGHTS,
      "weight `fc.weight` (`proj`.T) has shape [5, 4], expected [5, 3]");
  CHECK_FAILS(
      open(folder, {named("packed", BRIDGE_F32, {6, 3}, numbers), bias, table},
           why),
      BRIDGE_BAD_WEIGHTS, "stored as [6, 3]: axis 0 has 6 elements, too few");
  CHECK_FAILS(
      open(folder,
           {named("fc.weight", BRIDGE_I64, {5, 3}, integers), bias, table},
           why),
      BRIDGE_BAD_WEIGHTS,
      "weight `fc.weight` has dtype i64, expected f32, f64, bf16 or "
      "f16");
}

static void testOpening() {
  bridge_message why;
  bridge_model *model = nullptr;
  auto openWith = [&](const char *weights) {
    return bridge_model_open(&fake_program, weights, &model, &why);
  };
  CHECK_FAILS(openWith(nullptr), BRIDGE_BAD_WEIGHTS, "no weights embedded");
  CHECK_FAILS(openWith("random:"), BRIDGE_BAD_ARGUMENT, "whole number");
  CHECK_FAILS(openWith("random:-1"), BRIDGE_BAD_ARGUMENT, "whole number");
  CHECK_FAILS(openWith("random:99999999999999999999"), BRIDGE_BAD_ARGUMENT,
              "whole number");
  setenv("BRIDGE_LEVEL", "x86-64-v5", 1);
  CHECK_FAILS(openWith("random:1"), BRIDGE_UNSUPPORTED,
              "compiled for x86-64-v4, x86-64-v3");
  setenv("BRIDGE_LEVEL", "x86-64-v3", 1);
  CHECK_EQ(openWith("random:1"), BRIDGE_OK);
  CHECK_EQ(std::string(bridge_model_level(model)), "x86-64-v3");
  bridge_model_close(model);
  unsetenv("BRIDGE_LEVEL");
  bridge_level none = {"x86-64-v9", 16, nullptr};
  bridge_program program = fake_program;
  program.levels = &none;
  program.level_count = 1;
  CHECK_FAILS(bridge_model_open(&program, "random:1", &model, &why),
              BRIDGE_UNSUPPORTED, "this processor has none of");
  program.abi_version = 99;
  CHECK_FAILS(bridge_model_open(&program, "random:1", &model, &why),
              BRIDGE_BAD_PROGRAM, "version 99");
  program = fake_program;
  program.manifest_bytes -= 1;
  CHECK_FAILS(bridge_model_open(&program, "random:1", &model, &why),
              BRIDGE_BAD_PROGRAM, "manifest");
}

int main() {
  TemporaryFolder folder;
  testGlobs();
  testViews();
  testPanels();
  testHalves();
  testRandom();
  testBinding(folder);
  testOpening();
  return failures != 0;
}
