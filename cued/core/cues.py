"""What a coach wrote: a cue pack as values. Everything here is valid by construction; the loader in `cued.packs` builds it.

Shares are fractions (0.05 is 5 %), times nanoseconds, distances metres, tempi thousandths of steps per minute.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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


BURST_NS: Final = 60 * NS_PER_S
"""A burst without `for`: the one minute of the format's own example."""


# --- cues and drills -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to say, or one sound to play."""

    id: str
    say: str | None = None
    """The text in the pack's language; None for a sound."""
    sound: str | None = None
    """A file of the pack's folder; exactly one of `say` and `sound`."""
    kind: CueKind = CueKind.VERBAL
    focus: Focus = Focus.EXTERNAL
    theme: str | None = None
    priority: Priority | None = None
    praise: bool = False
    expect: Expect | None = None
    loads: Tissue | None = None
    say_in: tuple[tuple[str, str], ...] = ()
    """(language, text), in file order."""
    voice_file: str | None = None
    """A sound of the pack's folder that is this cue in the coach's own voice (pack's language only)."""

    def text(self, language: str, pack_language: str) -> str | None:
        """The text in `language` where the pack has one, else in the pack's own; None for a sound."""
        if language != pack_language:
            for code, text in self.say_in:
                if code == language:
                    return text
        return self.say


@dataclass(frozen=True, slots=True)
class Drill:
    id: str
    say: str
    for_ns: int | None = None
    """Length of one repetition (or hold)."""
    reps: int = 1
    both_sides: bool = False
    beat_mspm: int | None = None
    needs: str | None = None
    loads: Tissue | None = None
    say_in: tuple[tuple[str, str], ...] = ()


# --- rules ---------------------------------------------------------------------------------------------------------


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
    at_most: int | None = None
    at_most_each: int | None = None
    cooldown_ns: int = 0
    priority: Priority | None = None


# --- session -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    index: int
    """Its number in the file, from 0, across repeats; rules of its own point at it."""
    name: str
    length: Length
    theme: str | None = None
    coach: Coach = Coach.NORMAL
    metronome: Metronome = field(default_factory=Metronome)
    """Whole: the loader has laid the segment's words over the pack's default. Likewise target and band."""
    target: Target = field(default_factory=Target)
    band: Band = field(default_factory=Band)
    surface: str | None = None
    effort: Effort | None = None
    record: Record | None = None
    optional: bool = False
    starts_on_press: bool = False
    drills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    times: int | None
    """None: `fill`."""
    segments: tuple[Segment, ...]


SessionPart: TypeAlias = Segment | Repeat


@dataclass(frozen=True, slots=True)
class Source:
    cite: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """What the plan reads; the engine does not."""

    weeks_min: int | None = None
    weeks_usual: int | None = None
    weeks_max: int | None = None
    per_week_cue: int | None = None
    per_week_plain: int | None = None
    cue_sessions: int | None = None
    in_band: float | None = None
    retention: float | None = None
    pain_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class CuePack:
    name: str
    version: str
    title: str
    language: str
    license: str
    session: tuple[SessionPart, ...]
    phase: int | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""
    sources: tuple[Source, ...] = ()
    target: Target = field(default_factory=Target)
    band: Band = field(default_factory=Band)
    fade: Fade = field(default_factory=Fade)
    limits: Limits = field(default_factory=Limits)
    metronome: Metronome = field(default_factory=Metronome)
    cues: tuple[Cue, ...] = ()
    """In file order."""
    rules: tuple[Rule, ...] = ()
    """Segments' own `say` rules first, in session order, then `rules` in file order."""
    drills: tuple[Drill, ...] = ()
    advance: Advance = field(default_factory=Advance)
    sounds: tuple[str, ...] = ()
    """Every file of the pack's folder that a cue or a `play` uses; the shell reports their lengths by SpeechReady."""

    def cue(self, cue_id: str) -> Cue:
        """The cue of that id. Raises KeyError: the loader has checked every id that a rule names."""
        for cue in self.cues:
            if cue.id == cue_id:
                return cue
        raise KeyError(cue_id)

    def segments(self) -> tuple[Segment, ...]:
        """Every segment once, in file order, repeats not unrolled."""
        flat: list[Segment] = []
        for part in self.session:
            flat.extend(part.segments if isinstance(part, Repeat) else (part,))
        return tuple(flat)
