//===- Runtime.h - What generated code calls ---------------------*- C++
//-*-===//
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <type_traits>

namespace bridge::emulator {

struct Thread;

/// The types of arguments and results, in the words of the llvm dialect.
enum class ValueKind : uint8_t { Void, I32, I64, F32, Pointer };

/// A function of ours that generated code calls by its name.
struct RuntimeFunction {
  llvm::StringLiteral name;
  void *address;
  ValueKind result;
  llvm::SmallVector<ValueKind, 8> operands;
};

template <typename T> constexpr ValueKind valueKind() {
  if constexpr (std::is_void_v<T>)
    return ValueKind::Void;
  else if constexpr (std::is_pointer_v<T> || std::is_reference_v<T>)
    return ValueKind::Pointer;
  else if constexpr (std::is_same_v<T, float>)
    return ValueKind::F32;
  else if constexpr (std::is_enum_v<T> || sizeof(T) == 4)
    return ValueKind::I32;
  else
    return ValueKind::I64;
}

/// Describes `function` by its C++ type. One that needs the thread takes it as
/// its first argument, and generated code passes it by itself.
template <typename Result, typename... Operands>
RuntimeFunction describe(llvm::StringLiteral name,
                         Result (*function)(Operands...)) {
  return {name,
          reinterpret_cast<void *>(function),
          valueKind<Result>(),
          {valueKind<Operands>()...}};
}

/// The functions of each group; `runtimeFunctions` has all.
void addMemoryFunctions(llvm::SmallVectorImpl<RuntimeFunction> &functions);
void addBarrierFunctions(llvm::SmallVectorImpl<RuntimeFunction> &functions);
void addWarpFunctions(llvm::SmallVectorImpl<RuntimeFunction> &functions);
void addMatrixFunctions(llvm::SmallVectorImpl<RuntimeFunction> &functions);
void addTensorFunctions(llvm::SmallVectorImpl<RuntimeFunction> &functions);
void addWarpGroupFunctions(llvm::SmallVectorImpl<RuntimeFunction> &functions);
void addMathFunctions(llvm::SmallVectorImpl<RuntimeFunction> &functions);

llvm::ArrayRef<RuntimeFunction> runtimeFunctions();

} // namespace bridge::emulator
