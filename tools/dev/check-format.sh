#!/usr/bin/env bash
# Fails where clang-format or `bridgec --format` would change a file of the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."

git ls-files '*.h' '*.cpp' '*.c' | xargs clang-format-22 --dry-run -Werror
build/bin/bridgec --format --check $(git ls-files 'bridges-dsl/*.bridge')
