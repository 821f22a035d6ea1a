"""The journal of a virtual day, in memory: what it was told, and whether that can be lived through again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cued.core import engine
from cued.core.cues import CuePack
from cued.core.effects import Effect, Paused, RunEnded, SegmentBegan, TempoChanged, Unheard
from cued.core.events import Event
from cued.core.start import Start
from cued.formats.sensor_log import Item
from cued.journal.items import Receipt
from cued.runtime.clock import Line
from cued.runtime.daemon.ports import Conditions
from cued.runtime.request import Request
from cued.runtime.status import SoundState
from tests.support.day_world import Table, clock


@dataclass
class Disk:
    """What becomes of what is written."""

    writes: bool = True
    answers: bool = True
    """It says so at once where it cannot."""


class MemorySeat:
    """One session's rows."""

    def __init__(self, number: int, how: Start, table: Table, line: Line, disk: Disk) -> None:
        self.how = how
        self._disk = disk
        self._present = disk.writes
        self._receipts: list[Receipt] = []
        self._kept: bool | None = None
        self._number = number
        self._table = table
        self._line = line
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self.ratings: list[tuple[int, str, str | float]] = []
        self.ended_ns: int | None = None
        self._beat = False

    @property
    def session(self) -> int | None:
        return self._number if self._present else None

    def step(self, event: Event, before_ns: int, at_ns: int, effects: Sequence[Effect]) -> None:
        self.events.append(event)
        self.effects += effects
        for effect in effects:
            if isinstance(effect, Paused):
                self._table.note("rests" if effect.paused else "goes on")
            elif isinstance(effect, Unheard) and effect.cue != "cued":
                self._table.note(f"unheard: {effect.text}")
            elif isinstance(effect, RunEnded):
                self._table.note("over")
            elif isinstance(effect, SegmentBegan):
                self._table.note(f"segment {effect.segment or '-'}")
            elif isinstance(effect, TempoChanged) and bool(effect.mspm) is not self._beat:
                self._beat = bool(effect.mspm)
                self._table.note(f"beat {'on' if self._beat else 'off'}")

    def hear_sensor(self, item: Item) -> None:
        pass

    def rate(self, at_ns: int, name: str, value: str | float) -> None:
        self.ratings.append((at_ns, name, value))
        self._table.note(f"keeps {name} {value:g}" if isinstance(value, float) else f"keeps {name} {value}")

    def collect(self, now_ns: int) -> list[Event]:
        return []

    def flush(self) -> Receipt:
        receipt = Receipt()
        self._receipts.append(receipt)
        self.look()
        return receipt

    def leave(self, end_ns: int, sound: SoundState, more: Mapping[str, object] | None = None) -> None:
        assert self.ended_ns is None, f"session {self._number} ends a second time"
        self.ended_ns = end_ns
        self.look()

    def look(self) -> None:
        """As the writer's thread does."""
        if self._kept is not None:
            return
        if self._disk.writes:
            self._present = True
            for receipt in self._receipts:
                receipt.written = True
        if self.ended_ns is not None and self._disk.answers:
            self._kept = self._disk.writes
            self._table.note(f"written down: {clock(self.ended_ns)}" if self._kept else "not written down")

    @property
    def kept(self) -> bool | None:
        return self._kept

    @property
    def is_full(self) -> bool:
        return self._disk.answers and not self._disk.writes

    def wait(self) -> None:
        pass

    def replays(self) -> bool:
        """Lived through again from its rows alone, does the same come of it?"""
        session, effects = engine.start(self.how), list[Effect]()
        for event in self.events:
            session, more = engine.step(session, event)
            effects += more
        return effects == self.effects


class MemoryBook:
    """A journal in memory."""

    def __init__(self, table: Table, stall: Callable[[int], None] = lambda _: None) -> None:
        """`stall` lets so many ns pass."""
        self._table = table
        self._stall = stall
        self.slow_ns = 0
        """So long the first row of a session takes: the card is busy."""
        self.seats: list[MemorySeat] = []
        self.full = False
        self.disk = Disk()
        self.conditions: Conditions = ()

    def become(self, *, writes: bool, answers: bool) -> None:
        """The disk, in the middle of what is written."""
        self.disk.writes, self.disk.answers = writes, answers
        for seat in self.seats:
            seat.look()

    def number(self, pack: str) -> int:
        return len(self.seats) + 1

    def begin(self, request: Request, how: Start, line: Line, conditions: Conditions, going: Any = None) -> MemorySeat | None:
        self._stall(self.slow_ns)
        told = f"session {len(self.seats) + 1} begins at {clock(line.start_ns)}: {how.pack.name}"
        if self.full:
            self._table.note(f"{told}, unrecorded")
            return None
        self._table.note(told)
        self.conditions = conditions
        for name, value in conditions:
            self._table.note(f"keeps {name} {value}")
        seat = MemorySeat(len(self.seats) + 1, how, self._table, line, self.disk)
        self.seats.append(seat)
        return seat

    def left(self) -> tuple[CuePack, int | None] | None:
        return None

    def broken(self, request: Request) -> Any:
        return None

    def is_well(self) -> bool:
        return True
