"""The shared recordings of real runs: each loads, and each FIT file says the same as its table."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from cued.formats.activity import Activity
from cued.formats.activity_file import read_activity
from cued.units import NS_PER_S

NAMES = ("fenix2_47min", "fenix5x_hrmrun_stryd_28min", "fr935_hrmrun_stryd_113min", "stryd_57min")


@cache
def load(path: Path) -> Activity:
    """Each file once for the whole module."""
    return read_activity(path)


@pytest.fixture(scope="module", params=NAMES)
def twins(request: pytest.FixtureRequest, run_data: Path) -> tuple[Activity, Activity]:
    stem = run_data / "runs" / request.param
    return load(stem.with_suffix(".fit")), load(stem.with_suffix(".csv"))


def test_the_fit_file_and_its_table_are_the_same_run(twins: tuple[Activity, Activity]) -> None:
    fit, csv = twins
    assert len(fit.records) == len(csv.records)
    for attribute, within in (
        ("at_ns", 0),
        ("cadence_spm", 0.001),
        ("speed_mps", 0.0006),
        ("distance_m", 0.006),
        ("heart_rate_bpm", 0.001),
        ("ground_contact_time_ms", 0.06),
    ):
        of_fit = [getattr(record, attribute) for record in fit.records]
        assert of_fit == pytest.approx([getattr(record, attribute) for record in csv.records], abs=within), attribute


def test_a_real_run_needs_no_mending_and_is_doubled(twins: tuple[Activity, Activity]) -> None:
    fit, _ = twins
    running = sorted(record.cadence_spm for record in fit.records if record.cadence_spm)
    assert fit.notes == ()
    assert fit.sport == "running"
    assert 145 <= running[len(running) // 2] <= 180


def test_a_timer_that_was_stopped_gives_the_device_s_own_running_time(run_data: Path) -> None:
    activity = load(run_data / "runs" / "fr935_hrmrun_stryd_113min.fit")
    assert len(activity.pauses) == 13
    # total_timer_time of the file's own session message
    assert activity.length_ns - activity.paused_ns == pytest.approx(6166.163 * NS_PER_S, abs=NS_PER_S)


def test_every_file_of_the_recordings_loads(run_data: Path) -> None:
    files = sorted(path for path in (run_data / "runs").iterdir() if path.suffix in {".fit", ".csv"})
    assert len(files) >= 8
    for path in files:
        assert len(load(path).records) > 1_000, path.name
