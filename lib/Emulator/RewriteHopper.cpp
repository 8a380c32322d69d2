//===- RewriteHopper.cpp - Operations of sm_90a
//-------------------------------===//
#include "Numbers.h"
#include "Rewriter.h"
#include "ThreadState.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace bridge::emulator;
namespace LLVM = mlir::LLVM;
namespace NVVM = mlir::NVVM;

bool Rewriter::rewriteMemoryBarrier(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](NVVM::MBarrierInitOp init) {
        if (init.getPredicate())
          return false;
        call("bridge_emulator_create_barrier",
             {init.getAddr(), init.getCount(), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::MBarrierInvalOp end) {
        call("bridge_emulator_invalidate_barrier", {end.getAddr(), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::MBarrierArriveOp arrive) {
        Operand count = arrive.getCount() ? Operand(arrive.getCount())
                                          : Operand(uint64_t(1));
        replace(op, call("bridge_emulator_arrive_at",
                         {arrive.getAddr(), count, uint64_t(0), site()}));
        return true;
      })
      .Case([&](NVVM::MBarrierArriveExpectTxOp arrive) {
        if (arrive.getPredicate())
          return false;
        replace(op, call("bridge_emulator_arrive_at",
                         {arrive.getAddr(), uint64_t(1), arrive.getTxcount(),
                          site()}));
        return true;
      })
      .Case([&](NVVM::MBarrierExpectTxOp expect) {
        call("bridge_emulator_expect_bytes",
             {expect.getAddr(), expect.getTxcount(), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::MBarrierCompleteTxOp complete) {
        call("bridge_emulator_complete_bytes",
             {complete.getAddr(), complete.getTxcount(), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::MBarrierTryWaitParityOp wait) {
        call("bridge_emulator_wait_for_phase",
             {wait.getAddr(), wait.getPhase(), site()});
        replace(op);
        return true;
      })
      // What tries is not told to try again.
      .Case<NVVM::MBarrierTryWaitOp, NVVM::MBarrierTestWaitOp>([&](auto wait) {
        replace(op, call("bridge_emulator_wait_for_phase",
                         {wait.getAddr(), wait.getStateOrPhase(), site()}));
        return true;
      })
      .Default(false);
}

bool Rewriter::rewriteBox(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, bool>(op)
      .Case([&](NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp load) {
        if (load.getPredicate() || load.getMulticastMask() ||
            load.getMode() != NVVM::TMALoadMode::TILE)
          return false;
        for (auto [index, value] : llvm::enumerate(load.getCoordinates()))
          toExchange(value, 4 * index);
        call("bridge_emulator_load_box",
             {load.getDstMem(), load.getTmaDescriptor(), load.getMbar(),
              uint64_t(load.getCoordinates().size()), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp store) {
        if (store.getPredicate() || store.getMode() != NVVM::TMAStoreMode::TILE)
          return false;
        for (auto [index, value] : llvm::enumerate(store.getCoordinates()))
          toExchange(value, 4 * index);
        call("bridge_emulator_store_box",
             {store.getTmaDescriptor(), store.getSrcMem(),
              uint64_t(store.getCoordinates().size()), site()});
        replace(op);
        return true;
      })
      .Case([&](NVVM::CpAsyncBulkCommitGroupOp) {
        call("bridge_emulator_commit_stores", {});
        replace(op);
        return true;
      })
      .Case([&](NVVM::CpAsyncBulkWaitGroupOp wait) {
        call("bridge_emulator_wait_for_stores", {uint64_t(wait.getGroup())});
        replace(op);
        return true;
      })
      .Case([&](NVVM::FenceProxyOp fence) {
        if (fence.getKind() == NVVM::ProxyKind::async ||
            fence.getKind() == NVVM::ProxyKind::async_shared)
          call("bridge_emulator_fence_proxy", {});
        replace(op);
        return true;
      })
      .Default(false);
}

static std::optional<MatrixElement> elementOf(NVVM::WGMMATypes type) {
  switch (type) {
  case NVVM::WGMMATypes::f16:
    return MatrixElement::F16;
  case NVVM::WGMMATypes::bf16:
    return MatrixElement::BF16;
  case NVVM::WGMMATypes::tf32:
    return MatrixElement::TF32;
  default:
    return std::nullopt;
  }
}

bool Rewriter::rewriteWarpGroup(mlir::Operation *op) {
  if (llvm::isa<NVVM::WgmmaFenceAlignedOp>(op)) {
    replace(op);
    return true;
  }
  if (llvm::isa<NVVM::WgmmaGroupSyncAlignedOp>(op)) {
    call("bridge_emulator_commit_products", {});
    replace(op);
    return true;
  }
  if (auto wait = llvm::dyn_cast<NVVM::WgmmaWaitGroupSyncOp>(op)) {
    call("bridge_emulator_wait_for_products",
         {uint64_t(wait.getGroup()), site()});
    replace(op);
    return true;
  }
  auto product = llvm::dyn_cast<NVVM::WgmmaMmaAsyncOp>(op);
  if (!product)
    return false;
  auto element = elementOf(product.getTypeA());
  if (!element || product.getTypeA() != product.getTypeB() ||
      product.getTypeD() != NVVM::WGMMATypes::f32 ||
      product.getScaleA() != NVVM::WGMMAScaleIn::one ||
      product.getScaleB() != NVVM::WGMMAScaleIn::one)
    return false;
  // A has rows of M along K, B columns of N: anything else is transposed.
  uint64_t code =
      uint64_t(product.getShape().getN()) | uint64_t(*element) << 9 |
      uint64_t(product.getScaleD() == NVVM::WGMMAScaleOut::one) << 11 |
      uint64_t(product.getLayoutA() == NVVM::MMALayout::col) << 12 |
      uint64_t(product.getLayoutB() == NVVM::MMALayout::row) << 13;
  toExchange(product.getInouts(), 0);
  call("bridge_emulator_multiply_group",
       {product.getDescriptorA(), product.getDescriptorB(), code, site()});
  replace(op, fromExchange(product.getResults().getType()));
  return true;
}
