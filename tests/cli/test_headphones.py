"""`cued headphones`: pair over the virtual BlueZ, heard through a real sound server; list, forget, and every fault."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from cued.cli.main import main
from cued.headphones.known import KnownHeadphones, OwnHeadphones
from tests.support.bluez import VirtualBluez
from tests.support.pulse import RATE_HZ, Parec, pulse_server
from tests.support.terminal import OnTerminal

ADDRESS: Final = "C0:FF:EE:00:00:10"
SHOKZ: Final = KnownHeadphones(ADDRESS, "Shokz")
SINK: Final = "bluez_sink.C0_FF_EE_00_00_10.a2dp_sink"
CUED: Final = (sys.executable, "-m", "cued", "headphones")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnHeadphones:
    """A runner who has no headphones yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return OwnHeadphones()


def cued(*words: str) -> int:
    return main(["headphones", *words])


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Path]:
    """A sound server that has taken the headphones, but plays elsewhere."""
    folder = tmp_path / "pulse"
    folder.mkdir()
    with pulse_server(folder, "jack", SINK):
        yield folder


@pytest.mark.slow
def test_paired_headphones_are_where_sound_goes_and_each_ear_is_heard_alone(
    bluez: VirtualBluez, pulse: Path, own: OwnHeadphones, capfd: pytest.CaptureFixture[str]
) -> None:
    shokz = bluez.add_headphones(ADDRESS)
    assert cued("pair", "Shokz") == 0
    assert shokz.connected
    assert own.all() == (SHOKZ,)
    assert capfd.readouterr().out.splitlines() == [
        f"Shokz ({ADDRESS}) is yours now",
        "cued plays on them by itself, as everything else does now (`--output device:pulse` says it aloud)",
        "`cued headphones test` plays left, right, the beat and the voice on them",
    ]
    with Parec(pulse, SINK) as recorder, OnTerminal([*CUED, "test"]) as terminal:
        for ear in ("left", "right"):
            terminal.expect(lambda: terminal.text.endswith(f"on the {ear}, and there alone? [y/n] "), 60.0)  # noqa: B023 - expected at once
            terminal.press("y\n")
        terminal.interrupt()
        assert terminal.end() == 130
    assert "Traceback" not in terminal.text
    left, right = recorder.stereo.T
    heard = [np.flatnonzero(np.abs(ear) > 0.01) for ear in (left, right)]
    alone = [np.setdiff1d(mine // RATE_HZ, other // RATE_HZ) for mine, other in (heard, heard[::-1])]
    assert alone[0].size > 0
    assert alone[1].size > 0
    assert alone[0].max() < alone[1].min()


def test_without_anybody_to_ask_it_plays_all_the_same(own: OwnHeadphones, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = {"JACK_DEFAULT_SERVER": "none", "JACK_NO_START_SERVER": "1", "PULSE_SERVER": "/none"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in nowhere.items():
            patch.setenv(name, value)
        assert cued("test", "--output", "device:Shokz") == 2
    assert "there is no sound device 'Shokz'" in capsys.readouterr().err


def test_the_device_of_the_configuration_is_the_one_that_is_tested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("sound: {device: Walkman}\n", encoding="utf-8")
    for verb in ("test", "adjust"):
        assert cued(verb, "--config", str(config)) == 2
        assert "there is no sound device 'Walkman'" in capsys.readouterr().err


def test_a_file_cannot_be_heard(capsys: pytest.CaptureFixture[str]) -> None:
    assert cued("test", "--output", "file:x.wav") == 2
    assert "only these can be heard" in capsys.readouterr().err


def test_refusals_end_with_one_sentence_and_remember_nothing(
    bluez: VirtualBluez, own: OwnHeadphones, capsys: pytest.CaptureFixture[str]
) -> None:
    bluez.add_headphones(ADDRESS)
    bluez.fail("Pair", "org.bluez.Error.AuthenticationRejected")
    assert cued("pair", "Shokz") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("cued: Shokz: they refused: put them into pairing mode once more")
    assert own.all() == ()


def test_headphones_are_listed_with_their_state(
    bluez: VirtualBluez, own: OwnHeadphones, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cued("list") == 0
    assert capsys.readouterr().out.startswith("no headphones are yours yet")
    own.put(KnownHeadphones("C0:FF:EE:00:00:11", "Buds"))
    own.put(SHOKZ)
    bluez.add_headphones(ADDRESS).own()
    assert cued("list") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Shokz  {ADDRESS}  paired",
        "Buds   C0:FF:EE:00:00:11  not paired any more",
    ]
    bluez.kill()
    assert cued("list") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("whether they are connected is not known: bluetoothd")
    assert cued("list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0] == {"address": ADDRESS, "name": "Shokz", "state": None}


def test_forgotten_headphones_are_gone_here_and_in_bluez(
    bluez: VirtualBluez, own: OwnHeadphones, capsys: pytest.CaptureFixture[str]
) -> None:
    shokz = bluez.add_headphones(ADDRESS)
    shokz.own()
    own.put(SHOKZ)
    assert cued("forget", "Sho") == 2
    assert "none of yours are called 'Sho'; yours: Shokz" in capsys.readouterr().err
    assert cued("forget", "shokz") == 0
    assert (own.all(), shokz.paired) == ((), False)
    own.put(SHOKZ)
    bluez.kill()
    assert cued("forget", ADDRESS.lower()) == 0
    assert "forgotten here, but BlueZ could not be told: bluetoothd" in capsys.readouterr().out
    assert [file.name for file in own.path.parent.iterdir()] == ["headphones.json"]
