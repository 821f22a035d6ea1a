"""Runs as CSV: one row a record, columns as documented in docs/run-files.md."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from cued.errors import FormatError
from cued.formats.activity import MAX_LENGTH_NS, Activity, Record, build_activity, check_count, clean_record
from cued.units import NS_PER_S

TIME_COLUMN: Final = "t_s"
CADENCE_COLUMN: Final = "cadence_spm"
PAUSED_COLUMN: Final = "paused"
VALUE_COLUMNS: Final = {
    CADENCE_COLUMN: "cadence_spm",
    "speed_mps": "speed_mps",
    "speed_ms": "speed_mps",
    "distance_m": "distance_m",
    "hr_bpm": "heart_rate_bpm",
    "stance_time_ms": "ground_contact_time_ms",
    "vertical_oscillation_mm": "vertical_oscillation_mm",
    "altitude_m": "altitude_m",
}
"""Documented column to a record's attribute."""

ONE_FOOT_SPM: Final = (65.0, 105.0)
"""Half of the 130 to 210 steps a minute at which people run; a walk has these numbers, too, and is seen by its speed."""
RUNNING_MPS: Final = 1.8
"""6.5 km/h: below it people walk."""
_DELIMITERS: Final = ",;\t"
_YES: Final = frozenset({"1", "true", "yes"})


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the documented columns stand in this file."""

    time: int
    paused: int | None
    values: tuple[tuple[int, str], ...]
    """(position, attribute)"""
    decimal_comma: bool


def read_csv(source: str, sha256: str, data: bytes) -> Activity:
    """The run in the bytes of a CSV file; raises FormatError, without naming the file, if there is none."""
    check_count(data.count(b"\n") - 1)  # before any work: a table too long is refused at once
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(f"line {line} is not UTF-8 text: this is neither a FIT file nor a CSV of a run") from error
    delimiter = _delimiter(text)
    records: list[Record] = []
    paused: list[tuple[int, bool]] = []
    layout: _Layout | None = None
    for line, cells in _rows(text, delimiter):
        if layout is None:
            layout = _layout(cells, delimiter)
            continue
        at_ns = _time_ns(cells, layout, line)
        values: dict[str, float | None] = {}
        for position, attribute in layout.values:
            number = _number(cells, position, layout, line)
            if number is not None:
                values[attribute] = number
        records.append(clean_record(at_ns, values))
        check_count(len(records))
        if layout.paused is not None:
            cell = cells[layout.paused] if layout.paused < len(cells) else ""
            paused.append((at_ns, cell.strip().lower() in _YES))
    if layout is None:
        raise FormatError("the file is empty; there is no run in it")
    return build_activity(source, sha256, records, pauses=_pauses(paused), notes=_one_foot(records))


def _one_foot(records: list[Record]) -> list[str]:
    """A note if the cadence looks like strides: it stays as it is, for only the runner knows."""
    cadences = [record.cadence_spm for record in records if record.cadence_spm]
    speeds = [record.speed_mps for record in records if record.speed_mps]
    if not cadences or not ONE_FOOT_SPM[0] <= median(cadences) <= ONE_FOOT_SPM[1]:
        return []
    if speeds and median(speeds) < RUNNING_MPS:
        return []
    told = f"its cadence of about {median(cadences):.0f} looks like one foot's: {CADENCE_COLUMN} counts the steps of both feet"
    return [f"{told}, so double it in the file"]


def _delimiter(text: str) -> str:
    """The separator of the first line that has words: spreadsheets write commas, semicolons or tabs."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise FormatError(f"line {reader.line_num} is not CSV ({error})") from error


def _layout(header: list[str], delimiter: str) -> _Layout:
    names = [cell.strip().lower() for cell in header]
    missing = [name for name in (TIME_COLUMN, CADENCE_COLUMN) if name not in names]
    if missing:
        known = ", ".join((TIME_COLUMN, *VALUE_COLUMNS, PAUSED_COLUMN))
        raise FormatError(f"the first line of the CSV does not name the column {' and '.join(missing)} (columns: {known})")
    doubled = sorted({name for name in names if name in {TIME_COLUMN, PAUSED_COLUMN, *VALUE_COLUMNS} and names.count(name) > 1})
    if doubled:
        raise FormatError(f"the first line of the CSV names the column {doubled[0]} twice; leave one out")
    return _Layout(
        time=names.index(TIME_COLUMN),
        paused=names.index(PAUSED_COLUMN) if PAUSED_COLUMN in names else None,
        values=tuple((names.index(name), attribute) for name, attribute in VALUE_COLUMNS.items() if name in names),
        decimal_comma=delimiter != ",",
    )


def _time_ns(cells: list[str], layout: _Layout, line: int) -> int:
    number = _number(cells, layout.time, layout, line)
    if number is None:
        raise FormatError(f"line {line} has no {TIME_COLUMN} (seconds since the start)")
    # Twice the longest run on either side keeps a stamp that is off readable to the check of the whole length.
    if not abs(number) * NS_PER_S <= 2 * MAX_LENGTH_NS:
        raise FormatError(f"line {line}: {TIME_COLUMN} is {cells[layout.time].strip()}; give seconds since the run's start")
    return round(number * NS_PER_S)


def _number(cells: list[str], position: int, layout: _Layout, line: int) -> float | None:
    """The number in a cell; None where the row is short or the cell blank."""
    cell = cells[position].strip() if position < len(cells) else ""
    if not cell:
        return None
    try:
        return float(cell.replace(",", ".") if layout.decimal_comma else cell)
    except ValueError as error:
        raise FormatError(f"line {line}: {cell[:40]!r} is not a number") from error


def _pauses(paused: list[tuple[int, bool]]) -> list[tuple[int, int]]:
    """From the first row marked as paused to the next that is not, in ns."""
    pauses: list[tuple[int, int]] = []
    since: int | None = None
    for at_ns, is_paused in sorted(paused):
        if is_paused and since is None:
            since = at_ns
        elif not is_paused and since is not None:
            pauses.append((since, at_ns))
            since = None
    if since is not None:
        pauses.append((since, max(at_ns for at_ns, _ in paused)))
    return [(start, end) for start, end in pauses if start < end]
