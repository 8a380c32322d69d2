//===- Json.h - A strict reader of JSON -------------------------*- C++ -*-===//
#ifndef BRIDGE_LIB_RUNTIME_JSON_H
#define BRIDGE_LIB_RUNTIME_JSON_H

#include "Base.h"

namespace bridge::runtime {

/// A value of a JSON text (RFC 8259). Members keep their order.
struct Json {
  enum Kind : uint8_t { Null, Bool, Number, String, Array, Object };

  Kind kind;
  /// A Number without fraction or exponent that fits `integer`.
  bool isInteger;
  bool boolean;
  Text key;  ///< of a member of an Object
  Text text; ///< of a String, terminated by a zero byte
  Text raw;  ///< as it stands in the text that was read
  double number;
  int64_t integer;
  int64_t size; ///< children of an Array or Object
  const Json *first;
  const Json *next;

  /// The member of an Object called `name`, or null. Null also when this is not
  /// an Object.
  const Json *find(Text name) const;
  /// "an object", "a number", … for messages.
  const char *kindName() const;
};

/// for (const Json &child : children(value))
struct JsonChildren {
  struct Iterator {
    const Json *value;
    const Json &operator*() const { return *value; }
    Iterator &operator++() {
      value = value->next;
      return *this;
    }
    bool operator!=(Iterator other) const { return value != other.value; }
  };
  const Json *value;
  Iterator begin() const { return {value->first}; }
  Iterator end() const { return {nullptr}; }
};
inline JsonChildren children(const Json &value) { return {&value}; }

/// Reads all of `text`, which must be one value: no comments, no trailing
/// commas, no names twice in an object, valid UTF-8, at most 64 levels deep.
/// Values live in `region`; only `raw` refers to `text`.
/// A failure says the line and column; `what` names the text, as in
/// "model.safetensors: header".
bridge_status parseJson(Text text, Region &region, Text what,
                        const Json *&result, Message &message);

/// Writes text as a JSON string, quotes included.
void addJsonString(Builder &out, Text text);

} // namespace bridge::runtime

#endif // BRIDGE_LIB_RUNTIME_JSON_H
