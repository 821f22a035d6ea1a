"""A zip read with care: what it says of itself is held against what it is, and no more is unpacked than was said.

Only what every zip program writes for a few files: one disk, stored or deflated, no encryption, no 64-bit sizes, nothing before
or between the parts (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4). Everything else is refused before a byte is unpacked.
"""

from __future__ import annotations

import stat
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from cued.packs.contained import MAX_ENTRIES, MAX_TOTAL_BYTES, RefusedError
from cued.yamlread import clip

STORED: Final = 0
DEFLATED: Final = 8
MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
"""What a zip begins with; the second if it is empty."""

_END: Final = struct.Struct("<4s4H2LH")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
_PATCHED: Final = 0x0020
_SIZES_LATER: Final = 0x0008
"""The local header's sizes are 0; a zip written to a pipe has them after the data."""
_UTF8: Final = 0x0800
_DAMAGED: Final = "the zip is damaged, or was made to deceive: have it made and sent again"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder in a zip."""

    name: str
    """As it stands there, a folder's without the `/` at its end: not checked yet."""
    folder: bool
    size: int
    """Unpacked, bytes."""
    packed: slice
    """Its bytes in the zip."""
    method: int
    crc: int


@dataclass(frozen=True, slots=True)
class Zip:
    """A zip whose parts fit together."""

    data: bytes
    entries: tuple[Entry, ...]
    comment: str


def read_zip(data: bytes) -> Zip:
    """The contents list of the zip `data`. Raises RefusedError for all that is not plain."""
    end = _end_at(data)
    _, disk, first_disk, here, count, size, start, _ = _END.unpack_from(data, end)
    if 0xFFFF in (disk, here, count) or 0xFFFFFFFF in (size, start):
        raise RefusedError("the zip is of the kind for huge files: pack it with another program")
    if disk or first_disk or here != count:
        raise RefusedError("this is one part of a zip in several: join them, or have it sent whole")
    if count > MAX_ENTRIES:
        raise RefusedError(f"there are {count} files in it: a pack has at most {MAX_ENTRIES}")
    if start + size != end:
        raise RefusedError(_DAMAGED)
    entries, starts, at = [], [], start
    for _ in range(count):
        entry, begins, at = _entry_at(data, at, end)
        entries.append(entry)
        starts.append((begins, entry.packed.stop))
    if at != end:
        raise RefusedError(_DAMAGED)
    last = 0
    for begins, stops in sorted(starts):
        if begins < last:
            raise RefusedError(f"files overlap in it, which no zip program writes. {_DAMAGED[:1].upper()}{_DAMAGED[1:]}")
        last = stops
    if last > start:
        raise RefusedError(_DAMAGED)
    total = sum(entry.size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        raise RefusedError(f"unpacked it would have {total / 2**20:.0f} MiB: a pack has at most {MAX_TOTAL_BYTES // 2**20} MiB")
    return Zip(data, tuple(entries), data[end + _END.size :].decode("utf-8", "replace"))


def _end_at(data: bytes) -> int:
    """Where the last record stands: its comment ends with the file."""
    at = len(data)
    while (at := data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - 0xFFFF), at)) >= 0:
        if at + _END.size <= len(data) and at + _END.size + _END.unpack_from(data, at)[7] == len(data):
            return at
        at += 3  # an end before which the next search has to begin
    raise RefusedError("this is no whole zip: it was cut short on its way, so have it sent again")


def _entry_at(data: bytes, at: int, end: int) -> tuple[Entry, int, int]:
    """The entry whose central header stands at `at`, where its local one begins, and where the next central one stands."""
    if at + _CENTRAL.size > end:
        raise RefusedError(_DAMAGED)
    fields = _CENTRAL.unpack_from(data, at)
    magic, _, _, flags, method, _, _, crc, packed, size, name_size, extra_size, comment_size, disk, _, attributes, begins = (
        fields
    )
    after = at + _CENTRAL.size + name_size + extra_size + comment_size
    if magic != b"PK\x01\x02" or after > end or disk:
        raise RefusedError(_DAMAGED)
    raw = data[at + _CENTRAL.size : at + _CENTRAL.size + name_size]
    name = _name(raw, flags)
    shown = f"`{clip(name)}`"
    if flags & (_ENCRYPTED | _PATCHED):
        raise RefusedError(f"{shown} is locked with a password: have it sent without one")
    _check_plain(attributes >> 16, shown)
    folder = name.endswith("/")
    if method not in {STORED, DEFLATED}:
        raise RefusedError(f"{shown} is packed in a way that cued does not read (method {method}): use plain zip")
    if 0xFFFFFFFF in (packed, size, begins):
        raise RefusedError("the zip is of the kind for huge files: pack it with another program")
    data_at = _data_at(data, begins, raw, flags, method, (crc, packed, size))
    if method == STORED and packed != size:
        raise RefusedError(_DAMAGED)
    return Entry(name.removesuffix("/"), folder, size, slice(data_at, data_at + packed), method, crc), begins, after


def _data_at(data: bytes, at: int, name: bytes, flags: int, method: int, told: tuple[int, int, int]) -> int:
    """Where the bytes of the entry begin; its local header must say what the central one says."""
    if at + _LOCAL.size > len(data):
        raise RefusedError(_DAMAGED)
    magic, _, own_flags, own_method, _, _, *own_told, name_size, extra_size = _LOCAL.unpack_from(data, at)
    begins = at + _LOCAL.size
    same = (own_method, data[begins : begins + name_size]) == (method, name)
    if magic != b"PK\x03\x04" or not same or (tuple(own_told) != told and not (own_flags | flags) & _SIZES_LATER):
        raise RefusedError(_DAMAGED)
    return int(begins + name_size + extra_size)


def _name(raw: bytes, flags: int) -> str:
    """UTF-8 where it is said to be or can be, else what DOS wrote."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if flags & _UTF8:
            raise RefusedError(_DAMAGED) from None
        return raw.decode("cp437")


def _check_plain(mode: int, shown: str) -> None:
    """Raises RefusedError for what Unix would unpack as a link or a device."""
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        raise RefusedError(f"{shown} is a link: a pack holds plain files, so put the file itself in its place")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise RefusedError(f"{shown} is a device or pipe: a pack holds plain files only")


def unpacked(whole: Zip, entry: Entry) -> bytes:
    """The bytes of `entry`: as many as it says, with the sum it says. Raises RefusedError."""
    packed = whole.data[entry.packed]
    if entry.method == STORED:
        content, complete = packed, True
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, entry.size + 1)  # one byte more tells a lie, and is all that it costs
        except zlib.error:
            raise RefusedError(_DAMAGED) from None
        complete = inflater.eof and not inflater.unused_data
    if not complete or len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise RefusedError(f"`{clip(entry.name)}` is not what the zip says of it. {_DAMAGED[:1].upper()}{_DAMAGED[1:]}")
    return content
