//===- VectorTranspose.cpp - Square transposes in registers ---------------===//
#include "VectorTranspose.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

/// Lanes of a block of 128 bits, within which shuffles are cheapest.
static constexpr int64_t kBlock = 4;

static Value shuffle(Emitter &emitter, Value first, Value second,
                     ArrayRef<int32_t> lanes) {
  return LLVM::ShuffleVectorOp::create(emitter.builder(), emitter.loc(), first,
                                       second, lanes);
}

/// The same shuffle in each block: `pick` numbers lanes of the first vector's
/// block from 0, those of the second's from 4.
static Value shuffleBlocks(Emitter &emitter, Value first, Value second,
                           std::array<int32_t, 4> pick) {
  SmallVector<int32_t> lanes;
  for (int64_t block = 0; block < emitter.lanes(); block += kBlock)
    for (int32_t lane : pick)
      lanes.push_back(lane < kBlock ? block + lane
                                    : emitter.lanes() + block + lane - kBlock);
  return shuffle(emitter, first, second, lanes);
}

/// Whole blocks, numbered through both vectors.
static Value pickBlocks(Emitter &emitter, Value first, Value second,
                        ArrayRef<int32_t> blocks) {
  SmallVector<int32_t> lanes;
  for (int32_t block : blocks)
    for (int32_t lane = 0; lane < kBlock; ++lane)
      lanes.push_back(block * kBlock + lane);
  return shuffle(emitter, first, second, lanes);
}

/// Transposes each 4×4 square of four rows in place: vector j then holds, in
/// block q, what stood in column 4q + j.
static std::array<Value, 4> transposeBlocks(Emitter &emitter, ValueRange rows) {
  Value low01 = shuffleBlocks(emitter, rows[0], rows[1], {0, 4, 1, 5});
  Value high01 = shuffleBlocks(emitter, rows[0], rows[1], {2, 6, 3, 7});
  Value low23 = shuffleBlocks(emitter, rows[2], rows[3], {0, 4, 1, 5});
  Value high23 = shuffleBlocks(emitter, rows[2], rows[3], {2, 6, 3, 7});
  return {shuffleBlocks(emitter, low01, low23, {0, 1, 4, 5}),
          shuffleBlocks(emitter, low01, low23, {2, 3, 6, 7}),
          shuffleBlocks(emitter, high01, high23, {0, 1, 4, 5}),
          shuffleBlocks(emitter, high01, high23, {2, 3, 6, 7})};
}

/// The columns 4q + j of a square from vector j of each group of four rows.
static Values gatherColumns(Emitter &emitter, ArrayRef<Value> groups) {
  if (groups.size() == 2)
    return {pickBlocks(emitter, groups[0], groups[1], {0, 2}),
            pickBlocks(emitter, groups[0], groups[1], {1, 3})};
  Value even01 = pickBlocks(emitter, groups[0], groups[1], {0, 2, 4, 6});
  Value odd01 = pickBlocks(emitter, groups[0], groups[1], {1, 3, 5, 7});
  Value even23 = pickBlocks(emitter, groups[2], groups[3], {0, 2, 4, 6});
  Value odd23 = pickBlocks(emitter, groups[2], groups[3], {1, 3, 5, 7});
  return {pickBlocks(emitter, even01, even23, {0, 2, 4, 6}),
          pickBlocks(emitter, odd01, odd23, {0, 2, 4, 6}),
          pickBlocks(emitter, even01, even23, {1, 3, 5, 7}),
          pickBlocks(emitter, odd01, odd23, {1, 3, 5, 7})};
}

Values bridge::transposeSquare(Emitter &emitter, ValueRange rows) {
  int64_t groups = emitter.lanes() / kBlock;
  SmallVector<std::array<Value, 4>> blocks;
  for (int64_t group : llvm::seq(groups))
    blocks.push_back(
        transposeBlocks(emitter, rows.slice(group * kBlock, kBlock)));
  Values columns(emitter.lanes());
  for (int64_t column : llvm::seq(kBlock)) {
    Values sources =
        llvm::map_to_vector(blocks, [&](const std::array<Value, 4> &block) {
          return block[column];
        });
    for (auto [block, vector] :
         llvm::enumerate(gatherColumns(emitter, sources)))
      columns[block * kBlock + column] = vector;
  }
  return columns;
}
