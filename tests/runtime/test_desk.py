"""A live run's desk: what it says at once, what reaches the loop, and what only a daemon could do."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

import pytest

from cued.audio.commands import Bus
from cued.control import commands
from cued.control.client import Client
from cued.control.commands import COMMANDS, Command
from cued.control.protocol import Answer, Done, Fault, Refused
from cued.core import events
from cued.core.cues import Asked, CuePack, Rule, SayCue
from cued.core.effects import PlayClick
from cued.core.engine import texts_of
from cued.core.events import Event, Pause, Stop, Wake
from cued.core.view import View
from cued.errors import ControlError
from cued.runtime.conductor import Conductor, NoFeed
from cued.runtime.desk import Run, RunDesk, listening
from cued.runtime.feeding import Feeding
from cued.runtime.live import Display, Live
from cued.runtime.request import Pack, Request, Volumes
from cued.runtime.status import SoundState
from cued.runtime.statuswire import RunStatus, from_wire, to_wire
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_S, seconds
from tests.control.desks import folder
from tests.runtime.fakes import Ears, VirtualClock
from tests.runtime.packs import small_pack

SOUND = SoundState(device="headphones", underruns=2)
DO: dict[type[Command], Command] = {
    commands.PackUse: commands.PackUse("metronome"),
    commands.Volume: commands.Volume(40.0),
    commands.Surface: commands.Surface("grass"),
    commands.Rate: commands.Rate(commands.Rated.HELPED, "yes"),
}
"""An example of each command that cannot do without fields."""


class Loud:
    """An output that notes its volumes."""

    def __init__(self) -> None:
        self.set: list[tuple[Bus, float]] = []

    def set_volume(self, bus: Bus, gain: float) -> None:
        self.set.append((bus, gain))


class NoScreen:
    every_ns = NS_PER_S

    def show(self, view: View, sound: SoundState) -> None:
        pass


class Steered:
    """A run at its desk. Its loop stands still until `to` is called."""

    def __init__(self, pack: CuePack | None = None, *, journal: bool = True) -> None:
        feeding = Feeding(NoFeed(seconds(80)), "none", seconds(90), seconds(80), sensor=False, simulated=False)
        request = Request(Pack(small_pack() if pack is None else pack, None), feeding, volumes=Volumes(0.8, 1.0))
        voice = NominalVoice(None)
        self.ears, self.loud = Ears(), Loud()
        self.written: list[tuple[int, str, str | float]] = []
        self.inbox: SimpleQueue[Event] = SimpleQueue()
        self.clock = VirtualClock()
        how = request.start(voice.prepare(texts_of(request.pack.value)))
        self.conductor = Conductor(how, feeding.feed, [self.ears], voice.answer)
        rate = (lambda *said: self.written.append(said)) if journal else None
        run = Run(request, self.conductor, self.clock, self.inbox, [self.loud], lambda: SOUND, rate)
        self.desk = RunDesk()
        self.desk.begin(run)
        self.loop = Live(self.conductor, feeding.feed, self.clock, self.inbox, [self.desk], Display(NoScreen(), lambda: SOUND))

    def ask(self, command: Command) -> Answer:
        answers: list[Answer] = []
        self.desk.ask(command, answers.append)
        (answer,) = answers  # at once, and once
        return answer

    def said(self, command: Command) -> str:
        answer = self.ask(command)
        return str(answer.result["said"]) if isinstance(answer, Done) else f"{answer.fault.value}: {answer.sentence}"

    def status(self) -> RunStatus:
        answer = self.ask(commands.Status())
        assert isinstance(answer, Done)
        return from_wire(json.loads(json.dumps(answer.result)))

    def at(self, at_s: float) -> Steered:
        """The clock goes on and the loop stands still, as in a stall."""
        self.clock.time_ns = seconds(at_s)
        return self

    def catch_up(self) -> None:
        """What the loop does in one pass."""
        waiting = []
        while not self.inbox.empty():
            waiting.append(self.inbox.get())
        for event in [*waiting, *self.desk.collect(self.clock.now_ns())]:
            self.conductor.advance(event.at_ns)
            self.conductor.step(event)
        self.conductor.advance(self.clock.now_ns())

    def inbox_events(self) -> list[Event]:
        found = []
        while not self.inbox.empty():
            found.append(self.inbox.get())
        return found


def test_status_is_of_this_moment_while_the_loop_stands_still_and_the_session_is_untouched() -> None:
    run = Steered().at(50)
    before = run.conductor.session
    status = run.status()
    assert (status.pack, status.source, status.beat_percent, status.voice_percent) == ("small", "none", 80.0, 100.0)
    assert (status.view.segment, status.view.run_ns, status.view.tempo_mspm) == ("tempo run", seconds(50), 170_000)
    assert status.sound == SOUND
    assert run.conductor.session is before
    assert not run.ears.effects


def test_what_was_asked_a_moment_ago_counts_before_the_loop_has_seen_it() -> None:
    run = Steered().at(50)
    assert run.said(commands.Pause()) == "paused"
    assert run.status().view.paused
    assert run.said(commands.Next()) == "not_now: the run rests: `cued resume` first"
    assert run.said(commands.Pause()) == "the run rests already"
    run.at(60)
    assert run.said(commands.Resume()) == "going on: tempo run −0:20"
    assert run.said(commands.Next()) == "cooldown −0:20"
    run.catch_up()
    assert (run.status().view.segment, run.status().view.run_ns) == ("cooldown", seconds(50))


@pytest.mark.parametrize(
    ("command", "event", "said"),
    [
        (commands.Stop(), Stop(seconds(50)), "the run ends"),
        (commands.Pause(), Pause(seconds(50)), "paused"),
        (commands.Resume(), events.Resume(seconds(50)), "the run does not rest"),
        (commands.Next(leave_repeat=True), events.Next(seconds(50), leave_repeat=True), "cooldown −0:20"),
        (commands.Back(), events.Back(seconds(50)), "from its start: tempo run −0:30"),
        (commands.Mute(), events.Mute(seconds(50), muted=True), "muted; the run goes on, and `cued mute off` ends it"),
        (commands.Mute(muted=False), events.Mute(seconds(50), muted=False), "sound is on"),
        (commands.Surface("grass"), events.SurfaceIs(seconds(50), "grass"), "on grass from here on"),
        (commands.Pain(), events.Pain(seconds(50)), "beat and cues are over for today; walk if it hurts"),
        (
            commands.Rate(commands.Rated.EFFORT, "hard"),
            events.EffortIs(seconds(50), "hard"),
            "effort is hard from here on",
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_a_command_becomes_one_event_of_this_moment(command: Command, event: Event, said: str) -> None:
    run = Steered().at(50)
    assert run.said(command) == said
    assert run.inbox_events() == [event]


def test_a_cue_is_asked_for_where_the_pack_has_one_and_it_can_be_heard() -> None:
    assert "has no cue for when you ask" in Steered().at(50).said(commands.Cue())
    pack = replace(small_pack(), rules=(*small_pack().rules, Rule("rules[3]", Asked(), (SayCue("done"),))))
    run = Steered(pack).at(50)
    assert run.said(commands.Cue()) == "asked for a cue"
    assert run.inbox_events() == [events.AskCue(seconds(50))]
    run.ask(commands.Mute())
    assert run.said(commands.Mute()) == "muted already; `cued mute off` brings the sound back"
    assert run.said(commands.Cue()) == "not_now: the sound is muted: no cue can be heard"
    run.ask(commands.Pain())
    assert run.said(commands.Cue()) == "not_now: beat and cues are over for this run: it hurt"


def test_volumes_are_set_in_the_loop_which_is_woken_for_it() -> None:
    run = Steered().at(50)
    assert run.said(commands.Volume(40.0)) == "beat and voice at 40 %"
    assert run.said(commands.Volume(25.0, commands.Part.VOICE)) == "voice at 25 %"
    assert (run.status().beat_percent, run.status().voice_percent) == (40.0, 25.0)
    assert not run.loud.set
    assert [type(event) for event in run.inbox_events()] == [Wake, Wake]
    assert run.desk.collect(run.clock.now_ns()) == []
    assert run.loud.set == [(Bus.BEAT, 0.4), (Bus.VOICE, 0.4), (Bus.VOICE, 0.25)]


def test_a_rating_is_written_down_with_its_moment_or_refused_with_the_scale() -> None:
    run = Steered().at(50)
    assert run.said(commands.Rate(commands.Rated.HELPED, "yes")) == "written down: helped yes"
    assert run.said(commands.Rate(commands.Rated.EFFORT, "7")) == "written down: effort 7"
    assert run.written == [(seconds(50), "helped", "yes"), (seconds(50), "effort", 7.0)]
    assert run.said(commands.Rate(commands.Rated.LANDING, "9")).startswith("wrong: landing 9: ")
    assert "not kept in a journal" in Steered(journal=False).said(commands.Rate(commands.Rated.HELPED, "no"))


@pytest.mark.parametrize("command", [commands.Start(), commands.PackUse("x"), commands.Reload()])
def test_what_only_a_daemon_does_is_said_to_be_so(command: Command) -> None:
    run = Steered().at(50)
    answer = run.ask(command)
    assert isinstance(answer, Refused)
    assert answer.fault is Fault.NOT_HERE
    assert "daemon" in answer.sentence
    assert run.inbox.empty()


def test_before_the_start_and_after_the_last_segment_it_answers_too() -> None:
    assert Steered().at(-0.3).status().view.at_ns == -seconds(0.3)
    run = Steered(replace(small_pack(), session=small_pack().session[:1])).at(50)
    assert run.said(commands.Next()).startswith("not_now: there is no next segment")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "watch"])
def test_a_run_that_is_over_can_only_be_looked_at(name: str) -> None:
    run = Steered().at(50)
    run.ask(commands.Stop())
    run.catch_up()
    cls = COMMANDS[name]
    answer = run.ask(DO[cls] if cls in DO else cls())  # type: ignore[call-arg]  # those that need fields are in DO
    if name in {"hello", "status"}:
        assert isinstance(answer, Done)
    else:
        assert isinstance(answer, Refused)
        assert answer.fault in {Fault.NOT_NOW, Fault.NOT_HERE}
        assert run.inbox.empty()


def test_a_whole_run_in_which_somebody_looks_all_the_time_decides_the_same() -> None:
    def heard(*, look: bool) -> list[Any]:
        run = Steered()
        times = [seconds(at_s / 4) for at_s in range(4 * 80)]

        def act() -> None:
            if look:
                run.ask(commands.Status())

        run.clock.script = [(at_ns, act) for at_ns in times]
        run.loop.run()
        return run.ears.effects

    watched = heard(look=True)
    assert watched == heard(look=False)
    assert sum(isinstance(effect, PlayClick) for effect in watched) == 85


def test_what_another_version_tells_is_no_status() -> None:
    told = to_wire(Steered().at(50).status())
    assert from_wire({**told, "news": 1, "run": {**told["run"], "mood": "good"}}).view.segment == "tempo run"
    for broken in ({**told, "run": {}}, {**told, "sound": None}, {"number": 1}):
        with pytest.raises(ControlError, match="another version"):
            from_wire(broken)


def test_a_run_whose_socket_is_taken_says_so_and_goes_on_without() -> None:
    notices: list[str] = []
    with folder() as place, listening(str(place / "x.sock"), notices.append):
        with listening(str(place / "x.sock"), notices.append), Client(place / "x.sock") as client:
            assert client.ask(commands.Hello())["is"] == "run"
        assert len(notices) == 1
        assert notices[0].endswith("listens there; this run goes on, and is steered from here alone")


def test_while_a_run_is_being_set_up_it_says_so() -> None:
    with folder() as place, listening(str(place / "x.sock"), lambda _: None), Client(place / "x.sock") as client:
        assert client.ask(commands.Hello())["protocol"] == 1
        for command in (commands.Status(), commands.Pause(), commands.Volume(50.0)):
            with pytest.raises(ControlError, match="is being set up"):
                client.ask(command)


def test_a_run_that_nobody_may_steer_opens_nothing() -> None:
    with listening("none", lambda _: None):
        assert "control" not in {thread.name for thread in threading.enumerate()}
