"""Sound into a file: WAV by own hand (fast, streams to a pipe), FLAC, MP3 and Ogg by libsndfile.

Frame n is t = n / rate. A regular file is written beside its target and renamed when it is whole; a device, a FIFO or
`-` (standard output) is written in place, as WAV.
"""

from __future__ import annotations

import os
import stat
import struct
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import numpy as np

from cued.errors import OutputError

if TYPE_CHECKING:
    from cued.audio.commands import MixFormat, Pcm

FORMATS: Final = {".wav": "WAV", ".flac": "FLAC", ".mp3": "MP3", ".ogg": "OGG"}
"""What a file's name may end in, and libsndfile's word for it."""
FULL_SCALE: Final = 32_767
"""One step under what 16 bits hold, so that +1 and -1 are alike."""
UNKNOWN_LENGTH: Final = 0xFFFF_FFFF
"""What a WAV's header says when it cannot be mended afterwards: read to the end (as sox and ffmpeg write and read it)."""
MAX_DATA_BYTES: Final = UNKNOWN_LENGTH - 36 - 1
"""A WAV counts its bytes in 32 bits."""

Spans = Sequence[tuple[int, int]]


class Sink(Protocol):
    """Where a mix goes."""

    def write(self, block: Pcm, spans: Spans | None = None) -> None:
        """Append float32 frames, shape (frames, channels). `spans`: where they may be other than zero. OutputError."""

    def close(self) -> None:
        """Make the file whole and put it in its place. OutputError, and then nothing is left."""

    def abort(self) -> None:
        """Leave nothing behind."""


def open_sink(path: str | os.PathLike[str], fmt: MixFormat) -> FileSink:
    """A file for a mix, its kind told by the name's ending (a pipe or device without one takes WAV). OutputError."""
    name = os.fspath(path)
    if name == "-":
        return _WavSink(_Place("standard output", os.dup(sys.stdout.fileno()), None, None), fmt)
    ending = Path(name).suffix.lower()
    kind = FORMATS.get(ending) or ("WAV" if not ending and _is_no_file(name) else None)
    if kind is None:
        raise OutputError(f"{name}: cued writes {', '.join(FORMATS)}; let the name end in one of these")
    place = _Place.at(name)
    if kind == "WAV":
        return _WavSink(place, fmt)
    if place.target is None:
        place.discard()
        raise OutputError(f"{name}: a pipe or device takes WAV only; give it a name ending in .wav")
    return _LibsndfileSink(place, fmt, kind)


def _is_no_file(name: str) -> bool:
    """Is something there that is no regular file: a pipe, a device?"""
    path = Path(name)
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except OSError:
        return False


class _Place:
    """An open file, and the name it shall have in the end (None: written in place)."""

    def __init__(self, name: str, fd: int, beside: Path | None, target: Path | None) -> None:
        self.name = name
        self.fd = fd
        self.beside = beside
        self.target = target

    @classmethod
    def at(cls, name: str) -> _Place:
        try:
            target = Path(name).resolve()
            try:
                mode = target.stat().st_mode
            except FileNotFoundError:
                return cls._beside(name, target, None)
            if stat.S_ISREG(mode):
                return cls._beside(name, target, stat.S_IMODE(mode))
            if stat.S_ISDIR(mode):
                raise OutputError(f"{name} is a folder; name a file in it")
            if stat.S_ISSOCK(mode):
                raise OutputError(f"{name} is a socket; name a file")
            return cls(name, os.open(target, os.O_WRONLY), None, None)
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links is a RuntimeError, a NUL a ValueError
            raise OutputError(f"{name}: cannot be written: {_reason(error)}") from error

    @classmethod
    def _beside(cls, name: str, target: Path, mode: int | None) -> _Place:
        if not target.parent.is_dir():
            raise OutputError(f"{name}: there is no folder {target.parent}; make it first")
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        beside.unlink(missing_ok=True)
        fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
        if mode is not None:
            os.fchmod(fd, mode)
        return cls(name, fd, beside, target)

    def finish(self) -> None:
        os.close(self.fd)
        self.fd = -1
        if self.beside is not None and self.target is not None:
            self.beside.replace(self.target)

    def discard(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
        if self.beside is not None:
            self.beside.unlink(missing_ok=True)


class FileSink(ABC):
    """A sink on a file; as a context manager it closes on the way out, and aborts on an exception."""

    def __init__(self, place: _Place, fmt: MixFormat) -> None:
        self._place = place
        self._fmt = fmt
        self._open = True

    def write(self, block: Pcm, spans: Spans | None = None) -> None:
        """Append float32 frames, shape (frames, channels). `spans`: where they may be other than zero. OutputError."""
        try:
            self._append(block, spans)
        except Exception as error:
            self.abort()
            raise self._failure(error) from error

    def close(self) -> None:
        """Make the file whole and put it in its place; a second time does nothing. OutputError, then nothing is left."""
        if not self._open:
            return
        try:
            self._complete()
            self._place.finish()
        except Exception as error:
            self.abort()
            raise self._failure(error) from error
        self._open = False

    def abort(self) -> None:
        """Leave nothing behind (a pipe or device keeps what it got)."""
        if self._open:
            self._open = False
            self._release()
            self._place.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def _failure(self, error: Exception) -> OutputError:
        if isinstance(error, OutputError):
            return error
        if isinstance(error, BrokenPipeError):
            return OutputError(f"{self._place.name}: the program that read from it has ended")
        return OutputError(f"{self._place.name}: cannot be written: {_reason(error)}; nothing is left of it")

    @abstractmethod
    def _append(self, block: Pcm, spans: Spans | None) -> None:
        """As `write`; may raise anything."""

    @abstractmethod
    def _complete(self) -> None:
        """All is there: make the file whole."""

    @abstractmethod
    def _release(self) -> None:
        """Let go of what is held besides the file itself."""


class _WavSink(FileSink):
    def __init__(self, place: _Place, fmt: MixFormat) -> None:
        super().__init__(place, fmt)
        self._data_bytes = 0
        try:
            _write_all(place.fd, _wav_header(fmt, None))
        except OSError as error:
            self.abort()
            raise self._failure(error) from error

    def _append(self, block: Pcm, spans: Spans | None) -> None:
        data = np.zeros(block.shape, "<i2")
        for low, high in ((0, len(block)),) if spans is None else spans:
            np.rint(block[low:high] * np.float32(FULL_SCALE), out=data[low:high], casting="unsafe")
        self._data_bytes += data.nbytes
        if self._place.target is not None and self._data_bytes > MAX_DATA_BYTES:
            raise OutputError(f"{self._place.name}: a WAV holds no more than 4 GiB; name a .flac instead")
        _write_all(self._place.fd, data.tobytes())

    def _release(self) -> None:
        """Nothing is."""

    def _complete(self) -> None:
        if self._place.target is not None:
            os.pwrite(self._place.fd, _wav_header(self._fmt, self._data_bytes), 0)


class _LibsndfileSink(FileSink):
    def __init__(self, place: _Place, fmt: MixFormat, kind: str) -> None:
        super().__init__(place, fmt)
        self._frames = 0
        self._kind = kind
        self._file: Any = None
        import soundfile

        try:
            self._file = soundfile.SoundFile(
                place.fd, "w", fmt.rate_hz, fmt.channels, soundfile.default_subtype(kind), format=kind, closefd=False
            )
        except soundfile.LibsndfileError as error:
            self.abort()
            raise self._failure(error) from error

    def _append(self, block: Pcm, spans: Spans | None) -> None:  # noqa: ARG002 -- a compressor must see silence too
        self._file.write(block)
        self._frames += len(block)

    def _complete(self) -> None:
        self._file.close()
        # libsndfile says nothing when a full disk swallows the last bytes: read the length back.
        import soundfile

        os.lseek(self._place.fd, 0, os.SEEK_SET)
        with soundfile.SoundFile(self._place.fd, closefd=False) as written:
            if written.frames < self._frames:
                raise OutputError(
                    f"{self._place.name}: only a part could be written (is the disk full?); nothing is left of it"
                )

    def _release(self) -> None:
        if self._file is not None:
            import contextlib

            with contextlib.suppress(Exception):  # the disk is full once more; what it held is thrown away anyway
                self._file.close()


def _wav_header(fmt: MixFormat, data_bytes: int | None) -> bytes:
    """The 44 bytes of a WAV of 16-bit samples; None: of unknown length."""
    frame_bytes = 2 * fmt.channels
    riff = UNKNOWN_LENGTH if data_bytes is None else data_bytes + 36
    data = UNKNOWN_LENGTH if data_bytes is None else data_bytes
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", riff, b"WAVE"),
        *(b"fmt ", 16, 1, fmt.channels, fmt.rate_hz, fmt.rate_hz * frame_bytes, frame_bytes, 16),
        *(b"data", data),
    )


def _write_all(fd: int, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if getattr(error, "code", None) == 2:  # libsndfile's SF_ERR_SYSTEM keeps the system's own reason to itself
        return "the system takes no more of it (is the disk full?)"
    return str(error) or type(error).__name__
