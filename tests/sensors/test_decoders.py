"""Bytes to values and back: whatever a device sends, it is a value or a sentence that says what is wrong with it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.errors import SensorError
from cued.sensors.battery import BatteryLevel, decode_battery, encode_battery
from cued.sensors.decoders import DECODERS, canonical_uuid, decoder_of
from cued.sensors.hrs import HeartRateMeasurement, decode_heart_rate, encode_heart_rate
from cued.sensors.payload import PayloadError
from cued.sensors.rsc import (
    RscFeature,
    RscMeasurement,
    SensorLocation,
    decode_feature,
    decode_location,
    decode_measurement,
    encode_feature,
    encode_location,
    encode_measurement,
)
from cued.sensors.stryd import CONTACT_TIME_UUID, ContactTime, decode_contact_time, encode_contact_time
from cued.sensors.treadmill import TreadmillData, decode_treadmill, encode_treadmill
from tests.support.tools import missing

U8: Final = st.integers(0, 0xFF)
U16: Final = st.integers(0, 0xFFFF)
FLAGS: Final = range(256)


def optional(values: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | values


def over(value: int | None, units: int) -> float | None:
    return None if value is None else value / units


# --- every decoder -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uuid", DECODERS)
@given(st.binary(max_size=40))
def test_any_bytes_give_a_value_or_a_payload_error_of_one_line(uuid: str, data: bytes) -> None:
    refused: PayloadError | None = None
    try:
        value = DECODERS[uuid].decode(data)
    except PayloadError as error:
        refused = error
    else:
        assert hash(value) == hash(DECODERS[uuid].decode(data))
    assert refused is None or (refused.field and "\n" not in str(refused))


@pytest.mark.parametrize("uuid", [uuid for uuid in DECODERS if uuid != CONTACT_TIME_UUID])
@given(st.binary(min_size=1, max_size=30), st.binary(min_size=1, max_size=6))
def test_bytes_behind_the_last_known_field_change_nothing(uuid: str, data: bytes, more: bytes) -> None:
    decode = DECODERS[uuid].decode
    if uuid == "2A37":
        data = bytes([data[0] & ~0x10]) + data[1:]  # RR intervals go on to the end: there is nothing behind them
    try:
        value = decode(data)
    except PayloadError:
        return
    assert decode(data + more) == value


@pytest.mark.parametrize("uuid", DECODERS)
def test_no_bytes_at_all_are_refused_with_what_is_needed(uuid: str) -> None:
    with pytest.raises(PayloadError, match=r"0 are there|has 0 bytes"):
        DECODERS[uuid].decode(b"")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("2A53", "2a53", "0x2A53", "0X2a53", " 2a53 ", "00002A53-0000-1000-8000-00805F9B34FB"), "2A53"),
        ((CONTACT_TIME_UUID, CONTACT_TIME_UUID.upper()), CONTACT_TIME_UUID),
    ],
)
def test_a_characteristic_goes_by_its_number_or_its_long_form(words: tuple[str, ...], key: str) -> None:
    for word in words:
        assert canonical_uuid(word) == key
        assert decoder_of(word) is DECODERS[key]


@pytest.mark.parametrize("word", ["", "2A5", "2A533", "running", "00002a53-0000-1000-8000-00805f9b34f", "0x", "2A5G"])
def test_what_is_no_uuid_is_refused(word: str) -> None:
    with pytest.raises(SensorError, match="is no UUID"):
        decoder_of(word)


def test_a_characteristic_that_cued_cannot_read_is_refused_with_those_it_can() -> None:
    with pytest.raises(SensorError, match=r"no decoder for 2A5B: cued reads 2A53 \(RSC Measurement\)"):
        decoder_of("2A5B")


# --- running speed and cadence -------------------------------------------------------------------------------------

RSC_TAIL: Final = bytes([0x6E, 0x00]), bytes([0xFC, 0x03, 0x00, 0x00])
"""1.10 m and 102.0 m, as a pod sends them."""


@pytest.mark.parametrize("flags", FLAGS)
def test_each_flag_byte_of_an_rsc_measurement_brings_its_fields(flags: int) -> None:
    stride, total = (part if flags & bit else b"" for part, bit in zip(RSC_TAIL, (1, 2), strict=True))
    whole = bytes([flags, 0x85, 0x02, 82]) + stride + total
    value = decode_measurement(whole)
    assert value == RscMeasurement(645 / 256, 82, 1.1 if flags & 1 else None, 102.0 if flags & 2 else None, bool(flags & 4))
    for short in range(len(whole)):
        with pytest.raises(PayloadError):
            decode_measurement(whole[:short])


def test_a_short_rsc_measurement_says_which_field_is_cut() -> None:
    with pytest.raises(PayloadError, match="total distance needs 4 bytes from byte 4 on, and 2 are there") as caught:
        decode_measurement(bytes.fromhex("028002b41027"))
    assert (caught.value.what, caught.value.field) == ("RSC measurement", "total distance")
    with pytest.raises(PayloadError, match="cadence needs 1 byte from byte 3 on, and 0 are there"):
        decode_measurement(bytes.fromhex("008002"))


rsc_values = st.builds(
    RscMeasurement,
    U16.map(lambda raw: raw / 256),
    U8,
    optional(U16).map(lambda raw: over(raw, 100)),
    optional(st.integers(0, 0xFFFF_FFFF)).map(lambda raw: over(raw, 10)),
    st.booleans(),
)


@given(rsc_values)
def test_an_rsc_measurement_comes_back_as_it_went(value: RscMeasurement) -> None:
    assert decode_measurement(encode_measurement(value)) == value


@given(st.builds(RscFeature, *[st.booleans()] * 5))
def test_an_rsc_feature_comes_back_as_it_went(value: RscFeature) -> None:
    assert decode_feature(encode_feature(value)) == value


def test_the_bits_of_an_rsc_feature_stand_in_the_order_of_the_service() -> None:
    assert decode_feature(b"\x05\x00") == RscFeature(True, False, True, False, False)
    assert decode_feature(b"\xe0\xff") == RscFeature(False, False, False, False, False)


@pytest.mark.parametrize("code", FLAGS)
def test_a_sensor_location_comes_back_with_its_place_where_a_runner_has_it(code: int) -> None:
    value = decode_location(bytes([code]))
    assert value.code == code
    assert encode_location(value) == bytes([code])
    assert (value.place is None) == (code not in {0, 1, 2, 3, 14})
    assert decode_location(b"\x01") == SensorLocation(1, "top of shoe")


def vectors(run_data: Path) -> list[dict[str, str]]:
    path = run_data / "rsc_vectors.tsv"
    if not path.is_file():
        missing("no rsc_vectors.tsv among the shared recordings")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_payloads_of_real_devices_say_what_others_found_in_them(run_data: Path) -> None:
    rows = vectors(run_data)
    assert len(rows) >= 12
    for row in rows:
        data = bytes.fromhex(row["hex"])
        if row["speed_ms"] == "INVALID":
            with pytest.raises(PayloadError):
                decode_measurement(data)
            continue
        stride, total = (float(row[name]) if row[name] else None for name in ("stride_length_m", "total_distance_m"))
        assert decode_measurement(data) == RscMeasurement(
            float(row["speed_ms"]), int(row["cadence_raw"]), stride, total, row["status"] == "running"
        ), row["source"]
        assert encode_measurement(decode_measurement(data)) == data


# --- heart rate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", FLAGS)
def test_each_flag_byte_of_a_heart_rate_brings_its_fields(flags: int) -> None:
    bpm = bytes([0x8E, 0x00]) if flags & 0x01 else bytes([0x8E])
    energy = bytes([0x2C, 0x01]) if flags & 0x08 else b""
    intervals = bytes([0x00, 0x02, 0xAA, 0x01]) if flags & 0x10 else b""
    promised = bytes([flags]) + bpm + energy
    value = decode_heart_rate(promised + intervals)
    contact = bool(flags & 0x02) if flags & 0x04 else None
    times = (0.5, 426 / 1024) if intervals else ()
    assert value == HeartRateMeasurement(142, contact, 300 if energy else None, times)
    for short in range(len(promised)):
        with pytest.raises(PayloadError):
            decode_heart_rate(promised[:short])
    if intervals:
        assert decode_heart_rate(promised).rr_intervals_s == ()
        with pytest.raises(PayloadError, match="RR interval needs 2 bytes"):
            decode_heart_rate(promised + intervals[:3])


@given(
    st.builds(
        HeartRateMeasurement,
        U16,
        st.none() | st.booleans(),
        optional(U16),
        st.lists(U16.map(lambda raw: raw / 1024), max_size=9).map(tuple),
    )
)
def test_a_heart_rate_comes_back_as_it_went(value: HeartRateMeasurement) -> None:
    assert decode_heart_rate(encode_heart_rate(value)) == value


# --- battery, treadmill, contact time ------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", FLAGS)
def test_a_battery_level_is_a_percentage(percent: int) -> None:
    if percent <= 100:
        assert decode_battery(bytes([percent])) == BatteryLevel(percent)
        assert encode_battery(BatteryLevel(percent)) == bytes([percent])
    else:
        with pytest.raises(PayloadError, match=f"{percent} % is more than full"):
            decode_battery(bytes([percent]))


TREADMILL_PARTS: Final = {
    0x02: bytes([0xE8, 0x03]),
    0x04: bytes([0x10, 0x27, 0x00]),
    0x08: bytes([0x0F, 0x00, 0xF6, 0xFF]),
}


@pytest.mark.parametrize("flags", FLAGS)
def test_each_flag_byte_of_treadmill_data_brings_what_stands_before_the_paces(flags: int) -> None:
    parts = b"".join(part for bit, part in TREADMILL_PARTS.items() if flags & bit)
    whole = bytes([flags, 0]) + (b"" if flags & 1 else bytes([0xB0, 0x04])) + parts
    value = decode_treadmill(whole + b"\xff" * 9)
    assert value.speed_mps == (None if flags & 1 else pytest.approx(12 / 3.6))
    assert value.average_speed_mps == (pytest.approx(10 / 3.6) if flags & 2 else None)
    assert value.total_distance_m == (10_000 if flags & 4 else None)
    assert (value.incline_percent, value.ramp_degrees) == ((1.5, -1.0) if flags & 8 else (None, None))
    for short in range(len(whole)):
        with pytest.raises(PayloadError):
            decode_treadmill(whole[:short])


speeds = optional(U16).map(lambda raw: over(raw, 360))
tenths = st.integers(-0x8000, 0x7FFF).map(lambda raw: raw / 10)


@given(speeds, speeds, optional(st.integers(0, 0xFF_FFFF)), st.none() | st.tuples(tenths, tenths))
def test_treadmill_data_come_back_as_they_went(
    speed: float | None, average: float | None, total: int | None, slope: tuple[float, float] | None
) -> None:
    value = TreadmillData(speed, average, total, *(slope or (None, None)))
    assert decode_treadmill(encode_treadmill(value)) == value


@given(U16)
def test_a_contact_time_comes_back_as_it_went(ms: int) -> None:
    frame = encode_contact_time(ContactTime(ms))
    assert (len(frame), frame[0], frame[4:6]) == (20, 0x32, ms.to_bytes(2, "little"))
    assert decode_contact_time(frame) == ContactTime(ms)


def test_a_frame_of_another_length_or_kind_holds_no_contact_time() -> None:
    frame = encode_contact_time(ContactTime(231))
    for other in (frame[:-1], frame + b"\x00"):
        with pytest.raises(PayloadError, match=f"it has {len(other)} bytes where 20 are needed"):
            decode_contact_time(other)
    with pytest.raises(PayloadError, match="its first byte is 0x31 where 0x32 is needed"):
        decode_contact_time(b"\x31" + frame[1:])
