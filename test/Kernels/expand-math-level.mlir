// RUN: not bridge-opt %s --bridge-expand-math=level=sparc 2>&1 | FileCheck %s

// CHECK: error: unknown level of the instruction set 'sparc'
module {}
