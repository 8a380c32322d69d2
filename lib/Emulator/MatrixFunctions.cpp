//===- MatrixFunctions.cpp - Matrices that a warp holds
//---------------------===//
//
// Which lane holds which elements: PTX ISA, "Matrix Fragments for mma.m16n8k16"
// and "ldmatrix". A lane's group is lane / 4, its place in it lane % 4.
//
//===----------------------------------------------------------------------===//
#include "Block.h"
#include "Numbers.h"
#include "Runtime.h"
#include <cstring>

using namespace bridge::emulator;

/// The 16-byte row that a lane names, of each of `count` matrices of 8×8
/// elements of 16 bits.
static char *rowOf(Thread *lanes, uint32_t matrix, uint32_t row) {
  char *address;
  std::memcpy(&address, lanes[matrix * 8 + row].exchange, sizeof(address));
  return address;
}

static void checkRow(Thread &thread, const char *address, AccessKind kind,
                     uint32_t count, Site site) {
  if (thread.lane < count * 8)
    thread.block->accessShared(thread, address, 16, kind, 16, site);
}

static void needWholeWarp(Thread &thread, Site site) {
  if (thread.block->warpSize(thread) != 32)
    thread.block->fail(thread, site, "this takes a warp of 32 threads");
}

/// Leaves `count` words for each lane: elements (group, 2·place) and the one
/// behind it, of the matrix or its transpose.
static void loadMatrix(Thread &thread, char *address, uint32_t count,
                       uint32_t transposed, Site site) {
  needWholeWarp(thread, site);
  checkRow(thread, address, AccessKind::Read, count, site);
  std::memcpy(thread.exchange, &address, sizeof(address));
  Block &block = *thread.block;
  Thread *lanes = block.warpOf(thread);
  block.barriers.meet(thread, ~0u, site, [&] {
    uint16_t elements[4][8][8];
    for (uint32_t matrix = 0; matrix < count; ++matrix)
      for (uint32_t row = 0; row < 8; ++row)
        std::memcpy(elements[matrix][row], rowOf(lanes, matrix, row), 16);
    for (uint32_t lane = 0; lane < 32; ++lane) {
      auto *result = reinterpret_cast<uint16_t *>(lanes[lane].exchange);
      uint32_t row = lane / 4, column = lane % 4 * 2;
      for (uint32_t matrix = 0; matrix < count; ++matrix)
        for (uint32_t i = 0; i < 2; ++i)
          result[matrix * 2 + i] = transposed
                                       ? elements[matrix][column + i][row]
                                       : elements[matrix][row][column + i];
    }
  });
}

/// The reverse; the words start at byte 8 of the exchange.
static void storeMatrix(Thread &thread, char *address, uint32_t count,
                        uint32_t transposed, Site site) {
  needWholeWarp(thread, site);
  checkRow(thread, address, AccessKind::Write, count, site);
  std::memcpy(thread.exchange, &address, sizeof(address));
  Block &block = *thread.block;
  Thread *lanes = block.warpOf(thread);
  block.barriers.meet(thread, ~0u, site, [&] {
    for (uint32_t matrix = 0; matrix < count; ++matrix) {
      uint16_t elements[8][8];
      for (uint32_t lane = 0; lane < 32; ++lane) {
        uint16_t pair[2];
        std::memcpy(pair, lanes[lane].exchange + 8 + matrix * 4, 4);
        uint32_t row = lane / 4, column = lane % 4 * 2;
        for (uint32_t i = 0; i < 2; ++i)
          (transposed ? elements[column + i][row] : elements[row][column + i]) =
              pair[i];
      }
      for (uint32_t row = 0; row < 8; ++row)
        std::memcpy(rowOf(lanes, matrix, row), elements[row], 16);
    }
  });
}

/// c += a·b with a of 16×`depth`, b of `depth`×8.
static void multiply(const float (*a)[16], const float (*b)[8], float (*c)[8],
                     uint32_t depth) {
  for (uint32_t i = 0; i < 16; ++i)
    for (uint32_t k = 0; k < depth; ++k)
      for (uint32_t j = 0; j < 8; ++j)
        c[i][j] += a[i][k] * b[k][j];
}

/// Multiplies fragments of 16×`depth` and `depth`×8 elements: the exchange has
/// the words of A, of B and the four sums of C, and then has those of D.
static void multiplyFragments(Thread &thread, MatrixElement element,
                              uint32_t depth, Site site) {
  needWholeWarp(thread, site);
  Block &block = *thread.block;
  Thread *lanes = block.warpOf(thread);
  block.barriers.meet(thread, ~0u, site, [&] {
    float a[16][16], b[16][8], c[16][8];
    // A word has `wide` elements, a row of a quarter's words 4·`wide`.
    uint32_t wide = element == MatrixElement::TF32 ? 1 : 2;
    uint32_t quarters = depth / (4 * wide);
    for (uint32_t lane = 0; lane < 32; ++lane) {
      const char *words = lanes[lane].exchange;
      uint32_t group = lane / 4, place = lane % 4;
      for (uint32_t q = 0; q < quarters; ++q)
        for (uint32_t i = 0; i < wide; ++i) {
          uint32_t k = (q * 4 + place) * wide + i;
          for (uint32_t half = 0; half < 2; ++half)
            a[group + 8 * half][k] =
                toFloat(element, words + (q * 2 + half) * 4, i);
          b[k][group] = toFloat(element, words + (quarters * 2 + q) * 4, i);
        }
      for (uint32_t i = 0; i < 4; ++i)
        std::memcpy(&c[group + i / 2 * 8][place * 2 + i % 2],
                    words + (quarters * 3 + i) * 4, 4);
    }
    multiply(a, b, c, depth);
    for (uint32_t lane = 0; lane < 32; ++lane)
      for (uint32_t i = 0; i < 4; ++i)
        std::memcpy(lanes[lane].exchange + i * 4,
                    &c[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2], 4);
  });
}

void bridge::emulator::addMatrixFunctions(
    llvm::SmallVectorImpl<RuntimeFunction> &functions) {
  functions.append({
      describe("bridge_emulator_load_matrix", loadMatrix),
      describe("bridge_emulator_store_matrix", storeMatrix),
      describe("bridge_emulator_multiply", multiplyFragments),
  });
}
