"""What the writer of a journal is given and gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cued.core.effects import Effect
from cued.core.events import Event
from cued.core.running_time import RunTime
from cued.journal.rows import Row


@dataclass(frozen=True, slots=True)
class Committed:
    """What is on the disk now, whatever happens."""

    at_ns: int
    """Session time up to which all is there."""
    rows: int
    """Of this process."""
    took_ns: int


@dataclass(frozen=True, slots=True)
class Going:
    """A session that broke off and goes on: where its next rows belong."""

    session: int
    seq: int
    """Of the next stretch."""
    notification: int
    """Of the next notification."""
    time: RunTime
    at_ns: int
    """Session time of its last row."""
    began_boot_ns: int
    """The machine's uptime at session time 0, as the clock goes now: before a restart there was another."""
    detail: str
    """JSON, for the mark that says that it goes on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the session."""

    event: Event | None
    """None: a wake, which is kept by its effects alone."""
    before_ns: int
    at_ns: int
    effects: Sequence[Effect]


@dataclass(frozen=True, slots=True)
class Raw:
    """A notification as it came over the air."""

    at_ns: int
    address: str
    uuid: str
    data: bytes


@dataclass(slots=True)
class Receipt:
    """Asks for a commit, and tells whether it has come."""

    written: bool = False
    """All that was put before it is on the disk. Set in the writer's thread, looked at in any."""


Item: TypeAlias = Step | Raw | Row | Receipt
