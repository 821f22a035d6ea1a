"""The plan for the daemon: the journal's, and how today's run is kept to it while nobody has named another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cued.coaching.happening import Say, Word
from cued.coaching.state import STOP_FROM
from cued.core.cues import Tissue
from cued.errors import CuedError
from cued.journal.wall import Moment
from cued.runtime import planning
from cued.runtime.daemon.choice import Choice
from cued.runtime.daemon.today import told

if TYPE_CHECKING:
    from cued.coaching.today import Today as Answer
    from cued.runtime.daemon.ports import Planner, Work
    from cued.runtime.daemon.today import Today


class JournalPlan:
    """`ports.Planner` by the journal at `path`."""

    def __init__(self, path: Path, moment: Callable[[], Moment]) -> None:
        self._path = path
        self._moment = moment

    def today(self) -> Answer:
        """As `ports.Planner`, and the rest."""
        return planning.today_of(self._path, self._moment())

    def say(self, word: Word) -> None:
        planning.say(self._path, self._moment(), word)

    def sore(self, place: Tissue | None) -> None:
        planning.sore(self._path, self._moment(), place)

    def day(self) -> int | None:
        return planning.day_now(self._moment())

    def race(self) -> int | None:
        return planning.planned(self._path, self._moment()).state.race

    def mark(self) -> tuple[object, object]:
        return planning.mark(self._path, self._moment())


class Following:
    """Keeps today's run what the plan says. Belongs to the loop's thread."""

    def __init__(self, today: Today, work: Work, notice: Callable[[str], None], continue_ns: Callable[[], int]) -> None:
        """`continue_ns`: how long a run that broke off may be gone on with; so long the pack it had is kept ready."""
        self._today = today
        self._continue_ns = continue_ns
        self._work = work
        self._notice = notice
        self._mark: tuple[object, object] = (None, None)
        """What the plan rested on when it was last asked."""
        self._moving: object = None
        """The journal since it was seen to change: somebody may be writing."""
        self._looks = False
        self.race: int | None = None
        """The day of the race that the plan knew of when it was last looked for."""
        self._hurts = False
        """The runner has just told pain that ends cueing for the day."""

    @property
    def planner(self) -> Planner | None:
        """None: there is no journal, and so no plan."""
        return self._today.kitchen.planner

    def look(self, now_ns: int) -> None:
        """Every few seconds while no run is on: midnight, a date that becomes known, runs, ratings and words from anywhere."""
        planner, prepared = self.planner, self._today.prepared
        if planner is None or self._looks or not self._today.choice.planned:
            return
        if prepared is not None and prepared.broken is not None and now_ns - prepared.broken[0] < self._continue_ns():
            return
        self._looks = True

        def job() -> Callable[[], None]:
            try:
                mark = planner.mark()
            except CuedError:  # asked for the plan itself, it says what is wrong
                mark = (None, None)
            return lambda: self._seen(mark)

        self._work.do(job)

    def _seen(self, mark: tuple[object, object]) -> None:
        self._looks = False
        today = self._today
        if not today.choice.planned:
            return
        known = today.prepared is not None and today.prepared.answer is not None
        still, self._moving = mark[1] == self._moving, mark[1]
        if known and (mark == self._mark or (mark[0] == self._mark[0] and not still)):
            return
        self._mark = mark
        self._ask()

    def _ask(self) -> None:
        """What is today now? Where it is something else, have that made ready."""
        planner, hurts = self.planner, self._hurts
        if planner is None:
            return

        def job() -> Callable[[], None]:
            try:
                answer = planner.today()
            except CuedError as error:
                reason = told(error)
                return lambda: self._notice(f"the plan cannot be read: {reason}")
            return lambda: self._asked(answer, aloud=hurts and answer.stopped)

        self._hurts = False
        self._work.do(job)

    def _asked(self, answer: Answer, *, aloud: bool) -> None:
        today = self._today
        old = None if today.prepared is None else today.prepared.answer
        if today.choice.planned and (aloud or answer != old):
            today.choose(Choice(planned=True, length_ns=today.choice.length_ns), aloud=aloud)

    # --- what the runner says --------------------------------------------------------------------------------------

    def say(self, word: Word) -> None:
        """Written down; what today is by that is said. A plan that is spoken to is followed, whatever pack was named."""
        self._tell(lambda planner: planner.say(word))
        back = word.say is Say.WELL and not self._today.usually_planned
        self._today.choose(self._today.usual_choice if back else Choice(planned=True), aloud=True)

    def look_for_race(self) -> None:
        """Which race does the plan know of? Found out while the runner is still on the way to it in the menu."""
        planner = self.planner
        if planner is None:
            return

        def job() -> Callable[[], None]:
            try:
                race = planner.race()
            except CuedError:  # asked for today, it says what is wrong
                race = None
            return lambda: self._found(race)

        self._work.do(job)

    def _found(self, race: int | None) -> None:
        self.race = race

    def say_race(self, day: int | None) -> None:
        """On that day, or None; whatever pack was named for today stays."""
        self._tell(lambda planner: planner.say(Word(None, Say.NO_RACE if day is None else Say.RACE, on=day)))
        if self._today.choice.planned:
            self._ask()

    def sore(self, place: Tissue | None) -> None:
        """This morning, in `place`; None: not said where."""
        self._tell(lambda planner: planner.sore(place))
        if self._today.choice.planned:
            self._ask()

    def pain(self, value: float) -> None:
        """After a run: from 5 of 10 on cueing is over for the day, which is said as soon as the plan has it."""
        self._hurts = value >= STOP_FROM

    def _tell(self, what: Callable[[Planner], None]) -> None:
        planner = self.planner
        if planner is None:
            return

        def job() -> Callable[[], None]:
            try:
                what(planner)
            except CuedError as error:
                reason = told(error)
                return lambda: self._notice(f"not written down: {reason}")
            return _nothing

        self._work.do(job)


def _nothing() -> None:
    """There is nothing to take in."""
