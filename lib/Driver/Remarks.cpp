//===- Remarks.cpp - What the fusions say ---------------------------------===//
#include "Remarks.h"
#include "Output.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/STLExtras.h"

using namespace bridge;
namespace remark = mlir::remark;

namespace {
/// `clip.bridge:20:3: passed attention: softmax(q kᵀ) v fused`
class LineStreamer : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit LineStreamer(std::shared_ptr<std::string> text)
      : text(std::move(text)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    llvm::raw_string_ostream os(*text);
    if (auto place =
            remark.getLocation()->findInstanceOf<mlir::FileLineColLoc>())
      os << place.getFilename().getValue() << ":" << place.getLine() << ":"
         << place.getColumn() << ": ";
    os << kind(remark) << " " << remark.getRemarkName() << ": ";
    llvm::interleaveComma(remark.getArgs(), os,
                          [&](const auto &argument) { os << argument.val; });
    os << "\n";
  }

private:
  static llvm::StringRef kind(const remark::detail::Remark &remark) {
    switch (remark.getRemarkType()) {
    case llvm::remarks::Type::Passed:
      return "passed";
    case llvm::remarks::Type::Missed:
      return "missed";
    case llvm::remarks::Type::Failure:
      return "failed";
    default:
      return "remark";
    }
  }

  std::shared_ptr<std::string> text;
};
} // namespace

Remarks::Remarks(mlir::MLIRContext &context)
    : text(std::make_shared<std::string>()) {
  remark::RemarkCategories categories;
  categories.all = ".*";
  // It fails for categories that are no regular expressions.
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<LineStreamer>(text),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}

llvm::Error Remarks::write(llvm::StringRef path) const {
  if (path.empty()) {
    llvm::errs() << *text;
    return llvm::Error::success();
  }
  return writeOutput(path, [&](llvm::raw_ostream &os) { os << *text; });
}
