"""The daemon's state over the socket and back, and as people read it."""

from __future__ import annotations

import json

import pytest

from cued.core import engine
from cued.core.events import Pause, Wake
from cued.core.happening import Phase
from cued.core.start import Runner, Start
from cued.errors import ControlError
from cued.packs.catalog import open_pack
from cued.runtime.housestatus import HouseStatus, PodState, Statistics, TodayState, house_from_wire, house_to_wire, is_house
from cued.runtime.housewords import first_line, more_lines
from cued.runtime.status import SoundState
from cued.runtime.statuswire import RunStatus
from cued.units import NS_PER_MIN, NS_PER_S


def run(*, paused: bool = False) -> RunStatus:
    session = engine.start(Start(open_pack("metronome").pack, runner=Runner(cadence_spm=165.0), sensor=False))
    session, _ = engine.step(session, Wake(65 * NS_PER_S))
    if paused:
        session, _ = engine.step(session, Pause(65 * NS_PER_S))
    return RunStatus("metronome", "ble", engine.view(session), SoundState("pulse"), 80.0, 100.0)


TODAY = TodayState("metronome", "A steady beat")
POD = PodState(True, "Stryd", 80)
WHOLE = HouseStatus(
    Phase.RUNNING,
    5 * NS_PER_S,
    POD,
    headphones=True,
    today=TODAY,
    sound=SoundState("pulse"),
    beat_percent=80.0,
    statistics=Statistics(up_ns=70 * NS_PER_S, sessions=1, clicks=150, loop_p99_ns=400_000, rss_kib=90_000),
    run=run(),
)


@pytest.mark.parametrize("status", [WHOLE, HouseStatus(Phase.IDLE, 0)])
def test_it_comes_back_from_the_wire_as_it_was(status: HouseStatus) -> None:
    wire = json.loads(json.dumps(house_to_wire(status)))
    assert is_house(wire)
    assert house_from_wire(wire) == status


def test_another_version_is_told() -> None:
    wire = house_to_wire(WHOLE)
    for name in wire:
        if name in {"phase", "pod", "today", "statistics", "sound"}:
            with pytest.raises(ControlError, match="another version"):
                house_from_wire({**wire, name: None})


def text(status: HouseStatus) -> str:
    return "".join(piece.text for piece in first_line(status))


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (HouseStatus(Phase.IDLE, 0), "waiting  for the pod and the headphones; `cued start` goes without"),
        (HouseStatus(Phase.IDLE, 0, POD), "waiting  for the headphones; `cued start` goes without"),
        (HouseStatus(Phase.IDLE, 0, headphones=True), "waiting  for the pod; `cued start` goes without"),
        (HouseStatus(Phase.READY, 0, POD, headphones=True), "ready  run, or `cued start`"),
        (HouseStatus(Phase.RUNNING, 0), "beginning  as soon as the pack is ready"),
        (HouseStatus(Phase.PAUSED, 75 * NS_PER_S, run=run(paused=True)), "paused  for 1:15: run, or `cued resume`"),
        (HouseStatus(Phase.ENDED, 60 * NS_PER_S, run=run(paused=True)), "ended  1:00 ago; run again and it goes on"),
        (HouseStatus(Phase.ENDED, 60 * NS_PER_S), "ended  1:00 ago; `cued start` begins another"),
    ],
)
def test_where_it_stands_is_the_first_line(status: HouseStatus, line: str) -> None:
    assert text(status) == line


def test_a_run_has_the_line_of_its_own_terminal() -> None:
    assert text(WHOLE).startswith("1:05  warmup −8:55")


def test_what_goes_with_it_is_told_in_a_few_lines() -> None:
    assert more_lines(WHOLE) == [
        "metronome, sensor ble; 0 said, 0 kept back; next: steady",
        "pod: Stryd, battery 80 %; headphones: sound is on",
        "sound: pulse; volume: beat 80 %, voice 100 %",
        "the daemon: up 1:10, 1 run, 0 of 150 clicks missed or late, loop late by up to 0 ms (99 %: 0.4), 87 MiB",
    ]


def test_a_pack_that_is_not_taken_and_one_that_is_offered_are_told() -> None:
    today = TodayState("plain", "Plain run", plain=True, length_ns=30 * NS_PER_MIN, trouble="mine: line 3", offer="edited")
    lines = more_lines(HouseStatus(Phase.READY, 0, today=today, summary="Run saved."))
    assert lines[:4] == ["Run saved.", "today: Plain run: recorded, no cues, 30 min", "not taken: mine: line 3", "edited"]
    assert "pod: none; headphones: no sound yet" in lines


def test_a_pack_that_its_title_names_is_not_named_twice() -> None:
    told = [TodayState("awareness", "Phase 1: awareness"), TodayState("awareness", "Phase 1: Wahrnehmung")]
    lines = [more_lines(HouseStatus(Phase.READY, 0, today=today))[0] for today in told]
    assert lines == ["today: Phase 1: awareness", "today: Phase 1: Wahrnehmung (awareness)"]


def test_a_day_without_cues_is_told_with_its_reason() -> None:
    today = TodayState("plain", "Plain run", plain=True, barred="it hurt today: cueing is over for the day")
    lines = more_lines(HouseStatus(Phase.READY, 0, today=today))
    assert lines[0] == "today: Plain run: recorded, no cues (it hurt today: cueing is over for the day)"
