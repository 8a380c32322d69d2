//===- Main.cpp - Tests of the float64 interpreter ------------------------===//
#include "Compute.h"

int main() {
  using namespace bridge::test;
  testDimensions();
  testElementWise();
  testFused();
  testProducts();
  testReductions();
  testRows();
  testShapes();
  testStructure();
  testWeights();
  return failures != 0;
}
