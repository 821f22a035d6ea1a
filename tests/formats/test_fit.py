"""What a FIT file's bytes become."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cued.errors import FormatError
from cued.formats.activity import Activity, Lap, Pause
from cued.formats.fit import read_fit
from cued.units import NS_PER_S
from tests.support.fit_encoder import (
    CYCLING,
    RUNNING,
    START,
    START_S,
    STOP,
    STOP_ALL,
    SWIMMING,
    TREADMILL_GYM,
    FitWriter,
    Item,
    Reading,
    fit_run,
    sealed,
    steady,
)


def read(data: bytes) -> Activity:
    return read_fit("run.fit", "0" * 64, data)


def test_one_leg_and_its_fraction_are_doubled_into_steps() -> None:
    activity = read(fit_run([Reading(0, cadence=82, fractional=0.5), Reading(1, cadence=83)]))
    assert [record.cadence_spm for record in activity.records] == [165.0, 166.0]
    assert activity.notes == ()


def test_every_quantity_arrives_in_its_unit() -> None:
    record = read(fit_run([Reading(0, distance_m=0), Reading(1, distance_m=2.8)])).records[1]
    assert record.at_ns == NS_PER_S
    assert record.speed_mps == pytest.approx(2.8)
    assert record.distance_m == pytest.approx(2.8)
    assert record.heart_rate_bpm == 140
    assert record.ground_contact_time_ms == pytest.approx(250)
    assert record.vertical_oscillation_mm == pytest.approx(90)
    assert record.altitude_m == pytest.approx(100)


def test_the_file_tells_when_and_by_what_it_was_recorded() -> None:
    activity = read(fit_run(steady(5)))
    assert activity.start_utc == datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=START_S)
    assert activity.device == "stryd"
    assert activity.sport == "running"


def test_a_count_too_high_for_one_leg_is_not_doubled_and_that_is_noted() -> None:
    activity = read(fit_run(steady(30, cadence=168)))
    assert {record.cadence_spm for record in activity.records} == {168.0}
    assert any("not doubled" in note for note in activity.notes)


def test_walking_does_not_make_steps_of_one_leg() -> None:
    walk = [Reading(t, cadence=56, speed_mps=1.4) for t in range(40)]
    run = [Reading(t, cadence=84, speed_mps=3.0) for t in range(40, 60)]
    assert [record.cadence_spm for record in read(fit_run(walk + run)).records] == [112.0] * 40 + [168.0] * 20


def test_a_spike_of_nonsense_does_not_decide_whether_legs_are_doubled() -> None:
    readings = steady(30)
    readings[3] = replace(readings[3], cadence=240)
    cadences = [record.cadence_spm for record in read(fit_run(readings)).records]
    assert cadences[2] == 164.0
    assert cadences[3] is None  # 480 steps a minute are nobody's


def test_what_devices_write_for_not_measured_is_absent() -> None:
    nothing = Reading(
        0, cadence=None, speed_mps=None, heart_rate=None, stance_time_ms=None, oscillation_mm=None, altitude_m=None
    )
    zeros = Reading(1, heart_rate=0, stance_time_ms=0.0, oscillation_mm=0.0)
    absent, zero, _ = read(fit_run([nothing, zeros, Reading(2)])).records
    assert absent.cadence_spm is None
    assert absent.speed_mps is None
    assert absent.altitude_m is None
    assert (zero.heart_rate_bpm, zero.ground_contact_time_ms, zero.vertical_oscillation_mm) == (None, None, None)


def test_a_speed_no_runner_reaches_is_absent() -> None:
    assert read(fit_run([Reading(0, speed_mps=65.534), Reading(1)])).records[0].speed_mps is None


def test_standing_is_a_cadence_of_zero_and_not_an_absent_one() -> None:
    assert read(fit_run([Reading(0), Reading(1, cadence=0)])).records[1].cadence_spm == 0.0


def test_timer_events_become_pauses() -> None:
    timer = [(0, START), (10, STOP), (40, START), (60, STOP_ALL)]
    readings = [reading for reading in steady(60) if not 10 < reading.t < 40]
    assert read(fit_run(readings, timer=timer)).pauses == (Pause(10 * NS_PER_S, 40 * NS_PER_S),)


def test_a_timer_that_stops_twice_is_one_pause_and_one_that_never_starts_again_lasts_to_the_end() -> None:
    timer = [(0, START), (10, STOP), (12, STOP_ALL), (20, START), (50, STOP)]
    expected = (Pause(10 * NS_PER_S, 20 * NS_PER_S), Pause(50 * NS_PER_S, 60 * NS_PER_S))
    assert read(fit_run(steady(60), timer=timer)).pauses == expected


def test_laps_are_cut_to_the_activity() -> None:
    assert read(fit_run(steady(60), laps=[(-5, 30), (30, 90)])).laps == (
        Lap(0, 30 * NS_PER_S),
        Lap(30 * NS_PER_S, 60 * NS_PER_S),
    )


def test_an_app_s_fields_count_where_the_device_itself_has_none() -> None:
    app = [(0, "Ground Time", "Milliseconds"), (1, "Vertical Oscillation", "Centimeters"), (2, "Cadence", "RPM")]
    readings = [
        Reading(t, cadence=None, stance_time_ms=None, oscillation_mm=None, app=((0, 243), (1, 7.5), (2, 84))) for t in range(5)
    ]
    record = read(fit_run(readings, app_fields=app)).records[2]
    assert record.ground_contact_time_ms == pytest.approx(243)
    assert record.vertical_oscillation_mm == pytest.approx(75)
    assert record.cadence_spm == pytest.approx(168)


def test_an_app_s_fields_never_replace_the_device_s_own() -> None:
    app = [(0, "Ground Time", "Milliseconds")]
    readings = [replace(reading, app=((0, 199),)) for reading in steady(5)]
    readings[2] = replace(readings[2], stance_time_ms=None)
    times = [record.ground_contact_time_ms for record in read(fit_run(readings, app_fields=app)).records]
    assert times == [250, 250, None, 250, 250, 250]


def test_records_out_of_order_and_twice_are_mended_and_told() -> None:
    readings = [Reading(0), Reading(2, cadence=84), Reading(1), Reading(2, cadence=None, heart_rate=150)]
    activity = read(fit_run(readings))
    assert [record.at_ns // NS_PER_S for record in activity.records] == [0, 1, 2]
    assert (activity.records[2].cadence_spm, activity.records[2].heart_rate_bpm) == (168.0, 150)
    assert activity.notes == (
        "its time steps backwards once: the records were put in order",
        "records share a moment once: the later values were taken",
    )


def test_a_distance_that_falls_is_left_out() -> None:
    readings = [Reading(t, distance_m=metres) for t, metres in enumerate([0.0, 3.0, 1.0, 9.0])]
    activity = read(fit_run(readings))
    assert [record.distance_m for record in activity.records] == [0.0, 3.0, None, 9.0]
    assert activity.notes == ("its distance falls once: those values were left out",)


def test_a_header_of_the_first_protocol_is_read_too() -> None:
    assert len(read(fit_run(steady(5), header_size=12)).records) == 6


def test_bytes_behind_the_file_are_left_out_and_told() -> None:
    activity = read(fit_run(steady(5)) + b"\0" * 7)
    assert activity.notes == ("7 bytes after the end of the FIT data were left out",)


def test_a_treadmill_filed_as_gym_is_a_run() -> None:
    assert read(fit_run(steady(5), sports=[(TREADMILL_GYM, 1)])).sport == "running"


def test_a_file_without_a_sport_is_taken_for_a_run_and_says_so() -> None:
    activity = read(fit_run(steady(5), sports=[]))
    assert activity.sport == "unknown"
    assert activity.notes == ("it names no sport and is taken for a run",)


def test_compressed_time_stamps_count_on_from_the_last_whole_one() -> None:
    writer = FitWriter()
    writer.message(20, Reading(0).items())
    data = bytearray(writer.data()[:-2])
    # A second layout (local message 1) without a time stamp, used with the protocol's five-bit time offset.
    body = bytes((0x41, 0, 0, 20, 0, 1, 4, 1, 2))
    for t in (1, 2):
        body += bytes((0x80 | 1 << 5 | (START_S + t) & 0x1F, 82))
    data += body
    data[4:8] = (len(data) - 14).to_bytes(4, "little")
    assert [record.at_ns // NS_PER_S for record in read(sealed(bytes(data))).records] == [0, 1, 2]


REFUSED = {
    "a swim": (fit_run(steady(5), sports=[(SWIMMING, 17)]), "recording of swimming"),
    "a ride": (fit_run(steady(5), sports=[(CYCLING, 0)]), "recording of cycling"),
    "a sport too new to name": (fit_run(steady(5), sports=[(200, 0)]), "sport number 200"),
    "a triathlon": (
        fit_run(steady(5), sports=[(SWIMMING, 0), (CYCLING, 0), (RUNNING, 0)]),
        r"several sports \(swimming, cycling, running\)",
    ),
    "no records": (fit_run([]), "holds no records"),
    "no message at all": (FitWriter().data(), "empty or was never closed"),
    "one record": (fit_run([Reading(0)]), "one moment"),
    "no cadence": (fit_run(steady(5, cadence=None)), "no cadence: record the run with a foot pod"),
    "a cadence of zero throughout": (fit_run(steady(5, cadence=0)), "no cadence"),
    "a clock that jumped": (fit_run([Reading(0), Reading(25 * 3600)]), "span 25 hours"),
    "a header cut short": (fit_run(steady(5))[:11], "header is damaged"),
    "a header of an odd size": (b"\x07" + fit_run(steady(5))[1:], "header is damaged"),
    "a flipped bit": (fit_run(steady(5))[:-9] + b"\x55" + fit_run(steady(5))[-8:], "checksum does not match"),
    "a message without a layout": (
        sealed(b"\x0c\x20\x54\x08\x01\x00\x00\x00.FIT" + b"\x05"),
        "cannot be decoded",
    ),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_without_a_readable_run_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_a_file_cut_short_is_refused_and_says_how_much_of_the_run_is_there() -> None:
    data = fit_run(steady(600))
    with pytest.raises(FormatError, match=r"cut short: \d+ of its \d+ bytes are there \(up to 4 min 5\d s of the run\)"):
        read(data[: len(data) // 2])


def test_a_product_s_name_cannot_steer_a_terminal() -> None:
    writer = FitWriter()
    writer.message(0, [Item(0, "enum", 4), Item(8, "string", b"Pod\x1b[31m\x07 X\0")])
    for reading in steady(3):
        writer.message(20, reading.items())
    assert read(writer.data()).device == "Pod[31m X"
