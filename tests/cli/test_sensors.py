"""`cued sensors` as a person uses it."""

from __future__ import annotations

import argparse
import json
import shlex

import pytest

from cued.cli import sensors
from cued.cli.main import main

POD = "07 85 02 52 6e 00 fc 03 00 00"
POD_SAYS = {"speed_mps": 2.51953125, "cadence_raw": 82, "stride_length_m": 1.1, "total_distance_m": 102.0, "running": True}


@pytest.mark.parametrize(
    "text",
    [POD, POD.replace(" ", ""), POD.replace(" ", ":"), "0x" + POD.replace(" ", ""), "(0x) " + POD.upper().replace(" ", "-")],
)
def test_the_bytes_of_a_pod_are_told_as_json_however_a_tool_writes_them(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensors", "decode", "2A53", text]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == POD_SAYS
    assert list(json.loads(out)) == list(POD_SAYS)


def test_bytes_need_no_quotes_and_absent_fields_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensors", "decode", "00002a53-0000-1000-8000-00805f9b34fb", "00", "91", "0x01", "bb"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "speed_mps": 1.56640625,
        "cadence_raw": 187,
        "stride_length_m": None,
        "total_distance_m": None,
        "running": False,
    }


@pytest.mark.parametrize(
    ("uuid", "data", "told"),
    [
        ("2A37", "168e0002", {"heart_rate_bpm": 142, "contact": True, "energy_kj": None, "rr_intervals_s": [0.5]}),
        ("0x2a19", "55", {"percent": 85}),
        ("2A5D", "01", {"code": 1, "place": "top of shoe"}),
        ("7E78AA19-72CD-D3B8-A81F-5B7E589BEA0F", "32000000e7" + "00" * 15, {"ground_contact_time_ms": 231}),
    ],
)
def test_other_characteristics_are_told_too(uuid: str, data: str, told: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensors", "decode", uuid, data]) == 0
    assert json.loads(capsys.readouterr().out) == told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("2A53", "028002b41027"), "this is no RSC measurement: total distance needs 4 bytes from byte 4 on, and 2 are there"),
        (("2A53", ""), "this is no RSC measurement: flags needs 1 byte from byte 0 on, and 0 are there"),
        (("2A53", "07850"), "'07850' is no row of bytes: give two hexadecimal digits for each, as in 07 85 02"),
        (("2A53", "xy"), "'xy' is no row of bytes: give two hexadecimal digits for each, as in 07 85 02"),
        (("pod", "00"), "'pod' is no UUID: give 2A53 or 00002a53-0000-1000-8000-00805f9b34fb"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensors", "decode", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"cued: {sentence}\n")


def test_a_characteristic_without_a_decoder_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensors", "decode", "2A5B", "00"]) == 2
    assert capsys.readouterr().err.startswith("cued: there is no decoder for 2A5B: cued reads 2A53")


@pytest.mark.parametrize("sub", sensors._SUBVERBS, ids=lambda sub: sub.name)
def test_every_sub_verb_ends_its_help_with_an_example_that_it_understands(
    sub: sensors.SubVerb, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sensors", sub.name, "--help"]) == 0
    assert capsys.readouterr().out.rstrip().endswith(sub.example)
    parser = argparse.ArgumentParser()
    sub.add_arguments(parser)
    command = shlex.split(sub.example)
    assert command[:3] == ["cued", "sensors", sub.name]
    assert parser.parse_known_args(command[3:])[1] == []
