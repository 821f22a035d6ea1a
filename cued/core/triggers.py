"""When rules fire. One function says when a rule is due (`due_ns`); the engine both waits for it and obeys it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from cued.core import motion as moving
from cued.core.cues import (
    At,
    BackInBand,
    BeforeEnd,
    Drift,
    Every,
    ForTime,
    HeartRateAbove,
    InBand,
    Interval,
    OffBand,
    PaceDrop,
    RandomWithin,
    Rise,
    Rule,
    Side,
)
from cued.core.motion import Motion
from cued.core.numbers import draw_between
from cued.core.segments import Progress
from cued.core.target import BACK_AFTER_NS, BEGIN_ANEW_NS, BandIs, BandState, held_ns
from cued.units import NS_PER_S

HELD: Final = (Drift, Rise, PaceDrop, HeartRateAbove)
"""Triggers that hold by a condition of their own."""
AGAIN_AT_LEAST_NS: Final = NS_PER_S
"""What fires again by itself does so no sooner: a pack with a cooldown of a nanosecond would stop the clock."""
IN_BAND_WORDS: Final = (OffBand, InBand, BackInBand)
TIMED: Final = (At, Every, RandomWithin, BeforeEnd)


@dataclass(frozen=True, slots=True)
class RuleState:
    """What a rule remembers."""

    count: int = 0
    """Carried out in this run."""
    count_here: int = 0
    """Carried out in the present segment."""
    last_ns: int | None = None
    """Last carried out."""
    due_run_ns: int | None = None
    """Due at this running time."""
    due_m: float | None = None
    """Due at this distance of the run."""
    base_run_ns: int = 0
    """The due point without jitter, from which the next interval counts."""
    held_ns: int = 0
    mark_ns: int | None = None
    """The condition holds and counts since; None while it does not, or sleeps."""
    asleep_ns: int | None = None
    fired_ns: int | None = None
    """Fired in this stay, or while the condition has held."""
    stay: int = -1
    """The band's stay it fired in, or whose beginning it left out."""
    skip_ns: int = 0
    """Time of that stay that lies before the segment the rule counts in."""


@dataclass(frozen=True, slots=True)
class Point:
    """Somewhere in the run, by its two measures."""

    run_ns: int
    m: float


def applies(rule: Rule, segment_name: str, segment_index: int | None) -> bool:
    """Do `in` and `not_in` let the rule speak in this segment?"""
    if rule.segment_index is not None:
        return rule.segment_index == segment_index
    if rule.only_in:
        return segment_name in rule.only_in
    return segment_name not in rule.not_in


def armed(
    rule: Rule, state: RuleState, interval: Interval | None, start: Point, here: Point, chance: int
) -> tuple[RuleState, int]:
    """Set a timed rule going from a `start` of the run or segment; (state, the seed's new state). `interval` is faded already.

    `here`: where the runner is, which is further on only after another pack was taken; what lies between is past.
    """
    when = rule.when
    state = replace(state, due_run_ns=None, due_m=None)
    if isinstance(when, At):
        if isinstance(when.point, ForTime):
            due_ns = start.run_ns + when.point.ns
            return replace(state, due_run_ns=due_ns if due_ns >= here.run_ns else None), chance
        due_m = start.m + when.point.m
        return replace(state, due_m=due_m if due_m >= here.m else None), chance
    if isinstance(when, Every) and interval is not None:
        if isinstance(interval, ForTime):
            passed_ns = (here.run_ns - start.run_ns) // interval.ns * interval.ns
            state = replace(state, base_run_ns=start.run_ns + passed_ns)
            state, chance = _next_every(state, interval.ns, when.jitter_ns, chance)
            return replace(state, due_run_ns=max(state.due_run_ns or 0, here.run_ns)), chance
        passed = int((here.m - start.m) / interval.m)
        return replace(state, due_m=start.m + (passed + 1) * interval.m), chance
    if isinstance(when, RandomWithin):
        chance, gap_ns = draw_between(chance, when.low_ns, when.high_ns)
        return replace(state, due_run_ns=here.run_ns + gap_ns), chance
    return state, chance


def rearmed(rule: Rule, state: RuleState, interval: Interval | None, here_m: float, chance: int) -> tuple[RuleState, int]:
    """After it was due: the next interval counts from the due point, not from when the rule was heard.

    Distance leaps where it was not measured for a while: points that were passed meanwhile are gone.
    """
    when = rule.when
    if isinstance(when, Every) and interval is not None:
        if isinstance(interval, ForTime):
            return _next_every(state, interval.ns, when.jitter_ns, chance)
        due_m = state.due_m or 0.0
        passed = max(0, int((here_m - due_m) / interval.m))
        return replace(state, due_m=due_m + (passed + 1) * interval.m), chance
    if isinstance(when, RandomWithin):
        chance, gap_ns = draw_between(chance, when.low_ns, when.high_ns)
        return replace(state, due_run_ns=(state.due_run_ns or 0) + max(1, gap_ns)), chance
    return replace(state, due_run_ns=None, due_m=None), chance


def _next_every(state: RuleState, interval_ns: int, jitter_ns: int, chance: int) -> tuple[RuleState, int]:
    base_ns = state.base_run_ns + interval_ns
    due_ns = base_ns
    if jitter_ns:
        chance, off_ns = draw_between(chance, -jitter_ns, jitter_ns)
        due_ns += off_ns
    earliest_ns = (state.due_run_ns if state.due_run_ns is not None else state.base_run_ns) + 1
    return replace(state, base_run_ns=base_ns, due_run_ns=max(due_ns, earliest_ns)), chance


def due_ns(
    rule: Rule, state: RuleState, now_ns: int, run_ns: int, band: BandState, motion: Motion, progress: Progress
) -> int | None:
    """When the rule is due by time, distance or what holds; None: not before something else happens. Not asked in a pause."""
    when = rule.when
    if isinstance(when, IN_BAND_WORDS):
        return _band_due(rule, when, state, band)
    if isinstance(when, HELD):
        return _held_due(rule, when.for_ns, state)
    if isinstance(when, BeforeEnd):
        return _before_end_due(when, state, now_ns, run_ns, motion, progress)
    if state.due_run_ns is not None:
        return now_ns + max(0, state.due_run_ns - run_ns)
    if state.due_m is not None and not moving.is_estimated(motion, now_ns):
        due = moving.due_ns(motion, now_ns, state.due_m)
        known_ns = motion.known_ns or 0
        return due if due is not None and due - known_ns < moving.ESTIMATED_AFTER_NS else None
    return None


def _before_end_due(
    when: BeforeEnd, state: RuleState, now_ns: int, run_ns: int, motion: Motion, progress: Progress
) -> int | None:
    if state.fired_ns is not None or progress.segment is None or progress.waiting:
        return None
    if isinstance(when.before, ForTime):
        if progress.end_run_ns is not None:
            left_ns = progress.end_run_ns - when.before.ns - run_ns
            return now_ns + left_ns if left_ns >= 0 else None
        if progress.end_m is None or motion.speed_mps <= 0:
            return None
        return moving.due_ns(motion, now_ns, progress.end_m - motion.speed_mps * (when.before.ns / 1_000_000_000))
    if progress.end_m is None:
        return None
    return moving.due_ns(motion, now_ns, progress.end_m - when.before.m)


def _band_due(rule: Rule, when: OffBand | InBand | BackInBand, state: RuleState, band: BandState) -> int | None:
    if band.mark_ns is None:
        return None
    if isinstance(when, OffBand):
        matches = band.where is BandIs.LOW if when.side is Side.LOW else band.where is BandIs.HIGH
        if when.side is Side.EITHER:
            matches = band.where in (BandIs.LOW, BandIs.HIGH)
    else:
        matches = band.where is BandIs.IN
    if not matches or (isinstance(when, BackInBand) and band.off_ns < BACK_AFTER_NS):
        return None
    same_stay = state.stay == band.stay
    if same_stay and state.fired_ns is not None:
        return _again_ns(rule, when.for_ns, state) if isinstance(when, OffBand) else None
    skip_ns = state.skip_ns if same_stay else 0
    return band.mark_ns + max(0, when.for_ns + skip_ns - band.held_ns)


def _held_due(rule: Rule, for_ns: int, state: RuleState) -> int | None:
    if state.mark_ns is None:
        return None
    if state.fired_ns is not None:
        return _again_ns(rule, for_ns, state)
    return state.mark_ns + max(0, for_ns - state.held_ns)


def _again_ns(rule: Rule, for_ns: int, state: RuleState) -> int | None:
    """Given a cooldown, a state that goes on fires again: held anew for `for`, and not before the cooldown is over.

    The cooldown counts from when the rule's cue began, which may have waited for another's.
    """
    if rule.cooldown_ns <= 0 or state.fired_ns is None:
        return None
    carried_out_ns = state.fired_ns if state.last_ns is None else max(state.fired_ns, state.last_ns)
    return max(state.fired_ns + max(for_ns, AGAIN_AT_LEAST_NS), carried_out_ns + rule.cooldown_ns)


def fired(state: RuleState, now_ns: int, band: BandState) -> RuleState:
    """A held rule fired now."""
    return replace(state, fired_ns=now_ns, stay=band.stay)


def entered(state: RuleState, band: BandState, now_ns: int) -> RuleState:
    """A segment the rule counts in began: what was held before it does not count."""
    return replace(state, stay=band.stay, skip_ns=held_ns(band, now_ns), fired_ns=None, held_ns=0, mark_ns=None, count_here=0)


def held(state: RuleState, now_ns: int, *, holds: bool | None) -> RuleState:
    """A condition of the rule's own was looked at: True, False, or None while it cannot be judged."""
    if holds is None:
        if state.asleep_ns is not None:
            return state
        so_far_ns = state.held_ns + (now_ns - state.mark_ns if state.mark_ns is not None else 0)
        return replace(state, held_ns=so_far_ns, mark_ns=None, asleep_ns=now_ns)
    if state.asleep_ns is not None:
        if now_ns - state.asleep_ns >= BEGIN_ANEW_NS:
            state = replace(state, held_ns=0, fired_ns=None)
        state = replace(state, asleep_ns=None)
    if not holds:
        return replace(state, held_ns=0, mark_ns=None, fired_ns=None)
    return state if state.mark_ns is not None else replace(state, mark_ns=now_ns)
