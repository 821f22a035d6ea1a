"""Which sensors a live run listens to: the runner's own, one that was named, or the only pod in sight."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from cued.core.events import Event
from cued.errors import SensorError
from cued.runtime.pods import OFFER, PATIENCE_NS, MakeRadio, Notice, Pods, words_in
from cued.sensors.known import KnownSensor, KnownSensors
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.formats.sensor_log import Item
    from cued.sensors.air import Sighting

LOOK_NS: Final = 4 * NS_PER_S
"""One look around: pods advertise every 0.1 to 1 s, and a neighbour's should have been seen, too."""

Scan: TypeAlias = "Callable[[int, Callable[[Sighting], None]], None]"
"""For so long, every advertisement goes to the function; raises SensorError."""


def own_sensors(word: str, known: KnownSensors) -> tuple[KnownSensor, ...]:
    """The sensors of a run with `--sensor ble:WORD` (empty: any of the runner's own), the preferred first.

    A pod that was named comes with the runner's other kinds of sensors, but without the other pods. Empty: somebody has to
    look around. Raises SensorError for a file of sensors that cannot be read.
    """
    from cued.sensors.air import is_address

    mine = known.all()
    if not word:
        return mine if any(sensor.may_give("cadence") for sensor in mine) else ()
    named = next((sensor for sensor in mine if sensor.is_called(word)), None)
    if named is None and is_address(word):
        named = KnownSensor(word.upper().replace("-", ":"))
    if named is None:
        return ()
    return (named, *(one for one in mine if one.address != named.address and one.gives and "cadence" not in one.gives))


@dataclass(slots=True)
class InSight:
    """The pods that a look around has shown."""

    word: str
    """A name that was asked for; empty: any."""
    seen: dict[str, Sighting] = field(default_factory=dict)

    def note(self, sighting: Sighting) -> None:
        """One advertisement."""
        if sighting.gives_cadence or (self.word and self._is_named(sighting)):
            self.seen[sighting.address] = sighting

    def _is_named(self, sighting: Sighting) -> bool:
        return (sighting.name or "").casefold() == self.word.casefold()

    def chosen(self) -> Sighting | None:
        """The one that was named, or the only one there is."""
        named = [one for one in self.seen.values() if self._is_named(one)] if self.word else list(self.seen.values())
        return named[0] if len(named) == 1 else None

    def told(self) -> str:
        """What is in sight, for the runner."""
        names = ", ".join(sorted(f"{one.name or 'nameless'} ({one.address})" for one in self.seen.values()))
        return f"pods in sight: {names}. `cued sensors pair NAME` makes one yours; `--sensor ble:NAME` takes it for this run"


class OnAirRun:
    """The sensors of one live run, from the choice among them to the end of their links."""

    pending = False
    """Events come by themselves."""

    def __init__(self, word: str, known: KnownSensors, notice: Notice, make_radio: MakeRadio, scan: Scan) -> None:
        self._word = word
        self._known = known
        self._notice = notice
        self._make_radio = make_radio
        self._scan = scan
        mine = own_sensors(word, known)
        self._pods = self._with(mine) if mine else None

    def _with(self, sensors: tuple[KnownSensor, ...]) -> Pods:
        return Pods(sensors, self._make_radio, self._notice, self._known)

    def start(self) -> None:
        """Begin to call the sensors that are known already."""
        if self._pods is not None:
            self._pods.start()

    def wait(self, speak: Notice, language: str = "en") -> None:
        """Until a pod is there; says what helps after a minute, once. Ctrl-C interrupts."""
        patience_ns = time.monotonic_ns() + PATIENCE_NS
        until_ns: int | None = patience_ns
        if self._pods is None:
            sensor, told = self._look_around(patience_ns, lambda: speak(words_in(language).no_pod))
            self._pods = self._with((sensor, *(one for one in self._known.all() if one.address != sensor.address)))
            self._pods.start()
            until_ns = None if told else patience_ns
        self._pods.wait(speak, language, until_ns)

    def _look_around(self, until_ns: int, impatient: Callable[[], None]) -> tuple[KnownSensor, bool]:
        """The pod to take, and whether it took so long that `impatient` was called."""
        self._notice("looking for a pod" + (f" called {self._word}" if self._word else ""))
        told, last = False, ""
        while True:
            sight = InSight(self._word)
            try:
                self._scan(LOOK_NS, sight.note)
            except SensorError as error:
                if str(error) != last:
                    self._notice(str(error))
                last = str(error)
                time.sleep(LOOK_NS / NS_PER_S)
            found = sight.chosen()
            if found is not None:
                return KnownSensor(found.address, found.name or ""), told
            if sight.seen and sight.told() != last:
                last = sight.told()
                self._notice(last)
            if not told and time.monotonic_ns() >= until_ns:
                told = True
                self._notice(OFFER)
                impatient()

    def record(self, listener: Callable[[Item], None]) -> None:
        """`listener` gets everything as it comes over the air, on the radio's thread."""
        assert self._pods is not None, "a run begins when its pod is there"
        self._pods.listeners.append(listener)

    def begin(self, start_ns: int, put: Callable[[Event], None]) -> None:
        """The run starts at that moment of the monotonic clock; from then on `put` gets every event."""
        assert self._pods is not None, "a run begins when its pod is there"
        self._pods.begin(start_ns, put)

    def collect(self, now_ns: int) -> list[Event]:
        """Nothing; only tells what is to be told."""
        return [] if self._pods is None else self._pods.collect(now_ns)

    def close(self) -> None:
        """End all links."""
        if self._pods is not None:
            self._pods.close()
