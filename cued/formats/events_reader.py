"""Reads the public record of a run back, strictly: what `events_file` never writes is refused with its line number."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

from cued.errors import FormatError
from cued.formats.events_file import FORMAT

Row: TypeAlias = dict[str, Any]
"""One line: `kind`, `t_ns` and the fields of its kind."""

_TEXT: Final = (str,)
_WHOLE: Final = (int,)
_NUMBER: Final = (int, float)
_NUMBER_OR_NULL: Final = (int, float, type(None))
_FLAG: Final = (bool,)
_CUE: Final = {"cue": _TEXT, "text": _TEXT, "rule": _TEXT, "priority": _TEXT, "dur_s": _NUMBER, "reason": _TEXT}
_FIELDS: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "start": {
        "format": _WHOLE,
        "cued": _TEXT,
        "voice": _TEXT,
        "seed": _WHOLE,
        "pack": _TEXT,
        "pack_version": _TEXT,
        "title": _TEXT,
        "session": _WHOLE,
        "language": _TEXT,
        "source": _TEXT,
        "simulated": _FLAG,
        "sensor": _FLAG,
        "desk": _FLAG,
        "length_s": _NUMBER_OR_NULL,
    },
    "click": {"beat": _WHOLE, "accent": _FLAG, "spm": _NUMBER},
    "tempo": {"spm": _NUMBER, "mode": _TEXT, "reason": _TEXT},
    "say": _CUE,
    "withheld": _CUE,
    "suppressed": _CUE,
    "expired": _CUE,
    "failed": _CUE,
    "segment": {
        "segment": _TEXT,
        "index": _WHOLE,
        "rep": _WHOLE,
        "reps": (int, type(None)),
        "low": _NUMBER,
        "high": _NUMBER,
    },
    "segment_skipped": {"segment": _TEXT, "reason": _TEXT},
    "back": {"segment": _TEXT},
    "pack": {"pack": _TEXT, "pack_version": _TEXT, "title": _TEXT, "session": _WHOLE},
    "cadence": {
        "spm": _NUMBER_OR_NULL,
        "smooth_spm": _NUMBER_OR_NULL,
        "target_spm": _NUMBER_OR_NULL,
        "band": _TEXT,
        "state": _TEXT,
        "speed_mps": _NUMBER_OR_NULL,
        "distance_m": _NUMBER_OR_NULL,
    },
    "sensor": {"state": _TEXT},
    "band": {"state": _TEXT},
    "measured": {"what": _TEXT, "value": _NUMBER_OR_NULL, "speed_mps": _NUMBER_OR_NULL},
    "pause": {"paused": _FLAG},
    "counted": {"what": _TEXT, "count": _WHOLE},
    "cues_ended": {"reason": _TEXT},
    "end": {"reason": _TEXT},
}
"""Fields that every line of a kind has; further ones are let through."""


def read_events(path: str | os.PathLike[str]) -> list[Row]:
    """Every line of an events file, the `start` line first.

    Raises FormatError that names file, line and what is wrong; a file that breaks off in a line is wrong in that line.
    """
    try:
        text = Path(path).read_bytes().decode()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: not UTF-8 text, so no events file of cued's") from error
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return parse_events(lines, str(path))


def parse_events(lines: Iterable[str], name: str = "events") -> list[Row]:
    """As `read_events`, from lines at hand; `name` stands in the errors."""
    rows: list[Row] = []
    written_ns = 0
    for number, line in enumerate(lines, 1):
        place = f"{name}:{number}"
        row = _row(line, place)
        if (row["kind"] == "start") != (number == 1):
            _refuse(place, "the first line, and no other, is of kind `start`")
        if row["t_ns"] < written_ns:
            _refuse(place, f"t_ns {row['t_ns']} is before the line above ({written_ns}); lines go in order of time")
        written_ns = row["t_ns"]
        rows.append(row)
    if not rows:
        raise FormatError(f"{name}: the file is empty; its first line should be of kind `start`")
    return rows


def _row(line: str, place: str) -> Row:
    try:
        row = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{place}: not a whole line of JSON ({error}); was the file cut off?") from error
    if not isinstance(row, dict):
        _refuse(place, "a line holds one object, `{…}`")
    kind = row.get("kind")
    fields = _FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        _refuse(place, f"unknown kind {kind!r}; this cued reads format {FORMAT}")
    if type(row.get("t_ns")) is not int or row["t_ns"] < 0:
        _refuse(place, "`t_ns` should be a whole number of nanoseconds, 0 or more")
    if kind == "start" and row.get("format") != FORMAT:
        _refuse(place, f"format {row.get('format')!r}; this cued reads format {FORMAT}")
    for field, types in fields.items():
        if field not in row:
            _refuse(place, f"a line of kind `{kind}` needs `{field}`")
        value = row[field]
        if type(value) not in types or (type(value) is float and not math.isfinite(value)):
            _refuse(place, f"`{field}` cannot be {value!r}")
    return row


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _refuse(place: str, what: str) -> NoReturn:
    raise FormatError(f"{place}: {what}")
