//===- Base.h - Text, memory and messages of the run time -------*- C++ -*-===//
//
// The run time links against the C library alone, so that it has its own few
// containers. They hold plain data and are never copied.
//
//===----------------------------------------------------------------------===//
#ifndef BRIDGE_LIB_RUNTIME_BASE_H
#define BRIDGE_LIB_RUNTIME_BASE_H

#include "bridge/Runtime/bridge.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// The first field of every object of the C interface points to it.
extern "C" const struct bridge_api bridge_runtime_api;

namespace bridge::runtime {

/// Characters that live elsewhere; not terminated.
struct Text {
  const char *data = "";
  size_t size = 0;

  Text() = default;
  Text(const char *data, size_t size) : data(data), size(size) {}
  Text(const char *terminated) : data(terminated), size(strlen(terminated)) {}

  bool operator==(Text other) const {
    return size == other.size && memcmp(data, other.data, size) == 0;
  }
  bool startsWith(Text prefix) const {
    return size >= prefix.size && memcmp(data, prefix.data, prefix.size) == 0;
  }
  bool endsWith(Text suffix) const {
    return size >= suffix.size &&
           memcmp(data + size - suffix.size, suffix.data, suffix.size) == 0;
  }
  Text dropFront(size_t count) const { return {data + count, size - count}; }
  const char *begin() const { return data; }
  const char *end() const { return data + size; }
};

/// Order of bytes, as strcmp gives it.
int compare(Text left, Text right);

/// For `%.*s`.
#define BRIDGE_TEXT(text) static_cast<int>((text).size), (text).data

/// malloc and realloc that end the process with a message when a *small* piece
/// of memory (a name, a table) is not to be had. Tensors are never allocated
/// with these.
void *allocateSmall(size_t bytes);
void *reallocateSmall(void *memory, size_t bytes);

/// Elements that live elsewhere.
template <typename T> struct Span {
  T *data = nullptr;
  int64_t size = 0;

  T &operator[](int64_t index) const { return data[index]; }
  T *begin() const { return data; }
  T *end() const { return data + size; }
};

/// A growing array of plain data.
template <typename T> class Array {
public:
  Array() = default;
  Array(const Array &) = delete;
  Array &operator=(const Array &) = delete;
  ~Array() { free(elements); }

  void push(const T &element) {
    if (count == capacity) {
      capacity = capacity ? 2 * capacity : 16;
      elements =
          static_cast<T *>(reallocateSmall(elements, capacity * sizeof(T)));
    }
    elements[count++] = element;
  }
  /// Changes the size; new elements are zero bytes.
  void resize(int64_t size) {
    if (size > capacity || !elements) {
      capacity = size;
      elements =
          static_cast<T *>(reallocateSmall(elements, capacity * sizeof(T)));
    }
    if (size > count)
      memset(static_cast<void *>(elements + count), 0,
             (size - count) * sizeof(T));
    count = size;
  }
  /// Sorts by `before(left, right)`.
  template <typename Before> void sort(Before before) {
    if (count < 2)
      return;
    qsort_r(
        elements, count, sizeof(T),
        [](const void *left, const void *right, void *context) {
          const Before &before = *static_cast<const Before *>(context);
          const T &a = *static_cast<const T *>(left);
          const T &b = *static_cast<const T *>(right);
          return before(a, b) ? -1 : static_cast<int>(before(b, a));
        },
        &before);
  }
  void pop() { --count; }
  void clear() { count = 0; }
  int64_t size() const { return count; }
  bool empty() const { return count == 0; }
  T &operator[](int64_t index) { return elements[index]; }
  const T &operator[](int64_t index) const { return elements[index]; }
  T *data() { return elements; }
  T *begin() { return elements; }
  T *end() { return elements + count; }
  const T *begin() const { return elements; }
  const T *end() const { return elements + count; }

private:
  T *elements = nullptr;
  int64_t count = 0;
  int64_t capacity = 0;
};

/// An object whose fresh state is all zero bytes, such as one of Arrays,
/// Regions and plain data.
template <typename T> T *create() {
  return static_cast<T *>(memset(allocateSmall(sizeof(T)), 0, sizeof(T)));
}
template <typename T> void destroy(T *object) {
  if (object) {
    object->~T();
    free(object);
  }
}

/// A created object, destroyed when the scope ends unless released.
template <typename T> struct Owned {
  T *object = create<T>();
  Owned() = default;
  Owned(const Owned &) = delete;
  Owned &operator=(const Owned &) = delete;
  ~Owned() { destroy(object); }
  T *operator->() const { return object; }
  T &operator*() const { return *object; }
  T *release() {
    T *released = object;
    object = nullptr;
    return released;
  }
};

/// Memory for many small objects that end together.
class Region {
public:
  Region() = default;
  Region(const Region &) = delete;
  Region &operator=(const Region &) = delete;
  ~Region();

  /// Zeroed memory, aligned to 16.
  void *allocate(size_t bytes);
  template <typename T> T *make(int64_t count = 1) {
    return static_cast<T *>(allocate(count * sizeof(T)));
  }
  template <typename T> Span<T> span(int64_t count) {
    return {make<T>(count), count};
  }
  /// A terminated copy.
  const char *copy(Text text);

private:
  struct Chunk {
    Chunk *next;
    size_t used, size;
  };
  Chunk *chunks = nullptr;
};

/// Text that grows; used for lists in messages and what is printed.
class Builder {
public:
  void add(Text text);
  __attribute__((format(printf, 2, 3))) void addf(const char *format, ...);
  /// Valid until the next change.
  Text text() const {
    return characters.empty()
               ? Text()
               : Text(characters.begin(), size_t(characters.size()));
  }
  /// The same, terminated.
  const char *terminated();
  void clear() { characters.clear(); }

private:
  Array<char> characters;
};

/// Where the reason of a failure goes; the caller may not want it.
class Message {
public:
  explicit Message(bridge_message *out) : out(out) {
    if (out)
      out->text[0] = 0;
  }
  /// Writes the reason and returns `status`.
  __attribute__((format(printf, 3, 4))) bridge_status fail(bridge_status status,
                                                           const char *format,
                                                           ...);

  /// For calls of the C interface.
  bridge_message *get() const { return out; }

private:
  bridge_message *out;
};

/// Returns from the surrounding function when a call fails.
#define BRIDGE_TRY(call)                                                       \
  do {                                                                         \
    if (bridge_status tryStatus = (call))                                      \
      return tryStatus;                                                        \
  } while (false)

/// False on overflow.
inline bool add(int64_t left, int64_t right, int64_t &sum) {
  return !__builtin_add_overflow(left, right, &sum);
}
inline bool multiply(int64_t left, int64_t right, int64_t &product) {
  return !__builtin_mul_overflow(left, right, &product);
}
/// `value`, not negative, rounded up to a multiple of `unit`; false on
/// overflow.
inline bool roundUp(int64_t value, int64_t unit, int64_t &result) {
  if (!add(value, unit - 1, result))
    return false;
  result -= result % unit;
  return true;
}

/// The candidate that is closest to a misspelt name.
class Suggestion {
public:
  explicit Suggestion(Text wrong) : wrong(wrong) {}
  void consider(Text candidate);
  /// `; did you mean `x`?`, or nothing when no candidate comes close.
  const char *hint();

private:
  Text wrong, best;
  int64_t distance = INT64_MAX;
  char buffer[256];
};

/// The number of elements, or −1 on a negative dimension or overflow.
int64_t elementCount(int32_t rank, const int64_t *shape);
/// `[2, 3, 224, 224]` in a buffer of its own.
struct ShapeText {
  ShapeText(int32_t rank, const int64_t *shape);
  char text[BRIDGE_MAX_RANK * 22 + 4];
};
/// `1.5 GB` in a buffer of its own.
struct BytesText {
  explicit BytesText(double bytes);
  char text[32];
};

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_BASE_H
