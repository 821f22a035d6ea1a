"""What a problem leaves open: which checks would judge a stand-in instead of what the coach meant.

A file with problems is still checked as a whole, with its wrong words taken out (`cued.packs.mend`), to tell all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.packs.build import Built
from cued.packs.hints import HINTS
from cued.packs.overlay import Notes
from cued.yamlread import Path, Value, nearest
from cued.yamlread.misfits import MAX_HINTS

_OF_SEGMENT: Final = frozenset({"theme", "metronome", "target", "band", "surface", "effort", "say"})
"""Words of a segment that decide about no other word's right to be there."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """What of a pack is not known for certain."""

    cues: bool
    """Which there are."""
    themes: bool
    """Which there are, and how urgent cues are."""
    drills: bool
    """Which there are."""
    session: bool
    """All of it."""
    fade: bool
    segments: frozenset[int]
    """Indices of those whose length, name or coach may be another, or that come more or less often."""
    names: frozenset[str] | None
    """What segments are called by the file; None: some name is not known."""


def unsure(built: Built, notes: Notes) -> Unsure:
    """What `notes.touched` leaves open."""
    touched = notes.touched
    of_cues = {path[2] if len(path) > 2 else "theme" for path in touched if path[:1] == ("cues",)}
    heads = {path[0] for path in touched if len(path) == 1}
    of_session = [path for path in touched if path[:1] == ("session",)]
    holders = {_segment_path(path) for path in of_session if _own(path)[:1] not in {(word,) for word in _OF_SEGMENT}}
    return Unsure(
        cues=_may_be("cues", heads),
        themes=_may_be("cues", heads) or _may_be("theme", of_cues) or _may_be("priority", of_cues),
        drills=_may_be("drills", heads),
        session=_may_be("session", heads),
        fade=any(path[:1] == ("fade",) for path in touched) or _may_be("fade", heads),
        segments=frozenset(index for index, path in built.segment_paths.items() if path in holders or path[:2] in holders),
        names=_names(notes, holders),
    )


def _may_be(word: str, wrong: set[str | int]) -> bool:
    """Is the word, or a slip of the pen for it, among the wrong ones?"""
    unknown = [str(one) for one in wrong if one not in HINTS["Pack"] and one not in HINTS["Cue"]]
    return word in wrong or len(unknown) > MAX_HINTS or any(nearest(one, (word,)) for one in unknown)


def _segment_path(path: Path) -> Path:
    return path[:4] if len(path) >= 4 and path[2] == "segments" else path[:2]


def _own(path: Path) -> Path:
    return path[len(_segment_path(path)) :]


def _names(notes: Notes, holders: set[Path]) -> frozenset[str] | None:
    """The names of all segments as the file has them, those in a repeat within a repeat, too."""
    value = notes.document.value
    session = value.get("session") if isinstance(value, dict) else None
    names: set[str] = set()
    for number, part in enumerate(session if isinstance(session, list) else []):
        if not _gather(part, names) and ("session", number) in holders:
            return None
        inner = part.get("segments") if isinstance(part, dict) else None
        for position, segment in enumerate(inner if isinstance(inner, list) else []):
            if not _gather(segment, names) and ("session", number, "segments", position) in holders:
                return None
    return frozenset(names) if isinstance(session, list) else None


def _gather(part: Value, names: set[str]) -> bool:
    """Adds the names in a part of a session; False if it has none."""
    if not isinstance(part, dict):
        return False
    name, inner = part.get("segment"), part.get("segments")
    if isinstance(name, str):
        names.add(name)
    found = [_gather(segment, names) for segment in inner] if isinstance(inner, list) else []
    return isinstance(name, str) or (bool(found) and all(found))
