//===- Remarks.cpp - What the fusions say ---------------------------------===//
#include "Remarks.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace bridge;

/// The place in a spec and the part of the model that a location tells of.
static void printPlace(llvm::raw_ostream &os, Location location,
                       std::string &part) {
  bool printed = false;
  location->walk([&](Location inner) {
    if (auto name = dyn_cast<NameLoc>(inner)) {
      if (part.empty())
        part = name.getName().str();
    } else if (auto file = dyn_cast<FileLineColLoc>(inner)) {
      os << file.getFilename().getValue() << ":" << file.getLine() << ":"
         << file.getColumn() << ": ";
      printed = true;
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  if (!printed)
    os << "-: ";
}

namespace {
class RemarkCollector : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit RemarkCollector(std::string &text) : text(text) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    llvm::raw_string_ostream os(text);
    std::string part;
    printPlace(os, remark.getLocation(), part);
    os << (remark.getRemarkType() == llvm::remarks::Type::Passed ? "passed: "
                                                                 : "missed: ")
       << remark.getRemarkName() << ": ";
    for (const auto &argument : remark.getArgs())
      os << argument.val;
    if (!part.empty())
      os << " (" << part << ")";
    os << "\n";
  }

private:
  std::string &text;
};
} // namespace

void bridge::collectRemarks(MLIRContext &context, std::string &text) {
  remark::RemarkCategories categories;
  categories.all = ".*";
  // Fails only for a pattern that does not parse.
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<RemarkCollector>(text),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}
