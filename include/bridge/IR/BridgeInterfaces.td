//===- BridgeInterfaces.td - What operations tell about themselves --------===//
#ifndef BRIDGE_IR_BRIDGEINTERFACES
#define BRIDGE_IR_BRIDGEINTERFACES

include "mlir/IR/OpBase.td"

def Bridge_CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::bridge";
  let description = [{
    What an operation costs, as polynomials of the dimensions known on entry.
    Operations without the interface cost no FLOPs.
  }];
  let methods = [InterfaceMethod<[{
      Twice the multiply-adds of products, nothing else: no biases, norms,
      activations or softmax; masked scores count like others.
    }], "::bridge::Dim", "flops">];
}

#endif // BRIDGE_IR_BRIDGEINTERFACES
