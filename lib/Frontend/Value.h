//===- Value.h - What expressions of a spec evaluate to ---------*- C++ -*-===//
#ifndef BRIDGE_LIB_FRONTEND_VALUE_H
#define BRIDGE_LIB_FRONTEND_VALUE_H

#include "bridge/Frontend/Ast.h"
#include "bridge/Frontend/TensorEmitter.h"
#include "bridge/Support/Dim.h"
#include "mlir/IR/Value.h"
#include <map>

namespace bridge::frontend {

struct Function;
struct Group;
struct Instance;
struct List;
struct MaskClosure;
struct ModuleDefinition;
struct Primitive;
struct Recipe;
struct RunTimeName;
struct WeightDefinition;

/// Anything a name can stand for. Static values are immutable and shared;
/// definitions belong to the library, parts and weights to the model.
class Value {
public:
  using Data =
      std::variant<std::monostate, bool, Dim, double, std::string,
                   std::shared_ptr<const List>, std::shared_ptr<const Recipe>,
                   Instance *, const ModuleDefinition *,
                   std::shared_ptr<const Function>, const Primitive *, Group *,
                   std::shared_ptr<const MaskClosure>, mlir::Value, MaskValue,
                   const WeightDefinition *, const RunTimeName *>;

  /// `none`.
  Value() = default;
  template <typename T, typename = std::enable_if_t<
                            std::is_constructible_v<Data, T &&> &&
                            !std::is_same_v<std::decay_t<T>, Value>>>
  Value(T &&data) : data(std::forward<T>(data)) {}
  /// A list of these values.
  static Value list(std::vector<Value> items, bool isComprehension = false);

  template <typename T> const T *getAs() const { return std::get_if<T>(&data); }
  template <typename T> bool is() const {
    return std::holds_alternative<T>(data);
  }

  bool isNone() const { return is<std::monostate>(); }
  bool isTensor() const { return is<mlir::Value>(); }
  bool isNumber() const { return is<Dim>() || is<double>(); }
  mlir::Value tensor() const { return *getAs<mlir::Value>(); }
  const List *asList() const;
  const Recipe *asRecipe() const;
  const Function *asFunction() const;
  const MaskClosure *asMask() const;
  Instance *asInstance() const;
  /// The value of an integer that is known when compiling.
  std::optional<int64_t> integer() const;
  /// The value of an integer or a float that is known when compiling.
  std::optional<double> number() const;

private:
  Data data;
};

/// Names and what they stand for, inside others.
struct Scope {
  Scope *parent = nullptr;
  std::map<std::string, Value, std::less<>> names;
  /// A turn of a loop: names that exist outside are assigned there.
  bool isLoop = false;

  explicit Scope(Scope *parent = nullptr) : parent(parent) {}
  /// The innermost scope that has `name`, or null.
  Scope *home(llvm::StringRef name);
  /// What `name` stands for, or null.
  const Value *find(llvm::StringRef name);
  /// Every name that means something here.
  std::vector<std::string> known() const;
};

struct List {
  std::vector<Value> items;
  /// Made by a comprehension: parts in it are layers of equal kinds.
  bool isComprehension = false;
};

/// The middle of dotted names: `embeddings` in `embeddings.patch = …`.
struct Group {
  std::map<std::string, Value, std::less<>> names;
};

/// A `def` and where it was defined; `self` is the part whose method it is.
struct Function {
  const ast::Function *node;
  Scope *scope;
  Instance *self = nullptr;
};

/// A predicate on two positions: a mask expression with the values of the names
/// it mentions, or masks joined by `&`, `|` or `~`.
struct MaskClosure {
  const ast::Mask *node = nullptr;
  Scope *scope = nullptr; ///< of the names that are not captured
  std::vector<std::pair<std::string, Value>> captures;

  std::string op; ///< of joined masks
  std::vector<std::shared_ptr<const MaskClosure>> operands;
};

/// A module with its parameters filled in. Bound to a name in a module it
/// becomes an instance.
struct Recipe {
  const ModuleDefinition *module;
  /// All parameters, in the order of their declaration.
  std::vector<std::pair<std::string, Value>> parameters;
  /// Those that were given, to which calling the recipe again adds.
  std::map<std::string, Value> given;
  /// The config that gave them, or empty.
  std::string origin;

  const Value *find(llvm::StringRef name) const;
};

/// A module of a file.
struct ModuleDefinition {
  const ast::Module *node;
  Scope *scope;
  std::vector<const ast::Config *> configs;

  const std::string &name() const { return node->name; }
};

/// What a part is to the whole model.
struct Role {
  std::string kind; ///< encoder, resampler, fusion, projection or decoder
  bool frozen = false;
  std::string path;
};

/// A part: a module whose weights have names.
struct Instance {
  std::shared_ptr<const Recipe> recipe;
  std::string path;
  /// The path with `*` for the numbers of layers, for locations.
  std::string displayPath;
  /// The part it was made in, or null.
  Instance *parent = nullptr;
  /// Whether calls are outlined: it is an element of a comprehension.
  bool isLayer = false;
  /// Without a name, and so without weights.
  bool isAnonymous = false;
  /// The nearest role on the way to the root, or null.
  const Role *role = nullptr;
  /// The module's body; its parent has the parameters.
  Scope *scope = nullptr;
  /// Equal for parts of one module with equal parameters.
  std::string key;

  const std::string &moduleName() const { return recipe->module->name(); }
};

/// A declared tensor of the checkpoint.
struct WeightDefinition {
  std::string path;
  std::vector<int64_t> shape;
  const ast::Declarator *node;
  std::string elementType; ///< f32 or i32
  std::optional<double> init;
  const Role *role = nullptr;

  int64_t elements() const;
};

/// A name of a bridge's body that has a value only when an entry runs.
struct RunTimeName {
  enum class Kind { Input, Dimension, Flow };
  /// What the name stands for after the statement at `position`.
  struct Version {
    unsigned position;
    /// Of a name with a static value, before a loop carries it.
    std::optional<Value> value;
  };

  Kind kind;
  std::string name;
  std::vector<Version> versions; ///< of a Flow
};

/// As messages show a value: a tensor by its shape, a part by its name.
std::string describe(const Value &value);
/// Whether two values are the same; std::nullopt where only the entry knows.
std::optional<bool> equalValues(const Value &left, const Value &right);

/// Text that is equal for equal static values and for tensors of equal type.
std::string keyOf(const Value &value);
/// Appends the tensors in `value`, in a fixed order.
void collectTensors(const Value &value, std::vector<mlir::Value> &tensors);
/// `value` with its tensors, in that order, replaced by the first of `tensors`,
/// which are dropped.
Value replaceTensors(const Value &value, llvm::ArrayRef<mlir::Value> &tensors);

} // namespace bridge::frontend

#endif // BRIDGE_LIB_FRONTEND_VALUE_H
