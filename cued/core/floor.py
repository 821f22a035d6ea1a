"""What the arbiter knows: a wish to speak, the one voice and its memory, and the rules of the house at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cued.core.cues import Limits, Priority


@dataclass(frozen=True, slots=True)
class Wish:
    """A cue that a rule (or cued itself) wants spoken."""

    cue: str
    text: str
    text_id: str
    rule: str
    rule_index: int | None
    """Position in the pack's rules; None for cued's own words."""
    priority: Priority
    theme: str | None
    expect: bool
    """The cue says how its effect may be judged, so it may be withheld."""
    fired_ns: int
    expires_ns: int
    number: int
    """Order of asking."""
    duck_db: float
    counts: bool
    """Its rule counts when it is spoken (not already when it fired)."""
    asked: bool = False
    """An answer to the runner's key."""


@dataclass(frozen=True, slots=True)
class Said:
    """A cue that began a short while ago."""

    wish: Wish
    onset_ns: int
    end_ns: int
    dur_ns: int


@dataclass(frozen=True, slots=True)
class Floor:
    """The one voice, and what it remembers."""

    busy_ns: int = 0
    """The floor is taken until then."""
    holder: Wish | None = None
    """Who has it (or had it last)."""
    heard: bool = False
    """False while a withheld cue occupies its length."""
    gap_ns: int | None = None
    """End of the last cue; None before the first."""
    onsets_ns: tuple[int, ...] = ()
    """Onsets of budgeted cues, the last 60 s."""
    budgeted: int = 0
    last_said: Mapping[str, int] = field(default_factory=dict)
    """Cue id → last onset."""
    rotation: Mapping[str, str] = field(default_factory=dict)
    """Theme → the cue of it that was last spoken."""
    themes_here: tuple[str, ...] = ()
    lately: tuple[Said, ...] = ()
    """What was heard in the last minute, as far as is known."""
    waiting: tuple[Wish, ...] = ()
    asked: int = 0
    """How many wishes there were."""
    spoken: int = 0
    drilled: int = 0
    """How many of the spoken were a drill's."""
    answers: int = 0
    """How many of the spoken were answers to keys."""
    withheld: int = 0
    suppressed: int = 0
    last_text: str = ""
    last_ns: int | None = None


@dataclass(frozen=True, slots=True)
class House:
    """The rules of the house at one moment."""

    now_ns: int
    run_ns: int
    length_ns: int | None
    limits: Limits
    quiet_start_ns: int
    muted: bool
    paused: bool
    ready: Mapping[str, int]
    """Text id → length in ns."""
    unheard: bool = False
    """What is said now reaches nobody."""
