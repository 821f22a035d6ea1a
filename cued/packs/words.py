"""The kinds of value a pack holds, for `cued.packs.schema`: how each is read, and how a JSON Schema describes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Annotated, Any, Final, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from cued.core import cues
from cued.core.cues import ForDistance, ForTime, Interval, Open, Remainder
from cued.core.phrases import PLACEHOLDERS, unknown_placeholders
from cued.packs import quantities
from cued.packs.quantities import QuantityError
from cued.units import NS_PER_S
from cued.yamlread import clip, did_you_mean, quoted

MAX_SAY: Final = 200
"""Characters of a spoken text (the format's limit)."""
MAX_WORD: Final = 64
"""Characters of an id: it has to fit into a line of a journal and a file's name."""
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

_NUMBER: Final = r"(0|[1-9][0-9]*)(\.[0-9]+)?"
_TIME: Final = rf"\+?({_NUMBER} *h( *{_NUMBER} *min)?( *{_NUMBER} *s)?|{_NUMBER} *min( *{_NUMBER} *s)?|{_NUMBER} *s)"
_DISTANCE: Final = rf"\+?({_NUMBER} *km( *{_NUMBER} *m)?|{_NUMBER} *m)"
_WORD: Final = re.compile(r"[^\W_][\w-]*")
_WORD_PATTERN: Final = r"^[^\s!-/:-@\[-`{-~][^\s!-,./:-@\[-^`{-~]*$"
"""As `_WORD`, without its word class: JSON Schema's regular expressions know only its ASCII letters."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_IDENTIFIERS: Final = r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*"
_NUMERIC: Final = r"(0|[1-9][0-9]*)"
_VERSION: Final = re.compile(rf"{_NUMERIC}\.{_NUMERIC}\.{_NUMERIC}(-{_IDENTIFIERS})?(\+{_IDENTIFIERS})?")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_BRACES: Final = re.compile(r"\{[A-Za-z_]+\}")


def wrong(message: str) -> PydanticCustomError:
    """The error that pydantic passes on to the file's problems, word by word."""
    return PydanticCustomError("cued", "{message}", {"message": message})


@dataclass(frozen=True, slots=True, eq=False)  # hashable, as typing wants its annotations
class Read:
    """Annotation of a field: `read` makes its value (or raises `wrong`, QuantityError), `schema` is its JSON Schema."""

    read: Callable[[object], object]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: `read` is all there is to do."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Pydantic's hook."""
        return dict(self.schema)

    def _read(self, value: object) -> object:
        try:
            return self.read(value)
        except QuantityError as error:
            raise wrong(str(error)) from None


def kind_of(value: object) -> str:
    """What a YAML value is, in words."""
    if isinstance(value, bool):
        return "a truth (true or false)"
    if isinstance(value, int | float):
        return "a number"
    for kind, words in ((str, "a text"), (list, "a list"), (dict, "a map")):
        if isinstance(value, kind):
            return words
    return "nothing"


# --- texts ---------------------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        hint = f': put it in quotes, "{clip(str(value))}"' if isinstance(value, int | float) else ""
        raise wrong(f"{quoted(value)} is {kind_of(value)}, but a text is needed{hint}")
    text = " ".join(value.split())
    if not text:
        raise wrong("the text is empty: write something, or remove the line")
    return text


def _say(value: object) -> str:
    text = _text(value)
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


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        text = _text(value)
        if not pattern.fullmatch(text) or len(text) > MAX_WORD:
            raise wrong(f"{quoted(text)} is not {what}")
        return text

    return read


_word = _matching(_WORD, f"a word: at most {MAX_WORD} letters, digits, `-` and `_`, without spaces")


def _words(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not values:
        raise wrong("the list is empty: write a name, or remove the line")
    return tuple(_word(item) for item in values)


def _texted(pattern: str, max_length: int | None = None) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern} | ({"maxLength": max_length} if max_length else {})


_ONE_WORD: Final = _texted(_WORD_PATTERN, MAX_WORD)
Text: TypeAlias = Annotated[str, Read(_text, _texted(r"\S"))]
Say: TypeAlias = Annotated[str, Read(_say, _texted(r"\S", MAX_SAY))]
Word: TypeAlias = Annotated[str, Read(_word, _ONE_WORD)]
Words: TypeAlias = Annotated[
    tuple[str, ...], Read(_words, {"anyOf": [_ONE_WORD, {"type": "array", "minItems": 1, "items": _ONE_WORD}]})
]
Name: TypeAlias = Annotated[
    str, Read(_matching(_NAME, "a pack's name: a-z, 0-9 and `-`, such as my-pack"), _texted(f"^{_NAME.pattern}$", MAX_WORD))
]
Version: TypeAlias = Annotated[
    str,
    Read(_matching(_VERSION, "a semantic version: three numbers, such as 1.0.0"), _texted(f"^{_VERSION.pattern}$", MAX_WORD)),
]
Language: TypeAlias = Annotated[
    str,
    Read(_matching(_LANGUAGE, "a language code, such as en, de or pt-BR"), _texted(f"^{_LANGUAGE.pattern}$", MAX_WORD)),
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


TIME_SCHEMA: Final = _sized(_TIME)
_INTERVAL: Final = f"({_TIME}|{_DISTANCE})"
Time: TypeAlias = Annotated[int, Read(quantities.time, TIME_SCHEMA)]
TimeOr0: TypeAlias = Annotated[int, Read(lambda value: quantities.time(value, zero=True), TIME_SCHEMA)]
LongTime: TypeAlias = Annotated[int, Read(long_time, TIME_SCHEMA)]
TimeOrDistance: TypeAlias = Annotated[Interval, Read(quantities.interval, _sized(_INTERVAL))]
LongInterval: TypeAlias = Annotated[Interval, Read(_long_interval, _sized(_INTERVAL))]
SegmentLength: TypeAlias = Annotated[cues.Length, Read(_segment_length, _sized(f"({_TIME}|{_DISTANCE}|remainder|open)"))]
Share: TypeAlias = Annotated[float, Read(lambda value: quantities.share(value, 0, 100), _sized(rf"\+?{_NUMBER} *%"))]
ShareOver0: TypeAlias = Annotated[float, Read(lambda value: quantities.share(value, 0.1, 100), _sized(rf"\+?{_NUMBER} *%"))]
Change: TypeAlias = Annotated[float, Read(_change, _sized(rf"[+-]?{_NUMBER} *%"))]
Decibels: TypeAlias = Annotated[
    float, Read(lambda value: quantities.decibels(value, LOUDEST_DUCK_DB), _sized(rf"\+?{_NUMBER} *dB"))
]
Tempo: TypeAlias = Annotated[int, Read(quantities.tempo, _sized(rf"\+?{_NUMBER} *spm"))]
DrillTempo: TypeAlias = Annotated[
    int,
    Read(
        lambda value: quantities.tempo(value, quantities.SLOWEST_DRILL_SPM, quantities.FASTEST_DRILL_SPM),
        _sized(rf"\+?{_NUMBER} *spm"),
    ),
]


# --- numbers, truths and choices -----------------------------------------------------------------------------------


class Whole(Read):
    """A whole number within limits."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(self.check, {"type": "integer", "minimum": low, "maximum": high})

    def check(self, value: object) -> int:
        """The number, or an error that names the limits."""
        low, high = self.schema["minimum"], self.schema["maximum"]
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(f"{quoted(value)} is {kind_of(value)}, but a whole number from {low} to {high} is needed")
        if not low <= value <= high:
            raise wrong(f"{quoted(value)} is outside {low} to {high}")
        return value


class Bare(Read):
    """A number without a unit, within limits."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(self.check, {"type": "number", "minimum": low, "maximum": high})

    def check(self, value: object) -> float:
        """The number, or an error that names the limits."""
        low, high = self.schema["minimum"], self.schema["maximum"]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong(f"{quoted(value)} is {kind_of(value)}, but a bare number from {low:g} to {high:g} is needed")
        if not low <= value <= high:
            raise wrong(f"{quoted(value)} is outside {low:g} to {high:g}")
        return float(value)


class OneOf(Read):
    """One word of a closed choice: an enum's member, or one of the words themselves."""

    def __init__(self, choices: type[Enum] | Sequence[str]) -> None:
        if isinstance(choices, type):
            by_number = issubclass(choices, IntEnum)
            members: dict[str, object] = {m.name.lower() if by_number else str(m.value): m for m in choices}
        else:
            members = {word: word for word in choices}
        super().__init__(lambda value: _choose(value, members), {"enum": list(members)})


def _choose(value: object, members: dict[str, object]) -> object:
    if isinstance(value, str) and value in members:
        return members[value]
    words = list(members)
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    raise wrong(f"{quoted(value)} does not fit here: write {'' if len(words) == 1 else 'one of '}{', '.join(words)}.{hint}")


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise wrong(f"{quoted(value)} is {kind_of(value)}: write true or false")
    return value


def _only_true(value: object) -> bool:
    if value is not True:
        raise wrong(f"{quoted(value)} does not fit here: write true, or remove the line")
    return True


Count: TypeAlias = Annotated[int, Whole(1, MAX_COUNT)]
CountOr0: TypeAlias = Annotated[int, Whole(0, MAX_COUNT)]
Spm: TypeAlias = Annotated[float, Bare(quantities.SLOWEST_SPM, quantities.FASTEST_SPM)]
Factor: TypeAlias = Annotated[float, Bare(0.01, LARGEST_FACTOR)]
Truth: TypeAlias = Annotated[bool, Read(_truth, {"type": "boolean"})]
OnlyTrue: TypeAlias = Annotated[bool, Read(_only_true, {"const": True})]
