"""What a run has no room for, in sentences for people (`core.room` reckons it)."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Final

from cued.core.cues import Asked, CuePack, Drift, Mode, RunEnd, RunStart, SegmentEnd, SegmentStart, SetMetronome
from cued.core.room import USUAL_NS, Cut, Room, own_length_ns, room
from cued.core.segments import PRESS_WAIT_NS
from cued.runtime.status import clock_text
from cued.units import NS_PER_MIN, NS_PER_S
from cued.yamlread.quantities import time_text

if TYPE_CHECKING:
    from cued.review.summary import Figures


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


def length_line(pack: CuePack, length_ns: int) -> str:
    """For a run of a length that nobody has named: which was taken, and how to name another."""
    length = time_text(-(-length_ns // NS_PER_S) * NS_PER_S)
    if own_length_ns(pack) is not None:
        why = f"as long as the session of {pack.name}"
        why += f" with up to {PRESS_WAIT_NS // NS_PER_MIN} min for each press" if _waits(pack) else ""
    else:
        why = "a usual run" if length_ns <= USUAL_NS else f"so that what {pack.name} waits for has time to come"
    return f"No length was given: {length}, {why}. --length 50min takes another."


def _waits(pack: CuePack) -> bool:
    return any(segment.starts_on_press for segment in pack.segments())


def quiet_lines(pack: CuePack, figures: Figures, length_ns: int | None, session_number: int = 1) -> list[str]:
    """Why a run had no cue or nothing at all to hear, where that is the pack's purpose or the runner gave no occasion."""
    lines = _on_purpose(pack)
    heard = figures.heard + figures.drilled + figures.clicks
    silent = length_ns is not None and room(pack, length_ns, session_number).silent  # then `room_lines` has told it
    if lines or heard or figures.withheld or figures.not_spoken or silent:
        return lines
    from cued.packs.aloud import when_words

    waits = list(dict.fromkeys(when_words(rule.when) for rule in pack.rules if not isinstance(rule.when, Asked)))
    return [f"Nothing was heard: {pack.name} speaks {', or '.join(waits)}, and this run gave no occasion. Try --sim tired."]


def unmet_lines(pack: CuePack, judged: Container[str]) -> list[str]:
    """For a simulated run: the pack waits for legs that tire, and these did not. `judged`: the rules that had an occasion."""
    tired = [rule for rule in pack.rules if isinstance(rule.when, Drift)]
    if not tired or any(rule.id in judged for rule in tired):
        return []
    from cued.packs.aloud import when_words

    return [f"{pack.name} also speaks {when_words(tired[0].when)}, and this runner did not tire. Try --sim tired."]


def _on_purpose(pack: CuePack) -> list[str]:
    segments = pack.segments()
    if any(segment.drills for segment in segments):
        return []
    beat = any(segment.metronome.mode is not Mode.NONE for segment in segments)
    beat = beat or any(isinstance(action, SetMetronome) for rule in pack.rules for action in rule.then)
    if not pack.rules:
        return [f"{pack.name} has no cues on purpose: {'its beat is all there is to hear' if beat else 'it only records'}."]
    if not beat and all(isinstance(rule.when, _AT_ITS_ENDS) for rule in pack.rules):
        return [f"{pack.name} is silent on purpose between the words at the start and end of its segments: no beat, no cues."]
    return []


_AT_ITS_ENDS: Final = (RunStart, RunEnd, SegmentStart, SegmentEnd, Asked)


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
