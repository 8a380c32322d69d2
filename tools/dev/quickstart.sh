#!/usr/bin/env bash
# Installs what building needs, builds, compiles the trained CLIP that ships in test/Goldens/clip_digits to an executable
# of its own, and classifies its 360 pictures of handwritten digits with it.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools/dev/setup.sh
if [ ! -x build/bin/bridgec ]; then
  echo "Building the compiler (once; some minutes on two cores) …"
fi
tools/dev/build.sh bridgec bridge-run bridge-opt

example=test/Goldens/clip_digits
mkdir -p build/quickstart
cd build/quickstart

echo
echo "\$ bridgec $example -o digits --embed-weights $example/model.safetensors"
../bin/bridgec "../../$example" -o digits --embed-weights "../../$example/model.safetensors"
ls -l digits | awk '{printf "digits: %.1f MB with its weights, needs only ", $5 / 1e6}'
ldd digits | awk '{split($1, name, "/"); printf "%s%s", separator, name[length(name)]; separator = ", "} END {print ""}'

echo
echo "\$ ./digits similarity --inputs prompts.safetensors --image pixel_values=pictures/*.png --print"
begin=$(date +%s%N)
./digits similarity --inputs "../../$example/prompts.safetensors" \
  $(printf -- '--image pixel_values=%s ' ../../$example/pictures/*.png) --print >similarity.txt
end=$(date +%s%N)

# similarity.txt has a row of ten similarities for each picture, in the order of the file names.
awk -v microseconds="$(((end - begin) / 1000))" -f ../../tools/dev/digits.awk \
  labels="../../$example/labels.json" predictions="../../$example/predictions.json" similarity.txt
