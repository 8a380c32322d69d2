#!/usr/bin/env bash
# Installs the Debian packages that building needs; with `test`, also those that only tests need, with `fuzz` those of the mutation fuzzers.
set -euo pipefail

packages=(cmake ninja-build clang-22 lld-22 llvm-22-dev libmlir-22-dev mlir-22-tools liblld-22-dev
          zlib1g-dev libzstd-dev libpng-dev libjpeg62-turbo-dev)
if [ "${1:-}" = test ]; then
  packages+=(llvm-22-tools clang-format-22 git python3 python3-numpy)
fi
if [ "${1:-}" = fuzz ]; then
  packages+=(libclang-rt-22-dev)
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "setup: expected Debian's apt-get, found none. Install the equivalents of these packages:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  echo "LLVM and MLIR 22 are published at https://apt.llvm.org for Debian and Ubuntu." >&2
  exit 1
fi

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup: installing packages needs root or sudo" >&2; exit 1; }
  sudo=(sudo)
fi
echo "setup: installing ${missing[*]}"
"${sudo[@]}" apt-get update -qq
unknown=()
for package in "${missing[@]}"; do
  apt-cache show "$package" >/dev/null 2>&1 || unknown+=("$package")
done
if [ ${#unknown[@]} -ne 0 ]; then
  echo "setup: apt knows no ${unknown[*]}." >&2
  echo "LLVM and MLIR 22 are published at https://apt.llvm.org: add its repository for this release, then run this again." >&2
  exit 1
fi
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
