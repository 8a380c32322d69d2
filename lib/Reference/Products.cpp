//===- Products.cpp - Evaluation of linear, matmul and conv2d -------------===//
#include "Products.h"
#include "Evaluations.h"

using namespace bridge;

void bridge::accumulateProduct(int64_t m, int64_t n, int64_t k, const double *a,
                               const double *b, double *out) {
  // Rows of b stay in the cache while all rows of a pass.
  constexpr int64_t kBlock = 128;
  for (int64_t first = 0; first < k; first += kBlock)
    for (int64_t row = 0; row < m; ++row)
      for (int64_t p = first; p < std::min(k, first + kBlock); ++p) {
        double factor = a[row * k + p];
        for (int64_t column = 0; column < n; ++column)
          out[row * n + column] += factor * b[p * n + column];
      }
}

Array bridge::linear(const Array &x, const Array &weight, const Array *bias) {
  int64_t in = weight.shape[1], out = weight.shape[0];
  Shape shape = x.shape;
  shape.back() = out;
  Array result = bias ? broadcastTo(*bias, shape) : Array(x.element, shape);
  Array transposed = transpose(weight, {1, 0});
  accumulateProduct(sizeOf(shape) / std::max<int64_t>(out, 1), out, in,
                    x.values.data(), transposed.values.data(),
                    result.values.data());
  return result;
}

static Array evaluateLinear(LinearOp op, const Scope &scope) {
  return linear(scope[op.getX()], scope[op.getWeight()],
                scope.find(op.getBias()));
}

static Array evaluateMatmul(MatmulOp op, const Scope &scope) {
  const Array &a = scope[op.getA()], &b = scope[op.getB()];
  Array result(Element::Float, scope.shape(op.getResult()));
  int64_t m = a.shape[a.rank() - 2], k = a.lastAxis(), n = b.lastAxis();
  // Leading axes, each counted in matrices.
  llvm::ArrayRef<int64_t> leading = llvm::ArrayRef(result.shape).drop_back(2);
  Shape aStrides =
      broadcastStrides(llvm::ArrayRef(a.shape).drop_back(2), leading);
  Shape bStrides =
      broadcastStrides(llvm::ArrayRef(b.shape).drop_back(2), leading);
  double *out = result.values.data();
  forEachPosition(leading, {aStrides, bStrides},
                  [&](llvm::ArrayRef<int64_t> at) {
                    accumulateProduct(m, n, k, a.values.data() + at[0] * m * k,
                                      b.values.data() + at[1] * k * n, out);
                    out += m * n;
                  });
  return result;
}

static Array evaluateConv2d(Conv2dOp op, const Scope &scope) {
  const Array &x = scope[op.getX()], &weight = scope[op.getWeight()];
  const Array *bias = scope.find(op.getBias());
  Array result(Element::Float, scope.shape(op.getResult()));
  int64_t channels = weight.shape[1], kernelHeight = weight.shape[2],
          kernelWidth = weight.shape[3];
  int64_t height = x.shape[2], width = x.shape[3];
  int64_t stride = op.getStride(), padding = op.getPadding();
  int64_t outPerGroup = weight.shape[0] / static_cast<int64_t>(op.getGroups());

  // The sum over one window; places in the padding are zero.
  auto window = [&](int64_t image, int64_t out, int64_t top, int64_t left) {
    double sum = bias ? bias->values[out] : 0;
    for (int64_t c = 0; c < channels; ++c) {
      int64_t channel = out / outPerGroup * channels + c;
      for (int64_t p = 0; p < kernelHeight; ++p)
        for (int64_t q = 0; q < kernelWidth; ++q) {
          int64_t row = top + p, column = left + q;
          if (row < 0 || row >= height || column < 0 || column >= width)
            continue;
          int64_t from =
              ((image * x.shape[1] + channel) * height + row) * width + column;
          int64_t by =
              ((out * channels + c) * kernelHeight + p) * kernelWidth + q;
          sum += x.values[from] * weight.values[by];
        }
    }
    return sum;
  };

  double *next = result.values.data();
  for (int64_t image = 0; image < result.shape[0]; ++image)
    for (int64_t out = 0; out < result.shape[1]; ++out)
      for (int64_t row = 0; row < result.shape[2]; ++row)
        for (int64_t column = 0; column < result.shape[3]; ++column)
          *next++ = window(image, out, row * stride - padding,
                           column * stride - padding);
  return result;
}

void bridge::attachProducts(mlir::MLIRContext *context) {
  attachEvaluations<evaluateLinear, evaluateMatmul, evaluateConv2d>(context);
}
