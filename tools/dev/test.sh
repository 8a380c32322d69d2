#!/usr/bin/env bash
# Installs what tests need, builds everything and runs every check: layering, formatting, unit tests, lit tests.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools/dev/setup.sh test
tools/dev/build.sh
tools/dev/build.sh bridge-docs
tools/dev/check-layering.sh
tools/dev/check-format.sh

status=0
/usr/lib/llvm-22/bin/lit --no-progress-bar -sv build/test "$@" 2>&1 | tee build/test.log || status=$?
count() { sed -nE "s/^ *$1 *: *([0-9]+).*/\1/p" build/test.log | tail -1; }
passed=$(count Passed) failed=$(count Failed)
echo "${passed:-0} passed, ${failed:-0} failed"
exit "$status"
