"""Everything that came over the air, from any number of sensors, as the core's events. A pure function: `take`.

What cannot be used is dropped and counted, never fatal (`flow` and the decoders say what that is). Each quantity has one
source at a time (`sources`). Cadence leaves here in steps per minute, or as unknown (`cadence_unit`). Event stamps never fall:
what is stamped before something already told is told at that one's time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from cued.core.events import BatteryLow, CadenceSample, Event, GroundContactTime, HeartRate, LinkState, SensorLink
from cued.formats.activity import QUANTITIES
from cued.formats.sensor_log import BatteryRead, Item, Link, LinkIs, Notification
from cued.sensors import odometer, sources
from cued.sensors.battery import FULL, BatteryLevel
from cued.sensors.cadence_unit import CadenceUnit, UnitState, begin, observe
from cued.sensors.decoders import DECODERS, Decoded, canonical_uuid
from cued.sensors.flow import Flow, admit
from cued.sensors.hrs import HeartRateMeasurement
from cued.sensors.odometer import Odometer
from cued.sensors.payload import PayloadError
from cued.sensors.rsc import RscMeasurement
from cued.sensors.sources import Quantity, Source, Standing
from cued.sensors.stryd import ContactTime
from cued.sensors.treadmill import TreadmillData

__all__ = [
    "BatteryRead",
    "Hub",
    "Link",
    "LinkIs",
    "Note",
    "NoteKind",
    "Notification",
    "Sensor",
    "battery_levels",
    "start",
    "take",
]

LOW_PERCENT: Final = 10
"""A coin cell at 10 % may not last the run; before the start, `run` warns sooner than that."""
LINK_DOWN: Final = LinkState.LOST
"""What the core is told when the cadence source's link goes down and nobody takes its place."""
_REACH: Final = {quantity.attribute: (quantity.low, quantity.high) for quantity in QUANTITIES}
"""What a body can do: beyond it a value is "not measured", as in recorded runs."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor in use; the order of several is the runner's order of preference."""

    address: str
    name: str = ""
    """As it advertises itself."""
    cadence_unit: CadenceUnit = CadenceUnit.AUTO
    """The runner's word."""


class NoteKind(Enum):
    """What a note is about."""

    DROPPED = "dropped"
    """Something could not be used; told the first time, counted every time."""
    SOURCE = "source"
    """A quantity comes from another sensor from now on."""
    UNIT = "unit"
    """A sensor's cadence unit has been found out."""
    BATTERY = "battery"
    """A sensor's battery is nearly empty."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the log."""

    at_ns: int
    kind: NoteKind
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class SensorState:
    """What is known of one sensor."""

    sensor: Sensor
    unit: UnitState
    link: Link | None = None
    """None: nobody has said; it is taken to be up."""
    flows: Mapping[str, Flow] = field(default_factory=dict)
    """By characteristic."""
    has_flag: bool = False
    """It has said "running" once, so that its not saying so means walking."""
    has_speed: bool = False
    """It has given a speed over 0 once: a sensor that never does gives none."""
    battery_percent: int | None = None
    battery_told: bool = False


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything remembered between two items."""

    sensors: tuple[SensorState, ...]
    """In the runner's order."""
    sources: Mapping[Quantity, Source]
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(address, reason) → how many notifications were dropped for it; no address: of sensors not in use."""
    at_ns: int = 0
    """Stamp of the last event."""
    link: LinkState | None = None
    """What the core was last told of the cadence sensor; None: nothing yet."""
    odometer: Odometer = field(default_factory=Odometer)
    total_told_ns: int = -1
    """Stamp of the odometer's total that the core last got."""


def start(sensors: Sequence[Sensor]) -> Hub:
    """A hub that has heard nothing yet."""
    nobody = Source((None,) * len(sensors))
    states = tuple(
        SensorState(replace(sensor, address=sensor.address.upper()), begin(sensor.name, sensor.cadence_unit))
        for sensor in sensors
    )
    return Hub(states, dict.fromkeys(Quantity, nobody))


def take(hub: Hub, item: Item) -> tuple[Hub, tuple[Event, ...], tuple[Note, ...]]:
    """The hub after one item, the events it gives and what is to be said of it. Never raises."""
    turn = _Turn(hub, item)
    index = turn.index_of(item.address)
    if index is None:
        turn.drop("", "it is of a sensor that is not in use")
    elif isinstance(item, LinkIs):
        _link(turn, index, item.state)
    elif isinstance(item, BatteryRead):
        if 0 <= item.percent <= FULL:
            _battery(turn, index, item.percent)
        else:
            turn.drop(turn.state(index).sensor.address, "bad payload: level")
    else:
        _notification(turn, index, item)
    return turn.hub, tuple(turn.events), tuple(turn.notes)


def battery_levels(hub: Hub) -> tuple[tuple[Sensor, int], ...]:
    """The last known level in percent of each sensor that has told it."""
    return tuple((state.sensor, state.battery_percent) for state in hub.sensors if state.battery_percent is not None)


class _Turn:
    """One call of `take` under way."""

    def __init__(self, hub: Hub, item: Item) -> None:
        self.hub = hub
        self.now_ns = max(item.at_ns, hub.at_ns)
        """When what comes of the item is told."""
        self.events: list[Event] = []
        self.notes: list[Note] = []

    def index_of(self, address: str) -> int | None:
        known = address.upper()
        return next((index for index, state in enumerate(self.hub.sensors) if state.sensor.address == known), None)

    def state(self, index: int) -> SensorState:
        return self.hub.sensors[index]

    def keep(self, index: int, state: SensorState) -> None:
        states = self.hub.sensors
        self.hub = replace(self.hub, sensors=(*states[:index], state, *states[index + 1 :]))

    def tell(self, event: Event) -> None:
        self.events.append(event)
        self.hub = replace(self.hub, at_ns=event.at_ns)

    def note(self, kind: NoteKind, address: str, text: str) -> None:
        self.notes.append(Note(self.now_ns, kind, address, text))

    def drop(self, address: str, reason: str, said: str = "") -> None:
        """Count something unusable; `said` is the sentence where it has more to it than the reason."""
        key = (address, reason)
        count = self.hub.counts.get(key, 0) + 1
        self.hub = replace(self.hub, counts={**self.hub.counts, key: count})
        if count == 1:
            self.note(NoteKind.DROPPED, address, f"a notification was dropped: {said or reason}")

    def standings(self, quantity: Quantity) -> tuple[Standing, ...]:
        about_cadence = quantity is Quantity.CADENCE
        return tuple(
            Standing(state.link is not Link.DOWN, not about_cadence or state.unit.factor is not None)
            for state in self.hub.sensors
        )

    def is_source(self, quantity: Quantity, index: int) -> bool:
        """Sensor `index` has just given `quantity`: is it from this one that it is taken?"""
        source = sources.heard(self.hub.sources[quantity], index, self.now_ns, self.standings(quantity))
        self.choose(quantity, source)
        return source.sensor == index

    def choose(self, quantity: Quantity, source: Source) -> None:
        before = self.hub.sources[quantity].sensor
        self.hub = replace(self.hub, sources={**self.hub.sources, quantity: source})
        if before is not None and source.sensor is not None and source.sensor != before:
            old, new = (self.state(index).sensor for index in (before, source.sensor))
            told = f"{new.name or new.address} now gives {quantity.value}, in place of {old.name or old.address}"
            self.note(NoteKind.SOURCE, new.address, told)

    def has_fresh(self, quantity: Quantity) -> bool:
        source = self.hub.sources[quantity]
        return sources.fresh(source, source.sensor, self.now_ns, self.standings(quantity))


def _notification(turn: _Turn, index: int, item: Notification) -> None:
    state = turn.state(index)
    address = state.sensor.address
    uuid = canonical_uuid(item.uuid)
    if state.link is Link.DOWN:
        turn.drop(address, "it came after the link had gone down")  # left over: nothing follows it
        return
    if uuid is None or uuid not in DECODERS:
        turn.drop(address, "cued has no decoder for it", f"cued has no decoder for {item.uuid[:40]}")
        return
    flow, refusal = admit(state.flows.get(uuid, Flow()), item.at_ns, item.data)
    if refusal is not None:
        turn.drop(address, refusal.value)
        return
    turn.keep(index, replace(state, flows={**state.flows, uuid: flow}))
    try:
        value = DECODERS[uuid].decode(item.data)
    except PayloadError as error:
        turn.drop(address, f"bad payload: {error.field}", str(error))
        return
    _value(turn, index, value)


def _value(turn: _Turn, index: int, value: Decoded) -> None:
    match value:
        case RscMeasurement():
            _running(turn, index, value)
        case TreadmillData():
            speed_mps = _possible(turn, index, "speed_mps", value.speed_mps)
            if speed_mps is None or not _speed(turn, index, speed_mps, value.total_distance_m):
                return
            if not turn.has_fresh(Quantity.CADENCE):  # else the next cadence takes it along
                turn.tell(CadenceSample(turn.now_ns, None, *_pace(turn)))
        case HeartRateMeasurement():
            if value.contact is False:
                turn.drop(turn.state(index).sensor.address, "the strap feels no skin")
                return
            bpm = _possible(turn, index, "heart_rate_bpm", value.heart_rate_bpm)
            if bpm is not None and turn.is_source(Quantity.HEART_RATE, index):
                turn.tell(HeartRate(turn.now_ns, value.heart_rate_bpm))
        case ContactTime():
            ms = _possible(turn, index, "ground_contact_time_ms", value.ground_contact_time_ms)
            if ms is not None and turn.is_source(Quantity.CONTACT_TIME, index):
                turn.tell(GroundContactTime(turn.now_ns, ms))
        case BatteryLevel():
            _battery(turn, index, value.percent)
        case _:
            pass  # what a sensor can do and where it is worn tell nothing of the run


def _possible(turn: _Turn, index: int, attribute: str, value: float | None) -> float | None:
    """`value`, or None where no body reaches it."""
    if value is None:
        return None
    low, high = _REACH[attribute]
    if low <= value <= high:
        return float(value)
    turn.drop(turn.state(index).sensor.address, f"{attribute} is beyond what a body can do")
    return None


def _running(turn: _Turn, index: int, value: RscMeasurement) -> None:
    """A pod's speed and cadence."""
    speed_mps = _possible(turn, index, "speed_mps", value.speed_mps)
    state = turn.state(index)
    running = True if value.running else False if state.has_flag else None
    has_speed = state.has_speed or (speed_mps or 0.0) > 0
    if not has_speed and value.cadence_raw > 0:
        speed_mps = None  # steps at 0 m/s from a sensor that never gave another speed: it has none to give
    unit = observe(state.unit, turn.now_ns, speed_mps, value.cadence_raw, running)
    if unit.factor is not None and state.unit.factor is None:
        word = CadenceUnit.STEPS if unit.factor == 1 else CadenceUnit.STRIDES
        turn.note(NoteKind.UNIT, state.sensor.address, f"{state.sensor.name or state.sensor.address} counts {word.value}")
    turn.keep(index, replace(state, unit=unit, has_flag=state.has_flag or value.running, has_speed=has_speed))
    if speed_mps is not None:
        _speed(turn, index, speed_mps, value.total_distance_m)
    if not turn.is_source(Quantity.CADENCE, index):
        return
    spm = None if unit.factor is None else float(value.cadence_raw * unit.factor)
    _cadence_is_there(turn, index)
    turn.tell(CadenceSample(turn.now_ns, spm, *_pace(turn), running, value.cadence_raw))


def _speed(turn: _Turn, index: int, speed_mps: float, total_m: float | None) -> bool:
    """A sensor's speed and its own total: is it the one that is asked? Then the odometer goes on."""
    if not turn.is_source(Quantity.SPEED, index):
        return False
    gone = odometer.advanced(turn.hub.odometer, index, turn.now_ns, speed_mps, total_m)
    turn.hub = replace(turn.hub, odometer=gone)
    return True


def _pace(turn: _Turn) -> tuple[float | None, float | None]:
    """Speed (m/s) and total (m) to tell now; a total only once, since an old one would look like standing still."""
    if not turn.has_fresh(Quantity.SPEED):
        return None, None
    gone = turn.hub.odometer
    if gone.at_ns <= turn.hub.total_told_ns:
        return gone.speed_mps, None
    turn.hub = replace(turn.hub, total_told_ns=gone.at_ns)
    return gone.speed_mps, gone.total_m


# --- links ---------------------------------------------------------------------------------------------------------


def _cadence_is_there(turn: _Turn, index: int) -> None:
    """Tell the core of the link before a sample that it did not expect."""
    if turn.hub.link is None:
        _tell_link(turn, LinkState.FOUND)
    elif turn.hub.link is LINK_DOWN:
        _tell_link(turn, LinkState.BACK)
    elif turn.hub.link is LinkState.RENEWING and turn.state(index).link is not Link.RENEWING:
        _tell_link(turn, LinkState.UP)


def _link(turn: _Turn, index: int, link: Link) -> None:
    """The link of one sensor changed. The core hears of the cadence source's alone, and of a loss where nobody steps in."""
    state = turn.state(index)
    turn.keep(index, replace(state, link=link))
    if link is Link.DOWN:
        for quantity in Quantity:
            turn.choose(quantity, sources.dropped(turn.hub.sources[quantity], index, turn.now_ns, turn.standings(quantity)))
    told = turn.hub.link
    if turn.hub.sources[Quantity.CADENCE].sensor != index or told is None:
        return
    if link is Link.UP and told in (LINK_DOWN, LinkState.RENEWING):
        _tell_link(turn, LinkState.UP)
    elif link is Link.DOWN and told is not LINK_DOWN:
        _tell_link(turn, LINK_DOWN)
    elif link is Link.RENEWING and told not in (LINK_DOWN, LinkState.RENEWING):
        _tell_link(turn, LinkState.RENEWING)


def _tell_link(turn: _Turn, state: LinkState) -> None:
    turn.tell(SensorLink(turn.now_ns, state))
    turn.hub = replace(turn.hub, link=state)


def _battery(turn: _Turn, index: int, percent: int) -> None:
    """A level; a low one is told once a run, and not at all if it was low at its start: that has been said then."""
    state = turn.state(index)
    low = percent <= LOW_PERCENT
    turn.keep(index, replace(state, battery_percent=percent, battery_told=state.battery_told or low))
    if low and not state.battery_told and turn.now_ns > 0:
        turn.note(NoteKind.BATTERY, state.sensor.address, f"{state.sensor.name or state.sensor.address}: battery {percent} %")
        turn.tell(BatteryLow(turn.now_ns, percent))
