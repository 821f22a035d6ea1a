"""The live loop: one ordered queue of events, a wake when the session wants one, and sleep in between."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty
from types import FrameType
from typing import Final, Protocol

from cued.core.events import Event, Stalled, Stop, Wake
from cued.core.view import View
from cued.runtime.clock import Clock, Inbox
from cued.runtime.conductor import Conductor, Feed
from cued.runtime.status import SoundState
from cued.units import NS_PER_MS, NS_PER_S

STALL_NS: Final = 150 * NS_PER_MS
"""Later than this, clicks that were due are beyond saving: they are committed 400 ms ahead, the ring is filled 250 ms ahead.
Then the session is told that it stalled, so that it counts and skips instead of making up for lost time. Where time runs faster
there is no device and nobody listens: such a run takes each thing at its own time, however late, and loses nothing."""
IDLE_POLL_NS: Final = NS_PER_S
"""The sound's reports are fetched at least so often."""
SPEECH_POLL_NS: Final = 50 * NS_PER_MS
"""While a text is being rendered: a tenth of the 0.5 s in which a spoken number still feels fresh."""
DRAIN_NS: Final = 300 * NS_PER_MS
"""What is in the ring (250 ms) and in a device's own buffer is still to be heard when the session ends."""


class Source(Protocol):
    """Something that is asked for events: sound for its reports, speech for finished texts."""

    @property
    def pending(self) -> bool:
        """True while something is known to be under way."""

    def collect(self, now_ns: int) -> list[Event]:
        """What has come about since the last call, stamped `now_ns`. Never blocks."""


class Screen(Protocol):
    """Where a person looks meanwhile."""

    every_ns: int
    """How often `show` is worth calling, in real time."""

    def show(self, view: View, sound: SoundState) -> None:
        """The state of the run, and of its sound, now."""


@dataclass(frozen=True, slots=True)
class Display:
    """A screen and where it learns of the sound."""

    screen: Screen
    sound: Callable[[], SoundState]


class Live:
    """Conducts one run in real time."""

    def __init__(
        self,
        conductor: Conductor,
        feed: Feed,
        clock: Clock,
        inbox: Inbox,
        sources: Sequence[Source],
        display: Display,
        rate: float = 1.0,
    ) -> None:
        self._conductor = conductor
        self._feed = feed
        self._clock = clock
        self._inbox = inbox
        self._sources = tuple(sources)
        self._display = display
        self._show_every_ns = int(display.screen.every_ns * rate)
        self._rate = rate

    def run(self) -> int:
        """Conduct until the run has ended and what was being said is said; returns where the sound ends, in ns."""
        conductor, clock = self._conductor, self._clock
        shown_ns = clock.now_ns() - self._show_every_ns
        while not conductor.done:
            event = clock.wait(self._inbox, self._next_ns(clock.now_ns(), shown_ns))
            now_ns = clock.now_ns()
            due_ns = conductor.due_ns
            if self._rate == 1.0 and due_ns is not None and now_ns - due_ns > STALL_NS:
                conductor.step(Stalled(now_ns, due_ns))
            for arrived in self._arrived(event, now_ns):
                conductor.advance(min(arrived.at_ns, now_ns))
                conductor.step(arrived)
            conductor.advance(now_ns)
            if now_ns - shown_ns >= self._show_every_ns:
                conductor.step(Wake(now_ns))  # a view tells the session's time, and nothing may have been due for long
                self._display.screen.show(conductor.view(), self._display.sound())
                shown_ns = now_ns
        self._let_it_end()
        return conductor.finish()

    def _real(self, real_ns: int) -> int:
        """Session time that passes in `real_ns` of real time."""
        return int(real_ns * self._rate)

    def _next_ns(self, now_ns: int, shown_ns: int) -> int:
        """When the loop next has something to do unless an event arrives first."""
        pending = any(source.pending for source in self._sources)
        next_ns = min(now_ns + self._real(SPEECH_POLL_NS if pending else IDLE_POLL_NS), shown_ns + self._show_every_ns)
        for due_ns in (self._conductor.due_ns, self._feed.next_ns()):
            if due_ns is not None:
                next_ns = min(next_ns, due_ns)
        return next_ns

    def _arrived(self, first: Event | None, now_ns: int) -> list[Event]:
        """Everything that came in from outside, in the order of its stamps."""
        events: list[Event] = [] if first is None else [first]
        while True:
            try:
                events.append(self._inbox.get_nowait())
            except Empty:
                break
        for source in self._sources:
            events += source.collect(now_ns)
        events.sort(key=lambda event: event.at_ns)
        return events

    def _let_it_end(self) -> None:
        """What is being said is said to its end, unless the runner presses again."""
        until_ns = max(self._conductor.speech_until_ns, self._conductor.at_ns) + self._real(DRAIN_NS)
        while self._clock.now_ns() < until_ns:
            event = self._clock.wait(self._inbox, until_ns)
            if isinstance(event, Stop):
                self._conductor.speech_until_ns = min(self._conductor.speech_until_ns, self._clock.now_ns())
                return


ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""How a person, a service manager and a closed terminal say that it is enough."""


@contextmanager
def stopping(clock: Clock, inbox: Inbox) -> Iterator[None]:
    """Within: Ctrl-C and its kin put a `Stop` on the queue instead of tearing the program down."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        inbox.put(Stop(max(0, clock.now_ns())))  # SimpleQueue.put is made to be safe in a signal handler

    with _handled(stop):
        yield


@contextmanager
def ending(act: Callable[[], object]) -> Iterator[None]:
    """Within: Ctrl-C and its kin call `act`, in a signal handler: it may do no more than set or put something."""
    with _handled(lambda _number, _frame: act()):
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """Within: SIGTERM and SIGHUP are KeyboardInterrupts, as Ctrl-C is, so that whoever holds a file can tidy up."""
    with _handled(signal.default_int_handler):
        yield


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """`handler` for all endings but those that the caller of the program has switched off (nohup)."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    mine = [number for number in ENDINGS if before[number] is not signal.SIG_IGN]
    for number in mine:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number])
