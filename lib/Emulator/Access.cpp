//===- Access.cpp - Checks of what a thread accesses
//------------------------===//
#include "Block.h"
#include "llvm/Support/FormatVariadic.h"

using namespace bridge::emulator;

static llvm::StringRef verb(AccessKind kind) {
  switch (kind) {
  case AccessKind::Read:
    return "reads";
  case AccessKind::Write:
    return "writes";
  case AccessKind::Atomic:
    return "updates";
  }
  llvm_unreachable("covered switch");
}

void Block::report(Thread &thread, const Conflict &conflict, AccessKind kind,
                   uint32_t bytes, Site site) {
  if (!conflict)
    return;
  std::string access = llvm::formatv("{0} {1} bytes {2}", verb(kind), bytes,
                                     shared.describe(conflict.offset));
  // The tensor engine is the one behind the threads.
  std::string other = conflict.index < threadCount
                          ? who(threads[conflict.index])
                          : std::string("a bulk copy");
  switch (conflict.kind) {
  case Conflict::None:
    return;
  case Conflict::Bounds:
    fail(thread, site, access + ": out of bounds");
  case Conflict::Uninitialised:
    fail(thread, site, access + ": nobody has written them");
  case Conflict::InFlight:
    fail(thread, site,
         access + ": a copy is under way there that nobody has waited for, " +
             placeOf(conflict.site) + " of " + other);
  case Conflict::UnfencedProxy:
    fail(thread, site,
         access + ": written " + placeOf(conflict.site) + " by " + other +
             " without a proxy fence since");
  case Conflict::ReadAfterWrite:
  case Conflict::WriteAfterWrite:
    fail(thread, site,
         access + ": race, written " + placeOf(conflict.site) + " by " + other +
             " without a barrier since");
  case Conflict::WriteAfterRead:
    fail(thread, site,
         access + ": race, read " + placeOf(conflict.site) + " by " + other +
             " without a barrier since");
  }
}

void Block::checkGlobal(Thread &thread, const char *address, uint32_t bytes,
                        AccessKind kind, Site site) {
  uintptr_t place = reinterpret_cast<uintptr_t>(address);
  const Region *&last = lastRegion[site];
  if (last && last->contains(place, bytes))
    return;
  if (const Region *found = grid->memory->find(place, bytes)) {
    last = found;
    return;
  }
  // What a thread keeps for itself.
  if (address >= stacks.begin(thread.index) &&
      address + bytes <= stacks.end(thread.index))
    return;
  fail(thread, site,
       llvm::formatv("{0} {1} bytes {2}: out of bounds", verb(kind), bytes,
                     grid->memory->describe(place)));
}

void Block::access(Thread &thread, const char *address, uint32_t bytes,
                   AccessKind kind, uint32_t alignment, Site site) {
  if (uintptr_t(address) & (alignment - 1))
    fail(
        thread, site,
        llvm::formatv("{0} {1} bytes at {2:x}, which is not a multiple of {3}: "
                      "misaligned",
                      verb(kind), bytes, uintptr_t(address), alignment));
  if (shared.contains(address))
    report(thread, shared.access(address, bytes, kind, thread.accessor(site)),
           kind, bytes, site);
  else
    checkGlobal(thread, address, bytes, kind, site);
}

void Block::accessShared(Thread &thread, const char *address, uint32_t bytes,
                         AccessKind kind, uint32_t alignment, Site site) {
  if (shared.contains(address))
    return access(thread, address, bytes, kind, alignment, site);
  Conflict conflict{Conflict::Bounds};
  conflict.offset = static_cast<uint32_t>(address - shared.begin());
  report(thread, conflict, kind, bytes, site);
}

void Block::readByEngine(Thread &thread, const char *address, uint32_t bytes,
                         Site site) {
  if (!shared.contains(address))
    return accessShared(thread, address, bytes, AccessKind::Read, 1, site);
  Conflict conflict = shared.readByEngine(
      address, bytes, thread.accessor(site), [&](uint16_t index) {
        return index < threadCount ? threads[index].fenced : ~0u;
      });
  report(thread, conflict, AccessKind::Read, bytes, site);
}

void Block::finishBulkCopy(const char *address, uint32_t bytes, Site site,
                           ClockSum &known) {
  // The engine is the one behind the threads.
  uint16_t engine = threadCount;
  shared.finishCopy(address, bytes,
                    {engine, uint16_t(site), ++engineTime, nullptr});
  known.addTime(start, engine, engineTime);
}
