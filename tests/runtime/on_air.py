"""A radio, a look around and a time in a test's hands, and all that a runner then sees, hears and runs with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cued.core.events import Event
from cued.errors import SensorError
from cued.formats.sensor_log import BatteryRead, Link, LinkIs, Notification
from cued.runtime.onair import OnAirRun
from cued.runtime.pods import Pods
from cued.sensors.air import SERVICES, Item, Note, Sighting
from cued.sensors.known import KnownSensor, KnownSensors
from cued.sensors.rsc import RscMeasurement, encode_measurement
from cued.sensors.treadmill import TreadmillData, encode_treadmill
from cued.units import NS_PER_S, seconds

POD, SPARE, STRAP, NEIGHBOUR = (f"C0:FF:EE:00:00:0{number}" for number in range(1, 5))
ZERO_NS: Final = 5_000 * NS_PER_S
"""The monotonic clock when a test begins: a machine has been up for a while."""
LONGEST_NS: Final = 600 * NS_PER_S
"""Nothing here is waited for longer: then it would be waited for for ever."""


class FakeTime:
    """Time that jumps to where it is waited for; `at`: what happens on the way, in seconds from the test's begin."""

    def __init__(self) -> None:
        self.passed_ns = 0
        self.script: list[tuple[int, Callable[[], None]]] = []

    def now_ns(self) -> int:
        return ZERO_NS + self.passed_ns

    def at(self, at_s: float, *acts: Callable[[], None]) -> None:
        self.script += [(seconds(at_s), act) for act in acts]
        self.script.sort(key=lambda entry: entry[0])

    def wait(self, changed: threading.Condition, at_most_ns: int) -> None:
        until_ns = self.passed_ns + at_most_ns
        if self.script and self.script[0][0] <= until_ns:
            at_ns, act = self.script.pop(0)
            self.passed_ns = max(self.passed_ns, at_ns)
            act()
        else:
            self.passed_ns = until_ns
        assert self.passed_ns < LONGEST_NS, "it waits for ever"

    def pass_s(self, length_s: float) -> None:
        """Let so much time go by, and what happens in it happen."""
        until_ns = self.passed_ns + seconds(length_s)
        while self.passed_ns < until_ns:
            self.wait(threading.Condition(), until_ns - self.passed_ns)


class FakeRadio:
    """Keeps what it is told to keep, and says what a test has it say."""

    def __init__(self, sink: Callable[[Item], None]) -> None:
        self.sink = sink
        self.kept: list[str] = []
        self.started = self.stopped = False

    def start(self) -> None:
        self.started = True

    def keep(self, address: str) -> None:
        assert self.started
        self.kept.append(address)

    def stop(self) -> None:
        self.stopped = True


class FakeScan:
    """One list of sightings for each look, the last one for ever; an error is raised at once."""

    def __init__(self, time: FakeTime, *looks: Sequence[Sighting] | SensorError) -> None:
        self._time = time
        self._looks = list(looks)
        self.looks = 0
        self.rest_s = 0.0
        """What each look asks for after it."""

    def __call__(self, for_ns: int, seen: Callable[[Sighting], None]) -> int:
        self.looks += 1
        look = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        if isinstance(look, SensorError):
            raise look
        for sighting in look:
            seen(sighting)
        self._time.pass_s(for_ns / NS_PER_S)
        return seconds(self.rest_s)


def sighting(address: str, name: str | None = "Pod", *, service: int = 0) -> Sighting:
    """`service`: 0 running, 1 heart rate."""
    return Sighting(address, name, (SERVICES[service],), -60)


class Air:
    """What a runner has around."""

    def __init__(self, folder: Path) -> None:
        self.time = FakeTime()
        self.radios: list[FakeRadio] = []
        self.known = KnownSensors(folder / "sensors.json")
        self.shown: list[str] = []
        self.spoken: list[str] = []
        self.handed_on: list[Event] = []
        self.scan = FakeScan(self.time, [])

    # --- what is tested ---

    def make_radio(self, sink: Callable[[Item], None]) -> FakeRadio:
        self.radios.append(FakeRadio(sink))
        return self.radios[-1]

    def pods(self, *sensors: KnownSensor) -> Pods:
        """Started."""
        pods = Pods(sensors, self.make_radio, self.shown.append, self.known, self.time)
        pods.start()
        return pods

    def run(self, word: str = "", *looks: Sequence[Sighting] | SensorError) -> OnAirRun:
        """Not started; without `looks` nobody may look around."""
        self.scan = FakeScan(self.time, *looks or (SensorError("nobody was to look around"),))
        return OnAirRun(word, self.known, self.shown.append, self.make_radio, self.scan, self.time)

    def begin(self, run: Pods | OnAirRun, in_s: float = 0.0) -> None:
        run.begin(self.time.now_ns() + seconds(in_s), self.handed_on.append)

    # --- what the sensors do, now ---

    def say(self, item: Item) -> None:
        radio = self.radios[-1]
        assert radio.started
        assert not radio.stopped
        radio.sink(item)

    def link(self, state: Link = Link.UP, address: str = POD) -> None:
        self.say(LinkIs(self.time.now_ns(), address, state))

    def sample(self, raw: int = 172, speed: float = 3.0, address: str = POD) -> None:
        data = encode_measurement(RscMeasurement(speed, raw, None, None, raw > 0))
        self.say(Notification(self.time.now_ns(), address, "2A53", data))

    def heart(self, bpm: int = 140) -> None:
        self.say(Notification(self.time.now_ns(), STRAP, "2A37", bytes([0, bpm])))

    def belt(self, speed: float = 3.0, address: str = SPARE) -> None:
        data = encode_treadmill(TreadmillData(speed, None, None, None, None))
        self.say(Notification(self.time.now_ns(), address, "2ACD", data))

    def battery(self, percent: int = 90, address: str = POD) -> None:
        self.say(BatteryRead(self.time.now_ns(), address, percent))

    def note(self, text: str, address: str | None = POD) -> None:
        self.say(Note(self.time.now_ns(), address, text))

    def come_up(self, raw: int = 172, percent: int = 90) -> None:
        """A pod's first moments, all at once."""
        self.link()
        self.battery(percent)
        self.sample(raw)
