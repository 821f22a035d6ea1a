"""What the FIT writer writes, read by an independent reader (fitdecode) and by cued's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import fitdecode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.formats.fit import read_fit
from cued.formats.fit_writer import TEXT_BYTES, FitRecord, FitRun, write_fit

START = datetime(2026, 9, 20, 17, 30, tzinfo=UTC)
RECORDS = tuple(
    FitRecord(
        at_s=float(second),
        cadence_spm=165.0 + second % 3,
        speed_mps=2.8,
        distance_m=2.8 * second,
        heart_rate_bpm=150 if second else None,
        ground_contact_time_ms=243.5,
        vertical_oscillation_mm=87.2,
        altitude_m=312.4,
        target_spm=None if second < 60 else 172.5,
        beat_spm=171.25 if second >= 60 else None,
        cue="Leichte Füße, eine Minute." if second == 60 else "",
    )
    for second in range(121)
    if not 80 < second < 90
)
RUN = FitRun(START, 121.0, RECORDS, ((0.0, 60.0, "warmup"), (60.0, 121.0, "feeder")), ((80.5, 89.5),))


def messages(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    """(name, fields) of every message, scaled and dated by fitdecode; it raises for what breaks the protocol."""
    with fitdecode.FitReader(data, check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE) as reader:
        frames = [frame for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA]
    return [(frame.name, {item.name: item.value for item in frame.fields}) for frame in frames]


FOUND = messages(write_fit(RUN))


def named(name: str) -> list[dict[str, Any]]:
    return [fields for found, fields in FOUND if found == name]


def test_every_record_is_there_with_its_units() -> None:
    records = named("record")
    assert len(records) == len(RECORDS)
    assert [record["timestamp"] for record in records] == [START + timedelta(seconds=one.at_s) for one in RECORDS]
    last = records[-1]
    assert (last["cadence"] + last["fractional_cadence"]) * 2 == pytest.approx(RECORDS[-1].cadence_spm, abs=0.02)
    assert last["speed"] == pytest.approx(2.8)
    assert last["distance"] == pytest.approx(336.0)
    assert (last["heart_rate"], last["stance_time"], last["vertical_oscillation"]) == (150, 243.5, 87.2)
    assert last["altitude"] == pytest.approx(312.4)
    assert records[0]["heart_rate"] is None


def test_cues_target_and_beat_are_developer_fields() -> None:
    records = named("record")
    assert [record["cue"] for record in records if "cue" in record] == ["Leichte Füße, eine Minute."]
    assert (records[-1]["target_cadence"], records[-1]["beat"]) == (172.5, 171.25)
    assert [(one["field_name"], one["units"]) for one in named("field_description")][:2] == [
        ("target_cadence", "spm"),
        ("beat", "spm"),
    ]


def test_there_is_a_lap_for_each_segment_and_one_session() -> None:
    laps = named("lap")
    assert [lap["segment"] for lap in laps] == ["warmup", "feeder"]
    assert [lap["total_timer_time"] for lap in laps] == [60.0, 52.0]
    assert [lap["start_time"] for lap in laps] == [START, START + timedelta(seconds=60)]
    (session,) = named("session")
    assert (session["sport"], session["num_laps"], session["total_elapsed_time"]) == ("running", 2, 121.0)
    assert session["total_timer_time"] == 112.0
    assert session["total_distance"] == pytest.approx(336.0)
    assert len(named("activity")) == len(named("file_id")) == 1
    timer = [(event["event_type"], event["timestamp"] - START) for event in named("event")]
    assert [kind for kind, _ in timer] == ["start", "stop_all", "start", "stop_all"]


def test_cued_reads_what_it_wrote() -> None:
    activity = read_fit("run.fit", "", write_fit(RUN))
    assert activity.start_utc == START
    assert len(activity.records) == len(RECORDS)
    assert activity.records[5].cadence_spm == pytest.approx(167.0, abs=0.02)
    assert [(span.start_ns // 10**9, span.end_ns // 10**9) for span in activity.pauses] == [(80, 89)]
    assert len(activity.laps) == 2
    assert activity.notes == ()


numbers = st.none() | st.floats(-1e9, 1e9)


@given(
    st.lists(
        st.builds(
            FitRecord,
            at_s=st.floats(0, 10_000),
            cadence_spm=st.none() | st.floats(0, 300),
            speed_mps=numbers,
            distance_m=numbers,
            heart_rate_bpm=numbers,
            ground_contact_time_ms=numbers,
            altitude_m=numbers,
            cue=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200),
        ),
        max_size=20,
    )
)
def test_whatever_a_run_holds_the_file_can_be_read(records: list[FitRecord]) -> None:
    found = messages(write_fit(FitRun(START, 10_001.0, records, ((0.0, 10_001.0, "x" * 100),), ())))
    told = [fields for name, fields in found if name == "record"]
    assert len(told) == len(records)
    for record, fields in zip(records, told, strict=True):
        cut = record.cue.encode()[: TEXT_BYTES - 1].decode(errors="ignore")
        assert (fields.get("cue") or "") == cut
