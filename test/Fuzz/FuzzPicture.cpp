//===- FuzzPicture.cpp - Preprocessing pictures ---------------------------===//
//
// An input is a preprocessor_config.json, a zero byte and a PNG or JPEG file.
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "bridge/Runtime/bridge.h"
#include <algorithm>

using namespace bridge;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *zero = std::find(data, data + size, 0);
  std::string config(data, zero);
  bridge_message why;
  bridge_preprocessor *preprocessor = nullptr;
  if (bridge_preprocessor_open(config.data(), config.size(), &preprocessor,
                               &why) != BRIDGE_OK) {
    if (!why.text[0])
      fuzz::report("failed without a message");
    return 0;
  }
  const uint8_t *picture = std::min(zero + 1, data + size);
  bridge_tensor pixels = {};
  if (bridge_picture_decode(preprocessor, picture, data + size - picture,
                            &pixels, &why) == BRIDGE_OK)
    bridge_picture_free(&pixels);
  else if (!why.text[0])
    fuzz::report("failed without a message");
  bridge_preprocessor_close(preprocessor);
  return 0;
}
