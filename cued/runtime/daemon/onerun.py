"""One session within the daemon: its engine, its place on the daemon's time, its journal, and what its ears get."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cued.core import events
from cued.core.effects import CutSpeech, Effect, Paused, RecallClicks, Render, RunEnded, Say, SegmentBegan
from cued.core.events import Event, Stalled
from cued.core.grid import LOOKAHEAD_NS
from cued.core.happening import SessionOver
from cued.core.sentences import Sentence
from cued.core.start import Start
from cued.core.view import View
from cued.runtime.conductor import Conductor, NoFeed
from cued.runtime.daemon.ports import Feet, Mouth, Seat, Time
from cued.runtime.daemon.tally import Tally
from cued.runtime.live import STALL_NS
from cued.runtime.request import Request
from cued.runtime.status import SoundState

if TYPE_CHECKING:
    from cued.runtime.goingon import Broken


class SessionLine:
    """A session's time on the machine's clocks, whatever the machine sleeps."""

    rate = 1.0

    def __init__(self, time: Time, zero_ns: int) -> None:
        """`zero_ns`: where its 0 lies on the daemon's time."""
        self._time = time
        self.zero_ns = zero_ns

    @property
    def start_ns(self) -> int:
        """Of the monotonic clock, at session time 0."""
        return self._time.start_ns + self.zero_ns

    @property
    def began_boot_ns(self) -> int:
        """The machine's uptime at session time 0."""
        return self._time.began_boot_ns + self.zero_ns


class _Ears:
    """A listener that carries effects onto the daemon's time: for the sound, and for a simulated runner."""

    def __init__(self, zero_ns: int, mouth: Mouth, feet: Feet, told: Callable[[Sequence[Effect]], None]) -> None:
        self._told = told
        self._zero_ns = zero_ns
        self._mouth = mouth
        self._feet = feet
        self.deaf = False
        """What is past cannot be heard any more."""
        self.busy_ns = 0
        """Something is being said until then, on the daemon's time."""

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - each effect has its own time
        # Where the run is, and so whether sound is to be expected, is known from a past that nobody hears, too.
        there = [one for one in effects if not self.deaf or isinstance(one, SegmentBegan | RunEnded | Paused)]
        moved = [shifted(effect, self._zero_ns) for effect in there]
        if not moved:
            return
        for effect in moved:
            if isinstance(effect, Say):
                self.busy_ns = effect.at_ns + effect.dur_ns
            elif isinstance(effect, CutSpeech):
                self.busy_ns = min(self.busy_ns, effect.at_ns + effect.fade_ns)
        self._told(moved)
        self._mouth.play(moved)
        self._feet.hear(moved)

    def finish(self, end_ns: int) -> None:
        """Nothing: the daemon's sound goes on."""


def shifted(effect: Effect, by_ns: int) -> Effect:
    """The effect `by_ns` later."""
    if isinstance(effect, RecallClicks):
        return replace(effect, at_ns=effect.at_ns + by_ns, from_ns=effect.from_ns + by_ns)
    return replace(effect, at_ns=effect.at_ns + by_ns)


class OneRun:
    """From its begin to its end. Times are the daemon's, unless a name says otherwise."""

    def __init__(
        self,
        request: Request,
        how: Start,
        line: SessionLine,
        mouth: Mouth,
        feet: Feet,
        seat: Seat | None,
        ask: Callable[[Render], Event | None],
        told: Callable[[Sequence[Effect]], None],
    ) -> None:
        """`told`: everything that is heard, on the daemon's time."""
        self.request = request
        self.length_ns = how.length_ns
        self.pack = how.pack
        """What it goes by now."""
        self.mark: object = None
        """As of the files it was read from (`Files.mark`); None: nobody knows."""
        self.bars = False
        """Is nobody cued in it, whatever pack was named?"""
        self.why: tuple[Sentence, ...] = ()
        """Why the pack that was named is not run, or not whole."""
        self.line = line
        self.seat = seat
        self.tally = Tally(how, request.feeding.source)
        self._ears = _Ears(line.zero_ns, mouth, feet, told)
        self._ask = ask
        self._awaited: set[str] = set()
        witness = None if seat is None else seat.step
        self._conductor = Conductor(how, NoFeed(), [self._ears, self.tally], self._render, witness)
        self.resting = False
        """Ended, as far as anybody knows; it may still be continued."""
        self.begun_ns = 0
        """When it was decided that it had begun."""

    def _render(self, render: Render) -> Event | None:
        ready = self._ask(render)
        if ready is None:
            self._awaited.add(render.text_id)
        return ready

    def awaits(self, text_id: str) -> bool:
        """Has it asked for that text? Asked once."""
        if text_id not in self._awaited:
            return False
        self._awaited.discard(text_id)
        return True

    # --- time ------------------------------------------------------------------------------------------------------

    def at(self, now_ns: int) -> int:
        """Session time at that moment, never before what the session has come to."""
        return max(now_ns - self.line.zero_ns, self._conductor.at_ns)

    @property
    def due_ns(self) -> int | None:
        """When it next wants to be woken."""
        due_ns = None if self.resting else self._conductor.due_ns
        return None if due_ns is None else due_ns + self.line.zero_ns

    @property
    def over(self) -> bool:
        """It has come to its end by itself, or was stopped."""
        return self._conductor.ended_ns is not None

    @property
    def busy_ns(self) -> int:
        """Something is being said until then."""
        return self._ears.busy_ns

    def view(self) -> View:
        """Its state, as of the last step."""
        return self._conductor.view()

    @property
    def run_ns(self) -> int:
        """Running time, as a watch has it."""
        return self._conductor.view().run_ns

    # --- its course ------------------------------------------------------------------------------------------------

    def backdate(self, felt: Iterable[Event], now_ns: int) -> None:
        """Live through what was felt before it was decided that it had begun.

        Nothing of that can be heard any more. Muted meanwhile, it promises no clicks into the past.
        """
        self.begun_ns = now_ns
        self._ears.deaf = True
        self._conductor.step(events.Mute(-LOOKAHEAD_NS, muted=True))
        self._live_through(felt, now_ns)
        self._conductor.step(events.Mute(self.at(now_ns), muted=False))
        self.tally.forgive()

    def _live_through(self, felt: Iterable[Event], now_ns: int) -> None:
        """What was felt up to now, muted and deaf; from now on it is heard."""
        for event in felt:
            at_ns = event.at_ns - self.line.zero_ns
            if at_ns >= max(0, self._conductor.at_ns):
                self._conductor.advance(at_ns)
                self._conductor.step(replace(event, at_ns=at_ns))
        self._conductor.step(Stalled(self.at(now_ns), max(0, self._conductor.at_ns)))
        self._ears.deaf = False

    def go_on_from(self, broken: Broken, from_ns: int, lengths: dict[str, int]) -> None:
        """Go on with a run that broke off (`goingon.Broken`); `lengths` are those of the texts that are ready."""
        self.begun_ns = from_ns + self.line.zero_ns
        self._ears.deaf = True
        witness = None if self.seat is None else self.seat.step
        prepared = [(text_id, lengths[text_id]) for text_id, _ in broken.how.speech if text_id in lengths]

        def speak(render: Render) -> Event:
            length_ns = lengths.get(render.text_id)
            if length_ns is None:
                return events.SpeechFailed(render.at_ns, render.text_id, "not rendered again")
            return events.SpeechReady(render.at_ns, render.text_id, length_ns)

        broken.go_on(self._conductor, self.tally, witness, from_ns, prepared, speak)
        self._ears.deaf = False

    def step(self, now_ns: int, make: Callable[[int], Event]) -> None:
        """An event at that moment."""
        at_ns = self.at(now_ns)
        self._conductor.advance(at_ns)
        self._conductor.step(make(at_ns))

    def announce(self, now_ns: int, text: str, *, asked: bool) -> None:
        """cued itself has something to say."""
        self.step(now_ns, lambda at_ns: events.Announce(at_ns, text, asked))

    def back(self, now_ns: int) -> None:
        """To the start of this segment, or of the one before."""
        self.step(now_ns, events.Back)

    def swap(self, request: Request, speech: tuple[tuple[str, int], ...], text: str, now_ns: int) -> None:
        """Go on with the pack of `request`, whose sounds are ready; `text` is its file."""
        self.request, self.pack = request, request.pack.value
        number = request.session_number
        self.step(now_ns, lambda at_ns: events.SwapPack(at_ns, request.pack.value, number, speech, text))

    def feel(self, event: Event) -> None:
        """What a sensor told."""
        if not self.resting and not self.over:
            at_ns = event.at_ns - self.line.zero_ns
            if event.at_ns < self.begun_ns:  # it came with what the session began by
                at_ns = self.at(event.at_ns)
            self._conductor.advance(at_ns)
            self._conductor.step(replace(event, at_ns=at_ns))

    def stall(self, now_ns: int) -> bool:
        """Tell it if it was woken so late that clicks are beyond saving; was it?"""
        due_ns = self.due_ns
        if due_ns is None or now_ns - due_ns <= STALL_NS:
            return False
        self._conductor.step(Stalled(now_ns - self.line.zero_ns, due_ns - self.line.zero_ns))
        return True

    def advance(self, now_ns: int) -> None:
        """All that is due."""
        if not self.resting:
            self._conductor.advance(now_ns - self.line.zero_ns)

    def look(self, now_ns: int) -> View:
        """Its state at that moment."""
        if not self.resting:
            self._conductor.step(events.Wake(self.at(now_ns)))
        return self._conductor.view()

    # --- rests and ends --------------------------------------------------------------------------------------------

    def pause(self, now_ns: int, since_ns: int) -> None:
        """It rests; the runner has stood since `since_ns`."""
        if not self._conductor.view().paused:
            self.step(now_ns, lambda at_ns: events.Pause(at_ns, self._since(since_ns, at_ns)))

    def resume(self, now_ns: int, since_ns: int) -> None:
        """It goes on; the runner has run since `since_ns`."""
        self.resting = False
        self.step(now_ns, lambda at_ns: events.Resume(at_ns, self._since(since_ns, at_ns)))

    def _since(self, since_ns: int, at_ns: int) -> int | None:
        """That moment in session time; None: it is `at_ns`."""
        since_ns -= self.line.zero_ns
        return since_ns if since_ns < at_ns else None

    def go_on(self, felt: Iterable[Event], now_ns: int, since_ns: int) -> None:
        """It had ended and goes on, since the runner runs: what was felt since then is lived through, as at a begin."""
        self.resting = False
        before = self._conductor.view()
        from_ns = self.at(since_ns)
        self._ears.deaf = True
        if not before.muted:
            self._conductor.step(events.Mute(from_ns, muted=True))
        if before.paused:
            self._conductor.step(events.Resume(from_ns, self._since(since_ns, from_ns)))
        self._live_through(felt, now_ns)
        if not before.muted:
            self._conductor.step(events.Mute(self.at(now_ns), muted=False))

    def rest(self, now_ns: int, since_ns: int) -> SessionOver:
        """It has ended, unless it is continued; its figures."""
        if not self.over:
            self.pause(now_ns, since_ns)
        self.resting = True
        return self.tally.over(now_ns, self.run_ns)

    def stop(self, now_ns: int) -> None:
        """It has ended for good: where it rested, else now."""
        if self.over:
            return
        if self.resting:
            self._conductor.step(events.Stop(self._conductor.at_ns))
        else:
            self.step(now_ns, events.Stop)

    def close(self, now_ns: int, sound: SoundState, more: Mapping[str, object]) -> int:
        """Write its end down, with the daemon's statistics; returns that, in session time."""
        self.stop(now_ns)
        end_ns = self._conductor.finish()
        if self.seat is not None:
            self.seat.leave(end_ns, sound, more)
        return end_ns
