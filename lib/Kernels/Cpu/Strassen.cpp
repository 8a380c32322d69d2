//===- Strassen.cpp - Large products of seven eighths ---------------------===//
#include "Strassen.h"
#include "MicroKernels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace bridge;

using Values = Emitter::Values;

/// Rows of a block, at most: enough that the sums of panels are made for many
/// tiles, and few enough that the sums of rows stay in the cache.
static constexpr int64_t kBlockRows = 312;
/// A stretch of k: 7 panels of half of it, and what is next, fit the second
/// level.
static constexpr int64_t kDepthBlock = 1024;
/// Pairs of panels of a chunk, for which the sums of rows are made once: as
/// many as leave each thread a few jobs.
static constexpr int64_t kMinPairs = 2, kMaxPairs = 8, kJobsOfThread = 2;
/// Products of blocks.
static constexpr int64_t kProducts = 7;
/// Greatest elements of partners may differ by this factor's exponent, and be
/// at most 2^64, as bits of f32.
static constexpr int32_t kMaxSpread = 6 << 23, kMaxBits = (127 + 64) << 23;

Value bridge::isStrassen(Emitter &emitter, GemmTiles &tiles,
                         ArrayRef<int64_t> least) {
  Value result =
      emitter.equal(emitter.rem(tiles.depth(), 2), emitter.number(0));
  Values sizes = {tiles.rows(), tiles.columns(), tiles.depth()};
  for (auto [size, bound] : llvm::zip_equal(sizes, least))
    result =
        arith::AndIOp::create(emitter.builder(), emitter.loc(), result,
                              emitter.less(emitter.number(bound - 1), size));
  return result;
}

GemmPartition bridge::strassenPartition(Emitter &emitter, GemmTiles &tiles) {
  Value rows = tiles.rows();
  Value rowBlocks =
      emitter.max(emitter.ceilDiv(rows, kBlockRows), emitter.number(1));
  // Even, so that at most the last block has a row without a partner.
  Value blockRows = emitter.roundUp(emitter.ceilDiv(rows, rowBlocks), 2);
  Value panels = emitter.ceilDiv(tiles.columns(), emitter.level().panelWidth());
  Value pairs = emitter.ceilDiv(panels, 2);
  Value even = emitter.ceilDiv(emitter.mul(pairs, rowBlocks),
                               emitter.mul(tiles.threads(), kJobsOfThread));
  Value chunkPairs = emitter.min(emitter.max(even, emitter.number(kMinPairs)),
                                 emitter.number(kMaxPairs));
  Value chunkPanels = emitter.mul(chunkPairs, 2);
  return {emitter.ceilDiv(rows, emitter.max(blockRows, emitter.number(1))),
          blockRows, panels, chunkPanels, emitter.ceilDiv(panels, chunkPanels)};
}

namespace {

/// Where things stand in a thread's scratch, in bytes.
struct ScratchLayout {
  explicit ScratchLayout(const CpuLevel &level);

  int64_t rowStride;   ///< of a row of an S
  int64_t rowSum;      ///< an S: [half of a block's rows, half a stretch]
  int64_t panelSum;    ///< a T: [half a stretch, panel width]
  int64_t tile;        ///< [micro rows, panel width]
  int64_t tilesOfHalf; ///< row tiles of half a block
  int64_t panelSums, flags, tiles; ///< where these start; the row sums do at 0
  int64_t bytes;
};

/// The halves of a stretch of k.
struct Stretch {
  Value first;   ///< k of its start
  Value half;    ///< elements of a half
  Value isFirst; ///< whether the accumulators start here
  Value isLast;  ///< whether they are done after it
};

/// A pair of panels in a stretch.
struct PanelPair {
  Value one, other;          ///< their numbers
  Value b11, b12, b21, b22;  ///< their quarters
  std::array<Value, 2> next; ///< where the next pair's stretches begin
  Value isBalanced;          ///< whether its columns may meet in sums
  Value tiles;               ///< where C of this pair gathers
};

/// A row tile of the upper half and its partner of the lower one.
struct RowPair {
  Value index;        ///< among the tiles of a half
  Value inHalf;       ///< its first row, counted in the half
  Value rows;         ///< how many
  Value upper, lower; ///< the first rows, counted in the product
};

class StrassenJob {
public:
  StrassenJob(Emitter &emitter, GemmTiles &tiles, Value scratch);
  void emit(Value job);

private:
  Value rowSum(int64_t number, Value inHalf);
  Value panelSum(int64_t number);
  Value tileOf(const PanelPair &pair, const RowPair &rows, int64_t number);
  /// The address `bytes` into the stretches of a pair's two panels, of which
  /// one follows the other.
  Value ofRegions(ArrayRef<Value> regions, const Stretch &k, Value bytes);
  RowPair rowPair(Value index);
  Stretch stretch(Value index);

  void emitStretch(const Stretch &k);
  void sumRows(const Stretch &k);
  Value sumRow(const Stretch &k, Value inHalf);
  /// Stores T and gives whether the panels' columns are balanced.
  Value sumPanels(const Stretch &k, const PanelPair &pair);
  void emitPair(const Stretch &k, Value pair);
  void emitTile(const Stretch &k, const PanelPair &pair, const RowPair &rows);
  void emitSevenProducts(const Stretch &k, const PanelPair &pair,
                         const RowPair &rows);
  void emitEightProducts(const Stretch &k, const PanelPair &pair,
                         const RowPair &rows);
  void finish(const PanelPair &pair, const RowPair &rows);
  void emitSinglePanel();

  /// C = start + A B, where no start is 0.
  void multiply(const Stretch &k, const RowPair &rows, Value a, Value aStride,
                Value b, Value c, Value start, Value startStride,
                Value ahead = {}, Value aheadStep = {});
  /// C = start + Σ sums, all of `rows` rows.
  void add(const RowPair &rows, Value c, Value start, Value startStride,
           ArrayRef<Value> sums);
  /// Where the accumulators of a tile start in this stretch.
  std::pair<Value, Value> start(const Stretch &k, int64_t panel, Value tile);

  Values loadVectors(Value pointer);
  Value vectorAt(Value pointer, Value k);
  Value bitsOf(Value vector);
  Value isBalanced(Value spread, Value greatest);
  Value maxOfLanes(Value vector);

  Emitter &emitter;
  GemmTiles &tiles;
  Value scratch;
  int64_t width, vectors;
  ScratchLayout layout;
  Value table;
  Value zeroRow;        ///< [width] of 0
  Value starts;         ///< two rows [width]: those of the panels of a pair
  Value running, other; ///< tiles: P₁ and what is added to it; P₅
  Value half;           ///< rows of a half
  Value lowerFirst;     ///< the first row of the lower half
  Value isOdd;          ///< whether the halves share a row
  Value tilesOfHalf, rowsOfTile, longerTiles;
  Value pairs, depth, stretches, halfDepth;
};

} // namespace

ScratchLayout::ScratchLayout(const CpuLevel &level) {
  int64_t halfRows = kBlockRows / 2, halfDepth = kDepthBlock / 2;
  int64_t width = level.panelWidth() * 4;
  // Rows a multiple of 4096 bytes apart would meet in the same sets.
  rowStride = halfDepth * 4 + 64;
  rowSum = halfRows * rowStride;
  panelSum = halfDepth * width;
  tile = llvm::alignTo(level.microRows * width, 64);
  tilesOfHalf = llvm::divideCeil(halfRows, level.microRows);
  panelSums = 4 * rowSum;
  flags = panelSums + 4 * panelSum;
  tiles = flags + llvm::alignTo(8 * tilesOfHalf, 64);
  bytes = tiles + kMaxPairs * tilesOfHalf * 4 * tile;
}

Value bridge::strassenScratchBytes(Emitter &emitter, GemmTiles &tiles) {
  return emitter.number(ScratchLayout(emitter.level()).bytes);
}

StrassenJob::StrassenJob(Emitter &emitter, GemmTiles &tiles, Value scratch)
    : emitter(emitter), tiles(tiles), scratch(scratch),
      width(emitter.level().panelWidth()),
      vectors(emitter.level().panelVectors), layout(emitter.level()),
      table(rowProductTable(emitter, tiles.element(), vectors)),
      zeroRow(emitter.stack(width * 4)), starts(emitter.stack(2 * width * 4)),
      running(emitter.stack(layout.tile)), other(emitter.stack(layout.tile)) {}

//===----------------------------------------------------------------------===//
// Where things stand
//===----------------------------------------------------------------------===//

Value StrassenJob::rowSum(int64_t number, Value inHalf) {
  return emitter.offset(emitter.offset(scratch, number * layout.rowSum),
                        emitter.mul(inHalf, layout.rowStride));
}

Value StrassenJob::panelSum(int64_t number) {
  return emitter.offset(scratch, layout.panelSums + number * layout.panelSum);
}

Value StrassenJob::tileOf(const PanelPair &pair, const RowPair &rows,
                          int64_t number) {
  Value first =
      emitter.offset(pair.tiles, emitter.mul(rows.index, 4 * layout.tile));
  // Where one stretch is all, the next tiles can be where these were.
  Value isOne = emitter.equal(stretches, emitter.number(1));
  return emitter.offset(emitter.select(isOne, pair.tiles, first),
                        number * layout.tile);
}

Value StrassenJob::ofRegions(ArrayRef<Value> regions, const Stretch &k,
                             Value bytes) {
  Value size = emitter.mul(k.half, 2 * width * 4);
  return emitter.select(emitter.less(bytes, size),
                        emitter.offset(regions[0], bytes),
                        emitter.offset(regions[1], emitter.sub(bytes, size)));
}

RowPair StrassenJob::rowPair(Value index) {
  Value isLonger = emitter.less(index, longerTiles);
  Value rows = emitter.select(isLonger, emitter.add(rowsOfTile, 1), rowsOfTile);
  Value inHalf = emitter.add(emitter.mul(index, rowsOfTile),
                             emitter.min(index, longerTiles));
  return {index, inHalf, rows, emitter.add(tiles.firstRow, inHalf),
          emitter.add(lowerFirst, inHalf)};
}

Stretch StrassenJob::stretch(Value index) {
  Value first = emitter.mul(index, emitter.mul(halfDepth, 2));
  Value half =
      emitter.min(halfDepth, emitter.div(emitter.sub(depth, first), 2));
  return {first, half, emitter.equal(index, emitter.number(0)),
          emitter.equal(emitter.add(index, 1), stretches)};
}

std::pair<Value, Value> StrassenJob::start(const Stretch &k, int64_t panel,
                                           Value tile) {
  return {
      emitter.select(k.isFirst, emitter.offset(starts, panel * width * 4),
                     tile),
      emitter.select(k.isFirst, emitter.number(0), emitter.number(width * 4))};
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

Value StrassenJob::vectorAt(Value pointer, Value k) {
  return emitter.load(emitter.vectorType(emitter.f32Type()),
                      emitter.offset(pointer, emitter.mul(k, 4)));
}

Values StrassenJob::loadVectors(Value pointer) {
  Values loaded;
  for (int64_t vector : llvm::seq(vectors))
    loaded.push_back(
        emitter.load(emitter.vectorType(emitter.f32Type()),
                     emitter.offset(pointer, vector * emitter.lanes() * 4)));
  return loaded;
}

/// The bits of the absolute values, which are ordered as these are; those of
/// NaN are the greatest.
Value StrassenJob::bitsOf(Value vector) {
  OpBuilder &builder = emitter.builder();
  Type bits = emitter.vectorType(builder.getI32Type());
  return arith::AndIOp::create(
      builder, emitter.loc(),
      arith::BitcastOp::create(builder, emitter.loc(), bits, vector),
      emitter.splat32(0x7fffffff));
}

Value StrassenJob::maxOfLanes(Value vector) {
  return vector::ReductionOp::create(emitter.builder(), emitter.loc(),
                                     vector::CombiningKind::MAXSI, vector);
}

/// Of bits: the greatest difference of partners, and the greatest of all.
Value StrassenJob::isBalanced(Value spread, Value greatest) {
  return arith::AndIOp::create(
      emitter.builder(), emitter.loc(),
      emitter.less(spread, emitter.number32(kMaxSpread)),
      emitter.less(greatest, emitter.number32(kMaxBits)));
}

/// S of a row and its partner; gives whether they are balanced.
Value StrassenJob::sumRow(const Stretch &k, Value inHalf) {
  Value upper = emitter.offset(tiles.a(emitter.add(tiles.firstRow, inHalf)),
                               emitter.mul(k.first, 4));
  Value lower = emitter.offset(tiles.a(emitter.add(lowerFirst, inHalf)),
                               emitter.mul(k.first, 4));
  Value halfBytes = emitter.mul(k.half, 4);
  Value upperRight = emitter.offset(upper, halfBytes);
  Value lowerRight = emitter.offset(lower, halfBytes);
  std::array<Value, 4> sums;
  for (int64_t number : llvm::seq(4))
    sums[number] = rowSum(number, inHalf);

  // What the first pair needs comes near on the way.
  Value begin = emitter.mul(k.first, width * 4);
  std::array<Value, 2> regions = {
      emitter.offset(tiles.panel(tiles.firstPanel), begin),
      emitter.offset(tiles.panel(emitter.add(tiles.firstPanel, 1)), begin)};
  Value done = emitter.mul(inHalf, emitter.mul(k.half, 4));

  int64_t lanes = emitter.lanes();
  auto step = [&](Value at, ValueRange greatest, Value mask) -> Values {
    emitter.prefetch(
        ofRegions(regions, k, emitter.add(done, emitter.mul(at, 4))), 2);
    auto load = [&](Value pointer) {
      return emitter.loadElements(
          emitter.f32Type(), emitter.offset(pointer, emitter.mul(at, 4)), mask);
    };
    Value a11 = load(upper), a12 = load(upperRight);
    Value a21 = load(lower), a22 = load(lowerRight);
    Value s1 = emitter.addf(a21, a22), s2 = emitter.subf(s1, a11);
    Value s3 = emitter.subf(a11, a21), s4 = emitter.subf(a12, s2);
    for (auto [sum, pointer] : llvm::zip_equal(Values{s1, s2, s3, s4}, sums))
      emitter.storeElements(emitter.f32Type(), sum,
                            emitter.offset(pointer, emitter.mul(at, 4)), mask);
    return {emitter.max(greatest[0], emitter.max(bitsOf(a11), bitsOf(a12))),
            emitter.max(greatest[1], emitter.max(bitsOf(a21), bitsOf(a22)))};
  };
  Value whole = emitter.mul(emitter.div(k.half, lanes), lanes);
  Value zero = emitter.splat32(0);
  Values greatest = emitter.loop(
      emitter.number(0), whole, emitter.number(lanes), ValueRange{zero, zero},
      [&](Value at, ValueRange carried) { return step(at, carried, {}); });
  greatest = emitter.loop(
      whole, k.half, emitter.number(lanes), greatest,
      [&](Value at, ValueRange carried) {
        return step(at, carried, emitter.firstLanes(emitter.sub(k.half, at)));
      });
  Value one = maxOfLanes(greatest[0]), partner = maxOfLanes(greatest[1]);
  Value most = emitter.max(one, partner);
  return isBalanced(emitter.sub(most, emitter.min(one, partner)), most);
}

void StrassenJob::sumRows(const Stretch &k) {
  emitter.loop(tilesOfHalf, 1, [&](Value index) {
    RowPair rows = rowPair(index);
    Values balanced = emitter.loop(
        emitter.number(0), rows.rows, emitter.number(1),
        ValueRange{emitter.number(1)},
        [&](Value inTile, ValueRange carried) -> Values {
          Value isIts = sumRow(k, emitter.add(rows.inHalf, inTile));
          return {emitter.select(isIts, carried[0], emitter.number(0))};
        });
    emitter.store(balanced[0],
                  emitter.offset(emitter.offset(scratch, layout.flags),
                                 emitter.mul(index, 8)));
  });
}

Value StrassenJob::sumPanels(const Stretch &k, const PanelPair &pair) {
  std::array<Value, 4> sums;
  for (int64_t number : llvm::seq(4))
    sums[number] = panelSum(number);
  int64_t rowBytes = width * 4;
  Values greatest = emitter.loop(
      emitter.number(0), emitter.mul(k.half, rowBytes),
      emitter.number(rowBytes), Values(2 * vectors, emitter.splat32(0)),
      [&](Value at, ValueRange carried) {
        auto load = [&](Value pointer) {
          return loadVectors(emitter.offset(pointer, at));
        };
        Values b11 = load(pair.b11), b12 = load(pair.b12);
        Values b21 = load(pair.b21), b22 = load(pair.b22);
        Values next(2 * vectors);
        for (int64_t v : llvm::seq(vectors)) {
          Value t1 = emitter.subf(b12[v], b11[v]);
          Value t2 = emitter.subf(b22[v], t1);
          Value t3 = emitter.subf(b22[v], b12[v]);
          Value t4 = emitter.subf(b21[v], t2);
          for (auto [sum, pointer] :
               llvm::zip_equal(Values{t1, t2, t3, t4}, sums))
            emitter.store(sum, emitter.offset(emitter.offset(pointer, at),
                                              v * emitter.lanes() * 4));
          next[v] = emitter.max(carried[v],
                                emitter.max(bitsOf(b11[v]), bitsOf(b21[v])));
          next[vectors + v] =
              emitter.max(carried[vectors + v],
                          emitter.max(bitsOf(b12[v]), bitsOf(b22[v])));
        }
        return next;
      });
  Value spread = emitter.splat32(0), most = emitter.splat32(0);
  for (int64_t v : llvm::seq(vectors)) {
    Value one = greatest[v], partner = greatest[vectors + v];
    Value greater = emitter.max(one, partner);
    spread =
        emitter.max(spread, emitter.sub(greater, emitter.min(one, partner)));
    most = emitter.max(most, greater);
  }
  return isBalanced(maxOfLanes(spread), maxOfLanes(most));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

void StrassenJob::multiply(const Stretch &k, const RowPair &rows, Value a,
                           Value aStride, Value b, Value c, Value start,
                           Value startStride, Value ahead, Value aheadStep) {
  RowProduct product{a,     aStride,     b, k.half,
                     start, startStride, c, emitter.number(width * 4),
                     ahead, aheadStep};
  callProduct(emitter, table, rows.rows, product);
}

void StrassenJob::add(const RowPair &rows, Value c, Value start,
                      Value startStride, ArrayRef<Value> sums) {
  emitter.loop(rows.rows, 1, [&](Value row) {
    Value bytes = emitter.mul(row, width * 4);
    Values total =
        loadVectors(emitter.offset(start, emitter.mul(row, startStride)));
    for (Value sum : sums)
      for (auto [vector, addend] :
           llvm::enumerate(loadVectors(emitter.offset(sum, bytes))))
        total[vector] = emitter.addf(total[vector], addend);
    for (auto [vector, value] : llvm::enumerate(total))
      emitter.store(value,
                    emitter.offset(emitter.offset(c, bytes),
                                   int64_t(vector) * emitter.lanes() * 4));
  });
}

void StrassenJob::emitSevenProducts(const Stretch &k, const PanelPair &pair,
                                    const RowPair &rows) {
  Value kBytes = emitter.mul(k.first, 4), halfBytes = emitter.mul(k.half, 4);
  Value a11 = emitter.offset(tiles.a(rows.upper), kBytes);
  Value a12 = emitter.offset(a11, halfBytes);
  Value a22 =
      emitter.offset(emitter.offset(tiles.a(rows.lower), kBytes), halfBytes);
  Value aStride = tiles.aStride();
  Value sumStride = emitter.number(layout.rowStride);
  auto s = [&](int64_t number) { return rowSum(number - 1, rows.inHalf); };
  auto t = [&](int64_t number) { return panelSum(number - 1); };
  Value zero = emitter.number(0), tileStride = emitter.number(width * 4);
  // Together the products of all tiles ask for the next pair.
  int64_t pairBytes = 4 * width * 4; // of two steps of k
  Value step = emitter.ceilDiv(emitter.number(pairBytes),
                               emitter.mul(tilesOfHalf, kProducts));
  Value bytes = emitter.mul(step, k.half);
  Value done = emitter.mul(emitter.mul(rows.index, kProducts), bytes);
  auto ahead = [&](int64_t product) {
    return ofRegions(pair.next, k,
                     emitter.add(done, emitter.mul(bytes, product)));
  };
  Value c11 = tileOf(pair, rows, 0), c12 = tileOf(pair, rows, 1);
  Value c21 = tileOf(pair, rows, 2), c22 = tileOf(pair, rows, 3);
  auto gather = [&](int64_t panel, Value c, ArrayRef<Value> sums) {
    auto [from, stride] = start(k, panel, c);
    add(rows, c, from, stride, sums);
  };
  int64_t product = 0;
  auto onto = [&](Value a, Value stride, Value b, Value c) {
    multiply(k, rows, a, stride, b, c, c, tileStride, ahead(product++), step);
  };
  auto fresh = [&](Value a, Value stride, Value b, Value c) {
    multiply(k, rows, a, stride, b, c, zeroRow, zero, ahead(product++), step);
  };

  fresh(a11, aStride, pair.b11, running);
  gather(0, c11, {running});
  onto(a12, aStride, pair.b21, c11);
  onto(s(2), sumStride, t(2), running);
  fresh(s(1), sumStride, t(1), other);
  gather(1, c12, {running, other});
  onto(s(4), sumStride, pair.b22, c12);
  onto(s(3), sumStride, t(3), running);
  gather(1, c22, {running, other});
  gather(0, c21, {running});
  onto(a22, aStride, t(4), c21);
}

void StrassenJob::emitEightProducts(const Stretch &k, const PanelPair &pair,
                                    const RowPair &rows) {
  Value halfBytes = emitter.mul(k.half, 4);
  Value left[2], right[2][2] = {{pair.b11, pair.b12}, {pair.b21, pair.b22}};
  for (auto [index, row] : llvm::enumerate(Values{rows.upper, rows.lower}))
    left[index] = emitter.offset(tiles.a(row), emitter.mul(k.first, 4));
  for (int64_t row : llvm::seq(2))
    for (int64_t panel : llvm::seq(2)) {
      Value c = tileOf(pair, rows, 2 * row + panel);
      auto [from, stride] = start(k, panel, c);
      multiply(k, rows, left[row], tiles.aStride(), right[0][panel], c, from,
               stride);
      multiply(k, rows, emitter.offset(left[row], halfBytes), tiles.aStride(),
               right[1][panel], c, c, emitter.number(width * 4));
    }
}

void StrassenJob::finish(const PanelPair &pair, const RowPair &rows) {
  // The row that an odd block's halves share is the lower one's first.
  Value isShared = emitter.select(emitter.equal(rows.index, emitter.number(0)),
                                  isOdd, emitter.number(0));
  Value first = tileOf(pair, rows, 0);
  // One body for all four: epilogues are long.
  emitter.loop(emitter.number(4), 1, [&](Value number) {
    Value isLower = emitter.less(emitter.number(1), number);
    Value isOther = emitter.equal(emitter.rem(number, 2), emitter.number(1));
    GemmTile tile =
        tiles.tile(emitter.select(isOther, pair.other, pair.one),
                   emitter.select(isLower, rows.lower, rows.upper), rows.rows);
    tiles.finish(tile, emitter.offset(first, emitter.mul(number, layout.tile)),
                 emitter.select(isLower, isShared, emitter.number(0)));
  });
}

void StrassenJob::emitTile(const Stretch &k, const PanelPair &pair,
                           const RowPair &rows) {
  Value flag = emitter.load(
      emitter.i64Type(), emitter.offset(emitter.offset(scratch, layout.flags),
                                        emitter.mul(rows.index, 8)));
  Value isBalanced =
      arith::AndIOp::create(emitter.builder(), emitter.loc(), pair.isBalanced,
                            emitter.less(emitter.number(0), flag));
  emitter.ifElse(
      isBalanced, [&] { emitSevenProducts(k, pair, rows); },
      [&] { emitEightProducts(k, pair, rows); });
  emitter.ifThen(k.isLast, [&] { finish(pair, rows); });
}

//===----------------------------------------------------------------------===//
// The job
//===----------------------------------------------------------------------===//

void StrassenJob::emitPair(const Stretch &k, Value index) {
  int64_t unitBytes = width * 4;
  auto panelOf = [&](Value pair, int64_t which) {
    return emitter.add(emitter.add(tiles.firstPanel, emitter.mul(pair, 2)),
                       which);
  };
  auto quarter = [&](Value panel, Value at) {
    return emitter.offset(tiles.panel(panel), emitter.mul(at, unitBytes));
  };
  Value middle = emitter.add(k.first, k.half);
  PanelPair pair;
  pair.one = panelOf(index, 0);
  pair.other = panelOf(index, 1);
  pair.b11 = quarter(pair.one, k.first);
  pair.b12 = quarter(pair.other, k.first);
  pair.b21 = quarter(pair.one, middle);
  pair.b22 = quarter(pair.other, middle);
  // The next pair, or the first one of the next stretch.
  Value isLast = emitter.equal(emitter.add(index, 1), pairs);
  Value next = emitter.select(isLast, emitter.number(0), emitter.add(index, 1));
  Value nextFirst = emitter.select(
      isLast, emitter.add(k.first, emitter.mul(k.half, 2)), k.first);
  for (int64_t which : llvm::seq(2))
    pair.next[which] = quarter(panelOf(next, which), nextFirst);
  pair.tiles =
      emitter.offset(emitter.offset(scratch, layout.tiles),
                     emitter.mul(index, layout.tilesOfHalf * 4 * layout.tile));
  tiles.storeStart(pair.one, starts);
  tiles.storeStart(pair.other, emitter.offset(starts, unitBytes));
  pair.isBalanced = sumPanels(k, pair);
  emitter.loop(tilesOfHalf, 1,
               [&](Value tile) { emitTile(k, pair, rowPair(tile)); });
}

/// The last panel of an odd number, as the plain product has it.
void StrassenJob::emitSinglePanel() {
  Value panel = emitter.add(tiles.lastPanel, -1);
  tiles.storeStart(panel, starts);
  Value rowCount = emitter.sub(tiles.lastRow, tiles.firstRow);
  Value tileRows = evenRows(emitter, tiles.element(), rowCount);
  emitter.loop(tiles.firstRow, tiles.lastRow, tileRows, [&](Value row) {
    Value rows = emitter.min(tileRows, emitter.sub(tiles.lastRow, row));
    RowProduct product{tiles.a(row),
                       tiles.aStride(),
                       tiles.panel(panel),
                       depth,
                       starts,
                       emitter.number(0),
                       running,
                       emitter.number(width * 4)};
    callProduct(emitter, table, rows, product);
    tiles.finish(tiles.tile(panel, row, rows), running, emitter.number(0));
  });
}

void StrassenJob::emit(Value job) {
  tiles.startJob(job, strassenPartition(emitter, tiles));
  for (int64_t vector : llvm::seq(vectors))
    emitter.store(emitter.splat(0),
                  emitter.offset(zeroRow, vector * emitter.lanes() * 4));
  Value rows = emitter.sub(tiles.lastRow, tiles.firstRow);
  half = emitter.ceilDiv(rows, 2);
  lowerFirst = emitter.sub(tiles.lastRow, half);
  isOdd = emitter.rem(rows, 2);
  tilesOfHalf = emitter.ceilDiv(half, emitter.level().microRows);
  rowsOfTile = emitter.div(half, tilesOfHalf);
  longerTiles = emitter.rem(half, tilesOfHalf);
  Value panels = emitter.sub(tiles.lastPanel, tiles.firstPanel);
  pairs = emitter.div(panels, 2);
  depth = tiles.depth();
  stretches = emitter.ceilDiv(depth, kDepthBlock);
  halfDepth = emitter.ceilDiv(emitter.div(depth, 2), stretches);

  emitter.loop(stretches, 1, [&](Value index) {
    Stretch k = stretch(index);
    sumRows(k);
    emitter.loop(pairs, 1, [&](Value pair) { emitPair(k, pair); });
  });
  emitter.ifThen(emitter.equal(emitter.rem(panels, 2), emitter.number(1)),
                 [&] { emitSinglePanel(); });
}

void bridge::emitStrassenJob(Emitter &emitter, GemmTiles &tiles, Value job,
                             Value scratch) {
  StrassenJob(emitter, tiles, scratch).emit(job);
}
