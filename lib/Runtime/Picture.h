//===- Picture.h - Decoding and resizing pictures ---------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_PICTURE_H
#define BRIDGE_LIB_RUNTIME_PICTURE_H

#include "Base.h"

namespace bridge::runtime {

/// Levels from 0 to 255, [height, width, 3] as red, green, blue.
struct Picture {
  uint8_t *levels = nullptr;
  int64_t width = 0, height = 0;

  Picture() = default;
  Picture(const Picture &) = delete;
  Picture &operator=(const Picture &) = delete;
  ~Picture() { free(levels); }

  /// Memory for a picture of this size; an error above `maxPixels`.
  bridge_status allocate(int64_t width, int64_t height, const char *what,
                         Message &message);
  void swap(Picture &other);
};

/// The largest picture that is decoded or made: as many pixels as Pillow takes
/// without calling it a bomb, twice.
constexpr int64_t maxPixels = 178'956'970;

/// Decode a file in memory; `what` names it. Palettes, grey, 16 bits and CMYK
/// become RGB and transparency is dropped as Pillow's convert("RGB") does it.
bridge_status decodePng(const uint8_t *file, size_t bytes, const char *what,
                        Picture &picture, Message &message);
bridge_status decodeJpeg(const uint8_t *file, size_t bytes, const char *what,
                         Picture &picture, Message &message);

/// Pillow's numbers for filters.
enum class Filter { Nearest = 0, Lanczos, Bilinear, Bicubic, Box, Hamming };

/// Changes the size as Pillow does: filters widened by the scale when
/// shrinking, the horizontal pass first, 8 bits after each pass.
bridge_status resize(Picture &picture, int64_t width, int64_t height,
                     Filter filter, Message &message);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_PICTURE_H
