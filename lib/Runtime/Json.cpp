//===- Json.cpp - A strict reader of JSON ---------------------------------===//
#include "Json.h"

using namespace bridge::runtime;

const Json *Json::find(Text name) const {
  if (kind == Object)
    for (const Json &member : children(*this))
      if (member.key == name)
        return &member;
  return nullptr;
}

const char *Json::kindName() const {
  static const char *const names[] = {"null",     "a truth value", "a number",
                                      "a string", "an array",      "an object"};
  return names[kind];
}

namespace {

/// Ten to the power of `exponent`, in extended precision.
long double powerOfTen(int exponent) {
  long double result = 1, base = 10;
  for (int rest = exponent < 0 ? -exponent : exponent; rest; rest >>= 1) {
    if (rest & 1)
      result *= base;
    base *= base;
  }
  return exponent < 0 ? 1 / result : result;
}

class Parser {
public:
  Parser(Text text, Region &region, Text what, Message &message)
      : start(text.data), at(text.data), end(text.data + text.size),
        region(region), what(what), message(message) {}

  bridge_status parse(const Json *&result) {
    Json *value = region.make<Json>();
    BRIDGE_TRY(parseValue(*value, 0));
    skipSpace();
    if (at != end)
      return fail("something follows the value");
    result = value;
    return BRIDGE_OK;
  }

private:
  static constexpr int maxDepth = 64;
  static constexpr int64_t maxValues = 4'000'000;

  bridge_status fail(const char *why) {
    int64_t line = 1, column = 1;
    for (const char *c = start; c < at; ++c)
      if (*c == '\n') {
        ++line;
        column = 1;
      } else {
        ++column;
      }
    return message.fail(BRIDGE_BAD_FILE,
                        "%.*s: line %lld, column %lld: not valid JSON: %s",
                        BRIDGE_TEXT(what), static_cast<long long>(line),
                        static_cast<long long>(column), why);
  }

  void skipSpace() {
    while (at != end &&
           (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
      ++at;
  }

  bool consume(Text word) {
    if (!Text(at, end - at).startsWith(word))
      return false;
    at += word.size;
    return true;
  }

  bridge_status parseValue(Json &value, int depth) {
    if (depth > maxDepth)
      return fail("nested too deeply (64 levels)");
    if (++values > maxValues)
      return fail("too many values (4,000,000)");
    skipSpace();
    if (at == end)
      return fail("the text ends early");
    const char *first = at;
    BRIDGE_TRY(parseKind(value, depth));
    value.raw = Text(first, at - first);
    return BRIDGE_OK;
  }

  bridge_status parseKind(Json &value, int depth) {
    switch (*at) {
    case '{':
      return parseObject(value, depth);
    case '[':
      return parseArray(value, depth);
    case '"':
      value.kind = Json::String;
      return parseString(value.text);
    default:
      break;
    }
    if (*at == '-' || isDigit(*at))
      return parseNumber(value);
    if (consume("null"))
      return value.kind = Json::Null, BRIDGE_OK;
    value.kind = Json::Bool;
    value.boolean = *at == 't';
    if (consume("true") || consume("false"))
      return BRIDGE_OK;
    return fail("a value is expected here");
  }

  bridge_status parseArray(Json &array, int depth) {
    array.kind = Json::Array;
    ++at;
    skipSpace();
    if (consume("]"))
      return BRIDGE_OK;
    const Json **link = &array.first;
    while (true) {
      Json *child = region.make<Json>();
      BRIDGE_TRY(parseValue(*child, depth + 1));
      append(array, link, child);
      if (consume("]"))
        return BRIDGE_OK;
      if (!consume(","))
        return fail("`,` or `]` is expected here");
    }
  }

  bridge_status parseObject(Json &object, int depth) {
    object.kind = Json::Object;
    ++at;
    skipSpace();
    if (consume("}"))
      return BRIDGE_OK;
    const Json **link = &object.first;
    while (true) {
      Json *child = region.make<Json>();
      skipSpace();
      if (at == end || *at != '"')
        return fail("a name in quotes is expected here");
      BRIDGE_TRY(parseString(child->key));
      skipSpace();
      if (!consume(":"))
        return fail("`:` is expected here");
      BRIDGE_TRY(parseValue(*child, depth + 1));
      append(object, link, child);
      if (consume("}"))
        return checkNamesDiffer(object);
      if (!consume(","))
        return fail("`,` or `}` is expected here");
    }
  }

  void append(Json &parent, const Json **&link, Json *child) {
    *link = child;
    link = &child->next;
    ++parent.size;
    skipSpace();
  }

  bridge_status checkNamesDiffer(const Json &object) {
    bridge::runtime::Array<Text> names;
    for (const Json &member : children(object))
      names.push(member.key);
    names.sort([](Text a, Text b) { return compare(a, b) < 0; });
    for (int64_t i = 1; i < names.size(); ++i)
      if (names[i] == names[i - 1])
        return message.fail(BRIDGE_BAD_FILE,
                            "%.*s: the name `%.*s` stands twice in one object",
                            BRIDGE_TEXT(what), BRIDGE_TEXT(names[i]));
    return BRIDGE_OK;
  }

  bridge_status parseString(Text &result) {
    ++at;
    const char *first = at;
    while (at != end && *at != '"') {
      if (static_cast<unsigned char>(*at) < ' ')
        return fail("a control character in a string");
      at += *at == '\\' && at + 1 != end ? 2 : 1;
    }
    if (at == end)
      return fail("a string without end");
    char *copy = region.make<char>(at - first + 1);
    char *out = copy;
    const char *last = at;
    for (at = first; at != last;)
      if (*at == '\\')
        BRIDGE_TRY(parseEscape(out));
      else if (static_cast<unsigned char>(*at) < 0x80)
        *out++ = *at++;
      else
        BRIDGE_TRY(copyUtf8(out, last));
    ++at;
    result = Text(copy, out - copy);
    return BRIDGE_OK;
  }

  bridge_status parseEscape(char *&out) {
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    for (const char *escape = escapes; *escape; escape += 2)
      if (at[1] == *escape) {
        *out++ = escape[1];
        at += 2;
        return BRIDGE_OK;
      }
    uint32_t code;
    if (!parseCodeUnit(code))
      return fail("an unknown escape in a string");
    if (code >= 0xd800 && code < 0xdc00) {
      uint32_t low;
      if (!parseCodeUnit(low) || low < 0xdc00 || low > 0xdfff)
        return fail("half of a surrogate pair in a string");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      return fail("half of a surrogate pair in a string");
    }
    if (code == 0)
      return fail("a zero character in a string");
    writeUtf8(code, out);
    return BRIDGE_OK;
  }

  /// `\uXXXX`; the closing quote stops the digits.
  bool parseCodeUnit(uint32_t &code) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
      return false;
    code = 0;
    for (const char *c = at + 2; c != at + 6; ++c) {
      int digit = isDigit(*c)              ? *c - '0'
                  : *c >= 'a' && *c <= 'f' ? *c - 'a' + 10
                  : *c >= 'A' && *c <= 'F' ? *c - 'A' + 10
                                           : -1;
      if (digit < 0)
        return false;
      code = code * 16 + digit;
    }
    at += 6;
    return true;
  }

  static void writeUtf8(uint32_t code, char *&out) {
    if (code < 0x80) {
      *out++ = code;
      return;
    }
    int rest = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    *out++ = lead[rest] | (code >> (6 * rest));
    while (rest--)
      *out++ = 0x80 | ((code >> (6 * rest)) & 0x3f);
  }

  bridge_status copyUtf8(char *&out, const char *last) {
    auto lead = static_cast<unsigned char>(*at);
    int rest = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    uint32_t code = lead & (0x3f >> rest);
    bool valid = lead >= 0xc2 && lead < 0xf5 && last - at > rest;
    for (int i = 1; valid && i <= rest; ++i) {
      valid = (at[i] & 0xc0) == 0x80;
      code = code << 6 | (at[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (!valid || code < least[rest] || code > 0x10ffff ||
        (code >= 0xd800 && code < 0xe000))
      return fail("a string is not UTF-8");
    for (int i = 0; i <= rest; ++i)
      *out++ = *at++;
    return BRIDGE_OK;
  }

  static bool isDigit(char c) { return c >= '0' && c <= '9'; }

  bridge_status parseNumber(Json &value) {
    value.kind = Json::Number;
    bool negative = consume("-");
    if (at == end || !isDigit(*at))
      return fail("a digit is expected here");
    if (*at == '0' && at + 1 != end && isDigit(at[1]))
      return fail("a number begins with 0");
    uint64_t digits = 0;
    int64_t scale = 0;
    bool integral = true;
    while (at != end && isDigit(*at))
      takeDigit(digits, scale, integral);
    bool fraction = at != end && *at == '.';
    if (fraction) {
      ++at;
      if (at == end || !isDigit(*at))
        return fail("a digit is expected here");
      while (at != end && isDigit(*at)) {
        --scale;
        takeDigit(digits, scale, integral);
      }
    }
    int64_t exponent = 0;
    bool hasExponent = at != end && (*at == 'e' || *at == 'E');
    if (hasExponent)
      BRIDGE_TRY(parseExponent(exponent));
    value.isInteger =
        integral && !fraction && !hasExponent && digits <= uint64_t(INT64_MAX);
    value.integer = negative ? -int64_t(digits) : int64_t(digits);
    long double magnitude = digits;
    int64_t power = scale + exponent;
    if (digits)
      magnitude *= powerOfTen(power > 5000    ? 5000
                              : power < -5000 ? -5000
                                              : power);
    value.number = static_cast<double>(negative ? -magnitude : magnitude);
    return BRIDGE_OK;
  }

  /// Digits beyond the nineteenth only scale.
  void takeDigit(uint64_t &digits, int64_t &scale, bool &integral) {
    if (digits < UINT64_MAX / 10 - 1) {
      digits = digits * 10 + (*at - '0');
    } else {
      ++scale;
      integral = false;
    }
    ++at;
  }

  bridge_status parseExponent(int64_t &exponent) {
    ++at;
    bool negative = at != end && *at == '-';
    if (at != end && (*at == '-' || *at == '+'))
      ++at;
    if (at == end || !isDigit(*at))
      return fail("a digit is expected here");
    for (; at != end && isDigit(*at); ++at)
      if (exponent < 100000)
        exponent = exponent * 10 + (*at - '0');
    if (negative)
      exponent = -exponent;
    return BRIDGE_OK;
  }

  const char *start, *at, *end;
  Region &region;
  Text what;
  Message &message;
  int64_t values = 0;
};

} // namespace

bridge_status bridge::runtime::parseJson(Text text, Region &region, Text what,
                                         const Json *&result,
                                         Message &message) {
  return Parser(text, region, what, message).parse(result);
}

void bridge::runtime::addJsonString(Builder &out, Text text) {
  out.add("\"");
  for (char c : text)
    if (c == '"' || c == '\\')
      out.addf("\\%c", c);
    else if (static_cast<unsigned char>(c) < ' ')
      out.addf("\\u%04x", c);
    else
      out.add({&c, 1});
  out.add("\"");
}
