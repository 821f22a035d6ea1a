"""The daemon's desk: commands come in on the server's thread, and are answered by the loop at its next turn."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cued import __version__
from cued.control import commands as asked
from cued.control.protocol import VERSION, Answer, Done, Fault, Refused
from cued.core import events
from cued.core.cues import CuePack
from cued.core.events import Event
from cued.core.happening import Phase, Say, Word
from cued.core.sentences import Sentence
from cued.core.view import View
from cued.errors import CuedError, PackError
from cued.runtime.daemon.caution import FIRST
from cued.runtime.daemon.choice import PLAIN, Choice
from cued.runtime.daemon.loop import Daemon
from cued.runtime.daemon.onerun import OneRun
from cued.runtime.daemon.ports import Asked, Inbox
from cued.runtime.daemon.state import bound, house_status, why_barred
from cued.runtime.daemon.today import told
from cued.runtime.housestatus import house_to_wire
from cued.runtime.status import segment_text
from cued.runtime.steering import Rate, buses_of, eases, ends_cueing, said, steer, volume_said
from cued.units import NS_PER_MS

SAME_NS: Final = 50 * NS_PER_MS
"""A status so young is as good as new, and a hundred clients that ask for it at once cost no more than one."""
NO_RUN: Final = Refused(Fault.NOT_NOW, "no run is on: `cued start` begins one, or just run")

UNTOLD: Final = Refused(
    Fault.NOT_NOW, "no run is on: `cued log rate last --pain 6`, or `--pain-kind sharp` or `limp`, tells it of the last one"
)
UNRATED: Final = Refused(Fault.NOT_NOW, "no run is on: `cued log rate last` tells it of the last one")


class Counter:
    """`control.server.Desk`: puts what is asked on the loop's inbox."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def ask(self, command: asked.Command, reply: Callable[[Answer], None]) -> None:
        """As `Desk`; a greeting needs no loop."""
        if isinstance(command, asked.Hello):
            reply(Done({"cued": __version__, "protocol": VERSION, "pid": os.getpid(), "is": "daemon"}))
        else:
            self._inbox.put(Asked(command, reply))


class _Steered:
    """The session that is on, as `steering` wants it."""

    def __init__(self, run: OneRun, now_ns: int) -> None:
        self._run = run
        self._now_ns = now_ns

    @property
    def now_ns(self) -> int:
        """Session time."""
        return self._run.at(self._now_ns)

    @property
    def pack(self) -> CuePack:
        """What it goes by."""
        return self._run.request.pack.value

    @property
    def rate(self) -> Rate | None:
        """Keeps what the runner says; None: no journal."""
        return None if self._run.seat is None else self._run.seat.rate

    def tell(self, event: Event) -> View:
        """Let it happen."""
        self._run.step(self._now_ns, lambda at_ns: replace(event, at_ns=at_ns))
        return self._run.view()


class Desk:
    """Answers in the loop's thread; nothing here waits."""

    def __init__(self, daemon: Daemon, reload: Callable[[], str]) -> None:
        self._daemon = daemon
        self._reload = reload
        self._status: tuple[int, Phase, Done] | None = None
        """The last that was told, when, and in which phase."""

    def answer(self, one: Asked) -> None:
        """Answer; a fault in one answer is told to who asked."""
        if not isinstance(one.command, asked.Status | asked.Watch):
            self._status = None
        try:
            answer = self._answer(one.command)
        except Exception as error:  # noqa: BLE001 - whatever a command meets, the daemon goes on
            answer = Refused(Fault.BROKEN, f"a fault in cued itself: {type(error).__name__}: {error}")
        one.reply(answer)

    def _answer(self, command: asked.Command) -> Answer:
        daemon = self._daemon
        now_ns = daemon.world.time.now_ns()
        match command:
            case asked.Status() | asked.Watch():
                return self._told(now_ns)
            case asked.Volume():
                return self._set_volume(command)
            case asked.Reload():
                return self._read_again()
            case asked.Start():
                return self._start(command)
            case asked.PackUse():
                return self._use(command.name)
            case asked.Stop() | asked.Pause() | asked.Resume() | asked.Pain():
                return self._tell(command)
            case asked.Rate() if daemon.sessions.on is None and daemon.sessions.run is not None:
                answer = steer(command, daemon.sessions.run.view(), _Steered(daemon.sessions.run, now_ns), over=True)
                if ends_cueing(command):
                    daemon.hurt(now_ns)
                elif eases(command):
                    daemon.following.eased()
                return answer
        run = daemon.sessions.on
        if run is None:
            if isinstance(command, asked.Rate) and not daemon.sessions.waits:
                return UNTOLD if ends_cueing(command) else UNRATED
            return NO_RUN
        view = run.look(now_ns)
        if isinstance(command, asked.Cue) and run.request.pack.value.name == PLAIN and (why := why_barred(daemon)):
            return Refused(Fault.NOT_NOW, f"no cue can be heard: {why}")
        answer = steer(command, view, _Steered(run, now_ns))
        if isinstance(answer, Done) and ends_cueing(command):
            daemon.tell(Word.PAIN)
        elif isinstance(answer, Done) and eases(command):
            daemon.following.eased()
        return answer

    def _told(self, now_ns: int) -> Done:
        """How it is; a crowd that asks at once is told the same."""
        phase = self._daemon.life.phase
        last = self._status
        if last is None or last[1] is not phase or now_ns - last[0] >= SAME_NS:
            self._status = last = now_ns, phase, Done(house_to_wire(house_status(self._daemon, now_ns)))
        return last[2]

    # --- the run as a whole ----------------------------------------------------------------------------------------

    def _start(self, command: asked.Start) -> Answer:
        daemon = self._daemon
        phase = daemon.life.phase
        if phase is Phase.RUNNING:
            return Refused(Fault.NOT_NOW, "a run is on already")
        if phase is Phase.PAUSED:
            daemon.tell(Word.START)
            return said("going on")
        if command.pack:
            refused = self._missing(command.pack)
            if refused is not None:
                return refused
            daemon.swapping.begin_with(command.pack)
            return said(f"checking {command.pack}: the run begins as soon as it is ready (`cued status` tells){self._held()}")
        prepared = daemon.today.prepared
        answer = None if prepared is None else prepared.answer
        barred, number = why_barred(daemon), daemon.sessions.number
        daemon.tell(Word.START)
        run = daemon.sessions.on
        if run is None:
            return said(f"making {daemon.today.choice.told} ready: it begins as soon as that is done (`cued status` tells)")
        if daemon.sessions.number == number:
            return said(f"going on with your run: {segment_text(run.view())}")
        unwarned = f"; without beat and cues: {FIRST}" if daemon.caution.owed else ""
        held = barred if run.request.pack.value.name == PLAIN else "" if answer is None else answer.why_held
        why = unwarned or (f"; {held}" if held else "")
        return said(f"begun: {run.request.pack.value.name}, {segment_text(run.view())}{why}")

    def _held(self) -> str:
        """Why a pack that is named now is not run, or not whole, to be put after an answer."""
        held = bound(self._daemon)
        return "" if held is None else f"; {held.why_held}"

    def _tell(self, command: asked.Command) -> Answer:
        daemon = self._daemon
        phase = daemon.life.phase
        run = daemon.sessions.on
        now_ns = daemon.world.time.now_ns()
        if run is None and phase is Phase.RUNNING and isinstance(command, asked.Stop):
            daemon.tell(Word.STOP)
            return said("the run that was about to begin does not")
        if run is None or phase not in {Phase.RUNNING, Phase.PAUSED}:
            if isinstance(command, asked.Stop) and phase is Phase.ENDED and not daemon.life.over:
                daemon.tell(Word.STOP)
                return said("the run has ended, and is not gone on with")
            if not isinstance(command, asked.Pain):
                return NO_RUN
            if daemon.sessions.waits:  # its pack is being made ready, and will be another
                daemon.tell(Word.PAIN, now_ns)
                daemon.say(Say(now_ns, Sentence.PAIN_OVER), asked=True)
                return said("cueing is over for today; walk if it hurts")
            if daemon.sessions.run is None:
                return UNTOLD
            daemon.hurt(now_ns)
            return said("cueing is over for today; walk if it hurts")
        match command:
            case asked.Stop():
                daemon.tell(Word.STOP)
                return said("the run has ended")
            case asked.Pause():
                if phase is Phase.PAUSED and daemon.life.told:
                    return said("the run rests already")
                daemon.tell(Word.PAUSE)
                return said("paused")
            case asked.Resume():
                if phase is Phase.RUNNING:
                    return said("the run does not rest")
                daemon.tell(Word.RESUME)
                return said(f"going on: {segment_text(run.view())}")
        run.step(now_ns, events.Pain)
        daemon.tell(Word.PAIN)
        return said("beat and cues are over for today; walk if it hurts")

    # --- packs -----------------------------------------------------------------------------------------------------

    def _use(self, name: str) -> Answer:
        refused = self._missing(name)
        if refused is not None:
            return refused
        daemon = self._daemon
        if daemon.sessions.on is not None:
            if daemon.caution.owed:
                return Refused(Fault.NOT_NOW, FIRST)
            daemon.swapping.use(name)
            return said(f"checking {name}: it takes over at the next beat once it is ready (`cued status` tells){self._held()}")
        daemon.today.choose(Choice(name, length_ns=daemon.today.choice.length_ns), aloud=True)
        return said(f"checking {name}: the next run goes by it once it is ready (`cued status` tells){self._held()}")

    def _missing(self, name: str) -> Answer | None:
        """A refusal for a pack that is not there; what is wrong with one that is, is found out off the loop."""
        daemon = self._daemon
        if any(name == known.name for known in daemon.today.packs):
            return None
        try:
            daemon.today.kitchen.find(name)
        except PackError as error:
            return Refused(Fault.WRONG, told(error))
        return None

    # --- sound -----------------------------------------------------------------------------------------------------

    def _read_again(self) -> Answer:
        try:
            return said(self._reload())
        except CuedError as error:
            return Refused(Fault.WRONG, str(error))

    def _set_volume(self, command: asked.Volume) -> Answer:
        daemon = self._daemon
        for bus in buses_of(command):
            daemon.set_volume(bus, command.percent)
        return volume_said(command)
