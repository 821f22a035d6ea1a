"""`cued run` on pods, as a program over a virtual BlueZ: who is taken, what is lost and back, what is said without."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from tests.support.bluez import Running, Script, VirtualBluez
from tests.support.kept_links import NEIGHBOUR, POD, STRAP, Beating
from tests.support.live_runs import LiveRun, tone_pack
from tests.support.waiting import wait_for

MINE: Final = KnownSensor(POD.address, "Pod", ("cadence",), CadenceUnit.STRIDES, "runner")
CHEST: Final = KnownSensor(STRAP.address, "Strap", ("heart rate",))
HZ: Final = 8.0
"""As fast as a pod may speak for long (ten a second is the most that is let through)."""
SILENT: Final = ("--output", "null")


class Race:
    """What was seen of one run among others: a pod of one's own, a neighbour's, a link that broke, a strap that came late."""

    def __init__(self, bluez: VirtualBluez, folder: Path) -> None:
        pod, self.neighbour = bluez.add(POD), bluez.add(NEIGHBOUR)
        self.pod = pod
        pack = tone_pack(folder / "pack", "heart_rate_above: 85%, for: 1 s")
        self.run = LiveRun(folder / "home", "--sensor", "ble", *SILENT, "--pack", pack, "--max-hr", "160", env=bluez.env)
        self.run.knows(MINE, CHEST)
        with Script(pod, Running(170), hz=HZ, factor=2), Script(self.neighbour, Running(190), hz=HZ), self.run as run:
            run.expect_rows("cadence", 4)
            pod.drop()
            self.lost = run.expect_rows("sensor", state="lost")[0]
            self.back = run.expect_rows("sensor", state="back")[0]
            run.expect_rows("cadence", len(run.rows("cadence")) + 4)
            strap = bluez.add(STRAP)
            with Beating(strap, HZ):
                run.expect_rows("say", cue="tone")
            run.press_ctrl_c()
            self.code = run.end()
        self.connected = {path for method, path in bluez.calls if method == "Connect"}
        self.allowed = {pod.path, strap.path}


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Race]:
    folder = tmp_path_factory.mktemp("race")
    with VirtualBluez(folder) as bluez:
        yield Race(bluez, folder)


def test_the_runners_own_pod_is_told_and_used(race: Race) -> None:
    assert "pod Pod: connected, battery 90 %, 170 spm" in race.run.text
    assert race.run.rows()[0]["source"] == "ble"
    assert race.run.rows()[0]["sensor"]
    assert not race.run.rows()[0]["simulated"]


def test_a_neighbours_pod_is_never_connected(race: Race) -> None:
    assert race.connected == race.allowed
    assert not race.neighbour.connected


def test_every_sample_is_kept_with_the_pods_own_number(race: Race) -> None:
    samples = race.run.rows("cadence")
    assert {(row["raw"], row["spm"]) for row in samples} == {(85, 170.0)}
    stamps = [row["t_ns"] for row in samples]
    assert stamps == sorted(stamps)
    assert 0 <= stamps[0] < 1_000_000_000


def test_a_pod_is_found_at_the_start_and_a_gap_is_marked_and_the_run_goes_on(race: Race) -> None:
    states = [(row["state"], row["t_ns"]) for row in race.run.rows("sensor")]
    assert states[0] == ("found", 0)
    assert [state for state, _ in states] == ["found", "lost", "back"]
    lost_ns, back_ns = race.lost["t_ns"], race.back["t_ns"]
    assert not [row for row in race.run.rows("cadence") if lost_ns < row["t_ns"] < back_ns]
    assert [row for row in race.run.rows("cadence") if row["t_ns"] > back_ns]


def test_a_strap_that_comes_later_is_heard_by_the_rules(race: Race) -> None:
    (said, *_) = race.run.rows("say")
    assert (said["cue"], said["rule"]) == ("tone", "rules[0]")
    assert said["t_ns"] > race.back["t_ns"]


def test_ctrl_c_ends_it_with_a_whole_file_and_the_links_too(race: Race) -> None:
    assert race.code == 0
    assert race.run.rows()[-1]["kind"] == "end"
    assert "Sensor lost 1 time" in race.run.text
    wait_for(lambda: not race.pod.connected, what="the pod is let go")


def test_the_only_pod_in_sight_is_used_and_not_made_the_runners_own(bluez: VirtualBluez, tmp_path: Path) -> None:
    pod = bluez.add(POD)
    bluez.add(STRAP)
    run = LiveRun(tmp_path / "home", *SILENT, "--for", "1s")  # nobody has to name a sensor
    with Script(pod, Running(170), hz=HZ, factor=2), run:
        assert run.end() == 0
    assert "looking for a pod" in run.text
    assert "pod Pod: connected, battery 90 %, cadence not known yet" in run.text
    assert {(row["raw"], row["spm"]) for row in run.rows("cadence")} == {(85, None)}
    assert {path for method, path in bluez.calls if method == "Connect"} == {pod.path}
    assert run.known.all() == ()


def no_adapter(bluez: VirtualBluez) -> None:
    bluez.unplug()


def adapter_off(bluez: VirtualBluez) -> None:
    bluez.fail("Set Powered", "org.bluez.Error.Failed", "Blocked through rfkill", times=None)
    bluez.power(on=False)


def no_bluetoothd(bluez: VirtualBluez) -> None:
    bluez.kill()


def no_bus(bluez: VirtualBluez) -> None:
    bluez.kill()
    bluez._bus.stop()


@pytest.mark.parametrize(
    ("ill", "sentence"),
    [
        (no_adapter, "there is no Bluetooth adapter: plug one in, or see `cued doctor`"),
        (adapter_off, "the Bluetooth adapter is switched off: `rfkill unblock bluetooth && bluetoothctl power on`"),
        (no_bluetoothd, "bluetoothd does not run: `sudo apt install bluez && sudo systemctl start bluetooth`"),
        (no_bus, "no D-Bus system bus, so no Bluetooth: `sudo apt install dbus bluez && sudo systemctl start dbus bluetooth`"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_without_bluetooth_a_run_that_wants_it_ends_with_a_sentence_and_any_other_goes_by_time_alone(
    bluez: VirtualBluez, tmp_path: Path, ill: object, sentence: str
) -> None:
    assert callable(ill)
    ill(bluez)
    asked = LiveRun(tmp_path / "asked", "--sensor", "ble", *SILENT, "--for", "0.2s")
    plain = LiveRun(tmp_path / "plain", *SILENT, "--for", "0.2s")
    with asked, plain:
        assert asked.end() == 2
        assert plain.end() == 0
    assert asked.text == f"cued: {sentence}\n"
    assert not asked.events.exists()
    assert f"{sentence}\n" in plain.text
    assert "by time alone, from " in plain.text
    assert plain.rows()[0]["source"] == "none"
    assert plain.rows()[-1]["kind"] == "end"


def test_a_runner_with_a_pod_waits_for_a_radio_that_is_off_and_is_told_why(bluez: VirtualBluez, tmp_path: Path) -> None:
    pod = bluez.add(POD)
    bluez.unplug()
    run = LiveRun(tmp_path / "home", *SILENT, "--for", "1s").knows(MINE)  # nobody has to name a sensor
    with Script(pod, Running(170), hz=HZ, factor=2), run:
        run.expect_printed("there is no Bluetooth adapter")
        bluez.plug()
        assert run.end() == 0
    assert "by time alone" not in run.text
    assert run.rows("cadence")


def test_ctrl_c_while_a_pod_is_waited_for_ends_at_once_and_an_earlier_runs_file_is_whole(
    bluez: VirtualBluez, tmp_path: Path
) -> None:
    pod = bluez.add(POD)
    pod.vanish()
    own = LiveRun(tmp_path / "own", "--sensor", "ble", *SILENT).knows(MINE)
    anybodys = LiveRun(tmp_path / "anybodys", "--sensor", "ble", *SILENT)
    earlier = json.dumps({"kind": "start"}) + "\n"
    own.events.write_text(earlier, encoding="utf-8")
    with ExitStack() as both:
        began_s = time.monotonic()
        for run in (own, anybodys):
            both.enter_context(run)
        anybodys.expect_printed("looking for a pod")
        started_s = time.monotonic() - began_s
        own.expect_printed("looking for Pod")
        wait_for(lambda: bluez.discovering, what="somebody looks")
        for run in (own, anybodys):
            began_s = time.monotonic()
            run.press_ctrl_c()
            assert run.end() == 130
            # A machine on which both take many seconds to begin (one, mostly) may take as many to end one.
            assert time.monotonic() - began_s < max(3.0, started_s)
    assert own.events.read_text(encoding="utf-8") == earlier
    assert not anybodys.events.exists()
    wait_for(lambda: not bluez.discovering, what="nobody looks any more")
