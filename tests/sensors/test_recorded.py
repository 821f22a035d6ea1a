"""A recorded run as a pod's events."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core import events
from cued.core.events import CadenceSample, Event, LinkState, SensorLink
from cued.formats.activity import Activity, Pause, Record, build_activity
from cued.formats.activity_file import read_activity
from cued.sensors.recorded import HOLD_NS, events_of, running_length_ns
from cued.units import NS_PER_S


def run(*cadences: tuple[float, float | None], pauses: tuple[tuple[int, int], ...] = ()) -> Activity:
    """A run of (second, cadence), its pauses in seconds."""
    records = [Record(round(t * NS_PER_S), cadence_spm=spm, heart_rate_bpm=140) for t, spm in cadences]
    return build_activity("run", "", records, pauses=[(start * NS_PER_S, end * NS_PER_S) for start, end in pauses])


def seconds_of(kind: type[Event], activity: Activity) -> list[float]:
    return [event.at_ns / NS_PER_S for event in events_of(activity) if isinstance(event, kind)]


def links(activity: Activity) -> list[tuple[float, LinkState]]:
    return [(event.at_ns / NS_PER_S, event.state) for event in events_of(activity) if isinstance(event, SensorLink)]


FOUND = (0.0, LinkState.FOUND)


def test_the_pod_is_found_before_its_first_sample() -> None:
    assert list(events_of(run((0, 164), (1, 165))))[:3] == [
        SensorLink(0, LinkState.FOUND),
        CadenceSample(0, 164.0),
        events.HeartRate(0, 140),
    ]


def test_everything_measured_is_told() -> None:
    first = Record(0, 164.0, 2.8, 5.0, 140.6, 250.0, 88.0, 12.0)
    activity = build_activity("run", "", [first, Record(NS_PER_S, cadence_spm=165.0)])
    assert list(events_of(activity))[1:6] == [
        CadenceSample(0, 164.0, 2.8, 5.0),
        events.HeartRate(0, 141),
        events.GroundContactTime(0, 250.0),
        events.VerticalOscillation(0, 88.0),
        events.Altitude(0, 12.0),
    ]


def test_a_record_is_sent_again_every_second_until_the_next() -> None:
    activity = run((0, 164), (4, 170), (5, 171))
    samples = [(event.at_ns // NS_PER_S, event.spm) for event in events_of(activity) if isinstance(event, CadenceSample)]
    assert samples == [(0, 164), (1, 164), (2, 164), (3, 164), (4, 170), (5, 171)]
    assert seconds_of(events.HeartRate, activity) == [0, 1, 2, 3, 4, 5]


def test_a_held_record_s_distance_grows_on_the_way_to_the_next() -> None:
    records = [Record(0, 164.0, 3.0, 100.0), Record(4 * NS_PER_S, 164.0, 3.0, 112.0)]
    totals = [
        event.total_distance_m for event in events_of(build_activity("run", "", records)) if isinstance(event, CadenceSample)
    ]
    assert totals == [100.0, 103.0, 106.0, 109.0, 112.0]


def test_a_gap_of_exactly_thirty_seconds_is_no_loss() -> None:
    assert links(run((0, 164), (30, 165))) == [FOUND]


def test_a_longer_gap_is_a_loss_thirty_seconds_into_it_and_the_next_cadence_ends_it() -> None:
    activity = run((0, 164), (45, 165), (46, 165))
    assert links(activity) == [FOUND, (30.0, LinkState.LOST), (45.0, LinkState.BACK)]
    assert seconds_of(CadenceSample, activity) == [*range(30), 45, 46]


def test_a_loss_is_told_after_the_last_held_sample_and_back_before_the_next() -> None:
    around = [event for event in events_of(run((0, 164), (45, 165))) if isinstance(event, SensorLink | CadenceSample)][-4:]
    assert [type(event) for event in around] == [CadenceSample, SensorLink, SensorLink, CadenceSample]


def test_a_watch_that_goes_on_without_the_pod_keeps_no_link_up() -> None:
    activity = run((0, 164), *((t, None) for t in range(1, 50)), (50, 165))
    assert links(activity) == [FOUND, (30.0, LinkState.LOST), (50.0, LinkState.BACK)]
    samples = [event for event in events_of(activity) if isinstance(event, CadenceSample)]
    assert [sample.spm for sample in samples] == [164.0] + [None] * 30 + [165.0]
    assert len(seconds_of(events.HeartRate, activity)) == 51


def test_a_pod_that_comes_late_is_found_late() -> None:
    activity = run((0, None), (1, None), (2, 164))
    assert links(activity) == [(2.0, LinkState.FOUND)]
    assert seconds_of(CadenceSample, activity) == [2]


def test_a_pause_of_any_length_is_no_loss_and_nothing_is_held_in_it() -> None:
    activity = run((0, 164), (10, 164), (200, 165), (201, 165), pauses=((12, 200),))
    assert links(activity) == [FOUND]
    assert seconds_of(events.Pause, activity) == [12]
    assert seconds_of(events.Resume, activity) == [200]
    assert seconds_of(CadenceSample, activity) == [*range(12), 200, 201]


def test_a_silence_after_a_pause_is_a_loss_once_it_has_lasted_thirty_seconds_of_its_own() -> None:
    assert links(run((0, 164), (90, 165), pauses=((10, 60),))) == [FOUND]
    assert links(run((0, 164), (91, 165), pauses=((10, 60),))) == [FOUND, (90.0, LinkState.LOST), (91.0, LinkState.BACK)]


def test_a_pause_that_ends_with_a_record_of_the_watch_alone_begins_the_silence_anew() -> None:
    assert links(run((0, 164), (40, None), (50, 165), pauses=((0, 40),))) == [FOUND]


def test_the_clock_runs_before_a_sample_of_the_same_moment_and_stops_after_it() -> None:
    activity = run((0, 164), (5, 164), (9, 164), pauses=((5, 9),))
    order = [type(event) for event in events_of(activity) if not isinstance(event, events.HeartRate)]
    assert order[-4:] == [CadenceSample, events.Pause, events.Resume, CadenceSample]


def test_the_run_s_length_leaves_pauses_out() -> None:
    assert running_length_ns(run((0, 164), (100, 164), pauses=((10, 20), (50, 80)))) == 60 * NS_PER_S


@given(
    st.lists(st.tuples(st.integers(1, 80), st.sampled_from([None, 0.0, 164.0])), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), max_size=4),
)
def test_links_alternate_time_never_falls_and_no_sample_comes_without_a_link(
    steps: list[tuple[int, float | None]], pauses: list[tuple[int, int]]
) -> None:
    second, cadences = 0, [(0.0, 160.0)]
    rest: list[tuple[float, float | None]] = []
    for step, spm in steps:
        second += step
        rest.append((second, spm))
    activity = run(*cadences, *rest, pauses=tuple((start, start + length) for start, length in pauses))
    told = list(events_of(activity))
    assert all(earlier.at_ns <= later.at_ns for earlier, later in pairwise(told))
    up = False
    heard_ns = 0
    paced = {record.at_ns for record in activity.records if record.cadence_spm is not None}
    for event in told:
        if isinstance(event, SensorLink):
            assert up == (event.state is LinkState.LOST)
            assert up is False or event.at_ns - heard_ns >= HOLD_NS
            up = event.state is not LinkState.LOST
        elif isinstance(event, CadenceSample):
            assert up
            if event.at_ns in paced:
                heard_ns = event.at_ns
    assert told[0] == SensorLink(0, LinkState.FOUND)


def test_a_real_run_with_thirteen_stops_loses_its_pod_never(run_data: Path) -> None:
    activity = read_activity(run_data / "runs" / "fr935_hrmrun_stryd_113min.fit")
    assert links(activity) == [FOUND]
    assert len(seconds_of(events.Pause, activity)) == 13
    assert len(seconds_of(CadenceSample, activity)) == len(activity.records)


def test_a_table_without_timer_events_shows_its_long_stops_as_losses(run_data: Path) -> None:
    activity = read_activity(run_data / "runs" / "fr935_hrmrun_stryd_113min.csv")
    states = [state for _, state in links(activity)]
    assert states == [LinkState.FOUND] + [LinkState.LOST, LinkState.BACK] * 5


def test_smart_recording_reaches_the_core_as_one_sample_a_second(run_data: Path) -> None:
    samples = seconds_of(CadenceSample, read_activity(run_data / "runs" / "fenix2_47min.fit"))
    assert samples == [float(second) for second in range(2834)]


def test_a_pause_must_have_a_length() -> None:
    with pytest.raises(ValueError, match="end after it began"):
        Pause(5, 5)
