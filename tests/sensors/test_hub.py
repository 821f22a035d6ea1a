"""From the air to events: what several sensors sent, well or badly, is one believable runner."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import pytest

from cued.core.events import (
    BatteryLow,
    CadenceSample,
    Event,
    GroundContactTime,
    HeartRate,
    LinkState,
    SensorLink,
)
from cued.formats.sensor_log import Item, Notification
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.hub import Hub, Note, NoteKind, Sensor, battery_levels, start, take
from cued.sensors.sources import Quantity
from cued.units import NS_PER_MS, NS_PER_S, seconds
from tests.support.pods import (
    BELT,
    POD,
    SPARE,
    STRAP,
    battery,
    belt,
    contact,
    in_order,
    link,
    played,
    pod,
    pods,
    strap,
)

_E = TypeVar("_E", bound=Event)

STRIDES = Sensor(POD, "Pod", CadenceUnit.STRIDES)
SPARE_STEPS = Sensor(SPARE, "Spare", CadenceUnit.STEPS)
NOBODY_KNOWS = Sensor(POD, "Pod")


def hub(*sensors: Sensor) -> Hub:
    return start(sensors or (STRIDES, SPARE_STEPS, Sensor(STRAP, "Strap"), Sensor(BELT, "Belt")))


def of(kind: type[_E], events: list[Event]) -> list[_E]:
    return [event for event in events if isinstance(event, kind)]


def links(events: list[Event]) -> list[tuple[float, str]]:
    return [(event.at_ns / NS_PER_S, event.state.value) for event in of(SensorLink, events)]


def spms(events: list[Event]) -> list[float | None]:
    return [event.spm for event in of(CadenceSample, events)]


def told(notes: list[Note], kind: NoteKind) -> list[str]:
    return [note.text for note in notes if note.kind is kind]


def counts(state: Hub) -> dict[str, int]:
    return {reason: number for (_, reason), number in state.counts.items()}


# --- one pod -------------------------------------------------------------------------------------------------------


def test_a_pods_bytes_become_a_sample_in_steps() -> None:
    _, events, _ = played(hub(), [pod(1, 82, 2.5, total_m=102.0)])
    assert events == [
        SensorLink(NS_PER_S, LinkState.FOUND),
        CadenceSample(NS_PER_S, 164.0, 2.5, 102.0, running=True, raw=82),
    ]


def test_a_sensor_is_known_by_its_address_in_any_case_and_a_characteristic_by_any_form() -> None:
    item = pod(1)
    for form in ("0x2a53", "00002a53-0000-1000-8000-00805f9b34fb"):
        _, events, _ = played(start([replace(STRIDES, address=POD.lower())]), [replace(item, uuid=form)])
        assert spms(events) == [170.0]


def test_before_the_unit_is_known_a_sample_has_the_number_alone() -> None:
    state, events, notes = played(hub(NOBODY_KNOWS), pods(0, 30))
    samples = of(CadenceSample, events)
    assert [(sample.spm, sample.raw) for sample in samples] == [(None, 85)] * 20 + [(170.0, 85)] * 10
    assert {sample.speed_mps for sample in samples} == {3.0}
    assert told(notes, NoteKind.UNIT) == ["Pod counts strides"]
    assert state.sensors[0].unit.factor == 2


def test_the_flag_is_worth_nothing_until_it_has_been_set_once() -> None:
    items = [pod(0, running=False), pod(1, 86), pod(2, 60, 1.2, running=False)]
    _, events, _ = played(hub(), items)
    assert [sample.running for sample in of(CadenceSample, events)] == [None, True, False]


def test_a_pod_that_never_gives_a_speed_gives_none_rather_than_standing() -> None:
    _, events, _ = played(hub(NOBODY_KNOWS), pods(0, 25, 165, 0.0))
    samples = of(CadenceSample, events)
    assert {sample.speed_mps for sample in samples} == {None}
    assert samples[-1].spm == 165.0
    _, events, _ = played(hub(), [pod(0, 0, 0.0), pod(1, 85, 3.0), pod(2, 40, 0.0)])
    assert [sample.speed_mps for sample in of(CadenceSample, events)] == [0.0, 3.0, 0.0]


def test_a_speed_that_no_body_reaches_is_not_measured() -> None:
    state, events, _ = played(hub(), [pod(0, 85, 40.0)])
    assert of(CadenceSample, events)[0].speed_mps is None
    assert counts(state) == {"speed_mps is beyond what a body can do": 1}


# --- what is dropped -----------------------------------------------------------------------------------------------


def test_a_bad_payload_is_counted_by_its_field_told_once_and_never_fatal() -> None:
    bad = [Notification(seconds(1 + number), POD, "2A53", bytes.fromhex("028002b41027")) for number in range(5)]
    state, events, notes = played(hub(), [pod(0), *bad, pod(7)])
    assert len(of(CadenceSample, events)) == 2
    assert counts(state) == {"bad payload: total distance": 5}
    (note,) = notes
    assert (note.kind, note.address) == (NoteKind.DROPPED, POD)
    assert note.text.endswith("total distance needs 4 bytes from byte 4 on, and 2 are there")


def test_what_is_of_no_sensor_in_use_or_of_no_known_kind_is_counted() -> None:
    foreign = pod(0, address="FF:FF:FF:FF:FF:FF")
    odd = [Notification(seconds(1), POD, uuid, b"\x00") for uuid in ("2A5B", "pod", "")]
    state, events, _ = played(hub(), [foreign, *odd])
    assert events == []
    assert counts(state) == {"it is of a sensor that is not in use": 1, "cued has no decoder for it": 3}


@pytest.mark.parametrize("copies", [2, 5, 20])
def test_a_notification_delivered_many_times_is_one(copies: int) -> None:
    single = pods(0, 10)
    many = [replace(item, at_ns=item.at_ns + copy * NS_PER_MS) for item in single for copy in range(copies)]
    state, events, _ = played(hub(), many)
    assert events == played(hub(), single)[1]
    assert counts(state) == {"doubled": 10 * (copies - 1)}


def test_a_second_one_at_the_same_stamp_and_one_from_before_are_dropped() -> None:
    state, events, _ = played(hub(), [pod(5, 85), pod(5, 86), pod(4, 87), pod(6, 88)])
    assert spms(events) == [170.0, 176.0]
    assert counts(state) == {"doubled": 1, "out of order": 1}


@pytest.mark.parametrize("per_s", [1, 4, 10])
def test_an_honest_sensor_loses_nothing_however_it_jitters(per_s: int) -> None:
    jitter_ms = (0, 25, -20, 10, -25, 5, 20, -10)
    items: list[Item] = [
        pod(10 + number / per_s + jitter_ms[number % 8] / 1000, 80 + number % 7) for number in range(60 * per_s)
    ]
    state, events, _ = played(hub(), items)
    assert len(of(CadenceSample, events)) == len(items)
    assert counts(state) == {}


def test_a_storm_is_thinned_to_ten_a_second_and_passes() -> None:
    storm: list[Item] = [pod(number / 300, 80 + number % 7) for number in range(3_000)]
    state, events, notes = played(hub(), [*storm, *pods(12, 20)])
    stamps = [sample.at_ns for sample in of(CadenceSample, events)]
    assert 100 <= sum(stamp < 10 * NS_PER_S for stamp in stamps) <= 105
    assert sum(stamp >= 12 * NS_PER_S for stamp in stamps) == 8
    assert sum(counts(state).values()) == 3_008 - len(stamps)
    assert len(notes) == 2  # that it was thinned, and that now and then the same bytes came again


def test_five_that_a_busy_radio_held_back_all_count() -> None:
    state, events, _ = played(hub(), [pod(5 + number / 1_000, 80 + number) for number in range(5)])
    assert len(of(CadenceSample, events)) == 5
    assert counts(state) == {}


def test_what_comes_after_the_link_went_down_brings_no_sensor_back() -> None:
    state, events, _ = played(hub(), [pod(0), link(1, "down"), pod(1.5), pod(2.5, 84)])
    assert links(events) == [(0, "found"), (1, "lost")]
    assert counts(state) == {"it came after the link had gone down": 2}


# --- links ---------------------------------------------------------------------------------------------------------


def test_the_link_of_a_lone_pod_is_found_with_its_cadence_lost_and_up_again() -> None:
    items = in_order(link(0, "up"), pods(1, 5), link(5, "down"), link(20, "up"), pods(22, 25))
    assert links(played(hub(), items)[1]) == [(1, "found"), (5, "lost"), (20, "up")]


def test_every_loss_of_a_link_is_told_whether_its_pod_has_spoken_meanwhile_or_not() -> None:
    items = in_order(pods(0, 5), link(5, "down"), link(20, "up"), link(30, "down"), link(40, "renewing"), link(45, "up"))
    assert links(played(hub(), items)[1]) == [(0, "found"), (5, "lost"), (20, "up"), (30, "lost"), (45, "up")]


def test_a_pod_that_speaks_though_its_link_was_not_told_to_be_up_is_back() -> None:
    items = in_order(pods(0, 5), link(5, "down"), pods(8, 10, address=SPARE))
    assert links(played(hub(), items)[1]) == [(0, "found"), (5, "lost"), (8, "back")]


def test_a_renewed_link_is_no_loss() -> None:
    items = in_order(pods(0, 5), link(5, "renewing"), pod(5.5, 84), link(8, "up"), pods(9, 11))
    assert links(played(hub(), items)[1]) == [(0, "found"), (5, "renewing"), (8, "up")]


def test_a_renewal_that_fails_is_a_loss() -> None:
    items = in_order(pods(0, 5), link(5, "renewing"), link(15, "down"), link(30, "up"), pods(31, 33))
    assert links(played(hub(), items)[1]) == [(0, "found"), (5, "renewing"), (15, "lost"), (30, "up")]


def test_the_link_of_a_strap_or_an_unused_spare_is_nobodys_business() -> None:
    items = in_order(pods(0, 20), strap(1), link(5, "down", STRAP), link(6, "down", SPARE), link(7, "up", SPARE))
    assert links(played(hub(), items)[1]) == [(0, "found")]


def test_a_spare_that_takes_over_means_no_loss() -> None:
    items = in_order(pods(0, 40), link(40, "down"), pods(0.5, 80, 168, address=SPARE))
    _, events, notes = played(hub(), items)
    assert links(events) == [(0, "found")]
    assert spms(events) == [170.0] * 40 + [168.0] * 40
    assert "Spare now gives cadence, in place of Pod" in told(notes, NoteKind.SOURCE)


def test_a_spare_that_has_been_silent_does_not_hide_a_loss_and_ends_it_when_it_speaks() -> None:
    items = in_order(pods(0, 40), pods(0.5, 20, 168, address=SPARE), link(40, "down"), pods(45.5, 50, 168, address=SPARE))
    assert links(played(hub(), items)[1]) == [(0, "found"), (40, "lost"), (45.5, "back")]


# --- one source a quantity -----------------------------------------------------------------------------------------


def test_two_pods_are_never_mixed() -> None:
    items = in_order(pods(0, 60), pods(0.5, 60.5, 150, address=SPARE))
    assert spms(played(hub(), items)[1]) == [170.0] * 60


@pytest.mark.parametrize("gap_s", [2, 3])
def test_a_late_sample_or_two_lost_change_no_source(gap_s: int) -> None:
    items = in_order(pods(0, 20), pods(19 + gap_s, 40), pods(0.5, 40.5, 150, address=SPARE))
    _, events, notes = played(hub(), items)
    assert set(spms(events)) == {170.0}
    assert told(notes, NoteKind.SOURCE) == []


def test_a_pod_that_falls_silent_is_followed_by_the_spare_before_silence_means_standing() -> None:
    items = in_order(pods(0, 20), pods(0.9, 60.9, 150, address=SPARE))
    samples = of(CadenceSample, played(hub(), items)[1])
    first = next(sample for sample in samples if sample.spm == 150.0)
    assert first.at_ns - 19 * NS_PER_S < 4_500 * NS_PER_MS


def test_a_pod_that_comes_back_has_to_stay_before_it_is_preferred_again() -> None:
    items = in_order(pods(0, 20), pods(30, 32), pods(40, 60), pods(0.5, 60.5, 150, address=SPARE))
    _, events, notes = played(hub(), items)
    changed = [note.at_ns / NS_PER_S for note in notes if note.kind is NoteKind.SOURCE and "cadence" in note.text]
    assert changed == [22.5, 50.0]
    assert [sample.spm for sample in of(CadenceSample, events) if sample.at_ns >= 50 * NS_PER_S] == [170.0] * 10


def test_a_pod_whose_unit_is_known_is_taken_before_one_whose_unit_is_not() -> None:
    items = in_order(pods(0, 40), pods(0.5, 40.5, 168, address=SPARE))
    _, events, _ = played(start([NOBODY_KNOWS, SPARE_STEPS]), items)
    values = spms(events)
    assert values[0] is None
    assert values[1:20] == [168.0] * 19
    assert values[-1] == 170.0
    assert None not in values[1:]


def test_straps_take_turns_only_when_one_is_gone() -> None:
    two = start([Sensor(STRAP), Sensor(SPARE)])
    items = in_order(*(strap(second, 140) for second in range(10)), *(strap(s + 0.5, 150, address=SPARE) for s in range(20)))
    beats = of(HeartRate, played(two, items)[1])
    assert [beat.bpm for beat in beats] == [140] * 10 + [150] * 8
    assert {beat.bpm for beat in beats if beat.at_ns < 12 * NS_PER_S} == {140}


# --- distance ------------------------------------------------------------------------------------------------------


def totals(events: list[Event]) -> list[float]:
    return [sample.total_distance_m for sample in of(CadenceSample, events) if sample.total_distance_m is not None]


def test_a_lone_pods_total_is_passed_on_as_it_is() -> None:
    assert totals(played(hub(), pods(0, 4, total_from_m=5_000.0))[1]) == [5_000.0, 5_003.0, 5_006.0, 5_009.0]


def test_another_pods_total_goes_on_where_the_first_ones_had_got_to() -> None:
    items = in_order(
        pods(0, 60, total_from_m=1_000.0),
        link(60, "down"),
        pods(0.5, 120.5, 168, address=SPARE, total_from_m=70_000.0),
    )
    run = totals(played(hub(), items)[1])
    steps = [after - before for before, after in pairwise(run)]
    assert all(step == pytest.approx(3.0, abs=0.2) or step == pytest.approx(4.5, abs=0.2) for step in steps)
    assert run[-1] == pytest.approx(1_000 + 119.5 * 3, abs=1)


def test_a_pod_that_takes_back_its_place_makes_no_leap_either() -> None:
    items = in_order(
        pods(0, 30, total_from_m=1_000.0),
        link(30, "down"),
        link(50, "up"),
        pods(50, 90, total_from_m=0.0),
        pods(0.5, 90.5, 168, address=SPARE, total_from_m=70_000.0),
    )
    run = totals(played(hub(), items)[1])
    assert max(after - before for before, after in pairwise(run)) < 6
    assert min(after - before for before, after in pairwise(run)) >= 0
    assert run[-1] == pytest.approx(1_000 + 90 * 3, abs=4)


def test_a_treadmill_gives_speed_to_a_pods_cadence() -> None:
    first_the_belt = start([Sensor(BELT, "Belt"), STRIDES])
    belts = [belt(second + 0.1, 3.5, 100 + 3 * second) for second in range(20)]
    _, events, _ = played(first_the_belt, in_order(belts, pods(0.5, 20.5, speed=2.9)))
    alone, *samples = of(CadenceSample, events)
    assert (alone.spm, alone.total_distance_m) == (None, 100.0)
    assert {sample.spm for sample in samples} == {170.0}
    assert {sample.speed_mps for sample in samples} == {3.5}
    assert [sample.total_distance_m for sample in samples[:3]] == [None, 103.0, 106.0]


def test_a_treadmill_alone_gives_speed_without_cadence() -> None:
    _, events, _ = played(start([Sensor(BELT)]), [belt(0, 3.0, 10), belt(1, 3.0, 13), belt(2, None)])
    assert [(event.spm, event.raw, event.total_distance_m) for event in of(CadenceSample, events)] == [
        (None, None, 10.0),
        (None, None, 13.0),
    ]
    assert links(events) == []


# --- heart, contact time, battery ----------------------------------------------------------------------------------


def test_a_strap_without_skin_or_with_an_impossible_rate_is_not_believed() -> None:
    items = [strap(0, 140), strap(1, 150, contact=False), strap(2, 0), strap(3, 300), strap(4, 141, contact=None)]
    state, events, _ = played(hub(), items)
    assert of(HeartRate, events) == [HeartRate(0, 140), HeartRate(4 * NS_PER_S, 141)]
    assert counts(state) == {"the strap feels no skin": 1, "heart_rate_bpm is beyond what a body can do": 2}


def test_a_strydes_contact_time_is_told_but_its_zero_is_not() -> None:
    _, events, _ = played(hub(), [contact(0, 0), contact(1, 231)])
    assert events == [GroundContactTime(NS_PER_S, 231.0)]


def test_a_low_battery_is_told_once_a_sensor() -> None:
    items = in_order(battery(1, 80), battery(10, 11), battery(20, 10), battery(30, 9), battery(40, 8, STRAP))
    state, events, _ = played(hub(), items)
    assert events == [BatteryLow(20 * NS_PER_S, 10), BatteryLow(40 * NS_PER_S, 8)]
    assert [(sensor.name, percent) for sensor, percent in battery_levels(state)] == [("Pod", 9), ("Strap", 8)]


def test_it_is_noted_whose_battery_is_low() -> None:
    _, _, notes = played(hub(), [battery(1, 40, STRAP), battery(60, 9, STRAP)])
    assert told(notes, NoteKind.BATTERY) == ["Strap: battery 9 %"]


def test_a_battery_that_was_low_before_the_start_has_been_told_then() -> None:
    assert played(hub(), [battery(0, 8), battery(60, 7)])[1] == []


def test_a_battery_tells_of_itself_as_well_as_when_asked() -> None:
    level = Notification(seconds(5), POD, "2A19", b"\x09")
    assert played(hub(), [level])[1] == [BatteryLow(5 * NS_PER_S, 9)]
    state, events, _ = played(hub(), [battery(5, 120)])
    assert (events, counts(state)) == ([], {"bad payload: level": 1})


def test_nothing_of_a_hub_changes_in_its_place() -> None:
    before = hub()
    first = take(before, pod(0))
    assert take(before, pod(0)) == first
    assert before == hub()
    assert before.sources[Quantity.CADENCE].sensor is None
