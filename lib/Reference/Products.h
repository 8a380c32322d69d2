//===- Products.h - Products of matrices ------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_REFERENCE_PRODUCTS_H
#define BRIDGE_LIB_REFERENCE_PRODUCTS_H

#include "bridge/Reference/Array.h"

namespace bridge {

/// out[m, n] += a[m, k] b[k, n], each sum in the order of k.
void accumulateProduct(int64_t m, int64_t n, int64_t k, const double *a,
                       const double *b, double *out);

/// x[…, i] wᵀ + b for w[o, i] and b[o] or null.
Array linear(const Array &x, const Array &weight, const Array *bias);

} // namespace bridge

#endif // BRIDGE_LIB_REFERENCE_PRODUCTS_H
