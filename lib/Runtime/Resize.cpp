//===- Resize.cpp - Resampling as Pillow does it --------------------------===//
#include "Picture.h"
#include <math.h>

using namespace bridge::runtime;

bridge_status Picture::allocate(int64_t newWidth, int64_t newHeight,
                                const char *what, Message &message) {
  int64_t pixels;
  if (newWidth < 1 || newHeight < 1 || !multiply(newWidth, newHeight, pixels) ||
      pixels > maxPixels)
    return message.fail(BRIDGE_BAD_PICTURE,
                        "%s: %lld x %lld pixels; from 1 to %lld are allowed",
                        what, static_cast<long long>(newWidth),
                        static_cast<long long>(newHeight),
                        static_cast<long long>(maxPixels));
  free(levels);
  width = newWidth;
  height = newHeight;
  levels = static_cast<uint8_t *>(malloc(3 * pixels));
  if (!levels)
    return message.fail(BRIDGE_OUT_OF_MEMORY,
                        "%s: %lld x %lld pixels need more memory than this "
                        "machine gives",
                        what, static_cast<long long>(width),
                        static_cast<long long>(height));
  return BRIDGE_OK;
}

void Picture::swap(Picture &other) {
  uint8_t *otherLevels = other.levels;
  int64_t otherWidth = other.width, otherHeight = other.height;
  other.levels = levels;
  other.width = width;
  other.height = height;
  levels = otherLevels;
  width = otherWidth;
  height = otherHeight;
}

namespace {

double sinc(double x) { return x == 0 ? 1 : sin(M_PI * x) / (M_PI * x); }

/// Half the width of a filter at scale 1.
double supportOf(Filter filter) {
  switch (filter) {
  case Filter::Box:
    return 0.5;
  case Filter::Bicubic:
    return 2;
  case Filter::Lanczos:
    return 3;
  default:
    return 1;
  }
}

double evaluate(Filter filter, double x) {
  x = fabs(x);
  switch (filter) {
  case Filter::Box:
    return x <= 0.5 ? 1 : 0;
  case Filter::Hamming:
    return x >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * cos(M_PI * x));
  case Filter::Bicubic: {
    // Keys' cubic convolution with a = −0.5.
    constexpr double a = -0.5;
    if (x < 1)
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }
  case Filter::Lanczos:
    return x < 3 ? sinc(x) * sinc(x / 3) : 0;
  default:
    return x < 1 ? 1 - x : 0;
  }
}

/// Fixed point of weights; 8 bits for levels and 2 for overshoot are left.
constexpr int precisionBits = 32 - 8 - 2;

/// Which input pixels make an output pixel, with their weights.
struct Taps {
  int64_t first, count;
  const int32_t *weights;
};

class Axis {
public:
  Axis(int64_t in, int64_t out, Filter filter) {
    double scale = static_cast<double>(in) / static_cast<double>(out);
    double widening = scale < 1 ? 1 : scale;
    double support = supportOf(filter) * widening;
    auto most = static_cast<int64_t>(ceil(support)) * 2 + 1;
    taps.resize(out);
    weights.resize(out * most);
    Array<double> exact;
    exact.resize(most);
    for (int64_t i = 0; i < out; ++i) {
      double center = (static_cast<double>(i) + 0.5) * scale;
      auto first = static_cast<int64_t>(center - support + 0.5);
      auto last = static_cast<int64_t>(center + support + 0.5);
      first = first < 0 ? 0 : first;
      last = last > in ? in : last;
      double sum = 0;
      for (int64_t k = first; k < last; ++k) {
        exact[k - first] = evaluate(
            filter, (static_cast<double>(k) - center + 0.5) / widening);
        sum += exact[k - first];
      }
      int32_t *fixed = weights.data() + i * most;
      for (int64_t k = 0; k < last - first; ++k) {
        double weight =
            (sum != 0 ? exact[k] / sum : exact[k]) * (1 << precisionBits);
        fixed[k] =
            static_cast<int32_t>(weight < 0 ? weight - 0.5 : weight + 0.5);
      }
      taps[i] = {first, last - first, fixed};
    }
  }

  const Taps &operator[](int64_t i) const { return taps[i]; }

private:
  Array<Taps> taps;
  Array<int32_t> weights;
};

uint8_t toLevel(int32_t sum) {
  int32_t level = sum >> precisionBits;
  return level < 0 ? 0 : level > 255 ? 255 : level;
}

constexpr int32_t half = 1 << (precisionBits - 1);

void resizeRows(const Picture &in, Picture &out, Filter filter) {
  Axis axis(in.width, out.width, filter);
  for (int64_t y = 0; y < out.height; ++y) {
    const uint8_t *row = in.levels + y * in.width * 3;
    uint8_t *to = out.levels + y * out.width * 3;
    for (int64_t x = 0; x < out.width; ++x) {
      const Taps &taps = axis[x];
      int32_t sums[3] = {half, half, half};
      const uint8_t *from = row + taps.first * 3;
      for (int64_t k = 0; k < taps.count; ++k, from += 3)
        for (int c = 0; c < 3; ++c)
          sums[c] += from[c] * taps.weights[k];
      for (int c = 0; c < 3; ++c)
        *to++ = toLevel(sums[c]);
    }
  }
}

void resizeColumns(const Picture &in, Picture &out, Filter filter) {
  Axis axis(in.height, out.height, filter);
  int64_t stride = in.width * 3;
  for (int64_t y = 0; y < out.height; ++y) {
    const Taps &taps = axis[y];
    const uint8_t *column = in.levels + taps.first * stride;
    for (int64_t x = 0; x < stride; ++x) {
      int32_t sum = half;
      for (int64_t k = 0; k < taps.count; ++k)
        sum += column[k * stride + x] * taps.weights[k];
      out.levels[y * stride + x] = toLevel(sum);
    }
  }
}

void takeNearest(const Picture &in, Picture &out) {
  double scaleX =
      static_cast<double>(in.width) / static_cast<double>(out.width);
  double scaleY =
      static_cast<double>(in.height) / static_cast<double>(out.height);
  for (int64_t y = 0; y < out.height; ++y) {
    auto fromY = static_cast<int64_t>((static_cast<double>(y) + 0.5) * scaleY);
    for (int64_t x = 0; x < out.width; ++x) {
      auto fromX =
          static_cast<int64_t>((static_cast<double>(x) + 0.5) * scaleX);
      memcpy(out.levels + (y * out.width + x) * 3,
             in.levels + (fromY * in.width + fromX) * 3, 3);
    }
  }
}

} // namespace

bridge_status bridge::runtime::resize(Picture &picture, int64_t width,
                                      int64_t height, Filter filter,
                                      Message &message) {
  const char *what = "the resized picture";
  if (filter == Filter::Nearest) {
    Picture taken;
    BRIDGE_TRY(taken.allocate(width, height, what, message));
    takeNearest(picture, taken);
    picture.swap(taken);
    return BRIDGE_OK;
  }
  if (width != picture.width) {
    Picture narrow;
    BRIDGE_TRY(narrow.allocate(width, picture.height, what, message));
    resizeRows(picture, narrow, filter);
    picture.swap(narrow);
  }
  if (height != picture.height) {
    Picture low;
    BRIDGE_TRY(low.allocate(width, height, what, message));
    resizeColumns(picture, low, filter);
    picture.swap(low);
  }
  return BRIDGE_OK;
}
