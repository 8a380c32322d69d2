//===- TensorFileTest.cpp - Reading and writing .safetensors files --------===//
#include "Support.h"
#include <sys/stat.h>

using namespace bridge::test;

static void testBrokenFiles(const TemporaryFolder &folder) {
  auto entry = [](const char *dtype, const char *shape, const char *offsets) {
    return std::string("{\"a\": {\"dtype\": \"") + dtype +
           "\", \"shape\": " + shape + ", \"data_offsets\": " + offsets + "}}";
  };
  std::string eight(8, 'x');
  uint64_t huge = 100000001, lie = 1000;
  std::string hugeSize(reinterpret_cast<char *>(&huge), 8);
  std::string lyingSize(reinterpret_cast<char *>(&lie), 8);
  struct Case {
    std::string bytes, why;
  } cases[] = {
      {"", "the file is empty"},
      {"1234567", "7 bytes are too few"},
      {hugeSize + "{}", "a header of 100000001 bytes (100 MB are allowed)"},
      {lyingSize + "{}", "the header has 1000 bytes, the file only"},
      {tensorFile("[]"), "the header is an array, not an object"},
      {tensorFile("{\"a\": "), "header: line 1, column 7: not valid JSON"},
      {tensorFile(""), "not valid JSON"},
      {tensorFile("{}", "x"), "the last 1 bytes belong to no tensor"},
      {tensorFile("{\"a\": 3}"), "tensor `a` needs a dtype, a shape"},
      {tensorFile("{\"a\": {\"dtype\": \"F32\", \"shape\": [1]}}"),
       "tensor `a` needs a dtype, a shape"},
      {tensorFile(entry("F31", "[2]", "[0, 8]"), eight), "unknown dtype `F31`"},
      {tensorFile(entry("F32", "[-2]", "[0, 8]"), eight),
       "not a whole number from 0"},
      {tensorFile(entry("F32", "[2.5]", "[0, 8]"), eight),
       "not a whole number from 0"},
      {tensorFile(entry("F32", "[1,1,1,1,1,1,1,1,2]", "[0, 8]"), eight),
       "has 9 axes"},
      {tensorFile(entry("F32", "[4294967296, 4294967296]", "[0, 8]"), eight),
       "more bytes than can be counted"},
      {tensorFile(entry("F64", "[2305843009213693952]", "[0, 8]"), eight),
       "more bytes than can be counted"},
      {tensorFile(entry("F32", "[2]", "[8, 0]"), eight), "two whole numbers"},
      {tensorFile(entry("F32", "[2]", "[-8, 0]"), eight), "two whole numbers"},
      {tensorFile(entry("F32", "[2]", "[0, 8]"), "abc"),
       "ends at byte 8 of the data, which has 3: truncated?"},
      {tensorFile(entry("F32", "[3]", "[0, 8]"), eight),
       "`a` of f32 [3] takes 12 bytes, its data_offsets have 8"},
      {tensorFile(entry("F32", "[1]", "[4, 8]"), eight),
       "bytes 0 to 4 of the data belong to no tensor"},
      {tensorFile(
           "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6]}"
           ",\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]"
           "}}",
           eight),
       "tensors `a` and `b` overlap"},
      {tensorFile(
           "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}"
           ",\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]"
           "}}",
           eight),
       "the name `a` stands twice"},
      {tensorFile(std::string(200000, '[')), "nested too deeply"},
  };
  for (const Case &test : cases) {
    std::string path = folder.write("broken.safetensors", test.bytes);
    bridge_message why;
    bridge_tensor_file *file = nullptr;
    CHECK_FAILS(bridge_tensor_file_open(nullptr, path.c_str(), &file, &why),
                BRIDGE_BAD_FILE, test.why);
    CHECK_CONTAINS(why.text, "broken.safetensors");
    CHECK(!file);
  }
}

/// Every prefix and every changed byte of a file is refused or read without
/// harm; sanitizers and this test's end say whether it was.
static void testDamagedFiles(const TemporaryFolder &folder) {
  std::string good = tensorFile(
      "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\","
      "\"shape\":["
      "2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"I64\",\"shape\":[],"
      "\"data_offsets\":[8,16]}}",
      std::string(16, 'x'));
  bridge_tensor_file *file = nullptr;
  std::string path = folder.write("damaged.safetensors", good);
  CHECK_EQ(bridge_tensor_file_open(nullptr, path.c_str(), &file, nullptr),
           BRIDGE_OK);
  bridge_tensor_file_close(file);
  for (size_t length = 0; length < good.size(); ++length) {
    folder.write("damaged.safetensors", good.substr(0, length));
    CHECK(bridge_tensor_file_open(nullptr, path.c_str(), &file, nullptr) !=
          BRIDGE_OK);
  }
  for (size_t position = 0; position < good.size() - 16; ++position)
    for (char change : {'\0', '9', '"', '}', '\xff'}) {
      std::string damaged = good;
      damaged[position] = change;
      folder.write("damaged.safetensors", damaged);
      if (bridge_tensor_file_open(nullptr, path.c_str(), &file, nullptr))
        continue;
      for (int64_t i = 0; i < bridge_tensor_file_count(file); ++i) {
        const bridge_tensor &tensor = bridge_tensor_file_at(file, i)->tensor;
        CHECK(tensor.rank <= 1);
      }
      bridge_tensor_file_close(file);
    }
}

static void testWriting(const TemporaryFolder &folder) {
  float floats[] = {1, 2, 3, 4, 5, 6};
  int64_t number = -7;
  uint8_t flag = 1;
  bridge_named_tensor tensors[] = {named("z", BRIDGE_BOOL, {1}, &flag),
                                   named("m\"\n", BRIDGE_F32, {3, 2}, floats),
                                   named("empty", BRIDGE_F32, {0, 5}, floats),
                                   named("a", BRIDGE_I64, {}, &number)};
  // Transposed: [3, 2] of strides 1 and 3.
  tensors[1].tensor.strides[0] = 1;
  tensors[1].tensor.strides[1] = 3;
  std::string path = folder.path + "/out.safetensors";
  bridge_message why;
  CHECK_EQ(bridge_tensor_file_write(nullptr, path.c_str(), tensors, 4, &why),
           BRIDGE_OK);
  bridge_tensor_file *file = nullptr;
  CHECK_EQ(bridge_tensor_file_open(nullptr, path.c_str(), &file, &why),
           BRIDGE_OK);
  CHECK_EQ(bridge_tensor_file_count(file), 4);
  const bridge_named_tensor *read = bridge_tensor_file_find(file, "m\"\n");
  CHECK(read && read->tensor.rank == 2 && read->tensor.shape[0] == 3);
  float expected[] = {1, 4, 2, 5, 3, 6};
  CHECK(read && !memcmp(read->tensor.data, expected, sizeof(expected)));
  CHECK_EQ(std::string(bridge_tensor_file_at(file, 0)->name), "a");
  CHECK(!bridge_tensor_file_find(file, "b"));
  CHECK(!bridge_tensor_file_at(file, 4));
  bridge_tensor_file_close(file);

  tensors[0].name = "a";
  CHECK_FAILS(bridge_tensor_file_write(nullptr, path.c_str(), tensors, 4, &why),
              BRIDGE_BAD_ARGUMENT, "two tensors are called `a`");
  std::string nowhere = folder.path + "/none/out.safetensors";
  CHECK_FAILS(
      bridge_tensor_file_write(nullptr, nowhere.c_str(), tensors + 1, 1, &why),
      BRIDGE_BAD_FILE, "cannot write: No such file");
  CHECK_FAILS(bridge_tensor_file_write(nullptr, folder.path.c_str(),
                                       tensors + 1, 1, &why),
              BRIDGE_BAD_FILE, "Is a directory");
}

static void testFolders(const TemporaryFolder &folder) {
  bridge_message why;
  bridge_tensor_file *file = nullptr;
  std::string sharded = folder.path + "/sharded";
  mkdir(sharded.c_str(), 0777);
  CHECK_FAILS(bridge_tensor_file_open(nullptr, sharded.c_str(), &file, &why),
              BRIDGE_BAD_FILE, "neither model.safetensors nor");
  float one[] = {1}, two[] = {2};
  bridge_named_tensor a = named("a", BRIDGE_F32, {1}, one);
  bridge_named_tensor b = named("b", BRIDGE_F32, {1}, two);
  std::string first = sharded + "/1.safetensors";
  std::string second = sharded + "/2.safetensors";
  bridge_tensor_file_write(nullptr, first.c_str(), &a, 1, &why);
  bridge_tensor_file_write(nullptr, second.c_str(), &b, 1, &why);
  auto writeIndex = [&](const char *map) {
    folder.write("sharded/model.safetensors.index.json",
                 std::string("{\"weight_map\": ") + map + "}");
  };
  auto open = [&] {
    return bridge_tensor_file_open(nullptr, sharded.c_str(), &file, &why);
  };
  writeIndex("{\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}");
  CHECK_EQ(open(), BRIDGE_OK);
  CHECK_EQ(bridge_tensor_file_count(file), 2);
  bridge_tensor_file_close(file);
  writeIndex("{\"a\": \"1.safetensors\", \"c\": \"2.safetensors\"}");
  CHECK_FAILS(open(), BRIDGE_BAD_FILE,
              "`c` is in the index, but not in 2.safetensors");
  writeIndex("{\"a\": \"../1.safetensors\"}");
  CHECK_FAILS(open(), BRIDGE_BAD_FILE, "of the same folder");
  writeIndex("{\"a\": \"3.safetensors\"}");
  CHECK_FAILS(open(), BRIDGE_BAD_FILE, "3.safetensors: cannot open");
  writeIndex("[]");
  CHECK_FAILS(open(), BRIDGE_BAD_FILE, "no object `weight_map`");
  bridge_tensor_file_write(nullptr, second.c_str(), &a, 1, &why);
  writeIndex("{\"a\": \"1.safetensors\", \"b\": \"2.safetensors\"}");
  CHECK_FAILS(open(), BRIDGE_BAD_FILE, "tensor `a` is in two of the files");
  std::string missing = folder.path + "/missing.safetensors";
  CHECK_FAILS(bridge_tensor_file_open(nullptr, missing.c_str(), &file, &why),
              BRIDGE_BAD_FILE, "cannot open: No such file");
}

int main() {
  TemporaryFolder folder;
  testBrokenFiles(folder);
  testDamagedFiles(folder);
  testWriting(folder);
  testFolders(folder);
  return failures != 0;
}
