//===- TensorFile.cpp - Files of tensors ----------------------------------===//
#include "TensorFile.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace bridge;
using llvm::Expected;

llvm::Error bridge::toError(bridge_status status,
                            const bridge_message &message) {
  return status == BRIDGE_OK ? llvm::Error::success()
                             : llvm::createStringError(message.text);
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Element bridge::elementOf(bridge_dtype dtype) {
  switch (dtype) {
  case BRIDGE_BOOL:
    return Element::Truth;
  case BRIDGE_I8:
  case BRIDGE_I16:
  case BRIDGE_I32:
  case BRIDGE_I64:
  case BRIDGE_U8:
  case BRIDGE_U16:
  case BRIDGE_U32:
  case BRIDGE_U64:
    return Element::Integer;
  default:
    return Element::Float;
  }
}

Shape bridge::shapeOf(const bridge_tensor &tensor) {
  return Shape(tensor.shape, tensor.shape + tensor.rank);
}

/// Reads elements of type T, which need not be aligned.
template <typename T>
static void read(const bridge_tensor &tensor, Array &array) {
  const char *from = static_cast<const char *>(tensor.data);
  for (double &value : array.values) {
    T element;
    std::memcpy(&element, from, sizeof(T));
    value = static_cast<double>(element);
    from += sizeof(T);
  }
}

/// Reads floats of 16 bits.
static void readHalves(const bridge_tensor &tensor,
                       const llvm::fltSemantics &semantics, Array &array) {
  read<uint16_t>(tensor, array);
  for (double &value : array.values) {
    llvm::APFloat number(semantics,
                         llvm::APInt(16, static_cast<uint64_t>(value)));
    value = number.convertToDouble();
  }
}

Expected<Array> bridge::toArray(const bridge_tensor &tensor) {
  Array array(elementOf(tensor.dtype), shapeOf(tensor));
  switch (tensor.dtype) {
  case BRIDGE_F32:
    read<float>(tensor, array);
    return array;
  case BRIDGE_F64:
    read<double>(tensor, array);
    return array;
  case BRIDGE_BF16:
    readHalves(tensor, llvm::APFloat::BFloat(), array);
    return array;
  case BRIDGE_F16:
    readHalves(tensor, llvm::APFloat::IEEEhalf(), array);
    return array;
  case BRIDGE_I8:
    read<int8_t>(tensor, array);
    return array;
  case BRIDGE_I16:
    read<int16_t>(tensor, array);
    return array;
  case BRIDGE_I32:
    read<int32_t>(tensor, array);
    return array;
  case BRIDGE_I64:
    read<int64_t>(tensor, array);
    return array;
  case BRIDGE_BOOL:
  case BRIDGE_U8:
    read<uint8_t>(tensor, array);
    break;
  case BRIDGE_U16:
    read<uint16_t>(tensor, array);
    return array;
  case BRIDGE_U32:
    read<uint32_t>(tensor, array);
    return array;
  case BRIDGE_U64:
    read<uint64_t>(tensor, array);
    return array;
  default:
    return llvm::createStringError(llvm::Twine("a tensor of ") +
                                   bridge_dtype_name(tensor.dtype) +
                                   " holds no numbers that are computed with");
  }
  if (array.element == Element::Truth)
    for (double &value : array.values)
      value = value != 0;
  return array;
}

//===----------------------------------------------------------------------===//
// Reading and writing
//===----------------------------------------------------------------------===//

Expected<TensorFile> TensorFile::open(const std::string &path) {
  bridge_tensor_file *file = nullptr;
  bridge_message message;
  if (bridge_status status =
          bridge_tensor_file_open(nullptr, path.c_str(), &file, &message))
    return toError(status, message);
  return TensorFile(file);
}

const bridge_tensor *TensorFile::find(const std::string &name) const {
  const bridge_named_tensor *found =
      bridge_tensor_file_find(file.get(), name.c_str());
  return found ? &found->tensor : nullptr;
}

std::vector<std::string> TensorFile::names() const {
  std::vector<std::string> names;
  for (int64_t i = 0, e = bridge_tensor_file_count(file.get()); i < e; ++i)
    names.push_back(bridge_tensor_file_at(file.get(), i)->name);
  return names;
}

template <typename T>
static std::vector<char> toBytes(const std::vector<double> &values) {
  std::vector<char> bytes(values.size() * sizeof(T));
  char *to = bytes.data();
  for (double value : values) {
    T element = static_cast<T>(value);
    std::memcpy(to, &element, sizeof(T));
    to += sizeof(T);
  }
  return bytes;
}

llvm::Error bridge::writeArrays(const std::string &path,
                                const std::vector<NamedArray> &arrays) {
  std::vector<std::vector<char>> memory;
  std::vector<bridge_named_tensor> tensors;
  auto add = [&](const NamedArray &named, bridge_dtype dtype,
                 std::vector<char> bytes) {
    const auto &[name, array] = named;
    memory.push_back(std::move(bytes));
    tensors.push_back(
        {name.c_str(),
         bridge_tensor_make(dtype, static_cast<int32_t>(array.rank()),
                            array.shape.data(), memory.back().data())});
  };
  for (const NamedArray &named : arrays) {
    const std::vector<double> &values = named.array.values;
    switch (named.array.element) {
    case Element::Float:
      add(named, BRIDGE_F64, toBytes<double>(values));
      break;
    case Element::Integer:
      add(named, BRIDGE_I32, toBytes<int32_t>(values));
      break;
    case Element::Truth:
      add(named, BRIDGE_BOOL, toBytes<uint8_t>(values));
      break;
    }
  }
  bridge_message message;
  return toError(bridge_tensor_file_write(nullptr, path.c_str(), tensors.data(),
                                          tensors.size(), &message),
                 message);
}
