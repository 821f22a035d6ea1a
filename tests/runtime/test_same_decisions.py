"""A live run and a rehearsal of it decide the same, where speech has the same lengths."""

from __future__ import annotations

import io
import json
from collections import Counter
from queue import SimpleQueue
from typing import Any

import pytest

from cued.cli import options
from cued.core.engine import texts_of
from cued.core.events import Event
from cued.runtime.conductor import Conductor, NoFeed
from cued.runtime.eventlog import EventLog
from cued.runtime.feeding import Feeding, Simulated, feeding_of
from cued.runtime.live import Display, Live
from cued.runtime.offline import run_offline
from cued.runtime.request import Request
from cued.runtime.status import SoundState
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_MIN, NS_PER_MS
from tests.runtime.fakes import Ears, VirtualClock

LENGTH_NS = 24 * NS_PER_MIN


class Glance(Ears):
    """A screen that is drawn often and changes nothing."""

    every_ns = 500 * NS_PER_MS

    def show(self, view: object, sound: object) -> None:
        pass


def request_for(pack: str, sim: str) -> Request:
    feeding = (
        feeding_of(Simulated(sim), LENGTH_NS, 5)
        if sim
        else Feeding(NoFeed(LENGTH_NS), "none", LENGTH_NS, LENGTH_NS, False, False)
    )
    return Request(options.load(pack, io.StringIO()), feeding, seed=5)


def rehearsed(pack: str, sim: str) -> list[str]:
    request, voice = request_for(pack, sim), NominalVoice(None)
    how = request.start(voice.prepare(texts_of(request.pack.value)))
    log = EventLog(how, voice=voice.name, source=request.feeding.source)
    run_offline(Conductor(how, request.feeding.feed, [log], voice.answer))
    return log.lines


def lived(pack: str, sim: str) -> list[str]:
    request, voice = request_for(pack, sim), NominalVoice(None)
    how = request.start(voice.prepare(texts_of(request.pack.value)))
    log = EventLog(how, voice=voice.name, source=request.feeding.source)
    screen = Glance()
    feed = request.feeding.feed
    conductor = Conductor(how, feed, [log, screen], voice.answer)
    inbox: SimpleQueue[Event] = SimpleQueue()
    Live(conductor, feed, VirtualClock(), inbox, (voice,), Display(screen, SoundState)).run()
    return log.lines


@pytest.mark.parametrize(
    ("pack", "sim"), [("integration", "tired"), ("metronome", "stop-and-go"), ("awareness", "easy"), ("metronome", "")]
)
def test_a_live_run_and_its_rehearsal_write_the_same_lines(pack: str, sim: str) -> None:
    live, offline = lived(pack, sim), rehearsed(pack, sim)
    assert live == offline
    kinds = Counter(_kind(line) for line in live)
    assert kinds["say"] >= 3
    assert kinds["end"] == 1


def _kind(line: str) -> Any:
    return json.loads(line)["kind"]
