//===- SharedMemory.cpp - Shared memory and who touched it
//------------------===//
#include "SharedMemory.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstring>
#include <sys/mman.h>

using namespace bridge::emulator;

// Matrix descriptors have 18 bits of an address.
static constexpr uintptr_t kWindowAlignment = 1 << 18;

SharedMemory::~SharedMemory() {
  if (window)
    munmap(window, kSharedWindowBytes);
}

bool SharedMemory::map() {
  if (window)
    return true;
  constexpr size_t bytes = kSharedWindowBytes + kWindowAlignment;
  void *mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (mapped == MAP_FAILED)
    return false;
  char *begin = static_cast<char *>(mapped);
  window = reinterpret_cast<char *>((uintptr_t(begin) + kWindowAlignment - 1) &
                                    ~(kWindowAlignment - 1));
  if (window != begin)
    munmap(begin, window - begin);
  char *end = window + kSharedWindowBytes;
  if (begin + bytes != end)
    munmap(end, begin + bytes - end);
  cells = std::make_unique<Cell[]>(kSharedWindowBytes / 4);
  return true;
}

void SharedMemory::start(uint32_t bytes, llvm::ArrayRef<StaticArray> known,
                         uint32_t time) {
  dynamicBytes = bytes;
  arrays = known;
  startTime = time;
  std::memset(window, 0xff, dynamicBytes);
  for (const StaticArray &array : arrays)
    std::memset(window + array.offset, 0xff, array.bytes);
}

bool SharedMemory::inBounds(uint32_t offset, uint32_t bytes) const {
  if (offset < dynamicBytes && bytes <= dynamicBytes - offset)
    return true;
  for (const StaticArray &array : arrays)
    if (offset - array.offset < array.bytes &&
        bytes <= array.bytes - (offset - array.offset))
      return true;
  return false;
}

std::string SharedMemory::describe(uint32_t offset) const {
  if (int32_t(offset) < int32_t(kStaticSharedOffset))
    return llvm::formatv("at byte {0} of the shared memory, which has {1}",
                         int64_t(int32_t(offset)), dynamicBytes)
        .str();
  const StaticArray *before = nullptr;
  for (const StaticArray &array : arrays)
    if (array.offset <= offset)
      before = &array;
  if (!before)
    return llvm::formatv("{0} bytes behind all shared memory",
                         offset - kStaticSharedOffset)
        .str();
  return llvm::formatv("at byte {0} of `{1}`, which has {2}",
                       offset - before->offset, before->name, before->bytes)
      .str();
}

/// Whether `who` knows that the access was before.
static bool isBefore(uint16_t index, uint32_t time, const Accessor &who) {
  return index == who.index || time <= who.seen->times[index];
}

Conflict SharedMemory::checkRead(Cell &cell, uint8_t mask,
                                 const Accessor &who) {
  if (cell.copies && cell.writeTime > startTime)
    return {Conflict::InFlight, cell.writer, cell.writeSite};
  if (cell.writeTime <= startTime || (cell.written & mask) != mask)
    return {Conflict::Uninitialised};
  if ((cell.writeMask & mask) && !isBefore(cell.writer, cell.writeTime, who))
    return {Conflict::ReadAfterWrite, cell.writer, cell.writeSite};
  return {};
}

Conflict SharedMemory::checkWrite(Cell &cell, uint8_t mask, bool atomic,
                                  const Accessor &who) {
  if (cell.writeTime > startTime) {
    if (cell.copies)
      return {Conflict::InFlight, cell.writer, cell.writeSite};
    if ((cell.writeMask & mask) && !(atomic && cell.atomic) &&
        !isBefore(cell.writer, cell.writeTime, who))
      return {Conflict::WriteAfterWrite, cell.writer, cell.writeSite};
  }
  for (int i = 0; i < 2; ++i)
    if (cell.readTime[i] > startTime && (cell.readMask[i] & mask) &&
        !isBefore(cell.reader[i], cell.readTime[i], who))
      return {Conflict::WriteAfterRead, cell.reader[i], cell.readSite[i]};
  return {};
}

void SharedMemory::noteRead(Cell &cell, uint8_t mask, const Accessor &who) {
  // Whoever comes after this read comes after all that this read comes after,
  // so those need no place. Of more than two that know nothing of each other,
  // the last one goes in the second.
  int place = isBefore(cell.reader[0], cell.readTime[0], who) ? 0 : 1;
  bool again =
      cell.reader[place] == who.index && cell.readTime[place] == who.time;
  cell.readMask[place] = again ? cell.readMask[place] | mask : mask;
  cell.reader[place] = who.index;
  cell.readTime[place] = who.time;
  cell.readSite[place] = who.site;
}

void SharedMemory::noteWrite(Cell &cell, uint8_t mask, bool atomic,
                             const Accessor &who) {
  bool first = cell.writeTime <= startTime;
  bool again = !first && cell.writer == who.index && cell.writeTime == who.time;
  cell.written = (first ? 0 : cell.written) | mask;
  cell.writeMask = again ? cell.writeMask | mask : mask;
  if (first)
    cell.copies = 0;
  cell.writer = who.index;
  cell.writeTime = who.time;
  cell.writeSite = who.site;
  cell.atomic = atomic;
}

template <typename Function>
Conflict SharedMemory::forEachCell(const char *address, uint32_t bytes,
                                   Function function) {
  uint32_t offset = static_cast<uint32_t>(address - window);
  if (!inBounds(offset, bytes))
    return {Conflict::Bounds, 0, 0, offset};
  for (uint32_t at = offset, end = offset + bytes; at < end;) {
    uint32_t next = std::min(end, (at & ~3u) + 4);
    uint8_t mask = ((1u << (next - at)) - 1) << (at & 3);
    if (Conflict conflict = function(cells[at / 4], mask)) {
      conflict.offset = at;
      return conflict;
    }
    at = next;
  }
  return {};
}

Conflict SharedMemory::access(const char *address, uint32_t bytes,
                              AccessKind kind, const Accessor &who) {
  if (kind == AccessKind::Read)
    return forEachCell(address, bytes, [&](Cell &cell, uint8_t mask) {
      Conflict conflict = checkRead(cell, mask, who);
      noteRead(cell, mask, who);
      return conflict;
    });
  bool atomic = kind == AccessKind::Atomic;
  return forEachCell(address, bytes, [&](Cell &cell, uint8_t mask) {
    Conflict conflict;
    if (atomic &&
        (cell.writeTime <= startTime || (cell.written & mask) != mask))
      conflict.kind = Conflict::Uninitialised;
    else
      conflict = checkWrite(cell, mask, atomic, who);
    noteWrite(cell, mask, atomic, who);
    return conflict;
  });
}

Conflict
SharedMemory::readByEngine(const char *address, uint32_t bytes,
                           const Accessor &who,
                           llvm::function_ref<uint32_t(uint16_t)> fenced) {
  return forEachCell(address, bytes, [&](Cell &cell, uint8_t mask) -> Conflict {
    Conflict conflict = checkRead(cell, mask, who);
    noteRead(cell, mask, who);
    if (!conflict && cell.writeTime > fenced(cell.writer))
      return {Conflict::UnfencedProxy, cell.writer, cell.writeSite};
    return conflict;
  });
}

Conflict SharedMemory::startCopy(const char *address, uint32_t bytes,
                                 const Accessor &who) {
  return forEachCell(address, bytes, [&](Cell &cell, uint8_t mask) {
    Conflict conflict = checkWrite(cell, mask, false, who);
    noteWrite(cell, mask, false, who);
    cell.copies = 1;
    return conflict;
  });
}

void SharedMemory::finishCopy(const char *address, uint32_t bytes,
                              const Accessor &who) {
  forEachCell(address, bytes, [&](Cell &cell, uint8_t mask) {
    cell.copies = 0;
    noteWrite(cell, mask, false, who);
    return Conflict();
  });
}
