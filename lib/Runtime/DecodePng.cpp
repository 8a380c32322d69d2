//===- DecodePng.cpp - PNG files through libpng ---------------------------===//
#include "Picture.h"
#include <png.h>

using namespace bridge::runtime;

namespace {

/// What libpng's callbacks work on. Plain data: longjmp passes over it.
struct PngReader {
  const uint8_t *at;
  size_t left;
  char error[128];
  png_structp png;
  png_infop info;
  png_bytep *rows;
};

void readBytes(png_structp png, png_bytep out, size_t count) {
  auto *reader = static_cast<PngReader *>(png_get_io_ptr(png));
  if (count > reader->left)
    png_error(png, "the file ends early");
  memcpy(out, reader->at, count);
  reader->at += count;
  reader->left -= count;
}

void onError(png_structp png, png_const_charp text) {
  auto *reader = static_cast<PngReader *>(png_get_error_ptr(png));
  strncpy(reader->error, text, sizeof(reader->error) - 1);
  longjmp(png_jmpbuf(png), 1);
}

void onWarning(png_structp, png_const_charp) {}

/// Asks for 8 bits, red, green, blue. 16 bits of grey stay 16.
void setTransformations(PngReader &reader) {
  int type = png_get_color_type(reader.png, reader.info);
  int depth = png_get_bit_depth(reader.png, reader.info);
  if (type == PNG_COLOR_TYPE_PALETTE)
    png_set_palette_to_rgb(reader.png);
  if (type == PNG_COLOR_TYPE_GRAY && depth < 8)
    png_set_expand_gray_1_2_4_to_8(reader.png);
  if (depth == 16 && type != PNG_COLOR_TYPE_GRAY)
    png_set_strip_16(reader.png);
  if (type == PNG_COLOR_TYPE_GRAY && depth == 16)
    png_set_swap(reader.png);
  else if (!(type & PNG_COLOR_MASK_COLOR))
    png_set_gray_to_rgb(reader.png);
  png_set_strip_alpha(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
}

bool readHeader(PngReader &reader) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_set_read_fn(reader.png, &reader, readBytes);
  png_set_user_limits(reader.png, 0x7fffffff, 0x7fffffff);
  png_read_info(reader.png, reader.info);
  return true;
}

/// Allocates rows of the width that the header claims: that comes first.
bool chooseLevels(PngReader &reader) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  setTransformations(reader);
  return true;
}

bool readRows(PngReader &reader) {
  if (setjmp(png_jmpbuf(reader.png)))
    return false;
  png_read_image(reader.png, reader.rows);
  png_read_end(reader.png, nullptr);
  return true;
}

/// 16-bit grey in the place of two bytes a pixel, at the end of each row's
/// three, becomes RGB; Pillow cuts levels off at 255.
void widenGrey(Picture &picture) {
  for (int64_t i = 0; i < picture.width * picture.height; ++i) {
    int64_t y = i / picture.width, x = i % picture.width;
    uint8_t *row = picture.levels + y * picture.width * 3;
    const uint8_t *from = row + picture.width + 2 * x;
    uint8_t level = from[1] ? 255 : from[0];
    memset(row + 3 * x, level, 3);
  }
}

bridge_status decode(PngReader &reader, const char *what, Picture &picture,
                     Message &message) {
  if (!readHeader(reader))
    return message.fail(BRIDGE_BAD_PICTURE, "%s: broken PNG: %s", what,
                        reader.error);
  int64_t width = png_get_image_width(reader.png, reader.info);
  int64_t height = png_get_image_height(reader.png, reader.info);
  BRIDGE_TRY(picture.allocate(width, height, what, message));
  if (!chooseLevels(reader))
    return message.fail(BRIDGE_BAD_PICTURE, "%s: broken PNG: %s", what,
                        reader.error);
  int64_t rowBytes = png_get_rowbytes(reader.png, reader.info);
  if (rowBytes > 3 * width)
    return message.fail(BRIDGE_BAD_PICTURE, "%s: broken PNG: unknown pixels",
                        what);
  reader.rows =
      static_cast<png_bytep *>(allocateSmall(height * sizeof(png_bytep)));
  for (int64_t y = 0; y < height; ++y)
    reader.rows[y] = picture.levels + (y + 1) * 3 * width - rowBytes;
  bool read = readRows(reader);
  free(reader.rows);
  if (!read)
    return message.fail(BRIDGE_BAD_PICTURE, "%s: broken PNG: %s", what,
                        reader.error);
  if (rowBytes != 3 * width)
    widenGrey(picture);
  return BRIDGE_OK;
}

} // namespace

bridge_status bridge::runtime::decodePng(const uint8_t *file, size_t bytes,
                                         const char *what, Picture &picture,
                                         Message &message) {
  PngReader reader = {};
  reader.at = file;
  reader.left = bytes;
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, onError,
                                      onWarning);
  reader.info = reader.png ? png_create_info_struct(reader.png) : nullptr;
  if (!reader.info) {
    png_destroy_read_struct(&reader.png, nullptr, nullptr);
    return message.fail(BRIDGE_OUT_OF_MEMORY, "%s: out of memory", what);
  }
  bridge_status status = decode(reader, what, picture, message);
  png_destroy_read_struct(&reader.png, &reader.info, nullptr);
  return status;
}
