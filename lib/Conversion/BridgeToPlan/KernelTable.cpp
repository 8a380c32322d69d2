//===- KernelTable.cpp - The distinct kernels of a plan -------------------===//
#include "KernelTable.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace bridge;

KernelTable::KernelTable(ModuleOp module) : module(module) {
  for (Operation &op : module.getOps())
    if (auto name =
            op.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName()))
      names.insert(name.getValue());
}

/// A text that is equal for kernels that compute the same.
static std::string describe(plan::KernelOp kernel) {
  OwningOpRef<plan::KernelOp> copy = cast<plan::KernelOp>(kernel->clone());
  copy->setSymName("kernel");
  SmallVector<Attribute> signature;
  for (Type type : kernel.getSignature().getAsValueRange<TypeAttr>())
    signature.push_back(TypeAttr::get(plan::getKernelOperandType(type)));
  copy->setSignatureAttr(ArrayAttr::get(kernel.getContext(), signature));
  for (Value argument : copy->getBody().getArguments())
    argument.setType(plan::getKernelOperandType(argument.getType()));
  std::string text;
  llvm::raw_string_ostream stream(text);
  copy->print(stream, OpPrintingFlags().useLocalScope());
  return text;
}

plan::KernelOp KernelTable::intern(OwningOpRef<plan::KernelOp> wanted) {
  plan::KernelOp &entry = kernels[describe(*wanted)];
  if (entry)
    return entry;
  entry = wanted.release();
  std::string stem = entry.getSymName().str(), name = stem;
  for (int number = 1; !names.insert(name).second; ++number)
    name = stem + "_" + std::to_string(number);
  entry.setSymName(name);
  Block &body = *module.getBody();
  Block::iterator place =
      lastKernel ? std::next(lastKernel->getIterator())
                 : (*module.getOps<func::FuncOp>().begin())->getIterator();
  body.getOperations().insert(place, entry);
  lastKernel = entry;
  return entry;
}

/// The place in a file that a location comes from, innermost first.
static FileLineColLoc findFile(Location loc) {
  FileLineColLoc found;
  loc->walk([&](Location inner) {
    found = dyn_cast<FileLineColLoc>(inner);
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}

int64_t KernelTable::addSite(Location loc, StringRef message) {
  std::string text = message.str();
  if (FileLineColLoc file = findFile(loc))
    text = llvm::formatv("{0}:{1}:{2}: {3}", file.getFilename().getValue(),
                         file.getLine(), file.getColumn(), message);
  auto [entry, isNew] = siteNumbers.try_emplace(text, sites.size());
  if (isNew)
    sites.push_back(StringAttr::get(module.getContext(), text));
  return entry->second;
}

void KernelTable::finish() {
  if (!sites.empty())
    module->setAttr(plan::kSitesAttr,
                    ArrayAttr::get(module.getContext(), sites));
}
