"""The six phases as the plan knows them, and what may change in a week. Every number says where it comes from.

(design): a choice made for cued. (prior): general knowledge, no source read. Otherwise the source is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from cued.core.cues import Advance, CuePack, Mode, SegmentEnd, SegmentStart, SetMetronome

PLAIN: Final = "plain"
"""The pack of a plain run: recorded, silent after its opening sentence."""
BLOCK_TEST: Final = "block-test"
BOOSTER: Final = "integration"
"""What a drift in phase 6 is met with: two sessions of phase 5 (design)."""
LAST: Final = 6
WEEK_DAYS: Final = 7
DELOAD_EVERY: Final = 4
"""Every fourth week is a lighter one (design)."""
WEEKLY_STEP: Final = 0.02
"""The target rises by so much of baseline a week at most (design); the core holds every pack to the same."""
GROWTH: Final = 0.10
"""A week's minutes, and the length of a run, grow by so much at most (prior: the runner's ten-per-cent rule)."""
LEAST_WEEK_MIN: Final = 140.0
"""So much a week is never counted as growth: four runs of phase 1 (design)."""
SHORTEST_RUN_MIN: Final = 20.0
"""A shorter run has no room for a warm-up of ten minutes and something after it (design)."""
HOPS_FIRST, HOPS_STEP = 60, 20
"""Ground contacts of hopping drills in the first week, and more a week (design)."""
HOPS_MOST: Final = 200
"""About what five minutes a day of ten-second bouts come to (Engeroff et al. 2023)."""
DRILL_STEPS: Final = 7
"""After so many steps both doses are where they stop."""
BAREFOOT_FIRST_S, BAREFOOT_STEP_S, BAREFOOT_MOST_S = 120, 60, 480
"""Barefoot on grass: 2 × 60 s at first, 60 s more a week, eight minutes at most (design)."""


class Dial(Enum):
    """What may progress; one of them a week (design)."""

    NONE = "nothing"
    PACK = "phase"
    TARGET = "target"
    MINUTES = "minutes"
    DRILL = "drills"
    SURFACE = "surface"
    PACE = "pace"
    SHOES = "shoes"


@dataclass(frozen=True, slots=True)
class PhaseRules:
    """One phase; shares are fractions. The numbers of `PHASES` are (design) unless a line beside them says otherwise."""

    phase: int
    pack: str
    title: str
    weeks_min: int
    weeks_usual: int
    weeks_max: int | None
    """None: open."""
    change: float
    """The target over the runner's own that the phase leads to."""
    minutes: float
    """How long its run wants to be."""
    dials: tuple[Dial, ...]
    """What progresses, week by week, lighter weeks left out; then again from the first."""
    cue: int = 2
    """Cue days a week."""
    plain: int = 2
    cue_sessions: int = 5
    in_band: float = 0.70
    retention: float = 0.60
    pain_at_most: float = 2.0
    """Of 10; at 3 or less tendons may be loaded, and the next day tells (Silbernagel, by way of bim.physio)."""


PHASES: Final = (
    PhaseRules(1, "awareness", "awareness", 2, 2, 4, 0.0, 45.0, (Dial.NONE, Dial.MINUTES)),
    PhaseRules(2, "drills", "low-load drills", 3, 3, 5, 0.03, 50.0, (Dial.TARGET, Dial.MINUTES, Dial.TARGET, Dial.DRILL)),
    PhaseRules(3, "variability", "variability", 3, 3, 5, 0.04, 55.0, (Dial.SURFACE, Dial.MINUTES, Dial.TARGET)),
    PhaseRules(4, "fatigue", "fatigue", 3, 4, 6, 0.05, 65.0, (Dial.MINUTES, Dial.TARGET, Dial.MINUTES)),
    PhaseRules(5, "integration", "integration", 4, 4, 8, 0.05, 60.0, (Dial.PACE, Dial.TARGET, Dial.MINUTES)),
    PhaseRules(6, "maintenance", "maintenance", 4, 4, None, 0.05, 60.0, (Dial.NONE, Dial.MINUTES), cue=1, plain=3),
)


def tightened(rules: PhaseRules, pack: CuePack) -> PhaseRules:
    """The phase's rules with what its pack says, wherever that is stricter: a pack may tighten and never loosen."""
    said: Advance = pack.advance
    change = max((segment.target.change for segment in pack.segments()), default=pack.target.change)
    weeks_min = max(rules.weeks_min, said.weeks_min or 0)
    return replace(
        rules,
        weeks_min=weeks_min,
        weeks_usual=max(weeks_min, said.weeks_usual or rules.weeks_usual),
        weeks_max=rules.weeks_max if rules.weeks_max is None else max(weeks_min, said.weeks_max or rules.weeks_max),
        change=max(0.0, min(rules.change, change)),
        cue=min(rules.cue, rules.cue if said.per_week_cue is None else said.per_week_cue),
        plain=max(rules.plain, said.per_week_plain or 0),
        cue_sessions=max(rules.cue_sessions, said.cue_sessions or 0),
        in_band=max(rules.in_band, said.in_band or 0.0),
        retention=max(rules.retention, said.retention or 0.0),
        pain_at_most=min(rules.pain_at_most, rules.pain_at_most if said.pain_at_most is None else said.pain_at_most),
    )


def teaches(pack: CuePack) -> bool:
    """Is a run with it a cue session? It is unless the pack only measures, as plain runs and tests do, whatever it is called.

    To measure is to have no phase, no beat, and no cue but those that say at a segment's start or end what comes; and of such
    packs only cued's own say no more than that.
    """
    beats = [segment.metronome for segment in pack.segments()]
    beats += [action.metronome for rule in pack.rules for action in rule.then if isinstance(action, SetMetronome)]
    if pack.phase is not None or any(beat.mode is not Mode.NONE for beat in beats):
        return True
    if pack.name in {PLAIN, BLOCK_TEST}:
        return any(not isinstance(rule.when, SegmentStart | SegmentEnd) for rule in pack.rules)
    return bool(pack.rules)
