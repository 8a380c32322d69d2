//===- Remarks.cpp - What the fusions say ---------------------------------===//
#include "Remarks.h"
#include "Output.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Remarks.h"

using namespace bridge;
namespace remark = mlir::remark;

namespace {
/// `std/attention.bridge:10:10: passed attention: … (vision_model.encoder)`
class LineStreamer : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit LineStreamer(std::shared_ptr<std::string> text)
      : text(std::move(text)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    llvm::raw_string_ostream os(*text);
    mlir::Location place = remark.getLocation();
    if (auto file = place->findInstanceOf<mlir::FileLineColLoc>())
      os << file.getFilename().getValue() << ":" << file.getLine() << ":"
         << file.getColumn() << ": ";
    os << kind(remark) << " " << remark.getRemarkName() << ": ";
    for (const auto &argument : remark.getArgs())
      os << argument.val;
    if (auto part = place->findInstanceOf<mlir::NameLoc>())
      os << " (" << part.getName().getValue() << ")";
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
  categories.passed = categories.missed = ".*";
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
