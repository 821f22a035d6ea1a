"""A session as a file for other programs: FIT, CSV, Parquet."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cued.errors import OutputError
from cued.runtime.past import Past, Second, Table, past_of, table
from cued.runtime.watch import readings_of
from cued.units import to_s

if TYPE_CHECKING:
    from cued.journal.reader import Journal

COLUMNS: Final = {
    "t_s": "at_ns",
    "cadence_spm": "cadence_spm",
    "target_spm": "target_spm",
    "beat_spm": "beat_spm",
    "band": "band",
    "segment": "segment",
    "speed_mps": "speed_mps",
    "distance_m": "distance_m",
    "hr_bpm": "heart_rate_bpm",
    "stance_time_ms": "ground_contact_time_ms",
    "vertical_oscillation_mm": "vertical_oscillation_mm",
    "altitude_m": "altitude_m",
    "paused": "paused",
    "cue": "cue",
}
"""Column to a row's attribute. Those that docs/run-files.md knows are called as there: cued reads its own CSV again."""
_THOUSANDTHS: Final = 3
"""Finer than any sensor."""


def table_of(journal: Journal, word: str) -> tuple[Past, Table]:
    """The session in rows, a watch's readings where one was joined; raises JournalError."""
    past = past_of(journal, word)
    watch: dict[int, tuple[float | None, float | None]] = {}
    for joined in journal.watches(past.session.id):
        watch |= readings_of(joined)
    return past, table(past, watch)


def as_csv(journal: Journal, word: str) -> bytes:
    """One row a moment, with a line of names; blank: not known."""
    _, rows = table_of(journal, word)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for second in rows.seconds:
        writer.writerow([_cell(_value(second, attribute)) for attribute in COLUMNS.values()])
    return out.getvalue().encode()


def as_fit(journal: Journal, word: str) -> bytes:
    """Records, a lap for each segment, what was said as developer fields."""
    from cued.formats.fit_writer import FitRecord, FitRun, write_fit

    past, rows = table_of(journal, word)
    shared = {item.name for item in fields(FitRecord)} & {item.name for item in fields(Second)}
    records = [FitRecord(to_s(one.at_ns), **{name: getattr(one, name) for name in shared}) for one in rows.seconds]
    start_utc = datetime.fromtimestamp(past.session.began_utc_ns / 1e9, UTC)
    pauses = [(to_s(start_ns), to_s(end_ns)) for start_ns, end_ns in rows.pauses]
    return write_fit(FitRun(start_utc, to_s(rows.end_ns), records, _laps(rows), pauses))


def _laps(rows: Table) -> list[tuple[float, float, str]]:
    """A lap a segment; a run without any is one."""
    starts = [(max(0, at_ns), name) for at_ns, name in rows.segments if at_ns < rows.end_ns] or [(0, "")]
    ends = [*(at_ns for at_ns, _ in starts[1:]), rows.end_ns]
    return [
        (to_s(start_ns), to_s(end_ns), name) for (start_ns, name), end_ns in zip(starts, ends, strict=True) if start_ns < end_ns
    ]


def as_parquet(journal: Journal, word: str) -> bytes:
    """The CSV's columns with their types; raises OutputError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise OutputError(f"Parquet needs pyarrow: `{sys.executable} -m pip install pyarrow`, or export CSV") from error
    _, rows = table_of(journal, word)
    columns = {name: [_value(second, attribute) for second in rows.seconds] for name, attribute in COLUMNS.items()}
    text, flag = {"band", "segment", "cue"}, {"paused"}
    schema = pa.schema(
        [(name, pa.string() if name in text else pa.bool_() if name in flag else pa.float64()) for name in COLUMNS]
    )
    sink = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), sink)
    return sink.getvalue()


WRITERS: Final[dict[str, Callable[[Journal, str], bytes]]] = {"fit": as_fit, "csv": as_csv, "parquet": as_parquet}
"""Format to what writes it."""


def _value(second: Second, attribute: str) -> Any:  # noqa: ANN401 - a column of any kind
    value = getattr(second, attribute)
    if attribute == "at_ns":
        return to_s(value)
    if isinstance(value, float):
        return round(value, _THOUSANDTHS)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _cell(value: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
