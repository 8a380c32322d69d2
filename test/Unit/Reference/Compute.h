//===- Compute.h - Small functions through the interpreter ------*- C++ -*-===//
#ifndef BRIDGE_TEST_UNIT_REFERENCE_COMPUTE_H
#define BRIDGE_TEST_UNIT_REFERENCE_COMPUTE_H

#include "Check.h"
#include "bridge/Reference/Array.h"
#include "llvm/ADT/StringRef.h"

namespace bridge::test {

inline Array floats(Shape shape, std::vector<double> values) {
  return Array(Element::Float, std::move(shape), std::move(values));
}
inline Array integers(Shape shape, std::vector<double> values) {
  return Array(Element::Integer, std::move(shape), std::move(values));
}
inline Array truths(Shape shape, std::vector<double> values) {
  return Array(Element::Truth, std::move(shape), std::move(values));
}

/// What a run gave: its results, or an error.
struct Outcome {
  std::vector<Array> results;
  std::string error;
};

/// Runs the entry @f of a module.
Outcome runModule(llvm::StringRef module, std::vector<Array> inputs);

/// Runs a function of one result: its parameters, the type of %r, and
/// operations of which one defines %r.
Outcome run(llvm::StringRef parameters, llvm::StringRef type,
            llvm::StringRef body, std::vector<Array> inputs);

/// Checks shape, kind and numbers to 1e-12 (NaN equals NaN).
void checkClose(const Outcome &outcome, const Array &expected, const char *file,
                int line, size_t result = 0);
/// Checks that the run failed with this message.
void checkError(const Outcome &outcome, llvm::StringRef expected,
                const char *file, int line);

/// The tests of each file.
void testDimensions();
void testElementWise();
void testFused();
void testProducts();
void testReductions();
void testRows();
void testShapes();
void testStructure();
void testWeights();

} // namespace bridge::test

#define CHECK_RUN(outcome, ...)                                                \
  ::bridge::test::checkClose(outcome, __VA_ARGS__, __FILE__, __LINE__)
#define CHECK_RESULT(outcome, index, ...)                                      \
  ::bridge::test::checkClose(outcome, __VA_ARGS__, __FILE__, __LINE__, index)
#define CHECK_ERROR(outcome, message)                                          \
  ::bridge::test::checkError(outcome, message, __FILE__, __LINE__)

#endif // BRIDGE_TEST_UNIT_REFERENCE_COMPUTE_H
