"""The plan of a virtual day, in memory: it hears words, soreness, and each session that the book has written down."""

from __future__ import annotations

from dataclasses import replace

from cued.coaching.happening import Dawn, Felt, Happening, Kind, Outcome, Ran, Say, Word
from cued.coaching.plan import step
from cued.coaching.state import PlanState
from cued.coaching.today import Today, today
from cued.core.cues import Tissue
from cued.runtime.planning import SORE_MORNING
from cued.units import NS_PER_H, NS_PER_MIN
from tests.support.day_book import MemoryBook
from tests.support.day_world import Table, VirtualTime

FIRST = 18_262
"""The day's first midnight, 2020-01-01: a Wednesday, and so never a week's begin."""
RACES = {Say.RACE, Say.NO_RACE}
TOLD = {Kind.OFF, Kind.RETURN, Kind.BACK, Kind.STOP, Kind.SORE, Kind.NORMAL}


class VirtualPlan:
    """`ports.Planner`."""

    def __init__(self, state: PlanState, time: VirtualTime, book: MemoryBook, table: Table) -> None:
        self._time = time
        self._book = book
        self._table = table
        self._heard = 0
        self._told = 0
        self.dated = True
        self.state, _ = step(state, Dawn(FIRST))

    def day(self) -> int | None:
        """Today, if the date is known to be right."""
        return None if not self.dated else FIRST + self._time.later_days + self._time.now_ns() // (24 * NS_PER_H)

    def _step(self, what: Happening) -> None:
        self.state, decided = step(self.state, what)
        told = TOLD | {Kind.DONE, Kind.REFUSED} if isinstance(what, Word) and what.say in RACES else TOLD
        for one in (one for one in decided if one.kind in told):
            self._table.note(f"plan: {one.text}")

    def _catch_up(self) -> None:
        for number, seat in enumerate(self._book.seats[self._heard :], self._heard + 1):
            if seat.ended_ns is None:
                return
            self._heard = number
            pain = any(type(event).__name__ == "Pain" for event in seat.events)
            outcome = Outcome(seat.how.pack.name, seat.how.pack.name != "plain", seat.ended_ns / NS_PER_MIN, pain=pain)
            self._step(Ran(self.day(), number, outcome))
            felt = {name: value for _, name, value in seat.ratings if isinstance(value, float)}
            self._step(Felt(self.day(), number, pain=felt.get("pain"), effort=felt.get("effort")))

    def today(self) -> Today:
        self._catch_up()
        return today(self.state, self.day())

    def say(self, word: Word) -> None:
        self._catch_up()
        self._told += 1
        self._step(replace(word, day=self.day()))

    def log(self, felt: Felt) -> None:
        """Told of the last run, or of one that there never was, by another program."""
        self._catch_up()
        self._told += 1
        self._step(replace(felt, day=self.day(), number=self._heard))

    def sore(self, place: Tissue | None) -> None:
        self._catch_up()
        self._table.note(f"plan hears: sore{'' if place is None else f', {place.value}'}")
        if self._heard:
            told = Felt(self.day(), self._heard, place=place, morning=SORE_MORNING if place is None else None)
            self._step(told)

    def race(self) -> int | None:
        return self.state.race

    def mark(self) -> tuple[object, object]:
        return self.day(), (self._told, [seat.ended_ns for seat in self._book.seats])
