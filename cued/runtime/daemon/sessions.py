"""The daemon's sessions, one at a time: begun with what was felt before, rested, continued, written down."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cued.core import events
from cued.core.events import CadenceSample, Event, LinkState, SensorLink, SoundBack, SoundLost
from cued.core.happening import Begin, LifeSettings, SessionOver
from cued.runtime.daemon.choice import Prepared
from cued.runtime.daemon.onerun import OneRun, SessionLine
from cued.runtime.daemon.ports import Book, Feet, Mouth, Seat, Time
from cued.runtime.daemon.speaker import Speaker
from cued.runtime.daemon.today import Today
from cued.runtime.planning import spoken
from cued.runtime.status import clock_text
from cued.units import NS_PER_S


@dataclass(slots=True)
class Totals:
    """What was counted in sessions."""

    clicks: int = 0
    dropped: int = 0
    counted: dict[str, int] = field(default_factory=dict)
    """By what it was (`core.effects.Counted`)."""

    def add(self, run: OneRun) -> None:
        """Those of a session, too."""
        tally = run.tally
        self.clicks += tally.clicks
        self.dropped += tally.dropped
        for what, count in tally.counted.items():
            self.counted[what] = self.counted.get(what, 0) + count


KEPT_MARGIN_NS: Final = 20 * NS_PER_S
"""What was felt is kept for so much longer than a begin is backdated: a stretch of running is older than its last sample."""


class Sessions:
    """Belongs to the loop's thread. Times are the daemon's."""

    def __init__(
        self,
        time: Time,
        mouth: Mouth,
        feet: Feet,
        book: Book,
        speaker: Speaker,
        today: Today,
        notice: Callable[[str], None],
    ) -> None:
        self._time = time
        self._mouth = mouth
        self._feet = feet
        self._book = book
        self._speaker = speaker
        self._today = today
        self._notice = notice
        self.how = LifeSettings()
        """As the daemon has them."""
        self._felt: deque[Event] = deque()
        self._unheard = False
        """What is played now reaches nobody."""
        self._told_unheard = False
        """So the session knows it."""
        self._linked: SensorLink | None = None
        """The link as it is."""
        self._waits: Begin | None = None
        """A session that will begin as soon as its pack is ready."""
        self._conditions: list[tuple[str, str | float]] = []
        self.run: OneRun | None = None
        """On, resting, or ended and not yet written down."""
        self.last: SessionOver | None = None
        self.statistics: Callable[[], Mapping[str, object]] = dict
        """What is written down with a session besides."""
        self.number = 0
        """How many have begun."""
        self._past = Totals()
        self._leaving: list[Seat] = []
        """Of sessions whose ends are being written, one after the other."""

    # --- what is asked of it ---------------------------------------------------------------------------------------

    @property
    def on(self) -> OneRun | None:
        """The session that goes on or rests; None: there is none, or it has ended."""
        run = self.run
        return None if run is None or run.resting or run.over else run

    @property
    def waits(self) -> bool:
        """One has begun, as far as the runner is concerned, and its pack is being made ready."""
        return self._waits is not None

    @property
    def begun(self) -> bool:
        """One has begun, or gone on, and not ended yet."""
        return self.on is not None or self.waits

    @property
    def due_ns(self) -> int | None:
        """When something is due."""
        return None if self.run is None else self.run.due_ns

    @property
    def busy_ns(self) -> int:
        """Something is being said by the session until then."""
        return 0 if self.run is None else self.run.busy_ns

    def totals(self) -> Totals:
        """Of all sessions so far."""
        totals = Totals(self._past.clicks, self._past.dropped, dict(self._past.counted))
        if self.run is not None:
            totals.add(self.run)
        return totals

    def condition(self, name: str, value: str | float) -> None:
        """How things stand before the next run."""
        self._conditions = [one for one in self._conditions if one[0] != name] + [(name, value)]

    # --- what happens ----------------------------------------------------------------------------------------------

    def feel(self, event: Event) -> None:
        """Something of the feet."""
        if isinstance(event, SensorLink):
            self._linked = event
        self._felt.append(event)
        kept_ns = event.at_ns - self.how.begin_ns - KEPT_MARGIN_NS
        if self._waits is not None:
            kept_ns = min(kept_ns, self._waits.since_ns)
        while self._felt and self._felt[0].at_ns < kept_ns:
            self._felt.popleft()
        if self.run is not None:
            self.run.feel(event)

    def sound(self, event: Event) -> None:
        """A late click, a restart, a loss: for the session that is on."""
        if isinstance(event, SoundLost | SoundBack):
            self._unheard = isinstance(event, SoundLost)
        run = self.on
        if run is None:
            return
        self._told_unheard = self._unheard
        if isinstance(event, SoundLost):
            ago_ns = event.at_ns - event.since_ns
            run.step(event.at_ns, lambda at_ns: SoundLost(at_ns, at_ns - ago_ns))
        else:
            run.step(event.at_ns, lambda at_ns: replace(event, at_ns=at_ns))

    def _tell_sound(self, run: OneRun, now_ns: int) -> None:
        """Whether what is played is heard, to a session that was not there when that changed."""
        if self._told_unheard != self._unheard:
            self._told_unheard = self._unheard
            run.step(now_ns, lambda at_ns: SoundLost(at_ns, at_ns) if self._unheard else SoundBack(at_ns))

    def prepared(self, now_ns: int) -> None:
        """A pack is ready: perhaps somebody waits for it."""
        waits, self._waits = self._waits, None
        if waits is not None:
            self.begin(waits, now_ns)

    def begin(self, decision: Begin, now_ns: int) -> bool:
        """A session begins, or goes on; False: as soon as its pack is ready."""
        run = self.run
        if decision.continues and run is not None and not run.over:
            self._speaker.hush(now_ns)  # from here on the session's voice is the only one
            run.go_on(self._before(decision.since_ns, now_ns), now_ns, decision.since_ns)
            self._tell_sound(run, now_ns)
            if run.seat is not None:
                self._feet.record(run.seat.hear_sensor)
            return True
        self.close()
        prepared = self._today.prepared
        if prepared is None:
            self._waits = decision
            return False
        self._begin(prepared, decision.since_ns, now_ns)
        return True

    def _begin(self, prepared: Prepared, since_ns: int, now_ns: int) -> None:
        request = prepared.request
        self._speaker.hush(now_ns)  # from here on the session's voice is the only one
        broken = prepared.broken
        if broken is not None and not self._go_on_with(prepared, since_ns):
            broken = None
        if broken is None:
            line = SessionLine(self._time, since_ns)
            how = request.start(prepared.speech)
            seat = self._book.begin(request, how, line, tuple(self._conditions))
            run = OneRun(request, how, line, self._mouth, self._feet, seat, self._speaker.ask, self._speaker.hear)
            self.run = run
            if seat is not None:
                self._feet.record(seat.hear_sensor)
            now_ns = self._time.now_ns()  # the journal took its time
            run.backdate(self._before(since_ns, now_ns), now_ns)
            if prepared.answer is not None and prepared.answer.reintroduction:
                run.step(now_ns, events.Reintroduction)
        self._told_unheard = False
        if self.run is not None:
            self.run.mark = prepared.mark
            answer = prepared.answer
            self.run.bars = answer is not None and answer.bars
            self.run.why = spoken(answer) if answer is not None and answer.why_held else ()
            self._tell_sound(self.run, self._time.now_ns())
        self.number += 1
        self._conditions = []
        self._today.again()

    def _go_on_with(self, prepared: Prepared, since_ns: int) -> bool:
        """Go on with a run that broke off, if it did not do so too long ago; its time stands still in the gap."""
        assert prepared.broken is not None, "there is one to go on with"
        found_ns, broken = prepared.broken
        gap_ns = broken.gap_ns + max(0, since_ns - found_ns)
        if gap_ns > self.how.continue_ns:
            return False
        from_ns = broken.last_ns + gap_ns
        line = SessionLine(self._time, since_ns - from_ns)
        seat = self._book.begin(prepared.request, broken.how, line, (), broken)
        run = OneRun(prepared.request, broken.how, line, self._mouth, self._feet, seat, self._speaker.ask, self._speaker.hear)
        run.go_on_from(broken, from_ns, self._speaker.lengths)
        self.run = run
        if seat is not None:
            self._feet.record(seat.hear_sensor)
        self._notice(f"going on with the run that broke off at {clock_text(broken.last_ns)}, {clock_text(gap_ns)} ago")
        return True

    def _before(self, since_ns: int, now_ns: int) -> list[Event]:
        """What was felt since then, the link as it was at first."""
        felt = [event for event in self._felt if since_ns <= event.at_ns <= now_ns]
        linked = self._linked
        if linked is not None and not any(isinstance(event, SensorLink) for event in felt):
            state = LinkState.LOST if linked.state is LinkState.LOST else LinkState.FOUND
            felt.insert(0, SensorLink(since_ns, LinkState.FOUND))
            if state is LinkState.LOST:
                felt.insert(1, SensorLink(since_ns, state))
        elif linked is None and any(isinstance(event, CadenceSample) for event in felt):
            felt.insert(0, SensorLink(since_ns, LinkState.FOUND))
        return felt

    def pause(self, at_ns: int, since_ns: int) -> None:
        """It rests."""
        if self.on is not None:
            self.on.pause(at_ns, since_ns)

    def resume(self, at_ns: int, since_ns: int) -> None:
        """It goes on."""
        if self.on is not None:
            self.on.resume(at_ns, since_ns)

    def end(self, at_ns: int, since_ns: int) -> SessionOver:
        """It has ended, unless it is continued; its figures, which every end has."""
        self._waits = None
        run = self.run
        if run is None:
            self.last = SessionOver(at_ns, 0)
        else:
            self.last = run.rest(at_ns, since_ns)
            self._feet.record(None)
        return self.last

    def ended_by_itself(self, at_ns: int) -> SessionOver | None:
        """The figures of a session that has just come to its own end; None: it has not."""
        run = self.run
        if run is None or not run.over or run.resting:
            return None
        self.last = run.rest(at_ns, at_ns)
        self._feet.record(None)
        return self.last

    def stop(self) -> None:
        """What has ended is not continued."""
        if self.run is not None and self.run.resting:
            self.run.stop(self._time.now_ns())

    def hurt(self, now_ns: int) -> None:
        """It hurts, told of the run that has ended: if it is gone on with, that is without cues."""
        run = self.run
        if run is not None and not run.over:
            run.step(now_ns, lambda at_ns: events.Pain(at_ns, told=True))

    def rate(self, now_ns: int, name: str, value: str | float) -> bool:
        """What the runner says of this moment, or of the run that has ended; False: nothing keeps it."""
        run = self.run
        if run is None or run.seat is None:
            return False
        run.seat.rate(run.at(now_ns) if not run.resting else run.at(0), name, value)
        return True

    def close(self) -> None:
        """Have the session written down that has ended, or is to end now; waits for nothing."""
        run, self.run = self.run, None
        if run is None:
            return
        self._feet.record(None)
        self._past.add(run)
        run.close(self._time.now_ns(), self._mouth.state(), self.statistics())
        if run.seat is not None:
            self._leaving.append(run.seat)

    def shut(self) -> None:
        """No session any more, and all is written that can be."""
        self.close()
        if self._leaving:
            self._leaving[-1].wait()  # which waits for those before it
        self._see_off()

    @property
    def leaving(self) -> Seat | None:
        """The seat of the last session, while its end is being written."""
        return self._leaving[-1] if self._leaving else None

    def _see_off(self) -> None:
        """What the journal still has to say of them is told."""
        while self._leaving and self._leaving[0].kept is not None:
            self._leaving.pop(0).collect(0)

    def step(self, now_ns: int, make: Callable[[int], Event]) -> bool:
        """An event for the session that is on; False: none is."""
        run = self.on
        if run is None:
            return False
        run.step(now_ns, make)
        return True

    def spoken(self, event: events.SpeechReady | events.SpeechFailed) -> None:
        """A text has become ready, or will never be."""
        run = self.on
        if run is not None and run.awaits(event.text_id):
            run.step(event.at_ns, lambda at_ns: replace(event, at_ns=at_ns))

    def turn(self, now_ns: int) -> None:
        """All that is due up to now."""
        if self.run is not None:
            self.run.advance(now_ns)
        self._see_off()
