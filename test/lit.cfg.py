import os
import sys

import lit.formats

config.name = "bridge"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".bridge", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.bridge_build, "test")

path = [os.path.join(config.bridge_build, "bin"), config.llvm_tools, os.environ["PATH"]]
config.environment["PATH"] = os.pathsep.join(path)
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --dump-input=fail"

config.substitutions += [
    ("%bridges", os.path.join(config.bridge_source, "bridges-dsl")),
    ("%goldens", os.path.join(config.test_source_root, "Goldens")),
    ("%python", sys.executable),
    ("%unit", os.path.join(config.bridge_build, "bin", "unit")),
    ("%source", config.bridge_source),
    ("%include", os.path.join(config.bridge_source, "include")),
    ("%cc", config.cc),
]

# What this machine can run; the run time picks the best level by itself.
with open("/proc/cpuinfo") as cpuinfo:
    flags = set(next(line for line in cpuinfo if line.startswith("flags")).split())
for feature, flag in [("avx2", "avx2"), ("avx512", "avx512vl"), ("avx512-bf16", "avx512_bf16")]:
    if flag in flags:
        config.available_features.add(feature)

# NVIDIA's assembler, where there is a CUDA toolkit.
if any(os.access(os.path.join(folder, "ptxas"), os.X_OK) for folder in os.environ["PATH"].split(os.pathsep)):
    config.available_features.add("ptxas")
