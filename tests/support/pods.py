"""What pods, straps and treadmills send in a run, as items for the hub, in few words. Times are seconds."""

from __future__ import annotations

from collections.abc import Iterable

from cued.core.events import Event
from cued.formats.sensor_log import BatteryRead, Item, Link, LinkIs, Notification
from cued.sensors.hrs import HeartRateMeasurement, encode_heart_rate
from cued.sensors.hub import Hub, Note, take
from cued.sensors.rsc import RscMeasurement, encode_measurement
from cued.sensors.stryd import CONTACT_TIME_UUID, ContactTime, encode_contact_time
from cued.sensors.treadmill import TreadmillData, encode_treadmill
from cued.units import seconds

POD, SPARE, STRAP, BELT = "AA:00:00:00:00:01", "AA:00:00:00:00:02", "AA:00:00:00:00:03", "AA:00:00:00:00:04"


def pod(
    at_s: float,
    raw: int = 85,
    speed: float = 3.0,
    *,
    address: str = POD,
    total_m: float | None = None,
    running: bool = True,
) -> Notification:
    data = encode_measurement(RscMeasurement(speed, raw, None, total_m, running))
    return Notification(seconds(at_s), address, "2A53", data)


def pods(
    from_s: float,
    to_s: float,
    raw: int = 85,
    speed: float = 3.0,
    *,
    address: str = POD,
    every_s: float = 1.0,
    total_from_m: float | None = None,
) -> list[Item]:
    """One pod in [from, to); its totals grow from `total_from_m`."""
    items: list[Item] = []
    for number in range(round((to_s - from_s) / every_s)):
        total_m = None if total_from_m is None else round(total_from_m + number * every_s * speed, 1)
        items.append(pod(from_s + number * every_s, raw, speed, address=address, total_m=total_m))
    return items


def strap(at_s: float, bpm: int = 140, *, contact: bool | None = True, address: str = STRAP) -> Notification:
    return Notification(seconds(at_s), address, "2A37", encode_heart_rate(HeartRateMeasurement(bpm, contact, None, ())))


def belt(at_s: float, speed: float | None = 3.0, total_m: int | None = None) -> Notification:
    return Notification(seconds(at_s), BELT, "2ACD", encode_treadmill(TreadmillData(speed, None, total_m, None, None)))


def contact(at_s: float, ms: int, address: str = POD) -> Notification:
    return Notification(seconds(at_s), address, CONTACT_TIME_UUID, encode_contact_time(ContactTime(ms)))


def link(at_s: float, state: str, address: str = POD) -> LinkIs:
    return LinkIs(seconds(at_s), address, Link(state))


def battery(at_s: float, percent: int, address: str = POD) -> BatteryRead:
    return BatteryRead(seconds(at_s), address, percent)


def in_order(*items: Item | Iterable[Item]) -> list[Item]:
    """All of them by their stamps; what was given first comes first at one stamp."""
    flat: list[Item] = []
    for one in items:
        flat.extend([one] if isinstance(one, Notification | LinkIs | BatteryRead) else one)
    return sorted(flat, key=lambda item: item.at_ns)


def played(hub: Hub, items: Iterable[Item]) -> tuple[Hub, list[Event], list[Note]]:
    """The hub after all items, and everything that came of them."""
    events: list[Event] = []
    notes: list[Note] = []
    for item in items:
        hub, more, said = take(hub, item)
        events += more
        notes += said
    return hub, events, notes
