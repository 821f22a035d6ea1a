"""The plain kinds of value that YAML files of cued hold: each taken whatever stood there, or refused with its mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, IntEnum
from typing import Final

from cued.yamlread.quoting import clip, did_you_mean, quoted

MAX_WORD: Final = 64
"""Characters of an id: it has to fit into a line of a journal and a file's name."""

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class UnfitError(ValueError):
    """Not what is needed here; the text says what to write."""


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


def text(value: object) -> str:
    """A text that is not empty, on one line with single spaces. Raises UnfitError, as all here do."""
    if not isinstance(value, str):
        hint = f': put it in quotes, "{clip(str(value))}"' if isinstance(value, int | float) else ""
        raise UnfitError(f"{quoted(value)} is {kind_of(value)}, but a text is needed{hint}")
    flat = " ".join(value.split())
    if not flat:
        raise UnfitError("the text is empty: write something, or remove the line")
    return flat


def matching(pattern: re.Pattern[str], what: str) -> Callable[[object], str]:
    """A reader of texts of at most `MAX_WORD` characters that match; `what` they are called."""

    def read(value: object) -> str:
        word = text(value)
        if len(word) > MAX_WORD or not pattern.fullmatch(word):
            raise UnfitError(f"{quoted(word)} is not {what}")
        return word

    return read


language: Final = matching(LANGUAGE, "a language code, such as en, de or pt-BR")
"""Of a text."""


def whole(value: object, low: int, high: int) -> int:
    """A whole number within limits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnfitError(f"{quoted(value)} is {kind_of(value)}, but a whole number from {low} to {high} is needed")
    if not low <= value <= high:
        raise UnfitError(f"{quoted(value)} is outside {low} to {high}")
    return value


def bare(value: object, low: float, high: float) -> float:
    """A number without a unit, within limits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError(f"{quoted(value)} is {kind_of(value)}, but a bare number from {low:g} to {high:g} is needed")
    if not low <= value <= high:
        raise UnfitError(f"{quoted(value)} is outside {low:g} to {high:g}")
    return float(value)


def truth(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise UnfitError(f"{quoted(value)} is {kind_of(value)}: write true or false")
    return value


def members_of(choices: type[Enum] | Sequence[str]) -> dict[str, object]:
    """The words of a closed choice and what each stands for: an enum's member, or the word itself."""
    if isinstance(choices, type):
        by_number = issubclass(choices, IntEnum)
        return {member.name.lower() if by_number else str(member.value): member for member in choices}
    return {word: word for word in choices}


def choose(value: object, members: Mapping[str, object]) -> object:
    """One of the words of a closed choice."""
    if isinstance(value, str) and value in members:
        return members[value]
    words = list(members)
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    one_of = "" if len(words) == 1 else "one of "
    raise UnfitError(f"{quoted(value)} does not fit here: write {one_of}{', '.join(words)}.{hint}")
