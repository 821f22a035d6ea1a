"""A run that broke off goes on: its events are lived through once more, up to its last row, and the gap is a pause.

A runner whose computer died starts cued again and expects to be where they were: in the same segment, with the same beat and
what was said still counted. So the time without cued counts as a pause of the run, as on a watch that was stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from cued.core import engine
from cued.core.effects import Effect, Paused, Render, RunEnded
from cued.core.events import Event, Pause, Resume, SpeechReady, Stop
from cued.core.start import Start
from cued.errors import JournalError
from cued.journal.wall import Moment
from cued.runtime.clock import MonotonicClock, monotonic_in_ns
from cued.runtime.conductor import Conductor, Feed, Listener, Witness
from cued.runtime.moments import boot_id, moment
from cued.runtime.replay import fed, start_of
from cued.runtime.status import clock_text
from cued.units import NS_PER_MIN

if TYPE_CHECKING:
    from cued.journal.reader import Journal, Session
    from cued.journal.recorder import Going
    from cued.journal.rows import Head
    from cued.runtime.journalling import JournalWanted
    from cued.runtime.request import Request

LONGEST_GAP_NS: Final = 30 * NS_PER_MIN
"""A run that broke off longer ago is over."""

Speak = Callable[[Render], Event]
"""Renders a text now; blocks."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A run that may go on."""

    how: Start
    past: tuple[tuple[Event, tuple[Effect, ...]], ...]
    session: engine.Session
    """As of its last event."""
    number: int
    last_ns: int
    """Session time of its last row."""
    gap_ns: int
    """Real time since then."""
    next_rows: tuple[int, int]

    @property
    def notice(self) -> str:
        """For the runner."""
        return (
            f"going on with the run that broke off at {clock_text(self.last_ns)}, {clock_text(self.gap_ns)} ago"
            " (--new begins another)"
        )

    def clock(self, rate: float, ahead_ns: int) -> MonotonicClock:
        """Session time from `ahead_ns` from now on: the gap has passed on the session's line, too."""
        return MonotonicClock(monotonic_in_ns(ahead_ns), rate, at_ns=self.resume_ns(rate))

    def resume_ns(self, rate: float) -> int:
        """Session time at which the run goes on."""
        return self.last_ns + int(self.gap_ns * rate)

    def feed(self, feed: Feed, rate: float) -> Feed:
        """A new feed of the same run, from where it broke off."""
        return _Later(feed, self.last_ns, self.resume_ns(rate) - self.last_ns)

    def going(self, clock: MonotonicClock) -> Going:
        """Where its next rows belong."""
        from cued.journal.recorder import Going
        from cued.journal.rows import RunTime

        time = RunTime()
        for _, effects in self.past:
            for effect in effects:
                time.hear(effect)
        began_boot_ns = clock.began_boot_ns
        detail = json.dumps({"boot_id": boot_id(), "began_boot_ns": began_boot_ns})
        return Going(self.number, *self.next_rows, time, self.last_ns, began_boot_ns, detail)

    def go_on(
        self,
        notice: Callable[[str], None],
        conductor: Conductor,
        log: Listener,
        witness: Witness | None,
        rate: float,
        prepared: Sequence[tuple[str, int]],
        speak: Speak,
    ) -> None:
        """Live through it once more, pause where it broke off, and go on now; only `log` hears what is past.

        `prepared` are today's lengths of the texts known before the start; `speak` renders those the run had asked for.
        """
        notice(self.notice)
        at_ns = 0
        for event, effects in self.past:
            at_ns = max(at_ns, event.at_ns)
            log.hear(effects, at_ns)
        session = self.session
        if not self._resting:
            pause = Pause(self.last_ns)
            session, effects = engine.step(session, pause)
            log.hear(effects, self.last_ns)
            if witness is not None:
                witness(pause, at_ns, self.last_ns, effects)
        conductor.take_over(session, max(at_ns, self.last_ns))
        for ready in self._texts(prepared, speak):
            conductor.step(ready)
        if not self._resting:
            conductor.step(Resume(self.resume_ns(rate)))

    def _texts(self, prepared: Sequence[tuple[str, int]], speak: Speak) -> list[Event]:
        """Texts that last otherwise than before (another voice), and those whose sounds went with the old process."""
        known = dict(self.how.speech)
        asked = {effect.text_id: effect for _, effects in self.past for effect in effects if isinstance(effect, Render)}
        return [
            *(SpeechReady(self.last_ns, name, length) for name, length in prepared if known.get(name) != length),
            *(replace(speak(render), at_ns=self.last_ns) for render in asked.values()),
        ]

    @property
    def _resting(self) -> bool:
        """Had the runner stopped it when it broke off?"""
        told = [effect.paused for _, effects in self.past for effect in effects if isinstance(effect, Paused)]
        return bool(told) and told[-1]


class _Later:
    """A feed whose first part is past, and whose rest comes `by_ns` later."""

    def __init__(self, feed: Feed, after_ns: int, by_ns: int) -> None:
        self._feed = feed
        self._by_ns = by_ns
        while (next_ns := feed.next_ns()) is not None and next_ns <= after_ns:
            if isinstance(feed.take(), Stop):
                break

    def next_ns(self) -> int | None:
        """The stamp of the next event; None: no more."""
        next_ns = self._feed.next_ns()
        return None if next_ns is None else next_ns + self._by_ns

    def take(self) -> Event:
        """That event."""
        event = self._feed.take()
        return replace(event, at_ns=event.at_ns + self._by_ns)

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """What the runner's ears get."""
        self._feed.hear(effects, at_ns)


def broken_off(wanted: JournalWanted | None, request: Request, rate: float) -> Broken | None:
    """The run that `request` would go on with; None: it begins anew. A journal that cannot be read has none."""
    if wanted is None or wanted.anew or request.feeding.simulated or request.desk or not wanted.path.exists():
        return None
    from cued.journal.reader import reading

    try:
        with reading(wanted.path) as journal:
            return _found(journal, wanted, request, rate)
    except JournalError:  # whoever writes to it will say what is wrong with it
        return None


def _found(journal: Journal, wanted: JournalWanted, request: Request, rate: float) -> Broken | None:
    from cued.journal.reader import State

    newest = next(iter(journal.sessions()), None)
    if newest is None or newest.state is not State.INTERRUPTED or newest.simulated:
        return None
    head = journal.head(newest.id)
    gap_ns = _gap_ns(journal, newest, head, moment())
    if gap_ns is None or gap_ns > LONGEST_GAP_NS or (newest.source, newest.rate) != (request.feeding.source, rate):
        return None
    how = start_of(head.start)
    if not _is_same(how, request.start(()), wanted):
        return None
    session, past = engine.start(how), []
    for event, session, effects in fed(how, journal.lines(newest.id)):  # noqa: B007 - the last session is what is wanted
        past.append((event, effects))
    if any(isinstance(effect, RunEnded) for _, effects in past for effect in effects):
        return None
    return Broken(how, tuple(past), session, newest.id, newest.end_ns, gap_ns, journal.next_rows(newest.id))


def _is_same(was: Start, now: Start, wanted: JournalWanted) -> bool:
    """Would the run begin the same way, chance and voice apart? A seed or number that was asked for must be the same."""
    chosen = wanted.settings
    seed = now.seed if chosen.get("seed") is not None else was.seed
    number = now.session_number if chosen.get("session") is not None else was.session_number
    as_was = replace(now, seed=seed, session_number=number, speech=was.speech, runner=was.runner)
    return as_was == was


def _gap_ns(journal: Journal, session: Session, head: Head, now: Moment) -> int | None:
    """Real time since the session's last row; None: it lies in the future.

    Within one boot the machine's uptime tells it exactly. After a restart the date must, and where that is not known to be
    right (a Pi without clock battery has not set its clock yet), the machine's uptime is all there is.
    """
    booted, began_boot_ns = head.boot_id, head.began_boot_ns
    for mark in journal.marks(session.id):
        if mark.what == "continued":
            told = json.loads(mark.detail)
            booted, began_boot_ns = str(told.get("boot_id", "")), int(told.get("began_boot_ns", 0))
    real_ns = int(session.end_ns / session.rate)
    if booted and booted == boot_id():
        return max(0, now.boot_ns - began_boot_ns - real_ns)
    by_date_ns = now.utc_ns - (session.began_utc_ns + real_ns)
    if by_date_ns >= 0:
        return by_date_ns
    return None if now.verified and session.verified else now.boot_ns
