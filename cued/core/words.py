"""The closed words and plain quantities of a cue pack: kinds, modes, lengths, target, band, limits, fade, metronome.

Shares are fractions (0.05 is 5 %), times nanoseconds, distances metres, tempi thousandths of steps per minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, TypeAlias

from cued.units import NS_PER_MIN, NS_PER_S


class CueKind(Enum):
    """The sense a cue speaks to."""

    VERBAL = "verbal"
    KINESTHETIC = "kinesthetic"
    VISUAL = "visual"


class Focus(Enum):
    """Where a cue sends the runner's attention (Wulf 2013)."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    FEEL = "feel"


class Priority(IntEnum):
    """Who speaks first; a higher value wins."""

    PRAISE = 0
    PERIODIC = 1
    BAND = 2
    DRIFT = 3
    SEGMENT = 4
    SAFETY = 5


class Expect(Enum):
    """How a cue's effect on cadence may be judged."""

    UP = "up"
    DOWN = "down"


class Tissue(Enum):
    """What a cue or a drill loads more than plain running does."""

    CALF = "calf"
    ACHILLES = "achilles"
    SHIN = "shin"
    FOOT = "foot"
    KNEE = "knee"
    HIP = "hip"


class Basis(Enum):
    """What a target is reckoned from."""

    SPEED_MODEL = "speed_model"
    BASELINE = "baseline"
    FIXED = "fixed"


class Mode(Enum):
    """How the metronome finds its tempo."""

    NONE = "none"
    FOLLOW = "follow"
    NUDGE = "nudge"
    LEAD = "lead"
    FIXED = "fixed"
    BURST = "burst"


class Coach(Enum):
    """How much of the pack's coaching a segment lets through."""

    NORMAL = "normal"
    CORRECTIONS = "corrections"
    START_ONLY = "start_only"
    SILENT = "silent"


class Effort(Enum):
    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"


class Record(Enum):
    """What a segment is measured for."""

    BASELINE = "baseline"
    REFERENCE = "reference"


class Choose(Enum):
    """How one cue of a theme is picked."""

    ROTATE = "rotate"
    RANDOM = "random"
    LEAST_RECENT = "least_recent"
    BEST = "best"


class Side(Enum):
    """The side of the band."""

    LOW = "low"
    HIGH = "high"
    EITHER = "either"


class Metric(Enum):
    """What a sensor beyond cadence may give."""

    GROUND_CONTACT_TIME = "ground_contact_time"
    VERTICAL_OSCILLATION = "vertical_oscillation"


class SensorWord(Enum):
    LOST = "lost"
    BACK = "back"
    BATTERY_LOW = "battery_low"


class Silence(Enum):
    """Why nothing is heard in a run, its being muted apart."""

    NONE = ""
    """Something is heard, or may be at any moment."""
    PAUSED = "paused"
    OVER = "the session's segments are over"
    WAITING = "waiting for your press"
    RESTING = "resting until you run"
    CUES_OVER = "cues are over for this run"
    HURTS = "it hurt, beat and cues are over"
    QUIET = "quiet"
    """The segment is silent by its pack."""
    NO_CADENCE = "no cadence yet"


# --- lengths -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ForTime:
    ns: int


@dataclass(frozen=True, slots=True)
class ForDistance:
    m: float


@dataclass(frozen=True, slots=True)
class Remainder:
    """Whatever is left of the run before the segments that follow."""


@dataclass(frozen=True, slots=True)
class Open:
    """Until the runner says next."""


Length: TypeAlias = ForTime | ForDistance | Remainder | Open
Interval: TypeAlias = ForTime | ForDistance


# --- target, band, limits, fade, metronome -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    basis: Basis = Basis.BASELINE
    change: float = 0.0
    """Fraction over (or under) the basis."""
    spm: float | None = None
    """Steps per minute; given if and only if the basis is `fixed`."""


@dataclass(frozen=True, slots=True)
class Band:
    low: float = 0.03
    """Fraction under the target where `low` begins. SHU poster: runners stray 1.8–2.9 % from a beat, so 3 % or more."""
    high: float = 0.04
    hysteresis: float = 0.01
    window_ns: int = 5 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Fade:
    """By the number of cue sessions already run with the pack; the last value holds; empty means no fade."""

    metronome: tuple[float, ...] = ()
    every: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    quiet_start_ns: int = 0
    quiet_end_ns: int = 0
    min_gap_ns: int = 30 * NS_PER_S
    same_cue_gap_ns: int = 2 * NS_PER_MIN
    per_minute: int = 1
    per_run: int = 24
    themes_per_segment: int | None = None
    """None: unlimited."""
    expire_ns: int = 5 * NS_PER_S
    withhold: float = 0.0


@dataclass(frozen=True, slots=True)
class Metronome:
    mode: Mode = Mode.NONE
    tick: int = 1
    """Sounds every n-th step; the beat stays steps per minute."""
    sound: str = "wood"
    volume: float = 0.8
    duck_db: float = 8.0
    accent: int | None = None
    """Every n-th sounded click is accented."""
    only_off_band: bool = False
    play_ns: int | None = None
    """With `pause_ns`: sounds and rests by turns."""
    pause_ns: int | None = None
    hint: bool = False
    beat_mspm: int | None = None
    """Tempo of `fixed`; None: the target."""
    for_ns: int | None = None
    """Length of a burst (60 s where none is given, see BURST_NS)."""
    again_ns: int | None = None
    """From one burst's start to the next; None: one burst."""


SOUNDS: Final = ("wood", "tick", "clave", "beep", "soft", "drum")
"""Every click a pack may name; `cued.audio` has a timbre for each."""

BURST_NS: Final = 60 * NS_PER_S
"""A burst without `for`: the one minute of the format's own example."""
