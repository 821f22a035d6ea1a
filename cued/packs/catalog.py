"""Where packs are found: shipped with cued, the user's own, or any file or folder somebody names."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cued
from cued.errors import PackError
from cued.packs.load import PACK_FILE, LoadedPack, load_pack
from cued.packs.sounds import Probe
from cued.yamlread import NoFile, clip, did_you_mean, parse, quoted, read_bytes

MAX_PACKS: Final = 500
"""Packs of a folder that are looked at."""
_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Found:
    """A pack in the catalogue: not read yet."""

    name: str
    """By its file or folder, which is how it is asked for (or by the `name` in it, where no file has it)."""
    path: Path
    own: bool
    """The user's own, not shipped."""


def shipped_folder() -> Path:
    """The packs that came with cued: inside an installed wheel, else beside the package in a checkout."""
    package = Path(cued.__file__).resolve().parent
    inside = package / "_cue_packs"
    return inside if inside.is_dir() else package.parent / "cue_packs"


def own_folder() -> Path:
    """Where a user's own packs are: `$XDG_DATA_HOME/cued/packs`."""
    from platformdirs import user_data_path

    return user_data_path("cued") / "packs"


def ships(name: str) -> bool:
    """Whether cued has a pack of that name itself."""
    return name in {_name_of(path) for path in _entries(shipped_folder())}


def catalogue(folders: tuple[tuple[Path, bool], ...] | None = None) -> tuple[Found, ...]:
    """Every pack there is, by name; a user's own wins over a shipped one of the same name.

    `folders` are (folder, whether the user's own), the later one winning.
    """
    by_name: dict[str, Found] = {}
    for folder, own in _places(folders):
        for path in _entries(folder):
            name = _name_of(path)
            by_name[name] = Found(name, path, own)
    return tuple(by_name[name] for name in sorted(by_name))


def open_pack(word: str, probe: Probe | None = None, folders: tuple[tuple[Path, bool], ...] | None = None) -> LoadedPack:
    """The pack that `word` means: a name in the catalogue, a YAML file, or a folder with `pack.yaml`.

    A pack of the user's own that takes the place of a shipped one says so, as a warning. Raises PackError: with all
    problems of a broken pack, or with the nearest names for one that is not there.
    """
    path = find_pack(word, folders)
    loaded = load_pack(path, probe)
    if _is_path(word) or not _takes_a_place(path, folders):
        return loaded
    message = (
        f"your own pack is taken here, not cued's {quoted(_name_of(path))}: "
        f"give its file another name to have both, such as my-{path.name}"
    )
    doubt = parse(loaded.text.encode()).problem(("name",), message, key=True, warning=True)
    return replace(loaded, warnings=tuple(sorted((*loaded.warnings, doubt), key=lambda one: (one.line, one.column))))


def find_pack(word: str, folders: tuple[tuple[Path, bool], ...] | None = None) -> Path:
    """The file or folder that `word` means. Raises PackError where there is none."""
    if not _is_path(word):
        packs = catalogue(folders)
        for found in packs:
            if found.name == word:
                return found.path
        called = [found for found in packs if _calls_itself(found, word)]
        if len(called) > 1:
            message = f"several packs have this `name`: ask for one by its file, {' or '.join(found.name for found in called)}"
            raise PackError(clip(word), (NoFile(1, 1, message),))
        if called:
            return called[0].path
        if not _exists(Path(word)):
            names = [found.name for found in packs]
            listed = ", ".join(names) if names else "none at all"
            meant = did_you_mean(word, names)
            there = f"{meant} There are" if meant else ": there are"
            message = f"there is no such pack{'.' if meant else ''}{there} {clip_names(listed)}, or name a file"
            raise PackError(clip(word) or "pack", (NoFile(1, 1, message),))
    try:
        return Path(word).expanduser()
    except RuntimeError:
        message = "there is no user of that name: write the whole path"
        raise PackError(clip(word), (NoFile(1, 1, message),)) from None


def clip_names(names: str) -> str:
    """A list of names that fits into a sentence."""
    return names if len(names) <= 200 else names[:199] + "…"


def _calls_itself(found: Found, word: str) -> bool:
    """Whether `word` is the `name` that stands in the pack's file."""
    try:
        data = read_bytes(found.path / PACK_FILE if found.path.is_dir() else found.path, PackError)
    except PackError:
        return False
    if word.encode(errors="replace") not in data:  # spares reading all others as YAML
        return False
    value = parse(data).value
    return isinstance(value, dict) and value.get("name") == word


def _takes_a_place(path: Path, folders: tuple[tuple[Path, bool], ...] | None) -> bool:
    """Whether `path` is a pack of the user's own with the name of a shipped one."""
    places = _places(folders)
    names = {_name_of(shipped) for folder, own in places if not own for shipped in _entries(folder)}
    return _name_of(path) in names and any(own and path.parent == folder for folder, own in places)


def _places(folders: tuple[tuple[Path, bool], ...] | None) -> tuple[tuple[Path, bool], ...]:
    return ((shipped_folder(), False), (own_folder(), True)) if folders is None else folders


def _name_of(path: Path) -> str:
    return path.stem if path.suffix in _SUFFIXES else path.name


def _is_path(word: str) -> bool:
    """Whether `word` can only be a path, not a name."""
    return os.sep in word or word in {".", "..", ""} or word.endswith(_SUFFIXES) or word.startswith("~")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _entries(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.iterdir())[: MAX_PACKS * 4]
        return [path for path in paths if _is_pack(path)][:MAX_PACKS]
    except OSError:
        return []


def _is_pack(path: Path) -> bool:
    return (path.suffix in _SUFFIXES and path.is_file()) or (path / PACK_FILE).is_file()
