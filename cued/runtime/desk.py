"""A live run's desk: what is asked over the control socket becomes events on the run's inbox.

It answers at once, in the server's thread: the session is a frozen value, so a copy can be carried to the present, and through
what was asked, without waiting for the loop.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol

from cued import __version__
from cued.audio.commands import Bus
from cued.control import commands as asked
from cued.control.protocol import VERSION, Answer, Done, Fault, Refused
from cued.core import engine, events
from cued.core.cues import Asked, Effort
from cued.core.engine import Session
from cued.core.events import Event, Wake
from cued.core.view import View
from cued.errors import ControlError, JournalError
from cued.journal.answers import AFTER, DURING, Question
from cued.runtime.clock import Clock, Inbox
from cued.runtime.conductor import Conductor
from cued.runtime.status import SoundState, segment_text
from cued.runtime.statuswire import RunStatus, to_wire

if TYPE_CHECKING:
    from cued.runtime.request import Request

NONE: Final = "none"
"""Instead of a path: nobody steers."""
_DAEMON_ONLY: Final[dict[type[asked.Command], str]] = {
    asked.Start: "this run has begun already; only the daemon begins sessions by itself",
    asked.PackUse: "this run keeps its pack: only the daemon changes it (end this run, and begin another with --pack)",
    asked.Reload: "a run reads no configuration: only the daemon does",
}
"""What `cued run` cannot do, and what to do instead."""
_SETTING_UP: Final = Refused(
    Fault.NOT_NOW, "the run is being set up: it has not begun (its own terminal says what it waits for)"
)
_OVER: Final = Refused(Fault.NOT_NOW, "the run is over")


class Loud(Protocol):
    """An output whose volume can be set, in the loop's thread."""

    def set_volume(self, bus: Bus, gain: float) -> None:
        """From now on; 0 to 1."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the desk steers and looks at."""

    request: Request
    conductor: Conductor
    clock: Clock
    inbox: Inbox
    outputs: Sequence[Loud]
    sound: Callable[[], SoundState]
    rate: Callable[[int, str, str | float], None] | None = None
    """Keeps what the runner says of a moment; None: there is no journal."""


class RunDesk:
    """`control.server.Desk` for a live run, and a `Source` of its loop, where volumes are set."""

    pending = False
    """Whoever asks wakes the loop."""

    def __init__(self) -> None:
        self._begun: Run | None = None
        self._told: list[Event] = []
        """What is on the inbox and may not have reached the session yet."""
        self._volumes: SimpleQueue[tuple[Bus, float]] = SimpleQueue()
        self._percent: dict[Bus, float] = {}

    def begin(self, run: Run) -> None:
        """The run is set up: from now on it is steered."""
        volumes = run.request.volumes
        self._percent = {Bus.BEAT: volumes.beat * 100, Bus.VOICE: volumes.voice * 100}
        self._begun = run

    def collect(self, now_ns: int) -> list[Event]:  # noqa: ARG002 - a volume has no time
        """No events: those go to the inbox. Volumes are set here, in the loop's thread."""
        while True:
            try:
                bus, gain = self._volumes.get_nowait()
            except Empty:
                return []
            for output in self._run.outputs:
                output.set_volume(bus, gain)

    def ask(self, command: asked.Command, reply: Callable[[Answer], None]) -> None:
        """Answer at once; what follows from it happens in the loop within milliseconds."""
        reply(self._answer(command))

    def _answer(self, command: asked.Command) -> Answer:
        if type(command) in _DAEMON_ONLY:
            return Refused(Fault.NOT_HERE, _DAEMON_ONLY[type(command)])
        if isinstance(command, asked.Hello):
            return Done({"cued": __version__, "protocol": VERSION, "pid": os.getpid(), "is": "run"})
        if self._begun is None:
            return _SETTING_UP
        view = engine.view(self._session())
        if isinstance(command, asked.Status | asked.Watch):
            return Done(to_wire(self._status(view)))
        if view.ended:
            return _OVER
        if isinstance(command, asked.Volume):
            return self._set_volume(command)
        if isinstance(command, asked.Rate):
            return self._rate(command)
        return self._steer(command, view)

    # --- what the session is like now -----------------------------------------------------------------------------

    @property
    def _run(self) -> Run:
        assert self._begun is not None, "only what is known of any run is told before it is set up"
        return self._begun

    @property
    def _now_ns(self) -> int:
        return max(0, self._run.clock.now_ns())

    def _session(self) -> Session:
        """A copy of the session as it is now, with what the loop has not taken off its inbox yet."""
        session = self._run.conductor.session
        reached_ns = engine.view(session).at_ns
        self._told = [event for event in self._told if event.at_ns > reached_ns]
        for event in (*self._told, Wake(self._run.clock.now_ns())):
            session, _ = engine.step(session, event)
        return session

    def _status(self, view: View) -> RunStatus:
        run, percent = self._run, self._percent
        return RunStatus(view.pack, run.request.feeding.source, view, run.sound(), percent[Bus.BEAT], percent[Bus.VOICE])

    # --- what is asked of it --------------------------------------------------------------------------------------

    def _tell(self, event: Event) -> View:
        """Put it on the inbox; the view of what comes of it."""
        self._run.inbox.put(event)
        self._told.append(event)
        return engine.view(self._session())

    def _steer(self, command: asked.Command, view: View) -> Answer:
        now_ns = self._now_ns
        match command:
            case asked.Stop():
                self._tell(events.Stop(now_ns))
                return _said("the run ends")
            case asked.Pause():
                self._tell(events.Pause(now_ns))
                return _said("the run rests already" if view.paused else "paused")
            case asked.Resume():
                after = self._tell(events.Resume(now_ns))
                return _said(f"going on: {segment_text(after)}" if view.paused else "the run does not rest")
            case asked.Next():
                return self._next(command, view)
            case asked.Back():
                return _said(f"from its start: {segment_text(self._tell(events.Back(now_ns)))}")
            case asked.Mute():
                self._tell(events.Mute(now_ns, command.muted))
                return _said("muted; the run goes on" if command.muted else "sound is on")
            case asked.Cue():
                return self._cue(view)
            case asked.Surface():
                self._tell(events.SurfaceIs(now_ns, command.surface))
                return _said(f"on {command.surface} from here on")
            case asked.Pain():
                self._tell(events.Pain(now_ns))
                return _said("beat and cues are over for this run; walk if it hurts")
        raise AssertionError(f"nobody answers {command!r}")

    def _next(self, command: asked.Next, view: View) -> Answer:
        if view.paused:
            return Refused(Fault.NOT_NOW, "the run rests: `cued resume` first")
        if not view.segment and not view.waiting:
            return Refused(Fault.NOT_NOW, "there is no next segment: the session's segments are over")
        after = self._tell(events.Next(self._now_ns, command.leave_repeat))
        return _said(segment_text(after))

    def _cue(self, view: View) -> Answer:
        pack = self._run.request.pack.value
        if not any(isinstance(rule.when, Asked) for rule in pack.rules):
            return Refused(Fault.NOT_NOW, f"the pack {pack.name} has no cue for when you ask (`when: {{asked: cue}}`)")
        for silent, why in ((view.paused, "the run rests"), (view.muted, "the sound is muted")):
            if silent:
                return Refused(Fault.NOT_NOW, f"{why}: no cue can be heard")
        self._tell(events.AskCue(self._now_ns))
        return _said("asked for a cue")

    def _set_volume(self, command: asked.Volume) -> Answer:
        buses = {asked.Part.BEAT: (Bus.BEAT,), asked.Part.VOICE: (Bus.VOICE,)}.get(command.of, tuple(Bus))
        for bus in buses:
            self._percent[bus] = command.percent
            self._volumes.put((bus, command.percent / 100))
        self._run.inbox.put(Wake(self._run.clock.now_ns()))
        return _said(f"{' and '.join(bus.value for bus in buses)} at {command.percent:g} %")

    def _rate(self, command: asked.Rate) -> Answer:
        now_ns, name = self._now_ns, command.what.value
        if command.what is asked.Rated.EFFORT and command.answer in {effort.value for effort in Effort}:
            self._tell(events.EffortIs(now_ns, command.answer))
            return _said(f"effort is {command.answer} from here on")
        if self._run.rate is None:
            return Refused(Fault.NOT_HERE, "this run is not kept in a journal, so nothing can be written down")
        question = next(one for one in (*DURING, *AFTER) if one.name == name)
        return self._write_down(question, command.answer, now_ns)

    def _write_down(self, question: Question, answer: str, now_ns: int) -> Answer:
        assert self._run.rate is not None
        try:
            value = question.answer(answer)
        except JournalError as error:
            return Refused(Fault.WRONG, str(error))
        self._run.rate(now_ns, question.name, value)
        return _said(f"written down: {question.name} {answer}")


def _said(sentence: str) -> Done:
    return Done({"said": sentence})


@contextmanager
def listening(word: str | None, notice: Callable[[str], None]) -> Iterator[RunDesk]:
    """Within: a desk that is asked over the socket at `word` (None: the user's own); where that cannot be, `notice` is told.

    To be entered before the run's clock goes: it takes a tenth of a second.
    """
    desk = RunDesk()
    if word == NONE:
        yield desk
        return
    from cued.control.address import default_path
    from cued.control.server import Server

    try:
        server = Server(default_path() if word is None else Path(word), desk)
    except ControlError as error:
        notice(f"{error}; this run goes on, and is steered from here alone")
        yield desk
        return
    try:
        yield desk
    finally:
        server.close()
