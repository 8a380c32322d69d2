//===- DecodeJpeg.cpp - JPEG files through libjpeg-turbo ------------------===//
#include "Picture.h"
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>

using namespace bridge::runtime;

namespace {

/// What libjpeg's callbacks work on; its first member is libjpeg's own. Plain
/// data: longjmp passes over it.
struct JpegReader {
  jpeg_error_mgr errors;
  jmp_buf onError;
  char error[JMSG_LENGTH_MAX];
  jpeg_decompress_struct jpeg;
};

[[noreturn]] void exitOnError(j_common_ptr common) {
  auto *reader = reinterpret_cast<JpegReader *>(common->err);
  common->err->format_message(common, reader->error);
  longjmp(reader->onError, 1);
}

/// Of the warnings, only the file's early end is an error.
void onMessage(j_common_ptr common, int level) {
  if (level < 0 && common->err->msg_code == JWRN_JPEG_EOF)
    exitOnError(common);
}

bool readHeader(JpegReader &reader, const uint8_t *file, size_t bytes) {
  if (setjmp(reader.onError))
    return false;
  jpeg_create_decompress(&reader.jpeg);
  jpeg_mem_src(&reader.jpeg, file, bytes);
  jpeg_read_header(&reader.jpeg, TRUE);
  if (reader.jpeg.num_components == 4)
    reader.jpeg.out_color_space = JCS_CMYK;
  else
    reader.jpeg.out_color_space = JCS_RGB;
  jpeg_calc_output_dimensions(&reader.jpeg);
  return true;
}

/// Pillow's conversion of ink to light.
void inkToLight(const uint8_t *ink, bool inverted, uint8_t *light) {
  uint8_t flip = inverted ? 255 : 0;
  int white = 255 - (ink[3] ^ flip);
  for (int c = 0; c < 3; ++c) {
    int product = (ink[c] ^ flip) * white + 128;
    int level = white - ((product + (product >> 8)) >> 8);
    light[c] = level < 0 ? 0 : level;
  }
}

/// `ink` has room for a row of four components.
bool readRows(JpegReader &reader, Picture &picture, uint8_t *ink) {
  if (setjmp(reader.onError))
    return false;
  jpeg_start_decompress(&reader.jpeg);
  while (reader.jpeg.output_scanline < reader.jpeg.output_height) {
    uint8_t *row = picture.levels +
                   int64_t(reader.jpeg.output_scanline) * picture.width * 3;
    JSAMPROW target = reader.jpeg.output_components == 4 ? ink : row;
    jpeg_read_scanlines(&reader.jpeg, &target, 1);
    if (target == ink)
      for (int64_t x = 0; x < picture.width; ++x)
        inkToLight(ink + 4 * x, reader.jpeg.saw_Adobe_marker, row + 3 * x);
  }
  jpeg_finish_decompress(&reader.jpeg);
  return true;
}

} // namespace

bridge_status bridge::runtime::decodeJpeg(const uint8_t *file, size_t bytes,
                                          const char *what, Picture &picture,
                                          Message &message) {
  JpegReader reader = {};
  reader.jpeg.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = exitOnError;
  reader.errors.emit_message = onMessage;
  bridge_status status = BRIDGE_OK;
  if (!readHeader(reader, file, bytes)) {
    status = message.fail(BRIDGE_BAD_PICTURE, "%s: broken JPEG: %s", what,
                          reader.error);
  } else {
    status = picture.allocate(reader.jpeg.output_width,
                              reader.jpeg.output_height, what, message);
    auto *ink = static_cast<uint8_t *>(
        allocateSmall(4 * size_t(reader.jpeg.output_width)));
    if (!status && !readRows(reader, picture, ink))
      status = message.fail(BRIDGE_BAD_PICTURE, "%s: broken JPEG: %s", what,
                            reader.error);
    free(ink);
  }
  jpeg_destroy_decompress(&reader.jpeg);
  return status;
}
