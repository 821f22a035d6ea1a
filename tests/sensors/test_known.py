"""The runner's sensors are remembered whole, in their order, or a sentence says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cued.errors import SensorError
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor, KnownSensors

POD = KnownSensor("C0:FF:EE:00:00:01", "Pod", ("cadence",), CadenceUnit.STRIDES, "runner")
STRAP = KnownSensor("C0:FF:EE:00:00:02", "Strap", ("heart rate",))


@pytest.fixture
def known(tmp_path: Path) -> KnownSensors:
    return KnownSensors(tmp_path / "data" / "sensors.json")


def test_a_runner_without_sensors_has_none(known: KnownSensors) -> None:
    assert known.all() == ()
    assert not known.path.exists()


def test_sensors_are_kept_in_their_order(known: KnownSensors) -> None:
    known.put(POD)
    known.put(STRAP)
    assert known.all() == (POD, STRAP)
    known.prefer(STRAP)
    assert known.all() == (STRAP, POD)
    assert [path.name for path in known.path.parent.iterdir()] == ["sensors.json"]


def test_a_sensor_that_is_known_keeps_its_place_and_takes_what_is_new(known: KnownSensors) -> None:
    for sensor in (POD, STRAP, KnownSensor("c0:ff:ee:00:00:01", "Pod 2")):
        known.put(sensor)
    assert [sensor.name for sensor in known.all()] == ["Pod 2", "Strap"]


@pytest.mark.parametrize("word", ["pod", "Pod", "c0:ff:ee:00:00:01"])
def test_a_sensor_is_found_by_name_and_by_address(known: KnownSensors, word: str) -> None:
    known.put(STRAP)
    known.put(POD)
    assert known.find(word) == POD
    assert known.find("another") is None


def test_an_empty_word_names_no_sensor(known: KnownSensors) -> None:
    known.put(KnownSensor("C0:FF:EE:00:00:03"))
    assert known.find("") is None


def test_a_forgotten_sensor_is_gone(known: KnownSensors) -> None:
    known.put(POD)
    known.put(STRAP)
    known.forget(POD)
    assert known.all() == (STRAP,)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": 1}', '{"format": 1, "sensors": [{"name": "x"}]}', '{"format": 99, "sensors": []}']
)
def test_a_broken_file_is_one_sentence_and_stays_as_it_is(known: KnownSensors, text: str) -> None:
    known.path.parent.mkdir()
    known.path.write_text(text, encoding="utf-8")
    with pytest.raises(SensorError, match="pair them anew"):
        known.put(POD)
    assert known.path.read_text(encoding="utf-8") == text


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SensorError, match=r"sensors\.json"):
        KnownSensors(tmp_path / "file" / "sensors.json").put(POD)
