//===- Preprocessor.cpp - From pictures to pixel values -------------------===//
//
// What Hugging Face's image processors do with a preprocessor_config.json:
// convert to RGB, resize, crop the centre, rescale, normalise.
//
//===----------------------------------------------------------------------===//
#include "Json.h"
#include "Picture.h"
#include "TensorFile.h"

using namespace bridge::runtime;

/// A size that is resized or cropped to.
struct PictureSize {
  bool wanted;
  int64_t shortestEdge; ///< 0: `height` and `width` count
  int64_t height, width;
};

struct bridge_preprocessor {
  const bridge_api *api;
  PictureSize size, crop;
  Filter filter;
  float values[3][256]; ///< by channel and level
};

namespace {

class ConfigReader {
public:
  ConfigReader(const Json &config, bridge_preprocessor &result,
               Message &message)
      : config(config), result(result), message(message) {}

  bridge_status read() {
    if (config.kind != Json::Object)
      return fail("preprocessor_config.json is %s, expected an object",
                  config.kindName());
    if (const Json *kind = field("unsupported"))
      return failAs(BRIDGE_UNSUPPORTED,
                    "pictures of a `%.*s` cannot be prepared; --inputs takes "
                    "pixel values",
                    BRIDGE_TEXT(kind->text));
    BRIDGE_TRY(checkSteps());
    BRIDGE_TRY(readSize("do_resize", "size", true, result.size));
    BRIDGE_TRY(readSize("do_center_crop", "crop_size", false, result.crop));
    BRIDGE_TRY(readFilter());
    return readValues();
  }

private:
  template <typename... Arguments>
  bridge_status failAs(bridge_status status, const char *format,
                       Arguments... arguments) {
    Builder text;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"
    text.addf(format, arguments...);
#pragma clang diagnostic pop
    return message.fail(status, "preprocessor_config.json: %s",
                        text.terminated());
  }
  template <typename... Arguments>
  bridge_status fail(const char *format, Arguments... arguments) {
    return failAs(BRIDGE_BAD_ARGUMENT, format, arguments...);
  }

  /// A field that is there and not null.
  const Json *field(Text name) {
    const Json *value = config.find(name);
    return value && value->kind != Json::Null ? value : nullptr;
  }

  /// A step that is switched on but unknown would change the result.
  bridge_status checkSteps() {
    static const char *const known[] = {"do_resize", "do_center_crop",
                                        "do_rescale", "do_normalize",
                                        "do_convert_rgb"};
    for (const Json &member : children(config)) {
      if (!member.key.startsWith("do_") || member.kind != Json::Bool ||
          !member.boolean)
        continue;
      bool isKnown = false;
      for (const char *name : known)
        isKnown = isKnown || member.key == name;
      if (!isKnown)
        return failAs(BRIDGE_UNSUPPORTED, "`%.*s` is not supported",
                      BRIDGE_TEXT(member.key));
    }
    return BRIDGE_OK;
  }

  bridge_status readFlag(Text name, bool absent, bool &flag) {
    const Json *value = field(name);
    flag = value ? value->boolean : absent;
    if (value && value->kind != Json::Bool)
      return fail("`%.*s` is %s, expected true or false", BRIDGE_TEXT(name),
                  value->kindName());
    return BRIDGE_OK;
  }

  static bool readEdge(const Json *value, int64_t &edge) {
    constexpr int64_t most = 32768;
    if (!value || !value->isInteger || value->integer < 1 ||
        value->integer > most)
      return false;
    edge = value->integer;
    return true;
  }

  bridge_status readSize(Text flag, Text name, bool numberIsEdge,
                         PictureSize &size) {
    const Json *value = field(name);
    BRIDGE_TRY(readFlag(flag, value != nullptr, size.wanted));
    if (!size.wanted)
      return BRIDGE_OK;
    if (value) {
      const Json *edge = value->find("shortest_edge");
      if (value->kind == Json::Number)
        edge = value;
      if (value->size == 1 || value->kind == Json::Number)
        if (readEdge(edge, size.shortestEdge)) {
          if (!numberIsEdge) {
            size.height = size.width = size.shortestEdge;
            size.shortestEdge = 0;
          }
          return BRIDGE_OK;
        }
      if (value->size == 2 && readEdge(value->find("height"), size.height) &&
          readEdge(value->find("width"), size.width))
        return BRIDGE_OK;
    }
    return fail(
        "`%.*s` has to be {height, width} or {shortest_edge}, each from "
        "1 to 32768, found %.*s",
        BRIDGE_TEXT(name), value ? int(value->raw.size) : 7,
        value ? value->raw.data : "nothing");
  }

  bridge_status readFilter() {
    result.filter = Filter::Bicubic;
    const Json *value = field("resample");
    if (!value)
      return BRIDGE_OK;
    if (!value->isInteger || value->integer < 0 || value->integer > 5)
      return fail("`resample` has to be a filter of Pillow, 0 to 5, found %.*s",
                  BRIDGE_TEXT(value->raw));
    result.filter = static_cast<Filter>(value->integer);
    return BRIDGE_OK;
  }

  bridge_status readTriple(Text name, float *triple) {
    const Json *value = field(name);
    int count = 0;
    if (value && value->kind == Json::Array && value->size == 3)
      for (const Json &number : children(*value))
        if (number.kind == Json::Number)
          triple[count++] = static_cast<float>(number.number);
    if (count != 3)
      return fail("`%.*s` has to be three numbers", BRIDGE_TEXT(name));
    return BRIDGE_OK;
  }

  bridge_status readValues() {
    bool rescale, normalise;
    BRIDGE_TRY(readFlag("do_rescale", true, rescale));
    BRIDGE_TRY(readFlag("do_normalize", field("image_mean"), normalise));
    double factor = 1;
    if (rescale) {
      const Json *value = field("rescale_factor");
      if (value && value->kind != Json::Number)
        return fail("`rescale_factor` is %s, expected a number",
                    value->kindName());
      factor = value ? value->number : 1 / 255.0;
    }
    float mean[3] = {}, deviation[3] = {1, 1, 1};
    if (normalise) {
      BRIDGE_TRY(readTriple("image_mean", mean));
      BRIDGE_TRY(readTriple("image_std", deviation));
    }
    for (int c = 0; c < 3; ++c) {
      if (deviation[c] == 0)
        return fail("`image_std` has a 0");
      for (int level = 0; level < 256; ++level)
        result.values[c][level] =
            (static_cast<float>(level * factor) - mean[c]) / deviation[c];
    }
    return BRIDGE_OK;
  }

  const Json &config;
  bridge_preprocessor &result;
  Message &message;
};

bridge_status decode(const uint8_t *file, size_t bytes, const char *what,
                     Picture &picture, Message &message) {
  static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  static const uint8_t jpeg[] = {0xff, 0xd8, 0xff};
  if (bytes >= sizeof(png) && memcmp(file, png, sizeof(png)) == 0)
    return decodePng(file, bytes, what, picture, message);
  if (bytes >= sizeof(jpeg) && memcmp(file, jpeg, sizeof(jpeg)) == 0)
    return decodeJpeg(file, bytes, what, picture, message);
  return message.fail(BRIDGE_BAD_PICTURE,
                      "%s: neither a PNG nor a JPEG picture", what);
}

/// The picture's size after resizing.
void resizedSize(const PictureSize &size, const Picture &picture,
                 int64_t &width, int64_t &height) {
  width = size.width;
  height = size.height;
  if (!size.shortestEdge)
    return;
  bool upright = picture.width <= picture.height;
  int64_t shorter = upright ? picture.width : picture.height;
  int64_t longer = upright ? picture.height : picture.width;
  // Truncated, as the reference does.
  int64_t longEdge = size.shortestEdge * longer / shorter;
  width = upright ? size.shortestEdge : longEdge;
  height = upright ? longEdge : size.shortestEdge;
}

/// Half of a difference that may be negative, rounded down.
int64_t floorHalf(int64_t value) { return value >> 1; }

/// Writes [3, height, width], cut from the centre of the picture; black beyond
/// its edges.
void writeValues(const bridge_preprocessor &preprocessor,
                 const Picture &picture, int64_t height, int64_t width,
                 float *out) {
  int64_t top = floorHalf(picture.height - height);
  int64_t left = floorHalf(picture.width - width);
  for (int c = 0; c < 3; ++c)
    for (int64_t y = top; y < top + height; ++y)
      for (int64_t x = left; x < left + width; ++x) {
        bool inside =
            y >= 0 && y < picture.height && x >= 0 && x < picture.width;
        uint8_t level =
            inside ? picture.levels[(y * picture.width + x) * 3 + c] : 0;
        *out++ = preprocessor.values[c][level];
      }
}

bridge_status prepare(const bridge_preprocessor &preprocessor,
                      const uint8_t *file, size_t bytes, const char *what,
                      bridge_tensor &pixels, Message &message) {
  Picture picture;
  BRIDGE_TRY(decode(file, bytes, what, picture, message));
  if (preprocessor.size.wanted) {
    int64_t width, height;
    resizedSize(preprocessor.size, picture, width, height);
    BRIDGE_TRY(resize(picture, width, height, preprocessor.filter, message));
  }
  int64_t height = picture.height, width = picture.width;
  if (preprocessor.crop.wanted) {
    height = preprocessor.crop.height;
    width = preprocessor.crop.width;
  }
  int64_t shape[3] = {3, height, width};
  int64_t size = elementCount(3, shape) * int64_t(sizeof(float));
  roundUp(size, 64, size);
  void *data = aligned_alloc(64, size);
  if (!data)
    return message.fail(BRIDGE_OUT_OF_MEMORY,
                        "%s: %s of pixel values, which this machine does not "
                        "give",
                        what, BytesText(static_cast<double>(size)).text);
  writeValues(preprocessor, picture, height, width, static_cast<float *>(data));
  pixels = bridge_tensor_make(BRIDGE_F32, 3, shape, data);
  return BRIDGE_OK;
}

} // namespace

bridge_status bridge_preprocessor_open(const bridge_program *, const char *json,
                                       size_t bytes,
                                       bridge_preprocessor **result,
                                       bridge_message *out) {
  Message message(out);
  Region values;
  const Json *config = nullptr;
  BRIDGE_TRY(parseJson({json, bytes}, values, "preprocessor_config.json",
                       config, message));
  Owned<bridge_preprocessor> preprocessor;
  preprocessor->api = &bridge_runtime_api;
  BRIDGE_TRY(ConfigReader(*config, *preprocessor, message).read());
  *result = preprocessor.release();
  return BRIDGE_OK;
}

void bridge_preprocessor_close(bridge_preprocessor *preprocessor) {
  destroy(preprocessor);
}

bridge_status bridge_picture_load(const bridge_preprocessor *preprocessor,
                                  const char *path, bridge_tensor *pixels,
                                  bridge_message *out) {
  Message message(out);
  Mapping file;
  BRIDGE_TRY(mapFile(path, file, message));
  bridge_status status =
      prepare(*preprocessor, reinterpret_cast<const uint8_t *>(file.data),
              file.size, path, *pixels, message);
  unmapFile(file);
  return status;
}

bridge_status bridge_picture_decode(const bridge_preprocessor *preprocessor,
                                    const void *file, size_t bytes,
                                    bridge_tensor *pixels,
                                    bridge_message *out) {
  Message message(out);
  return prepare(*preprocessor, static_cast<const uint8_t *>(file), bytes,
                 "the picture", *pixels, message);
}

void bridge_picture_free(const bridge_preprocessor *, bridge_tensor *pixels) {
  free(pixels->data);
  pixels->data = nullptr;
}
