//===- RewriteNvvm.cpp - Operations of the nvvm dialect
//----------------------===//
#include "Numbers.h"
#include "Rewriter.h"
#include "ThreadState.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace bridge::emulator;
namespace LLVM = mlir::LLVM;
namespace NVVM = mlir::NVVM;

//===----------------------------------------------------------------------===//
// Special registers
//===----------------------------------------------------------------------===//

bool Rewriter::rewriteRegister(mlir::Operation *op) {
  llvm::StringRef name = op->getName().getStringRef();
  if (!name.consume_front("nvvm.read.ptx.sreg."))
    return false;
  static constexpr size_t none = ~size_t(0);
  size_t offset =
      llvm::StringSwitch<size_t>(name)
          .Cases({"tid.x", "tid.y", "tid.z"}, offsetof(ThreadState, threadId))
          .Cases({"ntid.x", "ntid.y", "ntid.z"},
                 offsetof(ThreadState, blockDim))
          .Cases({"ctaid.x", "ctaid.y", "ctaid.z"},
                 offsetof(ThreadState, blockId))
          .Cases({"nctaid.x", "nctaid.y", "nctaid.z"},
                 offsetof(ThreadState, gridDim))
          // Each block is a cluster of its own.
          .Cases({"clusterid.x", "clusterid.y", "clusterid.z"},
                 offsetof(ThreadState, blockId))
          .Cases({"nclusterid.x", "nclusterid.y", "nclusterid.z"},
                 offsetof(ThreadState, gridDim))
          .Case("laneid", offsetof(ThreadState, lane))
          .Case("warpid", offsetof(ThreadState, warp))
          .Case("nwarpid", offsetof(ThreadState, warps))
          .Default(none);
  if (offset != none) {
    if (name.contains('.'))
      offset += 4 * (name.back() - 'x');
    replace(op, load(builder.getI32Type(), offset));
    return true;
  }
  uint64_t value = llvm::StringSwitch<uint64_t>(name)
                       .Case("warpsize", 32)
                       .StartsWith("cluster.ctaid.", 0)
                       .StartsWith("cluster.nctaid.", 1)
                       .Default(none);
  if (value == none)
    return false;
  replace(op, number(ValueKind::I32, value));
  return true;
}

//===----------------------------------------------------------------------===//
// Barriers and warps
//===----------------------------------------------------------------------===//

/// A value where there is one, else a number.
static Operand valueOr(mlir::Value value, uint64_t number) {
  return value ? Operand(value) : Operand(number);
}

bool Rewriter::rewriteBarrier(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](NVVM::Barrier0Op) {
        call("bridge_emulator_sync", {uint64_t(0), uint64_t(0), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::BarrierOp barrier) {
        Operand id = valueOr(barrier.getBarrierId(), 0);
        Operand count = valueOr(barrier.getNumberOfThreads(), 0);
        if (auto reduction = barrier.getReductionOp()) {
          std::string name =
              ("bridge_emulator_sync_" + NVVM::stringifyEnum(*reduction)).str();
          replace(op, call(name, {id, count, barrier.getReductionPredicate(),
                                  site()}));
          return true;
        }
        call("bridge_emulator_sync", {id, count, site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::BarrierArriveOp barrier) {
        call("bridge_emulator_arrive", {valueOr(barrier.getBarrierId(), 0),
                                        barrier.getNumberOfThreads(), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::SyncWarpOp barrier) {
        call("bridge_emulator_sync_warp", {barrier.getMask(), site()});
        replace(op);
        return true;
      })
      .Default(false);
}

bool Rewriter::rewriteWarp(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](NVVM::ShflOp shuffle) {
        mlir::Value result = call(
            "bridge_emulator_shuffle",
            {shuffle.getThreadMask(), shuffle.getVal(), shuffle.getOffset(),
             shuffle.getMaskAndClamp(), uint64_t(shuffle.getKind()), site()});
        auto record =
            llvm::dyn_cast<LLVM::LLVMStructType>(shuffle.getRes().getType());
        if (!record) {
          replace(op, result);
          return true;
        }
        mlir::Location loc = op->getLoc();
        mlir::Value valid =
            load(builder.getI32Type(), offsetof(ThreadState, exchange) + 4);
        mlir::Value both = LLVM::UndefOp::create(builder, loc, record);
        both = LLVM::InsertValueOp::create(builder, loc, both,
                                           adapt(result, record.getBody()[0]),
                                           llvm::ArrayRef<int64_t>{0});
        both = LLVM::InsertValueOp::create(builder, loc, both,
                                           adapt(valid, record.getBody()[1]),
                                           llvm::ArrayRef<int64_t>{1});
        replace(op, both);
        return true;
      })
      .Case([&](NVVM::VoteSyncOp vote) {
        std::string name =
            ("bridge_emulator_vote_" + NVVM::stringifyEnum(vote.getKind()))
                .str();
        replace(op, call(name, {vote.getMask(), vote.getPred(), site()}));
        return true;
      })
      .Case([&](NVVM::ReduxOp redux) {
        std::string name =
            ("bridge_emulator_redux_" + NVVM::stringifyEnum(redux.getKind()))
                .str();
        replace(op,
                call(name, {redux.getMaskAndClamp(), redux.getVal(), site()}));
        return true;
      })
      .Case([&](NVVM::ElectSyncOp elect) {
        replace(op, call("bridge_emulator_elect",
                         {valueOr(elect.getMembermask(), 0xffffffff), site()}));
        return true;
      })
      .Default(false);
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

static std::optional<MatrixElement> elementOf(NVVM::MMATypes type) {
  switch (type) {
  case NVVM::MMATypes::f16:
    return MatrixElement::F16;
  case NVVM::MMATypes::bf16:
    return MatrixElement::BF16;
  case NVVM::MMATypes::tf32:
    return MatrixElement::TF32;
  default:
    return std::nullopt;
  }
}

static bool isB16(NVVM::LdStMatrixShapeAttr shape,
                  NVVM::LdStMatrixEltType type) {
  return shape.getM() == 8 && shape.getN() == 8 &&
         type == NVVM::LdStMatrixEltType::B16;
}

llvm::Error Rewriter::rewriteMatrix(mlir::Operation *op) {
  if (auto load = llvm::dyn_cast<NVVM::LdMatrixOp>(op)) {
    if (!isB16(load.getShape(), load.getEltType()))
      return cannot(op, " of this shape");
    call("bridge_emulator_load_matrix",
         {load.getPtr(), uint64_t(load.getNum()),
          uint64_t(load.getLayout() == NVVM::MMALayout::col), site()});
    replace(op, fromExchange(load.getRes().getType()));
    return llvm::Error::success();
  }
  if (auto store = llvm::dyn_cast<NVVM::StMatrixOp>(op)) {
    if (!isB16(store.getShape(), store.getEltType()))
      return cannot(op, " of this shape");
    for (auto [index, source] : llvm::enumerate(store.getSources()))
      toExchange(source, 8 + 4 * index);
    call("bridge_emulator_store_matrix",
         {store.getPtr(), uint64_t(store.getSources().size()),
          uint64_t(store.getLayout() == NVVM::MMALayout::col), site()});
    replace(op);
    return llvm::Error::success();
  }
  auto product = llvm::cast<NVVM::MmaOp>(op);
  auto element = product.getMultiplicandAPtxType()
                     ? elementOf(*product.getMultiplicandAPtxType())
                     : std::nullopt;
  auto shape = product.getShape();
  bool known =
      element && shape.getM() == 16 && shape.getN() == 8 &&
      product.getMultiplicandAPtxType() == product.getMultiplicandBPtxType() &&
      product.getOperandC().size() == 4 &&
      (shape.getK() == 8 ||
       (shape.getK() == 16 && *element != MatrixElement::TF32));
  if (!known)
    return cannot(op, " of this shape and these types");
  size_t offset = 0;
  for (mlir::Value operand : op->getOperands()) {
    toExchange(operand, offset);
    offset += 4;
  }
  call("bridge_emulator_multiply",
       {uint64_t(*element), uint64_t(shape.getK()), site()});
  replace(op, fromExchange(product.getRes().getType()));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Copies, fences and the rest
//===----------------------------------------------------------------------===//

bool Rewriter::rewriteCopy(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](NVVM::CpAsyncOp copy) {
        uint64_t bytes = copy.getSize();
        call("bridge_emulator_start_copy",
             {copy.getDst(), copy.getSrc(), bytes,
              valueOr(copy.getCpSize(), bytes), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::CpAsyncCommitGroupOp) {
        call("bridge_emulator_commit_copies", {});
        replace(op);
        return true;
      })
      .Case([&](NVVM::CpAsyncWaitGroupOp wait) {
        call("bridge_emulator_wait_for_copies", {uint64_t(wait.getN())});
        replace(op);
        return true;
      })
      .Default(false);
}

/// What changes nothing that the emulator sees: order of memory, caches,
/// registers, time.
static bool isWithoutEffect(mlir::Operation *op) {
  return llvm::isa<NVVM::MembarOp, NVVM::FenceScClusterOp,
                   NVVM::FenceMbarrierInitOp, NVVM::PrefetchOp,
                   NVVM::SetMaxRegisterOp, NVVM::NanosleepOp,
                   NVVM::GriddepcontrolOp>(op);
}

llvm::Error Rewriter::rewriteNvvm(mlir::Operation *op) {
  if (isWithoutEffect(op)) {
    replace(op);
    return llvm::Error::success();
  }
  if (llvm::isa<NVVM::LdMatrixOp, NVVM::StMatrixOp, NVVM::MmaOp>(op))
    return rewriteMatrix(op);
  if (auto text = llvm::dyn_cast<NVVM::InlinePtxOp>(op))
    return rewriteAssembly(op, text.getPtxCode(), op->getOperands());
  if (auto approximate = llvm::dyn_cast<NVVM::RcpApproxFtzF32Op>(op)) {
    replace(op,
            call("bridge_emulator_rcp_approx_ftz_f", {approximate.getArg()}));
    return llvm::Error::success();
  }
  if (auto convert = llvm::dyn_cast<NVVM::ConvertFloatToTF32Op>(op)) {
    replace(op, call("bridge_emulator_to_tf32", {convert.getSrc()}));
    return llvm::Error::success();
  }
  if (rewriteRegister(op) || rewriteBarrier(op) || rewriteWarp(op) ||
      rewriteCopy(op) || rewriteMemoryBarrier(op) || rewriteBox(op) ||
      rewriteWarpGroup(op))
    return llvm::Error::success();
  return cannot(op);
}
