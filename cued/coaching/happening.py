"""What the plan is told, and what it decides. Days are counted from 1970-01-01 on; None: the date is not known.

What a session's recording tells is worked out once, at its end or from the journal; what the runner says of it may come later.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from cued.core.cues import Tissue
from cued.core.target import Figure

# --- what happens --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vital:
    """A minute of easy running after the tenth, as far as anybody measured more than steps."""

    speed_mps: float
    bpm: float | None = None
    contact_ms: float | None = None
    """Ground contact time, of a watch or a pod that knows it."""
    oscillation_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the recording of a run tells; None: it does not."""

    pack: str
    cued: bool
    """With a beat or cues (`phases.teaches`)."""
    minutes: float
    """Of running time."""
    change: float = 0.0
    """The target over baseline that was asked for, as a fraction."""
    in_band: float | None = None
    """Share of the judged time."""
    probe: Figure | None = None
    """Cadence and speed of the windows without any help: medians."""
    probe_in_band: float | None = None
    feeder: Figure | None = None
    steady: Figure | None = None
    """Of the running after the feeders."""
    steady_in_band: float | None = None
    drift: float | None = None
    """Cadence lost late in a long run against its own minutes 12 to 32, at the same speed: 0.03 is 3 % less."""
    surfaces: tuple[tuple[str, float], ...] = ()
    """(surface, share in the band), for surfaces that were named."""
    easy: tuple[Figure, ...] = ()
    """Minutes of easy running without any help, after the tenth: what the runner's own model is made of."""
    pain: bool = False
    """The runner said during the run that it hurts: beat and cues ended."""
    vitals: tuple[Vital, ...] = ()
    """Minutes with a heart rate, a contact time or an oscillation."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A run is over, long enough to count."""

    day: int | None
    number: int
    """Of the session, as the journal counts."""
    outcome: Outcome


class PainKind(Enum):
    DULL = "dull"
    SHARP = "sharp"
    LIMP = "limp"
    """It changes how the runner moves."""


@dataclass(frozen=True, slots=True)
class Felt:
    """What the runner says of a run; None: not said."""

    day: int | None
    """When it was said."""
    number: int
    pain: float | None = None
    """0 none to 10 the worst there is."""
    place: Tissue | None = None
    kind: PainKind | None = None
    morning: float | None = None
    """Soreness or stiffness the morning after, on the same scale."""
    effort: float | None = None
    """0 rest to 10 maximal (Borg CR10)."""
    readiness: float | None = None
    """1 not at all to 5 very."""


class Say(Enum):
    """The runner's words about the plan."""

    ADVANCE = "advance"
    """On to the next phase, gates or not."""
    HOLD = "hold"
    GO = "go"
    """No longer hold."""
    BACK = "back"
    INJURED = "injured"
    ILL = "ill"
    AWAY = "away"
    WELL = "well"
    RACE = "race"
    NO_RACE = "no race"
    PLAIN = "plain"
    """Plain today, whatever the plan had."""
    SHOES = "shoes"
    """New ones, from today."""
    SEASON = "season"
    """A new one begins."""
    KEEP = "keep"
    """Own cadence stays: the target is held at 0 % in every phase."""
    RAISE = "raise"
    """The target may rise again."""
    FORM_OK = "form ok"
    """A look at a video: as it should be."""
    FORM_SLIPPED = "form slipped"
    """A look at a video: heel strike, drift or overpronation is back."""
    DAYS = "days"
    """The weekdays on which the runner runs."""


@dataclass(frozen=True, slots=True)
class Word:
    """Something the runner says about the plan."""

    day: int | None
    say: Say
    place: Tissue | None = None
    """Of an injury; None: somewhere else."""
    on: int | None = None
    """Day of a race."""
    weekdays: tuple[int, ...] = ()
    """0 is Monday."""


@dataclass(frozen=True, slots=True)
class Dawn:
    """It has become that day; nothing else."""

    day: int | None


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the statistics of the last runs say (review.trends), told after a run whenever it has changed."""

    day: int | None
    decline: str = ""
    """What has fallen for good, with its numbers; empty: nothing has."""
    flat: str = ""
    """That nothing grows, with its numbers; empty: it does, or that is not clear."""


Happening: TypeAlias = Ran | Felt | Word | Dawn | Noticed


# --- what is decided -----------------------------------------------------------------------------------------------


class Kind(Enum):
    BEGIN = "begin"
    ADVANCE = "advance"
    HOLD = "hold"
    READY = "ready"
    """All that is asked for is there; the next phase begins with the next full week."""
    BACK = "back"
    STOP = "stop"
    """Cueing is over for today."""
    SORE = "sore"
    NORMAL = "normal"
    """No longer sore."""
    OFF = "off"
    """Injured, ill or away."""
    RETURN = "return"
    WEEK = "week"
    """A new week, and what may progress in it."""
    ALARM = "alarm"
    """Something has fallen for good, or no longer."""
    PROPOSE = "propose"
    """One change, where nothing grows."""
    DUE = "due"
    """The old cues are due again."""
    DATE = "date"
    """The date is not known: sessions count, days do not."""
    DONE = "done"
    """A word was taken in."""
    REFUSED = "refused"
    """A word was not: the reason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was looked at."""

    what: str
    met: bool | None
    """None: unknown."""
    text: str
    """With its numbers: `retention 52 % of 60 % asked, 3 sessions`."""
    needed: bool = True
    """False: asked for and told, and never waited for."""


@dataclass(frozen=True, slots=True)
class Decision:
    day: int | None
    kind: Kind
    phase: int
    """After the decision."""
    text: str
    """A sentence that a coach reads, numbers in it."""
    reasons: tuple[Reason, ...] = ()
    override: bool = False
    """The runner's word, against what the plan would have done or ahead of it."""
