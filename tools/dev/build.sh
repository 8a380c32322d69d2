#!/usr/bin/env bash
# Configures build/ once and builds the given targets (all without any) with clang, lld and ninja.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ ! -f build/build.ninja ]; then
  cmake -G Ninja -S . -B build -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 >build-configure.log 2>&1 ||
    { cat build-configure.log >&2; rm -f build-configure.log; exit 1; }
  rm -f build-configure.log
fi
ninja -C build --quiet -j "${JOBS:-$(nproc)}" "$@"
