"""`cued sensors check`: the runner counts steps, and cued holds the sensor's number against them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from cued.core.numbers import median
from cued.errors import SensorError
from cued.formats.sensor_log import Link, LinkIs, Notification
from cued.runtime.sensorwords import cadence_words, called, raw_cadence
from cued.sensors.air import Note
from cued.sensors.cadence_unit import SPREAD, Count, judge_count
from cued.sensors.known import KnownSensor
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.formats.sensor_log import Item
    from cued.runtime.pods import Airwaves, MakeRadio

PATIENCE_NS: Final = 45 * NS_PER_S
"""A known pod that is awake is met within half a minute (`Timing.longest_rest_ns`)."""
SETTLE_S: Final = 10
"""Pods answer to a gait 5 to 10 s late, so it has to have been steady for so long when counting begins."""
BEFORE_NS: Final = 4 * NS_PER_S
"""What the sensor said in the last seconds before the count shows whether it had settled: three readings of a 1 Hz pod."""
WAIT_NS: Final = NS_PER_S // 4


class Desk(Protocol):
    """Where the runner reads and presses Enter."""

    def say(self, sentence: str) -> None:
        """A line that stays."""

    def live(self, text: str) -> None:
        """A line that the next one replaces; nothing where there is no terminal."""

    def entered(self, within_ns: int) -> int | None:
        """When Enter was pressed (monotonic ns), or None after so long; raises UsageError where nobody can press it."""


class Ear:
    """Hears one sensor; `take` is called on the radio's thread."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._changed = threading.Condition()
        self._readings: list[tuple[int, int]] = []
        self._up = False
        self._note = ""

    def take(self, item: Item | Note) -> None:
        """Everything that the radio has."""
        with self._changed:
            if isinstance(item, LinkIs):
                self._up = item.state is Link.UP
            elif isinstance(item, Notification):
                raw = raw_cadence(item) if item.address == self._address else None
                if raw is not None:
                    self._readings.append((item.at_ns, raw))
            elif isinstance(item, Note):
                self._note = item.text
            self._changed.notify_all()

    def wait_for_link(self, within_ns: int) -> bool:
        """Is it connected, now or after so long?"""
        with self._changed:
            return self._changed.wait_for(lambda: self._up, within_ns / NS_PER_S)

    @property
    def readings(self) -> tuple[tuple[int, int], ...]:
        """(stamp in ns, number per minute) of all so far."""
        with self._changed:
            return tuple(self._readings)

    @property
    def note(self) -> str:
        """What the radio said last; empty: nothing."""
        with self._changed:
            return self._note

    def words(self) -> str:
        """The latest number, or why there is none."""
        with self._changed:
            if not self._up:
                return "not connected"
            return cadence_words(self._readings[-1][1]) if self._readings else "silent until you move"


def count_steps(
    sensor: KnownSensor,
    make_radio: MakeRadio,
    desk: Desk,
    steps: int,
    patience_ns: int = PATIENCE_NS,
    now_ns: Callable[[], int] = time.monotonic_ns,
) -> Count:
    """Keep the link, have the runner count, and judge. Raises SensorError where the sensor does not come."""
    ear = Ear(sensor.address)
    radio = make_radio(ear.take)
    radio.start()
    try:
        return _counted(sensor, radio, ear, desk, steps, now_ns() + patience_ns, now_ns)
    finally:
        radio.stop()


def _counted(
    sensor: KnownSensor, radio: Airwaves, ear: Ear, desk: Desk, steps: int, until_ns: int, now_ns: Callable[[], int]
) -> Count:
    radio.keep(sensor.address)
    while not ear.wait_for_link(WAIT_NS):
        if now_ns() >= until_ns:
            why = f" ({ear.note})" if ear.note else ""
            raise SensorError(f"{called(sensor)} does not answer{why}: take a few steps, and close other apps that hold it")
        desk.live(f"looking for {called(sensor)} …")
    desk.say(f"{called(sensor)} is connected.")
    desk.say(f"Walk or run at a steady pace for {SETTLE_S} seconds or more: its number comes late.")
    desk.say(f"Press Enter, then count {steps} steps of both feet, and press Enter again.")
    start_ns = _enter(ear, desk, "press Enter to begin")
    end_ns = _enter(ear, desk, f"count {steps} steps, then press Enter")
    return judge(ear.readings, start_ns, end_ns, steps)


def _enter(ear: Ear, desk: Desk, what: str) -> int:
    while (at_ns := desk.entered(WAIT_NS)) is None:
        desk.live(f"{ear.words()}   ({what})")
    return at_ns


def judge(readings: tuple[tuple[int, int], ...], start_ns: int, end_ns: int, steps: int) -> Count:
    """`judge_count`, and only if the sensor's number had settled when the count began. Pure."""
    count = judge_count(readings, start_ns, end_ns, steps)
    if count.unit is None:
        return count
    before = [float(raw) for at_ns, raw in readings if start_ns - BEFORE_NS <= at_ns <= start_ns]
    during = [float(raw) for at_ns, raw in readings if start_ns <= at_ns <= end_ns]
    usual = median(during)
    if not before or abs(median(before) - usual) > SPREAD * usual:
        was = f"{median(before):.0f} before you counted and {usual:.0f} meanwhile" if before else "nothing before you counted"
        return Count(None, f"the sensor said {was}: it had not settled yet")
    return count
