"""Gives every input of a corpus to the tools: replay.py GOLDENS FOLDER…

Each must end with exit status 0 or 1, a message where it is 1, within a minute of processor time and 4 GB. Works in the current folder.
"""

import json
import pathlib
import resource
import shutil
import struct
import subprocess
import sys

SECONDS, BYTES = 60, 4 << 30
SMALL = """bridge Small() {
  input x[n]: f32
  weight a[1]
  entry run -> r: x * a
}
"""


def write_tensor(path, name):
    """A .safetensors file with one tensor of one number."""
    header = json.dumps({name: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(header)) + header + struct.pack("<f", 1))


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


class Replay:
    def __init__(self, goldens):
        self.goldens, self.count, self.accepted, self.failures = pathlib.Path(goldens), 0, 0, []
        pathlib.Path("small.bridge").write_text(SMALL)
        subprocess.run(["bridgec", "small.bridge", "-o", "small"], check=True)
        write_tensor("inputs.safetensors", "x")

    def run(self, path, *command):
        self.count += 1
        done = subprocess.run(command, capture_output=True, preexec_fn=limit)
        self.accepted += done.returncode == 0
        message = (done.stdout + done.stderr).decode(errors="replace").strip()
        if done.returncode not in (0, 1) or done.returncode == 1 and not message:
            self.failures.append(f"{path}: {command[0]}: status {done.returncode}: {message[-500:]}")

    def specs(self, path):
        copy = pathlib.Path("replayed.bridge")
        shutil.copy(path, copy)
        self.run(path, "bridgec", copy, "--stop-after=ast")
        self.run(path, "bridgec", copy, "--stop-after=planned")
        self.run(path, "bridgec", copy, "--stop-after=planned", "--fuse=none")
        self.run(path, "bridgec", copy, "--format")

    def configs(self, path):
        folder = pathlib.Path("checkpoint")
        folder.mkdir(exist_ok=True)
        shutil.copy(path, folder / "config.json")
        self.run(path, "bridgec", folder, "--stop-after=planned")
        self.run(path, "bridgec", folder, "--describe")

    def load(self, path, weights):
        self.run(path, "./small", "run", "--weights", weights, "--inputs", "inputs.safetensors")
        self.run(path, "bridge-run", "small.bridge", "run", "--reference", "--weights", weights, "--inputs", "inputs.safetensors")

    def tensors(self, path):
        shutil.copy(path, "replayed.safetensors")
        self.load(path, "replayed.safetensors")

    def indices(self, path):
        folder = pathlib.Path("shards")
        folder.mkdir(exist_ok=True)
        shutil.copy(path, folder / "model.safetensors.index.json")
        write_tensor(folder / "model-1.safetensors", "a")
        write_tensor(folder / "model-2.safetensors", "b")
        self.load(path, folder)

    def pictures(self, path):
        """A preprocessor_config.json, then, after a zero byte, a picture."""
        config, zero, picture = path.read_bytes().partition(b"\0")
        folder = pathlib.Path("preprocessed")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.goldens / "clip", folder)
        (folder / "preprocessor_config.json").write_bytes(config)
        source = self.goldens / "pictures/china_small.png"
        (folder / "picture").write_bytes(picture if zero else source.read_bytes())
        self.run(path, "bridge-run", folder, "encode_image", "--reference", "--image", f"pixel_values={folder}/picture")


def main(goldens, *folders):
    replay = Replay(goldens)
    for kind in ("specs", "configs", "tensors", "indices", "pictures"):
        for folder in folders:
            for path in sorted(pathlib.Path(folder, kind).glob("*")):
                getattr(replay, kind)(path)
    print("\n".join(replay.failures))
    print(f"{replay.count} runs: {replay.accepted} accepted, {len(replay.failures)} failed")
    return len(replay.failures) > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
