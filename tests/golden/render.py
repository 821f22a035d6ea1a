"""A run's events as lines a person can review: all decisions, one a line, without what only repeats.

`cadence` lines are what came in and what was made of it: of a simulated run every 60th is shown. Clicks at one tempo, evenly
spaced, share a line, and a change of tempo that a click tells has none of its own. What is not shown is held by a SHA-256 over
the lines as the events file has them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

from cued.units import NS_PER_S

Row: TypeAlias = dict[str, Any]

EVERY: Final = 60
"""Of so many cadence lines one is shown: one a minute of a 1 Hz pod."""
EVEN_NS: Final = 2
"""Onsets are rounded to whole nanoseconds: even spacing differs by so much at most."""
_PLAIN: Final = re.compile(r"[\w:.\[\]-]+")
_HIDDEN: Final = ("cued",)
"""Fields of the first line that change without any decision changing: cued's version."""


def rendered(lines: Sequence[str], *, samples: bool) -> list[str]:
    """The events file `lines` for review; `samples`: with some of the cadence lines."""
    rows = [json.loads(line) for line in lines]
    shown = _merged(rows, samples=samples)
    for kind in ("click", "tempo", "cadence"):
        of_kind = [line for line, row in zip(lines, rows, strict=True) if row["kind"] == kind]
        digest = hashlib.sha256("".join(of_kind).encode()).hexdigest()
        shown.append(f"= {len(of_kind)} lines of kind {kind}, SHA-256 {digest}")
    return shown


def _merged(rows: Iterable[Row], *, samples: bool) -> list[str]:
    """All rows in order; a stretch of clicks stands where its first click does."""
    out: list[str] = []
    stretch: list[Row] = []
    place = seen = 0
    for row, coming in pairwise([*rows, {"kind": "", "t_ns": -1}]):
        if row["kind"] == "click":
            if not stretch or not _goes_on(stretch, row):
                stretch, place = [], len(out)
                out.append("")
            stretch.append(row)
            out[place] = _clicks(stretch)  # anew with each click: short enough
            continue
        if row["kind"] == "cadence":
            seen += 1
            if not samples or seen % EVERY != 1:
                continue
        if not _tells_its_tempo(row, coming):
            out.append(line(row))
    return out


def _tells_its_tempo(row: Row, coming: Row) -> bool:
    """Is the row an ordinary change of tempo, and the line after it a click that says all of it?"""
    if row["kind"] != "tempo" or row["reason"] != row["mode"]:
        return False
    return bool(coming["kind"] == "click" and (coming["t_ns"], coming["spm"]) == (row["t_ns"], row["spm"]))


def _goes_on(stretch: Sequence[Row], click: Row) -> bool:
    """Is the click the next of an even stretch, alike in all but number, accent and loudness?"""
    last = stretch[-1]
    if (last["spm"], last.get("hint")) != (click["spm"], click.get("hint")):
        return False
    if len(stretch) < 2:
        return bool(click["t_ns"] - last["t_ns"] <= 3 * NS_PER_S)
    apart_ns = last["t_ns"] - stretch[-2]["t_ns"]
    return bool(abs(click["t_ns"] - last["t_ns"] - apart_ns) <= EVEN_NS)


def _clicks(stretch: Sequence[Row]) -> str:
    first, last = stretch[0], stretch[-1]
    row: Row = {
        "kind": "clicks",
        "t_ns": first["t_ns"],
        "count": len(stretch),
        "spm": first["spm"],
        "last": _time(last["t_ns"]),
    }
    row["beats"] = f"{first['beat']}-{last['beat']}"
    accents = sum(click["accent"] for click in stretch)
    if accents:
        row["accents"] = accents
    for extra in ("hint", "gain_db"):
        if extra in first:
            row[extra] = first[extra]
    return line(row)


def line(row: Row) -> str:
    """Time in seconds to the nanosecond, kind, and each field as `name=value`."""
    fields = [
        f"{name}={_value(value)}"
        for name, value in row.items()
        if name not in {"kind", "t_ns"} and not (row["kind"] == "start" and name in _HIDDEN)
    ]
    return f"{_time(row['t_ns']):>15} {row['kind']:<10} {' '.join(fields)}"


def _time(at_ns: int) -> str:
    return f"{at_ns // NS_PER_S}.{at_ns % NS_PER_S:09d}"


def _value(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
