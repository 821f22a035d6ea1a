"""What a run has no room for, in sentences for people (`core.room` reckons it)."""

from __future__ import annotations

from cued.core.cues import CuePack
from cued.core.room import Cut, Room, room
from cued.runtime.status import clock_text
from cued.units import NS_PER_S
from cued.yamlread.quantities import time_text


def room_lines(pack: CuePack, length_ns: int | None, session_number: int = 1) -> list[str]:
    """What a runner should know before a run of that length; nothing where all has its room, or the length is unknown."""
    if length_ns is None:
        return []
    found = room(pack, length_ns, session_number)
    length = time_text(length_ns // NS_PER_S * NS_PER_S)
    lacks = ", nor for ".join([*(_cut(cut) for cut in found.cut), *found.left_out])
    middle = f" in the middle of {found.broken_off}" if found.broken_off else ""
    rest = f", before {_and(list(dict.fromkeys(found.unreached)))}" if found.unreached else ""
    parts = [
        f"has no room for {lacks}" if lacks else "",
        f"ends{middle}{rest if middle else rest[1:]}" if middle or rest else "",
    ]
    what = ", and ".join(part for part in parts if part)
    lines = [f"a run of {length} {what or 'is silent'}{_silence(pack, found)}"] if what or found.silent else []
    if found.ends_ns is not None and length_ns - found.ends_ns >= NS_PER_S:
        rest = "" if found.silent else ": after it no beat and no cue is planned"
        lines.append(f"the plan of {pack.name} ends at {clock_text(found.ends_ns)}, the run at {clock_text(length_ns)}{rest}")
    return [f"{line} (reckoned at 6 min/km)" if found.by_distance else line for line in lines]


def _silence(pack: CuePack, found: Room) -> str:
    if not found.silent:
        return ""
    if found.heard_from_ns is None:
        return f": no beat, no cues ({pack.name} has none for a session like this)"
    return f": no beat, no cues. {pack.name} needs {time_text(found.heard_from_ns)}"


def _cut(cut: Cut) -> str:
    names = _and(list(cut.segments))
    if cut.rounds == 0:
        return f"a round of {names}"
    return f"{(cut.of or 0) - cut.rounds} of the {cut.of} rounds of {names}"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
