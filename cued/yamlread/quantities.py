"""Texts with units: `90 s`, `6 min 30 s`, `1.5 km`, `+5%`, `12 dB`, `172 spm`. Exact: decimal in, integer nanoseconds out.

Each function takes whatever stood in the file and raises QuantityError with the mend as its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from cued.core.cues import ForDistance, ForTime, Interval
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_S
from cued.yamlread.quoting import did_you_mean, quoted
from cued.yamlread.readers import UnfitError

LONGEST_NS: Final = 24 * NS_PER_H
"""The format's limit for every time."""
FARTHEST_M: Final = 500_000.0
"""The format's limit for every distance."""
SLOWEST_SPM: Final = 100
FASTEST_SPM: Final = 230
"""No beat outside these, drills aside (the format's limits)."""
SLOWEST_DRILL_SPM: Final = 20
FASTEST_DRILL_SPM: Final = 300
"""From a calf raise of three seconds to ankling; beyond, single clicks are no longer a beat."""

_SHARE: Final = "%"
_TIMES: Final = {"h": NS_PER_H, "min": NS_PER_MIN, "s": NS_PER_S}
_DISTANCES: Final = {"km": Decimal(1000), "m": Decimal(1)}
_UNITS: Final = (*_TIMES, *_DISTANCES, "%", "dB", "spm", "m/s")
_ALIASES: Final = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "mins": "min", "minute": "min", "minutes": "min", "hr": "h",
    "hrs": "h", "hour": "h", "hours": "h", "metre": "m", "metres": "m", "meter": "m", "meters": "m", "kms": "km",
    "kilometre": "km", "kilometres": "km", "kilometer": "km", "kilometers": "km", "percent": "%", "db": "dB", "bpm": "spm",
}  # fmt: skip
"""What people write for a unit, and what cued calls it."""
_MAX_CHARS: Final = 40
"""Of a quantity; `23 h 59 min 59.999 s` has 20."""
_MAX_DIGITS: Final = 15
"""Of a number: what a double holds exactly."""
_NUMBER: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_PART: Final = re.compile(r"\s*([^\s%A-Za-zµ]+)\s*([A-Za-zµ%]+(?:/[A-Za-z]+)?)")


# How a JSON Schema describes them.
NUMBER_PATTERN: Final = r"(0|[1-9][0-9]*)(\.[0-9]+)?"
TIME_PATTERN: Final = (
    rf"\+?({NUMBER_PATTERN} *h( *{NUMBER_PATTERN} *min)?( *{NUMBER_PATTERN} *s)?"
    rf"|{NUMBER_PATTERN} *min( *{NUMBER_PATTERN} *s)?|{NUMBER_PATTERN} *s)"
)
DISTANCE_PATTERN: Final = rf"\+?({NUMBER_PATTERN} *km( *{NUMBER_PATTERN} *m)?|{NUMBER_PATTERN} *m)"
SHARE_PATTERN: Final = rf"\+?{NUMBER_PATTERN} *%"
DECIBELS_PATTERN: Final = rf"\+?{NUMBER_PATTERN} *dB"
TEMPO_PATTERN: Final = rf"\+?{NUMBER_PATTERN} *spm"
SPEED_PATTERN: Final = rf"\+?{NUMBER_PATTERN} *m/s"


class QuantityError(UnfitError):
    """Not the quantity that is needed here; the text says what to write."""


def time(value: object, *, zero: bool = False) -> int:
    """Nanoseconds of a time such as `1 h 5 min`; over 0 (or 0, if `zero`), at most 24 h."""
    parsed = _interval(value, _TIMES, '"90 s", "10 min", "1 h 5 min"', zero=zero)
    assert isinstance(parsed, ForTime)
    return parsed.ns


def distance(value: object) -> float:
    """Metres of a distance such as `1.5 km`; over 0, at most 500 km."""
    parsed = _interval(value, _DISTANCES, '"400 m", "1.5 km"', zero=False)
    assert isinstance(parsed, ForDistance)
    return parsed.m


def interval(value: object) -> Interval:
    """A time or a distance."""
    return _interval(value, (*_TIMES, *_DISTANCES), '"90 s", "10 min", "400 m", "1.5 km"', zero=False)


def share(value: object, low: float, high: float) -> float:
    """The fraction that a percentage stands for, within `low` and `high` percent."""
    number = _single(value, _SHARE, f'"{_plain(Decimal(str(min(5.0, high))))}%"')
    if not Decimal(str(low)) <= number <= Decimal(str(high)):
        raise QuantityError(f"{quoted(value)} is outside {_plain(Decimal(str(low)))}% to {_plain(Decimal(str(high)))}%")
    return float(number / 100)


def decibels(value: object, high: float) -> float:
    """Decibels from 0 to `high`."""
    number = _single(value, "dB", '"8 dB"')
    if not 0 <= number <= Decimal(str(high)):
        raise QuantityError(f"{quoted(value)} is outside 0 dB to {_plain(Decimal(str(high)))} dB")
    return float(number)


def tempo(value: object, low: int = SLOWEST_SPM, high: int = FASTEST_SPM) -> int:
    """Thousandths of steps per minute of a beat such as `172 spm`, within `low` and `high`."""
    number = _single(value, "spm", '"172 spm"')
    if not low <= number <= high:
        raise QuantityError(f"{quoted(value)} is outside {low} spm to {high} spm")
    return round(number * 1000)


def speed(value: object, low: float, high: float) -> float:
    """Metres per second, within `low` and `high`."""
    number = _single(value, "m/s", '"2.2 m/s"')
    if not Decimal(str(low)) <= number <= Decimal(str(high)):
        raise QuantityError(f"{quoted(value)} is outside {speed_text(low)} to {speed_text(high)}")
    return float(number)


def _single(value: object, unit: str, example: str) -> Decimal:
    parts = _parts(value, (unit,), example)
    if len(parts) != 1:
        raise QuantityError(f"{quoted(value)} is more than one quantity: write one, such as {example}")
    return parts[0][0]


def _interval(value: object, units: Iterable[str], example: str, *, zero: bool) -> Interval:
    parts = _parts(value, tuple(units), example)
    names = [unit for _, unit in parts]
    is_time = names[0] in _TIMES
    if any((name in _TIMES) is not is_time for name in names):
        raise QuantityError(f"{quoted(value)} mixes time and distance: write one of the two")
    order = list(_TIMES if is_time else _DISTANCES)
    if [order.index(name) for name in names] != sorted({order.index(name) for name in names}):
        raise QuantityError(f"{quoted(value)} is out of order: write the largest unit first, each once")
    if len(parts) > 1 and any(number < 0 for number, _ in parts):
        raise QuantityError(f"{quoted(value)} has a sign inside: write one time, such as {example}")
    total = sum((number * (_TIMES[unit] if is_time else _DISTANCES[unit]) for number, unit in parts), Decimal(0))
    if total < 0 and zero:
        raise QuantityError(f"{quoted(value)} is under 0: write 0 s or more, such as {example}")
    if total < 0 or (total == 0 and not zero):
        raise QuantityError(f"{quoted(value)} is not over 0: write a longer one, such as {example}")
    if is_time:
        if total > LONGEST_NS:
            raise QuantityError(f"{quoted(value)} is over 24 h: write a shorter time")
        return ForTime(_whole(total, value, zero=zero))
    if total > Decimal(FARTHEST_M):
        raise QuantityError(f"{quoted(value)} is over 500 km: write a shorter distance")
    return ForDistance(float(total))


def _whole(total: Decimal, value: object, *, zero: bool) -> int:
    rounded = round(total)
    if rounded == 0 and not (zero and total == 0):
        raise QuantityError(f"{quoted(value)} is shorter than a nanosecond: write a longer time")
    return rounded


def _parts(value: object, units: tuple[str, ...], example: str) -> list[tuple[Decimal, str]]:
    """The numbers of a quantity with their units, all of them among `units`."""
    fitting = ", ".join(units)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise QuantityError(f"{quoted(value)} is no quantity: write one with its unit ({fitting}), such as {example}")
    if isinstance(value, int | float) or _NUMBER.fullmatch(value.strip()):
        raise QuantityError(f"{quoted(value)} has no unit: add {_one_of(units)}, such as {example}")
    if len(value) > _MAX_CHARS:
        raise QuantityError(f"{quoted(value)} is too long for a quantity: write one such as {example}")
    parts, end = [], 0
    for match in _PART.finditer(value):
        if match.start() != end:
            break
        end = match.end()
        parts.append((_number(match[1], value, example), _unit(match[2], units, value, example)))
    if not parts or value[end:].strip():
        raise QuantityError(f"{quoted(value)} is no quantity: write a number with its unit ({fitting}), such as {example}")
    return parts


def _number(text: str, value: object, example: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        hint = ": the decimal sign is a point" if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text) else ""
        raise QuantityError(
            f"{quoted(value)} does not hold a number as cued reads them (an optional sign, digits and one point){hint}: "
            f"write one such as {example}",
        )
    if sum(char.isdigit() for char in text) > _MAX_DIGITS:
        raise QuantityError(f"{quoted(value)} has too many digits: at most {_MAX_DIGITS}")
    return Decimal(text)


def _unit(unit: str, units: tuple[str, ...], value: object, example: str) -> str:
    if unit in units:
        return unit
    meant = unit if unit in _UNITS else _ALIASES.get(unit.casefold(), "")
    if meant in units:
        raise QuantityError(f"{quoted(value)}: cued writes `{meant}` for {quoted(unit)}")
    if meant == "m" and "min" in units:
        raise QuantityError(f"{quoted(value)}: `m` is metres, which do not fit here; minutes are `min`")
    if meant:
        raise QuantityError(f"{quoted(value)}: `{meant}` does not fit here: use {_one_of(units)}, such as {example}")
    raise QuantityError(
        f"{quoted(value)}: {quoted(unit)} is no unit: use {_one_of(units)}, such as {example}.{did_you_mean(unit, units)}",
    )


def _one_of(units: tuple[str, ...]) -> str:
    return units[0] if len(units) == 1 else f"one of {', '.join(units)}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


# --- and back to text, the shortest that loads to the same value ----------------------------------------------------


def time_text(ns: int) -> str:
    """`6 min 30 s`: a time as a pack holds it."""
    if ns == 0:
        return "0 s"
    parts = []
    left = Decimal(ns)
    for unit, size in _TIMES.items():
        count = left if unit == "s" else Decimal(int(left // size)) * size
        if count:
            parts.append(f"{_plain(count / size)} {unit}")
        left -= count
    return " ".join(parts)


def distance_text(m: float) -> str:
    """`1.5 km` or `400 m`."""
    exact = Decimal(str(m))
    return f"{_plain(exact / 1000)} km" if exact >= 1000 else f"{_plain(exact)} m"


def interval_text(length: Interval) -> str:
    """A time or a distance as a pack holds it."""
    return time_text(length.ns) if isinstance(length, ForTime) else distance_text(length.m)


def share_text(fraction: float, *, sign: bool = False) -> str:
    """`3%`, or `+5%` with its sign. The percentage that loads to just this fraction."""
    percent = _plain(Decimal(str(fraction)) * 100)
    return f"+{percent}%" if sign and fraction >= 0 else f"{percent}%"


def decibels_text(db: float) -> str:
    """`8 dB`."""
    return f"{_plain(Decimal(str(db)))} dB"


def tempo_text(mspm: int) -> str:
    """`172 spm`."""
    return f"{_plain(Decimal(mspm) / 1000)} spm"


def speed_text(mps: float) -> str:
    """`2.2 m/s`."""
    return f"{_plain(Decimal(str(mps)))} m/s"
