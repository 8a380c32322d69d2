//===- Plot.cpp - Bars side by side as SVG --------------------------------===//
#include "Report.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge;
using llvm::ArrayRef;

namespace {

/// Pieces of a bar, by the keys of their metrics, and what the legend says.
struct Piece {
  const char *key, *name, *color;
};

/// A column of bars, one for each study.
struct Panel {
  const char *title;
  bool stacked; ///< pieces end to end, or below each other
  std::vector<Piece> pieces;
};

} // namespace

static const Panel kPanels[] = {
    {"visual tokens",
     false,
     {{"visual_tokens", "all", "#9ecae1"},
      {"sequence_tokens", "in the sequence", "#3182bd"}}},
    {"context left", false, {{"context_left", "", "#3182bd"}}},
    {"FLOPs",
     true,
     {{"tower_flops", "tower", "#9ecae1"},
      {"bridge_flops", "bridge", "#e6550d"},
      {"language_flops", "language model", "#3182bd"}}},
    {"memory beside the weights",
     true,
     {{"activation_bytes", "peak activations", "#3182bd"},
      {"cache_bytes", "keys and values", "#9ecae1"}}},
    {"time",
     false,
     {{"predicted_s", "predicted", "#9ecae1"},
      {"measured_s", "measured", "#3182bd"}}},
};

static constexpr double kRowHeight = 40, kPanelWidth = 180, kGap = 80,
                        kLabelWidth = 190, kTop = 56;

static std::string escape(llvm::StringRef text) {
  std::string escaped;
  for (char c : text)
    escaped += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return escaped;
}

namespace {

class Drawing {
public:
  explicit Drawing(ArrayRef<Study> studies)
      : studies(studies), metrics(metricsOf(studies)) {}

  std::string draw();

private:
  const Metric *find(llvm::StringRef key) const {
    auto metric = llvm::find_if(
        metrics, [&](const Metric &metric) { return metric.key == key; });
    return metric == metrics.end() ? nullptr : &*metric;
  }
  void text(double x, double y, llvm::StringRef words,
            llvm::StringRef style = "") {
    body += llvm::formatv("<text x=\"{0:f1}\" y=\"{1:f1}\" {2}>{3}</text>\n", x,
                          y, style, escape(words));
  }
  void bar(double x, double y, double width, double height,
           llvm::StringRef color) {
    body += llvm::formatv("<rect x=\"{0:f1}\" y=\"{1:f1}\" width=\"{2:f1}\" "
                          "height=\"{3:f1}\" fill=\"{4}\"/>\n",
                          x, y, width, height, color);
  }
  void panel(const Panel &panel, double left);
  void legend(ArrayRef<std::pair<Piece, const Metric *>> pieces, double left);

  ArrayRef<Study> studies;
  std::vector<Metric> metrics;
  std::string body;
};

} // namespace

void Drawing::legend(ArrayRef<std::pair<Piece, const Metric *>> pieces,
                     double left) {
  double bottom = kTop + kRowHeight * studies.size() + 14;
  for (auto [i, piece] : llvm::enumerate(pieces)) {
    if (!*piece.first.name)
      continue;
    bar(left, bottom + 16 * i, 10, 10, piece.first.color);
    text(left + 15, bottom + 16 * i + 9, piece.first.name);
  }
}

void Drawing::panel(const Panel &panel, double left) {
  std::vector<std::pair<Piece, const Metric *>> pieces;
  for (const Piece &piece : panel.pieces)
    if (const Metric *metric = find(piece.key))
      pieces.emplace_back(piece, metric);
  auto valueOf = [](const Metric &metric, size_t study) {
    return std::max(metric.values[study].value_or(0), 0.0);
  };
  double largest = 0;
  for (size_t study = 0; study != studies.size(); ++study) {
    double sum = 0;
    for (auto [piece, metric] : pieces) {
      double value = valueOf(*metric, study);
      sum = panel.stacked ? sum + value : std::max(sum, value);
    }
    largest = std::max(largest, sum);
  }
  text(left, kTop - 12, panel.title, "font-weight=\"bold\"");
  double scale = largest > 0 ? kPanelWidth / largest : 0;
  for (size_t study = 0; study != studies.size(); ++study) {
    double y = kTop + kRowHeight * study, at = 0, sum = 0;
    double height = panel.stacked || pieces.empty()
                        ? kRowHeight - 12
                        : (kRowHeight - 12) / pieces.size();
    for (auto [piece, metric] : pieces) {
      double value = valueOf(*metric, study);
      bar(left + at, y, value * scale, height, piece.color);
      if (panel.stacked) {
        at += value * scale;
        sum += value;
        continue;
      }
      text(left + value * scale + 4, y + height / 2 + 4,
           textOf(metric->values[study], metric->unit));
      y += height;
    }
    if (panel.stacked && !pieces.empty())
      text(left + at + 4, y + height / 2 + 4,
           textOf(sum, pieces.front().second->unit));
  }
  legend(pieces, left);
}

std::string Drawing::draw() {
  for (auto [i, study] : llvm::enumerate(studies))
    text(kLabelWidth - 10, kTop + kRowHeight * i + 15, labelOf(study, studies),
         "text-anchor=\"end\"");
  double left = kLabelWidth;
  for (const Panel &p : kPanels) {
    panel(p, left);
    left += kPanelWidth + kGap;
  }
  double height = kTop + kRowHeight * studies.size() + 70;
  return llvm::formatv(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:f0} {1:f0}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"10\" y=\"20\" font-size=\"14\">{2}</text>\n{3}</svg>\n",
      left, height, escape(commonSettings(studies)), body);
}

std::string bridge::drawPlot(ArrayRef<Study> studies) {
  return Drawing(studies).draw();
}
