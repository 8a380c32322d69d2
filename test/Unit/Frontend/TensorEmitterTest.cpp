//===- TensorEmitterTest.cpp - What the tensor emitter makes of a spec ----===//
#include "Check.h"
#include "bridge/Frontend/MaskEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Verifier.h"
#include <sstream>

using namespace mlir;
using namespace bridge;

namespace {
/// A function to emit into, with tensors of any type as its arguments.
struct Fixture {
  MLIRContext context;
  OpBuilder builder{&context};
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
  TensorEmitter emitter{builder};

  Fixture() {
    context.loadDialect<BridgeDialect, arith::ArithDialect, func::FuncDialect,
                        math::MathDialect>();
    Location loc = builder.getUnknownLoc();
    module = ModuleOp::create(loc);
    builder.setInsertionPointToEnd(module->getBody());
    function = func::FuncOp::create(builder, loc, "f",
                                    builder.getFunctionType({}, {}));
    builder.setInsertionPointToEnd(function.addEntryBlock());
  }
  ~Fixture() {
    func::ReturnOp::create(builder, builder.getUnknownLoc());
    CHECK(succeeded(verify(*module)));
  }

  /// `f[images, 17, 4·b]` as an argument.
  Value tensor(StringRef text) {
    auto [kind, shape] = text.split('[');
    Type element = kind == "f"   ? Type(builder.getF32Type())
                   : kind == "i" ? Type(builder.getI32Type())
                                 : Type(builder.getI1Type());
    SmallVector<StringRef> sizes;
    shape.drop_back().split(sizes, ',', -1, /*KeepEmpty=*/false);
    SmallVector<Dim> dims;
    for (StringRef size : sizes)
      dims.push_back(*Dim::parse(size));
    unsigned place = function.getNumArguments();
    (void)function.insertArgument(place, getTensorType(dims, element), {},
                                  builder.getUnknownLoc());
    return function.getArgument(place);
  }

  /// The result's shape, or the error.
  std::string shown(FailureOr<Value> result) {
    if (succeeded(result))
      return describe(result->getType());
    TensorError error = emitter.takeError();
    std::string text = "error: " + error.message;
    if (!error.hint.empty())
      text += " | " + error.hint;
    if (error.assumption)
      text += " | " + error.assumption->symbol + " = " +
              error.assumption->value.str();
    return text;
  }

  /// The names of the operations emitted by `emit`.
  std::string operations(llvm::function_ref<void()> emit) {
    size_t before = function.front().getOperations().size();
    emit();
    std::string names;
    for (Operation &op : llvm::drop_begin(function.front(), before))
      names += (names.empty() ? "" : " ") + op.getName().stripDialect().str();
    return names;
  }

  std::string requirements() {
    std::string text;
    for (const Requirement &needed : emitter.takeRequirements())
      text += (text.empty() ? "" : "; ") + needed.amount.str();
    return text;
  }
};

ast::Pattern makePattern(StringRef text) {
  ast::Pattern pattern{SourceRange()};
  auto [left, right] = text.split("->");
  auto read = [](StringRef side, std::vector<ast::Pattern::Axis> &axes) {
    std::string spaced;
    for (char c : side)
      spaced +=
          c == '(' || c == ')' ? std::string{' ', c, ' '} : std::string{c};
    std::istringstream words(spaced);
    std::string word;
    bool inGroup = false;
    while (words >> word) {
      if (word == "(")
        axes.push_back({});
      else if (word != ")" && inGroup)
        axes.back().push_back(word);
      else if (word != ")")
        axes.push_back({word});
      if (word == "(" || word == ")")
        inGroup = word == "(";
    }
  };
  read(left, pattern.left);
  read(right, pattern.right);
  return pattern;
}

/// `heads=8` as what the spec knows.
struct Known {
  std::map<std::string, Dim> sizes;
  std::optional<Dim> operator()(StringRef name) const {
    auto found = sizes.find(name.str());
    return found == sizes.end() ? std::nullopt : std::optional(found->second);
  }
};

void testProducts() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  Value x = f.tensor("f[images,17,80]");
  CHECK_EQ(f.shown(e.linear(x, f.tensor("f[64,80]"), f.tensor("f[64]"))),
           "f[images, 17, 64]");
  CHECK_EQ(f.shown(e.linear(x, f.tensor("f[64,40]"), Value())),
           "error: the widths of input and weight: 80 and 40 differ — "
           "f[images, 17, 80], f[64, 40]");
  CHECK_EQ(f.shown(e.binary("@", f.tensor("f[b,8,t,64]"), f.tensor("f[64,t]"))),
           "f[b, 8, t, t]");
  CHECK_EQ(f.shown(e.binary("@", f.tensor("f[3,4]"), f.tensor("f[5,6]"))),
           "error: `@` of f[3, 4] and f[5, 6]: the inner sizes 4 and 5 differ");
  CHECK_EQ(f.shown(e.binary("@", f.tensor("f[3]"), f.tensor("f[3,6]"))),
           "error: `@` of f[3] and f[3, 6]: a factor of `@` has at least 2 "
           "axes, found f[3]");
  CHECK_EQ(f.shown(e.binary("@", f.tensor("f[3,4]"), 2.0)),
           "error: `@` of f[3, 4] and 2: both are tensors");
  Value picture = f.tensor("f[b,3,224,224]");
  CHECK_EQ(
      f.shown(e.conv2d(picture, f.tensor("f[768,3,32,32]"), Value(), 32, 0, 1)),
      "f[b, 768, 7, 7]");
  CHECK_EQ(f.shown(e.conv2d(picture, f.tensor("f[6,1,3,3]"), Value(), 2, 1, 3)),
           "f[b, 6, 112, 112]");
  CHECK_EQ(f.shown(e.conv2d(f.tensor("f[b,3,h,28]"), f.tensor("f[8,3,14,14]"),
                            Value(), 14, 0, 1)),
           "error: the picture's size h is not a multiple of the stride 14 "
           "| h = 14 * h_over_14");
}

void testRows() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  Value x = f.tensor("f[b,t,64]");
  CHECK_EQ(f.shown(e.layerNorm(x, Value(), Value(), 1e-5)), "f[b, t, 64]");
  CHECK_EQ(f.shown(e.layerNorm(x, f.tensor("f[64]"), f.tensor("f[64]"), 1e-5)),
           "f[b, t, 64]");
  CHECK_EQ(f.shown(e.rmsNorm(x, f.tensor("f[32]"), 1e-5)),
           "error: the widths of input and weight: 64 and 32 differ — "
           "f[b, t, 64], f[32]");
  CHECK_EQ(f.shown(e.softmax(x)), "f[b, t, 64]");
  CHECK_EQ(f.shown(e.logSoftmax(x)), "f[b, t, 64]");
  CHECK_EQ(f.shown(e.l2Normalize(x, 0)), "f[b, t, 64]");
  CHECK_EQ(f.shown(e.rotary(f.tensor("f[b,8,t,64]"), f.tensor("f[b,t,32]"))),
           "f[b, 8, t, 64]");
  CHECK_EQ(f.shown(e.rotary(x, f.tensor("f[t,64]"))),
           "error: the width of x and twice that of the angles: 64 and 128 "
           "differ — f[b, t, 64], f[t, 64]");
  CHECK_EQ(f.shown(e.crossEntropy(f.tensor("f[n,c]"), f.tensor("i[n]"),
                                  std::nullopt, 0)),
           "f[]");
  CHECK_EQ(f.shown(e.crossEntropy(f.tensor("f[b,t,9]"), f.tensor("i[b,t]"),
                                  -100, 0.1)),
           "f[]");
  CHECK_EQ(f.shown(e.crossEntropy(f.tensor("f[n,c]"), f.tensor("f[n]"),
                                  std::nullopt, 0)),
           "error: `cross_entropy` takes integers, found f[n]");
}

void testOperators() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  Value x = f.tensor("f[images,17,64]"), n = f.tensor("i[4,1]"),
        t = f.tensor("b[3]");
  CHECK_EQ(f.shown(e.binary("+", x, f.tensor("f[16,64]"))),
           "error: `+` of f[images, 17, 64] and f[16, 64]: axes of sizes 17 "
           "and 16 do not match");
  CHECK_EQ(f.shown(e.binary("+", f.tensor("f[a]"), f.tensor("f[b]"))),
           "error: `+` of f[a] and f[b]: axes of sizes a and b do not match");
  CHECK_EQ(f.shown(e.binary("+", n, t)), "i[4, 3]");
  CHECK_EQ(f.shown(e.binary("+", t, t)), "i[3]");
  CHECK_EQ(f.shown(e.binary("*", n, 0.5)), "f[4, 1]");
  CHECK_EQ(f.shown(e.binary("*", n, Dim(2))), "i[4, 1]");
  CHECK_EQ(f.shown(e.binary("-", Dim::symbol("k"), x)), "f[images, 17, 64]");
  CHECK_EQ(f.shown(e.binary("/", n, Dim(2))), "f[4, 1]");
  CHECK_EQ(f.shown(e.binary("//", n, Dim(2))), "i[4, 1]");
  CHECK_EQ(f.shown(e.binary("%", x, Dim(2))),
           "error: `%` of f[images, 17, 64] and 2: it takes integers");
  CHECK_EQ(f.shown(e.binary("==", n, Dim(151655))), "bool[4, 1]");
  CHECK_EQ(f.shown(e.binary("<", t, t)), "bool[3]");
  CHECK_EQ(f.shown(e.binary("&", t, true)), "bool[3]");
  CHECK_EQ(f.shown(e.binary("&", t, n)),
           "error: `&` of bool[3] and i[4, 1]: it takes truth values | compare "
           "first: (x != 0)");
  CHECK_EQ(f.shown(e.binary("+", n, Dim(int64_t(1) << 40))),
           "error: the integer 1099511627776 does not fit into 32 bits");
  CHECK_EQ(f.shown(e.binary("**", 1000.0, x)), "f[images, 17, 64]");
  CHECK_EQ(f.shown(e.binary("**", x, x)),
           "error: `**` of f[images, 17, 64] and f[images, 17, 64]: one side "
           "is a number");
  CHECK_EQ(f.operations([&] { (void)e.binary("**", x, Dim(2)); }), "binary");
  CHECK_EQ(f.shown(e.binary("**", n, Dim(3))), "i[4, 1]");
  CHECK_EQ(f.shown(e.binary("**", n, Dim(-1))), "f[4, 1]");
  CHECK_EQ(f.shown(e.unary(UnaryKind::Neg, t)), "i[3]");
  CHECK_EQ(f.shown(e.unary(UnaryKind::Exp, n)), "f[4, 1]");
  CHECK_EQ(f.shown(e.unary(UnaryKind::Not, t)), "bool[3]");
  CHECK_EQ(f.shown(e.unary(UnaryKind::Not, n)),
           "error: `~` of i[4, 1]: it takes truth values");
  CHECK_EQ(f.shown(e.where(t, Dim(1), Dim(-1))), "i[3]");
  CHECK_EQ(f.shown(e.where(t, Dim(0), x)),
           "error: axes of sizes 3 and 64 do not match — bool[3], f[], "
           "f[images, 17, 64]");
  CHECK_EQ(f.shown(e.where(n, Dim(0), x)),
           "error: the condition of `where` is a truth value, found i[4, 1] | "
           "compare first: (x != 0)");
  CHECK_EQ(f.shown(e.clip(n, Dim(0), Dim::symbol("t") - Dim(1))), "i[4, 1]");
  CHECK_EQ(f.shown(e.clip(x, Dim(0), Dim(1))), "f[images, 17, 64]");
}

void testReductions() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  Value x = f.tensor("f[b,3,4]"), t = f.tensor("b[b,3]");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Sum, x, {0, -1}, false)), "f[3]");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Sum, x, {-1, 0}, true)), "f[1, 3, 1]");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Sum, t, 1, false)), "i[b]");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Mean, t, 1, false)), "f[b]");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Any, t, 1, true)), "bool[b, 1]");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Max, x, 3, false)),
           "error: f[b, 3, 4] has no axis 3");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Max, x, {1, -2}, false)),
           "error: the axis -2 is given twice");
  CHECK_EQ(f.shown(e.reduce(ReduceKind::Max, x, {}, false)),
           "error: `max` needs at least one axis — f[b, 3, 4]");
  CHECK_EQ(f.shown(e.argExtreme(ExtremeKind::Max, x, -1, false)), "i[b, 3]");
  CHECK_EQ(f.shown(e.argExtreme(ExtremeKind::Min, x, 1, true)), "i[b, 1, 4]");
  CHECK_EQ(f.shown(e.cumsum(t, -1)), "i[b, 3]");
  CHECK_EQ(f.shown(e.cumsum(x, 0)), "f[b, 3, 4]");
}

void testPlaces() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  Value x = f.tensor("f[b,3,4]");
  CHECK_EQ(f.shown(e.embedding(f.tensor("i[b,t]"), f.tensor("f[100,64]"))),
           "f[b, t, 64]");
  CHECK_EQ(f.shown(e.concat({x, f.tensor("f[b,t,4]")}, 1)), "f[b, t + 3, 4]");
  CHECK_EQ(f.shown(e.concat({x, f.tensor("f[b,3,5]")}, 1)),
           "error: the other axes: 4 and 5 differ — f[b, 3, 4], f[b, 3, 5]");
  CHECK_EQ(f.shown(e.concat({x, f.tensor("i[b,2,4]")}, -2)), "f[b, 5, 4]");
  CHECK_EQ(f.shown(e.stack({x, x}, -1)), "f[b, 3, 4, 2]");
  CHECK_EQ(f.shown(e.stack({x, f.tensor("f[3]")}, 0)),
           "error: the parts of a stack have one shape, found f[b, 3, 4] and "
           "f[3]");
  CHECK_EQ(f.shown(e.pad(x, Dim(0), Dim(2), 1)), "f[b, 5, 4]");
  CHECK_EQ(f.operations([&] { (void)e.pad(x, Dim(0), Dim(0), 1); }), "");
  CHECK_EQ(f.shown(e.splice(f.tensor("f[b,t,8]"), f.tensor("f[i,4,8]"),
                            f.tensor("b[b,t]"))),
           "f[b, t, 8]");
  CHECK_EQ(f.shown(e.splice(f.tensor("f[b,t,8]"), f.tensor("f[i,4,9]"),
                            f.tensor("b[b,t]"))),
           "error: the widths of text and values: 8 and 9 differ — f[b, t, 8], "
           "f[i, 4, 9], bool[b, t]");
  CHECK_EQ(f.shown(e.transpose(x)), "f[b, 4, 3]");
  CHECK_EQ(f.shown(e.transpose(f.tensor("f[3]"))),
           "error: `T` swaps the last two axes, found f[3]");
  CHECK_EQ(f.shown(e.arange(Dim::symbol("t"))), "i[t]");
  CHECK_EQ(f.shown(e.arange(Dim(-1))),
           "error: `arange` takes a count of at least 0, found -1");
}

void testPatterns() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  Value x = f.tensor("f[b,t,64]");
  Known heads{{{"heads", Dim(8)}}}, nothing;
  ast::Pattern split = makePattern("... t (heads d) -> ... heads t d");
  CHECK_EQ(f.shown(e.rearrange(x, split, heads)), "f[b, 8, t, 8]");
  CHECK_EQ(f.operations([&] { (void)e.rearrange(x, split, heads); }),
           "reshape transpose");
  Known seven{{{"heads", Dim(7)}}};
  CHECK_EQ(f.shown(e.rearrange(x, split, seven)),
           "error: the axis `heads d` has size 64, which 7 does not divide");
  CHECK_EQ(f.shown(e.rearrange(x, split, nothing)),
           "error: the sizes of `heads` and `d` are unknown | give one: "
           "heads=…");
  CHECK_EQ(f.shown(e.rearrange(x, makePattern("b t d -> b d"), nothing)),
           "error: `rearrange` cannot drop `t`");
  CHECK_EQ(f.shown(e.rearrange(x, makePattern("b t d -> b t d k"), nothing)),
           "error: `rearrange` cannot add `k` | use `repeat`");
  CHECK_EQ(f.shown(e.rearrange(x, makePattern("b t d -> b t d d"), nothing)),
           "error: `d` stands twice on one side of the pattern");
  CHECK_EQ(f.shown(e.rearrange(x, makePattern("b d -> d b"), nothing)),
           "error: the pattern has 2 axes, found f[b, t, 64]");
  CHECK_EQ(f.shown(e.rearrange(x, makePattern("b t d -> b t 1 d"), nothing)),
           "f[b, t, 1, 64]");
  CHECK_EQ(f.operations([&] {
    (void)e.rearrange(x, makePattern("b t d -> b t d"), nothing);
  }),
           "");
  Known four{{{"block", Dim(4)}}};
  Value patches = f.tensor("f[patches,80]");
  ast::Pattern merge = makePattern("(n block) width -> n (block width)");
  CHECK_EQ(
      f.shown(e.rearrange(patches, merge, four)),
      "error: the axis `n block` has size patches, which 4 does not divide "
      "| patches = 4 * patches_over_4");
  CHECK_EQ(f.shown(e.rearrange(f.tensor("f[4*p,80]"), merge, four)),
           "f[p, 320]");
  CHECK_EQ(f.shown(e.rearrange(f.tensor("f[batch*media,80]"),
                               makePattern("(b m) d -> b m d"),
                               Known{{{"b", Dim::symbol("batch")}}})),
           "f[batch, media, 80]");
  Known images{{{"images", Dim::symbol("images")}, {"r", Dim(3)}}};
  CHECK_EQ(
      f.shown(e.repeat(f.tensor("f[1,32,64]"),
                       makePattern("1 count d -> images count d"), images)),
      "f[images, 32, 64]");
  Value key = f.tensor("f[b,2,s,8]");
  ast::Pattern group = makePattern("... g s d -> ... (g r) s d");
  CHECK_EQ(f.shown(e.repeat(key, group, images)), "f[b, 6, s, 8]");
  CHECK_EQ(f.operations([&] { (void)e.repeat(key, group, images); }),
           "reshape broadcast reshape");
  Known one{{{"r", Dim(1)}}};
  CHECK_EQ(f.operations([&] { (void)e.repeat(key, group, one); }),
           "reshape reshape");
  CHECK_EQ(f.shown(e.repeat(0.5, makePattern("-> images r"), images)),
           "f[images, 3]");
  CHECK_EQ(f.shown(e.repeat(key, makePattern("b g s d -> b g s d k"), one)),
           "error: the size of `k` is unknown | give it: k=…");
}

void testIndexing() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  using I = IndexItem;
  const I all{I::Slice{}}, rest{I::Ellipsis{}}, fresh{I::NewAxis{}};
  auto from = [](Dim low) { return I{I::Slice{low, std::nullopt}}; };
  auto to = [](Dim high) { return I{I::Slice{std::nullopt, high}}; };
  Value x = f.tensor("f[b,17,64]"), s = f.tensor("f[b,t,64]");
  Dim t = Dim::symbol("t");
  CHECK_EQ(f.shown(e.index(x, {all, from(1)})), "f[b, 16, 64]");
  CHECK_EQ(f.shown(e.index(x, {rest, to(Dim(32))})), "f[b, 17, 32]");
  CHECK_EQ(f.shown(e.index(x, {all, to(Dim(-2))})), "f[b, 15, 64]");
  CHECK_EQ(f.shown(e.index(x, {all, to(Dim(100))})), "f[b, 17, 64]");
  CHECK_EQ(f.shown(e.index(x, {all, from(Dim(100))})), "f[b, 0, 64]");
  CHECK_EQ(f.operations([&] { (void)e.index(x, {all, all}); }), "");
  CHECK_EQ(f.shown(e.index(x, {all, I{Dim(0)}})), "f[b, 64]");
  CHECK_EQ(f.operations([&] { (void)e.index(x, {all, I{Dim(-1)}}); }),
           "slice reshape");
  CHECK_EQ(f.shown(e.index(x, {all, I{Dim(17)}})),
           "error: f[b, 17, 64] has no element 17 along its axis of size 17");
  CHECK_EQ(f.shown(e.index(x, {all, I{Dim(-18)}})),
           "error: f[b, 17, 64] has no element -18 along its axis of size 17");
  CHECK_EQ(f.shown(e.index(x, {all, all, all, all})),
           "error: f[b, 17, 64] cannot be indexed so: there are 4 indices");
  CHECK_EQ(f.shown(e.index(x, {all, fresh, all})), "f[b, 1, 17, 64]");
  CHECK_EQ(f.shown(e.index(x, {rest, rest})),
           "error: f[b, 17, 64] cannot be indexed so: `...` can stand once");
  CHECK_EQ(f.requirements(), "");
  CHECK_EQ(f.shown(e.index(s, {all, from(1)})), "f[b, t - 1, 64]");
  CHECK_EQ(f.requirements(), "t - 1");
  CHECK_EQ(f.shown(e.index(s, {all, I{Dim(-1)}})), "f[b, 64]");
  CHECK_EQ(f.requirements(), "t - 1");
  CHECK_EQ(f.shown(e.index(x, {all, to(t)})), "f[b, t, 64]");
  CHECK_EQ(f.requirements(), "-1 * t + 17");
  CHECK_EQ(f.shown(e.index(s, {all, to(t + Dim(1))})),
           "error: t + 1 elements from 0 on are not inside an axis of t — "
           "f[b, t, 64]");

  Value rows = f.tensor("i[b]"), columns = f.tensor("i[b]");
  CHECK_EQ(f.shown(e.index(x, {I{rows}, I{columns}})), "f[b, 64]");
  CHECK_EQ(f.operations([&] { (void)e.index(x, {I{rows}, I{columns}}); }),
           "gather");
  CHECK_EQ(f.shown(e.index(x, {all, I{f.tensor("i[5,6]")}})), "f[b, 5, 6, 64]");
  CHECK_EQ(f.shown(e.index(x, {I{Dim(0)}, I{rows}})), "f[b, 64]");
  CHECK_EQ(f.shown(e.index(x, {I{rows}, fresh, all})), "f[b, 1, 17, 64]");
  CHECK_EQ(f.shown(e.index(x, {fresh, all, I{rows}})), "f[1, b, b, 64]");
  CHECK_EQ(f.shown(e.index(x, {I{rows}, all, I{rows}})),
           "error: what picks elements of f[b, 17, 64] does not stand together "
           "| pick along one axis after the other");
  CHECK_EQ(f.shown(e.index(x, {I{f.tensor("b[b]")}})),
           "error: an index is an integer, found bool[b]");
  CHECK_EQ(f.shown(e.index(x, {I{rows}, I{f.tensor("i[5]")}})),
           "error: axes of sizes b and 5 do not match — f[b, 17, 64], i[b], "
           "i[5]");

  CHECK_EQ(e.unstack(f.tensor("i[3,n]"))->size(), size_t(3));
  CHECK(failed(e.unstack(s)));
  CHECK_EQ(e.takeError().message, "f[b, t, 64] cannot be taken apart: how many "
                                  "it is, is known on entry");
}

void testMasks() {
  Fixture f;
  TensorEmitter &e = f.emitter;
  using I = IndexItem;
  const MaskIndexItem all = I{I::Slice{}};
  Value x = f.tensor("f[b,8,t,s]"), valid = f.tensor("i[b,s]"),
        words = f.tensor("i[b,t]"), narrow = f.tensor("i[b,5]");

  auto causal = [&](MaskEmitter &m) -> FailureOr<MaskOperand> {
    return MaskOperand(*m.binary("<=", m.key(), m.query()));
  };
  CHECK_EQ(f.shown(e.softmax(x, causal, "zero")), "f[b, 8, t, s]");
  CHECK_EQ(f.shown(e.softmax(x, causal, std::nullopt)),
           "error: a softmax with `where` needs `empty=\"zero\"` or "
           "`empty=\"uniform\"`: what a row is that sees nothing — "
           "f[b, 8, t, s]");

  auto padded = [&](MaskEmitter &m) -> FailureOr<MaskOperand> {
    MaskValue here = *m.index(valid, {all, m.key()});
    MaskValue seen = *m.binary("!=", here, Operand(Dim(0)));
    MaskValue before = *m.binary("<=", m.key(), m.query());
    return MaskOperand(*m.binary("&", before, seen));
  };
  FailureOr<Value> result = e.softmax(x, padded, "uniform");
  auto softmax = result->getDefiningOp<SoftmaxOp>();
  CHECK_EQ(softmax.getBatchAxes(), uint64_t(1));
  CHECK_EQ(softmax.getCaptures().size(), size_t(1));
  CHECK_EQ(softmax.getMask().getNumArguments(), 4u);
  CHECK(softmax.getCaptures()[0] == valid);

  // A computed index, an unused capture, and a tensor that broadcasts.
  auto computed = [&](MaskEmitter &m) -> FailureOr<MaskOperand> {
    (void)m.index(narrow, {all, I{Dim(-1)}});
    MaskValue place = *m.binary("//", m.key(), Operand(Dim(4)));
    MaskValue word = *m.index(words, {all, m.query()});
    MaskValue same = *m.binary("==", word, place);
    return MaskOperand(*m.binary("|", same, Operand(f.tensor("b[t,s]"))));
  };
  softmax = e.softmax(x, computed, "zero")->getDefiningOp<SoftmaxOp>();
  CHECK_EQ(softmax.getBatchAxes(), uint64_t(1));
  CHECK_EQ(softmax.getCaptures().size(), size_t(2));

  auto tooNarrow = [&](MaskEmitter &m) -> FailureOr<MaskOperand> {
    FailureOr<MaskValue> here = m.index(narrow, {all, m.key()});
    if (failed(here))
      return failure();
    return MaskOperand(*here);
  };
  CHECK_EQ(f.shown(e.softmax(f.tensor("f[b,8,6,6]"), tooNarrow, "zero")),
           "error: the mask has 6 places for `key`, but the axis of i[b, 5] "
           "has size 5");
  CHECK_EQ(f.shown(e.softmax(f.tensor("f[b,8,5,5]"), tooNarrow, "zero")),
           "error: a mask is a truth value, found a number");
  auto joinsNumber = [&](MaskEmitter &m) -> FailureOr<MaskOperand> {
    FailureOr<MaskValue> joined =
        m.binary("&", *m.index(valid, {all, m.key()}), Operand(true));
    if (failed(joined))
      return failure();
    return MaskOperand(*joined);
  };
  CHECK_EQ(f.shown(e.softmax(x, joinsNumber, "zero")),
           "error: `&` of i[b, query, key] and true: it takes truth values");
  auto otherBatch = [&](MaskEmitter &m) -> FailureOr<MaskOperand> {
    Value other = f.tensor("b[c,s]");
    return MaskOperand(*m.index(other, {all, m.key()}));
  };
  CHECK_EQ(f.shown(e.softmax(x, otherBatch, "zero")),
           "error: the mask has c along a batch axis, the scores have b");
}
} // namespace

int main() {
  testProducts();
  testRows();
  testOperators();
  testReductions();
  testPlaces();
  testPatterns();
  testIndexing();
  testMasks();
  return bridge::test::failures != 0;
}
