//===- ReferenceInterfaces.td - How operations are evaluated --------------===//
#ifndef BRIDGE_REFERENCE_REFERENCEINTERFACES
#define BRIDGE_REFERENCE_REFERENCEINTERFACES

include "mlir/IR/OpBase.td"

def Bridge_EvaluateOpInterface : OpInterface<"EvaluateOpInterface"> {
  let cppNamespace = "::bridge";
  let description = [{
    What an operation computes, in float64 and straight from its definition.
    lib/Reference implements it for the operations of the bridge dialect; an
    operation of another dialect may bring its own. Operations that structure the
    model (calls, parts, reads of weights) are the interpreter's own business.
  }];
  let methods = [InterfaceMethod<[{
      The results for the operands that `scope` holds, of the shapes that it says.
      The error names the place in the spec.
    }], "::llvm::Expected<::bridge::Results>", "evaluate", (ins "const ::bridge::Scope &":$scope)>];
}

#endif // BRIDGE_REFERENCE_REFERENCEINTERFACES
