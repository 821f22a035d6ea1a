"""The plan for the daemon: the journal's, and how today's run is kept to it.

While nobody has named a pack it says all of the run; whatever was named, it has the say on days on which cues would harm.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cued.coaching.happening import Say, Word
from cued.core.cues import Tissue
from cued.errors import CuedError
from cued.journal.wall import Moment
from cued.runtime import planning
from cued.runtime.daemon.choice import BETWEEN, Choice
from cued.runtime.daemon.today import told
from cued.units import NS_PER_H

if TYPE_CHECKING:
    from cued.coaching.today import Today as Answer
    from cued.runtime.daemon.ports import Planner, Work
    from cued.runtime.daemon.today import Today


HURTS_NS: Final = 4 * NS_PER_H
"""At least so long pain ends cueing, whatever the date: a clock that is set makes no new day (design)."""


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

    def __init__(
        self,
        today: Today,
        work: Work,
        notice: Callable[[str], None],
        continue_ns: Callable[[], int],
        day: Callable[[], str],
    ) -> None:
        """`continue_ns`: how long a run that broke off may be gone on with; so long the pack it had is kept ready.

        `day`: the runner's date (`ports.Time`).
        """
        self._today = today
        self._day = day
        self._continue_ns = continue_ns
        self._work = work
        self._notice = notice
        self._mark: tuple[object, object] = (None, None)
        """What the plan rested on when it was last asked."""
        self._moving: object = None
        """The journal since it was seen to change: somebody may be writing."""
        self._looks = False
        self._looked_ns = 0
        self._hurt: tuple[int, str] | None = None
        """When pain was last told that ends cueing, and on which date."""
        self._untold = False
        """The runner waits to hear what comes of that."""
        self.race: int | None = None
        """The day of the race that the plan knew of when it was last looked for."""

    @property
    def planner(self) -> Planner | None:
        """None: there is no journal, and so no plan."""
        return self._today.kitchen.planner

    def look(self, now_ns: int, hurt: Callable[[], None] | None = None) -> None:
        """Every few seconds while no run is on: midnight, a date that becomes known, runs, ratings and words from anywhere.

        `hurt`: a run has ended that may be gone on with, and this is to be done where pain has been told of it elsewhere.
        """
        self._looked_ns = now_ns
        self._heal(now_ns)
        planner = self.planner
        if planner is None or self._looks:
            return
        self._looks = True

        def job() -> Callable[[], None]:
            try:
                mark = planner.mark()
            except CuedError:  # asked for the plan itself, it says what is wrong
                mark = (None, None)
            return lambda: self._seen(mark, hurt)

        self._work.do(job)

    def _heal(self, now_ns: int) -> None:
        """On the next day there are cues again, unless the plan knows better."""
        if self._hurt is None or now_ns - self._hurt[0] < HURTS_NS or self._hurt[1] == self._day():
            return
        self._hurt, self._today.kitchen.hurts = None, False
        self._choose()

    @property
    def _goes_on(self) -> bool:
        """May a run that broke off still be gone on with?"""
        prepared = self._today.prepared
        left = None if prepared is None else prepared.broken
        return left is not None and self._looked_ns - left[0] < self._continue_ns()

    def _seen(self, mark: tuple[object, object], hurt: Callable[[], None] | None) -> None:
        self._looks = False
        today = self._today
        known = today.prepared is not None and (
            today.prepared.answer is not None or not today.choice.planned or self._goes_on or hurt is not None
        )
        still, self._moving = mark[1] == self._moving, mark[1]
        if known and (mark == self._mark or (mark[0] == self._mark[0] and not still)):
            return
        self._mark = mark
        if hurt is None:
            self._ask()
        elif self._hurt is None:
            self._ask_of_pain(hurt)

    def _ask(self) -> None:
        """What is today now? Where it is something else, have that made ready."""
        if self.planner is None:
            return
        kitchen, asked, aloud = self._today.kitchen, self._asks_for, self._untold
        kitchen.sore = False
        prepared = self._today.prepared
        request = None if prepared is None else prepared.request

        def job() -> Callable[[], None]:
            try:
                answer = kitchen.held(asked)
            except CuedError as error:
                reason = told(error)
                return lambda: self._notice(f"the plan cannot be read: {reason}")
            # Made ready when the last run began, a named pack does not know yet whether that was a session with it.
            recount = request is not None and request.session_number != kitchen.book.number(request.pack.value.name)
            return lambda: self._asked(answer, recount=recount, aloud=aloud and answer is not None and answer.stopped)

        self._untold = False
        self._work.do(job)

    def _ask_of_pain(self, hurt: Callable[[], None]) -> None:
        """What a run that begins now would be is not asked yet: the plan does not know of the last one."""
        kitchen = self._today.kitchen

        def job() -> Callable[[], None]:
            try:
                answer = kitchen.held(Choice())
            except CuedError:  # the next look tells
                return _nothing
            return hurt if answer is not None and answer.stopped else _nothing

        self._work.do(job)

    def _asked(self, answer: Answer | None, *, recount: bool, aloud: bool) -> None:
        today = self._today
        if self._goes_on and (answer is None or not answer.bars):
            return
        old = None if today.prepared is None else today.prepared.answer
        if aloud or recount or answer != old:
            self._choose(aloud=aloud)

    @property
    def _asks_for(self) -> Choice:
        """The pack that is named, or whatever the plan says."""
        choice = self._today.choice
        return Choice(planned=True, length_ns=choice.length_ns) if choice.planned else choice

    def _choose(self, *, aloud: bool = False) -> None:
        self._today.choose(self._asks_for, aloud=aloud)

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
        self._ask()

    def hurt(self, now_ns: int, *, aloud: bool) -> None:
        """Pain that ends cueing has been told: there is none any more today, whatever pack was named.

        `aloud`: it was told after a run, and is said once the plan has it.
        """
        self._hurt = now_ns, self._day()
        today, planner = self._today, self.planner
        today.kitchen.hurts = True
        self._untold = aloud and planner is not None
        if today.choice != BETWEEN:
            self._choose(aloud=aloud and planner is None)

    def eased(self) -> None:
        """Pain has been told that eases the next run with a pack that is named; soon the plan has it, and says so itself."""
        if self.planner is None:
            return
        self._today.kitchen.sore = True
        if not self._today.choice.planned:
            self._choose()

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
