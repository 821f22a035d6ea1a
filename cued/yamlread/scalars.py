"""What an unquoted word of YAML 1.2 core is, and which ones no reader should have to guess at."""

from __future__ import annotations

import json
import re
from typing import Final

from cued.yamlread.quoting import quoted

MAX_DIGITS: Final = 15
"""Digits a double holds exactly; no length, tempo or count of a run needs more."""

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_YES_NO: Final = re.compile(r"(?:yes|no|on|off)", re.IGNORECASE | re.ASCII)
"""Booleans of YAML 1.1, which many editors and tools still read."""
_INT: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]*)")
_FLOAT: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]*)\.[0-9]+")
_SEXAGESIMAL: Final = re.compile(r"[+-]?[0-9][0-9_]*(?::[0-9]+)+(?:\.[0-9]*)?")
_LEADING_ZERO: Final = re.compile(r"[+-]?0[0-9_]+(?:\.[0-9]*)?")
_NOT_A_NUMBER: Final = re.compile(r"[+-]?\.(?:nan|inf)", re.IGNORECASE)
_OTHER_NUMBER: Final = re.compile(
    r"[+-]?(?:"
    r"0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+"  # hexadecimal, octal, binary
    r"|[0-9][0-9_]*\.|\.[0-9][0-9_]*"  # a point with nothing on one side
    r"|[0-9][0-9_]*(?:\.[0-9_]*)?[eE][+-]?[0-9]+|\.[0-9_]+[eE][+-]?[0-9]+"  # exponents
    r"|[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|[0-9]+\.[0-9_]*_[0-9_]*"  # digits in groups
    r")",
)
_PLAIN: Final = re.compile(r"(?:[A-Za-z0-9+]|-[0-9])[A-Za-z0-9%.+_-]*|\+?[0-9.]+ [A-Za-z]+(?: [0-9.]+ [A-Za-z]+)*")
"""Words and quantities, which need no quotes as far as their characters go."""


class UnclearScalarError(ValueError):
    """An unquoted word that YAML readers disagree about; the text is the problem with its mend."""


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar. Raises UnclearScalarError for what would surprise somebody."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _YES_NO.fullmatch(text):
        raise UnclearScalarError(
            f'{quoted(text)} without quotes means true or false to some readers: write "{text}" for the word, '
            "or true or false for the truth",
        )
    return _resolve_number(text)


def _resolve_number(text: str) -> str | int | float:
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text) or _FLOAT.fullmatch(text):
        if sum(char.isdigit() for char in text) > MAX_DIGITS:
            raise UnclearScalarError(f"the number {quoted(text)} is too long: at most {MAX_DIGITS} digits")
        return float(text) if "." in text else int(text)
    if _SEXAGESIMAL.fullmatch(text):
        raise UnclearScalarError(
            f"{quoted(text)} without quotes is a number in base 60 to some readers: write a time with its unit "
            '("1 min 30 s"), or put the text in quotes',
        )
    if _NOT_A_NUMBER.fullmatch(text):
        raise UnclearScalarError(f"{quoted(text)} is no number that cued can use: write digits, such as 1.5")
    if _LEADING_ZERO.fullmatch(text):
        raise UnclearScalarError(
            f"{quoted(text)} begins with a zero, which is base 8 to some readers: write it without the zero, or in quotes",
        )
    if _OTHER_NUMBER.fullmatch(text):
        raise UnclearScalarError(
            f"{quoted(text)} is not written as cued reads numbers: an optional sign, digits and one point, such as 1000 or 0.5",
        )
    return text


def scalar_text(value: object) -> str:
    """A scalar as a file holds it: what reads back as the same value, in quotes where it must be."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15f}".rstrip("0")
    if not isinstance(value, str):
        return str(value)
    try:
        is_plain = bool(_PLAIN.fullmatch(value)) and resolve(value) == value and value.isascii()
    except UnclearScalarError:
        is_plain = False
    return value if is_plain else json.dumps(value, ensure_ascii=False)
