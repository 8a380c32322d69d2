#!/usr/bin/env bash
# Fails where a library includes a header of one that it may not know (docs/architecture.md). InitAll.h, which knows all
# passes, is for the driver and the tools.
set -euo pipefail
cd "$(dirname "$0")/../.."

declare -A may=(
  [Support]="" [Runtime]=""
  [IR]="Support"
  [Analysis]="IR Support"
  [Transforms]="Analysis IR Support"
  [Kernels]="IR Support Runtime/Abi.h"
  [Conversion]="IR Kernels Support Runtime/Abi.h"
  [Pipelines]="Analysis Transforms Conversion Kernels Support"
  [Target]="Support Runtime/Abi.h"
  [Emulator]=""
  [Frontend]="IR Support"
  [Reference]="IR Support"
  [Driver]="Frontend Pipelines Target Emulator Analysis Conversion Kernels Runtime IR Support"
  [Runner]="Driver Frontend Emulator Runtime Reference IR Support"
  [Explorer]="Driver Runner Analysis Conversion Pipelines Runtime IR Support"
)
status=0
for library in "${!may[@]}"; do
  # A library, or one header of it.
  allowed=$(for name in $library ${may[$library]}; do
    [[ $name == *.h ]] && echo "$name\"" || echo "$name/"
  done | paste -sd '|')
  bad=$(grep -rnE '#include "bridge/' "include/bridge/$library" "lib/$library" 2>/dev/null |
    grep -vE "#include \"bridge/(InitAll.h|$allowed)" || true)
  if [ -n "$bad" ]; then
    echo "layering: $library may include only ${may[$library]:-nothing of ours}:" >&2
    echo "$bad" >&2
    status=1
  fi
done
if grep -rnE '#include "(llvm|mlir|clang|lld)/' include/bridge/Runtime lib/Runtime; then
  echo "layering: Runtime may include nothing of LLVM's" >&2
  status=1
fi
if grep -rnE '#include "\.\./' include lib tools; then
  echo "layering: headers of other folders are included by their path under include/" >&2
  status=1
fi
exit $status
