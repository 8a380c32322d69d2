"""Runs a command and prints, after what it prints, a line with its peak of memory in bytes. A small process of its own: a child starts with the peak of its parent."""

import resource
import subprocess
import sys

status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
sys.exit(status)
