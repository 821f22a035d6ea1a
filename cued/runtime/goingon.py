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
from cued.core.events import Event, Pause, Resume, SpeechReady, Stop, SwapPack
from cued.core.start import Start, Text
from cued.errors import JournalError
from cued.formats.event_codec import VERSION, kind_of
from cued.journal.rows import printable
from cued.journal.stream import IN
from cued.journal.wall import Moment
from cued.runtime.clock import Line, MonotonicClock, boot_ns, monotonic_in_ns
from cued.runtime.conductor import Conductor, Feed, Listener, Until, Witness
from cued.runtime.moments import boot_id
from cued.runtime.replay import fed, start_of
from cued.runtime.status import clock_text
from cued.units import NS_PER_MIN

if TYPE_CHECKING:
    from cued.journal.items import Going
    from cued.journal.reader import Journal, Session
    from cued.journal.rows import Head
    from cued.runtime.journalling import JournalWanted
    from cued.runtime.request import Request

LONGEST_GAP_NS: Final = 30 * NS_PER_MIN
"""A run that broke off longer ago is over."""
_SWAP: Final = f'{IN}{{"v":{VERSION},"kind":"{kind_of(SwapPack)}"'

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

    def going(self, clock: Line) -> Going:
        """Where its next rows belong."""
        from cued.core.running_time import RunTime
        from cued.journal.items import Going

        time = RunTime()
        for _, effects in self.past:
            for effect in effects:
                time.hear(effect)
        began_boot_ns = clock.began_boot_ns
        detail = json.dumps({"boot_id": boot_id(), "began_boot_ns": began_boot_ns})
        return Going(self.number, *self.next_rows, time, self.last_ns, began_boot_ns, detail)

    def go_on(
        self,
        conductor: Conductor,
        log: Listener,
        witness: Witness | None,
        from_ns: int,
        prepared: Sequence[tuple[str, int]],
        speak: Speak,
    ) -> None:
        """Live through it once more, pause where it broke off, and go on at `from_ns`; only `log` hears what is past.

        `prepared` are today's lengths of the texts known before the start; `speak` renders those the run had asked for.
        """
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
            conductor.step(Resume(from_ns))

    def _texts(self, prepared: Sequence[tuple[str, int]], speak: Speak) -> list[Event]:
        """Texts that last otherwise than before (another voice), and those whose sounds went with the old process."""
        known, ready = self.session.ready, dict(prepared)
        asked = [render for render in self.asked if render.text_id not in ready]
        return [
            *(SpeechReady(self.last_ns, name, length) for name, length in prepared if known.get(name) != length),
            *(replace(speak(render), at_ns=self.last_ns) for render in asked),
        ]

    @property
    def asked(self) -> tuple[Render, ...]:
        """The texts that it had asked for, and those that its pack may need, each once: their sounds went with the process."""
        asked = {effect.text_id: effect for _, effects in self.past for effect in effects if isinstance(effect, Render)}
        for text in self.texts:
            if text.text:
                asked.setdefault(text.text_id, Render(self.last_ns, text.text_id, text.text, text.language))
        return tuple(asked.values())

    @property
    def texts(self) -> tuple[Text, ...]:
        """What its pack may need to say: the last one it was given."""
        how = self.session.how
        return engine.texts_of(how.pack, how.language, on_air=how.on_air)

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
        if isinstance(event, Pause | Resume) and event.since_ns is not None:
            event = replace(event, since_ns=event.since_ns + self._by_ns)
        return replace(event, at_ns=event.at_ns + self._by_ns)

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """What the runner's ears get."""
        self._feed.hear(effects, at_ns)


class Outset:
    """How a run sets out: from the beginning, or from where it broke off."""

    def __init__(self, request: Request, wanted: JournalWanted | None, rate: float, stop_ns: int | None) -> None:
        """`stop_ns`: the program ends after so much session time; None: when the run does."""
        self._request = request
        self._rate = rate
        self._stop_ns = stop_ns
        self.past = broken_off(wanted, request, rate)
        """The run that goes on; None: a new one."""
        self._found_ns = boot_ns()

    def how(self, prepared: tuple[tuple[str, int], ...]) -> Start:
        """What the core is told; `prepared` are the lengths of the texts."""
        return self._request.start(prepared) if self.past is None else self.past.how

    def clock(self, ahead_ns: int) -> MonotonicClock:
        """Session time, which begins `ahead_ns` from now. Called once, when all else is ready."""
        start_ns = monotonic_in_ns(ahead_ns)
        if self.past is None:
            return MonotonicClock(start_ns, self._rate)
        # What was waited for since (a pod, a voice) belongs to the gap.
        self.past = replace(self.past, gap_ns=self.past.gap_ns + boot_ns() - self._found_ns + ahead_ns)
        return MonotonicClock(start_ns, self._rate, at_ns=self._from_ns)

    def feed(self) -> Feed:
        """What feeds it, from there on."""
        feed = self._request.feeding.feed
        if self.past is not None:
            feed = _Later(feed, self.past.last_ns, self._from_ns - self.past.last_ns)
        return feed if self._stop_ns is None else Until(feed, self._from_ns + self._stop_ns)

    def line(self, clock: MonotonicClock, put: Callable[[Event], None]) -> Callable[[Event], None]:
        """`put` for events stamped by the monotonic clock since `clock` began: it may have slept since, and nothing comes
        before the run sets out.
        """
        start_ns = clock.start_ns

        def on_the_line(event: Event) -> None:
            at_ns = max(self._from_ns, event.at_ns + start_ns - clock.start_ns)
            put(event if at_ns == event.at_ns else replace(event, at_ns=at_ns))

        return on_the_line

    def go_on(
        self,
        notice: Callable[[str], None],
        conductor: Conductor,
        log: Listener,
        witness: Witness | None,
        prepared: Sequence[tuple[str, int]],
        speak: Speak,
    ) -> None:
        """Live through what is past once more, if anything is; see `Broken.go_on`."""
        if self.past is not None:
            notice(self.past.notice)
            self.past.go_on(conductor, log, witness, self._from_ns, prepared, speak)

    @property
    def _from_ns(self) -> int:
        """Session time at which it sets out."""
        return 0 if self.past is None else self.past.last_ns + int(self.past.gap_ns * self._rate)


def broken_off(wanted: JournalWanted | None, request: Request, rate: float, longest_ns: int = LONGEST_GAP_NS) -> Broken | None:
    """The run that `request` would go on with; None: it begins anew. A journal that cannot be read has none.

    `longest_ns`: one that broke off longer ago is over.
    """
    if wanted is None or wanted.anew or request.feeding.simulated or request.desk:
        return None
    from cued.journal.reader import reading

    try:
        with reading(wanted.path) as journal:
            return _found(journal, wanted, request, rate, longest_ns)
    except JournalError:  # whoever writes to it will say what is wrong with it
        return None


def _found(journal: Journal, wanted: JournalWanted, request: Request, rate: float, longest_ns: int) -> Broken | None:
    from cued.journal.reader import State

    newest = next(iter(journal.sessions()), None)
    if newest is None or newest.state is not State.INTERRUPTED or newest.simulated:
        return None
    head = journal.head(newest.id)
    gap_ns = _gap_ns(journal, newest, head, wanted.moment())
    if gap_ns is None or gap_ns > longest_ns or (newest.source, newest.rate) != (printable(request.feeding.source), rate):
        return None
    how = start_of(head.start)
    asked, lines = request.start(()), list(journal.lines(newest.id))
    same = _is_same(how, asked, wanted)
    if not same and not any(line.startswith(_SWAP) for stretch in lines for line in stretch):
        return None
    session, past = engine.start(how), []
    for event, session, effects in fed(how, lines):  # noqa: B007 - the last session is what is wanted
        past.append((event, effects))
    if not same and not _is_same(session.how, asked, wanted):  # what is asked for may be its last pack, or its first
        return None
    if any(isinstance(effect, RunEnded) for _, effects in past for effect in effects):
        return None
    return Broken(how, tuple(past), session, newest.id, newest.end_ns, gap_ns, journal.next_rows(newest.id))


def _is_same(was: Start, now: Start, wanted: JournalWanted) -> bool:
    """Would the run begin the same way, chance and voice apart?

    What cued finds out by itself may have changed; a seed, number, beat or heart rate that was asked for must be the same.
    """
    chosen = wanted.settings
    seed = now.seed if chosen.get("seed") is not None else was.seed
    number = now.session_number if chosen.get("session") is not None else was.session_number
    asked = now.runner
    runner = replace(
        was.runner,
        cadence_spm=asked.cadence_spm if chosen.get("beat") is not None else was.runner.cadence_spm,
        max_hr_bpm=asked.max_hr_bpm if chosen.get("max_hr") is not None else was.runner.max_hr_bpm,
    )
    as_was = replace(now, seed=seed, session_number=number, speech=was.speech, runner=runner)
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
