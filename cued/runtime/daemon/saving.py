"""What is said of a run's end: that it is saved once the journal has confirmed it, and the truth where it has not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cued.core.happening import Say
from cued.core.sentences import Sentence
from cued.core.values import NOTHING, Values
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.journal.items import Receipt
    from cued.runtime.daemon.loop import Daemon
    from cued.runtime.daemon.ports import Seat

PATIENCE_NS: Final = 3 * NS_PER_S
"""So long the journal is waited for: a commit takes some 10 ms, on a card that is busy a second or two."""
LOOK_NS: Final = 50 * NS_PER_MS
"""Between two looks whether it has written: sooner than anybody hears."""
LATER_NS: Final = NS_PER_S
"""The same, once it is told that it has not: it tries again every second."""


@dataclass(slots=True)
class _Owed:
    """A sentence that waits for the journal."""

    seat: Seat | None
    receipt: Receipt | None
    """Of all that the sentence is about; None: of the whole session, with its end."""
    until_ns: int
    said: Sentence
    values: Values = NOTHING
    told: bool = False
    """That it is not saved yet."""
    lost: bool = False
    """Nothing is being written, and the last run was not."""

    @property
    def written(self) -> bool | None:
        """None: not yet."""
        if self.seat is None:
            return not self.lost
        if self.receipt is not None and self.receipt.written:
            return True
        return self.seat.kept


class Saving:
    """Belongs to the loop's thread. It never waits: every turn of the loop it has a look."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._owed: _Owed | None = None
        self._past: _Owed | None = None
        """What was not told any more, since another run began or this one went on."""
        self.last = Sentence.SUMMARY
        """What is true of the last run."""

    @property
    def is_due(self) -> bool:
        """Something is to be said first, and waits for the journal."""
        return self._owed is not None and not self._owed.told

    @property
    def is_written(self) -> bool:
        """What it waits for has come, and is told at the next turn."""
        return self._owed is not None and self._owed.written is not None

    @property
    def due_ns(self) -> int | None:
        """When to look next."""
        if self._owed is None:
            return None
        return self._daemon.world.time.now_ns() + (LATER_NS if self._owed.told else LOOK_NS)

    @property
    def fails(self) -> bool:
        """A run that is over could not be saved so far."""
        return self._owed is not None and self._owed.told

    def truth(self, what: Sentence) -> Sentence:
        """What is true instead of a run that no journal keeps."""
        run = self._daemon.sessions.run
        return Sentence.UNRECORDED if what is Sentence.BEGUN and run is not None and run.seat is None else what

    def over(self, said: Say) -> None:
        """A run is over: its figures are said once it is saved."""
        run, now_ns = self._daemon.sessions.run, self._daemon.world.time.now_ns()
        if run is None:  # ended before its pack was ready: there was none
            return
        if run.seat is None:
            self.last = Sentence.UNSAVED
            if self._daemon.manners.says(Sentence.SUMMARY):
                self._daemon.speak(self.last, said.values, said.at_ns, asked=False)
            return
        self._past = None
        self._owed = _Owed(run.seat, run.seat.flush(), now_ns + PATIENCE_NS, Sentence.SUMMARY, said.values)
        self.last = Sentence.LATE
        self.turn(now_ns)

    def held(self, now_ns: int) -> None:
        """The button was held, and the session is being written down: that it is safe is said once it is."""
        seat = self._daemon.sessions.leaving
        self._past = None
        lost = seat is None and self.last is not Sentence.SUMMARY
        self._owed = _Owed(seat, None, now_ns + PATIENCE_NS, Sentence.SAVED, lost=lost)
        self.turn(now_ns)

    def stop(self) -> None:
        """A run goes on or begins: the end of the last one is not told any more."""
        self._past, self._owed = self._owed or self._past, None

    def turn(self, now_ns: int) -> None:
        """Has it been written?"""
        if self._past is not None and self._past.written is not None:
            self.last = _truth(self._past)
            self._past = None
        owed = self._owed
        if owed is None:
            return
        written = owed.written
        if written is not None:
            self._owed = None
            self._tell(owed, now_ns, written=written)
        elif not owed.told and now_ns >= owed.until_ns:
            owed.told = True
            self.last = Sentence.LATE_FULL if owed.seat is not None and owed.seat.is_full else Sentence.LATE
            self._say(owed, self.last, owed.values, now_ns)

    def _tell(self, owed: _Owed, now_ns: int, *, written: bool) -> None:
        if owed.seat is not None:
            self.last = _truth(owed)
        held = owed.said is Sentence.SAVED
        if not (held and written):  # else that is said when the card has it, too
            self._say(owed, self.last, NOTHING if owed.told else owed.values, now_ns)  # a run's figures are said once
        if held:
            self._daemon.hands.settle(written=written)

    def _say(self, owed: _Owed, what: Sentence, values: Values, now_ns: int) -> None:
        held = owed.said is Sentence.SAVED
        if held or self._daemon.manners.says(what):
            self._daemon.speak(what, values, now_ns, asked=held)


def _truth(owed: _Owed) -> Sentence:
    """What came of a run that a journal was to keep."""
    partly = owed.seat is not None and owed.seat.session is not None
    return Sentence.SUMMARY if owed.written else Sentence.PARTLY if partly else Sentence.UNSAVED
