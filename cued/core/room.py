"""What of a pack a run of a given length has room for, told beforehand: the session unrolled as the run will unroll it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.core.arbiter import is_exempt, priority_of
from cued.core.cues import (
    Asked,
    At,
    BeforeEnd,
    CuePack,
    Every,
    ForDistance,
    ForTime,
    Interval,
    Mode,
    Open,
    PlaySound,
    RandomWithin,
    Remainder,
    Repeat,
    Rule,
    RunEnd,
    RunStart,
    SayCue,
    SayTheme,
    Segment,
    SegmentEnd,
    SessionPart,
    SetMetronome,
    Trigger,
)
from cued.core.fading import beat_share, scaled
from cued.core.firing import coach_refuses
from cued.core.motion import DEFAULT_MPS
from cued.core.segments import PRESS_WAIT_NS, Place, Progress, Upcoming, begun, expected_ns, first, following
from cued.core.triggers import applies
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_S

OPEN_NS: Final = 5 * NS_PER_MIN
"""How long a segment that the runner ends is reckoned."""
USUAL_NS: Final = 45 * NS_PER_MIN
"""A run whose length nobody has named, where the pack has none of its own (the format's own point 2)."""
MAX_PIECES: Final = 600
"""More segments than a session may have; a guard, not a rule."""
LONGEST_NS: Final = 24 * NS_PER_H
"""Nobody is told to run longer in order to hear something."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment of the unrolled session."""

    place: Place
    segment: Segment
    start_ns: int
    length_ns: int
    known: bool = True
    """False: reckoned with a length of our own."""

    @property
    def end_ns(self) -> int:
        """Where it ends if nobody ends it sooner."""
        return self.start_ns + self.length_ns


@dataclass(frozen=True, slots=True)
class Cut:
    """A repeat with fewer rounds than are written; one that fills the run, with none."""

    segments: tuple[str, ...]
    rounds: int
    of: int | None
    """None: `fill`."""


@dataclass(frozen=True, slots=True)
class Room:
    """What becomes of a pack in a run of known length."""

    cut: tuple[Cut, ...] = ()
    left_out: tuple[str, ...] = ()
    """Segments outside of repeats that are passed over: optional, or with the rest of a run that has none."""
    unreached: tuple[str, ...] = ()
    """Segments that would come after the run's end."""
    broken_off: str = ""
    """The segment that the run ends within; empty: none."""
    ends_ns: int | None = None
    """When the last segment ends, if that is before the run does."""
    silent: bool = False
    """No beat and no cue can come."""
    heard_from_ns: int | None = None
    """For a silent run: from what length on it is none, in whole seconds; None: no length helps."""
    by_distance: bool = False
    """Some of it is reckoned at 6 min/km."""


def own_length_ns(pack: CuePack) -> int | None:
    """How long the session is by its own words; None where something in it fills the run."""
    total = 0
    for part in pack.session:
        if isinstance(part, Repeat) and part.times is None:
            return None
        for segment in _flat(part):
            if isinstance(segment.length, Remainder | Open):
                return None
            total += expected_ns(segment, DEFAULT_MPS) * (part.times or 1 if isinstance(part, Repeat) else 1)
    return total


def usual_ns(pack: CuePack, session_number: int = 1) -> int:
    """How long a run is to be that meets the pack whole, where nobody names a length.

    Its session's own length, also where nobody presses; of one that fills a run the usual length, less where no whole round
    goes into the rest of that, or more where what it waits for would not come in it.
    """
    own_ns = own_length_ns(pack)
    if not own_ns:
        return _filled_ns(pack, max(USUAL_NS, _needed_ns(pack, session_number)), session_number)
    for segment in pack.segments():
        if segment.starts_on_press:
            own_ns += max(0, PRESS_WAIT_NS - expected_ns(segment, DEFAULT_MPS))
    return own_ns


def _filled_ns(pack: CuePack, length_ns: int, session_number: int) -> int:
    """`length_ns`, or less where whole rounds leave a rest of it that the pack has nothing for."""
    found = room(pack, length_ns, session_number)
    return found.ends_ns if found.ends_ns and not found.silent else length_ns


def _needed_ns(pack: CuePack, session_number: int) -> int:
    """So long that two rounds go into what fills, and that what comes in a rest of a run comes twice, quiet times apart."""
    total_ns = 0
    tail_ns = 0
    """After the last segment that has no length of its own."""
    for part in pack.session:
        rounds = (part.times or 2) if isinstance(part, Repeat) else 1
        for segment in _flat(part):
            if isinstance(segment.length, Remainder | Open):
                quiet_ns = max(0, pack.limits.quiet_start_ns - total_ns)
                total_ns += rounds * (quiet_ns + 2 * _longest_wait_ns(pack, segment, session_number))
                tail_ns = 0
            else:
                total_ns += rounds * expected_ns(segment, DEFAULT_MPS)
                tail_ns += rounds * expected_ns(segment, DEFAULT_MPS)
    total_ns += max(0, pack.limits.quiet_end_ns - tail_ns)
    return min(LONGEST_NS, -(-total_ns // NS_PER_MIN) * NS_PER_MIN)


def _longest_wait_ns(pack: CuePack, segment: Segment, session_number: int) -> int:
    """How long the most patient of the rules that may speak in a segment waits at the least."""
    judge = Progress(segment=segment)
    waits = [
        _wait_ns(rule.when, pack, session_number)
        for rule in pack.rules
        if applies(rule, segment.name, segment.index) and not coach_refuses(rule, judge, priority_of(rule, None))
    ]
    return max(waits, default=0)


def _wait_ns(when: Trigger, pack: CuePack, session_number: int) -> int:
    match when:
        case Every(interval=interval, jitter_ns=jitter_ns):
            return _interval_ns(scaled(interval, pack.fade, session_number)) + jitter_ns
        case At(point=interval) | BeforeEnd(before=interval):
            return _interval_ns(interval)
        case RandomWithin(high_ns=high_ns):
            return high_ns
        case _:
            return int(getattr(when, "for_ns", 0))


def _interval_ns(interval: Interval) -> int:
    return interval.ns if isinstance(interval, ForTime) else int(interval.m / DEFAULT_MPS * NS_PER_S)


def pieces(pack: CuePack, length_ns: int) -> list[Piece]:
    """The session of a run of `length_ns`, unrolled as the engine does it."""
    found: list[Piece] = []
    at_ns = 0
    coming = first(pack, length_ns, DEFAULT_MPS)
    while isinstance(coming, Upcoming) and len(found) < MAX_PIECES:
        left_ns = max(0, length_ns - at_ns)
        progress = begun(pack, coming, len(found), at_ns, at_ns, 0.0, left_ns, DEFAULT_MPS)
        known = not isinstance(coming.segment.length, Open) and not coming.segment.starts_on_press
        if progress.end_run_ns is not None and known:
            piece_ns = progress.end_run_ns - at_ns
        else:
            piece_ns = expected_ns(coming.segment, DEFAULT_MPS) or OPEN_NS
        found.append(Piece(coming.place, coming.segment, at_ns, piece_ns, known))
        at_ns += piece_ns
        repeats_open = not known and isinstance(pack.session[coming.place.part], Repeat) and at_ns >= length_ns
        coming = following(pack, coming.place, max(0, length_ns - at_ns), DEFAULT_MPS, leave=repeats_open)
    return found


def room(pack: CuePack, length_ns: int, session_number: int = 1) -> Room:
    """What a run of `length_ns` leaves out of `pack`, and whether anything is heard at all.

    Of a session in which the runner's key decides how long something takes nobody can tell beforehand: it has room for all.
    `silent` is never wrong where segments have times; that something is heard is a hope, for cadence may lack.
    """
    line = pieces(pack, length_ns)
    if len(line) >= MAX_PIECES or not all(piece.known for piece in line):
        return Room()
    last = line[-1] if line else None
    silent = not _may_sound(pack, line, length_ns, session_number)
    over = last is not None and last.end_ns >= length_ns
    reached = last.place.part if last is not None and over else len(pack.session) - 1
    left_out = [
        part.name
        for index, part in enumerate(pack.session[: reached + 1])
        if isinstance(part, Segment) and all(piece.place.part != index for piece in line)
    ]
    return Room(
        cut=_cut(pack, line, reached),
        left_out=tuple(left_out),
        unreached=tuple(segment.name for part in pack.session[reached + 1 :] for segment in _flat(part)),
        broken_off=last.segment.name if last is not None and last.end_ns > length_ns else "",
        ends_ns=last.end_ns if last is not None and last.end_ns < length_ns else None,
        silent=silent,
        heard_from_ns=_heard_from_ns(pack, length_ns, session_number) if silent else None,
        by_distance=any(isinstance(segment.length, ForDistance) for segment in pack.segments()),
    )


def _flat(part: SessionPart) -> tuple[Segment, ...]:
    return part.segments if isinstance(part, Repeat) else (part,)


def _cut(pack: CuePack, line: list[Piece], reached: int) -> tuple[Cut, ...]:
    found: list[Cut] = []
    for index, part in enumerate(pack.session[: reached + 1]):
        if isinstance(part, Repeat):
            rounds = max((piece.place.round for piece in line if piece.place.part == index), default=0)
            if rounds < (part.times or 1):
                found.append(Cut(tuple(segment.name for segment in part.segments), rounds, part.times))
    return tuple(found)


def _heard_from_ns(pack: CuePack, length_ns: int, session_number: int) -> int | None:
    """The shortest longer run in which something sounds, to the second: rounds come with length and do not go again."""

    def sounds(run_s: int) -> bool:
        run_ns = run_s * NS_PER_S
        return _may_sound(pack, pieces(pack, run_ns), run_ns, session_number)

    most_s = LONGEST_NS // NS_PER_S
    silent_s = length_ns // NS_PER_S
    long_s = max(1, 2 * silent_s)
    while long_s < most_s and not sounds(long_s):
        silent_s, long_s = long_s, 2 * long_s
    long_s = min(long_s, most_s)
    if long_s <= silent_s or not sounds(long_s):
        return None
    while long_s - silent_s > 1:
        middle_s = (silent_s + long_s) // 2
        if sounds(middle_s):
            long_s = middle_s
        else:
            silent_s = middle_s
    return long_s * NS_PER_S


def _may_sound(pack: CuePack, line: list[Piece], length_ns: int, session_number: int) -> bool:
    share = beat_share(pack.fade, session_number)
    ticking = [piece for piece in line if piece.start_ns < length_ns and piece.segment.metronome.mode is not Mode.NONE]
    if any(piece.segment.drills for piece in line if piece.start_ns < length_ns):
        return True
    return bool(ticking and share > 0) or any(_may_speak(pack, rule, line, length_ns) for rule in pack.rules)


def _may_speak(pack: CuePack, rule: Rule, line: list[Piece], length_ns: int) -> bool:
    """Can the rule be heard in one of the segments, or at the very end, without being asked for?"""
    if isinstance(rule.when, Asked):
        return False
    spoken = [cue for action in rule.then for cue in pack.cues if _says(action, cue.id, cue.theme)]
    heard = [priority_of(rule, cue) for cue in spoken]
    if any(isinstance(action, PlaySound | SetMetronome) for action in rule.then):
        heard.append(priority_of(rule, None))
    limits = pack.limits
    stretches = [(piece.start_ns, piece.end_ns, Progress(place=piece.place, segment=piece.segment)) for piece in line]
    stretches.append((line[-1].end_ns if line else 0, length_ns, Progress(over=True)))
    for priority in heard:
        last_ns = length_ns if is_exempt(priority) else length_ns - limits.quiet_end_ns
        first_ns = 0 if is_exempt(priority) else limits.quiet_start_ns
        if isinstance(rule.when, RunEnd) and first_ns <= last_ns:
            return True
        for start_ns, end_ns, judge in stretches:
            name, index = ("", None) if judge.segment is None else (judge.segment.name, judge.segment.index)
            in_time = max(first_ns, start_ns) <= min(last_ns, end_ns)
            never = (isinstance(rule.when, RunStart) and start_ns > 0) or (
                isinstance(rule.when, SegmentEnd) and end_ns > length_ns
            )
            if in_time and not never and applies(rule, name, index) and not coach_refuses(rule, judge, priority):
                return True
    return False


def _says(action: object, cue_id: str, theme: str | None) -> bool:
    return (isinstance(action, SayCue) and action.cue == cue_id) or (isinstance(action, SayTheme) and action.theme == theme)
