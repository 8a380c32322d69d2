//===- RewriteText.cpp - PTX and intrinsics by their names
//-------------------===//
#include "Rewriter.h"
#include "llvm/ADT/StringExtras.h"

using namespace bridge::emulator;
namespace LLVM = mlir::LLVM;

/// The function that stands for an instruction or an intrinsic with the name
/// `operation` of its approximation, such as `ex2.approx.ftz.f`; null where
/// there is none.
static const RuntimeFunction *findApproximation(llvm::StringRef operation) {
  std::string name = "bridge_emulator_" + operation.str();
  std::replace(name.begin(), name.end(), '.', '_');
  for (const RuntimeFunction &function : runtimeFunctions())
    if (function.name == name)
      return &function;
  return nullptr;
}

llvm::Error Rewriter::rewriteIntrinsic(LLVM::CallIntrinsicOp op) {
  llvm::StringRef name = op.getIntrin();
  if (!name.consume_front("llvm.nvvm."))
    return llvm::Error::success();
  // ex2.approx.ftz.f32 and rcp.approx.ftz.f are one kind of name.
  name.consume_back("32");
  // Tensor cores round what is left of TF32 away from zero.
  if (name == "f2tf.rna" || name == "f2tf32.rna")
    name = "to.tf";
  const RuntimeFunction *function = findApproximation(name);
  if (name == "to.tf")
    function = findApproximation("to.tf32");
  size_t count = op.getArgs().size();
  if (!function || function->operands.size() != count)
    return cannot(op, " of `" + op.getIntrin() + "`");
  llvm::SmallVector<Operand> operands(op.getArgs().begin(), op.getArgs().end());
  replace(op, call(function->name, operands));
  return llvm::Error::success();
}

/// The mnemonic of an assembly text with one instruction, whose first operand
/// is its result.
static llvm::StringRef mnemonicOf(llvm::StringRef text) {
  return text.trim().take_until([](char c) { return llvm::isSpace(c); });
}

llvm::Error Rewriter::rewriteAssembly(mlir::Operation *op, llvm::StringRef text,
                                      mlir::ValueRange operands) {
  llvm::StringRef mnemonic = mnemonicOf(text);
  bool single = text.trim().drop_back().find(';') == llvm::StringRef::npos;
  llvm::StringRef name = mnemonic;
  name.consume_back("32");
  const RuntimeFunction *function = nullptr;
  if (single)
    function = mnemonic == "cvt.rn.bf16x2.f32"  ? findApproximation("pack_bf16")
               : mnemonic == "cvt.rn.f16x2.f32" ? findApproximation("pack_f16")
               : mnemonic == "cvt.rna.tf32.f32" ? findApproximation("to_tf32")
                                                : findApproximation(name);
  if (!function || op->getNumResults() != 1 ||
      function->operands.size() != operands.size())
    return cannot(op, " with the text `" + text + "`");
  llvm::SmallVector<Operand> values(operands.begin(), operands.end());
  replace(op, call(function->name, values));
  return llvm::Error::success();
}
