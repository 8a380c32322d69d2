//===- Model.h - A program with its weights ---------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_MODEL_H
#define BRIDGE_LIB_RUNTIME_MODEL_H

#include "Weights.h"

struct bridge_model {
  const bridge_api *api;
  bridge_manifest *manifest;
  const bridge_level *level;
  bridge::runtime::PackedWeights weights;
  ~bridge_model() { bridge_manifest_close(manifest); }
};

#endif // BRIDGE_LIB_RUNTIME_MODEL_H
