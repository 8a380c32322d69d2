"""Writes broken copies of a PNG and of a JPEG file."""

import struct
import sys
import zlib

with open(sys.argv[1], "rb") as file:
    png = file.read()
with open(sys.argv[2], "rb") as file:
    jpeg = file.read()


def write(name, contents):
    with open(name, "wb") as file:
        file.write(contents)


def sized(width, height):
    """The PNG with another size in its header, and the header's checksum right."""
    chunk = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]


write("empty.png", b"")
write("text.png", b"not a picture\n")
write("cut.png", png[: len(png) // 2])
write("signature.png", png[:8])
write("zero.png", sized(0, 0))
write("huge.png", sized(1 << 30, 1 << 30))
write("cut.jpg", jpeg[: len(jpeg) // 2])
write("signature.jpg", jpeg[:3])
