"""Somebody else's pack, copied first and judged then: what is shown is what will be taken, byte for byte.

Only what a pack is made of is copied: its YAML file, sounds, and a licence or readme. The copy is read by the same loader
as any pack, lies where no list of packs looks, and becomes a pack by one rename (`cued.packs.own`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from cued.core.cues import CuePack
from cued.core.phrases import nominal_duration_ns
from cued.errors import AudioError
from cued.packs import contained, own
from cued.packs.contained import MAX_TEXT_BYTES, MAX_TOTAL_BYTES, Kind, RefusedError
from cued.packs.load import PACK_FILE, LoadedPack, parse_pack
from cued.packs.sounds import MAX_BYTES as MAX_SOUND_BYTES
from cued.packs.sounds import Folder, Probe
from cued.packs.sources import Source, opened, refuse
from cued.units import NS_PER_S
from cued.yamlread import MAX_BYTES as MAX_YAML_BYTES

MAX_HEARD_S: Final = 600
"""Of all that a pack says and plays in one language: it is made and held in memory before a run, 110 MiB of it at 48 kHz.
A phase of twelve cues has half a minute."""

Measure: TypeAlias = Callable[[Path, str], float]
"""`(folder, name)` → seconds, by decoding all of the sound. Raises CuedError for what is none, or too much."""

_MOST: Final = {Kind.YAML: MAX_YAML_BYTES, Kind.SOUND: MAX_SOUND_BYTES, Kind.TEXT: MAX_TEXT_BYTES}


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that came with a pack and is played."""

    name: str
    size: int
    """Bytes."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A pack that is right, copied and ready to be put in its place."""

    loaded: LoadedPack
    content: Path
    """The copy: a folder, or a single YAML file."""
    sounds: tuple[Sound, ...]
    texts: tuple[str, ...]
    """Licence and readme, by name."""
    left_out: tuple[str, ...]
    """What came with it and is no part of a pack."""
    heard_s: float
    """Of all that it says and plays."""
    made_for: str
    note: str
    """What the sender wrote to whom it is for."""


@contextmanager
def taken(path: Path, folder: Path, probe: Probe, measure: Measure) -> Iterator[Taken]:
    """The pack in `path` (a YAML file, a folder or a zip) as a checked copy beside those in `folder`; gone afterwards.

    Raises PackError: with all problems of a pack that is not right, or with what is wrong with the file, folder or zip.
    """
    with own.scratch(folder) as room:
        yield _taken(path, room, probe, measure)


def _taken(path: Path, room: Path, probe: Probe, measure: Measure) -> Taken:
    content = room / "pack"
    content.mkdir()
    with opened(path) as source:
        above, yaml_name, left_out = _copied(source, content)
        shown = "/".join((source.shown, *above, yaml_name)) if source.whole else source.shown
        data = (content / PACK_FILE).read_bytes()
        loaded = parse_pack(data, shown, Folder(content, probe) if source.whole else None)
        heard_s = heard_s_of(loaded.pack, lambda name: probe(content, name) or 0.0)
        if heard_s > MAX_HEARD_S:
            raise RefusedError(
                f"it says and plays {heard_s / 60:.0f} minutes in all, which cued would have to hold in memory: "
                f"at most {MAX_HEARD_S // 60} are taken"
            )
        try:
            sounds = tuple(
                Sound(name, (content / name).stat().st_size, measure(content, name)) for name in sorted(loaded.pack.sounds)
            )
        except AudioError as error:
            raise refuse(source.shown, str(error)) from error
    texts, unheard = _without_unheard(content, set(loaded.pack.sounds))
    if not sounds and not texts:
        content = content / PACK_FILE
    left = tuple(sorted([*left_out, *unheard]))
    return Taken(loaded, content, sounds, texts, left, heard_s, source.made_for, source.note)


def _copied(source: Source, content: Path) -> tuple[tuple[str, ...], str, list[str]]:
    """Copies the pack of `source` to `content`; its folder's parts, its YAML file's name, and what was left out."""
    above, yaml_name = contained.pack_among(source.sizes, PACK_FILE)
    left_out, room = [], MAX_TOTAL_BYTES
    for name in sorted(source.sizes):
        parts = tuple(name.split("/"))
        kind = contained.kind_of(parts)
        if parts[: len(above)] == above:
            parts = parts[len(above) :]
            kind = contained.kind_of(parts)
            if kind is Kind.YAML and parts != (yaml_name,):
                kind = Kind.OTHER
        elif kind is not Kind.LITTER:
            kind = Kind.OTHER
        if kind is Kind.OTHER:
            left_out.append(name)
        if kind not in _MOST:
            continue
        data = source.read(name, _MOST[kind])
        room -= len(data)
        if room < 0:
            raise RefusedError(f"its files are over {MAX_TOTAL_BYTES // 2**20} MiB: save long sounds as FLAC or Ogg")
        # A Mac spells an umlaut as two characters in names, and nobody does in a pack's text.
        parts = contained.parts_of(unicodedata.normalize("NFC", "/".join(parts)))
        target = content / PACK_FILE if kind is Kind.YAML else content.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        own.write_new(target, data)
    return above, yaml_name, left_out


def heard_s_of(pack: CuePack, seconds: Callable[[str], float]) -> float:
    """Of each cue in the language in which it is longest, drills' instructions included."""
    spoken_ns: int = sum(nominal_duration_ns(drill.say) for drill in pack.drills)
    for cue in pack.cues:
        texts = [text for _, text in cue.say_in] + ([cue.say] if cue.say is not None and cue.voice_file is None else [])
        spoken_ns += max(map(nominal_duration_ns, texts), default=0)
    return sum(map(seconds, pack.sounds)) + spoken_ns / NS_PER_S


def _without_unheard(content: Path, played: set[str]) -> tuple[tuple[str, ...], list[str]]:
    """The texts of the copy, and the sounds that nothing plays: those are removed from it."""
    texts, unheard = [], []
    for path in sorted(content.rglob("*")):
        name = path.relative_to(content).as_posix()
        if path.is_dir() or name == PACK_FILE or name in played:
            continue
        if contained.kind_of(tuple(name.split("/"))) is Kind.TEXT:
            texts.append(name)
        else:
            unheard.append(name)
            path.unlink()
    for path in sorted(content.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return tuple(texts), unheard
