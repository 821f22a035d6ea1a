"""Loading a pack: a file or a folder goes in, a whole `CuePack` or a PackError with all problems comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from cued.core.cues import CuePack
from cued.errors import PackError, Problem
from cued.packs import schema
from cued.packs.build import build
from cued.packs.instead import Instead
from cued.packs.lint import lint
from cued.packs.mend import mended
from cued.packs.overlay import Notes
from cued.packs.sounds import Folder, Probe, SoundFiles
from cued.yamlread import NoFile, clip_path, parse, read_bytes
from cued.yamlread import Path as Path_
from cued.yamlread.misfits import empty_values, explain

PACK_FILE: Final = "pack.yaml"
"""What a pack in a folder is called."""


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A pack that is right, and what came with it."""

    pack: CuePack
    warnings: tuple[Problem, ...]
    text: str
    """The YAML file as it stood, for the journal."""
    folder: Path | None
    """Where its sounds are; None for a pack of a single file."""
    file: str
    """The YAML file's name, as the user wrote it."""


def load_pack(path: Path, probe: Probe | None = None) -> LoadedPack:
    """The pack in `path`, a YAML file or a folder with `pack.yaml`.

    `probe(folder, name)` gives a sound file's length in seconds (raising CuedError for what is no sound); without it
    lengths are not checked. Raises PackError with every problem found; nothing is half-loaded.
    """
    try:
        folder = path if path.is_dir() else None
    except (OSError, ValueError):  # a name too long, a loop of links, a NUL: reading it says which
        folder = None
    file = path / PACK_FILE if folder is not None else path
    if folder is not None and _is_lacking(file):
        message = f"this folder has no {PACK_FILE}: put one into it, or name a YAML file"
        raise PackError(clip_path(str(folder)), (NoFile(1, 1, message),))
    data = read_bytes(file, PackError)
    if folder is None and file.name == PACK_FILE:
        folder = file.parent
    return parse_pack(data, clip_path(str(file)), Folder(folder, probe) if folder is not None else None)


def _is_lacking(file: Path) -> bool:
    try:
        return not file.exists()
    except OSError:  # it may not be looked at: reading it says so
        return False


def parse_pack(data: bytes, file: str, files: SoundFiles | None = None) -> LoadedPack:
    """The pack whose YAML is `data`; `files` are its sounds (None: a pack of a single file). Raises PackError."""
    document = parse(data)
    if not document.complete:
        raise PackError(file, document.problems)
    problems = [*document.problems, *empty_values(document)]
    words, touched = None, frozenset[Path_]()
    try:
        words = schema.Pack.model_validate(document.value)
    except ValidationError as error:
        told = [problem for _, problem in explain(error, document, schema.Pack, instead=Instead(document))]
        if not isinstance(document.value, dict):
            told = [replace(problem, message=f"this is no pack: {problem.message}") for problem in told]
        problems += told
        rest = mended(document, error)
        if rest is not None:
            words, touched = rest
    built = None
    if words is not None:
        notes = Notes(document, touched)
        built = build(words, notes, files.voices(words.cues or {}) if files is not None else {})
        lint(built, files, notes)
        problems += notes.problems
    problems = sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.column, problem.warning))
    if built is None or touched or any(not problem.warning for problem in problems):
        raise PackError(file, tuple(problems))
    folder = files.path if isinstance(files, Folder) else None
    return LoadedPack(built.pack, tuple(problems), data.decode("utf-8-sig"), folder, file)
