"""Where somebody else's pack comes from: a YAML file, a folder or a zip, each as a list of plain files with sizes.

No link is followed, no device or pipe is opened, and nothing is read without end.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cued.errors import PackError
from cued.packs.contained import MAX_DEPTH, MAX_ENTRIES, MAX_TOTAL_BYTES, RefusedError, check_names, is_litter
from cued.packs.load import PACK_FILE
from cued.packs.zipread import MAGIC, Entry, Zip, read_zip, unpacked
from cued.yamlread import NoFile, clip, clip_path, read_bytes

FOR: Final = "For: "
"""Before the name in a personal copy's zip comment."""
NOTE: Final = "Note: "
"""Before the words to whom it is for."""
_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


@dataclass(frozen=True, slots=True)
class Source:
    """What was given, its files listed and none of them read."""

    shown: str
    """The file or folder, as it is named in sentences."""
    sizes: dict[str, int]
    """Path in it with `/` → bytes."""
    read: Callable[[str, int], bytes]
    """`(path, most)`: the file's bytes, at most so many. Raises RefusedError."""
    whole: bool
    """True: a folder or zip, which may hold sounds; False: a single YAML file."""
    made_for: str = ""
    note: str = ""


def refuse(shown: str, message: str) -> PackError:
    """A sentence about the whole of what was given."""
    return PackError(shown, (NoFile(1, 1, message),))


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """`path` as a source, a folder held open meanwhile. Raises PackError."""
    if path.name == PACK_FILE:
        path = path.parent
    shown = clip_path(str(path))
    try:
        if path.is_dir():
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                yield _folder(shown, descriptor)
            finally:
                os.close(descriptor)
            return
        data = _zip_bytes(path)
        if data is None:
            yaml = read_bytes(path, PackError)
            yield Source(shown, {PACK_FILE: len(yaml)}, lambda _name, _most: yaml, whole=False)
            return
        yield _zipped(shown, read_zip(data))
    except RefusedError as error:
        raise refuse(shown, str(error)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(shown, f"this cannot be read: {clip(reason)}") from None


def _zip_bytes(path: Path) -> bytes | None:
    """All of a zip, once; None for what is none (or no file at all: reading it as YAML says so)."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # asked before opening, which would already do something to a device
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError):
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no Path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        head = file.read(len(MAGIC[0]))
        if head not in MAGIC and path.suffix.casefold() != ".zip":
            return None
        data = head + file.read(MAX_TOTAL_BYTES + 1 - len(head))
    if len(data) > MAX_TOTAL_BYTES:
        raise RefusedError(f"the zip is over {MAX_TOTAL_BYTES // 2**20} MiB: save long sounds as FLAC or Ogg")
    return data


def _zipped(shown: str, whole: Zip) -> Source:
    files: dict[str, Entry] = {}
    for entry in whole.entries:
        if entry.name in files and not entry.folder:
            raise RefusedError(f"`{clip(entry.name)}` is in it twice: nobody can tell which is meant")
        if not entry.folder:
            files[entry.name] = entry
    check_names(files, (entry.name for entry in whole.entries if entry.folder))
    said = {line[:5]: line for line in whole.comment.splitlines()[:20]}
    return Source(
        shown,
        {name: entry.size for name, entry in files.items()},
        lambda name, most: _unpacked(whole, files[name], most),
        whole=True,
        made_for=clip(said.get(FOR, "").removeprefix(FOR)),
        note=said.get(NOTE[:5], "").removeprefix(NOTE),
    )


def _unpacked(whole: Zip, entry: Entry, most: int) -> bytes:
    _at_most(most, entry.size, entry.name)
    return unpacked(whole, entry)


def _at_most(most: int, size: int, name: str) -> None:
    if size > most:
        kib = f"{most // 2**20} MiB" if most >= 2**20 else f"{most // 1024} KiB"
        raise RefusedError(f"`{clip(name)}` is over {kib}: shorten it, or leave it out")


# --- folders -------------------------------------------------------------------------------------------------------


def _folder(shown: str, descriptor: int) -> Source:
    sizes: dict[str, int] = {}
    seen = [0]
    _list_into(sizes, descriptor, (), seen)
    check_names(sizes)
    return Source(shown, sizes, lambda name, most: _read_inside(descriptor, name, most), whole=True)


def _list_into(sizes: dict[str, int], descriptor: int, above: tuple[str, ...], seen: list[int]) -> None:
    """The plain files under an open folder. Hidden things are passed by: version control keeps links and much else there."""
    with os.scandir(descriptor) as entries:
        for entry in entries:
            seen[0] += 1
            if seen[0] > MAX_ENTRIES:
                raise RefusedError(f"there are more than {MAX_ENTRIES} files in it: put the pack into a folder of its own")
            parts = (*above, entry.name)
            if is_litter(parts):
                continue
            name = "/".join(parts)
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                message = f"`{clip(name)}` is a link: a pack holds plain files, so put the file itself in its place"
                raise RefusedError(message)
            if stat.S_ISDIR(mode):
                if len(parts) >= MAX_DEPTH:
                    raise RefusedError(f"`{clip(name)}` lies more than {MAX_DEPTH - 2} folders deep: put it higher")
                inner = os.open(entry.name, _FLAGS | os.O_DIRECTORY, dir_fd=descriptor)
                try:
                    _list_into(sizes, inner, parts, seen)
                finally:
                    os.close(inner)
            elif stat.S_ISREG(mode):
                sizes[name] = entry.stat(follow_symlinks=False).st_size
            else:
                raise RefusedError(f"`{clip(name)}` is a device, pipe or socket: a pack holds plain files only")


def _read_inside(descriptor: int, name: str, most: int) -> bytes:
    """A plain file reached from an open folder without a link on the way, whatever it was when it was listed."""
    *above, last = name.split("/")
    at = os.dup(descriptor)
    try:
        for part in above:
            inner = os.open(part, _FLAGS | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = inner
        if not stat.S_ISREG(os.stat(last, dir_fd=at, follow_symlinks=False).st_mode):
            raise RefusedError(f"`{clip(name)}` is no plain file any more: somebody changes the folder")
        file = os.open(last, _FLAGS, dir_fd=at)
    finally:
        os.close(at)
    with open(file, "rb") as opened_file:  # noqa: PTH123 - a descriptor has no Path
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise RefusedError(f"`{clip(name)}` is no plain file any more: somebody changes the folder")
        data = opened_file.read(most + 1)
    _at_most(most, len(data), name)
    return data
