//===- PartPath.cpp - Which part an operation belongs to ------------------===//
#include "bridge/Analysis/PartPath.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace bridge;

StringRef bridge::partPath(Location location) {
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return partPath(call.getCallee());
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location inner : fused.getLocations())
      if (StringRef path = partPath(inner); !path.empty())
        return path;
    return "";
  }
  auto named = dyn_cast<NameLoc>(location);
  if (!named)
    return "";
  StringRef inner = partPath(named.getChildLoc());
  return inner.empty() ? named.getName().getValue() : inner;
}

Location bridge::withPartPath(Location location, StringAttr path) {
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return CallSiteLoc::get(withPartPath(call.getCallee(), path),
                            call.getCaller());
  auto named = dyn_cast<NameLoc>(location);
  if (!named)
    return NameLoc::get(path, location);
  Location child = named.getChildLoc();
  return partPath(child).empty()
             ? NameLoc::get(path, child)
             : NameLoc::get(named.getName(), withPartPath(child, path));
}

std::string bridge::joinPaths(StringRef outer, StringRef inner) {
  if (outer.empty() || inner.empty())
    return (outer + inner).str();
  return (outer + "." + inner).str();
}

bool bridge::isInPart(StringRef path, StringRef outer) {
  if (outer.empty() || path == outer)
    return true;
  return path.size() > outer.size() && path.starts_with(outer) &&
         path[outer.size()] == '.';
}

std::string CallContext::resolve(StringRef path) const {
  StringRef rest = path, expected = functionPath;
  while (!expected.empty()) {
    auto [name, others] = expected.split('.');
    auto [found, remaining] = rest.split('.');
    bool isNumber = !found.empty() && llvm::all_of(found, [](char c) {
      return llvm::isDigit(c);
    });
    if (found != name && !(name == "*" && isNumber))
      return path.str();
    expected = others;
    rest = remaining;
  }
  return joinPaths(callPath, rest);
}
