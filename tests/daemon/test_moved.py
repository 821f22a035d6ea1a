"""The daemon on a real PulseAudio: headphones that go and come back, and a server that dies, in the middle of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cued.control import commands
from tests.support.daemons import STARTS_S, RunningDaemon
from tests.support.live_runs import tone_pack
from tests.support.pulse import Pulse, pulse_server
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.audio, pytest.mark.slow]


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    folder = tmp_path / "server"
    folder.mkdir()
    with pulse_server(folder, "phones", "built_in") as server:
        yield server


@pytest.fixture
def daemon(pulse: Pulse, tmp_path: Path) -> Iterator[RunningDaemon]:
    """A run is on that says something every two seconds over a beat."""
    pack = tone_pack(tmp_path / "pack", "every: 2 s", "mode: fixed, beat: 180 spm")
    words = ("--output", "device:default", "--pack", str(pack), "--no-questions")
    with RunningDaemon(tmp_path / "home", *words) as running:
        running.wait_ready()
        running.ask(commands.Start())
        wait_for(lambda: sound(running)["cues"] >= 2, STARTS_S, "cues")
        yield running


def sound(daemon: RunningDaemon) -> dict[str, Any]:
    found: dict[str, Any] = daemon.status()["sound"]
    return found


def goes_on(daemon: RunningDaemon) -> None:
    """More is said, and all of it is heard."""
    before = sound(daemon)
    wait_for(lambda: sound(daemon)["cues"] >= before["cues"] + 2, STARTS_S, "cues again")
    assert sound(daemon)["unheard_cues"] == before["unheard_cues"]


@pytest.mark.soak
def test_headphones_that_go_are_a_loss_until_they_are_back(pulse: Pulse, daemon: RunningDaemon) -> None:
    assert (sound(daemon)["place"], sound(daemon)["elsewhere"], daemon.status()["headphones"]["heard"]) == ("Phones", "", True)
    pulse.remove_sink("phones")
    wait_for(lambda: sound(daemon)["elsewhere"] == "Built_In", STARTS_S, "the flight is noticed")
    wait_for(lambda: not daemon.status()["headphones"]["heard"], STARTS_S, "the life of runs knows")
    wait_for(lambda: sound(daemon)["unheard_cues"] >= 2, STARTS_S, "cues that nobody hears")
    pulse.add_sink("phones")
    wait_for(lambda: sound(daemon)["place"] == "Phones" and not sound(daemon)["elsewhere"], STARTS_S, "it is fetched back")
    wait_for(lambda: daemon.status()["headphones"]["heard"], STARTS_S, "the life of runs knows")
    goes_on(daemon)
    assert sound(daemon)["restarts"] == 0
    assert daemon.end()[0] == 0
    assert daemon.log.count("the sound went to Built_In: cues there do not count") == 1
    assert daemon.log.count("the sound is back on Phones") == 1


def test_a_server_that_dies_is_waited_for_and_the_run_goes_on_with_it(pulse: Pulse, daemon: RunningDaemon) -> None:
    pulse.kill()
    wait_for(lambda: sound(daemon)["absent"], STARTS_S, "its death is noticed")
    wait_for(lambda: sound(daemon)["unheard_cues"] >= 1, STARTS_S, "cues that nobody hears")
    pulse.start()
    wait_for(lambda: not sound(daemon)["absent"], STARTS_S, "it is back")
    goes_on(daemon)
    state = sound(daemon)
    assert (state["restarts"], state["place"]) == (1, "Phones")
    assert daemon.end()[0] == 0
    assert daemon.log.count("no sound now") == 1
    assert daemon.log.count("the sound is back on") == 1
