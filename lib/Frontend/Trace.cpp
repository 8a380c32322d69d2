//===- Trace.cpp - An entry being traced into the bridge dialect ----------===//
#include "Trace.h"
#include "Names.h"
#include "PruneUnused.h"
#include "bridge/Support/Limits.h"

using namespace bridge;
using namespace bridge::frontend;
using llvm::dyn_cast;
using llvm::failed;
using llvm::failure;
using llvm::FailureOr;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

/// How often an entry is traced anew with one more equality of dimensions.
static constexpr unsigned kMaxAssumptions = 64;

Trace::Trace(Model &model, Evaluator &evaluator, mlir::ModuleOp module)
    : opBuilder(module.getContext()), emitter(opBuilder), model(model),
      evaluator(evaluator), module(module) {
  for (const ast::Entry *entry : model.entries)
    usedNames.insert(entry->name);
}

//===----------------------------------------------------------------------===//
// Locations
//===----------------------------------------------------------------------===//

mlir::Location Trace::location(SourceRange range, StringRef path) {
  mlir::MLIRContext *context = module.getContext();
  mlir::Location place = mlir::UnknownLoc::get(context);
  if (range.file) {
    auto [line, column] = range.file->place(range.begin);
    place =
        mlir::FileLineColLoc::get(context, range.file->name(), line, column);
  }
  return path.empty()
             ? place
             : mlir::NameLoc::get(mlir::StringAttr::get(context, path), place);
}

void Trace::setLocation(SourceRange range) {
  // The function of a kind of layer serves all layers; an entry knows which.
  bool isEntry = frames.size() <= 1;
  emitter.setLocation(location(range, !currentPart ? ""
                                      : isEntry    ? currentPart->path
                                                   : currentPart->displayPath));
}

//===----------------------------------------------------------------------===//
// Conditions on entry
//===----------------------------------------------------------------------===//

/// The amount that is not negative where the check holds; none for `!=`.
static std::optional<Dim> slack(const EntryCheck &check) {
  Dim difference = check.right - check.left;
  switch (check.kind) {
  case CompareKind::Le:
    return difference;
  case CompareKind::Lt:
    return difference - Dim(1);
  case CompareKind::Ge:
    return difference * Dim(-1);
  case CompareKind::Gt:
    return difference * Dim(-1) - Dim(1);
  case CompareKind::Eq:
  case CompareKind::Ne:
    return std::nullopt;
  }
}

void Trace::addCheck(EntryCheck check) {
  for (EntryCheck &other : frame().checks) {
    std::optional<Dim> amount = slack(check);
    bool isSame = other.left == check.left && other.kind == check.kind &&
                  other.right == check.right;
    if (!isSame && !(amount && amount == slack(other)))
      continue;
    // The spec's own words say it best.
    if (other.isRequirement && !check.isRequirement)
      other = std::move(check);
    return;
  }
  frame().checks.push_back(std::move(check));
}

void Trace::takeRequirements(SourceRange range) {
  for (Requirement &need : emitter.takeRequirements()) {
    // Written as a comparison of sums without negative terms.
    Dim left, right;
    for (const auto &[monomial, coefficient] : need.amount.terms()) {
      Dim term(std::abs(coefficient));
      for (const std::string &symbol : monomial)
        term = term * Dim::symbol(symbol);
      (coefficient < 0 ? left : right) =
          (coefficient < 0 ? left : right) + term;
    }
    bool isPossible = !need.amount.isStatic() && left != Dim(0);
    if (isPossible)
      addCheck({left, CompareKind::Le, right, need.text, range,
                /*isRequirement=*/true});
  }
}

LogicalResult Trace::assume(const std::string &symbol, const Dim &value,
                            SourceRange range) {
  if (assumptions.size() >= kMaxAssumptions ||
      llvm::is_contained(value.symbols(), symbol) || assumptions.count(symbol))
    return evaluator.error(range, "`" + symbol + "` would have to be " +
                                      bridge::describe(value));
  for (auto &[known, dim] : assumptions)
    dim = dim.substitute(symbol, value);
  assumptions[symbol] = value;
  evaluator.stop = Stop::Assume;
  return failure();
}

FailureOr<bool> Trace::assumeEqual(const Dim &a, const Dim &b,
                                   SourceRange range) {
  Dim difference = a - b;
  if (std::optional<int64_t> constant = difference.constant())
    return *constant == 0;
  for (auto [symbolic, other] : {std::pair(a, b), std::pair(b, a)})
    if (std::optional<std::string> symbol = symbolic.symbolName();
        symbol && !llvm::is_contained(other.symbols(), *symbol)) {
      if (std::optional<int64_t> size = other.constant(); size && *size < 0)
        return false;
      return assume(*symbol, other, range);
    }
  return evaluator.error(range, bridge::describe(a) + " and " +
                                    bridge::describe(b) +
                                    " would have to be equal");
}

void Trace::emitChecks() {
  mlir::Block &entry = frame().function.getBody().front();
  opBuilder.setInsertionPointToStart(&entry);
  // Requirements of operations come after the spec's own checks.
  std::vector<EntryCheck> &checks = frame().checks;
  std::vector<EntryCheck> ordered;
  for (bool requirements : {false, true})
    for (EntryCheck &check : checks)
      if (check.isRequirement == requirements)
        ordered.push_back(check);
  checks = std::move(ordered);
  for (const EntryCheck &check : frame().checks) {
    std::string where;
    if (check.range.file) {
      auto [line, column] = check.range.file->place(check.range.begin);
      where = check.range.file->name().str() + ":" + std::to_string(line) +
              ":" + std::to_string(column);
    }
    CheckOp::create(opBuilder, location(check.range, ""), check.left.str(),
                    check.kind, check.right.str(), check.text, where);
  }
}

//===----------------------------------------------------------------------===//
// What exists when an entry runs
//===----------------------------------------------------------------------===//

FailureOr<Value> Trace::readRunTime(const RunTimeName &name,
                                    SourceRange range) {
  if (name.kind == RunTimeName::Kind::Dimension) {
    auto it = assumptions.find(name.name);
    return Value(it == assumptions.end() ? Dim::symbol(name.name) : it->second);
  }
  if (name.kind == RunTimeName::Kind::Input) {
    if (touchedOnly && !touched.count(name.name))
      return evaluator.needsRun();
    touched.insert(name.name);
    return localize(Value(inputs.find(name.name)->second));
  }
  const RunTimeName::Version *latest = nullptr;
  for (const RunTimeName::Version &version : name.versions)
    if (version.position <= position)
      latest = &version;
  if (!latest)
    return evaluator.error(range,
                           "`" + name.name + "` has no value before this");
  if (latest->value)
    return *latest->value;
  unsigned statement = latest->position - 1;
  if (!forced.count({statement, name.name}) && failed(force(statement)))
    return failure();
  auto found = forced.find({statement, name.name});
  if (found == forced.end())
    return evaluator.error(range, "`" + name.name + "` has no value here");
  return localize(found->second);
}

/// Runs a statement of the bridge's body, in the entry's function.
LogicalResult Trace::force(unsigned statement) {
  const ast::Node &node = *model.flow[statement];
  mlir::OpBuilder::InsertionGuard guard(opBuilder);
  mlir::Location outerLocation = emitter.getLocation();
  std::deque<Frame> inner;
  while (frames.size() > 1) {
    inner.push_front(std::move(frames.back()));
    frames.pop_back();
  }
  mlir::Operation *region = frame().outermostRegion;
  const Role *role = std::exchange(frame().role, nullptr);
  if (region)
    opBuilder.setInsertionPoint(region);
  else if (!inner.empty())
    opBuilder.setInsertionPointToEnd(&frame().function.getBody().front());
  frame().outermostRegion = nullptr;
  unsigned outerPosition = std::exchange(position, statement);
  const Instance *outerPart = std::exchange(currentPart, nullptr);

  Scope *scope = evaluator.makeScope(model.root->scope);
  LogicalResult result = success();
  if (llvm::isa<ast::For>(&node)) {
    // What the loop carries has its value from before.
    for (const std::string &name : assignedNames(node)) {
      const Value *before = model.root->scope->find(name);
      if (!before || !before->is<const RunTimeName *>() || failed(result))
        continue;
      FailureOr<Value> loaded = evaluator.load(*before, node.range);
      if (failed(loaded))
        result = failure();
      else
        scope->names[name] = *loaded;
    }
  }
  if (succeeded(result) && failed(evaluator.statement(node, *scope)))
    result = failure();
  if (succeeded(result))
    for (const auto &[name, value] : scope->names)
      forced[{statement, name}] = value;

  position = outerPosition;
  currentPart = outerPart;
  frame().outermostRegion = region;
  frame().role = role;
  for (Frame &frame : inner)
    frames.push_back(std::move(frame));
  emitter.setLocation(outerLocation);
  return result;
}

Value Trace::readWeight(const WeightDefinition &weight) {
  llvm::SmallVector<Dim> dims(weight.shape.begin(), weight.shape.end());
  mlir::Type element = weight.elementType == "i32"
                           ? mlir::Type(opBuilder.getI32Type())
                           : mlir::Type(opBuilder.getF32Type());
  mlir::RankedTensorType type = getTensorType(dims, element);
  if (frames.size() == 1)
    return Value(mlir::Value(ReadWeightOp::create(
        opBuilder, emitter.getLocation(), type, weight.path)));
  for (const auto &[known, argument] : frame().weights)
    if (known == &weight)
      return Value(argument);
  mlir::Value argument = frame().function.getBody().front().addArgument(
      type, location(weight.node->range, ""));
  frame().weights.emplace_back(&weight, argument);
  return Value(argument);
}

static mlir::func::FuncOp functionOf(mlir::Value value) {
  mlir::Operation *owner = value.getParentRegion()->getParentOp();
  auto function = dyn_cast<mlir::func::FuncOp>(owner);
  return function ? function : owner->getParentOfType<mlir::func::FuncOp>();
}

Value Trace::localize(const Value &value) {
  if (frames.size() <= 1)
    return value;
  std::vector<mlir::Value> tensors;
  collectTensors(value, tensors);
  bool changed = false;
  for (mlir::Value &tensor : tensors) {
    if (functionOf(tensor) == frame().function)
      continue;
    changed = true;
    auto known = llvm::find(frame().foreign, tensor);
    unsigned index = frame().flowArguments + (known - frame().foreign.begin());
    if (known == frame().foreign.end()) {
      frame().foreign.push_back(tensor);
      frame().function.getBody().front().insertArgument(index, tensor.getType(),
                                                        tensor.getLoc());
    }
    tensor = frame().function.getBody().front().getArgument(index);
  }
  if (!changed)
    return value;
  llvm::ArrayRef<mlir::Value> local = tensors;
  return replaceTensors(value, local);
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

std::string Trace::uniqueName(StringRef name) {
  std::string unique = name.str();
  for (unsigned i = 1; !usedNames.insert(unique).second; ++i)
    unique = name.str() + "_" + std::to_string(i);
  return unique;
}

/// Erases the functions that were being traced, but for the outermost `kept`.
void Trace::abandonFrames(size_t kept) {
  while (frames.size() > kept) {
    frames.back().function.erase();
    frames.pop_back();
  }
}

LogicalResult Trace::beginEntry(StringRef name) {
  frames.clear();
  inputs.clear();
  forced.clear();
  touched.clear();
  position = ~0u;
  currentPart = nullptr;
  emitter.takeRequirements();
  // Functions that took values of an earlier entry serve no other.
  for (auto &entry : llvm::make_early_inc_range(layers))
    if (!entry.second.foreign.empty())
      layers.erase(entry.first());
  opBuilder.setInsertionPointToEnd(module.getBody());
  auto function = mlir::func::FuncOp::create(
      opBuilder, location(model.root->recipe->module->node->range, ""), name,
      opBuilder.getFunctionType({}, {}));
  mlir::Block *block = function.addEntryBlock();
  Frame &entry = frames.emplace_back();
  entry.function = function;
  opBuilder.setInsertionPointToEnd(block);

  evaluator.trace = this;
  for (const ast::Input *input : model.inputs) {
    const ast::Declarator &declarator = *input->declarator;
    llvm::SmallVector<Dim> dims;
    for (const ast::Expr *dim : *declarator.shape) {
      FailureOr<Value> size = evaluator.value(*dim, *model.root->scope);
      if (failed(size))
        return failure();
      const Dim *found = size->getAs<Dim>();
      if (!found || (found->constant() && *found->constant() < 0))
        return evaluator.error(dim->range, "a dimension is an integer that is "
                                           "not negative, found " +
                                               describe(*size));
      dims.push_back(*found);
    }
    mlir::Type element = declarator.type == "i32"
                             ? mlir::Type(opBuilder.getI32Type())
                             : mlir::Type(opBuilder.getF32Type());
    inputs[declarator.name()] = block->addArgument(
        getTensorType(dims, element), location(declarator.range, ""));
  }
  return success();
}

/// Conditions that speak only of inputs that the entry takes.
LogicalResult Trace::entryChecks() {
  touchedOnly = true;
  std::set<std::string> symbols;
  for (const std::string &input : touched)
    for (const Dim &dim : getDims(inputs[input]))
      for (const std::string &symbol : dim.symbols())
        symbols.insert(symbol);
  LogicalResult result = success();
  for (const ast::Check *check : model.checks) {
    bool applies = true;
    for (const std::string &name : freeNames(*check)) {
      const Value *found = model.root->scope->find(name);
      auto *runTime = found ? found->getAs<const RunTimeName *>() : nullptr;
      if (!runTime || (*runTime)->kind != RunTimeName::Kind::Dimension)
        continue;
      Dim dim = *readRunTime(**runTime, check->range)->getAs<Dim>();
      applies &= llvm::all_of(dim.symbols(), [&](const std::string &symbol) {
        return symbols.count(symbol) != 0;
      });
    }
    if (!applies || succeeded(evaluator.check(*check, *model.root->scope)) ||
        evaluator.stop == Stop::NeedsRun)
      continue;
    result = failure();
    break;
  }
  touchedOnly = false;
  return result;
}

/// The results of an entry, once. Fails with Stop::Assume where it has to be
/// traced anew.
LogicalResult Trace::attemptEntry(const ast::Entry &entry) {
  if (failed(beginEntry(entry.name)))
    return failure();
  std::vector<mlir::Value> results;
  LogicalResult traced = success();
  size_t reported = evaluator.diagnostics.all().size();
  for (const ast::Entry::Result &result : entry.results) {
    FailureOr<Value> value = evaluator.value(*result.value, *model.root->scope);
    if (succeeded(value) && !value->isTensor())
      value = evaluator.error(result.range, "the result `" + result.name +
                                                "` is a tensor, found " +
                                                describe(*value));
    if (succeeded(value) && getDims(value->tensor()).size() > kMaxInterfaceRank)
      value = evaluator.error(result.range,
                              "the result `" + result.name + "` has at most " +
                                  std::to_string(kMaxInterfaceRank) +
                                  " axes, found " + describe(*value));
    if (failed(value)) {
      traced = failure();
      break;
    }
    results.push_back(value->tensor());
  }
  if (failed(traced) && evaluator.stop != Stop::Error)
    return failure();
  // An equality that a check demands may be what the trace lacked.
  Stop why = evaluator.stop;
  abandonFrames(1);
  frame().role = nullptr;
  frame().outermostRegion = nullptr;
  evaluator.mask = nullptr;
  position = ~0u;
  currentPart = nullptr;
  opBuilder.setInsertionPointToEnd(&frame().function.getBody().front());
  if (failed(entryChecks())) {
    if (evaluator.stop == Stop::Assume)
      evaluator.diagnostics.truncate(reported);
    return failure();
  }
  evaluator.stop = why;
  if (failed(traced))
    return failure();
  finishEntry(entry, results);
  return success();
}

/// Symbols that the operations of an entry need.
static std::set<std::string> usedSymbols(mlir::func::FuncOp function) {
  std::set<std::string> symbols;
  auto add = [&](const Dim &dim) {
    for (const std::string &symbol : dim.symbols())
      symbols.insert(symbol);
  };
  function.walk([&](mlir::Operation *op) {
    for (mlir::Type type : op->getResultTypes())
      if (auto tensor = dyn_cast<mlir::RankedTensorType>(type))
        for (const Dim &dim : getDims(tensor))
          add(dim);
    if (auto dim = dyn_cast<DimOp>(op))
      add(*Dim::parse(dim.getExpr()));
    if (auto slice = dyn_cast<SliceOp>(op))
      for (const Dim &dim : slice.getOffsets().getDims())
        add(dim);
  });
  return symbols;
}

/// Drops arguments that are neither used nor, alone, have a dimension that is,
/// and the checks on dimensions that are gone with them.
void Trace::dropUnneededInputs() {
  mlir::func::FuncOp function = frame().function;
  mlir::Block &block = function.getBody().front();
  std::set<std::string> bound;
  std::set<unsigned> needed;
  auto need = [&](unsigned index) {
    needed.insert(index);
    for (const Dim &dim : getDims(block.getArgument(index)))
      for (const std::string &symbol : dim.symbols())
        bound.insert(symbol);
  };
  unsigned count = model.inputs.size();
  for (unsigned i = 0; i != count; ++i)
    if (!block.getArgument(i).use_empty())
      need(i);
  for (const std::string &symbol : usedSymbols(function))
    for (unsigned i = 0; i != count && !bound.count(symbol); ++i)
      for (const Dim &dim : getDims(block.getArgument(i)))
        if (llvm::is_contained(dim.symbols(), symbol))
          need(i);
  for (unsigned i = count; i-- > 0;)
    if (!needed.count(i)) {
      inputs.erase(model.inputs[i]->declarator->name());
      block.eraseArgument(i);
    }
  llvm::erase_if(frame().checks, [&](const EntryCheck &check) {
    return llvm::any_of(
        (check.left - check.right).symbols(),
        [&](const std::string &symbol) { return !bound.count(symbol); });
  });
}

void Trace::finishEntry(const ast::Entry &entry,
                        llvm::ArrayRef<mlir::Value> results) {
  mlir::func::FuncOp function = frame().function;
  mlir::Block &block = function.getBody().front();
  mlir::func::ReturnOp::create(opBuilder, function.getLoc(), results);
  // Parts are rebuilt without what is unused: `results` are gone then.
  pruneUnused(block);

  dropUnneededInputs();
  function.setFunctionType(opBuilder.getFunctionType(
      block.getArgumentTypes(), block.getTerminator()->getOperandTypes()));
  function->setAttr(kEntryAttr, opBuilder.getUnitAttr());
  unsigned place = 0;
  for (const ast::Input *input : model.inputs)
    if (const std::string &name = input->declarator->name(); inputs.count(name))
      function.setArgAttr(place++, kNameAttr, opBuilder.getStringAttr(name));
  for (auto [i, result] : llvm::enumerate(entry.results))
    function.setResultAttr(i, kNameAttr, opBuilder.getStringAttr(result.name));
  emitChecks();
}

LogicalResult Trace::traceEntry(const ast::Entry &entry) {
  assumptions.clear();
  while (true) {
    LogicalResult traced = attemptEntry(entry);
    evaluator.trace = nullptr;
    evaluator.mask = nullptr;
    if (succeeded(traced))
      return success();
    abandonFrames(0);
    if (evaluator.stop != Stop::Assume)
      return failure();
  }
}

LogicalResult Trace::checkAlone(const ast::Check &check) {
  assumptions.clear();
  while (true) {
    LogicalResult held = beginEntry("check");
    if (succeeded(held))
      held = evaluator.check(check, *model.root->scope);
    evaluator.trace = nullptr;
    evaluator.mask = nullptr;
    abandonFrames(0);
    if (succeeded(held) || evaluator.stop != Stop::Assume)
      return held;
  }
}
