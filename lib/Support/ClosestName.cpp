//===- ClosestName.cpp - What a misspelt name may mean --------------------===//
#include "bridge/Support/ClosestName.h"
#include <algorithm>
#include <vector>

using namespace bridge;
using llvm::StringRef;

/// Insertions, deletions, replacements and swaps of neighbours that lead from
/// `a` to `b` (optimal string alignment).
static size_t editDistance(StringRef a, StringRef b) {
  std::vector<size_t> beforeLast, last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    beforeLast = last;
    last = row;
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min(
          {last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
  }
  return row.back();
}

StringRef bridge::closestName(StringRef name, llvm::ArrayRef<StringRef> known) {
  constexpr size_t maxLength = 200;
  if (name.size() < 2 || name.size() > maxLength)
    return {};
  StringRef closest;
  size_t limit = std::max<size_t>(name.size() / 3, 1);
  for (StringRef candidate : known) {
    if (candidate == name || candidate.size() > name.size() + limit)
      continue;
    size_t distance =
        candidate.equals_insensitive(name) ? 0 : editDistance(name, candidate);
    if (distance > limit || (distance == limit && !closest.empty()))
      continue;
    closest = candidate;
    if (distance == 0)
      break;
    limit = distance;
  }
  return closest;
}
