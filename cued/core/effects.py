"""Everything a session can ask of the world, and everything it wants remembered. `at_ns` is when it takes effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from cued.core.cues import Priority

# --- for the ears --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlayClick:
    """One sounded step of the beat, promised at least the lookahead before its onset."""

    at_ns: int
    """The onset."""
    beat: int
    """Number of the step on its grid, from 0."""
    mspm: int
    """Tempo of the grid there."""
    accent: bool
    sound: str
    volume: float
    """0 to 1, of the beat's own volume."""
    gain_db: float
    """0, or below while the session's first clicks rise."""
    hint: str = ""
    """`below`, `in`, `above`, or empty."""


@dataclass(frozen=True, slots=True)
class RecallClicks:
    """Promised clicks from `from_ns` on are taken back, unless already beyond recall."""

    at_ns: int
    from_ns: int


@dataclass(frozen=True, slots=True)
class Say:
    """A cue begins. `text_id` names its sound; its length has been told by SpeechReady."""

    at_ns: int
    text_id: str
    cue: str
    """Its id in the pack; `play:FILE` for a bare sound; `cued` for cued's own words; `drill:ID`."""
    text: str
    """What is heard, numbers in words; empty for a sound."""
    rule: str
    """`Rule.id`, or `cued`; `key` for an answer to a key."""
    priority: Priority
    dur_ns: int
    duck_db: float
    """How far clicks step back meanwhile."""
    fade_in_ns: int
    """0, or the rise of a session's first words."""


@dataclass(frozen=True, slots=True)
class CutSpeech:
    """The running cue ends here, over `fade_ns`: safety has the word, or the sound was muted."""

    at_ns: int
    text_id: str
    fade_ns: int


@dataclass(frozen=True, slots=True)
class Render:
    """This text is needed soon; answer with SpeechReady or SpeechFailed."""

    at_ns: int
    text_id: str
    text: str
    language: str


# --- for the memory ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Withheld:
    """Drawn to stay silent, so that its effect can be told from chance; counts as spoken."""

    at_ns: int
    cue: str
    text: str
    rule: str
    priority: Priority
    dur_ns: int


@dataclass(frozen=True, slots=True)
class Suppressed:
    at_ns: int
    cue: str
    text: str
    rule: str
    priority: Priority
    reason: str
    """The limit or rule that did it: `quiet_start`, `per_minute`, `at_most`, …"""


@dataclass(frozen=True, slots=True)
class Expired:
    at_ns: int
    cue: str
    text: str
    rule: str
    priority: Priority
    reason: str
    """What it waited for."""


@dataclass(frozen=True, slots=True)
class Failed:
    at_ns: int
    cue: str
    text: str
    rule: str
    priority: Priority
    reason: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """What was said reached nobody: it counts for nothing."""

    at_ns: int
    """When that was known."""
    said_ns: int
    """When it began."""
    cue: str
    text: str
    rule: str
    priority: Priority
    dur_ns: int


@dataclass(frozen=True, slots=True)
class SegmentBegan:
    at_ns: int
    segment: str
    """The bare name; empty after the last segment."""
    index: int
    """Its number in the unrolled session, from 0."""
    rep: int
    """Which round of its repeat, from 1; 1 of 1 outside."""
    reps: int
    """0: unknown (a fill without a known length)."""
    ends_ns: int | None
    """When it will end if nothing intervenes; None where that is not known."""
    low: float | None = None
    """How far its band reaches under the target, as a fraction; None in what an older cued wrote."""
    high: float | None = None
    """And over it."""
    sounds: bool = False
    """It has a coach who may speak, or a beat."""


@dataclass(frozen=True, slots=True)
class SegmentSkipped:
    at_ns: int
    segment: str
    reason: str


@dataclass(frozen=True, slots=True)
class WentBack:
    """To the start of a segment, which begins anew."""

    at_ns: int
    segment: str


@dataclass(frozen=True, slots=True)
class PackSwapped:
    """From here on the run goes by another pack. Where that makes another segment of the present one, it begins next."""

    at_ns: int
    name: str
    version: str
    title: str
    session_number: int


@dataclass(frozen=True, slots=True)
class TempoChanged:
    """From `at_ns` on the beat runs at `mspm`; 0: it is silent."""

    at_ns: int
    mspm: int
    mode: str
    reason: str


@dataclass(frozen=True, slots=True)
class CadenceSeen:
    """One a sample: what came in, what cued makes of it."""

    at_ns: int
    spm: float | None
    """As it came in."""
    smooth_spm: float | None
    """The median of the band's window; None while unknown."""
    target_spm: float | None
    band: str
    """`low`, `in`, `high`, `asleep` or `unknown`."""
    state: str
    """`running`, `walking`, `standing`, `unknown`, `lost`."""
    artefact: str = ""
    """`spike`, `dropout`, `doubled` or `halved` where the sample was not believed."""
    speed_mps: float | None = None
    distance_m: float | None = None
    estimated: bool = False
    """The distance is reckoned, not measured."""
    raw: int | None = None
    """The sensor's own number, which cadence was made of or could not be."""


@dataclass(frozen=True, slots=True)
class SensorWas:
    at_ns: int
    state: str
    """`found`, `lost`, `back` or `battery_low`."""


@dataclass(frozen=True, slots=True)
class BandWas:
    """The band's state changed."""

    at_ns: int
    state: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of this run: a provisional baseline, a reference."""

    at_ns: int
    what: str
    value: float
    """Steps per minute, unless `what` says another unit."""
    speed_mps: float | None


@dataclass(frozen=True, slots=True)
class Paused:
    at_ns: int
    paused: bool
    since_ns: int | None = None
    """From when on it is true of the runner, no earlier than the last such change; None: `at_ns`."""

    @property
    def from_ns(self) -> int:
        """From when on running time rests, or runs."""
        return self.at_ns if self.since_ns is None else self.since_ns


@dataclass(frozen=True, slots=True)
class Counted:
    """Something went late or wrong and was counted, never hidden: `late_event`, `late_click`, `missed_click`, `stuck`."""

    at_ns: int
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class CuesEnded:
    at_ns: int
    reason: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    at_ns: int
    reason: str


Effect: TypeAlias = (
    PlayClick
    | RecallClicks
    | Say
    | CutSpeech
    | Render
    | Withheld
    | Suppressed
    | Expired
    | Failed
    | Unheard
    | SegmentBegan
    | SegmentSkipped
    | WentBack
    | PackSwapped
    | TempoChanged
    | CadenceSeen
    | SensorWas
    | BandWas
    | Measured
    | Paused
    | Counted
    | CuesEnded
    | RunEnded
)
