"""A recorded session, brought back: as the lines of an events file, as a feed for a rehearsal, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cued.core.effects import CadenceSeen, Effect, Paused, Say, SegmentBegan, TempoChanged
from cued.core.events import (
    Altitude,
    AskCue,
    BatteryLow,
    CadenceSample,
    EffortIs,
    Event,
    GroundContactTime,
    HeartRate,
    Pain,
    Pause,
    Resume,
    SensorLink,
    Stop,
    SurfaceIs,
    SwapPack,
    VerticalOscillation,
)
from cued.core.start import Start
from cued.formats.event_codec import decode_effect, decode_event, kind_of
from cued.journal.stream import IN, OUT, REACHED
from cued.runtime.eventlog import EventLog
from cued.runtime.feeding import Feeding, Recording
from cued.runtime.replay import start_of
from cued.units import NS_PER_S, to_spm

if TYPE_CHECKING:
    from cued.journal.reader import Journal, Session
    from cued.journal.rows import Head

_OF_THE_RUN: Final = (
    CadenceSample,
    HeartRate,
    GroundContactTime,
    VerticalOscillation,
    Altitude,
    SensorLink,
    BatteryLow,
    Pause,
    Resume,
    SurfaceIs,
    EffortIs,
    AskCue,
    Stop,
)
"""Events that another pack would have been given, too: not what the machine did (late clicks, speech) nor keys that answered
the pack's own segments."""


@dataclass(frozen=True, slots=True)
class Past:
    """One session out of the journal."""

    session: Session
    head: Head
    how: Start
    lines: tuple[tuple[str, ...], ...]
    """Of each stretch (see `journal.stream`)."""

    @property
    def end_ns(self) -> int:
        """Where it ended, or broke off."""
        return self.session.end_ns

    def effects(self) -> Iterator[Effect]:
        """In order."""
        return (decode_effect(line[len(OUT) :]) for lines in self.lines for line in lines if line.startswith(OUT))

    def events(self) -> Iterator[Event]:
        """In order; one that came late is stamped with the time at which it took effect."""
        reached_ns = 0
        for lines in self.lines:
            for line in lines:
                if line.startswith(REACHED):
                    reached_ns = max(reached_ns, int(line[len(REACHED) :]))
                elif line.startswith(IN):
                    event = decode_event(line[len(IN) :])
                    reached_ns = max(reached_ns, event.at_ns)
                    yield event if event.at_ns == reached_ns else replace(event, at_ns=reached_ns)


def steps(past: Past, only: frozenset[str] | None = None) -> Iterator[Event | Effect]:
    """All that went in and came out, in order; the clicks, which are most of it and tell the least, are left out.

    `only`: nothing but what is of these kinds (`formats.event_codec.kind_of`), for whoever reads many runs.
    """
    for lines in past.lines:
        for line in lines:
            kind = line[:_KIND_WITHIN].partition(_KIND)[2].partition('"')[0]
            if kind == "play_click" or (only is not None and kind not in only):
                continue
            if line.startswith(IN):
                yield decode_event(line[len(IN) :])
            elif line.startswith(OUT):
                yield decode_effect(line[len(OUT) :])


_KIND: Final = '"kind":"'
_KIND_WITHIN: Final = 60
"""Characters of a line: its kind stands at its beginning."""


def told_on_the_way(events: Iterable[Event]) -> list[tuple[int, str, str]]:
    """(time, what, value) of what the runner said of ground, effort and pain, and of a pack that was taken, in order."""
    told: list[tuple[int, str, str]] = []
    for event in events:
        if isinstance(event, SurfaceIs):
            told.append((event.at_ns, "surface", event.surface))
        elif isinstance(event, EffortIs):
            told.append((event.at_ns, "effort", event.effort))
        elif isinstance(event, Pain):
            told.append((event.at_ns, "pain", "beat and cues ended"))
        elif isinstance(event, SwapPack):
            told.append((event.at_ns, "pack", event.pack.name))
    return told


def past_of(journal: Journal, word: str) -> Past:
    """The session of that number, or `last`, without what is damaged (see `Journal.missing`); raises JournalError."""
    session = journal.session(word)
    head = journal.head(session.id)
    lines = journal.lines(session.id, missing=lambda: None)
    return Past(session, head, start_of(head.start), tuple(map(tuple, lines)))


def event_log(past: Past) -> EventLog:
    """What the run's events file would have held."""
    taken = tuple(event.pack for event in past.events() if isinstance(event, SwapPack)) if _swapped(past) else ()
    log = EventLog(past.how, voice=past.head.voice, source=past.head.source, taken=taken)
    at_ns = 0
    for lines in past.lines:
        effects = [decode_effect(line[len(OUT) :]) for line in lines if line.startswith(OUT)]
        at_ns = max([at_ns, *(int(line[len(REACHED) :]) for line in lines if line.startswith(REACHED))])
        log.hear(effects, at_ns)
    log.finish(past.end_ns)
    return log


def _swapped(past: Past) -> bool:
    """Was another pack taken on the way? Told without reading every event: most runs have many, and no such one."""
    return any(f'{_KIND}{kind_of(SwapPack)}"' in line[:_KIND_WITHIN] for lines in past.lines for line in lines)


def feeding(past: Past, length_ns: int | None) -> Feeding:
    """The run as input for another pack, for `length_ns` of running (None: as it was)."""
    how = past.how
    events = [event for event in past.events() if isinstance(event, _OF_THE_RUN)]
    if not any(isinstance(event, Stop) for event in events):
        events.append(Stop(max([past.end_ns, *(event.at_ns for event in events)])))
    return Feeding(
        feed=Recording(iter(events)),
        source=f"session:{past.session.id}",
        length_ns=how.length_ns if length_ns is None else length_ns,
        end_ns=events[-1].at_ns,
        sensor=how.sensor,
        simulated=how.simulated,
        on_air=how.on_air,
    )


# --- a table -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Second:
    """One moment of a run, about one a second; None: not known."""

    at_ns: int
    cadence_spm: float | None = None
    target_spm: float | None = None
    beat_spm: float | None = None
    """None: it rests."""
    band: str = ""
    segment: str = ""
    speed_mps: float | None = None
    distance_m: float | None = None
    heart_rate_bpm: int | None = None
    ground_contact_time_ms: float | None = None
    vertical_oscillation_mm: float | None = None
    altitude_m: float | None = None
    paused: bool = False
    cue: str = ""
    """What was said since the row before."""


@dataclass(frozen=True, slots=True)
class Table:
    """A run in rows."""

    seconds: tuple[Second, ...]
    segments: tuple[tuple[int, str], ...]
    """(from, name), in order."""
    pauses: tuple[tuple[int, int], ...]
    """(from, to)."""
    end_ns: int


_METRICS: Final = {
    HeartRate: ("heart_rate_bpm", "bpm"),
    GroundContactTime: ("ground_contact_time_ms", "ms"),
    VerticalOscillation: ("vertical_oscillation_mm", "mm"),
    Altitude: ("altitude_m", "m"),
}


def table(past: Past, watch: Mapping[int, tuple[float | None, float | None]]) -> Table:
    """A row for each sample of the sensor; where there is none, for each second.

    `watch`: session second → (ground contact time, vertical oscillation) of a watch that was joined.
    """
    effects = list(past.effects())
    measured = _measured(past.events())
    rows = [effect.at_ns for effect in effects if isinstance(effect, CadenceSeen)]
    seen = {effect.at_ns: effect for effect in effects if isinstance(effect, CadenceSeen)}
    if not rows:
        rows = list(range(0, past.end_ns + 1, NS_PER_S))
    pauses = _pauses(effects, past.end_ns)
    told = iter(sorted((effect for effect in effects if isinstance(effect, _TELLING)), key=lambda effect: effect.at_ns))
    coming = next(told, None)
    segments = tuple((effect.at_ns, effect.segment) for effect in effects if isinstance(effect, SegmentBegan))
    now = Second(0)
    seconds: list[Second] = []
    for at_ns in sorted(set(rows)):
        paused = any(start_ns <= at_ns < end_ns for start_ns, end_ns in pauses)
        now = Second(at_ns, segment=now.segment, beat_spm=now.beat_spm, paused=paused)
        while coming is not None and coming.at_ns <= at_ns:
            _tell(now, coming)
            coming = next(told, None)
        if at_ns in seen:
            sample = seen[at_ns]
            now.cadence_spm, now.target_spm, now.band = sample.spm, sample.target_spm, sample.band
            now.speed_mps, now.distance_m = sample.speed_mps, sample.distance_m
        for attribute, value in measured.get(at_ns // NS_PER_S, {}).items():
            setattr(now, attribute, value)
        if at_ns // NS_PER_S in watch:
            contact_ms, oscillation_mm = watch[at_ns // NS_PER_S]
            now.ground_contact_time_ms, now.vertical_oscillation_mm = contact_ms, oscillation_mm
        seconds.append(now)
    return Table(tuple(seconds), segments, pauses, past.end_ns)


_TELLING: Final = (Say, SegmentBegan, TempoChanged)


def _tell(now: Second, effect: Effect) -> None:
    if isinstance(effect, Say):
        now.cue = f"{now.cue} / {effect.text or effect.cue}" if now.cue else effect.text or effect.cue
    elif isinstance(effect, SegmentBegan):
        now.segment = effect.segment
    elif isinstance(effect, TempoChanged):
        now.beat_spm = to_spm(effect.mspm) or None


def _measured(events: Iterable[Event]) -> dict[int, dict[str, float]]:
    """Session second → attribute → its last value there."""
    found: dict[int, dict[str, float]] = {}
    for event in events:
        if isinstance(event, HeartRate | GroundContactTime | VerticalOscillation | Altitude):
            attribute, name = _METRICS[type(event)]
            found.setdefault(event.at_ns // NS_PER_S, {})[attribute] = getattr(event, name)
    return found


def _pauses(effects: Iterable[Effect], end_ns: int) -> tuple[tuple[int, int], ...]:
    pauses: list[tuple[int, int]] = []
    since_ns: int | None = None
    for effect in effects:
        if not isinstance(effect, Paused):
            continue
        if effect.paused:
            since_ns = effect.from_ns
        elif since_ns is not None:
            pauses.append((since_ns, effect.from_ns))
            since_ns = None
    if since_ns is not None and since_ns < end_ns:
        pauses.append((since_ns, end_ns))
    return tuple(pauses)
