/*===- RandomWeights.h - Weights from a seed ---------------------*- C -*-===*/
#ifndef BRIDGE_RUNTIME_RANDOMWEIGHTS_H
#define BRIDGE_RUNTIME_RANDOMWEIGHTS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fills `out` with the product of `shape` numbers: what "random:SEED" gives to
 * the weight `name`. They have mean 0 and deviation 1/√n, n the product of all
 * dimensions but the first (of the only one for rank 1), and are close to
 * normal; a weight with a value before training has that value instead. */
void bridge_random_weight(uint64_t seed, const char *name, int32_t rank,
                          const int64_t *shape, float *out);

#ifdef __cplusplus
}
#endif

#endif /* BRIDGE_RUNTIME_RANDOMWEIGHTS_H */
