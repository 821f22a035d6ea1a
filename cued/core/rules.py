"""What makes a pack speak: triggers, actions, and the rules that join them. Built by the loader in `cued.packs`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from cued.core.words import Choose, Effort, Interval, Metric, Metronome, Priority, SensorWord, Side


@dataclass(frozen=True, slots=True)
class RunStart:
    pass


@dataclass(frozen=True, slots=True)
class RunEnd:
    pass


@dataclass(frozen=True, slots=True)
class SegmentStart:
    pass


@dataclass(frozen=True, slots=True)
class SegmentEnd:
    pass


@dataclass(frozen=True, slots=True)
class BeforeEnd:
    """So long before the segment's end."""

    before: Interval


@dataclass(frozen=True, slots=True)
class At:
    point: Interval


@dataclass(frozen=True, slots=True)
class Every:
    interval: Interval
    jitter_ns: int = 0


@dataclass(frozen=True, slots=True)
class RandomWithin:
    low_ns: int
    high_ns: int


@dataclass(frozen=True, slots=True)
class OffBand:
    side: Side
    for_ns: int = 0


@dataclass(frozen=True, slots=True)
class InBand:
    for_ns: int


@dataclass(frozen=True, slots=True)
class BackInBand:
    for_ns: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Cadence under this run's own reference, adjusted for speed."""

    below: float
    for_ns: int


@dataclass(frozen=True, slots=True)
class Rise:
    metric: Metric
    by: float
    for_ns: int


@dataclass(frozen=True, slots=True)
class PaceDrop:
    by: float
    for_ns: int


@dataclass(frozen=True, slots=True)
class HeartRateAbove:
    share: float
    """Fraction of the runner's maximum."""
    for_ns: int


@dataclass(frozen=True, slots=True)
class SurfaceChange:
    pass


@dataclass(frozen=True, slots=True)
class EffortSaid:
    """The runner says that it is so hard."""

    effort: Effort


@dataclass(frozen=True, slots=True)
class SensorIs:
    word: SensorWord


@dataclass(frozen=True, slots=True)
class Asked:
    """The runner asked for a cue."""


@dataclass(frozen=True, slots=True)
class ReintroductionDue:
    pass


Trigger: TypeAlias = (
    RunStart
    | RunEnd
    | SegmentStart
    | SegmentEnd
    | BeforeEnd
    | At
    | Every
    | RandomWithin
    | OffBand
    | InBand
    | BackInBand
    | Drift
    | Rise
    | PaceDrop
    | HeartRateAbove
    | SurfaceChange
    | EffortSaid
    | SensorIs
    | Asked
    | ReintroductionDue
)


@dataclass(frozen=True, slots=True)
class SayCue:
    cue: str


@dataclass(frozen=True, slots=True)
class SayTheme:
    theme: str
    choose: Choose = Choose.ROTATE


@dataclass(frozen=True, slots=True)
class PlaySound:
    sound: str


@dataclass(frozen=True, slots=True)
class SetMetronome:
    metronome: Metronome
    """Whole: the loader has laid the rule's words over the pack's default."""


@dataclass(frozen=True, slots=True)
class EndCues:
    pass


@dataclass(frozen=True, slots=True)
class NextSegment:
    pass


Action: TypeAlias = SayCue | SayTheme | PlaySound | SetMetronome | EndCues | NextSegment


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    """How journals name it: `rules[1]`, or `session[1].say.end` for a segment's own words."""
    when: Trigger
    then: tuple[Action, ...]
    """In the order say/play, metronome, end_cues, next_segment; at least one."""
    only_in: tuple[str, ...] = ()
    """Segment names; empty: everywhere."""
    not_in: tuple[str, ...] = ()
    segment_index: int | None = None
    """Set for a segment's own `say`: the `Segment.index` it belongs to."""
    surface: str | None = None
    effort: Effort | None = None
    session_at_least: int | None = None
    bursts_at_least: int | None = None
    """Only after rules have brought in so many metronomes of their own in this run: helped enough, something else is due."""
    at_most: int | None = None
    at_most_each: int | None = None
    cooldown_ns: int = 0
    priority: Priority | None = None
