"""What should have been heard: the promised clicks and cues of every session in the journal, on the monotonic clock."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cued.core.effects import Counted, CutSpeech, Effect, PlayClick, RecallClicks, Say, SensorWas
from cued.core.events import AudioRestarted, Event
from cued.formats.event_codec import decode_effect, decode_event
from cued.formats.events_file import RING_NS
from cued.journal.reader import reading
from cued.journal.stream import IN, OUT
from cued.units import NS_PER_MS

ON_ITS_WAY_NS: Final = 200 * NS_PER_MS
"""A click that was taken back while it was about to be mixed may be heard or not: two polls of the sound process."""


@dataclass(frozen=True, slots=True)
class DueClick:
    at_ns: int
    """Its onset on the monotonic clock."""
    sound: str
    accent: bool
    hint: str
    gain: float
    """0 to 1: the pack's volume and the rise of the first clicks; the runner's own volume comes on top."""
    optional: bool = False
    """Taken back at the last moment: heard or not, both are right."""


@dataclass(frozen=True, slots=True)
class DueCue:
    at_ns: int
    dur_ns: int
    """Until it ends, or is cut off."""
    text: str


@dataclass(slots=True)
class Promised:
    """Of all sessions together, in order of time."""

    clicks: list[DueClick] = field(default_factory=list)
    cues: list[DueCue] = field(default_factory=list)
    skipped: list[tuple[int, int]] = field(default_factory=list)
    """(when, how many) clicks that the core left out because the program had stood still: due, and never promised."""
    late: int = 0
    """Clicks of which the sound process said that they came too late to be mixed."""
    pod: dict[str, int] = field(default_factory=dict)
    """How often the pod was `lost`, and `back`."""
    restarts_ns: list[int] = field(default_factory=list)
    """When cued saw its sound process replaced."""
    sessions: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def promised(journal: Path) -> Promised:
    """Read the whole journal; raises JournalError."""
    found = Promised()
    # A session's zero is kept on the clock that counts a suspend, too; this machine was not suspended meanwhile.
    asleep_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.monotonic_ns()
    with reading(journal) as kept:
        for session in sorted(kept.sessions(), key=lambda one: one.id):
            began_ns = kept.head(session.id).began_boot_ns - asleep_ns
            add_session(found, (line for lines in kept.lines(session.id) for line in lines), began_ns)
            for what, count in kept.counts(session.id).items():
                found.counts[what] = found.counts.get(what, 0) + count
    found.clicks.sort(key=lambda click: click.at_ns)
    found.cues.sort(key=lambda cue: cue.at_ns)
    return found


def add_session(found: Promised, lines: Iterable[str], began_ns: int) -> None:
    """One session's lines (`journal.stream`); `began_ns`: its 0 on the monotonic clock."""
    found.sessions += 1
    clicks: list[DueClick] = []
    for happened in _decoded(lines):
        at_ns = began_ns + happened.at_ns
        match happened:
            case PlayClick():
                gain = happened.volume * 10 ** (happened.gain_db / 20)
                clicks.append(DueClick(at_ns, happened.sound, happened.accent, happened.hint, gain))
            case RecallClicks():
                clicks = list(_recalled(clicks, began_ns + happened.from_ns, at_ns))
            case Say():
                found.cues.append(DueCue(at_ns, happened.dur_ns, happened.text))
            case CutSpeech() if found.cues and at_ns < found.cues[-1].at_ns + found.cues[-1].dur_ns:
                last = found.cues[-1]
                found.cues[-1] = DueCue(last.at_ns, max(0, at_ns - last.at_ns), last.text)
            case Counted(what="missed_click"):
                found.skipped.append((at_ns, happened.count))
            case Counted(what="late_click"):
                found.late += happened.count
            case SensorWas():
                found.pod[happened.state] = found.pod.get(happened.state, 0) + 1
            case AudioRestarted():
                found.restarts_ns.append(at_ns)
    found.clicks += clicks


def _decoded(lines: Iterable[str]) -> Iterator[Effect | Event]:
    for line in lines:
        if line.startswith(OUT):
            yield decode_effect(line[len(OUT) :])
        elif line.startswith(IN):
            yield decode_event(line[len(IN) :])


def _recalled(clicks: Iterable[DueClick], from_ns: int, told_ns: int) -> Iterator[DueClick]:
    """What is left of them: those in the ring sound, those just behind it may."""
    ring_ns = max(from_ns, told_ns + RING_NS + 1)
    for click in clicks:
        if click.at_ns < ring_ns:
            yield click
        elif click.at_ns < told_ns + RING_NS + ON_ITS_WAY_NS:
            yield DueClick(click.at_ns, click.sound, click.accent, click.hint, click.gain, optional=True)
