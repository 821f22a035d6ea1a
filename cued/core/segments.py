"""Where in the session the runner is, and what comes next: repeats unroll as the run goes on, to fit what is left of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from cued.core.cues import CuePack, ForDistance, ForTime, Open, Remainder, Repeat, Segment
from cued.units import NS_PER_MIN, NS_PER_S

SHORTEST_ROUND_NS: Final = NS_PER_S
"""A round of a `fill` that its own rules have ended within less is the last: no run has room for endlessly many."""
MOST_PASSED: Final = 2_000
"""So many segments of a session are reckoned through, some milliseconds of work, to find a place in it: no run has more."""
PRESS_WAIT_NS: Final = 5 * NS_PER_MIN
"""`starts: press` is skipped after so long (the format's word)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position in the session as written."""

    part: int
    round: int = 1
    """Which round of a repeat, from 1."""
    inner: int = 0
    """Which segment of the round."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The present segment. Before the run and after the last segment `segment` is None."""

    place: Place | None = None
    """None before the run and after the last segment."""
    segment: Segment | None = None
    number: int = -1
    """Number in the unrolled session."""
    rep: int = 1
    reps: int = 1
    """0: unknown."""
    start_ns: int = 0
    start_run_ns: int = 0
    """Running time at its start."""
    start_m: float = 0.0
    round_run_ns: int = 0
    """Running time at the start of the present round of a repeat."""
    end_run_ns: int | None = None
    """Running time of its end where that is a matter of time."""
    end_m: float | None = None
    waiting: bool = False
    """`starts: press` and not pressed yet; `end_run_ns` is then when the waiting ends."""
    over: bool = False
    """The last segment has ended."""


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What follows a boundary."""

    place: Place
    segment: Segment
    rep: int
    reps: int
    skipped: tuple[Segment, ...] = ()
    """Optional segments that the run has no room for."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No segment follows."""

    skipped: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """The place in a session that a run comes to by its running time."""

    coming: Upcoming | Nothing
    start_run_ns: int = 0
    """Running time at which that segment would have begun."""
    passed: tuple[Place, ...] = ()
    """What came before it."""


def expected_ns(segment: Segment, pace_mps: float) -> int:
    """About how long a segment takes; 0 for what has no length of its own."""
    length = segment.length
    if isinstance(length, ForTime):
        return length.ns
    if isinstance(length, ForDistance):
        return int(length.m / pace_mps * NS_PER_S)
    return 0


def round_ns(repeat: Repeat, pace_mps: float) -> int:
    """About how long one round takes; optional segments do not ask for room."""
    total = 0
    for segment in repeat.segments:
        if not segment.optional:
            total += expected_ns(segment, pace_mps)
    return total


def room_after_ns(pack: CuePack, part: int, pace_mps: float) -> int:
    """About how long the parts after `part` take, by their own count of rounds."""
    total = 0
    for later in pack.session[part + 1 :]:
        if isinstance(later, Repeat):
            total += (later.times or 0) * round_ns(later, pace_mps)
        elif not later.optional:
            total += expected_ns(later, pace_mps)
    return total


def first(pack: CuePack, left_ns: int | None, pace_mps: float) -> Upcoming | Nothing:
    """The first segment of a run of `left_ns` (None: unknown)."""
    return _enter(pack, 0, left_ns, pace_mps, ())


def following(pack: CuePack, place: Place, left_ns: int | None, pace_mps: float, *, leave: bool = False) -> Upcoming | Nothing:
    """What follows `place` when `left_ns` of running time are left then; `leave`: the runner is done with this repeat."""
    if left_ns == 0:  # the run ends at this very boundary: a segment would begin, and speak, at its end
        return Nothing()
    part = pack.session[place.part]
    if isinstance(part, Segment) or leave:
        return _enter(pack, place.part + 1, left_ns, pace_mps, ())
    skipped: tuple[Segment, ...] = ()
    for inner in range(place.inner + 1, len(part.segments)):
        segment = part.segments[inner]
        if _fits(pack, place.part, segment, left_ns, pace_mps):
            reps = _reps(pack, place.part, part, place.round, place.inner + 1, left_ns, pace_mps)
            return Upcoming(Place(place.part, place.round, inner), segment, place.round, reps, skipped)
        skipped = (*skipped, segment)
    return _round(pack, place.part, place.round + 1, left_ns, pace_mps, skipped)


def reached(pack: CuePack, run_ns: int, length_ns: int | None, pace_mps: float) -> Reached:
    """Where a run of `length_ns` is in `pack` after `run_ns`, if nobody pressed anything on the way.

    A distance is reckoned at `pace_mps`. What ends by a press alone is not left, and what begins by one began at once.
    """

    def left_ns(at_ns: int) -> int | None:
        return None if length_ns is None else max(0, length_ns - at_ns)

    at_ns, passed = 0, list[Place]()
    coming = first(pack, length_ns, pace_mps)
    while isinstance(coming, Upcoming) and len(passed) < MOST_PASSED:
        lasts_ns = _lasts_ns(pack, coming, left_ns(at_ns), pace_mps)
        if lasts_ns is None or at_ns + lasts_ns > run_ns:
            return Reached(replace(coming, skipped=()), at_ns, tuple(passed))
        at_ns += lasts_ns
        passed.append(coming.place)
        coming = following(pack, coming.place, left_ns(at_ns), pace_mps)
    return Reached(replace(coming, skipped=()), run_ns, tuple(passed))


def _lasts_ns(pack: CuePack, coming: Upcoming, left_ns: int | None, pace_mps: float) -> int | None:
    """How long a segment lasts that begins with `left_ns` to go; None: until somebody ends it."""
    length = coming.segment.length
    if isinstance(length, Remainder):
        return None if left_ns is None else max(0, left_ns - room_after_ns(pack, coming.place.part, pace_mps))
    return None if isinstance(length, Open) else expected_ns(coming.segment, pace_mps)


def again(pack: CuePack, place: Place, left_ns: int | None, pace_mps: float) -> Upcoming:
    """A segment that was there already, once more; it waits for no press, for it was asked for by one."""
    part = pack.session[place.part]
    if isinstance(part, Segment):
        return Upcoming(place, replace(part, starts_on_press=False), 1, 1)
    reps = _reps(pack, place.part, part, place.round, place.inner, left_ns, pace_mps)
    return Upcoming(place, replace(part.segments[place.inner], starts_on_press=False), place.round, reps)


def is_same_course(old: CuePack, new: CuePack, place: Place | None) -> bool:
    """Do both sessions go the same way as far as `place` (None: to their ends), whatever is heard in them?"""
    parts = max(len(old.session), len(new.session)) if place is None else place.part + 1
    return [_way(part) for part in old.session[:parts]] == [_way(part) for part in new.session[:parts]]


def _way(part: Segment | Repeat) -> object:
    if isinstance(part, Repeat):
        return part.times, [_way(segment) for segment in part.segments]
    return part.name, part.length, part.optional, part.starts_on_press


def at_place(pack: CuePack, place: Place) -> Segment:
    """The segment that is written there."""
    part = pack.session[place.part]
    return part if isinstance(part, Segment) else part.segments[place.inner]


def _enter(pack: CuePack, part: int, left_ns: int | None, pace_mps: float, skipped: tuple[Segment, ...]) -> Upcoming | Nothing:
    for index in range(part, len(pack.session)):
        candidate = pack.session[index]
        if isinstance(candidate, Repeat):
            return _round(pack, index, 1, left_ns, pace_mps, skipped)
        if _fits(pack, index, candidate, left_ns, pace_mps):
            return Upcoming(Place(index), candidate, 1, 1, skipped)
        skipped = (*skipped, candidate)
    return Nothing(skipped)


def _round(
    pack: CuePack, index: int, number: int, left_ns: int | None, pace_mps: float, skipped: tuple[Segment, ...]
) -> Upcoming | Nothing:
    repeat = pack.session[index]
    assert isinstance(repeat, Repeat)
    if not _another(pack, index, repeat, number, left_ns, pace_mps):
        return _enter(pack, index + 1, left_ns, pace_mps, skipped)
    for inner, segment in enumerate(repeat.segments):
        if _fits(pack, index, segment, left_ns, pace_mps):
            reps = _reps(pack, index, repeat, number, 0, left_ns, pace_mps)
            return Upcoming(Place(index, number, inner), segment, number, reps, skipped)
        skipped = (*skipped, segment)
    return _enter(pack, index + 1, left_ns, pace_mps, skipped)


def _another(pack: CuePack, index: int, repeat: Repeat, number: int, left_ns: int | None, pace_mps: float) -> bool:
    """Is there to be a round `number`? A shorter run drops rounds, never what stands before them."""
    if repeat.times is not None and number > repeat.times:
        return False
    if left_ns is None:
        return True
    return left_ns >= round_ns(repeat, pace_mps) + room_after_ns(pack, index, pace_mps) and left_ns > 0


def _fits(pack: CuePack, index: int, segment: Segment, left_ns: int | None, pace_mps: float) -> bool:
    if left_ns is None:
        return True
    if isinstance(segment.length, Remainder):
        return left_ns > room_after_ns(pack, index, pace_mps)
    if not segment.optional:
        return True
    return left_ns >= expected_ns(segment, pace_mps) + room_after_ns(pack, index, pace_mps)


def _reps(pack: CuePack, index: int, repeat: Repeat, number: int, done: int, left_ns: int | None, pace_mps: float) -> int:
    """How many rounds there will be in all, reckoned in round `number` after `done` of its segments; 0: unknown."""
    if left_ns is None:
        return repeat.times or 0
    whole_ns = round_ns(repeat, pace_mps)
    if whole_ns <= 0:
        return repeat.times or 0
    rest_ns = 0
    for segment in repeat.segments[done:]:
        if not segment.optional:
            rest_ns += expected_ns(segment, pace_mps)
    room_ns = left_ns - room_after_ns(pack, index, pace_mps) - rest_ns
    reps = number + max(0, room_ns // whole_ns)
    return reps if repeat.times is None else min(reps, repeat.times)


def begun(
    pack: CuePack, coming: Upcoming, number: int, at_ns: int, run_ns: int, here_m: float, left_ns: int | None, pace_mps: float
) -> Progress:
    """The progress on entering `coming`; a segment that starts on a press is waited for first."""
    segment, length = coming.segment, coming.segment.length
    end_run_ns: int | None = None
    end_m: float | None = None
    if segment.starts_on_press:
        end_run_ns = run_ns + PRESS_WAIT_NS
    elif isinstance(length, ForTime):
        end_run_ns = run_ns + length.ns
    elif isinstance(length, ForDistance):
        end_m = here_m + length.m
    elif isinstance(length, Remainder) and left_ns is not None:
        end_run_ns = run_ns + max(0, left_ns - room_after_ns(pack, coming.place.part, pace_mps))
    return Progress(
        place=coming.place,
        segment=segment,
        number=number,
        rep=coming.rep,
        reps=coming.reps,
        start_ns=at_ns,
        start_run_ns=run_ns,
        start_m=here_m,
        end_run_ns=end_run_ns,
        end_m=end_m,
        waiting=segment.starts_on_press,
    )
