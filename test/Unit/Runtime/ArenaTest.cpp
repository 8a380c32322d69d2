//===- ArenaTest.cpp - Places of intermediate results ---------------------===//
#include "Arena.h"
#include "Support.h"

using namespace bridge::runtime;

static bool overlap(const Piece &a, const Piece &b) {
  return a.first <= b.last && b.first <= a.last &&
         a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

static void testChain() {
  // Each result lives until the next step: two places, used in turns.
  Piece pieces[] = {{64, 0, 1, 0}, {64, 1, 2, 0}, {64, 2, 3, 0}, {64, 3, 4, 0}};
  int64_t total;
  CHECK(placePieces({pieces, 4}, total));
  CHECK_EQ(total, 128);
}

static void testSmallestGap() {
  // After the first two end, gaps of 128 (between) and 192 are free.
  Piece pieces[] = {{640, 0, 9, 0},
                    {192, 0, 1, 0},
                    {320, 0, 9, 0},
                    {128, 2, 9, 0},
                    {64, 2, 9, 0}};
  int64_t total;
  CHECK(placePieces({pieces, 5}, total));
  CHECK_EQ(total, 640 + 320 + 192);
}

static void testRandomPieces() {
  uint32_t state = 1;
  auto random = [&state](uint32_t below) {
    state = state * 1664525 + 1013904223;
    return static_cast<int64_t>((state >> 8) % below);
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<Piece> pieces(1 + random(60));
    int64_t sum = 0;
    for (Piece &piece : pieces) {
      int64_t first = random(40);
      piece = {64 * random(20), first, first + random(8), -1};
      sum += piece.bytes;
    }
    int64_t total, peak = 0;
    CHECK(placePieces({pieces.data(), int64_t(pieces.size())}, total));
    for (size_t i = 0; i < pieces.size(); ++i) {
      CHECK(pieces[i].offset >= 0 && pieces[i].offset % 64 == 0);
      CHECK(pieces[i].offset + pieces[i].bytes <= total);
      for (size_t k = 0; k < i; ++k)
        CHECK(!overlap(pieces[i], pieces[k]));
    }
    for (int64_t step = 0; step < 50; ++step) {
      int64_t live = 0;
      for (const Piece &piece : pieces)
        live += piece.first <= step && step <= piece.last ? piece.bytes : 0;
      peak = live > peak ? live : peak;
    }
    CHECK(total >= peak && total <= sum);
    CHECK(total <= peak + peak / 2 + 640);
  }
}

static void testOverflow() {
  int64_t half = (INT64_MAX / 2 + 64) / 64 * 64;
  Piece pieces[] = {{half, 0, 1, 0}, {half, 0, 1, 0}};
  int64_t total;
  CHECK(!placePieces({pieces, 2}, total));
}

int main() {
  testChain();
  testSmallestGap();
  testRandomPieces();
  testOverflow();
  return bridge::test::failures != 0;
}
