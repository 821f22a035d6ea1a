"""What a session consists of, as values ready for the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from typing import Final, TypeAlias

from cued.core.effects import (
    Counted,
    Effect,
    Expired,
    Failed,
    Say,
    SegmentBegan,
    Suppressed,
    Unheard,
    Withheld,
)

Value: TypeAlias = str | int | float | bytes | None
"""What SQLite keeps."""


def printable(text: str) -> str:
    """`text` as UTF-8 holds and a terminal shows it: a file's name may have bytes that are no text, and control characters."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, but for the session it belongs to."""

    table: str
    values: tuple[Value, ...]


COLUMNS: Final = {
    "stretches": ("seq", "to_ns", "run_ns", "fresh", "lines"),
    "marks": ("at_ns", "run_ns", "what", "utc_ns", "detail"),
    "clocks": ("at_ns", "began_utc_ns", "verified", "why"),
    "decisions": ("at_ns", "kind", "cue", "rule", "priority", "reason", "text"),
    "segments": ("at_ns", "segment", "number", "rep", "reps"),
    "counts": ("at_ns", "what", "count"),
    "conditions": ("at_ns", "name", "value", "utc_ns"),
    "ratings": ("at_ns", "name", "value", "utc_ns"),
    "notes": ("at_ns", "text", "utc_ns"),
    "outcomes": ("end_ns", "made", "outcome"),
    "watches": ("file", "sha256", "device", "offset_ns", "likeness", "readings", "utc_ns"),
}
"""The columns of a row's values, in order."""
INSERT: Final = {
    table: f"INSERT INTO {table} (session, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})"
    for table, columns in COLUMNS.items()
} | {
    "notifications": "INSERT INTO notifications (session, seq, at_ns, data, characteristic)"
    " SELECT ?, ?, ?, ?, id FROM characteristics WHERE address = ? AND uuid = ?",
}
"""How a row gets in. A notification's sensor is told by address and characteristic, which `KNOW` has made known."""
INSERT_WORD: Final = "INSERT INTO plan (utc_ns, verified, day, after, word) VALUES (?, ?, ?, ?, ?)"
"""How the runner's word about the plan gets in: the journal's own, of no session."""
KNOW: Final = "INSERT OR IGNORE INTO characteristics (address, uuid) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class Head:
    """The first row of a session: all that its start got."""

    uid: str
    """Random: tells sessions of several journals apart."""
    start: str
    """The core's `Start`, the pack in it, as `formats.event_codec` writes it."""
    pack: str
    """The pack's name."""
    pack_version: str
    session_number: int
    """Which cue session with this pack, as the run began it."""
    pack_text: str
    """The pack's file as it was read; empty where it came from none."""
    source: str
    """What fed the run: `none`, `sim:easy`, `file:morning.fit`."""
    voice: str
    simulated: bool
    desk: bool
    rate: float
    """Session time ran so many times as fast as the clock."""
    settings: str
    """JSON: what was asked for besides."""
    versions: str
    """JSON: cued's, Python's, the event lines'."""
    began_utc_ns: int
    """Wall clock at session time 0, as the machine believed."""
    verified: bool
    """Somebody who knows had set that clock."""
    boot_id: str
    """Which boot of the machine; empty where it does not tell."""
    began_boot_ns: int
    """The machine's uptime, suspends included, at session time 0."""


HEAD_COLUMNS: Final = tuple(item.name for item in fields(Head))
INSERT_HEAD: Final = f"INSERT INTO sessions ({', '.join(HEAD_COLUMNS)}) VALUES (?{', ?' * (len(HEAD_COLUMNS) - 1)})"
INSERT_HEAD_AS: Final = f"INSERT INTO sessions (id, {', '.join(HEAD_COLUMNS)}) VALUES (?{', ?' * len(HEAD_COLUMNS)})"


def head_values(head: Head) -> tuple[Value, ...]:
    """In the order of `HEAD_COLUMNS`."""
    return astuple(head)


_DECIDED: Final = {
    Say: "say",
    Withheld: "withheld",
    Suppressed: "suppressed",
    Expired: "expired",
    Failed: "failed",
    Unheard: "unheard",
}


def told_by(effect: Effect) -> Iterator[Row]:
    """The rows in which an effect can be looked up without replaying anything."""
    if isinstance(effect, Say | Withheld | Suppressed | Expired | Failed | Unheard):
        reason = "" if isinstance(effect, Say | Unheard) else "withhold" if isinstance(effect, Withheld) else effect.reason
        kind, priority = _DECIDED[type(effect)], effect.priority.name.lower()
        yield Row("decisions", (effect.at_ns, kind, effect.cue, effect.rule, priority, reason, effect.text))
    elif isinstance(effect, SegmentBegan):
        yield Row("segments", (effect.at_ns, effect.segment, effect.index, effect.rep, effect.reps or None))
    elif isinstance(effect, Counted):
        yield Row("counts", (effect.at_ns, effect.what, effect.count))
