"""Zips as no zip program would write them, byte by byte."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a zip; what is None is what an honest zip says."""

    name: str | bytes
    content: bytes = b""
    method: int = 8
    flags: int = 0
    attributes: int = FILE
    size: int | None = None
    """Unpacked, as it is told."""
    packed_size: int | None = None
    crc: int | None = None
    local_name: bytes | None = None
    local_size: int | None = None
    packed: bytes | None = None
    at: int | None = None
    """Where the list of contents says that it begins."""

    @property
    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def make_zip(*parts: Part, comment: bytes = b"", before: bytes = b"", count: int | None = None, disk: int = 0) -> bytes:
    """The zip of `parts`, each as it says of itself."""
    body, listed = before, b""
    for part in parts:
        packed = part.packed
        if packed is None:
            packed = deflated(part.content) if part.method == 8 else part.content
        crc = zlib.crc32(part.content) if part.crc is None else part.crc
        packed_size = len(packed) if part.packed_size is None else part.packed_size
        size = len(part.content) if part.size is None else part.size
        own_size = size if part.local_size is None else part.local_size
        own_name = part.raw_name if part.local_name is None else part.local_name
        begins = len(body) - len(before) if part.at is None else part.at
        head = (20, part.flags, part.method, 0, 33, crc, packed_size)
        body += struct.pack("<4s5H3L2H", b"PK\3\4", *head, own_size, len(own_name), 0) + own_name + packed
        tail = (size, len(part.raw_name), 0, 0, 0, 0, part.attributes, begins)
        listed += struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x314, *head, *tail) + part.raw_name
    many = len(parts) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", disk, 0, many, many, len(listed), len(body) - len(before), len(comment))
    return body + listed + end + comment


def packed_text(text: str, *others: Part) -> bytes:
    """A zip with that `pack.yaml`, and others beside it."""
    return make_zip(Part("pack.yaml", text.encode()), *others)
