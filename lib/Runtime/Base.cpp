//===- Base.cpp - Text, memory and messages of the run time ---------------===//
#include "Base.h"
#include <stdio.h>

using namespace bridge::runtime;

namespace bridge::runtime {

int compare(Text left, Text right) {
  size_t shared = left.size < right.size ? left.size : right.size;
  if (int order = memcmp(left.data, right.data, shared))
    return order;
  return left.size < right.size ? -1 : left.size > right.size;
}

static void *orAbort(void *memory) {
  if (!memory) {
    fputs("bridge: out of memory\n", stderr);
    abort();
  }
  return memory;
}

void *reallocateSmall(void *memory, size_t bytes) {
  return orAbort(realloc(memory, bytes ? bytes : 1));
}

void *allocateSmall(size_t bytes) { return reallocateSmall(nullptr, bytes); }

void *allocateObject(size_t bytes) {
  bytes = (bytes + 63) & ~size_t(63);
  return memset(orAbort(aligned_alloc(64, bytes)), 0, bytes);
}

int64_t elementCount(int32_t rank, const int64_t *shape) {
  int64_t count = 1;
  for (int32_t axis = 0; axis < rank; ++axis)
    if (shape[axis] < 0 || !multiply(count, shape[axis], count))
      return -1;
  return count;
}

} // namespace bridge::runtime

Region::~Region() {
  while (Chunk *chunk = chunks) {
    chunks = chunk->next;
    free(chunk);
  }
}

void *Region::allocate(size_t bytes) {
  bytes = (bytes + 15) & ~size_t(15);
  constexpr size_t header = (sizeof(Chunk) + 15) & ~size_t(15);
  if (!chunks || chunks->size - chunks->used < bytes) {
    size_t size = bytes > 65536 ? bytes : 65536;
    auto *chunk = static_cast<Chunk *>(allocateSmall(header + size));
    *chunk = {chunks, 0, size};
    chunks = chunk;
  }
  char *memory = reinterpret_cast<char *>(chunks) + header + chunks->used;
  chunks->used += bytes;
  memset(memory, 0, bytes);
  return memory;
}

const char *Region::copy(Text text) {
  char *memory = make<char>(text.size + 1);
  memcpy(memory, text.data, text.size);
  return memory;
}

void Builder::add(Text text) {
  for (char c : text)
    characters.push(c);
}

void Builder::addf(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  int64_t start = characters.size();
  characters.resize(start + length + 1);
  vsnprintf(characters.data() + start, length + 1, format, again);
  va_end(again);
  characters.pop();
}

const char *Builder::terminated() {
  characters.push(0);
  characters.pop();
  return characters.data();
}

bridge_status Message::fail(bridge_status status, const char *format, ...) {
  if (!out)
    return status;
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(out->text, sizeof(out->text), format, arguments);
  va_end(arguments);
  if (length >= static_cast<int>(sizeof(out->text)))
    memcpy(out->text + sizeof(out->text) - 4, "...", 4);
  // Names come from files: one line, whatever they contain.
  for (char *c = out->text; *c; ++c)
    if (static_cast<unsigned char>(*c) < ' ')
      *c = '?';
  return status;
}

/// The number of characters to insert, delete, replace or swap.
static int64_t editDistance(Text left, Text right) {
  constexpr size_t limit = 128;
  if (left.size > limit || right.size > limit)
    return INT64_MAX;
  int64_t rows[3][limit + 1];
  int64_t *older = rows[0], *old = rows[1], *now = rows[2];
  for (size_t j = 0; j <= right.size; ++j)
    old[j] = j;
  for (size_t i = 1; i <= left.size; ++i) {
    now[0] = i;
    for (size_t j = 1; j <= right.size; ++j) {
      bool same = left.data[i - 1] == right.data[j - 1];
      int64_t cost = old[j - 1] + !same;
      if (old[j] + 1 < cost)
        cost = old[j] + 1;
      if (now[j - 1] + 1 < cost)
        cost = now[j - 1] + 1;
      if (i > 1 && j > 1 && left.data[i - 1] == right.data[j - 2] &&
          left.data[i - 2] == right.data[j - 1] && older[j - 2] + 1 < cost)
        cost = older[j - 2] + 1;
      now[j] = cost;
    }
    int64_t *spare = older;
    older = old;
    old = now;
    now = spare;
  }
  return old[right.size];
}

void Suggestion::consider(Text candidate) {
  int64_t found = editDistance(wrong, candidate);
  if (found < distance) {
    distance = found;
    best = candidate;
  }
}

const char *Suggestion::hint() {
  int64_t allowed = wrong.size < 4 ? 1 : wrong.size / 3;
  if (distance > allowed)
    return "";
  snprintf(buffer, sizeof(buffer), "; did you mean `%.*s`?", BRIDGE_TEXT(best));
  return buffer;
}

ShapeText::ShapeText(int32_t rank, const int64_t *shape) {
  int used = snprintf(text, sizeof(text), "[");
  for (int32_t axis = 0; axis < rank; ++axis)
    used += snprintf(text + used, sizeof(text) - used, axis ? ", %lld" : "%lld",
                     static_cast<long long>(shape[axis]));
  snprintf(text + used, sizeof(text) - used, "]");
}

BytesText::BytesText(double bytes) {
  const char *unit = "bytes";
  static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
  for (const char *larger : units) {
    if (bytes < 1000)
      break;
    bytes /= 1000;
    unit = larger;
  }
  snprintf(text, sizeof(text),
           bytes < 10 && unit[0] != 'b' ? "%.2f %s" : "%.0f %s", bytes, unit);
}
