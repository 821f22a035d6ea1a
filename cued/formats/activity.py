"""A recorded run as a value: cleaned records on one time line, with its pauses and laps.

FIT and CSV readers hand their raw rows to `build_activity`, which cleans them the same way for both: devices write
garbage for "not measured" (speed 65.535, cadence 255, a ground contact time of 0.0), so a value outside what a body
can do is absent, not an error. What had to be mended is told in `Activity.notes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import Final

from cued.errors import FormatError
from cued.units import NS_PER_H, NS_PER_S

MAX_LENGTH_NS: Final = 24 * NS_PER_H
"""No pack may last longer; a longer file is a clock that jumped in mid-run."""

MAX_RECORDS: Final = 24 * 3_600 * 4
"""A day at four records a second (devices write one at most): what fits into a small computer's memory."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the device knew at one moment; None = not measured."""

    at_ns: int
    """Since the first record."""
    cadence_spm: float | None = None
    """Steps (both legs) per minute; 0 = standing."""
    speed_mps: float | None = None
    """Metres per second."""
    distance_m: float | None = None
    """Metres since the start; never falls."""
    heart_rate_bpm: float | None = None
    """Beats per minute."""
    ground_contact_time_ms: float | None = None
    """One foot's time on the ground, in milliseconds."""
    vertical_oscillation_mm: float | None = None
    """Rise and fall of the trunk over one step, in millimetres."""
    altitude_m: float | None = None
    """Metres above the sea."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch [start, end) of the activity's time line."""

    start_ns: int
    """Since the first record."""
    end_ns: int
    """Since the first record; greater than the start."""

    def __post_init__(self) -> None:
        if not 0 <= self.start_ns < self.end_ns:
            raise ValueError(f"a span must begin at 0 or later and end after it began: {self}")


class Pause(Span):
    """A stretch in which the device's timer stood still."""

    __slots__ = ()


class Lap(Span):
    """A lap as the device cut it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """One recorded run."""

    source: str
    """The file's name as it was given."""
    sha256: str
    """Of the file's bytes, in hexadecimal."""
    sport: str
    """`running`, `walking`, `hiking` or `unknown`."""
    records: tuple[Record, ...]
    """At least two, the first at 0, times strictly rising."""
    pauses: tuple[Pause, ...] = ()
    """In order, apart from each other, within the records' time."""
    laps: tuple[Lap, ...] = ()
    """In order; may be empty."""
    start_utc: datetime | None = None
    """When it began, if the file knows."""
    device: str | None = None
    """Who recorded it, if the file knows."""
    notes: tuple[str, ...] = ()
    """What had to be mended or guessed, each in one sentence."""

    @property
    def length_ns(self) -> int:
        """From the first record to the last, pauses included."""
        return self.records[-1].at_ns

    @property
    def paused_ns(self) -> int:
        """All pauses together."""
        return sum(pause.end_ns - pause.start_ns for pause in self.pauses)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value's place in a `Record` and the range that a body on foot can reach."""

    attribute: str
    low: float
    high: float


QUANTITIES: Final = (
    # 0 is a runner standing; a sprinter's 5 steps a second are 300, and 2 x 255 ("not measured") must not pass.
    Quantity("cadence_spm", 0.0, 300.0),
    # The fastest human stride measured is 12.4 m/s; 65.535 is FIT's "not measured".
    Quantity("speed_mps", 0.0, 15.0),
    # Farther than a pack can be long.
    Quantity("distance_m", 0.0, 500_000.0),
    # Below 25 and above 250 a strap has lost the skin.
    Quantity("heart_rate_bpm", 25.0, 250.0),
    # A sprinter's contact is 80 ms, a stroller's near a second; pods write 0 for "none".
    Quantity("ground_contact_time_ms", 50.0, 2_000.0),
    # Runners move 40 to 130 mm; pods write 0 for "none".
    Quantity("vertical_oscillation_mm", 5.0, 300.0),
    # The Dead Sea's shore to Everest.
    Quantity("altitude_m", -450.0, 9_000.0),
)

_ATTRIBUTES: Final = tuple(field.name for field in fields(Record) if field.name != "at_ns")


def check_count(count: int) -> None:
    """Raise FormatError once a reader has more than MAX_RECORDS."""
    if count > MAX_RECORDS:
        raise FormatError(f"it holds more than {MAX_RECORDS} records: it cannot be one run")


def clean_record(at_ns: int, values: dict[str, float | None]) -> Record:
    """A record of `values` by attribute; what is missing, not finite or beyond its range is None."""
    kept: dict[str, float] = {}
    for quantity in QUANTITIES:
        value = values.get(quantity.attribute)
        if value is not None and isfinite(value) and quantity.low <= value <= quantity.high:
            kept[quantity.attribute] = value
    return Record(at_ns, **kept)


def build_activity(
    source: str,
    sha256: str,
    records: Sequence[Record],
    *,
    sport: str = "unknown",
    pauses: Iterable[tuple[int, int]] = (),
    laps: Iterable[tuple[int, int]] = (),
    start_utc: datetime | None = None,
    device: str | None = None,
    notes: Iterable[str] = (),
) -> Activity:
    """Order, merge and check `records` (their times and the spans' in ns on any one line) into an `Activity`.

    Raises FormatError, without naming the file, if there is no run in them.
    """
    told = list(notes)
    if not records:
        raise FormatError("it holds no records: there is no run in it")
    ordered = _in_order(records, told)
    origin_ns = ordered[0].at_ns
    length_ns = ordered[-1].at_ns - origin_ns
    if length_ns == 0:
        raise FormatError("all its records lie in one moment: there is no run in it")
    if length_ns > MAX_LENGTH_NS:
        hours = length_ns / NS_PER_H
        raise FormatError(f"its records span {hours:.0f} hours (24 at most): its clock must have jumped")
    if not any(record.cadence_spm for record in ordered):
        raise FormatError(
            "it has no cadence: record the run with a foot pod, a running watch or a chest strap that counts steps"
        )
    shifted = tuple(replace(record, at_ns=record.at_ns - origin_ns) for record in _rising_distance(ordered, told))
    return Activity(
        source=source,
        sha256=sha256,
        sport=sport,
        records=shifted,
        pauses=tuple(Pause(*span) for span in _spans(pauses, origin_ns, length_ns)),
        laps=tuple(Lap(*span) for span in _spans(laps, origin_ns, length_ns)),
        start_utc=start_utc,
        device=device,
        notes=tuple(told),
    )


def _in_order(records: Sequence[Record], told: list[str]) -> list[Record]:
    """By time, one record a moment: of two at one moment, the later line's values win where it has any."""
    backwards = sum(later.at_ns < earlier.at_ns for earlier, later in pairwise(records))
    if backwards:
        told.append(f"its time steps backwards {_times(backwards)}: the records were put in order")
    merged: list[Record] = []
    for record in sorted(records, key=lambda record: record.at_ns):
        if merged and merged[-1].at_ns == record.at_ns:
            known = {name: value for name in _ATTRIBUTES if (value := getattr(record, name)) is not None}
            merged[-1] = replace(merged[-1], **known)
        else:
            merged.append(record)
    if len(merged) < len(records):
        told.append(f"records share a moment {_times(len(records) - len(merged))}: the later values were taken")
    return merged


def _rising_distance(records: Sequence[Record], told: list[str]) -> list[Record]:
    """`records` without the distances that lie below one already reached."""
    reached_m = 0.0
    fallen = 0
    cleaned: list[Record] = []
    for record in records:
        if record.distance_m is not None and record.distance_m < reached_m:
            fallen += 1
            cleaned.append(replace(record, distance_m=None))
            continue
        reached_m = reached_m if record.distance_m is None else record.distance_m
        cleaned.append(record)
    if fallen:
        told.append(f"its distance falls {_times(fallen)}: those values were left out")
    return cleaned


def _spans(spans: Iterable[tuple[int, int]], origin_ns: int, length_ns: int) -> list[tuple[int, int]]:
    """`spans` shifted to the origin, cut to the activity, in order and without overlaps."""
    cut: list[tuple[int, int]] = []
    for start_ns, end_ns in sorted(spans):
        start = max(start_ns - origin_ns, cut[-1][1] if cut else 0)
        end = min(end_ns - origin_ns, length_ns)
        if start < end:
            cut.append((start, end))
    return cut


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def as_minutes(length_ns: int) -> str:
    """`12 min 5 s`, for sentences."""
    minutes, rest_s = divmod(length_ns // NS_PER_S, 60)
    return f"{minutes} min {rest_s} s" if minutes else f"{rest_s} s"
