"""The plan of a virtual day, in memory: it hears words, soreness, and each session that the book has written down."""

from __future__ import annotations

from dataclasses import replace

from cued.coaching.happening import Dawn, Felt, Happening, Kind, Outcome, Ran, Word
from cued.coaching.plan import step
from cued.coaching.state import PlanState
from cued.coaching.today import Today, today
from cued.core.cues import Tissue
from cued.runtime.planning import SORE_MORNING
from cued.units import NS_PER_H, NS_PER_MIN
from tests.support.day_book import MemoryBook
from tests.support.day_world import Table, VirtualTime

FIRST = 18_262
"""The day's first midnight, a Friday (2020-01-01) and so never a week's begin."""
TOLD = {Kind.OFF, Kind.RETURN, Kind.BACK, Kind.STOP, Kind.SORE, Kind.NORMAL}


class VirtualPlan:
    """`ports.Planner`."""

    def __init__(self, state: PlanState, time: VirtualTime, book: MemoryBook, table: Table) -> None:
        self._time = time
        self._book = book
        self._table = table
        self._heard = 0
        self._told = 0
        self.day: int | None = FIRST
        self.state, _ = step(state, Dawn(FIRST))

    def _now(self) -> int | None:
        return None if self.day is None else self.day + self._time.later_days + self._time.now_ns() // (24 * NS_PER_H)

    def _step(self, what: Happening) -> None:
        self.state, decided = step(self.state, what)
        for one in (one for one in decided if one.kind in TOLD):
            self._table.note(f"plan: {one.text}")

    def _catch_up(self) -> None:
        for number, seat in enumerate(self._book.seats[self._heard :], self._heard + 1):
            if seat.ended_ns is None:
                return
            self._heard = number
            pain = any(type(event).__name__ == "Pain" for event in seat.events)
            outcome = Outcome(seat.how.pack.name, seat.how.pack.name != "plain", seat.ended_ns / NS_PER_MIN, pain=pain)
            self._step(Ran(self._now(), number, outcome))
            felt = {name: value for _, name, value in seat.ratings if isinstance(value, float)}
            self._step(Felt(self._now(), number, pain=felt.get("pain"), effort=felt.get("effort")))

    def today(self) -> Today:
        self._catch_up()
        return today(self.state, self._now())

    def say(self, word: Word) -> None:
        self._catch_up()
        self._told += 1
        self._step(Word(self._now(), word.say, word.place))

    def log(self, felt: Felt) -> None:
        """Told of the last run, or of one that there never was, by another program."""
        self._catch_up()
        self._told += 1
        self._step(replace(felt, day=self._now(), number=self._heard))

    def sore(self, place: Tissue | None) -> None:
        self._catch_up()
        self._table.note(f"plan hears: sore{'' if place is None else f', {place.value}'}")
        if self._heard:
            told = Felt(self._now(), self._heard, place=place, morning=SORE_MORNING if place is None else None)
            self._step(told)

    def mark(self) -> tuple[object, object]:
        return self._now(), (self._told, [seat.ended_ns for seat in self._book.seats])
