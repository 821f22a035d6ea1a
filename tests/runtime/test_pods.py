"""The runner's sensors on the air, without the air: what is told before the start, and what the run gets of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cued.core.events import BatteryLow, CadenceSample, HeartRate, LinkState, SensorLink
from cued.formats.sensor_log import Link
from cued.runtime.pods import OFFER, PATIENCE_NS, UNIT_UNKNOWN, Ready
from cued.sensors.air import Item
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from tests.runtime.on_air import POD, SPARE, STRAP, ZERO_NS, Air

MINE = KnownSensor(POD, "Roadrunner", ("cadence",), CadenceUnit.STEPS, "runner")
UNJUDGED = KnownSensor(POD, "Roadrunner", ("cadence",))
OTHER = KnownSensor(SPARE, "Spare", ("cadence",), CadenceUnit.STEPS, "runner")
CHEST = KnownSensor(STRAP, "Strap", ("heart rate",))


@pytest.fixture
def air(tmp_path: Path) -> Air:
    return Air(tmp_path)


def told(air: Air, sensor: KnownSensor = MINE, language: str = "en", *, raw: int = 172, percent: int = 90) -> Ready:
    pods = air.pods(sensor)
    air.time.at(1, partial(air.come_up, raw, percent))
    return pods.wait(air.spoken.append, language)


# --- before the start ----------------------------------------------------------------------------------------------


def test_a_pod_is_told_by_name_battery_and_live_value(air: Air) -> None:
    assert told(air) == Ready("Roadrunner", 90, 172.0, standing=False)
    assert air.spoken == ["Roadrunner connected. Battery ninety percent. Cadence one seventy-two."]
    assert air.shown == ["pod Roadrunner: connected, battery 90 %, 172 spm"]


def test_it_is_told_in_german_too(air: Air) -> None:
    told(air, language="de", raw=170, percent=19)
    assert air.spoken == ["Roadrunner verbunden. Batterie schwach, neunzehn Prozent. Kadenz einhundertsiebzig."]


def test_a_language_that_cued_does_not_speak_is_english(air: Air) -> None:
    told(air, language="xx")
    assert air.spoken == ["Roadrunner connected. Battery ninety percent. Cadence one seventy-two."]


@pytest.mark.parametrize(
    ("percent", "heard", "seen"),
    [
        (20, "Battery twenty percent.", "battery 20 %, 172"),
        (19, "Battery low, nineteen percent.", "battery 19 % (low: change it soon), 172"),
        (0, "Battery low, zero percent.", "battery 0 % (low: change it soon), 172"),
    ],
)
def test_a_battery_under_a_fifth_is_warned_of(air: Air, percent: int, heard: str, seen: str) -> None:
    told(air, percent=percent)
    assert heard in air.spoken[0]
    assert seen in air.shown[0]


def test_a_runner_who_stands_is_told_so_to_the_eye_alone(air: Air) -> None:
    assert told(air, raw=0).standing
    assert air.spoken == ["Roadrunner connected. Battery ninety percent."]
    assert air.shown == ["pod Roadrunner: connected, battery 90 %, standing"]


def test_a_number_whose_unit_nobody_knows_is_not_told_as_cadence(air: Air) -> None:
    assert told(air, UNJUDGED, raw=85) == Ready("Roadrunner", 90, None, standing=False)
    assert air.spoken == ["Roadrunner connected. Battery ninety percent."]
    assert air.shown == [f"pod Roadrunner: connected, battery 90 %, {UNIT_UNKNOWN}"]


def test_strides_are_told_as_steps(air: Air) -> None:
    told(air, replace(MINE, cadence_unit=CadenceUnit.STRIDES), raw=85)
    assert "Cadence one seventy." in air.spoken[0]


def test_a_pod_without_a_name_is_a_pod(air: Air) -> None:
    told(air, KnownSensor(POD, cadence_unit=CadenceUnit.STEPS))
    assert air.spoken[0].startswith("Pod connected.")
    assert air.shown[0].startswith("pod without a name: connected")


def test_a_battery_that_comes_a_moment_after_the_first_step_is_waited_for(air: Air) -> None:
    pods = air.pods(MINE)
    air.time.at(1, air.link, air.sample)
    air.time.at(1.4, air.sample)
    air.time.at(1.5, partial(air.battery, 12))
    assert pods.wait(air.spoken.append).battery_percent == 12
    assert air.time.passed_ns == 1_500_000_000


def test_a_battery_that_nobody_tells_is_not_waited_for_long(air: Air) -> None:
    pods = air.pods(MINE)
    air.time.at(1, air.link, air.sample)
    assert pods.wait(air.spoken.append) == Ready("Roadrunner", None, 172.0, standing=False)
    assert air.spoken == ["Roadrunner connected. Cadence one seventy-two."]
    assert air.shown == ["pod Roadrunner: connected, battery unknown, 172 spm"]
    assert 3_900_000_000 <= air.time.passed_ns <= 4_300_000_000


def test_a_pod_that_is_connected_and_silent_stands(air: Air) -> None:
    pods = air.pods(MINE)
    air.time.at(1, air.link, air.battery)
    assert pods.wait(air.spoken.append) == Ready("Roadrunner", 90, None, standing=True)
    assert air.shown == ["pod Roadrunner: connected, battery 90 %, standing"]
    assert 3_900_000_000 <= air.time.passed_ns <= 4_300_000_000


def test_a_strap_alone_is_no_pod(air: Air) -> None:
    pods = air.pods(MINE, CHEST)
    air.time.at(1, partial(air.link, address=STRAP), air.heart)
    air.time.at(9, air.come_up)
    assert pods.wait(air.spoken.append).name == "Roadrunner"
    assert air.time.passed_ns == 9_000_000_000


def test_a_stranger_is_no_pod_before_it_speaks_as_one(air: Air) -> None:
    pods = air.pods(KnownSensor(POD))
    air.time.at(1, air.link, air.battery)
    air.time.at(20, partial(air.sample, 172))
    assert pods.wait(air.spoken.append).spm is None, "its unit is not known"
    assert air.time.passed_ns == 20_000_000_000
    assert air.shown[:-1] == [
        f"{POD} is connected and has sent no cadence yet: take a few steps, or name a pod (`cued sensors scan` lists them)"
    ]


def test_a_treadmill_gives_a_pace_and_no_cadence_to_wait_for(air: Air) -> None:
    pods = air.pods(KnownSensor(SPARE, "Mill", ("treadmill speed",)), MINE)
    air.time.at(1, partial(air.link, address=SPARE), partial(air.belt, address=SPARE))
    air.time.at(9, air.come_up)
    assert pods.wait(air.spoken.append).name == "Roadrunner"


def test_a_pod_that_was_lost_before_it_was_asked_for_is_waited_for_again(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up()
    air.link(Link.DOWN)
    air.time.at(30, air.link)
    air.time.at(30.5, partial(air.sample, 160))
    assert pods.wait(air.spoken.append).spm == 160.0
    assert air.time.passed_ns == 30_500_000_000


def test_a_pod_that_was_there_while_nobody_asked_is_told_at_once(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up()
    assert pods.wait(air.spoken.append).spm == 172.0
    assert air.time.passed_ns == 0


def test_a_spare_does_where_the_preferred_pod_stays_away(air: Air) -> None:
    pods = air.pods(MINE, OTHER)
    assert air.radios[0].kept == [POD, SPARE]
    air.time.at(1, partial(air.link, address=SPARE), partial(air.battery, 55, SPARE), partial(air.sample, address=SPARE))
    assert pods.wait(air.spoken.append) == Ready("Spare", 55, 172.0, standing=False)


def test_after_a_minute_it_is_said_once_what_helps_and_still_looked_for(air: Air) -> None:
    pods = air.pods(MINE)
    air.time.at(200, air.come_up)
    pods.wait(air.spoken.append, until_ns=ZERO_NS + PATIENCE_NS)
    assert air.spoken[0] == "No pod. Take a few steps. Close other apps that hold it."
    assert air.spoken[1].startswith("Roadrunner connected.")
    assert len(air.spoken) == 2
    assert air.shown[:2] == ["looking for Roadrunner", OFFER]
    assert "--sensor none" in OFFER


def test_it_is_said_in_german_too(air: Air) -> None:
    pods = air.pods(MINE)
    air.time.at(61, air.come_up)
    pods.wait(air.spoken.append, "de", ZERO_NS + PATIENCE_NS)
    assert air.spoken[0] == "Kein Sensor. Geh ein paar Schritte. Schließe andere Apps, die ihn halten."


def test_a_pod_that_comes_in_time_makes_nobody_impatient(air: Air) -> None:
    pods = air.pods(MINE)
    air.time.at(59, air.come_up)
    pods.wait(air.spoken.append, until_ns=ZERO_NS + PATIENCE_NS)
    assert len(air.spoken) == 1


def test_the_radios_notes_are_told_while_it_waits_with_the_sensors_name(air: Air) -> None:
    pods = air.pods(MINE)
    air.time.at(1, partial(air.note, "it did not answer"), partial(air.note, "there is no adapter", None))
    air.time.at(2, partial(air.note, "who is that", SPARE), air.come_up)
    pods.wait(air.spoken.append)
    assert air.shown[:3] == ["Roadrunner: it did not answer", "there is no adapter", f"{SPARE}: who is that"]


# --- the run -------------------------------------------------------------------------------------------------------


def test_the_runs_time_begins_with_its_start_and_so_do_its_samples(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up()
    pods.wait(air.spoken.append)
    air.begin(pods, in_s=0.5)
    assert air.handed_on == [SensorLink(0, LinkState.FOUND)]
    air.time.pass_s(0.3)
    air.sample(170)
    air.time.pass_s(1.2)
    air.sample(174)
    assert air.handed_on[1:] == [CadenceSample(1_000_000_000, 174.0, 3.0, None, True, 174)]


def test_a_pod_that_is_lost_between_its_words_and_the_start_is_lost_at_zero(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up()
    pods.wait(air.spoken.append)
    air.link(Link.DOWN)
    air.begin(pods)
    assert air.handed_on == [SensorLink(0, LinkState.FOUND), SensorLink(0, LinkState.LOST)]
    air.time.pass_s(3)
    air.link()
    air.sample()
    assert [(event.at_ns, type(event)) for event in air.handed_on[2:]] == [
        (3_000_000_000, SensorLink),
        (3_000_000_000, CadenceSample),
    ]
    assert air.handed_on[2] == SensorLink(3_000_000_000, LinkState.UP)


def test_a_link_that_is_lost_while_the_start_is_near_is_not_forgotten(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up()
    air.begin(pods, in_s=0.5)
    air.time.pass_s(0.2)
    air.link(Link.DOWN)
    assert air.handed_on == [SensorLink(0, LinkState.FOUND), SensorLink(0, LinkState.LOST)]


def test_a_pod_that_stood_silent_is_found_with_its_first_step(air: Air) -> None:
    pods = air.pods(MINE)
    air.link()
    pods.wait(air.spoken.append)
    air.begin(pods)
    assert air.handed_on == []
    air.time.pass_s(2)
    air.sample()
    assert air.handed_on[0] == SensorLink(2_000_000_000, LinkState.FOUND)


def test_a_strap_that_comes_late_joins(air: Air) -> None:
    pods = air.pods(MINE, CHEST)
    air.come_up()
    pods.wait(air.spoken.append)
    air.begin(pods)
    air.time.pass_s(60)
    air.link(address=STRAP)
    air.heart(151)
    assert air.handed_on[1:] == [HeartRate(60_000_000_000, 151)]


def test_a_battery_that_runs_out_on_the_way_is_told_once(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up(percent=12)
    air.begin(pods)
    air.time.pass_s(60)
    air.battery(11)
    air.battery(10)
    air.battery(9)
    assert air.handed_on[1:] == [BatteryLow(60_000_000_000, 10)]


def test_a_strap_whose_battery_is_low_is_named_before_the_start_already(air: Air) -> None:
    pods = air.pods(MINE, CHEST)
    air.battery(8, STRAP)
    air.come_up(percent=8)
    pods.wait(air.spoken.append)
    assert [line for line in air.shown if "8 %" in line] == [
        "Strap: battery 8 %",
        "pod Roadrunner: connected, battery 8 % (low: change it soon), 172 spm",
    ]


def test_a_battery_that_was_low_before_the_start_has_been_told_then(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up(percent=8)
    air.begin(pods)
    air.time.pass_s(60)
    air.battery(7)
    assert air.handed_on == [SensorLink(0, LinkState.FOUND)]


def test_notes_in_mid_run_are_told_when_the_loop_comes_by(air: Air) -> None:
    pods = air.pods(MINE)
    air.come_up()
    pods.wait(air.spoken.append)
    air.begin(pods)
    air.note("it did not answer")
    assert len(air.shown) == 1
    assert pods.collect(0) == []
    assert pods.collect(1) == []
    assert air.shown[1:] == ["Roadrunner: it did not answer"]
    assert not pods.pending


def test_a_change_of_source_is_told(air: Air) -> None:
    pods = air.pods(MINE, OTHER)
    air.come_up()
    air.begin(pods)
    air.link(address=SPARE)
    air.sample(170, address=SPARE)
    air.link(Link.DOWN)
    pods.collect(0)
    assert air.shown == [f"Spare now gives {what}, in place of Roadrunner" for what in ("cadence", "speed and distance")]


def test_whoever_records_gets_everything_as_it_came(air: Air) -> None:
    pods = air.pods(MINE)
    recorded: list[Item] = []
    pods.listeners.append(recorded.append)
    air.come_up()
    air.note("a note is nothing to record")
    assert [type(item).__name__ for item in recorded] == ["LinkIs", "BatteryRead", "Notification"]
