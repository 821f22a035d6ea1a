"""Whatever comes over the air, in whatever order: the hub never fails, and what it tells hangs together."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cued.core.events import CadenceSample, GroundContactTime, HeartRate, LinkState, SensorLink
from cued.formats.sensor_log import BatteryRead, Item, Link, LinkIs, Notification
from cued.sensors.decoders import DECODERS
from cued.sensors.hub import Sensor, start, take
from cued.sensors.sources import Quantity
from cued.units import NS_PER_MS, NS_PER_S
from tests.support.pods import BELT, POD, SPARE, STRAP, belt, contact, played, pod, strap

SENSORS = (Sensor(POD, "Pod"), Sensor(SPARE, "TICKR X"), Sensor(STRAP), Sensor(BELT))
LEGAL = {
    (None, LinkState.FOUND),
    (LinkState.FOUND, LinkState.LOST),
    (LinkState.FOUND, LinkState.RENEWING),
    (LinkState.UP, LinkState.LOST),
    (LinkState.UP, LinkState.RENEWING),
    (LinkState.RENEWING, LinkState.UP),
    (LinkState.RENEWING, LinkState.LOST),
    (LinkState.LOST, LinkState.BACK),
    (LinkState.BACK, LinkState.LOST),
    (LinkState.BACK, LinkState.RENEWING),
}

addresses = st.sampled_from([POD, SPARE, STRAP, BELT, POD.lower(), "", "FF:FF:FF:FF:FF:FF"])
honest = st.one_of(
    st.builds(
        lambda raw, speed, address, total: pod(0, raw, speed, address=address, total_m=total),
        st.integers(0, 255),
        st.floats(0, 20),
        st.sampled_from([POD, SPARE]),
        st.none() | st.floats(0, 9_000),
    ),
    st.builds(lambda bpm: strap(0, bpm), st.integers(0, 300)),
    st.builds(lambda speed, total: belt(0, speed, total), st.floats(0, 8), st.none() | st.integers(0, 9_000)),
    st.builds(lambda ms: contact(0, ms), st.integers(0, 400)),
)
odd = st.one_of(
    st.builds(Notification, st.just(0), addresses, st.sampled_from([*DECODERS, "2A5B", "?"]), st.binary(max_size=12)),
    st.builds(BatteryRead, st.just(0), addresses, st.integers(-5, 300)),
)
links = st.builds(LinkIs, st.just(0), st.sampled_from([POD, SPARE, STRAP]), st.sampled_from(Link))
QUICK_NS = (0, NS_PER_MS, 60 * NS_PER_MS)
"""What no honest sensor does."""
HONEST_NS = (150 * NS_PER_MS, NS_PER_S, NS_PER_S, 4 * NS_PER_S, 60 * NS_PER_S)


@st.composite
def courses(draw: st.DrawFn, *, back: bool = False) -> list[Item]:
    """Items in the order of their stamps; `back`: some come at once, and some stamps fall."""
    steps_ns = st.sampled_from([*QUICK_NS, *HONEST_NS] if back else HONEST_NS)
    at_ns, items = 0, []
    for item, step_ns in draw(st.lists(st.tuples(st.one_of(honest, honest, honest, links, odd), steps_ns), max_size=60)):
        at_ns += step_ns
        early_ns = draw(st.sampled_from([0, 0, 0, NS_PER_S, 100 * NS_PER_S])) if back else 0
        items.append(replace(item, at_ns=at_ns - early_ns))
    return items


@given(courses(back=True))
def test_event_stamps_never_fall_and_links_change_as_links_do(items: list[Item]) -> None:
    _, events, notes = played(start(SENSORS), items)
    stamps = [event.at_ns for event in events]
    assert stamps == sorted(stamps)
    states = [None, *(event.state for event in events if isinstance(event, SensorLink))]
    assert set(pairwise(states)) <= LEGAL
    dropped = [(note.address, note.text) for note in notes if note.kind.value == "dropped"]
    assert len(dropped) < 40


@given(courses(back=True))
def test_each_quantity_comes_from_its_one_source_alone(items: list[Item]) -> None:
    hub = start(SENSORS)
    kinds = {
        HeartRate: Quantity.HEART_RATE,
        GroundContactTime: Quantity.CONTACT_TIME,
    }
    for item in items:
        hub, events, _ = take(hub, item)
        assert len({type(event) for event in events}) == len(events)
        for event in events:
            quantity = kinds.get(type(event))
            if isinstance(event, CadenceSample):
                quantity = Quantity.CADENCE if event.raw is not None else Quantity.SPEED
            if quantity is not None:
                sensor = hub.sources[quantity].sensor
                assert sensor is not None
                assert SENSORS[sensor].address == item.address.upper()
            if isinstance(event, CadenceSample) and event.spm is not None:
                factor = hub.sensors[hub.sources[Quantity.CADENCE].sensor or 0].unit.factor
                assert event.raw is not None
                assert event.spm == event.raw * (factor or 0)


@given(courses(), st.integers(2, 6))
def test_doubled_deliveries_give_the_same_events_as_single_ones(items: list[Item], copies: int) -> None:
    doubled: list[Item] = []
    for item, after in pairwise([*items, None]):
        assert item is not None
        room_ns = 40 * NS_PER_MS if after is None else min(40 * NS_PER_MS, after.at_ns - item.at_ns)
        doubled += [replace(item, at_ns=item.at_ns + room_ns * copy // copies) for copy in range(copies)]
    assert played(start(SENSORS), doubled)[1] == played(start(SENSORS), items)[1]


@given(courses(back=True))
@settings(max_examples=30)
def test_a_unit_once_known_is_never_another(items: list[Item]) -> None:
    hub = start(SENSORS)
    known: dict[int, int] = {}
    for item in items:
        hub, _, _ = take(hub, item)
        for index, state in enumerate(hub.sensors):
            if state.unit.factor is not None:
                assert known.setdefault(index, state.unit.factor) == state.unit.factor
