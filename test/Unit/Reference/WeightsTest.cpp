//===- WeightsTest.cpp - Views and the binding of checkpoints -------------===//
#include "bridge/Reference/Weights.h"
#include "Compute.h"
#include "bridge/IR/Bridge.h"
#include "mlir/Parser/Parser.h"

using namespace bridge;
using namespace bridge::test;

static Outcome view(const char *text) {
  llvm::Expected<Array> part =
      applyView(floats({2, 3}, {1, 2, 3, 4, 5, 6}), text);
  if (!part)
    return {{}, llvm::toString(part.takeError())};
  return {{*part}, ""};
}

static void testViews() {
  CHECK_RUN(view(""), floats({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK_RUN(view(".T"), floats({3, 2}, {1, 4, 2, 5, 3, 6}));
  CHECK_RUN(view("[1:]"), floats({1, 3}, {4, 5, 6}));
  CHECK_RUN(view("[:, -1]"), floats({2}, {3, 6}));
  CHECK_RUN(view("[:-1, 1:3]"), floats({1, 2}, {2, 3}));
  CHECK_RUN(view(".T[0:2].T"), floats({2, 2}, {1, 2, 4, 5}));
  CHECK_RUN(view("[1][2]"), floats({}, {6}));
  CHECK_ERROR(view("[2]"), "`2` is outside an axis of 2 elements");
  CHECK_ERROR(view("[:, 1:4]"), "`1:4` is outside an axis of 3 elements");
  CHECK_ERROR(view("[0, 0, 0]"),
              "`[0, 0, 0]` has more items than the tensor has axes");
  CHECK_ERROR(view("[0].T"), "`.T` needs two axes");
  CHECK_ERROR(view("[a]"), "expected a number in a view, found `a`");
  CHECK_ERROR(view(".t"), "expected `.T` or `[…]` in a view, found `.t`");
}

/// The sources as "path=stored view" lines, or the error.
static std::string bind(const Checkpoint &checkpoint) {
  mlir::MLIRContext context;
  context.loadDialect<BridgeDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    module attributes {bridge.model = "Clip", bridge.ignore = ["*.position_ids"]} {
      bridge.weight @"v.proj" : tensor<2x3xf32>
        from [#bridge.source<"v.proj">, #bridge.source<"visual.proj", ".T">]
      bridge.weight @"v.bias" : tensor<2xf32>
        from [#bridge.source<"v.bias">, #bridge.source<"packed", "[2:4]">]
    })",
                                                        &context);
  auto binding = bindWeights(*module, checkpoint);
  if (!binding)
    return llvm::toString(binding.takeError());
  std::string text;
  for (auto &[path, source] : *binding)
    text += path + "=" + source.stored + source.view + ";";
  return text;
}

static void testBinding() {
  StoredTensor matrix{Element::Float, {2, 3}, "f32"},
      other{Element::Float, {3, 2}, "f32"}, row{Element::Float, {2}, "f32"},
      packed{Element::Float, {6}, "f32"};
  CHECK_EQ(bind({{"v.proj", matrix}, {"v.bias", row}}),
           "v.bias=v.bias;v.proj=v.proj;");
  CHECK_EQ(bind({{"visual.proj", other},
                 {"packed", packed},
                 {"text.position_ids", row}}),
           "v.bias=packed[2:4];v.proj=visual.proj.T;");
  CHECK_EQ(bind({{"v.proj", matrix}, {"v.bia", row}}),
           "weight `v.bias` is missing (nor is there `packed`); did you mean "
           "`v.bia`?");
  CHECK_EQ(bind({{"v.proj", other}, {"v.bias", row}}),
           "weight `v.proj` has shape [3, 2], expected [2, 3]");
  CHECK_EQ(
      bind({{"visual.proj", matrix}, {"v.bias", row}}),
      "weight `v.proj` (`visual.proj`.T) has shape [3, 2], expected [2, 3]");
  CHECK_EQ(
      bind({{"v.proj", matrix}, {"packed", row}}),
      "weight `v.bias` is `packed`[2:4], stored as [2]: `2:4` is outside an "
      "axis of 2 elements");
  CHECK_EQ(
      bind({{"v.proj", matrix}, {"v.bias", {Element::Integer, {2}, "i64"}}}),
      "weight `v.bias` has dtype i64, expected f32, f64, bf16 or f16");
  // The second source of a weight that has its first is no weight's.
  CHECK_EQ(bind({{"v.proj", matrix}, {"v.bias", row}, {"v.bias2", row}}),
           "1 tensor belongs to no weight of Clip: `v.bias2`; did you mean "
           "`v.bias`?");
}

void bridge::test::testWeights() {
  testViews();
  testBinding();
}
