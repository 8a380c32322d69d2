//===- PictureTest.cpp - From pictures to pixel values --------------------===//
//
// Usage: PictureTest GOLDENS, the folder of pictures and what the reference
// makes of them.
//
//===----------------------------------------------------------------------===//
#include "Picture.h"
#include "Support.h"
#include <cmath>
#include <sstream>
#include <zlib.h>

using namespace bridge::runtime;
using namespace bridge::test;

static std::string readFile(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

namespace {

/// The differences of all levels of a picture.
struct Difference {
  int most = 0;
  double mean = 0;
};

} // namespace

/// Compares with the reference's levels: equal for PNG; JPEG decoders may
/// differ by a few.
static void testGoldens(const std::string &goldens) {
  int pictures = 0;
  for (const char *name : {"clip_224", "clip_336", "siglip_384"}) {
    std::string folder = goldens + "/" + name;
    std::string config = readFile(folder + "/preprocessor_config.json");
    bridge_message why;
    bridge_preprocessor *preprocessor = nullptr;
    CHECK_EQ(bridge_preprocessor_open(nullptr, config.data(), config.size(),
                                      &preprocessor, &why),
             BRIDGE_OK);
    bridge_tensor_file *levels = nullptr;
    CHECK_EQ(bridge_tensor_file_open(nullptr,
                                     (folder + "/levels.safetensors").c_str(),
                                     &levels, &why),
             BRIDGE_OK);
    if (!preprocessor || !levels)
      return;
    bool clip = std::strncmp(name, "clip", 4) == 0;
    const float clipMean[] = {0.48145466f, 0.4578275f, 0.40821073f};
    const float clipStd[] = {0.26862954f, 0.26130258f, 0.27577711f};
    for (int64_t i = 0; i < bridge_tensor_file_count(levels); ++i) {
      const bridge_named_tensor &golden = *bridge_tensor_file_at(levels, i);
      std::string path = goldens + "/" + golden.name;
      bridge_tensor pixels = {};
      CHECK_EQ(bridge_picture_load(preprocessor, path.c_str(), &pixels, &why),
               BRIDGE_OK);
      if (!pixels.data)
        continue;
      ++pictures;
      for (int axis = 0; axis < 3; ++axis)
        CHECK_EQ(pixels.shape[axis], golden.tensor.shape[axis]);
      auto *expected = static_cast<const uint8_t *>(golden.tensor.data);
      auto *values = static_cast<const float *>(pixels.data);
      int64_t area = pixels.shape[1] * pixels.shape[2];
      Difference difference;
      for (int64_t k = 0; k < 3 * area; ++k) {
        float mean = clip ? clipMean[k / area] : 0.5f;
        float deviation = clip ? clipStd[k / area] : 0.5f;
        float level = (values[k] * deviation + mean) * 255;
        CHECK(std::fabs(level - std::round(level)) < 1e-3);
        int distance = std::abs(static_cast<int>(std::lround(level)) -
                                static_cast<int>(expected[k]));
        difference.most = std::max(difference.most, distance);
        difference.mean += distance / (3.0 * static_cast<double>(area));
      }
      bool isPng = path.ends_with(".png");
      CHECK(difference.most <= (isPng ? 0 : 3));
      CHECK(difference.mean <= 0.05);
      if (difference.most > (isPng ? 0 : 3) || difference.mean > 0.05)
        std::cerr << path << " as " << name << ": at most " << difference.most
                  << ", mean " << difference.mean << "\n";
      bridge_picture_free(preprocessor, &pixels);
    }
    bridge_tensor_file_close(levels);
    bridge_preprocessor_close(preprocessor);
  }
  CHECK_EQ(pictures, 9);
}

static std::string chunk(const char *type, const std::string &data) {
  auto big = [](uint32_t number) {
    return std::string{char(number >> 24), char(number >> 16),
                       char(number >> 8), char(number)};
  };
  std::string body = type + data;
  auto *bytes = reinterpret_cast<const Bytef *>(body.data());
  return big(static_cast<uint32_t>(data.size())) + body +
         big(static_cast<uint32_t>(crc32(0, bytes, uInt(body.size()))));
}

/// A PNG file of one row. `more` are chunks between header and pixels.
static std::string png(uint8_t width, uint8_t depth, uint8_t type,
                       const std::string &row, const std::string &more = "",
                       uint8_t height = 1) {
  std::string header = {
      0,           0,          0, char(width), 0, 0, 0, char(height),
      char(depth), char(type), 0, 0,           0};
  std::string raw = std::string(1, '\0') + row, packed(1000, '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef *>(packed.data()), &size,
           reinterpret_cast<const Bytef *>(raw.data()), raw.size());
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + more +
         chunk("IDAT", packed.substr(0, size)) + chunk("IEND", "");
}

/// The levels of a PNG file as "r g b r g b", or the message.
static std::string decoded(const std::string &file) {
  bridge_message why;
  Message message(&why);
  Picture picture;
  if (decodePng(reinterpret_cast<const uint8_t *>(file.data()), file.size(),
                "p", picture, message))
    return why.text;
  std::string text;
  for (int64_t i = 0; i < picture.width * picture.height * 3; ++i)
    text += (i ? " " : "") + std::to_string(picture.levels[i]);
  return text;
}

static void testPngKinds() {
  using namespace std::string_literals;
  CHECK_EQ(decoded(png(2, 8, 2, "\1\2\3\xff\xfe\xfd")), "1 2 3 255 254 253");
  CHECK_EQ(decoded(png(2, 8, 0, "\1\xff")), "1 1 1 255 255 255");
  CHECK_EQ(decoded(png(3, 1, 0, "\xa0")), "255 255 255 0 0 0 255 255 255");
  CHECK_EQ(decoded(png(2, 2, 0, "\x60")), "85 85 85 170 170 170");
  CHECK_EQ(decoded(png(2, 4, 0, "\x1f")), "17 17 17 255 255 255");
  // Transparency is dropped, whatever lies below it.
  CHECK_EQ(decoded(png(1, 8, 6, "\x0a\x14\x1e\0"s)), "10 20 30");
  CHECK_EQ(decoded(png(2, 8, 4, "\x0a\x80\x14\0"s)), "10 10 10 20 20 20");
  std::string palette = chunk("PLTE", "\1\2\3\4\5\6");
  CHECK_EQ(decoded(png(2, 8, 3, "\1\0"s, palette)), "4 5 6 1 2 3");
  CHECK_EQ(decoded(png(2, 8, 3, "\1\0"s, palette + chunk("tRNS", "\0\x80"s))),
           "4 5 6 1 2 3");
  // 16 bits: the high byte, but grey is cut off at 255.
  CHECK_EQ(decoded(png(1, 16, 2, "\x0a\xff\x14\xff\x1e\xff")), "10 20 30");
  CHECK_EQ(decoded(png(1, 16, 4, "\x0a\xff\x14\xff")), "10 10 10");
  CHECK_EQ(decoded(png(4, 16, 0, "\0\x07\x01\0\0\xff\xff\xff"s)),
           "7 7 7 255 255 255 255 255 255 255 255 255");
}

static void testResizing() {
  bridge_message why;
  Message message(&why);
  auto row = [&](std::vector<uint8_t> levels, int64_t width, Filter filter,
                 bool upright) {
    Picture picture;
    auto size = static_cast<int64_t>(levels.size());
    CHECK_EQ(
        picture.allocate(upright ? 1 : size, upright ? size : 1, "p", message),
        BRIDGE_OK);
    for (int64_t i = 0; i < size; ++i)
      std::memset(picture.levels + 3 * i, levels[i], 3);
    CHECK_EQ(resize(picture, upright ? 1 : width, upright ? width : 1, filter,
                    message),
             BRIDGE_OK);
    std::string text;
    for (int64_t i = 0; i < width; ++i)
      text += (i ? " " : "") + std::to_string(picture.levels[3 * i + 1]);
    return text;
  };
  for (bool upright : {false, true}) {
    // By hand: weights (1 − |d|/2) / 2 of four pixels, cut at the edges.
    CHECK_EQ(row({0, 0, 80, 240}, 2, Filter::Bilinear, upright), "11 137");
    CHECK_EQ(row({10, 20, 30, 40}, 2, Filter::Box, upright), "15 35");
    CHECK_EQ(row({10, 20, 30, 40}, 2, Filter::Nearest, upright), "20 40");
    CHECK_EQ(row({10, 20}, 4, Filter::Nearest, upright), "10 10 20 20");
    CHECK_EQ(row({0, 100}, 4, Filter::Bilinear, upright), "0 25 75 100");
    // A step rings, and is cut off at 0 and 255.
    CHECK_EQ(row({0, 0, 255, 255}, 8, Filter::Bicubic, upright),
             "0 0 0 52 203 255 255 255");
    for (Filter filter : {Filter::Bilinear, Filter::Bicubic, Filter::Lanczos,
                          Filter::Box, Filter::Hamming})
      CHECK_EQ(row({77, 77, 77, 77, 77}, 3, filter, upright), "77 77 77");
  }
}

static bridge_status load(const std::string &config, const std::string &file,
                          bridge_message &why, std::string *shape = nullptr) {
  bridge_preprocessor *preprocessor = nullptr;
  if (bridge_status status = bridge_preprocessor_open(
          nullptr, config.data(), config.size(), &preprocessor, &why))
    return status;
  bridge_tensor pixels = {};
  bridge_status status = bridge_picture_decode(preprocessor, file.data(),
                                               file.size(), &pixels, &why);
  if (shape && !status)
    *shape = ShapeText(pixels.rank, pixels.shape).text;
  bridge_picture_free(preprocessor, &pixels);
  bridge_preprocessor_close(preprocessor);
  return status;
}

static void testBadPictures(const std::string &goldens) {
  bridge_message why;
  std::string good = readFile(goldens + "/china_small.png");
  std::string jpeg = readFile(goldens + "/flower_grey.jpg");
  CHECK_EQ(load("{}", good, why), BRIDGE_OK);
  CHECK_FAILS(load("{}", "", why), BRIDGE_BAD_PICTURE,
              "neither a PNG nor a JPEG");
  CHECK_FAILS(load("{}", "GIF89a and more", why), BRIDGE_BAD_PICTURE,
              "neither a PNG nor a JPEG");
  for (size_t length = 8; length < good.size(); length += 97)
    CHECK_FAILS(load("{}", good.substr(0, length), why), BRIDGE_BAD_PICTURE,
                "broken PNG: ");
  for (size_t length = 3; length < jpeg.size() - 2; length += 97)
    CHECK_FAILS(load("{}", jpeg.substr(0, length), why), BRIDGE_BAD_PICTURE,
                "broken JPEG: ");
  // Damage anywhere is an error or another picture, not a crash.
  for (size_t position = 8; position < 2000; position += 13) {
    std::string damaged = good, damagedJpeg = jpeg;
    damaged[position] = static_cast<char>(damaged[position] ^ 0x55);
    damagedJpeg[position] = static_cast<char>(damagedJpeg[position] ^ 0x55);
    load("{}", damaged, why);
    load("{}", damagedJpeg, why);
  }
  std::string huge = png(1, 8, 2, "abc");
  std::string header = std::string("\0\1\0\0\0\1\0\0\x08\2\0\0\0", 13);
  huge.replace(8, 25, chunk("IHDR", header));
  CHECK_FAILS(load("{}", huge, why), BRIDGE_BAD_PICTURE,
              "65536 x 65536 pixels; from 1 to 178956970 are allowed");
  // Nothing is allocated for what a header claims.
  header.replace(0, 8, "\x7f\xff\xff\xff\x7f\xff\xff\xff");
  huge.replace(8, 25, chunk("IHDR", header));
  CHECK_FAILS(load("{}", huge, why), BRIDGE_BAD_PICTURE,
              "2147483647 x 2147483647 pixels; from 1 to 178956970 are");
  CHECK_FAILS(
      load("{\"size\": 32768}", png(200, 8, 0, std::string(200, 'a')), why),
      BRIDGE_BAD_PICTURE, "the resized picture");
}

static void testConfigs(const std::string &goldens) {
  bridge_message why;
  std::string picture = readFile(goldens + "/china_small.png");
  std::string shape;
  auto sized = [&](const char *config) {
    shape = "failed";
    CHECK_EQ(load(config, picture, why, &shape), BRIDGE_OK);
    return shape;
  };
  std::string own = sized("{\"do_resize\": false}");
  CHECK_EQ(sized("{}"), own);
  CHECK_EQ(sized("{\"size\": {\"height\": 7, \"width\": 9}}"), "[3, 7, 9]");
  CHECK_EQ(sized("{\"size\": 10, \"crop_size\": 8}"), "[3, 8, 8]");
  CHECK_EQ(sized("{\"crop_size\": {\"height\": 500, \"width\": 6}}"),
           "[3, 500, 6]");
  struct Case {
    const char *config, *why;
  } cases[] = {
      {"[]", "is an array, expected an object"},
      {"{\"size\": 0}", "`size` has to be {height, width}"},
      {"{\"size\": -3}", "each from 1 to 32768, found -3"},
      {"{\"size\": 1000000}", "found 1000000"},
      {"{\"size\": {\"longest_edge\": 3}}", "{\"longest_edge\": 3}"},
      {"{\"do_resize\": true}", "found nothing"},
      {"{\"do_resize\": 1}", "`do_resize` is a number"},
      {"{\"do_pad\": true}", "`do_pad` is not supported"},
      {"{\"resample\": 6}", "`resample` has to be a filter"},
      {"{\"resample\": \"cubic\"}", "found \"cubic\""},
      {"{\"image_mean\": [1, 2]}", "`image_mean` has to be three numbers"},
      {"{\"image_mean\": [1, 2, 3], \"image_std\": [1, 0, 1]}",
       "`image_std` has a 0"},
      {"{\"do_normalize\": true}", "`image_mean` has to be three numbers"},
      {"{\"rescale_factor\": \"1/255\"}", "`rescale_factor` is a string"},
      {"{", "preprocessor_config.json: line 1"},
  };
  for (const Case &test : cases)
    CHECK_CONTAINS((load(test.config, picture, why), std::string(why.text)),
                   test.why);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  testGoldens(argv[1]);
  testPngKinds();
  testResizing();
  testBadPictures(argv[1]);
  testConfigs(argv[1]);
  return failures != 0;
}
