"""What may come in with somebody else's pack: which names, how many, how large. Nothing here touches a disk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import Enum
from pathlib import PurePosixPath
from typing import Final

from cued.packs.sounds import SUFFIXES
from cued.yamlread import clip

MAX_ENTRIES: Final = 500
"""Files and folders of a zip or folder: a pack of 200 cues in the coach's own voice has 200, a mistaken folder thousands."""
MAX_TOTAL_BYTES: Final = 64 * 2**20
"""Of a zip, and of all that is taken out of one: 200 cues of 3 s as 16-bit WAV at 48 kHz are 55 MiB. It is held in memory
once, which a Pi with 512 MiB can spare."""
MAX_TEXT_BYTES: Final = 64 * 1024
"""Of a licence or readme: the GPL has 35 KiB."""
MAX_DEPTH: Final = 5
"""Folders inside each other; a zip's own top folder and one for sounds are 2."""
MAX_NAME: Final = 200
"""UTF-8 bytes of one name: file systems take 255, and a file is written beside its target under a longer one."""

_TEXTS: Final = frozenset({"license", "licence", "copying", "copyright", "notice", "readme", "authors", "credits"})
_TEXT_SUFFIXES: Final = frozenset({"", ".txt", ".md"})
_LITTER: Final = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
"""What computers leave in folders by themselves."""
YAML_SUFFIXES: Final = (".yaml", ".yml")


class RefusedError(ValueError):
    """It is not taken; the text says why, and what to do."""


class Kind(Enum):
    """What a file is to a pack."""

    YAML = "yaml"
    SOUND = "sound"
    TEXT = "text"
    """A licence or readme."""
    LITTER = "litter"
    """Left out without a word."""
    OTHER = "other"
    """Left out, and told."""


def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a relative path with `/`. Raises RefusedError for one that is not plainly inside its folder."""
    shown = f"`{clip(name)}`"
    if not name or not name.isprintable():
        raise RefusedError(f"the name {shown} holds characters that cannot be seen: give the file a plain name")
    if "\\" in name or ":" in name:
        raise RefusedError(f"the name {shown} holds a `\\` or `:`, which leads elsewhere on some computers: rename the file")
    parts = tuple(name.split("/"))
    if not all(parts) or any(part in {".", ".."} for part in parts):
        raise RefusedError(f"the name {shown} leads out of the pack's folder: nothing of it is taken")
    if len(parts) > MAX_DEPTH:
        raise RefusedError(f"{shown} lies more than {MAX_DEPTH - 1} folders deep: put it higher")
    if any(len(part.encode()) > MAX_NAME for part in parts):
        raise RefusedError(f"the name {shown} is too long: at most {MAX_NAME} bytes")
    return parts


def check_names(files: Iterable[str], folders: Iterable[str] = ()) -> None:
    """Raises RefusedError unless every path is inside, and stays another file on every computer.

    `a.wav` and `A.wav`, or one `ü` in two spellings, are one file to some file systems.
    """
    spelled: dict[tuple[str, ...], tuple[str, ...]] = {}
    above: set[tuple[str, ...]] = set()
    taken: set[tuple[str, ...]] = set()
    for name, is_file in [*((name, True) for name in files), *((name, False) for name in folders)]:
        parts = parts_of(name)
        key = tuple(_folded(part) for part in parts)
        for end in range(1, len(key) + 1):
            usual = spelled.setdefault(key[:end], parts[:end])
            if usual != parts[:end]:
                raise RefusedError(f"`{clip('/'.join(usual))}` and `{clip(name)}` are one name to some computers: rename one")
        if is_file and key in taken:
            raise RefusedError(f"`{clip(name)}` is in it twice: nobody can tell which is meant")
        above.update(key[:end] for end in range(1, len(key) + (not is_file)))
        if is_file:
            taken.add(key)
    for key in sorted(taken & above):
        raise RefusedError(f"`{clip('/'.join(spelled[key]))}` is a file and a folder in it: make the pack anew")


def _folded(part: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", part).casefold())


def is_litter(parts: tuple[str, ...]) -> bool:
    """Hidden, or left by the computer itself."""
    return any(part.startswith(".") or part.casefold() in _LITTER for part in parts)


def kind_of(parts: tuple[str, ...]) -> Kind:
    """What the file at `parts`, counted from the pack's folder, is to the pack."""
    if is_litter(parts):
        return Kind.LITTER
    path = PurePosixPath(*parts)
    if path.suffix in SUFFIXES:
        return Kind.SOUND
    if len(parts) == 1 and path.suffix in YAML_SUFFIXES:
        return Kind.YAML
    if len(parts) == 1 and path.suffix.casefold() in _TEXT_SUFFIXES and path.stem.casefold() in _TEXTS:
        return Kind.TEXT
    return Kind.OTHER


def pack_among(files: Iterable[str], pack_file: str) -> tuple[tuple[str, ...], str]:
    """Where the pack is among `files`: its folder's parts, and the name of its YAML file in it.

    `pack.yaml` in the folder itself or in a single folder of it, else the only YAML file. Raises RefusedError.
    """
    paths = [parts for name in files if not is_litter(parts := tuple(name.split("/")))]
    named = [parts for parts in paths if parts[-1] == pack_file]
    top = [parts for parts in named if len(parts) == 1]
    found = top or named or [parts for parts in paths if parts[-1].endswith(YAML_SUFFIXES)]
    if not found:
        raise RefusedError(f"there is no {pack_file} in it: put one into it, or name a YAML file")
    if len(found) > 1:
        several = ", ".join(f"`{clip('/'.join(parts))}`" for parts in sorted(found)[:3])
        raise RefusedError(
            f"there are several packs in it ({several}{', …' * (len(found) > 3)}): take one out and install that"
        )
    return found[0][:-1], found[0][-1]
