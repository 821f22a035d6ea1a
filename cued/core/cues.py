"""What a coach wrote: a cue pack as values. Everything here is valid by construction; the loader in `cued.packs` builds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from cued.core.rules import (
    Action,
    Asked,
    At,
    BackInBand,
    BeforeEnd,
    Drift,
    EffortSaid,
    EndCues,
    Every,
    HeartRateAbove,
    InBand,
    NextSegment,
    OffBand,
    PaceDrop,
    PlaySound,
    RandomWithin,
    ReintroductionDue,
    Rise,
    Rule,
    RunEnd,
    RunStart,
    SayCue,
    SayTheme,
    SegmentEnd,
    SegmentStart,
    SensorIs,
    SetMetronome,
    SurfaceChange,
    Trigger,
)
from cued.core.words import (
    BURST_NS,
    SOUNDS,
    Band,
    Basis,
    Choose,
    Coach,
    CueKind,
    Effort,
    Expect,
    Fade,
    Focus,
    ForDistance,
    ForTime,
    Interval,
    Length,
    Limits,
    Metric,
    Metronome,
    Mode,
    Open,
    Priority,
    Record,
    Remainder,
    SensorWord,
    Side,
    Target,
    Tissue,
)

__all__ = [
    "BURST_NS",
    "SOUNDS",
    "Action",
    "Advance",
    "Asked",
    "At",
    "BackInBand",
    "Band",
    "Basis",
    "BeforeEnd",
    "Choose",
    "Coach",
    "Cue",
    "CueKind",
    "CuePack",
    "Drift",
    "Drill",
    "Effort",
    "EffortSaid",
    "EndCues",
    "Every",
    "Expect",
    "Fade",
    "Focus",
    "ForDistance",
    "ForTime",
    "HeartRateAbove",
    "InBand",
    "Interval",
    "Length",
    "Limits",
    "Metric",
    "Metronome",
    "Mode",
    "NextSegment",
    "OffBand",
    "Open",
    "PaceDrop",
    "PlaySound",
    "Priority",
    "RandomWithin",
    "Record",
    "ReintroductionDue",
    "Remainder",
    "Repeat",
    "Rise",
    "Rule",
    "RunEnd",
    "RunStart",
    "SayCue",
    "SayTheme",
    "Segment",
    "SegmentEnd",
    "SegmentStart",
    "SensorIs",
    "SensorWord",
    "SessionPart",
    "SetMetronome",
    "Side",
    "Source",
    "SurfaceChange",
    "Target",
    "Tissue",
    "Trigger",
    "said_in",
]


def said_in(language: str, own: str | None, own_language: str, others: tuple[tuple[str, str], ...]) -> str | None:
    """The text in `language` where `others` has one, else the pack's own."""
    if language != own_language:
        for code, text in others:
            if code == language:
                return text
    return own


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
        return said_in(language, self.say, pack_language, self.say_in)


@dataclass(frozen=True, slots=True)
class Drill:
    id: str
    say: str
    for_ns: int | None = None
    """Length of one repetition (or hold)."""
    reps: int = 1
    rest_ns: int = 0
    """Between two repetitions."""
    both_sides: bool = False
    beat_mspm: int | None = None
    needs: str | None = None
    loads: Tissue | None = None
    say_in: tuple[tuple[str, str], ...] = ()


# --- session ---


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

    @property
    def sounds(self) -> bool:
        """Is anything to be expected of it: a beat, or a coach who may speak?"""
        return self.coach is not Coach.SILENT or self.metronome.mode is not Mode.NONE


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
    title_in: tuple[tuple[str, str], ...] = ()
    """(language, title), in file order."""
    summary_in: tuple[tuple[str, str], ...] = ()
    """(language, summary), in file order."""

    def title_for(self, language: str) -> str:
        """The title in `language` where the pack has one, else in the pack's own; likewise for no language."""
        return said_in(language, self.title, self.language, self.title_in) or self.title

    def summary_for(self, language: str) -> str:
        """As `title_for`; empty where there is none."""
        return said_in(language, self.summary, self.language, self.summary_in) or self.summary

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
