"""Today's pack made to fit the runner: no more asked than the plan allows, nothing that loads what is sore, half the cues.

The session is given the fitted pack, so that the journal holds what was really asked.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from cued.coaching.dosing import dosed
from cued.coaching.state import BELOW_KNEE
from cued.coaching.today import Dose, Ease, Today
from cued.core.cues import (
    Action,
    Basis,
    Cue,
    CuePack,
    Metronome,
    Mode,
    Repeat,
    Rule,
    SayCue,
    SayTheme,
    Segment,
    SegmentEnd,
    SegmentStart,
    SessionPart,
    SetMetronome,
    Target,
    Tissue,
)

FAST: Final = frozenset({"strides", "drills"})
"""Segments that load what is below the knee most: left out while something there is sore."""
NO_DOSE: Final = Dose(0, 0)
PUSH_OFF: Final = frozenset({Tissue.CALF, Tissue.ACHILLES})
"""What loads these loads shin and foot as well (prior)."""
_BEAT: Final = re.compile(r"\b(?:beat|click|metronome|takt|metronom)\b", re.IGNORECASE)
"""In the languages that cued speaks."""


def fitted(pack: CuePack, answer: Today) -> CuePack:
    """The pack as it is run today; it keeps its name, version and everything that `answer` does not touch."""
    ease = answer.ease
    pack = dosed(pack, answer.dose)
    session = tuple(part for one in pack.session if (part := _part(one, pack, answer)) is not None)
    if not session:  # nothing but drills: a silent run is left of it
        session = tuple(_plain(segment) for segment in pack.segments()[:1])
    cues = tuple(cue for cue in pack.cues if not _bars(ease, cue.loads) and (ease.beat or not _tells_of_beat(cue)))
    limits = replace(pack.limits, per_run=max(1, pack.limits.per_run // 2)) if ease.half else pack.limits
    pack = replace(
        pack,
        phase=_phase(pack, answer),
        session=session,
        cues=cues,
        limits=limits,
        target=_target(pack.target, answer),
        metronome=_metronome(pack.metronome, ease),
    )
    return replace(pack, rules=tuple(rule for one in pack.rules if (rule := _rule(one, pack, ease)) is not None))


def exercised(pack: CuePack, answer: Today) -> CuePack:
    """A set of drills, done by itself: what loads nothing sore is done on a sore day, too."""
    return fitted(pack, replace(answer, ease=replace(answer.ease, drills=True)))


def left_out(pack: CuePack, answer: Today) -> tuple[str, ...]:
    """Ids of the drills that are in none of the segments for the sake of what is sore or injured."""
    ease = answer.ease
    spares = answer.dose == NO_DOSE or ease.barred
    fit = {name for segment in fitted(pack, answer).segments() for name in segment.drills}
    return tuple(drill.id for drill in pack.drills if spares and drill.id not in fit)


def _bars(ease: Ease, loads: Tissue | None) -> bool:
    """Does it load what is barred? Pushing off goes through all below the knee: with any of it sore it is spared, too."""
    return loads in ease.barred or (loads in PUSH_OFF and not BELOW_KNEE.isdisjoint(ease.barred))


def _spares(ease: Ease, loads: Tissue | None) -> bool:
    """Is a drill that loads this left out? Hops, skips and landings go through what pushes off: on a sore day there are none,
    wherever it hurts.
    """
    return _bars(ease, loads) or (not ease.beat and loads in PUSH_OFF)


def _tells_of_beat(cue: Cue) -> bool:
    """Where there is no beat, no words may speak of one."""
    return any(_BEAT.search(text) for text in (cue.say or "", *(text for _, text in cue.say_in)))


def _part(part: SessionPart, pack: CuePack, answer: Today) -> SessionPart | None:
    if isinstance(part, Segment):
        return _segment(part, pack, answer)
    segments = tuple(inner for one in part.segments if (inner := _segment(one, pack, answer)) is not None)
    return Repeat(part.times, segments) if segments else None


def _segment(segment: Segment, pack: CuePack, answer: Today) -> Segment | None:
    ease = answer.ease
    if not ease.drills and (segment.name in FAST or segment.drills):
        return None
    loads = {drill.id: drill.loads for drill in pack.drills}
    drills = tuple(name for name in segment.drills if name in loads and not _spares(ease, loads[name]))
    if segment.drills and not drills:
        return None
    return replace(
        segment,
        drills=drills,
        metronome=_metronome(segment.metronome, ease),
        target=_target(segment.target, answer),
    )


def _plain(segment: Segment) -> Segment:
    return replace(segment, drills=(), metronome=Metronome())


def _phase(pack: CuePack, answer: Today) -> int | None:
    """The plan's, where the pack names none or a later one: what is locked in a phase is locked whoever wrote its pack."""
    if not answer.cued:
        return pack.phase
    return answer.phase if pack.phase is None else min(pack.phase, answer.phase)


def _metronome(metronome: Metronome, ease: Ease) -> Metronome:
    """A beat of a given tempo asks without regard to the runner: the target takes its place."""
    return replace(metronome, mode=metronome.mode if ease.beat else Mode.NONE, beat_mspm=None)


def _target(target: Target, answer: Today) -> Target:
    """No more than the plan allows; of a fixed cadence, which asks without regard to the runner, just that."""
    if target.basis is Basis.FIXED:
        return Target(Basis.SPEED_MODEL, answer.change)
    return replace(target, change=min(target.change, answer.change))


def _rule(rule: Rule, pack: CuePack, ease: Ease) -> Rule | None:
    """The rule without what is barred; None where nothing is left of it."""
    actions = tuple(_gentle(action, ease) for action in rule.then if _stays(action, pack, ease))
    names = {segment.name for segment in pack.segments()}
    indices = {segment.index for segment in pack.segments()}
    if not actions or (rule.only_in and names.isdisjoint(rule.only_in)):
        return None
    if (
        rule.segment_index is not None
        and isinstance(rule.when, SegmentStart | SegmentEnd)
        and rule.segment_index not in indices
    ):
        return None
    return replace(rule, then=actions)


def _gentle(action: Action, ease: Ease) -> Action:
    return replace(action, metronome=_metronome(action.metronome, ease)) if isinstance(action, SetMetronome) else action


def _stays(action: Action, pack: CuePack, ease: Ease) -> bool:
    if isinstance(action, SayCue):
        return any(cue.id == action.cue for cue in pack.cues)
    if isinstance(action, SayTheme):
        return any(cue.theme == action.theme for cue in pack.cues)
    return ease.beat or not isinstance(action, SetMetronome)
