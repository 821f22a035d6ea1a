"""Rendered phrases on disk, by the hash of everything that makes their sound; whatever goes wrong, speech goes on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import time
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cued.speech.shape import SHAPE_VERSION

LIMIT_BYTES: Final = 200 * 1024 * 1024
"""About 1,000 phrases of two seconds: years of one runner's packs, and little of a Pi's card."""
_KEEP_SHARE: Final = 0.9
"""Swept down to this share, so that a full cache is not swept at each new phrase."""
_ENTRY_LIMIT_BYTES: Final = 64 * 1024 * 1024
"""More than three minutes at any rate: no phrase of ours."""
_TOUCH_AFTER_S: Final = 24 * 3600
"""An entry's last use is noted to the day: enough to tell old from new, without writing to the card at each start."""
_PART_KEPT_S: Final = 3600
"""A half-written file older than this belongs to a process that died."""

_SUFFIX: Final = ".phrase"
_HEADER: Final = struct.Struct("<8sIII")
"""Magic, rate in hertz, number of samples, CRC-32 of rate, number and samples; then the samples, int16 little-endian."""
_MAGIC: Final = b"cuedPCM1"


def cache_key(fingerprint: str, text: str, language: str, rate_hz: int) -> str:
    """SHA-256 over engine, version, voice and rate (`fingerprint`), text, language, mix rate and processing version."""
    parts = (fingerprint, language, text, str(rate_hz), str(SHAPE_VERSION))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


class Cache:
    """One folder of phrases, shared by any number of processes: each entry appears whole or not at all."""

    def __init__(self, folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        """The folder is made when the first phrase is stored."""
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._size_bytes: int | None = None
        self.trouble: str | None = None
        """Why nothing more is stored; None while all is well."""

    def load(self, key: str, rate_hz: int) -> NDArray[np.float32] | None:
        """The samples, or None: unknown, unreadable or damaged (then it is removed, to be rendered again)."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                data = file.read(_ENTRY_LIMIT_BYTES)
                last_used_s = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        samples = _decoded(data, rate_hz)
        with contextlib.suppress(OSError):  # a read-only cache can be read all the same
            if samples is None:
                path.unlink()
            elif time.time() - last_used_s > _TOUCH_AFTER_S:
                os.utime(path)
        return samples

    def store(self, key: str, samples: NDArray[np.float32], rate_hz: int) -> None:
        """Keep what `shape` made. Never raises: after the first failure it stores nothing more, and `trouble` says why."""
        if self.trouble is not None:
            return
        data = _encoded(samples, rate_hz)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(key, data)
            self._make_room(len(data))
        except OSError as error:
            self.trouble = f"{self._folder}: {error.strerror or error}"

    def _path(self, key: str) -> Path:
        return self._folder / (key + _SUFFIX)

    def _write(self, key: str, data: bytes) -> None:
        """Beside, then renamed. Not synced: the checksum finds what a power cut tore."""
        descriptor, name = tempfile.mkstemp(prefix=".part-", dir=self._folder)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            part.replace(self._path(key))
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink()
            raise

    def _make_room(self, added_bytes: int) -> None:
        """Remove what was not used for longest once the folder is over its limit; another process may do the same."""
        if self._size_bytes is not None:
            self._size_bytes += added_bytes
            if self._size_bytes <= self._limit_bytes:
                return
        entries = self._entries()
        self._size_bytes = sum(size_bytes for _, size_bytes, _ in entries)
        if self._size_bytes <= self._limit_bytes:
            return
        for _, size_bytes, path in sorted(entries):
            if self._size_bytes <= self._limit_bytes * _KEEP_SHARE:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                self._size_bytes -= size_bytes

    def _entries(self) -> list[tuple[float, int, Path]]:
        """Last use, size and path of each phrase; forgotten halves of files are removed on the way."""
        entries: list[tuple[float, int, Path]] = []
        with os.scandir(self._folder) as found:
            for entry in found:
                with contextlib.suppress(OSError):
                    stat = entry.stat(follow_symlinks=False)
                    if entry.name.endswith(_SUFFIX):
                        entries.append((stat.st_mtime, stat.st_size, Path(entry.path)))
                    elif entry.name.startswith(".part-") and time.time() - stat.st_mtime > _PART_KEPT_S:
                        Path(entry.path).unlink()
        return entries


def _encoded(samples: NDArray[np.float32], rate_hz: int) -> bytes:
    body = np.round(samples.astype(np.float64) * 32_768.0).astype("<i2").tobytes()
    return _HEADER.pack(_MAGIC, rate_hz, len(samples), _checksum(rate_hz, len(samples), body)) + body


def _decoded(data: bytes, rate_hz: int) -> NDArray[np.float32] | None:
    if len(data) < _HEADER.size:
        return None
    magic, stored_hz, length, checksum = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    if magic != _MAGIC or stored_hz != rate_hz or len(body) != 2 * length or length == 0:
        return None
    if checksum != _checksum(stored_hz, length, body):
        return None
    return (np.frombuffer(body, dtype="<i2") / 32_768.0).astype(np.float32)


def _checksum(rate_hz: int, length: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(struct.pack("<II", rate_hz, length)))
