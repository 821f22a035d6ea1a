"""The shape of a pack file, word by word: which words stand where and what each may hold.

What depends on several words at once is in `cued.packs.build` (how defaults are laid over) and `cued.packs.lint`.
Absent words are None here; the defaults are those of `cued.core.cues`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from cued.core import cues
from cued.packs.schema_parts import Band, Cue, Drill, Fade, Limits, Metronome, Target
from cued.packs.schema_when import When
from cued.packs.words import (
    Count,
    Language,
    Name,
    OnlyTrue,
    SegmentLength,
    Share,
    Text,
    Time,
    Truth,
    Version,
    Word,
    Words,
)
from cued.yamlread import did_you_mean, quoted
from cued.yamlread.models import OneOf, Read, Strict, Whole, wrong
from cued.yamlread.readers import kind_of

FORMAT: Final = 1
"""The version of the format that this cued reads."""
MAX_REPEAT: Final = 100
"""Rounds of a repeat (the format's limit)."""


# --- rules ---------------------------------------------------------------------------------------------------------


class SayTheme(Strict):
    """One cue of a theme."""

    theme: Word
    choose: Annotated[cues.Choose, OneOf(cues.Choose)] | None = None


class If(Strict):
    """What must be so."""

    surface: Word | None = None
    effort: Annotated[cues.Effort, OneOf(cues.Effort)] | None = None
    session_at_least: Count | None = None
    bursts_at_least: Count | None = None


def _map_or_word(value: object) -> object:
    if isinstance(value, str | dict):
        return value
    raise wrong(f"{quoted(value)} is {kind_of(value)}: write a cue's id, or {{theme: …}}")


def _say_tag(value: Any) -> str:  # noqa: ANN401 - whatever stood in the file
    return "?theme" if isinstance(value, dict) else "?cue"


class Rule(Strict):
    """When something happens, do something."""

    when: When
    say: (
        Annotated[
            Annotated[Word, Tag("?cue")] | Annotated[SayTheme, Tag("?theme")],
            Discriminator(_say_tag),
            BeforeValidator(_map_or_word),
        ]
        | None
    ) = None
    play: Text | None = None
    metronome: Metronome | None = None
    end_cues: OnlyTrue | None = None
    next_segment: OnlyTrue | None = None
    in_: Annotated[Words | None, Field(alias="in")] = None
    not_in: Words | None = None
    if_: Annotated[If | None, Field(alias="if")] = None
    at_most: Count | None = None
    at_most_each: Count | None = None
    cooldown: Time | None = None
    priority: Annotated[cues.Priority, OneOf(cues.Priority)] | None = None


# --- session -------------------------------------------------------------------------------------------------------


class SegmentSay(Strict):
    """Cues at a segment's start and end."""

    start: Word | None = None
    end: Word | None = None


class Segment(Strict):
    """A stretch of the run."""

    segment: Word
    for_: Annotated[SegmentLength | None, Field(alias="for")] = None
    theme: Text | None = None
    coach: Annotated[cues.Coach, OneOf(cues.Coach)] | None = None
    metronome: Metronome | None = None
    target: Target | None = None
    band: Band | None = None
    surface: Word | None = None
    effort: Annotated[cues.Effort, OneOf(cues.Effort)] | None = None
    record: Annotated[cues.Record, OneOf(cues.Record)] | None = None
    optional: Truth | None = None
    starts: Annotated[str, OneOf(("press",))] | None = None
    drills: Annotated[list[Word], Field(min_length=1)] | None = None
    say: SegmentSay | None = None


def _one_segment(value: object) -> object:
    if isinstance(value, dict) and "repeat" in value:
        raise wrong("a repeat cannot hold another repeat: write the segments out")
    return value


class Repeat(Strict):
    """Segments again and again."""

    repeat: Annotated[
        int | None,
        Read(
            lambda value: None if value == "fill" else _rounds(value),
            {"anyOf": [Whole(1, MAX_REPEAT).schema, {"const": "fill"}]},
        ),
    ]
    segments: Annotated[list[Annotated[Segment, BeforeValidator(_one_segment)]], Field(min_length=1)]


def _rounds(value: object) -> int:
    if isinstance(value, str):
        raise wrong(f"{quoted(value)} does not fit here: write a number of rounds, or fill.{did_you_mean(value, ('fill',))}")
    return Whole(1, MAX_REPEAT).check(value)


def _segment_or_repeat(value: object) -> object:
    if not isinstance(value, dict):
        raise wrong(f"{quoted(value)} is {kind_of(value)}, but a map is needed, such as {{segment: steady, for: 10 min}}")
    if "segment" not in value and "repeat" not in value and "segments" not in value:
        hint = next((hint for key in value if (hint := did_you_mean(key, ("segment", "repeat")))), "")
        raise wrong(f"this is neither a segment nor a repeat: begin with `segment: NAME` or `repeat: N`.{hint}")
    return value


def _session_tag(value: Any) -> str:  # noqa: ANN401 - whatever stood in the file
    return "?repeat" if isinstance(value, dict) and ("repeat" in value or "segments" in value) else "?segment"


SessionPart: TypeAlias = Annotated[
    Annotated[Segment, Tag("?segment")] | Annotated[Repeat, Tag("?repeat")],
    Discriminator(_session_tag),
    BeforeValidator(_segment_or_repeat),
]


# --- the whole -----------------------------------------------------------------------------------------------------


class Source(Strict):
    """Where a number comes from."""

    cite: Text
    says: Text | None = None


class Weeks(Strict):
    """How long the phase lasts."""

    min: Annotated[int, Whole(1, 520)] | None = None
    usual: Annotated[int, Whole(1, 520)] | None = None
    max: Annotated[int, Whole(1, 520)] | None = None


class PerWeek(Strict):
    """Runs in a week."""

    cue: Annotated[int, Whole(0, 14)] | None = None
    plain: Annotated[int, Whole(0, 14)] | None = None


class Advance(Strict):
    """What must be reached before the next phase."""

    cue_sessions: Count | None = None
    in_band: Share | None = None
    retention: Share | None = None
    pain_at_most: Annotated[int, Whole(0, 10)] | None = None


def _format(value: object) -> int:
    if value is True or value != FORMAT or not isinstance(value, int):
        raise wrong(f"{quoted(value)} is a format that this cued does not read: write 1, or update cued")
    return FORMAT


class Pack(Strict):
    """A cue pack, format 1."""

    format: Annotated[Literal[1], Read(_format, {"const": FORMAT})]
    name: Name
    version: Version
    title: Text
    title_in: dict[Language, Text] | None = None
    phase: Annotated[int, Whole(1, 6)] | None = None
    language: Language
    license: Text
    authors: list[Text] | None = None
    summary: Text | None = None
    summary_in: dict[Language, Text] | None = None
    sources: list[Source] | None = None
    target: Target | None = None
    band: Band | None = None
    fade: Fade | None = None
    limits: Limits | None = None
    metronome: Metronome | None = None
    session: Annotated[list[SessionPart], Field(min_length=1)]
    cues: dict[Word, Cue] | None = None
    rules: list[Rule] | None = None
    drills: dict[Word, Drill] | None = None
    weeks: Weeks | None = None
    per_week: PerWeek | None = None
    advance: Advance | None = None
