//===- BridgeOps.td - The bridge dialect ----------------------------------===//
#ifndef BRIDGE_IR_BRIDGEOPS
#define BRIDGE_IR_BRIDGEOPS

include "bridge/IR/BridgeDialect.td"
include "bridge/IR/BridgeStructureOps.td"
include "bridge/IR/BridgePrimitiveOps.td"
include "bridge/IR/BridgeFusedOps.td"

#endif // BRIDGE_IR_BRIDGEOPS
