"""What a command over the control socket does to the session that is on, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from cued.audio.commands import Bus
from cued.coaching.state import SORE_FROM, STOP_FROM
from cued.control import commands as asked
from cued.control.protocol import Answer, Done, Fault, Refused
from cued.core import events
from cued.core.cues import Asked, CuePack, Effort
from cued.core.events import Event
from cued.core.view import View
from cued.core.words import Silence
from cued.errors import JournalError
from cued.journal.answers import AFTER, DURING, Question
from cued.runtime.status import segment_text

Rate: TypeAlias = Callable[[int, str, str | float], None]
"""Keeps what the runner says of a moment of the session: its time, what, and how it is."""


class Steered(Protocol):
    """The session that is on."""

    @property
    def now_ns(self) -> int:
        """Session time."""

    @property
    def pack(self) -> CuePack:
        """What it goes by."""

    @property
    def rate(self) -> Rate | None:
        """None: there is no journal."""

    def tell(self, event: Event) -> View:
        """Let it happen; the view of what comes of it."""


def said(sentence: str) -> Done:
    """The answer that is one sentence."""
    return Done({"said": sentence})


def steer(command: asked.Command, view: View, session: Steered, *, over: bool = False) -> Answer:
    """Carry out what is the session's alone to do; `view` is its state now. `over`: the run has ended, as far as is known."""
    now_ns = session.now_ns
    match command:
        case asked.Stop():
            session.tell(events.Stop(now_ns))
            return said("the run ends")
        case asked.Pause():
            session.tell(events.Pause(now_ns))
            return said("the run rests already" if view.paused else "paused")
        case asked.Resume():
            after = session.tell(events.Resume(now_ns))
            return said(f"going on: {segment_text(after)}" if view.paused else "the run does not rest")
        case asked.Next():
            return _next(command, view, session)
        case asked.Back():
            return said(f"from its start: {segment_text(session.tell(events.Back(now_ns)))}")
        case asked.Mute():
            session.tell(events.Mute(now_ns, command.muted))
            return said(_muted(before=view.muted) if command.muted else "sound is on")
        case asked.Cue():
            return _cue(view, session)
        case asked.Surface():
            session.tell(events.SurfaceIs(now_ns, command.surface))
            return said(f"on {command.surface} from here on")
        case asked.Rate():
            answer = _rate(command, session)
            if isinstance(answer, Done) and ends_cueing(command) and not over:
                session.tell(events.Pain(now_ns))
            return answer
        case asked.Pain():
            session.tell(events.Pain(now_ns))
            return said("beat and cues are over for today; walk if it hurts")
    raise AssertionError(f"nobody answers {command!r}")


def ends_cueing(command: asked.Command) -> bool:
    """Pain of 5 of 10 or more ends cueing for the run and the day, as `cued pain` does."""
    return _pain(command) >= STOP_FROM


def eases(command: asked.Command) -> bool:
    """Pain over 3 of 10 eases the next run."""
    return _pain(command) > SORE_FROM


def _pain(command: asked.Command) -> float:
    """As it is rated; 0 where nothing is, or no number."""
    if not isinstance(command, asked.Rate) or command.what is not asked.Rated.PAIN:
        return 0.0
    try:
        return float(command.answer)
    except ValueError:
        return 0.0


def _muted(*, before: bool) -> str:
    return (
        "muted already; `cued mute off` brings the sound back"
        if before
        else "muted; the run goes on, and `cued mute off` ends it"
    )


def _next(command: asked.Next, view: View, session: Steered) -> Answer:
    if view.paused:
        return Refused(Fault.NOT_NOW, "the run rests: `cued resume` first")
    if not view.segment and not view.waiting:
        return Refused(Fault.NOT_NOW, "there is no next segment: the session's segments are over")
    after = session.tell(events.Next(session.now_ns, command.leave_repeat))
    return said(segment_text(after))


def _cue(view: View, session: Steered) -> Answer:
    pack = session.pack
    if view.silence is Silence.HURTS:
        return Refused(Fault.NOT_NOW, "beat and cues are over for this run: it hurt")
    if not any(isinstance(rule.when, Asked) for rule in pack.rules):
        return Refused(Fault.NOT_NOW, f"the pack {pack.name} has no cue for when you ask (`when: {{asked: cue}}`)")
    for silent, why in ((view.paused, "the run rests"), (view.muted, "the sound is muted")):
        if silent:
            return Refused(Fault.NOT_NOW, f"{why}: no cue can be heard")
    session.tell(events.AskCue(session.now_ns))
    return said("asked for a cue")


def _rate(command: asked.Rate, session: Steered) -> Answer:
    if command.what is asked.Rated.EFFORT and command.answer in {effort.value for effort in Effort}:
        session.tell(events.EffortIs(session.now_ns, command.answer))
        return said(f"effort is {command.answer} from here on")
    if session.rate is None:
        return Refused(Fault.NOT_HERE, "this run is not kept in a journal, so nothing can be written down")
    question = next(one for one in (*DURING, *AFTER) if one.name == command.what.value)
    return _write_down(question, command.answer, session.now_ns, session.rate)


def _write_down(question: Question, answer: str, now_ns: int, rate: Rate) -> Answer:
    try:
        value = question.answer(answer)
    except JournalError as error:
        return Refused(Fault.WRONG, str(error))
    rate(now_ns, question.name, value)
    return said(f"written down: {question.name} {answer}")


def buses_of(command: asked.Volume) -> tuple[Bus, ...]:
    """Whose volume it is about."""
    return {asked.Part.BEAT: (Bus.BEAT,), asked.Part.VOICE: (Bus.VOICE,)}.get(command.of, tuple(Bus))


def volume_said(command: asked.Volume) -> Done:
    """The answer."""
    return said(f"{' and '.join(bus.value for bus in buses_of(command))} at {command.percent:g} %")
