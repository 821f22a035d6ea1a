"""The kinds of value that only a pack holds, for `cued.packs.schema`: how each is read, and how a JSON Schema describes it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, TypeAlias

from cued.core import cues
from cued.core.cues import ForDistance, ForTime, Interval, Open, Remainder
from cued.core.phrases import PLACEHOLDERS, unknown_placeholders
from cued.units import NS_PER_S
from cued.yamlread import clip, did_you_mean, quantities, quoted, readers
from cued.yamlread.models import Bare, Read, Whole, wrong
from cued.yamlread.quantities import (
    DECIBELS_PATTERN,
    DISTANCE_PATTERN,
    NUMBER_PATTERN,
    SHARE_PATTERN,
    TEMPO_PATTERN,
    TIME_PATTERN,
    QuantityError,
)
from cued.yamlread.readers import LANGUAGE, MAX_WORD, matching

MAX_SAY: Final = 200
"""Characters of a spoken text (the format's limit)."""
MAX_COUNT: Final = 10_000
"""Of anything counted that the format gives no limit for: more can never be reached in 24 hours."""
LOUDEST_DUCK_DB: Final = 60.0
"""A beat 60 dB down is silent; more says nothing."""
LARGEST_CHANGE: Final = 10.0
"""Percent over the basis (what holds whatever a pack says)."""
LOWEST_CHANGE: Final = -50.0
"""Percent: half of the fastest cadence allowed is hardly above the slowest."""
LARGEST_FACTOR: Final = 100.0
"""Times the interval: once a minute becomes once in 100 minutes."""

_WORD: Final = re.compile(r"[^\W_][\w-]*")
_WORD_PATTERN: Final = r"^[^\s!-/:-@\[-`{-~][^\s!-,./:-@\[-^`{-~]*$"
"""As `_WORD`, without its word class: JSON Schema's regular expressions know only its ASCII letters."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
"""Of a pack: it becomes a file's name."""
_IDENTIFIERS: Final = r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*"
_NUMERIC: Final = r"(0|[1-9][0-9]*)"
_VERSION: Final = re.compile(rf"{_NUMERIC}\.{_NUMERIC}\.{_NUMERIC}(-{_IDENTIFIERS})?(\+{_IDENTIFIERS})?")
_BRACES: Final = re.compile(r"\{[A-Za-z_]+\}")


# --- texts ---------------------------------------------------------------------------------------------------------


def _say(value: object) -> str:
    text = readers.text(value)
    if len(text) > MAX_SAY:
        raise wrong(f"the text has {len(text)} characters: at most {MAX_SAY} can be said in one go")
    if not any(char.isalnum() for char in text):
        raise wrong(f"{quoted(text)} says nothing: write words")
    unknown = unknown_placeholders(text)
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise wrong(f"{{{clip(unknown[0])}}} is not filled in: there are {known}.{did_you_mean(unknown[0], PLACEHOLDERS)}")
    if set("{}") & set(_BRACES.sub("", text)):
        raise wrong("`{` and `}` are only for words that are filled in, such as {cadence}: remove them")
    return text


_word = matching(_WORD, f"a word: at most {MAX_WORD} letters, digits, `-` and `_`, without spaces")


def _words(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise wrong("the list is empty: write a name, or remove the line")
    return tuple(_word(item) for item in values)


def _texted(pattern: str, max_length: int | None = None) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern} | ({"maxLength": max_length} if max_length else {})


_ONE_WORD: Final = _texted(_WORD_PATTERN, MAX_WORD)
Text: TypeAlias = Annotated[str, Read(readers.text, _texted(r"\S"))]
Say: TypeAlias = Annotated[str, Read(_say, _texted(r"\S", MAX_SAY))]
Word: TypeAlias = Annotated[str, Read(_word, _ONE_WORD)]
Words: TypeAlias = Annotated[
    tuple[str, ...], Read(_words, {"anyOf": [_ONE_WORD, {"type": "array", "minItems": 1, "items": _ONE_WORD}]})
]
Name: TypeAlias = Annotated[
    str, Read(matching(NAME, "a pack's name: a-z, 0-9 and `-`, such as my-pack"), _texted(f"^{NAME.pattern}$", MAX_WORD))
]
Version: TypeAlias = Annotated[
    str,
    Read(matching(_VERSION, "a semantic version: three numbers, such as 1.0.0"), _texted(f"^{_VERSION.pattern}$", MAX_WORD)),
]
Language: TypeAlias = Annotated[
    str,
    Read(readers.language, _texted(f"^{LANGUAGE.pattern}$", MAX_WORD)),
]


# --- quantities ----------------------------------------------------------------------------------------------------


def _at_least_1(length: Interval, value: object) -> Interval:
    """What repeats by itself must last: a thousand firings a second would be nothing a runner hears."""
    if isinstance(length, ForTime) and length.ns < NS_PER_S:
        raise QuantityError(f"{quoted(value)} is under 1 s: write a longer time")
    if isinstance(length, ForDistance) and length.m < 1:
        raise QuantityError(f"{quoted(value)} is under 1 m: write a longer distance")
    return length


def long_time(value: object) -> int:
    """Nanoseconds of a time of at least a second. Raises QuantityError."""
    length = ForTime(quantities.time(value))
    _at_least_1(length, value)
    return length.ns


def _long_interval(value: object) -> Interval:
    return _at_least_1(quantities.interval(value), value)


def _segment_length(value: object) -> cues.Length:
    words: dict[object, cues.Length] = {"remainder": Remainder(), "open": Open()}
    if isinstance(value, str) and value in words:
        return words[value]
    hint = did_you_mean(value, ("remainder", "open")) if isinstance(value, str) else ""
    if hint:
        raise QuantityError(f"{quoted(value)} is no length.{hint}")
    return _long_interval(value)


def _change(value: object) -> float:
    try:
        return quantities.share(value, LOWEST_CHANGE, LARGEST_CHANGE)
    except QuantityError as error:
        if "outside" not in str(error):
            raise
        limits = f"{LOWEST_CHANGE:g}% to +{LARGEST_CHANGE:g}%"
        raise QuantityError(f"{quoted(value)} is beyond what a pack may ask for: write a change within {limits}") from None


def _sized(pattern: str) -> dict[str, Any]:
    return _texted(f"^ *{pattern} *$")


TIME_SCHEMA: Final = _sized(TIME_PATTERN)
_INTERVAL: Final = f"({TIME_PATTERN}|{DISTANCE_PATTERN})"
Time: TypeAlias = Annotated[int, Read(quantities.time, TIME_SCHEMA)]
TimeOr0: TypeAlias = Annotated[int, Read(lambda value: quantities.time(value, zero=True), TIME_SCHEMA)]
LongTime: TypeAlias = Annotated[int, Read(long_time, TIME_SCHEMA)]
TimeOrDistance: TypeAlias = Annotated[Interval, Read(quantities.interval, _sized(_INTERVAL))]
LongInterval: TypeAlias = Annotated[Interval, Read(_long_interval, _sized(_INTERVAL))]
SegmentLength: TypeAlias = Annotated[cues.Length, Read(_segment_length, _sized(f"({_INTERVAL}|remainder|open)"))]
Share: TypeAlias = Annotated[float, Read(lambda value: quantities.share(value, 0, 100), _sized(SHARE_PATTERN))]
ShareOver0: TypeAlias = Annotated[float, Read(lambda value: quantities.share(value, 0.1, 100), _sized(SHARE_PATTERN))]
Change: TypeAlias = Annotated[float, Read(_change, _sized(rf"[+-]?{NUMBER_PATTERN} *%"))]
Decibels: TypeAlias = Annotated[
    float, Read(lambda value: quantities.decibels(value, LOUDEST_DUCK_DB), _sized(DECIBELS_PATTERN))
]
Tempo: TypeAlias = Annotated[int, Read(quantities.tempo, _sized(TEMPO_PATTERN))]
DrillTempo: TypeAlias = Annotated[
    int,
    Read(
        lambda value: quantities.tempo(value, quantities.SLOWEST_DRILL_SPM, quantities.FASTEST_DRILL_SPM),
        _sized(TEMPO_PATTERN),
    ),
]


# --- numbers, truths and choices -----------------------------------------------------------------------------------


def _only_true(value: object) -> bool:
    if value is not True:
        raise wrong(f"{quoted(value)} does not fit here: write true, or remove the line")
    return True


Count: TypeAlias = Annotated[int, Whole(1, MAX_COUNT)]
CountOr0: TypeAlias = Annotated[int, Whole(0, MAX_COUNT)]
Spm: TypeAlias = Annotated[float, Bare(quantities.SLOWEST_SPM, quantities.FASTEST_SPM)]
Factor: TypeAlias = Annotated[float, Bare(0.01, LARGEST_FACTOR)]
Truth: TypeAlias = Annotated[bool, Read(readers.truth, {"type": "boolean"})]
OnlyTrue: TypeAlias = Annotated[bool, Read(_only_true, {"const": True})]
