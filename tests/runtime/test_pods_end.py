"""What is left of a run on the air when it is over: units that were found out, and the last notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from tests.runtime.on_air import POD, SPARE, Air

MINE = KnownSensor(POD, "Roadrunner", ("cadence",), CadenceUnit.STEPS, "runner")
UNJUDGED = KnownSensor(POD, "Roadrunner", ("cadence",))
OTHER = KnownSensor(SPARE, "Spare", ("cadence",), CadenceUnit.STEPS, "runner")


@pytest.fixture
def air(tmp_path: Path) -> Air:
    return Air(tmp_path)


def judged(air: Air, sensor: KnownSensor, raw: int, before_the_end: Callable[[], None] = lambda: None) -> None:
    """A run of half a minute with that number, to its end."""
    pods = air.pods(sensor)
    air.link()
    air.begin(pods)
    for _ in range(30):
        air.time.pass_s(1)
        air.sample(raw)
    before_the_end()
    pods.close()
    assert air.radios[-1].stopped


@pytest.mark.parametrize(("raw", "unit"), [(85, CadenceUnit.STRIDES), (170, CadenceUnit.STEPS)])
def test_a_unit_that_was_found_out_is_written_down(air: Air, raw: int, unit: CadenceUnit) -> None:
    air.known.put(UNJUDGED)
    judged(air, UNJUDGED, raw)
    assert air.known.all() == (replace(UNJUDGED, cadence_unit=unit, said_by="judged"),)
    assert f"Roadrunner counts {unit.value}" in air.shown


def test_a_sensor_that_is_not_the_runners_is_not_made_so(air: Air) -> None:
    air.known.put(OTHER)
    judged(air, UNJUDGED, 85)
    assert air.known.all() == (OTHER,)


def test_the_runners_word_is_not_written_over(air: Air) -> None:
    air.known.put(MINE)
    judged(air, MINE, 85)
    assert air.known.all() == (MINE,)


def test_a_word_that_the_runner_gave_during_the_run_is_not_written_over(air: Air) -> None:
    air.known.put(UNJUDGED)
    said = replace(UNJUDGED, name="Renamed", cadence_unit=CadenceUnit.STEPS, said_by="runner")
    judged(air, UNJUDGED, 85, lambda: air.known.put(said))
    assert "Roadrunner counts strides" in air.shown
    assert air.known.all() == (said,)


def test_a_pod_that_was_forgotten_during_the_run_stays_forgotten(air: Air) -> None:
    air.known.put(UNJUDGED)
    judged(air, UNJUDGED, 85, lambda: air.known.forget(UNJUDGED))
    assert air.known.all() == ()


def test_what_cannot_be_written_down_is_a_sentence_after_a_run_that_was_well(air: Air) -> None:
    air.known.put(UNJUDGED)
    air.known.path.write_text("no list of sensors")
    judged(air, UNJUDGED, 85)
    assert "your sensors cannot be read" in air.shown[-1]


def test_notes_of_the_last_moment_are_told(air: Air) -> None:
    pods = air.pods(MINE)
    air.note("its link did not end in order")
    pods.close()
    assert air.shown == ["Roadrunner: its link did not end in order"]
