#!/usr/bin/env bash
# Installs what building needs, builds, compiles the trained CLIP that ships in test/Goldens/clip_digits to an executable
# of its own, and classifies its 360 pictures of handwritten digits with it.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools/dev/setup.sh
if [ ! -x build/bin/bridgec ]; then
  echo "Building the compiler (once; some minutes on two cores) …"
fi
tools/dev/build.sh bridgec bridge-run

mkdir -p build/quickstart
cd build/quickstart
PATH=$PWD/../bin:$PATH
ln -sfn ../../test/Goldens/clip_digits clip_digits

# Shows a command, then runs it.
run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

run bridgec clip_digits -o digits --embed-weights clip_digits/model.safetensors
ls -l digits | awk '{printf "  %.1f MB with its weights", $5 / 1e6}'
ldd digits | awk '{split($1, path, "/"); name = path[split($1, path, "/")]; if (name !~ /vdso/) list = list ", " name}
                  END {print "; needs" substr(list, 2) " and nothing else"}'

printf '\n$ %s\n%s\n' './digits similarity --print --inputs clip_digits/prompts.safetensors \' \
  '    --image pixel_values=clip_digits/pictures/0000.png … clip_digits/pictures/0359.png'
pictures=(clip_digits/pictures/*.png)
classify=(./digits similarity --inputs clip_digits/prompts.safetensors
          --image "pixel_values=${pictures[0]}" "${pictures[@]:1}")
begin=$(date +%s%N)
"${classify[@]}" --print >similarity.txt
end=$(date +%s%N)
"${classify[@]}" --time 10 --json >time.json
awk -f ../../tools/dev/digits.awk clip_digits/prompts.json clip_digits/predictions.json time.json \
  seconds="$(((end - begin) / 1000000))e-3" similarity.txt
