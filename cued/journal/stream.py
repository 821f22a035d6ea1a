"""A session's events and effects as lines of text, and the lines of each second as a few compressed bytes.

A line begins with what it is: `<` an event that went in, `>` an effect that came out, `@` a time (ns) that the session had
reached. Behind `<` and `>` stands what `formats.event_codec` writes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from cued.errors import JournalError

IN: Final = "<"
OUT: Final = ">"
REACHED: Final = "@"
FRESH_EVERY: Final = 300
"""So many stretches share one compressor: five minutes of a run are lost at most where a page of the file is damaged."""
_RAW_DEFLATE: Final = -15
"""No header and no checksum of zlib's: SQLite frames the bytes (RFC 1951, window of 32 KiB)."""
_LEVEL: Final = 6
"""9 saves 5 % more and takes twice the time (measured)."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one stretch, unpacked: a second holds some kilobytes, so more is a damaged or hostile file."""


class Packer:
    """Compresses stretches one by one; what was said before is the dictionary of what comes."""

    def __init__(self) -> None:
        self._count = 0
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW_DEFLATE)

    def pack(self, lines: Sequence[str]) -> tuple[bool, bytes]:
        """(it begins anew, the bytes), which can be read as soon as all before it can."""
        fresh = self._count % FRESH_EVERY == 0
        if fresh:
            self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW_DEFLATE)
        self._count += 1
        text = "\n".join([*lines, ""]).encode()
        return fresh, self._deflate.compress(text) + self._deflate.flush(zlib.Z_SYNC_FLUSH)


def unpacked(stretches: Iterable[tuple[bool, bytes]], missing: Callable[[], None] | None = None) -> Iterator[list[str]]:
    """The lines of each stretch.

    Raises JournalError where the bytes are damaged; with `missing`, that is called for each stretch that cannot be read, which
    has no lines then, and what comes after the next that begins anew is there.
    """
    inflate = zlib.decompressobj(_RAW_DEFLATE)
    broken = False
    for fresh, data in stretches:
        if fresh:
            inflate, broken = zlib.decompressobj(_RAW_DEFLATE), False
        try:
            if broken:
                raise JournalError("its recording is damaged")
            yield _inflated(inflate, data)
        except JournalError:
            if missing is None:
                raise
            broken = True
            missing()
            yield []


def _inflated(inflate: zlib._Decompress, data: bytes) -> list[str]:
    try:
        text = inflate.decompress(data, MOST_BYTES).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise JournalError(f"its recording is damaged ({error})") from error
    if inflate.unconsumed_tail or not text.endswith("\n"):
        raise JournalError("its recording is damaged")
    return text[:-1].split("\n")
