"""Another pack for the session that is on: checked and rendered off the loop, then taken over in the middle of the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cued.core.happening import Phase, Say, Word
from cued.core.sentences import Sentence
from cued.core.values import Values
from cued.errors import CuedError
from cued.runtime.daemon.choice import Choice, Prepared
from cued.runtime.daemon.onerun import OneRun
from cued.runtime.daemon.today import told, with_name
from cued.runtime.planning import spoken

if TYPE_CHECKING:
    from cued.runtime.daemon.loop import Daemon


class Swapping:
    """Belongs to the loop's thread."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self.name = ""
        """The pack that is being made ready."""

    def use(self, name: str) -> None:
        """The session that is on goes on with another pack, as soon as that is ready; a bad one is refused, and said so."""
        run = self._daemon.sessions.on
        self.name = name

        def job() -> Callable[[], None]:
            try:
                prepared = self._daemon.today.kitchen.prepare(Choice(name, length_ns=None if run is None else run.length_ns))
            except CuedError as error:
                reason = told(error)
                return lambda: self._not_swapped(name, reason)
            return lambda: self._swapped(name, prepared, run)

        self._daemon.world.work.do(job)

    def begin_with(self, name: str) -> None:
        """A run begins with that pack, as soon as it is ready; with a bad one none begins."""
        choice = Choice(name, length_ns=self._daemon.today.choice.length_ns)
        self.name = name

        def job() -> Callable[[], None]:
            try:
                prepared = self._daemon.today.kitchen.prepare(choice)
            except CuedError as error:
                reason = told(error)
                return lambda: self._not_swapped(name, reason)
            return lambda: self._begin(choice, prepared)

        self._daemon.world.work.do(job)

    def _too_late(self, prepared: Prepared) -> bool:
        """Has pain been told while it was being made ready?"""
        return self._daemon.today.kitchen.hurts and (prepared.answer is None or not prepared.answer.bars)

    def _begin(self, choice: Choice, prepared: Prepared) -> None:
        if self._too_late(prepared):
            self.begin_with(choice.word)
            return
        run = self._daemon.sessions.on
        if run is not None:  # the runner was faster
            self._swapped(choice.word, prepared, run)
            return
        self.name = ""
        if self._daemon.life.phase is Phase.ENDED:  # who names a pack does not go on with the last run
            self._daemon.tell(Word.STOP)
        self._daemon.today.take(choice, prepared)
        self._daemon.tell(Word.START)

    def _not_swapped(self, name: str, reason: str) -> None:
        self.name = ""
        self._daemon.today.trouble = with_name(name, reason)
        self._daemon.world.notice(f"the pack {name} is not taken: {reason}")
        self._daemon.say(Say(self._daemon.world.time.now_ns(), Sentence.NOT_SWAPPED), asked=True)

    def _swapped(self, name: str, prepared: Prepared, run: OneRun | None) -> None:
        if self._too_late(prepared):
            self.use(name)
            return
        self.name = ""
        self._daemon.today.trouble = self._daemon.today.offer = ""
        self._daemon.speaker.lengths.update(prepared.own)
        for warning in prepared.warnings:
            self._daemon.world.notice(warning)
        now_ns = self._daemon.world.time.now_ns()
        if run is None or self._daemon.sessions.on is not run:  # it has ended meanwhile
            self._daemon.today.choose(Choice(name))
            return
        title = prepared.request.title
        self._daemon.say(Say(now_ns, Sentence.PICKED, Values(title=title)), asked=False)  # before the pack's own first cue
        for why in () if prepared.answer is None else spoken(prepared.answer):
            self._daemon.say(Say(now_ns, why), asked=False)
        run.mark = prepared.mark
        run.swap(prepared.request, prepared.speech, prepared.text, now_ns)
