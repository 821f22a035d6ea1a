"""`cued sensors` over the virtual BlueZ: scan, pair, list, forget, check, record, and every fault as one sentence."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cued.cli.main import main
from cued.formats.sensor_log import read_sensor_log
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor, KnownSensors
from tests.support.bluez import Peripheral, Pod, Running, Script, VirtualBluez, lamp, stryd_pod
from tests.support.kept_links import NEIGHBOUR, POD, STRAP, Beating
from tests.support.terminal import OnTerminal, screen
from tests.support.waiting import wait_for

CUED: Final = (sys.executable, "-m", "cued", "sensors")
LAMP: Final = Peripheral("C0:FF:EE:00:00:09", "Lamp", lamp(), rssi=-90)
SHORT: Final = ("--for", "0.3s")
FAILED: Final = "org.bluez.Error.Failed"


@pytest.fixture(autouse=True)
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnownSensors:
    """A runner who has no sensors yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return KnownSensors()


@pytest.fixture
def pod(bluez: VirtualBluez) -> Iterator[Pod]:
    """A pod on a running foot that counts strides, 85 a minute, and says so ten times a second."""
    one = bluez.add(POD)
    with Script(one, Running(170), hz=10, factor=2):
        yield one


def cued(*words: str) -> int:
    return main(["sensors", *words])


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence on standard error, without its head."""
    out, err = capsys.readouterr()
    assert (out, err[:6]) == ("", "cued: ")
    return err.removeprefix("cued: ").rstrip()


def calm(text: str) -> str:
    """The same without every other advertisement's decibel more: which of them was the last is chance."""
    return re.sub(r"(?<=-)\d+(?= dBm)", lambda found: str(int(found[0]) + int(found[0]) % 2), text)


# --- scan ----------------------------------------------------------------------------------------------------------


def test_a_scan_lists_sensors_with_battery_and_live_cadence(
    bluez: VirtualBluez, pod: Pod, known: KnownSensors, capsys: pytest.CaptureFixture[str]
) -> None:
    known.put(KnownSensor(POD.address, "Pod"))
    bluez.add(STRAP)
    bluez.add(LAMP)
    assert cued("scan", *SHORT) == 0
    lines = capsys.readouterr().out.splitlines()
    assert calm(lines[1]) == "Pod    C0:FF:EE:00:00:01  cadence and speed  strong -60 dBm  90 %     85 per minute  yours"
    assert lines[2].startswith("Strap  C0:FF:EE:00:00:03  heart rate")
    assert lines[3] == "1 more in sight that cued cannot read (--all shows them)"
    wait_for(lambda: not pod.connected)


def test_a_scan_for_scripts_shows_what_nobody_lets_connect(bluez: VirtualBluez, capsys: pytest.CaptureFixture[str]) -> None:
    bluez.add(POD)
    bluez.add(LAMP)
    bluez.fail("Connect", FAILED, "br-connection-busy", times=None)
    assert cued("scan", "--all", "--json", *SHORT) == 0
    pod, lamp = json.loads(capsys.readouterr().out)
    assert (pod["address"], pod["remark"], pod["cadence_raw"]) == (POD.address, "busy: another app holds it", None)
    assert (lamp["name"], lamp["offers"], lamp["yours"]) == ("Lamp", "FFE5", False)


def test_nothing_in_sight_says_what_helps(bluez: VirtualBluez, capsys: pytest.CaptureFixture[str]) -> None:
    assert cued("scan", *SHORT) == 0
    assert capsys.readouterr().out.startswith("no sensor is in sight: take a few steps")


def test_names_on_the_air_cannot_write_on_the_terminal(bluez: VirtualBluez, capsys: pytest.CaptureFixture[str]) -> None:
    bluez.add(Peripheral(STRAP.address, "\x1b[2JStrap\n", STRAP.services))
    assert cued("scan", *SHORT) == 0
    assert "\n?[2JStrap?  C0:FF:EE:00:00:03" in capsys.readouterr().out


def test_on_a_terminal_the_table_is_drawn_in_place_and_stays(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.add(STRAP)
    with OnTerminal([*CUED, "scan", "--for", "1s"]) as terminal:
        assert terminal.end() == 0
        left = screen(terminal.text)
    assert terminal.text.count("looking around") >= 2
    assert "connecting to the nearest pods" in terminal.text
    assert "\x1b[32m85 per minute" in terminal.text
    assert [line.split("  ")[0] for line in left if line] == ["NAME", "Pod", "Strap"]
    assert not any("Ctrl-C" in line for line in left)


def test_ctrl_c_ends_a_scan_and_a_visit_at_once_and_lets_the_pod_go(bluez: VirtualBluez) -> None:
    silent = bluez.add(POD)
    with OnTerminal([*CUED, "scan", "--for", "60s"]) as terminal:
        terminal.expect(lambda: POD.address in terminal.text)
        terminal.interrupt()
        assert terminal.end() == 130
        assert "Traceback" not in terminal.text
    wait_for(lambda: not bluez.discovering)
    with OnTerminal([*CUED, "scan", *SHORT]) as terminal:
        terminal.expect(lambda: silent.subscriptions("2A53") > 0)
        terminal.interrupt()
        assert terminal.end() == 130
        assert "Traceback" not in terminal.text
    wait_for(lambda: not silent.connected)


# --- pair, list, forget --------------------------------------------------------------------------------------------


def test_the_only_pod_in_sight_is_paired_and_shown(
    bluez: VirtualBluez, pod: Pod, known: KnownSensors, capsys: pytest.CaptureFixture[str]
) -> None:
    bluez.add(STRAP)
    assert cued("pair", *SHORT) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Pod (C0:FF:EE:00:00:01)",
        "  gives    cadence",
        "  worn     in shoe",
        "  battery  90 %",
        "  now      85 per minute",
        "  unit     steps or strides? Run `cued sensors check` once",
        "It is yours now: `cued run` finds it by its address and takes no other in its place.",
    ]
    assert known.all() == (KnownSensor(POD.address, "Pod", ("cadence",)),)


def test_a_further_pod_is_the_spare_unless_it_is_to_be_the_first(
    bluez: VirtualBluez, known: KnownSensors, capsys: pytest.CaptureFixture[str]
) -> None:
    known.put(KnownSensor(POD.address, "Pod", ("cadence",), CadenceUnit.STRIDES, "runner"))
    known.put(KnownSensor(STRAP.address, "Strap", ("heart rate",)))
    other = bluez.add(Peripheral(NEIGHBOUR.address, "Runn", stryd_pod()))
    with Script(other, Running(170), hz=10):
        assert cued("pair", "c0-ff-ee-00-00-02") == 0
        assert "It is your spare behind Pod (C0:FF:EE:00:00:01)." in capsys.readouterr().out
        assert [sensor.name for sensor in known.all()] == ["Pod", "Strap", "Runn"]
        assert cued("pair", "runn", "--first") == 0
    out = capsys.readouterr().out
    assert "counts steps, as is reported of such devices" in out
    assert "It is yours now" in out
    assert [sensor.name for sensor in known.all()] == ["Runn", "Pod", "Strap"]
    assert known.all()[0].gives == ("cadence", "contact time")
    assert known.all()[1].cadence_unit is CadenceUnit.STRIDES


def test_a_strap_is_paired_by_its_name(bluez: VirtualBluez, known: KnownSensors, capsys: pytest.CaptureFixture[str]) -> None:
    with Beating(bluez.add(STRAP), 10):
        assert cued("pair", "strap", *SHORT) == 0
    assert "  now      144 beats a minute\n" in capsys.readouterr().out
    assert known.all() == (KnownSensor(STRAP.address, "Strap", ("heart rate",)),)


def test_several_pods_are_listed_with_what_to_type(
    bluez: VirtualBluez, known: KnownSensors, capsys: pytest.CaptureFixture[str]
) -> None:
    known.put(KnownSensor(POD.address, "Pod"))
    bluez.add(POD)
    bluez.add(Peripheral(NEIGHBOUR.address, "Pod", NEIGHBOUR.services, rssi=-80))
    assert cued("pair", *SHORT) == 2
    assert calm(told(capsys)).splitlines() == [
        "2 pods are in sight; say which:",
        "  cued sensors pair C0:FF:EE:00:00:01   Pod, strong -60 dBm, yours",
        "  cued sensors pair C0:FF:EE:00:00:02   Pod, weak -80 dBm",
    ]
    known.forget(known.all()[0])
    assert cued("pair", "POD", *SHORT) == 2
    assert told(capsys).startswith("2 sensors called POD are in sight; say which:\n")
    assert known.all() == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "no pod is in sight: take a few steps"),
        (("Strip",), "no sensor in sight is called 'Strip'; did you mean 'Strap'?"),
        (("Garmin",), "no sensor in sight is called 'Garmin' (in sight: Strap): wake it up"),
        (("C0:FF:EE",), "'C0:FF:EE' is no Bluetooth address such as"),
        ((LAMP.address,), f"{LAMP.address}: it offers nothing that cued reads"),
    ],
)
def test_what_cannot_be_paired_is_one_sentence(
    words: tuple[str, ...], sentence: str, bluez: VirtualBluez, known: KnownSensors, capsys: pytest.CaptureFixture[str]
) -> None:
    bluez.add(STRAP)
    bluez.add(LAMP)
    assert cued("pair", *words, *SHORT) == 2
    assert told(capsys).startswith(sentence)
    assert known.all() == ()


def test_the_runners_sensors_are_listed_and_forgotten(known: KnownSensors, capsys: pytest.CaptureFixture[str]) -> None:
    assert cued("list") == 0
    assert "no sensor is yours yet" in capsys.readouterr().out
    for sensor in (KnownSensor(POD.address, "Pod", ("cadence",)), KnownSensor(STRAP.address, "Strap", ("heart rate",))):
        known.put(sensor)
    assert cued("list") == 0
    assert capsys.readouterr().out.startswith("Pod    C0:FF:EE:00:00:01  cadence     steps or strides?")
    assert cued("list", "--json") == 0
    assert [row["address"] for row in json.loads(capsys.readouterr().out)] == [POD.address, STRAP.address]
    assert cued("forget", "Pot") == 2
    assert told(capsys) == "none of your sensors is called 'Pot'; did you mean Pod?"
    assert cued("forget", "pod") == 0
    assert capsys.readouterr().out == "Pod (C0:FF:EE:00:00:01) is forgotten\n"
    assert [sensor.name for sensor in known.all()] == ["Strap"]


# --- check ---------------------------------------------------------------------------------------------------------


def test_the_runners_count_is_held_against_the_pod_and_kept(bluez: VirtualBluez, known: KnownSensors) -> None:
    known.put(KnownSensor(POD.address, "Pod", ("cadence",)))
    with (
        Script(bluez.add(POD), Running(200), hz=10, factor=2) as runner,
        OnTerminal([*CUED, "check", "--steps", "10"]) as terminal,
    ):
        terminal.expect(lambda: "100 per minute   (press Enter to begin)" in terminal.text)
        terminal.press("\n")
        terminal.expect(lambda: "count 10 steps, then press Enter" in terminal.text)
        began = runner.sent
        terminal.expect(lambda: runner.sent >= began + 28)  # three seconds: ten steps at 200 a minute
        terminal.press("\n")
        assert terminal.end() == 0
        left = screen(terminal.text)
    assert "it counts strides." in "\n".join(left)
    assert left[-2] == "Pod (C0:FF:EE:00:00:01): counts strides, by your word"
    assert [(one.cadence_unit, one.said_by) for one in known.all()] == [(CadenceUnit.STRIDES, "runner")]


@pytest.mark.parametrize(
    ("keys", "code", "told"),
    [("\n\n", 1, "Nothing was counted.\nNothing was kept."), ("\n", 2, "nobody can press Enter here")],
)
def test_a_count_through_a_pipe_that_says_nothing_keeps_nothing(
    keys: str, code: int, told: str, pod: Pod, known: KnownSensors
) -> None:
    known.put(KnownSensor(POD.address, "Pod", ("cadence",)))
    done = subprocess.run([*CUED, "check"], input=keys, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    assert told in done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    assert "Press Enter, then count 20 steps of both feet" in done.stdout
    assert known.all()[0].cadence_unit is CadenceUnit.AUTO


def test_the_runners_word_needs_no_pod(known: KnownSensors, capsys: pytest.CaptureFixture[str]) -> None:
    known.put(KnownSensor(STRAP.address, "Strap", ("heart rate",)))
    known.put(KnownSensor(POD.address, "Pod", ("cadence",)))
    assert cued("check", "--unit", "steps") == 0
    assert capsys.readouterr().out == "Pod (C0:FF:EE:00:00:01): counts steps, by your word\n"
    assert cued("check", "pod", "--unit", "auto") == 0
    assert "steps or strides?" in capsys.readouterr().out
    assert [(one.cadence_unit, one.said_by) for one in known.all()] == [(CadenceUnit.AUTO, "")] * 2


def test_without_a_pod_there_is_nothing_to_check(known: KnownSensors, capsys: pytest.CaptureFixture[str]) -> None:
    assert cued("check") == 2
    assert told(capsys) == "no pod is yours yet: `cued sensors pair` makes one yours"
    known.put(KnownSensor(STRAP.address, "Strap", ("heart rate",)))
    assert cued("check", "strap") == 2
    assert told(capsys) == "Strap (C0:FF:EE:00:00:03) gives no cadence: there is nothing to check"
    assert cued("check", "--steps", "3") == 2
    assert "count 10 to 500 steps" in told(capsys)


# --- record --------------------------------------------------------------------------------------------------------


def test_a_recording_ends_by_ctrl_c_and_plays_with_the_right_cadence(
    bluez: VirtualBluez, pod: Pod, known: KnownSensors, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known.put(KnownSensor(POD.address, "Pod", ("cadence",), CadenceUnit.STRIDES, "runner"))
    known.put(KnownSensor(STRAP.address, "Strap", ("heart rate",)))
    file = tmp_path / "run.jsonl"
    with Beating(bluez.add(STRAP), 5), OnTerminal([*CUED, "record", str(file)]) as terminal:
        terminal.expect(lambda: file.exists() and file.read_text(encoding="utf-8").count('"notification"') >= 20)
        terminal.expect(lambda: "Strap (not connected)" not in screen(terminal.text)[-2] and "Pod" in screen(terminal.text)[-2])
        terminal.interrupt()
        assert terminal.end() == 0
        left = "\n".join(screen(terminal.text))
    assert "Pod: connected\n" in left
    assert f"cued sensors record {file}" not in left
    log = read_sensor_log("run", file.read_bytes())
    assert [(one.name, one.cadence_unit) for one in log.sensors] == [("Pod", "strides"), ("Strap", "auto")]
    assert log.notes == ()
    assert {item.address for item in log.items} == {POD.address, STRAP.address}
    assert log.length_ns < 20_000_000_000
    assert main(["rehearse", "awareness", "--run", str(file), "--events", "-"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["spm"], row["raw"]) for row in rows if row["kind"] == "cadence"} == {(170.0, 85)}


def test_a_recording_is_never_written_over_unasked(
    bluez: VirtualBluez, pod: Pod, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text("a run\n", encoding="utf-8")
    words = ("record", str(file), "--sensor", POD.address, "--for", "1s")
    assert cued(*words) == 2
    assert told(capsys) == f"{file}: there is a file already; give another name, or --overwrite if it may go"
    assert file.read_text(encoding="utf-8") == "a run\n"
    assert cued(*words, "--overwrite") == 0
    assert f"{file}: 0:01  {POD.address} " in capsys.readouterr().out
    assert read_sensor_log("run", file.read_bytes()).sensors[0].address == POD.address


def test_a_recording_to_standard_output_leaves_it_to_the_data(pod: Pod, capsys: pytest.CaptureFixture[str]) -> None:
    assert cued("record", "-", "--sensor", POD.address, "--for", "0.6s") == 0
    out, err = capsys.readouterr()
    kinds = {json.loads(line)["kind"] for line in out.splitlines()}
    assert kinds == {"sensor_log", "link", "notification", "battery"}
    assert "connected" in err


def test_a_recording_that_heard_nobody_says_so(bluez: VirtualBluez, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cued("record", str(tmp_path / "run.jsonl"), "--sensor", POD.address, "--for", "0.3s") == 1
    assert "nothing was heard: take a few steps" in capsys.readouterr().out


def test_whom_to_record_has_to_be_known(known: KnownSensors, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cued("record", str(tmp_path / "run.jsonl")) == 2
    assert told(capsys).startswith("no sensor is yours yet: `cued sensors pair`")
    known.put(KnownSensor(POD.address, "Pod"))
    assert cued("record", str(tmp_path / "run.jsonl"), "--sensor", "pot") == 2
    assert told(capsys) == "none of your sensors is called 'pot'; did you mean Pod?"
    assert not (tmp_path / "run.jsonl").exists()


# --- every fault of the machine ------------------------------------------------------------------------------------

_COMMANDS: Final = (("scan",), ("pair",), ("pair", POD.address), ("record", "run.jsonl"))


@pytest.mark.parametrize("words", _COMMANDS, ids=" ".join)
def test_a_machine_without_working_bluetooth_says_what_to_mend(
    words: tuple[str, ...],
    bluez: VirtualBluez,
    known: KnownSensors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    known.put(KnownSensor(POD.address, "Pod", ("cadence",)))
    monkeypatch.chdir(tmp_path)
    sentences = []

    def ask() -> None:
        assert cued(*words) == 2
        sentences.append(told(capsys))

    bluez.fail("GetManagedObjects", "org.freedesktop.DBus.Error.AccessDenied", "Rejected", times=None)
    ask()
    bluez.heal()
    bluez.power(on=False)
    bluez.fail("Set Powered", FAILED, "Blocked through rfkill", times=None)
    ask()
    bluez.unplug()
    ask()
    bluez.kill()
    ask()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    ask()
    mends = ("usermod -aG bluetooth", "rfkill unblock bluetooth", "plug one in", "systemctl start bluetooth", "start dbus")
    assert [mend in sentence for mend, sentence in zip(mends, sentences, strict=True)] == [True] * 5
    assert all("\n" not in sentence for sentence in sentences)
    assert not (tmp_path / "run.jsonl").exists()


def test_a_signal_to_end_stops_a_recording_as_ctrl_c_does(pod: Pod, tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    command = [*CUED, "record", str(file), "--sensor", POD.address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"NO_COLOR": "1"}) as child:
        wait_for(lambda: file.exists() and file.read_text(encoding="utf-8").count("notification") >= 3, 60)
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=60)
        assert child.returncode == 0
    assert "play it by `cued rehearse PACK --run" in out
    assert "\x1b" not in out
