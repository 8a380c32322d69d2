//===- Linker.cpp - From objects to executables and libraries -------------===//
#include "bridge/Target/Linker.h"
#include "Localise.h"
#include "bridge/Target/Program.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <link.h>

LLD_HAS_DRIVER(elf)

using namespace bridge;

// The run time as lib/Target/RuntimeArchive.S includes it.
extern "C" const char bridge_runtime_archive[];
extern "C" const char bridge_runtime_archive_end[];

/// The path of a shared object that this process has loaded, by the start of
/// its file name; linking against it needs no development package.
static std::string findLoaded(llvm::StringRef prefix) {
  struct Search {
    llvm::StringRef prefix;
    std::string path;
  } search{prefix, {}};
  dl_iterate_phdr(
      [](dl_phdr_info *info, size_t, void *data) {
        auto *search = static_cast<Search *>(data);
        if (!llvm::sys::path::filename(info->dlpi_name)
                 .starts_with(search->prefix))
          return 0;
        search->path = info->dlpi_name;
        return 1;
      },
      &search);
  return search.path;
}

static llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (!code) {
    stream << bytes;
    stream.close();
    code = stream.error();
    stream.clear_error();
  }
  if (code)
    return llvm::createStringError(code, "cannot write " + path + ": " +
                                             code.message());
  return llvm::Error::success();
}

static llvm::SmallVector<std::string>
kindArguments(LinkKind kind, llvm::StringRef program, llvm::StringRef loader) {
  switch (kind) {
  case LinkKind::Executable:
    return {
        "-pie",       "--gc-sections",  "--hash-style=gnu",  "-dynamic-linker",
        loader.str(), "--entry=_start", "--undefined=_start"};
  case LinkKind::SharedLibrary:
    return {"-shared", "--gc-sections", "--hash-style=gnu", "--entry=0"};
  case LinkKind::Relocatable:
    // Two objects may have the same groups, whose symbols become local.
    return {"-r", "--gc-sections", "--force-group-allocation",
            ("--undefined=" + program).str()};
  }
  llvm_unreachable("covered switch");
}

llvm::Error bridge::linkProgram(llvm::ArrayRef<llvm::ArrayRef<char>> objects,
                                llvm::StringRef program,
                                llvm::StringRef weights, LinkKind kind,
                                llvm::StringRef output) {
  llvm::SmallString<128> folder;
  if (std::error_code code =
          llvm::sys::fs::createUniqueDirectory("bridge-link", folder))
    return llvm::createStringError(code, "cannot make a temporary folder: " +
                                             code.message());
  llvm::scope_exit cleanUp([&] { llvm::sys::fs::remove_directories(folder); });

  std::string libc = findLoaded("libc.so"), libm = findLoaded("libm.so"),
              loader = findLoaded("ld-linux");
  llvm::SmallVector<std::string> arguments{"ld.lld"};
  llvm::append_range(arguments, kindArguments(kind, program, loader));
  arguments.push_back("--build-id=none");
  if (kind != LinkKind::Relocatable)
    arguments.push_back("--strip-all");
  auto addFile = [&](llvm::StringRef name,
                     llvm::StringRef bytes) -> llvm::Error {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    arguments.push_back(path.str().str());
    return writeFile(path, bytes);
  };
  for (auto [index, object] : llvm::enumerate(objects))
    if (llvm::Error error =
            addFile("object" + std::to_string(index) + ".o",
                    llvm::StringRef(object.data(), object.size())))
      return error;
  if (!weights.empty()) {
    llvm::append_values(arguments, std::string("--format=binary"),
                        weights.str(), std::string("--format=default"));
    // The linker calls the bytes by the path of the file.
    std::string mangled = "_binary_" + weights.str();
    for (char &c : mangled)
      if (!llvm::isAlnum(c))
        c = '_';
    arguments.push_back(
        ("--defsym=" + kEmbeddedWeights + "=" + mangled + "_start").str());
    arguments.push_back(
        ("--defsym=" + kEmbeddedBytes + "=" + mangled + "_size").str());
  }
  if (kind == LinkKind::SharedLibrary) {
    arguments.push_back(("-soname=" + llvm::sys::path::filename(output)).str());
    if (llvm::Error error = addFile(
            "exports", ("{ global: " + program + "; local: *; };").str()))
      return error;
    arguments.back() = "--version-script=" + arguments.back();
  }
  if (llvm::Error error =
          addFile("runtime.a", llvm::StringRef(bridge_runtime_archive,
                                               bridge_runtime_archive_end -
                                                   bridge_runtime_archive)))
    return error;
  if (kind != LinkKind::Relocatable)
    llvm::append_values(arguments, libm, libc, loader);

  // Linked beside the output and renamed, so that there is never half of one.
  if (llvm::sys::fs::file_status status;
      !llvm::sys::fs::status(output, status) && llvm::sys::fs::is_other(status))
    return llvm::createStringError("cannot write " + output +
                                   ": it is no regular file");
  llvm::SmallString<128> temporary;
  if (std::error_code code =
          llvm::sys::fs::createUniqueFile(output + ".%%%%%%", temporary))
    return llvm::createStringError(code, "cannot write " + output + ": " +
                                             code.message());
  llvm::append_values(arguments, std::string("-o"), temporary.str().str());

  llvm::SmallVector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  lld::Result result =
      lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0) {
    llvm::sys::fs::remove(temporary);
    return llvm::createStringError("linking failed:\n" + messages);
  }
  if (kind == LinkKind::Relocatable)
    if (llvm::Error error = localiseSymbols(temporary, program)) {
      llvm::sys::fs::remove(temporary);
      return error;
    }
  if (std::error_code code = llvm::sys::fs::rename(temporary, output)) {
    llvm::sys::fs::remove(temporary);
    return llvm::createStringError(code, "cannot write " + output + ": " +
                                             code.message());
  }
  return llvm::Error::success();
}
