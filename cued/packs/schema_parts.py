"""The parts of a pack file that stand in several places or by themselves: target, beat, limits, cues, drills."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cued.core import cues
from cued.packs.words import (
    Change,
    CountOr0,
    Decibels,
    DrillTempo,
    Factor,
    Language,
    LongTime,
    Say,
    Share,
    Spm,
    Tempo,
    Text,
    Time,
    TimeOr0,
    Truth,
    Word,
)
from cued.yamlread.models import OneOf, Read, Strict, Whole

# --- target, band, limits, fade, metronome -------------------------------------------------------------------------


class Target(Strict):
    """What cadence is aimed at."""

    basis: Annotated[cues.Basis, OneOf(cues.Basis)] | None = None
    change: Change | None = None
    spm: Spm | None = None


class Band(Strict):
    """How far from the target still counts as on it."""

    low: Share | None = None
    high: Share | None = None
    hysteresis: Share | None = None
    window: Time | None = None


class Fade(Strict):
    """What becomes less from session to session."""

    metronome: Annotated[list[Share], Field(min_length=1)] | None = None
    every: Annotated[list[Factor], Field(min_length=1)] | None = None


def _themes(value: object) -> int | None:
    return None if value == "unlimited" else Whole(1, 100).check(value)


class Limits(Strict):
    """How much may be said."""

    quiet_start: TimeOr0 | None = None
    quiet_end: TimeOr0 | None = None
    min_gap: TimeOr0 | None = None
    same_cue_gap: TimeOr0 | None = None
    per_minute: CountOr0 | None = None
    per_run: CountOr0 | None = None
    themes_per_segment: (
        Annotated[
            int,
            Read(_themes, {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 100}, {"const": "unlimited"}]}),
        ]
        | None
    ) = None
    expire: TimeOr0 | None = None
    withhold: Share | None = None


class Metronome(Strict):
    """The beat."""

    mode: Annotated[cues.Mode, OneOf(cues.Mode)] | None = None
    tick: Annotated[int, Whole(1, 100)] | None = None
    sound: Annotated[str, OneOf(cues.SOUNDS)] | None = None
    volume: Share | None = None
    duck: Decibels | None = None
    accent: Annotated[int, Whole(1, 100)] | None = None
    only: Annotated[str, OneOf(("off_band",))] | None = None
    play: LongTime | None = None
    pause: LongTime | None = None
    hint: Truth | None = None
    beat: Tempo | None = None
    for_: Annotated[LongTime | None, Field(alias="for")] = None
    again: LongTime | None = None


# --- cues and drills -----------------------------------------------------------------------------------------------


class Expect(Strict):
    """How a cue's effect may be judged."""

    cadence: Annotated[cues.Expect, OneOf(cues.Expect)]


class Cue(Strict):
    """One thing to say, or one sound."""

    say: Say | None = None
    sound: Text | None = None
    kind: Annotated[cues.CueKind, OneOf(cues.CueKind)] | None = None
    focus: Annotated[cues.Focus, OneOf(cues.Focus)] | None = None
    theme: Word | None = None
    priority: Annotated[cues.Priority, OneOf(cues.Priority)] | None = None
    praise: Truth | None = None
    expect: Expect | None = None
    loads: Annotated[cues.Tissue, OneOf(cues.Tissue)] | None = None
    say_in: dict[Language, Say] | None = None


class Drill(Strict):
    """An exercise that is led by voice."""

    say: Say
    for_: Annotated[Time | None, Field(alias="for")] = None
    reps: Annotated[int, Whole(1, 1000)] | None = None
    rest: Time | None = None
    sides: Annotated[str, OneOf(("both",))] | None = None
    beat: DrillTempo | None = None
    needs: Text | None = None
    loads: Annotated[cues.Tissue, OneOf(cues.Tissue)] | None = None
    say_in: dict[Language, Say] | None = None
