"""Which sensors a live run listens to: the runner's own, one that was named, or the only pod in sight."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from cued.core.events import Event
from cued.errors import SensorError
from cued.runtime.clock import SystemTime, Time
from cued.runtime.pods import OFFER, PATIENCE_NS, MakeRadio, Notice, Pods, words_in
from cued.sensors.known import KnownSensor, KnownSensors
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.formats.sensor_log import Item
    from cued.sensors.air import Sighting

LOOK_NS: Final = 4 * NS_PER_S
"""One look around: pods advertise every 0.1 to 1 s, and a neighbour's should have been seen, too."""
IN_SIGHT_NS: Final = 60 * NS_PER_S
"""A pod counts as in sight so long after it was seen: when a look misses one of two, the other is not the only one."""

Glance: TypeAlias = "Callable[[int, Callable[[Sighting], None]], int]"
"""As a scan; returns for how long, in ns, nobody should look again."""
Scan: TypeAlias = "Callable[[int, Callable[[Sighting], None]], None]"
"""For so long, every advertisement goes to the function; raises SensorError."""


def own_sensors(word: str, known: KnownSensors) -> tuple[KnownSensor, ...]:
    """The sensors of a run with `--sensor ble:WORD` (empty: any of the runner's own), the preferred first.

    A pod that was named comes with the runner's other kinds of sensors, but without the other pods. Empty: somebody has to
    look around. Raises SensorError for a file of sensors that cannot be read, a slip in an address, a name that several of the
    runner's pods have, and a sensor without cadence.
    """
    from cued.dbus.addresses import means_address
    from cued.sensors.air import parse_address

    mine = known.all()
    if not word:
        return mine if any(sensor.may_give("cadence") for sensor in mine) else ()
    address = parse_address(word) if means_address(word) else None
    found = [sensor for sensor in mine if sensor.is_called(address or word)]
    if len(found) > 1:
        either = " or ".join(sensor.address for sensor in found)
        raise SensorError(f"{len(found)} of your sensors are called {word}: give an address, {either}")
    if not found and address is None:
        return ()
    named = found[0] if found else KnownSensor(address or "")
    if not named.may_give("cadence"):
        raise SensorError(f"{named.name or named.address} gives {' and '.join(named.gives)} and no cadence: name a pod")
    return (named, *_companions(named, mine))


def _companions(pod: KnownSensor, mine: tuple[KnownSensor, ...]) -> tuple[KnownSensor, ...]:
    """The runner's sensors that give something else than cadence: they run along with a pod that was chosen for this run."""
    return tuple(one for one in mine if one.address != pod.address and not one.may_give("cadence"))


@dataclass(slots=True)
class InSight:
    """The pods that looks around have shown lately."""

    word: str
    """A name that was asked for; empty: any."""
    seen: dict[str, tuple[Sighting, int]] = field(default_factory=dict)
    """By address: the latest sighting, and its time."""

    def note(self, sighting: Sighting, at_ns: int) -> None:
        """One advertisement."""
        if sighting.gives_cadence or self._is_named(sighting):
            self.seen[sighting.address] = sighting, at_ns

    def forget(self, before_ns: int) -> None:
        """What was seen earlier is not in sight any more."""
        self.seen = {address: one for address, one in self.seen.items() if one[1] >= before_ns}

    def _is_named(self, sighting: Sighting) -> bool:
        return bool(self.word) and (sighting.name or "").casefold() == self.word.casefold()

    def chosen(self) -> Sighting | None:
        """The one that was named, or the only one there is."""
        wanted = [one for one, _ in self.seen.values() if not self.word or self._is_named(one)]
        return wanted[0] if len(wanted) == 1 else None

    def told(self) -> str:
        """What is in sight, for the runner; empty: nothing."""
        if not self.seen:
            return ""
        names = ", ".join(sorted(f"{one.name or 'nameless'} ({one.address})" for one, _ in self.seen.values()))
        return f"pods in sight: {names}. `cued sensors pair` makes one yours; `--sensor ble:ADDRESS` takes one for this run"


class OnAirRun:
    """The sensors of one live run, from the choice among them to the end of their links."""

    pending = False
    """Events come by themselves."""

    def __init__(
        self,
        word: str,
        known: KnownSensors,
        notice: Notice,
        make_radio: MakeRadio,
        glance: Glance,
        time: Time | None = None,
    ) -> None:
        """`word`: see `own_sensors`, as for the errors."""
        self._word = word
        self._known = known
        self._notice = notice
        self._make_radio = make_radio
        self._glance = glance
        self._time = time or SystemTime()
        mine = own_sensors(word, known)
        self._pods = self._with(mine) if mine else None
        self._owned = bool(mine)
        """They are the runner's own, not just in sight."""

    def _with(self, sensors: tuple[KnownSensor, ...]) -> Pods:
        return Pods(sensors, self._make_radio, self._notice, self._known, self._time)

    def start(self) -> None:
        """Begin to call the sensors that are known already."""
        if self._pods is not None:
            self._pods.start()

    def wait(self, speak: Notice, language: str = "en") -> None:
        """Until a pod is there; says what helps after a minute, once. Ctrl-C interrupts."""
        patience_ns = self._time.now_ns() + PATIENCE_NS
        told = self.find(lambda: speak(words_in(language).no_pod), patience_ns)
        assert self._pods is not None, "it was found"
        self._pods.wait(speak, language, None if told else patience_ns)

    def find(self, impatient: Callable[[], None] = lambda: None, patience_ns: int | None = None) -> bool:
        """Until it is known which sensors it is about; did it take so long that `impatient` was called at `patience_ns`?"""
        if self._pods is not None:
            return False
        until_ns = self._time.now_ns() + PATIENCE_NS if patience_ns is None else patience_ns
        sensors, told = self._look_around(until_ns, impatient)
        self._pods = self._with(sensors)
        self._pods.start()
        return told

    def keep(self) -> bool:
        """Are the links right for the sensors that are the runner's now? Then their names are taken over.

        Raises SensorError as `own_sensors` does.
        """
        if self._pods is None:
            return True
        mine = own_sensors(self._word, self._known)
        if not mine:
            return not self._owned
        if [(one.address, one.cadence_unit) for one in mine] != [(one.address, one.cadence_unit) for one in self.sensors]:
            return False
        self._pods.rename(mine)
        self._owned = True
        return True

    @property
    def sensors(self) -> tuple[KnownSensor, ...]:
        """Those it is about, the preferred first; empty: not known yet."""
        return () if self._pods is None else self._pods.sensors

    def linked(self) -> tuple[str, ...]:
        """The addresses of those whose link is up."""
        return () if self._pods is None else self._pods.linked()

    def _look_around(self, until_ns: int, impatient: Callable[[], None]) -> tuple[tuple[KnownSensor, ...], bool]:
        """The sensors to take, and whether it took so long that `impatient` was called."""
        self._notice("looking for a pod" + (f" called {self._word}" if self._word else ""))
        sight, told, last = InSight(self._word), False, ""
        while True:
            mine = self._paired_meanwhile()
            if mine:
                self._owned = True
                return mine, told
            began_ns = self._time.now_ns()
            sight.forget(began_ns - IN_SIGHT_NS)
            try:
                rest_ns = self._glance(LOOK_NS, lambda sighting: sight.note(sighting, self._time.now_ns()))
                state = sight.told()
            except SensorError as error:
                rest_ns, state = 0, str(error)
            found = sight.chosen()
            if found is not None:
                pod = self._as_known(found)
                return (pod, *_companions(pod, self._known.all())), told
            if state and state != last:
                self._notice(state)
            last = state
            if not told and self._time.now_ns() >= until_ns:
                told = True
                self._notice(OFFER)
                impatient()
            self._rest(began_ns + max(LOOK_NS, rest_ns))

    def _paired_meanwhile(self) -> tuple[KnownSensor, ...]:
        try:
            return own_sensors(self._word, self._known)
        except SensorError:  # whoever wrote that is told
            return ()

    def _as_known(self, found: Sighting) -> KnownSensor:
        """A pod that may be the runner's own under a new name: then what is known of it holds."""
        gives = ("cadence",) if found.gives_cadence else ()
        return self._known.find(found.address) or KnownSensor(found.address, found.name or "", gives)

    def _rest(self, until_ns: int) -> None:
        """A scan that failed at once is not tried again at once."""
        idle = threading.Condition()
        with idle:
            while (left_ns := until_ns - self._time.now_ns()) > 0:
                self._time.wait(idle, left_ns)

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
