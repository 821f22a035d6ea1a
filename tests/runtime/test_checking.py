"""Counting steps: what is judged of them, and what happens when the pod does not come."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cued.errors import SensorError
from cued.formats.sensor_log import Item, Link, LinkIs
from cued.runtime.checking import count_steps, judge
from cued.sensors.air import Note
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from cued.units import seconds
from tests.support.pods import POD, SPARE, pod

STRYD = KnownSensor(POD, "Stryd", ("cadence",))
COUNT_S = 7.0
"""20 steps at 171 a minute."""


def readings(*values: int, from_s: float = 0.0) -> tuple[tuple[int, int], ...]:
    return tuple((seconds(from_s + number), value) for number, value in enumerate(values))


@pytest.mark.parametrize(("raw", "unit"), [(86, CadenceUnit.STRIDES), (171, CadenceUnit.STEPS)])
def test_a_steady_number_tells_the_unit(raw: int, unit: CadenceUnit) -> None:
    count = judge(readings(*[raw] * 20), seconds(10), seconds(10 + COUNT_S), 20)
    assert count.unit is unit
    assert f"the sensor said {raw}" in count.reason


def test_a_number_that_was_still_rising_when_the_count_began_is_not_trusted() -> None:
    rising = readings(0, 0, 12, 24, 36, 48, 60, 72, 84, 84, 84, 84)
    count = judge(rising, seconds(4), seconds(4 + COUNT_S), 20)
    assert count.unit is None
    assert "it had not settled yet" in count.reason


def test_a_pod_that_woke_up_within_the_count_is_not_trusted() -> None:
    count = judge(readings(*[86] * 7, from_s=10.5), seconds(10), seconds(10 + COUNT_S), 20)
    assert (count.unit, "nothing before you counted" in count.reason) == (None, True)


class Desk:
    """A runner who presses Enter as planned; before each press something happens."""

    def __init__(self, *presses: Callable[[], int | None]) -> None:
        self.presses = list(presses)
        self.said: list[str] = []
        self.shown: list[str] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def live(self, text: str) -> None:
        self.shown.append(text)

    def entered(self, within_ns: int) -> int | None:
        return self.presses.pop(0)()


class Waves:
    """A radio that delivers what a test says, when the link is asked for."""

    def __init__(self, *items: Item | Note) -> None:
        self.items = items
        self.sink: Callable[[Item | Note], None] = print
        self.stopped = False

    def made(self, sink: Callable[[Item | Note], None]) -> Waves:
        self.sink = sink
        return self

    def start(self) -> None:
        self.stopped = False

    def keep(self, address: str) -> None:
        for item in self.items:
            self.sink(item)

    def stop(self) -> None:
        self.stopped = True


def test_the_runner_is_led_through_it_and_sees_the_live_number() -> None:
    waves = Waves(LinkIs(0, POD, Link.UP), *(pod(at_s, 86) for at_s in range(20)), pod(20, 171, address=SPARE))
    desk = Desk(lambda: None, lambda: seconds(10), lambda: None, lambda: seconds(17))
    count = count_steps(STRYD, waves.made, desk, 20)
    assert count.unit is CadenceUnit.STRIDES
    assert desk.said == [
        f"Stryd ({POD}) is connected.",
        "Walk or run at a steady pace for 10 seconds or more: its number comes late.",
        "Press Enter, then count 20 steps of both feet, and press Enter again.",
    ]
    assert desk.shown == ["86 per minute   (press Enter to begin)", "86 per minute   (count 20 steps, then press Enter)"]
    assert waves.stopped


def test_a_pod_that_says_nothing_yet_is_shown_so_and_judged_so() -> None:
    waves = Waves(LinkIs(0, POD, Link.UP))
    desk = Desk(lambda: None, lambda: seconds(1), lambda: seconds(8))
    count = count_steps(STRYD, waves.made, desk, 20)
    assert desk.shown == ["silent until you move   (press Enter to begin)"]
    assert (count.unit, "0 readings" in count.reason) == (None, True)


def test_a_pod_that_does_not_come_is_told_with_the_radios_reason() -> None:
    waves = Waves(LinkIs(0, POD, Link.UP), LinkIs(1, POD, Link.DOWN), Note(2, POD, "it did not answer in time"))
    with pytest.raises(SensorError, match=r"Stryd .* does not answer \(it did not answer in time\): take a few steps"):
        count_steps(STRYD, waves.made, Desk(), 20, patience_ns=0)
    assert waves.stopped
