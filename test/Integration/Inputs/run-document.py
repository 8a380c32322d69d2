"""Runs the commands of a document and compares what they print with what it shows.

    run-document.py DOCUMENT FOLDER

Each block marked `sh` runs in FOLDER, which is made anew, in the order of the document. If a block marked `text` follows at
once, that is what the commands print: `…` stands for anything, also for lines; numbers with a point may differ by 1e-3.
"""

import pathlib
import re
import shutil
import subprocess
import sys

NUMBER = r"-?\d+\.\d+(?:e[-+]?\d+)?"


def commands(document):
    """Yields the line number, the commands and what they should print, or None."""
    blocks = re.compile(r"^```sh\n(.*?)^```\n(?:^```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
    for match in blocks.finditer(document):
        yield document.count("\n", 0, match.start()) + 1, match[1], match[2]


def agrees(expected, printed):
    pieces = re.split(f"({NUMBER})", expected.strip())
    pattern = "".join(f"({NUMBER})" if i % 2 else re.escape(p).replace("…", ".*") for i, p in enumerate(pieces))
    match = re.fullmatch(pattern, printed.strip(), re.DOTALL)
    pairs = zip(pieces[1::2], match.groups()) if match else []
    return match and all(abs(float(a) - float(b)) <= 1e-3 * max(1, abs(float(a))) for a, b in pairs)


def main(path, folder):
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir(parents=True)
    count = 0
    for line, script, expected in commands(pathlib.Path(path).read_text(encoding="utf-8")):
        count += 1
        run = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, text=True, encoding="utf-8",
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode:
            sys.exit(f"{path}:{line}: exit status {run.returncode}\n{script}\n{run.stdout}")
        if expected is not None and not agrees(expected, run.stdout):
            sys.exit(f"{path}:{line}: expected\n{expected}\nfound\n{run.stdout}")
    if not count:
        sys.exit(f"{path}: expected blocks of commands, found none")
    print(f"{count} blocks of commands")


if __name__ == "__main__":
    main(*sys.argv[1:])
