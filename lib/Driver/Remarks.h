//===- Remarks.h - What the fusions say -------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_DRIVER_REMARKS_H
#define BRIDGE_LIB_DRIVER_REMARKS_H

#include "mlir/IR/MLIRContext.h"
#include <string>

namespace bridge {

/// From now on every remark of a pass adds a line to `text`, which has to
/// outlive the context:
/// `std/attention.bridge:10:10: passed: attention: … (vision_model.encoder)`.
void collectRemarks(mlir::MLIRContext &context, std::string &text);

} // namespace bridge

#endif // BRIDGE_LIB_DRIVER_REMARKS_H
