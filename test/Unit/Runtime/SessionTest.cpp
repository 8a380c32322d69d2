//===- SessionTest.cpp - Running entries ----------------------------------===//
#include "Support.h"
#include <cmath>
#include <malloc.h>
#include <thread>

using namespace bridge::test;

namespace {

struct Opened {
  bridge_model *model = nullptr;
  bridge_session *session = nullptr;

  explicit Opened(const char *weights, bridge_session_options options = {}) {
    bridge_message why;
    if (bridge_model_open(&fake_program, weights, &model, &why) ||
        bridge_session_open(model, &options, &session, &why)) {
      std::fprintf(stderr, "%s\n", why.text);
      std::exit(1);
    }
  }
  ~Opened() {
    bridge_session_close(session);
    bridge_model_close(model);
  }
  int64_t find(const char *entry) {
    return bridge_manifest_find(bridge_model_manifest(model), entry);
  }
};

std::string makeWeights(const TemporaryFolder &folder) {
  float weight[15], bias[5], table[10];
  for (int i = 0; i < 15; ++i)
    weight[i] = 0.5f * static_cast<float>(i);
  for (int i = 0; i < 5; ++i)
    bias[i] = static_cast<float>(i);
  for (int i = 0; i < 10; ++i)
    table[i] = static_cast<float>(100 + i);
  bridge_named_tensor tensors[] = {
      named("fc.weight", BRIDGE_F32, {5, 3}, weight),
      named("fc.bias", BRIDGE_F32, {5}, bias),
      named("table", BRIDGE_F32, {10}, table)};
  std::string path = folder.path + "/weights.safetensors";
  bridge_tensor_file_write(nullptr, path.c_str(), tensors, 3, nullptr);
  return path;
}

float expectedAffine(const float *x, int n) {
  float sum = static_cast<float>(n);
  for (int k = 0; k < 3; ++k)
    sum += 2 * x[k] * 0.5f * static_cast<float>(n * 3 + k);
  return sum;
}

} // namespace

static void testAffine(const char *weights) {
  Opened opened(weights);
  bridge_message why;
  int64_t entry = opened.find("affine");
  std::vector<float> x(3000);
  std::vector<int64_t> mask(1000);
  for (int i = 0; i < 3000; ++i)
    x[i] = static_cast<float>(i % 17);
  for (int i = 0; i < 1000; ++i)
    mask[i] = i % 3 != 0;
  int64_t xShape[] = {1000, 3}, maskShape[] = {1000};
  bridge_tensor inputs[] = {
      bridge_tensor_make(BRIDGE_F32, 2, xShape, x.data()),
      bridge_tensor_make(BRIDGE_I64, 1, maskShape, mask.data())};
  bridge_tensor y = {};
  CHECK_EQ(bridge_session_run(opened.session, entry, inputs, 2, &y, 1, &why),
           BRIDGE_OK);
  CHECK_EQ(y.rank, 2);
  CHECK_EQ(y.shape[0], 1000);
  CHECK_EQ(y.shape[1], 5);
  auto *result = static_cast<float *>(y.data);
  for (int row = 0; row < 1000; ++row)
    for (int n = 0; n < 5; ++n)
      CHECK_EQ(result[row * 5 + n],
               mask[row] ? expectedAffine(&x[row * 3], n) : 0.0f);

  // Strided, reversed and converted: every second row, from the last.
  std::vector<double> wide(x.begin(), x.end());
  inputs[0] = bridge_tensor_make(BRIDGE_F64, 2, xShape, &wide[2997]);
  inputs[0].shape[0] = inputs[1].shape[0] = 500;
  inputs[0].strides[0] = -6;
  inputs[1].strides[0] = 2;
  std::vector<uint16_t> halves(500 * 5);
  int64_t transposed[] = {500, 5};
  y = bridge_tensor_make(BRIDGE_F16, 2, transposed, halves.data());
  y.strides[0] = 1;
  y.strides[1] = 500;
  CHECK_EQ(bridge_session_run(opened.session, entry, inputs, 2, &y, 1, &why),
           BRIDGE_OK);
  // Row 1 is row 997 of x: 16, 0, 1.
  CHECK_EQ(wide[2991], 16.0);
  float expected = 2 * (16 * 1.5f + 0 * 2 + 1 * 2.5f) + 1;
  uint16_t bits = halves[500 + 1];
  float back =
      std::ldexp(1024.0f + static_cast<float>(bits & 1023), (bits >> 10) - 25);
  CHECK_EQ(back, expected);
}

static void testErrors(const char *weights) {
  Opened opened(weights);
  bridge_message why;
  int64_t affine = opened.find("affine"), lookup = opened.find("lookup");
  float x[30] = {};
  int64_t ids[64] = {};
  bridge_tensor outputs[2] = {};
  auto run = [&](int64_t entry, std::vector<bridge_tensor> inputs,
                 int64_t outputCount) {
    return bridge_session_run(opened.session, entry, inputs.data(),
                              static_cast<int64_t>(inputs.size()), outputs,
                              outputCount, &why);
  };
  auto tensor = [](bridge_dtype dtype, std::vector<int64_t> shape,
                   const void *data) {
    return bridge_tensor_make(dtype, static_cast<int32_t>(shape.size()),
                              shape.data(), data);
  };
  bridge_tensor good = tensor(BRIDGE_F32, {5, 3}, x);
  bridge_tensor mask = tensor(BRIDGE_I64, {5}, ids);
  CHECK_EQ(run(affine, {good, mask}, 1), BRIDGE_OK);
  outputs[0] = {};
  CHECK_FAILS(run(affine, {good}, 1), BRIDGE_BAD_ARGUMENT,
              "entry `affine` takes 2 inputs, got 1");
  CHECK_FAILS(run(affine, {good, mask}, 2), BRIDGE_BAD_ARGUMENT,
              "entry `affine` has 1 outputs, got room for 2");
  CHECK_FAILS(run(9, {}, 0), BRIDGE_BAD_ARGUMENT, "there is no entry 9");
  CHECK_FAILS(
      bridge_session_run(opened.session, affine, nullptr, 2, outputs, 1, &why),
      BRIDGE_BAD_ARGUMENT, "the inputs of entry `affine` are a null pointer");
  bridge_tensor inputs[] = {good, mask};
  CHECK_FAILS(
      bridge_session_run(opened.session, affine, inputs, 2, nullptr, 1, &why),
      BRIDGE_BAD_ARGUMENT, "the outputs of entry `affine` are a null pointer");
  CHECK_FAILS(run(affine, {tensor(BRIDGE_I64, {5, 3}, ids), mask}, 1),
              BRIDGE_BAD_INPUT, "input `x` has dtype i64, expected f32");
  CHECK_FAILS(run(affine, {good, tensor(BRIDGE_F32, {5}, x)}, 1),
              BRIDGE_BAD_INPUT, "input `mask` has dtype f32, expected i32");
  CHECK_FAILS(run(affine, {tensor(BRIDGE_F32, {5}, x), mask}, 1),
              BRIDGE_BAD_INPUT,
              "input `x` has shape [5], expected [tokens, 3]: rank 1");
  CHECK_FAILS(run(affine, {tensor(BRIDGE_F32, {5, 4}, x), mask}, 1),
              BRIDGE_BAD_INPUT,
              "input `x` has shape [5, 4]: dimension 1 is 4, expected 3");
  CHECK_FAILS(run(affine, {good, tensor(BRIDGE_I64, {6}, ids)}, 1),
              BRIDGE_BAD_INPUT,
              "dimension `tokens` is 5 from `x` and 6 from `mask`");
  CHECK_FAILS(run(affine,
                  {tensor(BRIDGE_F32, {0, 3}, x), tensor(BRIDGE_I64, {0}, ids)},
                  1),
              BRIDGE_BAD_INPUT, "dimension 0 (`tokens`) has to be at least 1");
  CHECK_FAILS(run(affine, {tensor(BRIDGE_F32, {5, 3}, nullptr), mask}, 1),
              BRIDGE_BAD_ARGUMENT, "input `x` has no data");
  bridge_tensor many = tensor(BRIDGE_F32, {1000001, 3}, x);
  many.strides[0] = 0;
  bridge_tensor manyMasks = tensor(BRIDGE_I64, {1000001}, ids);
  manyMasks.strides[0] = 0;
  CHECK_FAILS(run(affine, {many, manyMasks}, 1), BRIDGE_BAD_INPUT,
              "fake.bridge:3:9: `tokens <= context` does not hold: 1000001 <= "
              "1000000");
  CHECK_FAILS(
      run(lookup, {tensor(BRIDGE_I64, {2, 6}, ids)}, 2), BRIDGE_BAD_INPUT,
      "dimension 1 is 6, and no whole number `q` from 1 makes 4 * q that");
  ids[3] = 5000000000;
  CHECK_FAILS(run(lookup, {tensor(BRIDGE_I64, {2, 4}, ids)}, 2),
              BRIDGE_BAD_INPUT,
              "input `ids` holds 5000000000, which does not fit i32");
  ids[3] = -2;
  CHECK_FAILS(run(lookup, {tensor(BRIDGE_I64, {2, 4}, ids)}, 2), BRIDGE_FAULT,
              "fake.bridge:7:3: an id is -2; the table has 9 entries");
  CHECK(!outputs[0].data);
  ids[3] = 8;
  CHECK_EQ(run(lookup, {tensor(BRIDGE_I64, {2, 8}, ids)}, 2), BRIDGE_OK);
  CHECK_EQ(static_cast<float *>(outputs[0].data)[3], 109.0f);
  CHECK_EQ(outputs[1].rank, 0);
  CHECK_EQ(*static_cast<int32_t *>(outputs[1].data), 16);

  outputs[0] = tensor(BRIDGE_F32, {4, 5}, x);
  CHECK_FAILS(run(affine, {good, mask}, 1), BRIDGE_BAD_ARGUMENT,
              "output `y` has shape [5, 5], the memory for it [4, 5]");
  outputs[0] = tensor(BRIDGE_I32, {5, 5}, x);
  CHECK_FAILS(run(affine, {good, mask}, 1), BRIDGE_BAD_ARGUMENT,
              "output `y` has dtype f32, the memory for it i32");
  bridge_session *session = nullptr;
  bridge_session_options options = {-1, 0};
  CHECK_FAILS(bridge_session_open(opened.model, &options, &session, &why),
              BRIDGE_BAD_ARGUMENT, "-1 threads");
}

static void testMemory(const char *weights) {
  bridge_session_options options = {1, 10000};
  Opened opened(weights, options);
  bridge_message why;
  int64_t entry = opened.find("affine");
  std::vector<float> x(3000);
  std::vector<int32_t> mask(1000);
  bridge_tensor y = {};
  auto run = [&](int64_t tokens) {
    int64_t xShape[] = {tokens, 3};
    bridge_tensor inputs[] = {
        bridge_tensor_make(BRIDGE_F32, 2, xShape, x.data()),
        bridge_tensor_make(BRIDGE_I32, 1, xShape, mask.data())};
    y = {};
    return bridge_session_run(opened.session, entry, inputs, 2, &y, 1, &why);
  };
  CHECK_FAILS(run(1000), BRIDGE_OUT_OF_MEMORY,
              "with tokens = 1000; the limit is 10 kB");
  CHECK_EQ(run(10), BRIDGE_OK);
  // 10 tokens: sums 256 and scaled 128, then x, mask and y, each with a tail.
  CHECK_EQ(bridge_session_arena_bytes(opened.session),
           256 + 128 + 384 + 320 + 512);
  CHECK_EQ(run(20), BRIDGE_OK);
  size_t before = mallinfo2().uordblks;
  for (int i = 0; i < 100; ++i) {
    CHECK_EQ(run(10), BRIDGE_OK);
    CHECK_EQ(run(20), BRIDGE_OK);
  }
  CHECK_EQ(mallinfo2().uordblks, before);
  // More shapes than are remembered.
  for (int64_t tokens = 1; tokens < 40; ++tokens)
    CHECK_EQ(run(tokens), BRIDGE_OK);
}

/// The same bits for any number of threads, and from many sessions at once.
static void testThreads() {
  std::vector<float> x(30000), expected;
  std::vector<int32_t> mask(10000, 1);
  for (int i = 0; i < 30000; ++i)
    x[i] = std::sin(static_cast<float>(i));
  int64_t shape[] = {10000, 3};
  bridge_tensor inputs[] = {
      bridge_tensor_make(BRIDGE_F32, 2, shape, x.data()),
      bridge_tensor_make(BRIDGE_I32, 1, shape, mask.data())};
  bridge_message why;
  bridge_model *model = nullptr;
  CHECK_EQ(bridge_model_open(&fake_program, "random:7", &model, &why),
           BRIDGE_OK);
  auto run = [&](int32_t threads) {
    bridge_session_options options = {threads, 0};
    bridge_session *session = nullptr;
    bridge_session_open(model, &options, &session, nullptr);
    bridge_tensor y = {};
    bridge_session_run(session, 0, inputs, 2, &y, 1, nullptr);
    auto *data = static_cast<float *>(y.data);
    std::vector<float> result(data, data + 50000);
    bridge_session_close(session);
    return result;
  };
  expected = run(1);
  for (int32_t threads : {2, 3, 7})
    CHECK(run(threads) == expected);
  std::vector<std::thread> callers;
  bool same[4] = {};
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&, i] { same[i] = run(2) == expected; });
  for (std::thread &caller : callers)
    caller.join();
  for (bool agrees : same)
    CHECK(agrees);
  bridge_model_close(model);
}

int main() {
  TemporaryFolder folder;
  std::string weights = makeWeights(folder);
  testAffine(weights.c_str());
  testErrors(weights.c_str());
  testMemory(weights.c_str());
  testThreads();
  return failures != 0;
}
