"""The daemon over a virtual BlueZ, and through a real sound server: from a step to a click."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from cued.control import commands
from cued.headphones.known import KnownHeadphones, OwnHeadphones
from cued.journal.reader import reading
from cued.runtime.daemon.ears import BACKSTOP_NS
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor, KnownSensors
from cued.units import NS_PER_S
from tests.support.bluez import Peripheral, Running, Script, VirtualBluez, running_pod
from tests.support.daemons import STARTS_S, RunningDaemon
from tests.support.kept_links import POD
from tests.support.pulse import Parec, pulse_server
from tests.support.tries import undisturbed
from tests.support.waiting import wait_for

QUICK = "life: {begin_after: 5 s, pause_after: 3 s}\n"
MINE = KnownSensor(POD.address, "Pod", ("cadence",), CadenceUnit.STRIDES, "runner")
SPARE = KnownSensor("C0:FF:EE:00:00:02", "Spare", ("cadence",), CadenceUnit.STRIDES, "runner")


@pytest.fixture
def bluez(tmp_path: Path) -> Iterator[VirtualBluez]:
    (tmp_path / "bus").mkdir()
    with VirtualBluez(tmp_path / "bus") as virtual:
        yield virtual


def test_a_runner_runs_and_the_run_begins_rests_and_is_kept_with_what_the_pod_sent(tmp_path: Path, bluez: VirtualBluez) -> None:
    pod = bluez.add(POD)
    KnownSensors(tmp_path / "home" / "data" / "cued" / "sensors.json").put(MINE)
    with RunningDaemon(tmp_path / "home", "--sensor", "ble", "--no-questions", config=QUICK, env=bluez.env) as daemon:
        wait_for(lambda: "READY=1" in daemon.told(), STARTS_S, "READY=1")
        with Script(pod, Running(170), hz=4.0, factor=2):
            wait_for(lambda: daemon.status()["pod"]["up"], STARTS_S, "the pod")
            wait_for(lambda: daemon.status()["phase"] == "running", STARTS_S, "a run that begins by itself")
            wait_for(lambda: daemon.status()["run"] is not None, STARTS_S, "the plan's pack, made ready meanwhile")
            assert daemon.status()["pod"] == {"up": True, "name": "Pod", "battery_percent": 90}
            run = daemon.status()["run"]
            assert run["run_ns"] > 4_500_000_000  # backdated
            pod.drop()
            wait_for(lambda: daemon.status()["statistics"]["pod_losses"] == 1, STARTS_S, "a loss")
            wait_for(lambda: daemon.status()["pod"]["up"], STARTS_S, "the pod again")
        with Script(pod, Running(0, 0.0), hz=4.0, factor=2):
            wait_for(lambda: daemon.status()["phase"] == "paused", STARTS_S, "a rest")
        assert daemon.ask(commands.Stop())["said"] == "the run has ended"
        assert daemon.end()[0] == 0
        assert "Traceback" not in daemon.log
    with reading(daemon.journal) as journal:
        (session,) = journal.sessions()
        assert session.source == "ble"
        assert journal.notifications(session.id) > 8


def test_a_pod_that_is_paired_while_the_daemon_runs_is_taken_up_without_a_restart_after_the_run(
    tmp_path: Path, bluez: VirtualBluez
) -> None:
    first = bluez.add(POD)
    bluez.add(Peripheral(SPARE.address, SPARE.name, running_pod()))
    known = KnownSensors(tmp_path / "home" / "data" / "cued" / "sensors.json")
    known.put(MINE)
    with RunningDaemon(tmp_path / "home", "--sensor", "ble", "--no-questions", config=QUICK, env=bluez.env) as daemon:
        wait_for(lambda: "READY=1" in daemon.told(), STARTS_S, "READY=1")
        with Script(first, Running(170), hz=4.0, factor=2):
            wait_for(lambda: daemon.status()["phase"] == "running", STARTS_S, "a run")
            known.prefer(SPARE)
            known.forget(MINE)
            wait_for(lambda: daemon.status()["run"] is not None, STARTS_S, "its pack")
            at_ns = daemon.status()["run"]["run_ns"]
            wait_for(lambda: daemon.status()["run"]["run_ns"] > at_ns + 5 * NS_PER_S, STARTS_S, "more of the run")
            assert daemon.status()["pod"]["name"] == "Pod"
            assert daemon.status()["statistics"]["pod_losses"] == 0
        daemon.ask(commands.Stop())
        wait_for(lambda: daemon.status()["pod"]["name"] == "Spare", STARTS_S, "the other pod")
        wait_for(lambda: "pod added: Spare" in daemon.log, STARTS_S, "a word")
        assert "Pod is not yours any more" in daemon.log
        assert daemon.end()[0] == 0
        assert daemon.log.count("pod added") == 1
        assert "Traceback" not in daemon.log


def test_headphones_that_go_and_come_back_are_noticed_when_it_happens(tmp_path: Path, bluez: VirtualBluez) -> None:
    shokz = bluez.add_headphones("C0:FF:EE:00:00:10")
    shokz.own()
    home = tmp_path / "home"
    OwnHeadphones(home / "data" / "cued" / "headphones.json").put(KnownHeadphones(shokz.address, "Shokz"))
    words = ("--output", "device:pulse", "--no-questions")  # no such server is there: it is looked for, as after a power cut
    with RunningDaemon(home, *words, env={**bluez.env, "PULSE_SERVER": "unix:/nowhere"}) as daemon:
        wait_for(lambda: "Shokz are connected" in daemon.log, STARTS_S, "headphones")
        began_s = time.monotonic()
        shokz.switch(on=False)
        wait_for(lambda: "Shokz are gone" in daemon.log, STARTS_S, "a loss")
        assert time.monotonic() - began_s < BACKSTOP_NS / NS_PER_S / 3  # a look of its own would have come later, mostly
        shokz.switch(on=True)
        wait_for(lambda: daemon.log.count("Shokz are connected") == 2, STARTS_S, "a return")
        assert daemon.end()[0] == 0
        assert "Traceback" not in daemon.log


def played(folder: Path) -> tuple[int, float, np.ndarray]:
    """How many clicks of a short run came late, how many seconds the daemon took to end, and what was heard."""
    with RunningDaemon(folder, "--output", "device:default", "--pack", "metronome", "--no-questions") as daemon:
        daemon.wait_ready()
        assert daemon.status()["sound"]["device"] == "default"
        with Parec(folder, "cued") as heard:
            daemon.ask(commands.Start())
            wait_for(lambda: daemon.status()["statistics"]["clicks"] > 20, STARTS_S, "clicks")
            daemon.ask(commands.Stop())
            wait_for(lambda: daemon.status()["phase"] == "ended", STARTS_S, "the end")
        late_clicks = daemon.status()["statistics"]["late_clicks"]
        code, took_s = daemon.end()
        assert code == 0
    return late_clicks, took_s, heard.stereo


@pytest.mark.audio
def test_its_clicks_are_heard_where_they_belong(tmp_path: Path) -> None:
    homes = (tmp_path / str(number) for number in count())
    with pulse_server(tmp_path, "cued"):
        late_clicks, took_s, stereo = undisturbed(lambda: played(next(homes)), lambda found: found[0] + int(found[1] >= 2.0))
    assert (late_clicks, took_s < 2.0) == (0, True), took_s
    assert (np.abs(stereo[:, 0]) > 0.05).any()
