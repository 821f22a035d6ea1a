"""Which sensors a run listens to: the runner's own, the one that was named, the only one in sight; and never a neighbour's."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cued.core.events import CadenceSample, HeartRate, LinkState, SensorLink
from cued.errors import SensorError
from cued.runtime.onair import IN_SIGHT_NS, LOOK_NS, OnAirRun, own_sensors
from cued.runtime.pods import OFFER
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from cued.units import NS_PER_S
from tests.runtime.on_air import NEIGHBOUR, POD, SPARE, STRAP, Air, sighting

MINE = KnownSensor(POD, "Roadrunner", ("cadence",), CadenceUnit.STRIDES, "runner")
OTHER = KnownSensor(SPARE, "Spare", ("cadence",))
CHEST = KnownSensor(STRAP, "Strap", ("heart rate",))
NO_POD = "No pod. Take a few steps. Close other apps that hold it."


@pytest.fixture
def air(tmp_path: Path) -> Air:
    return Air(tmp_path)


def own(air: Air, *sensors: KnownSensor) -> None:
    for sensor in sensors:
        air.known.put(sensor)


def waited(air: Air, run: OnAirRun) -> list[str]:
    """Started and waited for; the sensors that a link is kept to."""
    run.start()
    run.wait(air.spoken.append)
    return air.radios[-1].kept


# --- the choice ----------------------------------------------------------------------------------------------------


def test_without_a_word_it_is_all_of_the_runners_own(air: Air) -> None:
    own(air, MINE, CHEST, OTHER)
    assert own_sensors("", air.known) == (MINE, CHEST, OTHER)


def test_a_strap_alone_is_no_reason_not_to_look_for_a_pod(air: Air) -> None:
    own(air, CHEST)
    assert own_sensors("", air.known) == ()


@pytest.mark.parametrize("word", ["Roadrunner", "roadrunner", POD, POD.lower(), POD.replace(":", "-")])
def test_a_pod_that_is_named_comes_with_the_strap_and_without_the_other_pods(air: Air, word: str) -> None:
    own(air, OTHER, CHEST, MINE)
    assert own_sensors(word, air.known) == (MINE, CHEST)


@pytest.mark.parametrize("word", [NEIGHBOUR, NEIGHBOUR.lower().replace(":", "-")])
def test_an_address_that_is_not_known_is_taken_as_it_is(air: Air, word: str) -> None:
    own(air, MINE, CHEST)
    assert own_sensors(word, air.known) == (KnownSensor(NEIGHBOUR), CHEST)


@pytest.mark.parametrize("word", ["C0:FF:EE:00:00", "CO:FF:EE:00:00:01", "C0:FF:EE:00:00:01:02", "c0-ff-ee-00-00-0g"])
def test_a_slip_in_an_address_is_an_error_and_no_name(air: Air, word: str) -> None:
    own(air, MINE)
    with pytest.raises(SensorError, match="is no Bluetooth address such as"):
        own_sensors(word, air.known)


def test_a_name_that_two_of_the_runners_pods_have_is_asked_about(air: Air) -> None:
    own(air, MINE, KnownSensor(SPARE, MINE.name, ("cadence",)))
    with pytest.raises(SensorError, match=f"2 of your sensors are called Roadrunner: give an address, {POD} or {SPARE}"):
        own_sensors("Roadrunner", air.known)
    assert own_sensors(SPARE, air.known)[0].address == SPARE


def test_the_runners_pod_under_a_new_name_keeps_what_is_known_of_it(air: Air) -> None:
    own(air, MINE, CHEST)
    run = air.run("New Name", [sighting(POD, "New Name")])
    air.time.at(6, partial(air.come_up, 85))
    assert waited(air, run) == [POD, STRAP]
    assert air.spoken == ["Roadrunner connected. Battery ninety percent. Cadence one seventy."]


def test_a_name_that_is_not_known_has_to_be_looked_for(air: Air) -> None:
    own(air, MINE)
    assert own_sensors("Somebody", air.known) == ()


def test_a_sensor_without_cadence_is_refused_by_name(air: Air) -> None:
    own(air, MINE, CHEST)
    with pytest.raises(SensorError, match="Strap gives heart rate and no cadence: name a pod"):
        own_sensors("strap", air.known)


def test_a_list_of_sensors_that_cannot_be_read_is_an_error(air: Air) -> None:
    air.known.path.write_text("[]")
    with pytest.raises(SensorError, match="your sensors cannot be read"):
        air.run()


# --- the runner's own ----------------------------------------------------------------------------------------------


def test_a_known_pod_is_called_before_anybody_waits_and_nobody_looks_around(air: Air) -> None:
    own(air, MINE, CHEST)
    run = air.run()
    run.start()
    assert air.radios[0].kept == [POD, STRAP]
    air.time.at(2, partial(air.come_up, 85))
    run.wait(air.spoken.append)
    assert air.spoken == ["Roadrunner connected. Battery ninety percent. Cadence one seventy."]


def test_a_neighbours_pod_is_never_taken_while_the_runners_own_is_known(air: Air) -> None:
    own(air, MINE)
    run = air.run("", [sighting(NEIGHBOUR, "Neighbour")])
    air.time.at(150, partial(air.come_up, 85))
    assert waited(air, run) == [POD]
    assert len(air.radios) == 1
    assert air.spoken[0] == NO_POD


def test_an_address_that_nobody_knows_is_kept_and_its_unit_is_found_out_for_this_run_alone(air: Air) -> None:
    run = air.run(NEIGHBOUR.lower())
    run.start()
    air.time.at(
        1,
        partial(air.link, address=NEIGHBOUR),
        partial(air.battery, 90, NEIGHBOUR),
        partial(air.sample, 85, address=NEIGHBOUR),
    )
    run.wait(air.spoken.append)
    assert air.radios[0].kept == [NEIGHBOUR]
    assert air.spoken == ["Pod connected. Battery ninety percent."]
    air.begin(run)
    for _ in range(30):
        air.time.pass_s(1)
        air.sample(85, address=NEIGHBOUR)
    samples = [event for event in air.handed_on if isinstance(event, CadenceSample)]
    assert (samples[0].spm, samples[0].raw) == (None, 85)
    assert (samples[-1].spm, samples[-1].raw) == (170.0, 85)
    run.close()
    assert air.known.all() == ()


# --- looking around ------------------------------------------------------------------------------------------------


def test_the_only_pod_in_sight_is_taken_and_called_by_its_name(air: Air) -> None:
    run = air.run("", [sighting(NEIGHBOUR, "Lone Pod"), sighting(STRAP, "Strap", service=1)])
    air.time.at(6, partial(air.link, address=NEIGHBOUR), partial(air.battery, 50, NEIGHBOUR))
    assert waited(air, run) == [NEIGHBOUR]
    assert air.spoken == ["Lone Pod connected. Battery fifty percent."]
    assert air.shown[0] == "looking for a pod"


def test_the_runners_strap_joins_a_pod_that_was_found(air: Air) -> None:
    own(air, CHEST)
    run = air.run("", [sighting(POD)])
    air.time.at(5, air.come_up)
    assert waited(air, run) == [POD, STRAP]
    air.begin(run)
    air.time.pass_s(40)
    air.link(address=STRAP)
    air.heart(150)
    assert air.handed_on == [SensorLink(0, LinkState.FOUND), HeartRate(40 * NS_PER_S, 150)]


def test_of_several_none_is_taken_and_their_names_are_told_once(air: Air) -> None:
    both = [sighting(POD, "A"), sighting(NEIGHBOUR, None)]
    run = air.run("", both, both, both, [])
    air.time.at(31, stop_looking)
    with pytest.raises(KeyboardInterrupt):
        waited(air, run)
    assert air.radios == []
    (told,) = air.shown[1:]
    assert told.startswith(f"pods in sight: A ({POD}), nameless ({NEIGHBOUR}). ")
    assert "--sensor ble:ADDRESS" in told


def stop_looking() -> None:
    raise KeyboardInterrupt


def test_one_of_two_that_a_look_misses_does_not_make_the_other_the_only_one(air: Air) -> None:
    both, one = [sighting(POD, "A"), sighting(NEIGHBOUR, "B")], [sighting(NEIGHBOUR, "B")]
    run = air.run("", both, one)
    air.time.at(IN_SIGHT_NS / NS_PER_S - 1, stop_looking)
    with pytest.raises(KeyboardInterrupt):
        waited(air, run)
    assert air.radios == []


def test_a_neighbour_who_has_gone_makes_the_rest_the_only_one(air: Air) -> None:
    both, one = [sighting(POD, "A"), sighting(NEIGHBOUR, "B")], [sighting(POD, "A")]
    run = air.run("", both, one)
    air.time.at((IN_SIGHT_NS + 5 * LOOK_NS) / NS_PER_S, air.come_up)
    assert waited(air, run) == [POD]


@pytest.mark.parametrize("name", ["B", "b"])
def test_a_name_is_looked_for_among_several(air: Air, name: str) -> None:
    own(air, MINE, CHEST)
    run = air.run(name, [sighting(POD, "A"), sighting(NEIGHBOUR, "B")])
    air.time.at(6, partial(air.link, address=NEIGHBOUR), partial(air.battery, address=NEIGHBOUR))
    assert waited(air, run) == [NEIGHBOUR, STRAP]
    assert air.shown[0] == f"looking for a pod called {name}"


def test_a_pod_of_another_name_is_told_and_not_taken(air: Air) -> None:
    run = air.run("B", [sighting(NEIGHBOUR, "A")], [sighting(NEIGHBOUR, "A")], [sighting(POD, "B")])
    air.time.at(14, air.come_up)
    assert waited(air, run) == [POD]
    assert f"pods in sight: A ({NEIGHBOUR})" in air.shown[1]


def test_two_of_one_name_are_told_by_address_and_neither_is_taken(air: Air) -> None:
    run = air.run("Pod", [sighting(POD), sighting(NEIGHBOUR)])
    air.time.at(20, stop_looking)
    with pytest.raises(KeyboardInterrupt):
        waited(air, run)
    assert air.radios == []
    assert f"Pod ({POD}), Pod ({NEIGHBOUR})" in air.shown[1]


def test_after_a_minute_without_a_pod_it_is_said_what_helps_once_in_all(air: Air) -> None:
    run = air.run("", *[[]] * 20, [sighting(POD)])
    air.time.at(170, air.come_up)
    waited(air, run)
    assert air.spoken == [NO_POD, "Pod connected. Battery ninety percent."]
    assert air.shown.count(OFFER) == 1


def test_a_minute_is_a_minute_of_looking_and_connecting_together(air: Air) -> None:
    run = air.run("", *[[]] * 12, [sighting(POD)])
    air.time.at(100, air.come_up)
    waited(air, run)
    assert air.spoken[0] == NO_POD
    assert len(air.spoken) == 2


def test_a_scan_that_fails_is_told_once_and_tried_again_at_leisure(air: Air) -> None:
    off = SensorError("the Bluetooth adapter is switched off")
    run = air.run("", off, off, off, [sighting(POD)])
    air.time.at(17, air.come_up)
    waited(air, run)
    assert air.shown[:2] == ["looking for a pod", "the Bluetooth adapter is switched off"]
    assert len(air.shown) == 3
    assert air.time.passed_ns == 17 * NS_PER_S  # three rests and a look are 16


def test_while_sound_goes_out_over_the_adapter_it_looks_only_every_thirty_seconds(air: Air) -> None:
    run = air.run("", [], [], [sighting(POD)])
    air.scan.rest_s = 30
    air.time.at(70, air.come_up)
    waited(air, run)
    assert air.scan.looks == 3
    assert air.time.passed_ns == 70 * NS_PER_S  # two rests of 30 s and a look are 64


def test_ctrl_c_while_it_waits_goes_through_and_the_links_end(air: Air) -> None:
    own(air, MINE)
    run = air.run()
    air.time.at(5, stop_looking)
    with pytest.raises(KeyboardInterrupt):
        waited(air, run)
    run.close()
    assert air.radios[0].stopped


def test_what_was_never_started_can_be_ended(air: Air) -> None:
    run = air.run("", [])
    assert run.collect(0) == []
    run.close()
    assert air.radios == []


def test_a_unit_that_a_run_found_out_is_the_next_runs_word(air: Air) -> None:
    own(air, replace(MINE, cadence_unit=CadenceUnit.AUTO, said_by=""))
    run = air.run()
    run.start()
    air.come_up(85)
    run.wait(air.spoken.append)
    air.begin(run)
    for _ in range(30):
        air.time.pass_s(1)
        air.sample(85)
    run.close()
    again = air.run()
    again.start()
    air.come_up(85)
    again.wait(air.spoken.append)
    assert air.spoken[-1] == "Roadrunner connected. Battery ninety percent. Cadence one seventy."
