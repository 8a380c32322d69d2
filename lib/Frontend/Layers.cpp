//===- Layers.cpp - Calls of parts: regions of roles, layer functions -----===//
#include "Trace.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::StringRef;

using Given = std::vector<std::optional<Value>>;

static std::vector<mlir::Value> tensorsIn(const Given &given) {
  std::vector<mlir::Value> tensors;
  for (const std::optional<Value> &argument : given)
    if (argument)
      collectTensors(*argument, tensors);
  return tensors;
}

static Given withTensors(const Given &given,
                         llvm::ArrayRef<mlir::Value> tensors) {
  Given replaced;
  for (const std::optional<Value> &argument : given)
    replaced.push_back(
        argument ? std::optional<Value>(replaceTensors(*argument, tensors))
                 : std::nullopt);
  return replaced;
}

FailureOr<Value> Trace::callMethod(const Function &function, const Given &given,
                                   SourceRange range, bool inChain) {
  const Role *role = function.self->role;
  if (!role || (frame().role && frame().role->path == role->path))
    return callHere(function, given, range, inChain);
  return callInRegion(function, given, range, inChain);
}

FailureOr<Value> Trace::callHere(const Function &function, const Given &given,
                                 SourceRange range, bool inChain) {
  if (function.self->isLayer && !inChain && frame().part != function.self)
    return callOutlined(function, given, range);
  const Instance *outer = std::exchange(currentPart, function.self);
  FailureOr<Value> result = evaluator.callBody(function, given, range);
  currentPart = outer;
  return result;
}

//===----------------------------------------------------------------------===//
// Regions of roles
//===----------------------------------------------------------------------===//

static StringRef operationName(const Role &role) {
  if (role.kind == "encoder")
    return EncoderOp::getOperationName();
  if (role.kind == "resampler")
    return ResamplerOp::getOperationName();
  if (role.kind == "fusion")
    return GatedFusionOp::getOperationName();
  if (role.kind == "projection")
    return ProjectionOp::getOperationName();
  return DecoderOp::getOperationName();
}

static mlir::Operation *createPart(mlir::OpBuilder &builder, mlir::Location loc,
                                   const Role &role,
                                   mlir::TypeRange resultTypes) {
  mlir::OperationState state(loc, operationName(role));
  state.addTypes(resultTypes);
  state.addAttribute("path", builder.getStringAttr(role.path));
  if (role.frozen)
    state.addAttribute("frozen", builder.getUnitAttr());
  state.addRegion();
  return builder.create(state);
}

FailureOr<Value> Trace::callInRegion(const Function &function,
                                     const Given &given, SourceRange range,
                                     bool inChain) {
  const Role &role = *function.self->role;
  mlir::Location loc = location(range, role.path);
  // The results are known when the body is, so the operation is made twice.
  mlir::Operation *draft = createPart(opBuilder, loc, role, {});
  mlir::Block *body = &draft->getRegion(0).emplaceBlock();
  size_t depth = frames.size();
  bool isOutermost = !frame().outermostRegion;
  if (isOutermost)
    frame().outermostRegion = draft;
  const Role *outerRole = std::exchange(frame().role, &role);
  opBuilder.setInsertionPointToEnd(body);
  FailureOr<Value> result = callHere(function, given, range, inChain);
  assert(frames.size() == depth && "calls end where they began");
  (void)depth;
  frame().role = outerRole;
  if (isOutermost)
    frame().outermostRegion = nullptr;
  if (failed(result)) {
    opBuilder.setInsertionPointAfter(draft);
    return failure();
  }

  std::vector<mlir::Value> yielded;
  collectTensors(*result, yielded);
  std::vector<mlir::Type> types;
  for (mlir::Value value : yielded)
    types.push_back(value.getType());
  opBuilder.setInsertionPointToEnd(body);
  YieldOp::create(opBuilder, loc, yielded);
  opBuilder.setInsertionPointAfter(draft);
  mlir::Operation *part = createPart(opBuilder, loc, role, types);
  part->getRegion(0).takeBody(draft->getRegion(0));
  draft->erase();
  std::vector<mlir::Value> results(part->getResults().begin(),
                                   part->getResults().end());
  llvm::ArrayRef<mlir::Value> remaining = results;
  return replaceTensors(*result, remaining);
}

//===----------------------------------------------------------------------===//
// Layer functions
//===----------------------------------------------------------------------===//

/// What calls have in common that one function can serve.
static std::string layerKey(const Function &function, const Given &given) {
  std::string key = function.self->key + "." + function.node->name;
  for (const std::optional<Value> &argument : given)
    key += "|" + (argument ? keyOf(*argument) : "default");
  return key;
}

FailureOr<LayerFunction *>
Trace::traceLayer(const Function &function, const Given &given,
                  llvm::ArrayRef<mlir::Value> operands, StringRef key,
                  SourceRange range) {
  mlir::OpBuilder::InsertionGuard guard(opBuilder);
  const std::string &method = function.node->name;
  std::string name = function.self->moduleName();
  if (method != "forward")
    name += "_" + method;
  mlir::Location loc =
      location(function.node->range, function.self->displayPath);
  opBuilder.setInsertionPointToEnd(module.getBody());
  auto layer = mlir::func::FuncOp::create(opBuilder, loc, uniqueName(name),
                                          opBuilder.getFunctionType({}, {}));
  layer.setPrivate();
  mlir::Block *body = layer.addEntryBlock();
  std::vector<mlir::Value> arguments;
  for (mlir::Value operand : operands)
    arguments.push_back(body->addArgument(operand.getType(), loc));

  const Role *role = frame().role;
  Frame &inner = frames.emplace_back();
  inner.function = layer;
  inner.part = function.self;
  inner.role = role;
  inner.flowArguments = arguments.size();
  opBuilder.setInsertionPointToEnd(body);
  const Instance *outerPart = std::exchange(currentPart, function.self);
  MaskEmitter *outerMask = std::exchange(evaluator.mask, nullptr);
  FailureOr<Value> result =
      evaluator.callBody(function, withTensors(given, arguments), range);
  evaluator.mask = outerMask;
  currentPart = outerPart;
  if (failed(result)) {
    frames.pop_back();
    layer.erase();
    return failure();
  }
  std::vector<mlir::Value> returned;
  collectTensors(*result, returned);
  mlir::func::ReturnOp::create(opBuilder, loc, returned);
  std::vector<mlir::Type> types;
  for (mlir::Value value : returned)
    types.push_back(value.getType());
  layer.setFunctionType(
      opBuilder.getFunctionType(body->getArgumentTypes(), types));

  LayerFunction &made = layers[key];
  made.function = layer;
  made.foreign = inner.foreign;
  made.checks = inner.checks;
  made.result = *result;
  unsigned index = inner.flowArguments + inner.foreign.size();
  std::string below = function.self->path + ".";
  for (const auto &[weight, argument] : inner.weights) {
    StringRef path = weight->path;
    bool isRelative = path.consume_front(below);
    made.weights.push_back({path.str(), isRelative});
    layer.setArgAttr(index++, kNameAttr, opBuilder.getStringAttr(path));
  }
  frames.pop_back();
  return &made;
}

FailureOr<Value> Trace::callOutlined(const Function &function,
                                     const Given &given, SourceRange range) {
  std::vector<mlir::Value> operands = tensorsIn(given);
  std::string key = layerKey(function, given);
  auto known = layers.find(key);
  LayerFunction *layer = known == layers.end() ? nullptr : &known->second;
  if (!layer) {
    FailureOr<LayerFunction *> made =
        traceLayer(function, given, operands, key, range);
    if (failed(made))
      return failure();
    layer = *made;
  }
  for (const EntryCheck &check : layer->checks)
    addCheck(check);
  mlir::Location loc = location(range, function.self->path);
  emitter.setLocation(loc);
  for (mlir::Value value : layer->foreign)
    operands.push_back(localize(Value(value)).tensor());
  for (const WeightArgument &argument : layer->weights) {
    std::string path = argument.isRelative
                           ? function.self->path + "." + argument.path
                           : argument.path;
    operands.push_back(readWeight(*model.findWeight(path)).tensor());
  }
  auto call = CallOp::create(opBuilder, loc,
                             layer->function.getFunctionType().getResults(),
                             layer->function.getSymName(), operands);
  std::vector<mlir::Value> results(call.getResults().begin(),
                                   call.getResults().end());
  llvm::ArrayRef<mlir::Value> remaining = results;
  return replaceTensors(layer->result, remaining);
}
