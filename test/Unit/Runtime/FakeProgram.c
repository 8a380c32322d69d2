/*===- FakeProgram.c - A program as the compiler would make it
---------------===*\
|*
|* Its kernels are written by hand and do simple arithmetic; the tests of the
run
|* time work on it.
|*
\*===------------------------------------------------------------------------===*/
#include "bridge/Runtime/Abi.h"

static const char manifest[] =
    "{\"model\": \"Fake\","
    " \"dims\": [\"tokens\", \"q\", \"batch\"],"
    " \"entries\": ["
    "  {\"name\": \"affine\","
    "   \"inputs\": [{\"name\": \"x\", \"dtype\": \"f32\","
    "                 \"shape\": [\"tokens\", \"3\"]},"
    "                {\"name\": \"mask\", \"dtype\": \"i32\","
    "                 \"shape\": [\"tokens\"]}],"
    "   \"outputs\": [{\"name\": \"y\", \"dtype\": \"f32\","
    "                  \"shape\": [\"tokens\", \"5\"]}],"
    "   \"checks\": [{\"lhs\": \"tokens\", \"op\": \"le\", \"rhs\": "
    "\"1000000\","
    "                 \"text\": \"tokens <= context\","
    "                 \"where\": \"fake.bridge:3:9\"}],"
    "   \"frame\": 1},"
    "  {\"name\": \"lookup\","
    "   \"inputs\": [{\"name\": \"ids\", \"dtype\": \"i32\","
    "                 \"shape\": [\"batch\", \"4 * q\"]}],"
    "   \"outputs\": [{\"name\": \"rows\", \"dtype\": \"f32\","
    "                  \"shape\": [\"4 * batch * q\"]},"
    "                 {\"name\": \"count\", \"dtype\": \"i32\","
    "                  \"shape\": []}],"
    "   \"checks\": [], \"frame\": 2},"
    "  {\"name\": \"invert\","
    "   \"inputs\": [{\"name\": \"picture\", \"dtype\": \"f32\","
    "                 \"shape\": [\"batch\", \"3\", \"8\", \"8\"]}],"
    "   \"outputs\": [{\"name\": \"inverted\", \"dtype\": \"f32\","
    "                  \"shape\": [\"batch\", \"3\", \"8\", \"8\"]}],"
    "   \"checks\": [], \"frame\": 2}],"
    " \"frames\": ["
    "  {\"buffers\": [{\"bytes\": \"12 * tokens\", \"first\": 0, \"last\": 1}],"
    "   \"calls\": []},"
    "  {\"buffers\": [{\"bytes\": \"20 * tokens\", \"first\": 0, \"last\": 2}],"
    "   \"calls\": [{\"frame\": 0, \"at\": 1}]},"
    "  {\"buffers\": [], \"calls\": []}],"
    " \"weights\": ["
    "  {\"name\": \"fc.weight\", \"dtype\": \"f32\", \"shape\": [5, 3],"
    "   \"sources\": [{\"name\": \"fc.weight\", \"view\": \"\"},"
    "                 {\"name\": \"proj\", \"view\": \".T\"},"
    "                 {\"name\": \"packed\", \"view\": \"[2:7]\"}],"
    "   \"frozen\": false},"
    "  {\"name\": \"fc.bias\", \"dtype\": \"f32\", \"shape\": [5],"
    "   \"sources\": [{\"name\": \"fc.bias\", \"view\": \"\"}],"
    "   \"init\": 0.5, \"frozen\": false},"
    "  {\"name\": \"table\", \"dtype\": \"f32\", \"shape\": [10],"
    "   \"sources\": [{\"name\": \"table\", \"view\": \"\"}],"
    "   \"frozen\": true}],"
    " \"ignore\": [\"*.position_ids\"],"
    " \"slots\": ["
    "  {\"weight\": 0, \"view\": \"\", \"dtype\": \"f32\", \"layout\": "
    "\"panels\"},"
    "  {\"weight\": 1, \"view\": \"\", \"dtype\": \"f32\", \"layout\": "
    "\"rows\"},"
    "  {\"weight\": 2, \"view\": \"[1:]\", \"dtype\": \"f32\", \"layout\": "
    "\"rows\"}],"
    " \"sites\": [\"fake.bridge:7:3: an id is {a}; the table has {b} "
    "entries\"],"
    " \"preprocessor\": {\"do_resize\": true,"
    "  \"size\": {\"height\": 8, \"width\": 8}, \"resample\": 2,"
    "  \"do_rescale\": true, \"rescale_factor\": 0.00392156862745098,"
    "  \"do_normalize\": false}"
    "}";

enum { width = 16, inputs = 3, outputs = 5, entries = 9 };

struct affine {
  const float *x, *weight, *bias;
  const int32_t *mask;
  float *scaled, *sums, *y;
};

/* scaled = 2 * x, in the callee's frame. */
static void scale_row(const void *argument, int64_t row, void *scratch) {
  const struct affine *a = argument;
  float *copy = scratch;
  for (int k = 0; k < inputs; ++k)
    copy[k] = 2 * a->x[row * inputs + k];
  for (int k = 0; k < inputs; ++k)
    a->scaled[row * inputs + k] = copy[k];
}

/* y = mask * (scaled · weightᵀ + bias) */
static void affine_row(const void *argument, int64_t row, void *scratch) {
  (void)scratch;
  const struct affine *a = argument;
  for (int n = 0; n < outputs; ++n) {
    float sum = a->bias[n];
    for (int k = 0; k < inputs; ++k)
      sum += a->scaled[row * inputs + k] * a->weight[k * width + n];
    a->sums[row * outputs + n] = sum;
  }
  for (int n = 0; n < outputs; ++n)
    a->y[row * outputs + n] = a->mask[row] ? a->sums[row * outputs + n] : 0;
}

static void affine(struct bridge_call *call) {
  int64_t tokens = call->dims[0];
  char *callee = call->arena + call->offsets[1][1];
  struct affine a = {call->tensors[0],
                     call->weights[0],
                     call->weights[1],
                     call->tensors[1],
                     (float *)(callee + call->offsets[0][0]),
                     (float *)(call->arena + call->offsets[1][0]),
                     call->tensors[2]};
  call->parallel(call, scale_row, &a, tokens, inputs * sizeof(float));
  call->parallel(call, affine_row, &a, tokens, 0);
}

struct lookup {
  struct bridge_call *call;
  const int32_t *ids;
  const float *table;
  float *rows;
};

static void lookup_one(const void *argument, int64_t job, void *scratch) {
  (void)scratch;
  const struct lookup *a = argument;
  int32_t id = a->ids[job];
  if (id >= 0 && id < entries) {
    a->rows[job] = a->table[id];
    return;
  }
  int64_t none = -1;
  if (__atomic_compare_exchange_n(&a->call->fault_site, &none, 0, 0,
                                  __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    a->call->fault_a = id;
    a->call->fault_b = entries;
  }
}

static void lookup(struct bridge_call *call) {
  int64_t count = 4 * call->dims[1] * call->dims[2];
  struct lookup a = {call, call->tensors[0], call->weights[2],
                     call->tensors[1]};
  call->parallel(call, lookup_one, &a, count, 0);
  *(int32_t *)call->tensors[2] = (int32_t)count;
}

static void invert(struct bridge_call *call) {
  const float *picture = call->tensors[0];
  float *inverted = call->tensors[1];
  for (int64_t i = 0; i < call->dims[2] * 3 * 8 * 8; ++i)
    inverted[i] = 1 - picture[i];
}

static const bridge_entry table[] = {affine, lookup, invert};
static const struct bridge_level levels[] = {{"x86-64-v4", width, table},
                                             {"x86-64-v3", width, table}};

__attribute__((visibility("default")))
const struct bridge_program fake_program = {
    BRIDGE_ABI_VERSION, manifest, sizeof(manifest) - 1, levels, 2, 0, 0, 0, 0};
