#!/usr/bin/env bash
# Builds the mutation fuzzers in build-fuzz/ and lets each of them run: fuzz-mutations.sh SECONDS [FUZZER …].
# What they find is kept in build-fuzz/findings, what they learn in build-fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:?usage: fuzz-mutations.sh SECONDS [FUZZER …]}
shift
fuzzers=("$@")
[ ${#fuzzers[@]} -gt 0 ] || fuzzers=(FuzzSyntax FuzzSpec FuzzConfig FuzzTensors FuzzIndex FuzzPicture)

tools/dev/setup.sh fuzz
build=build-fuzz
if [ ! -f $build/build.ninja ]; then
  cmake -G Ninja -S . -B $build -DBRIDGE_FUZZERS=ON -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -gline-tables-only" \
    -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 >/dev/null
fi
ninja -C $build --quiet -j "${JOBS:-$(nproc)}" bridge-fuzzers

# Seeds: what the repository has of each kind, beside test/Fuzz/Inputs.
rm -rf $build/seeds
for fuzzer in FuzzSyntax FuzzSpec FuzzConfig FuzzTensors FuzzIndex FuzzPicture; do
  mkdir -p $build/seeds/$fuzzer $build/corpus/$fuzzer $build/findings/$fuzzer
done
number=0
seed() { # FUZZER FILE…
  local fuzzer=$1
  shift
  for file in "$@"; do
    cp "$file" "$build/seeds/$fuzzer/$((number++))"
  done
}
mapfile -t specs < <(find bridges-dsl test -name '*.bridge' -size -64k)
seed FuzzSyntax "${specs[@]}" test/Fuzz/Inputs/specs/*
seed FuzzSpec "${specs[@]}" test/Fuzz/Inputs/specs/*
seed FuzzConfig test/Goldens/*/config.json test/Fuzz/Inputs/configs/*
mapfile -t tensors < <(find test/Goldens -name '*.safetensors' -size -24k)
seed FuzzTensors "${tensors[@]}" test/Fuzz/Inputs/tensors/*
seed FuzzIndex test/Fuzz/Inputs/indices/*
seed FuzzPicture test/Fuzz/Inputs/pictures/*
for config in test/Goldens/pictures/*/preprocessor_config.json; do
  for picture in $(find test/Goldens/pictures -maxdepth 1 -name '*.[jp]*g' -size -40k); do
    { cat "$config" && printf '\0' && cat "$picture"; } >"$build/seeds/FuzzPicture/$((number++))"
  done
done

status=0
for fuzzer in "${fuzzers[@]}"; do
  case $fuzzer in
  FuzzSyntax | FuzzSpec) dictionary=bridge.dict ;;
  *) dictionary=json.dict ;;
  esac
  log=$build/findings/$fuzzer.log
  $build/bin/fuzz/$fuzzer $build/corpus/$fuzzer $build/seeds/$fuzzer -dict=test/Fuzz/$dictionary -artifact_prefix=$build/findings/$fuzzer/ \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -malloc_limit_mb=2048 -max_len=65536 -print_final_stats=1 >"$log" 2>&1 || status=1
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
  found=$(find $build/findings/$fuzzer -type f | wc -l)
  echo "$fuzzer: ${runs:-?} runs, $found findings"
done
exit $status
