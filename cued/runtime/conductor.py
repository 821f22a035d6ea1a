"""The one mutable place of a run: it holds the session, steps it, and hands every effect to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cued.core import engine
from cued.core.effects import CutSpeech, Effect, Render, RunEnded, Say
from cued.core.events import Event, Stop, SwapPack, Wake
from cued.core.start import Start
from cued.core.view import View

Answer = Callable[[Render], Event | None]
"""Who renders a text: the event it becomes if that is known at once, or None if it comes later by another way."""


Witness = Callable[[Event, int, int, Sequence[Effect]], None]
"""Sees every step: the event, the session's time before it and after it, and the effects. For a journal."""


class Listener(Protocol):
    """Whoever wants to know: sound, files, a screen, a simulated runner's ears."""

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """The effects of one step, and the session's time after it: no later effect lies before that."""

    def finish(self, end_ns: int) -> None:
        """The run is over and its sound ends here."""


class Feed(Protocol):
    """Where a run's events come from when they can be fetched: a recording, a simulated runner, nobody.

    Stamps never fall. The last event is a `Stop` where the feed knows the run's end.
    """

    def next_ns(self) -> int | None:
        """The stamp of the next event; None: no more."""

    def take(self) -> Event:
        """That event."""

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """What the runner's ears get."""


class NoFeed:
    """Nobody: a run by time alone, with an end if one is known."""

    def __init__(self, stop_ns: int | None = None) -> None:
        self._stop_ns = stop_ns

    def next_ns(self) -> int | None:
        """The run's end, once."""
        return self._stop_ns

    def take(self) -> Event:
        """The end."""
        assert self._stop_ns is not None
        stop = Stop(self._stop_ns)
        self._stop_ns = None
        return stop

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """Nobody listens."""


class Until:
    """A feed that ends at `stop_ns` with a `Stop`, or earlier where it does so itself."""

    def __init__(self, feed: Feed, stop_ns: int) -> None:
        self._feed = feed
        self._stop_ns = stop_ns
        self._stopped = False

    def next_ns(self) -> int | None:
        """The stamp of the next event; None after the end."""
        if self._stopped:
            return None
        inner_ns = self._feed.next_ns()
        return self._stop_ns if inner_ns is None or inner_ns >= self._stop_ns else inner_ns

    def take(self) -> Event:
        """That event."""
        inner_ns = self._feed.next_ns()
        if inner_ns is None or inner_ns >= self._stop_ns:
            self._stopped = True
            return Stop(self._stop_ns)
        event = self._feed.take()
        self._stopped = isinstance(event, Stop)
        return event

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """What the runner's ears get."""
        self._feed.hear(effects, at_ns)


class Conductor:
    """Steps one session."""

    def __init__(
        self, how: Start, feed: Feed, listeners: Sequence[Listener], answer: Answer, witness: Witness | None = None
    ) -> None:
        self._session = engine.start(how)
        self._witness = witness
        self._has_length = how.length_ns is not None
        self._asks_nothing = engine.needs_no_render(self._session)
        self._feed = feed
        self._listeners = tuple(listeners)
        self._answer = answer
        self.at_ns = engine.next_wakeup(self._session) or 0
        """The session's time; it begins a little before the run, so that the first beat can be promised."""
        self.ended_ns: int | None = None
        """When the run ended; None while it lasts."""
        self.speech_until_ns = 0
        """Where the last spoken cue so far ends."""

    def take_over(self, session: engine.Session, at_ns: int) -> None:
        """Go on with a session that has come to `at_ns` elsewhere."""
        self._session = session
        self._asks_nothing = engine.needs_no_render(session)
        self.at_ns = at_ns

    @property
    def due_ns(self) -> int | None:
        """When the session next wants a wake."""
        return engine.next_wakeup(self._session)

    @property
    def done(self) -> bool:
        """True once the run has ended and its last cue is out."""
        return self.ended_ns is not None and self.due_ns is None

    @property
    def idle(self) -> bool:
        """True if nothing is left that could end this run: the feed is over, and no length was given."""
        return self.ended_ns is None and self._feed.next_ns() is None and (self.due_ns is None or not self._has_length)

    @property
    def session(self) -> engine.Session:
        """The session now: a frozen value, so that other threads may look at it, too."""
        return self._session

    def view(self) -> View:
        """The session's state, for screens."""
        return engine.view(self._session)

    def step(self, event: Event) -> None:
        """Apply `event`; everybody hears what follows from it before this returns."""
        before_ns = self.at_ns
        self._session, effects = engine.step(self._session, event)
        self.at_ns = max(before_ns, event.at_ns)
        if isinstance(event, SwapPack):
            self._asks_nothing = engine.needs_no_render(self._session)
        if self._witness is not None and (effects or not isinstance(event, Wake)):
            self._witness(event, before_ns, self.at_ns, effects)
        asked: list[Render] = []
        for effect in effects:
            if isinstance(effect, Say):
                self.speech_until_ns = effect.at_ns + effect.dur_ns
            elif isinstance(effect, CutSpeech):
                self.speech_until_ns = min(self.speech_until_ns, effect.at_ns + effect.fade_ns)
            elif isinstance(effect, Render):
                asked.append(effect)
            elif isinstance(effect, RunEnded):
                self.ended_ns = effect.at_ns
        self._feed.hear(effects, self.at_ns)
        for listener in self._listeners:
            listener.hear(effects, self.at_ns)
        for render in asked:
            answer = self._answer(render)
            if answer is not None:
                self.step(answer)

    def advance(self, to_ns: int | None) -> None:
        """Everything that is due up to `to_ns` (None: to the run's end, and an idle run ends at once), in order.

        A wake comes before an event of its moment.
        """
        feed = self._feed
        while not self.done:
            due_ns = self.due_ns
            next_ns = feed.next_ns() if self.ended_ns is None else None
            if to_ns is None and self.idle:
                self.step(Stop(self.at_ns))
            elif due_ns is not None and (next_ns is None or due_ns <= next_ns):
                if to_ns is not None and due_ns > to_ns:
                    return
                self.step(Wake(self._stride_ns(due_ns, next_ns, to_ns)))
            elif next_ns is not None:
                if to_ns is not None and next_ns > to_ns:
                    return
                self.step(feed.take())
            else:
                return

    def _stride_ns(self, due_ns: int, next_ns: int | None, to_ns: int | None) -> int:
        """How far one wake may carry: to whatever comes next from outside, unless a `Render` wants its answer at its moment."""
        if not self._asks_nothing or next_ns is None:
            return due_ns
        return next_ns if to_ns is None else min(next_ns, to_ns)

    def finish(self) -> int:
        """Tell every listener where the sound ends; returns that time."""
        end_ns = max(0, self.at_ns if self.ended_ns is None else self.ended_ns, self.speech_until_ns)
        for listener in self._listeners:
            listener.finish(end_ns)
        return end_ns
