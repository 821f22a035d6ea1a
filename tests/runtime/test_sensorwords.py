"""Sensors in a runner's words: values, units and who said so, and one sensor out of several by a word."""

from __future__ import annotations

import pytest

from cued.errors import SensorError
from cued.formats.sensor_log import Notification
from cued.runtime.sensorwords import one_of, own_lines, own_rows, place_words, signal_words, unit_words, value_words
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from tests.support.pods import belt, contact, pod, strap

POD = KnownSensor("C0:FF:EE:00:00:01", "Pod", ("cadence",), CadenceUnit.STRIDES, "runner")
RUNN = KnownSensor("C0:FF:EE:00:00:02", "Runn", ("cadence", "contact time"))
STRAP = KnownSensor("C0:FF:EE:00:00:03", "Strap", ("heart rate",))
NAMELESS = KnownSensor("C0:FF:EE:00:00:04")
OWN = (POD, RUNN, STRAP, NAMELESS)


@pytest.mark.parametrize(
    ("notification", "words"),
    [
        (pod(0, 84), "84 per minute"),
        (pod(0, 0, 0.0), "standing"),
        (pod(0, 0, 2.5), "2.5 m/s"),
        (strap(0, 144), "144 beats a minute"),
        (strap(0, 0, contact=False), "no skin contact"),
        (belt(0, 3.0), "3.0 m/s"),
        (belt(0, None), ""),
        (contact(0, 231), "231 ms on the ground"),
        (Notification(0, POD.address, "2A53", b"\x07"), ""),
        (Notification(0, POD.address, "FFE9", b"\x07"), ""),
    ],
)
def test_a_notification_is_told_in_words_or_not_at_all(notification: Notification, words: str) -> None:
    assert value_words(notification) == words


@pytest.mark.parametrize(("dbm", "words"), [(-60, "strong -60 dBm"), (-61, "good -61 dBm"), (-88, "faint -88 dBm")])
def test_a_signal_has_a_word(dbm: int, words: str) -> None:
    assert signal_words(dbm) == words


@pytest.mark.parametrize(("location", "words"), [(b"\x02", "in shoe"), (b"\x05", ""), (b"", ""), (None, "")])
def test_a_place_is_told_if_it_is_one_on_a_runner(location: bytes | None, words: str) -> None:
    assert place_words(location) == words


def test_the_table_of_the_runners_own_says_the_unit_and_who_said_so() -> None:
    assert own_lines(OWN) == [
        "Pod        C0:FF:EE:00:00:01  cadence                counts strides, by your word",
        "Runn       C0:FF:EE:00:00:02  cadence, contact time  counts steps, as is reported of such devices",
        "Strap      C0:FF:EE:00:00:03  heart rate",
        "(no name)  C0:FF:EE:00:00:04                         steps or strides? Run `cued sensors check` once",
    ]
    assert (
        unit_words(KnownSensor("C0:FF:EE:00:00:05", "x", (), CadenceUnit.STEPS, "judged")) == "counts steps, found out on a run"
    )


def test_scripts_get_the_same() -> None:
    told = [(row["name"], row["cadence_unit"], row["said_by"]) for row in own_rows(OWN)]
    assert told == [("Pod", "strides", "runner"), ("Runn", "steps", "quirk"), ("Strap", None, None), (None, None, None)]
    assert own_rows(OWN)[1]["gives"] == ["cadence", "contact time"]


@pytest.mark.parametrize("word", ["pod", "c0:ff:ee:00:00:01", "C0-FF-EE-00-00-01"])
def test_a_sensor_is_found_by_its_name_or_its_address_however_written(word: str) -> None:
    assert one_of(word, OWN) is POD


@pytest.mark.parametrize(
    ("word", "sensors", "sentence"),
    [
        ("Podd", OWN, "did you mean Pod?"),
        ("C0:FF:EE:00:00:09", (POD,), "did you mean C0:FF:EE:00:00:01?"),
        ("nothing", OWN, r"yours: Pod \(C0:FF:EE:00:00:01\), Runn"),
        ("C0:FF:EE", OWN, "'C0:FF:EE' is no Bluetooth address"),
        ("x", (), "no sensor is yours yet: `cued sensors pair`"),
        ("Pod", (POD, KnownSensor("C0:FF:EE:00:00:07", "pod")), "give an address, C0:FF:EE:00:00:01 or C0:FF:EE:00:00:07"),
    ],
)
def test_a_word_that_names_none_or_two_says_what_to_type(word: str, sensors: tuple[KnownSensor, ...], sentence: str) -> None:
    with pytest.raises(SensorError, match=sentence):
        one_of(word, sensors)
