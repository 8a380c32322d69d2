//===- Compute.cpp - Small functions through the interpreter --------------===//
#include "Compute.h"
#include "bridge/IR/Bridge.h"
#include "bridge/Reference/Evaluation.h"
#include "bridge/Reference/Interpreter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"
#include <cmath>

using namespace bridge;
using namespace bridge::test;

Outcome bridge::test::runModule(llvm::StringRef text,
                                std::vector<Array> inputs) {
  mlir::DialectRegistry registry;
  registerEvaluations(registry);
  mlir::MLIRContext context(registry);
  context.loadDialect<BridgeDialect, mlir::arith::ArithDialect,
                      mlir::func::FuncDialect, mlir::math::MathDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context, "test");
  if (!module)
    return {{}, "the module does not parse: " + text.str()};
  ArrayMap named;
  for (auto [i, input] : llvm::enumerate(inputs))
    named[std::to_string(i)] = input;
  auto noWeights = [](llvm::StringRef name) -> llvm::Expected<Array> {
    if (name == "two")
      return floats({}, {2});
    return llvm::createStringError("no weight `" + name + "`");
  };
  Interpreter interpreter(*module, noWeights);
  llvm::Expected<ArrayMap> results = interpreter.run("f", named);
  if (!results)
    return {{}, llvm::toString(results.takeError())};
  Outcome outcome;
  for (auto &entry : *results)
    outcome.results.push_back(entry.second);
  return outcome;
}

Outcome bridge::test::run(llvm::StringRef parameters, llvm::StringRef type,
                          llvm::StringRef body, std::vector<Array> inputs) {
  std::string text = ("func.func @f(" + parameters + ") -> " + type +
                      " attributes {bridge.entry} {\n" + body +
                      "\nreturn %r : " + type + "\n}\n")
                         .str();
  return runModule(text, std::move(inputs));
}

static bool isClose(double a, double b) {
  if (std::isnan(a) || std::isnan(b) || std::isinf(a) || std::isinf(b))
    return a == b || (std::isnan(a) && std::isnan(b));
  return std::fabs(a - b) <= 1e-12 * std::max(1.0, std::fabs(b));
}

void bridge::test::checkClose(const Outcome &outcome, const Array &expected,
                              const char *file, int line, size_t result) {
  if (result >= outcome.results.size()) {
    check(false, file, line, "it failed: " + outcome.error);
    return;
  }
  const Array &found = outcome.results[result];
  check(found.element == expected.element, file, line,
        "the elements are of another kind");
  check(found.shape == expected.shape, file, line,
        "the shape is " + toString(found.shape) + "; expected " +
            toString(expected.shape));
  if (found.shape != expected.shape)
    return;
  for (int64_t i = 0; i < found.size(); ++i)
    if (!isClose(found.values[i], expected.values[i]))
      check(false, file, line,
            "element " + std::to_string(i) + " is " +
                std::to_string(found.values[i]) + "; expected " +
                std::to_string(expected.values[i]));
}

void bridge::test::checkError(const Outcome &outcome, llvm::StringRef expected,
                              const char *file, int line) {
  check(outcome.error == expected, file, line,
        "the error is \"" + outcome.error + "\"; expected \"" + expected.str() +
            "\"");
}
