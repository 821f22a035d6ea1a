"""The runner's sensors on the air, for one run: waited for before the start, heard until the end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from cued.core.events import BatteryLow, CadenceSample, Event, LinkState, SensorLink
from cued.core.phrases import number_words, spm_words
from cued.errors import SensorError
from cued.formats.sensor_log import BatteryRead, Item, Link, LinkIs, Notification
from cued.runtime.clock import SystemTime, Time
from cued.sensors import hub as hubs
from cued.sensors.cadence_unit import CadenceUnit, Origin
from cued.sensors.hub import NoteKind
from cued.sensors.known import KnownSensor, KnownSensors
from cued.sensors.sources import Quantity
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.sensors.air import Note

PATIENCE_NS: Final = 60 * NS_PER_S
"""After so long without a pod it is said what helps."""
FIRST_VALUE_NS: Final = 3 * NS_PER_S
"""A pod that is connected and says nothing for so long stands still: the run need not wait for its first step. And one that
has not told its battery by then does not tell it."""
GLANCE_NS: Final = 250 * NS_PER_MS
"""Whoever waits for a pod looks at the time so often; what comes from the radio wakes it at once."""
BATTERY_WARNS: Final = 20
"""Percent: under this it is said before the start, while the cell can still be changed."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said before the start."""

    pod: str
    connected: str
    battery: str
    battery_low: str
    cadence: str
    no_pod: str


WORDS: Final = {
    "en": Words(
        pod="Pod",
        connected="{} connected.",
        battery="Battery {} percent.",
        battery_low="Battery low, {} percent.",
        cadence="Cadence {}.",
        no_pod="No pod. Take a few steps. Close other apps that hold it.",
    ),
    "de": Words(
        pod="Sensor",
        connected="{} verbunden.",
        battery="Batterie {} Prozent.",
        battery_low="Batterie schwach, {} Prozent.",
        cadence="Kadenz {}.",
        no_pod="Kein Sensor. Geh ein paar Schritte. Schließe andere Apps, die ihn halten.",
    ),
}
"""In the languages that cued speaks itself."""
NO_CADENCE_YET: Final = (
    "{} is connected and has sent no cadence yet: take a few steps, or name a pod (`cued sensors scan` lists them)"
)
UNIT_UNKNOWN: Final = "cadence not known yet (after 20 s of running it is, or at once after `cued sensors check`)"
"""Of a pod of which nobody knows whether it counts steps or strides."""
OFFER: Final = "no pod yet: still looking. Ctrl-C and `cued run --sensor none` goes by time alone"


def words_in(language: str) -> Words:
    """In English where cued does not speak the language."""
    return WORDS.get(language, WORDS["en"])


Notice: TypeAlias = Callable[[str], None]


class Airwaves(Protocol):
    """The radio as a run sees it (`cued.sensors.ble.Radio`)."""

    def start(self) -> None:
        """Begin; returns at once."""

    def keep(self, address: str) -> None:
        """Keep a link to this sensor from now on."""

    def stop(self) -> None:
        """End all links; nothing is delivered afterwards."""


MakeRadio: TypeAlias = Callable[[Callable[["Item | Note"], None]], Airwaves]
"""A radio that hands everything to the given sink."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What is known of the pod before the start."""

    name: str
    battery_percent: int | None
    spm: float | None
    """Live cadence; None: not known yet, or the runner stands."""
    standing: bool

    def spoken(self, language: str) -> str:
        """For the ear: name, battery, live value."""
        words = words_in(language)
        language = language if language in WORDS else "en"
        told = [words.connected.format(self.name or words.pod)]
        if self.battery_percent is not None:
            sentence = words.battery_low if self.battery_percent < BATTERY_WARNS else words.battery
            told.append(sentence.format(number_words(self.battery_percent, language)))
        if self.spm:
            told.append(words.cadence.format(spm_words(round(self.spm), language)))
        return " ".join(told)

    def shown(self) -> str:
        """For the eye."""
        battery = "battery unknown" if self.battery_percent is None else f"battery {self.battery_percent} %"
        if self.battery_percent is not None and self.battery_percent < BATTERY_WARNS:
            battery += " (low: change it soon)"
        value = f"{self.spm:.0f} spm" if self.spm else "standing" if self.standing else UNIT_UNKNOWN
        return f"pod {self.name or 'without a name'}: connected, {battery}, {value}"


class Pods:
    """Keeps the links, turns what comes into events, and hands them on from the run's start.

    Everything but `take` belongs to the loop's thread; `take` is the radio's.
    """

    pending = False
    """Events come by themselves; nobody waits for one."""

    def __init__(
        self,
        sensors: Sequence[KnownSensor],
        make_radio: MakeRadio,
        notice: Notice,
        known: KnownSensors | None = None,
        time: Time | None = None,
    ) -> None:
        """`sensors`: the preferred first. `known`: where a unit that was found out is written down."""
        self._sensors = tuple(sensors)
        self._known = known
        self._notice = notice
        self._time = time or SystemTime()
        self._changed = threading.Condition()
        self._hub = hubs.start([hubs.Sensor(one.address, one.name, one.cadence_unit) for one in sensors])
        self._names = {one.address: one.name for one in sensors}
        self._notes: list[str] = []
        self._up_ns: dict[str, int] = {}
        self._doubted: set[str] = set()
        """Addresses of which it was said that they may be no pod."""
        self._sample: CadenceSample | None = None
        """The source's latest, as long as its link is up."""
        self._link: LinkState | None = None
        self._start_ns: int | None = None
        self._put: Callable[[Event], None] = lambda _: None
        self.listeners: list[Callable[[Item], None]] = []
        """Who wants every item as it came (a recording); called on the radio's thread."""
        self._radio = make_radio(self.take)

    # --- the radio's thread ----------------------------------------------------------------------------------------

    def take(self, item: Item | Note) -> None:
        """Everything that the radio has."""
        with self._changed:
            if not isinstance(item, Notification | LinkIs | BatteryRead):
                who = self._names.get(item.address or "") or item.address
                self._notes.append(f"{who}: {item.text}" if who else item.text)
                self._changed.notify_all()
                return
            for listener in self.listeners:
                listener(item)
            if isinstance(item, LinkIs):
                self._linked(item)
            self._hub, events, notes = hubs.take(self._hub, item)
            self._notes += [note.text for note in notes if note.kind is not NoteKind.BATTERY or self._is_news(note.address)]
            for event in events:
                if isinstance(event, CadenceSample) and event.raw is not None:
                    self._sample = event
                elif isinstance(event, SensorLink):
                    self._link = event.state
                if self._start_ns is not None:
                    self._hand_on(event, self._start_ns)
            self._changed.notify_all()

    def _is_news(self, address: str) -> bool:
        """Is a low battery worth a note? A pod's is told with its name before the start."""
        return self._start_ns is not None or not any(
            one.address == address and one.may_give("cadence") for one in self._sensors
        )

    def _hand_on(self, event: Event, start_ns: int) -> None:
        """To the run, whose time begins with its start: what was measured before is not of the run."""
        if event.at_ns >= start_ns or isinstance(event, SensorLink | BatteryLow):
            self._put(replace(event, at_ns=max(0, event.at_ns - start_ns)))

    def _linked(self, item: LinkIs) -> None:
        if item.state is Link.UP:
            self._up_ns.setdefault(item.address, item.at_ns)
            return
        self._up_ns.pop(item.address, None)
        source = self._source()
        if source is not None and source.address == item.address:
            self._sample = None

    @property
    def sensors(self) -> tuple[KnownSensor, ...]:
        """All of them, the preferred first."""
        return self._sensors

    def rename(self, sensors: Sequence[KnownSensor]) -> None:
        """The same sensors, of which more, or something else, is known now."""
        with self._changed:
            self._sensors = tuple(sensors)
            self._names = {one.address: one.name for one in sensors}

    def linked(self) -> tuple[str, ...]:
        """The addresses of those whose link is up."""
        with self._changed:
            return tuple(self._up_ns)

    # --- before the start ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to look for all sensors."""
        self._radio.start()
        for sensor in self._sensors:
            self._radio.keep(sensor.address)

    def wait(self, speak: Notice, language: str = "en", until_ns: int | None = None) -> Ready:
        """Until there is cadence, or a pod that stands. At `until_ns` `speak` is told what helps. Ctrl-C interrupts."""
        look_ns: int | None = self._time.now_ns() + FIRST_VALUE_NS
        while True:
            with self._changed:
                ready = self._ready()
                if ready is None:
                    self._time.wait(self._changed, GLANCE_NS)
            self.tell()
            if ready is not None:
                self._notice(ready.shown())
                speak(ready.spoken(language))
                return ready
            if look_ns is not None and self._time.now_ns() >= look_ns:
                look_ns = None
                pods = [sensor for sensor in self._sensors if sensor.may_give("cadence")]
                if not any(pod.address in self._up_ns for pod in pods):
                    self._notice(f"looking for {' or '.join(pod.name or pod.address for pod in pods)}")
            if until_ns is not None and self._time.now_ns() >= until_ns:
                until_ns = None
                self._notice(OFFER)
                speak(words_in(language).no_pod)

    def _ready(self) -> Ready | None:
        """The pod whose link is up, once it has told its cadence and its battery or was given the time to."""
        up = [sensor for sensor in self._sensors if sensor.address in self._up_ns and sensor.may_give("cadence")]
        sample = self._sample
        source = self._source() if sample is not None else None
        pod = source if source in up else next((sensor for sensor in up if sensor.gives), None)
        if pod is None:  # of a stranger nobody knows that it is a pod, until it speaks as one
            self._doubt([sensor for sensor in up if not sensor.gives])
            return None
        battery = {sensor.address: percent for sensor, percent in hubs.battery_levels(self._hub)}.get(pod.address)
        if (sample is None or battery is None) and self._time.now_ns() - self._up_ns[pod.address] < FIRST_VALUE_NS:
            return None
        if sample is None:
            return Ready(pod.name, battery, None, standing=True)
        return Ready(pod.name, battery, sample.spm, standing=sample.raw == 0)

    def _doubt(self, strangers: Sequence[KnownSensor]) -> None:
        """Tell, once each, of those that are connected and say nothing of cadence."""
        for one in strangers:
            if one.address not in self._doubted and self._time.now_ns() - self._up_ns[one.address] >= FIRST_VALUE_NS:
                self._doubted.add(one.address)
                self._notes.append(NO_CADENCE_YET.format(one.name or one.address))

    def _source(self) -> KnownSensor | None:
        number = self._hub.sources[Quantity.CADENCE].sensor
        return None if number is None else self._sensors[number]

    # --- the run ---------------------------------------------------------------------------------------------------

    def begin(self, start_ns: int, put: Callable[[Event], None]) -> None:
        """The run starts at that moment of the monotonic clock; from then on `put` gets every event."""
        with self._changed:
            self._start_ns, self._put = start_ns, put
            if self._link is not None:
                put(SensorLink(0, LinkState.FOUND))
            if self._link is LinkState.LOST:
                put(SensorLink(0, LinkState.LOST))

    def collect(self, now_ns: int) -> list[Event]:  # noqa: ARG002 - events go their own way
        """Nothing; only tells what is to be told."""
        self.tell()
        return []

    def tell(self) -> None:
        """Pass on what was noted."""
        with self._changed:
            notes, self._notes = self._notes, []
        for note in notes:
            self._notice(note)

    def close(self) -> None:
        """End all links, and write down what was found out."""
        self._radio.stop()
        self.tell()
        if self._known is None:
            return
        try:
            self._write_units(self._known)
        except SensorError as error:  # the run is over and was well
            self._notice(str(error))

    def _write_units(self, known: KnownSensors) -> None:
        for sensor, state in zip(self._sensors, self._hub.sensors, strict=True):
            if state.unit.origin is not Origin.JUDGED:
                continue
            now = known.find(sensor.address)  # it may have been forgotten meanwhile, or its unit been said by the runner
            if now is not None and now.cadence_unit is CadenceUnit.AUTO:
                unit = CadenceUnit.STEPS if state.unit.factor == 1 else CadenceUnit.STRIDES
                known.put(replace(now, cadence_unit=unit, said_by=Origin.JUDGED.value))
