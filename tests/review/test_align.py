"""A watch's cadence finds its place on a pod's."""

from __future__ import annotations

import random
from pathlib import Path

import fitdecode
import pytest

from cued.review.align import LEAST_S, Alignment, align
from tests.support.tools import missing


def runner(seconds: int, seed: int) -> dict[int, float]:
    """Cadence that wanders as a runner's does."""
    chance, spm, found = random.Random(seed), 165.0, {}
    for second in range(seconds):
        spm += chance.gauss(0.0, 0.5) + (165.0 - spm) * 0.01
        found[second] = spm
    return found


def seen_by_a_watch(cadence: dict[int, float], from_s: int, seconds: int, noise: float = 1.0) -> dict[int, float]:
    """The same steps, from `from_s` of the session on, in whole pairs of steps, off by a little."""
    chance = random.Random(9)
    return {
        second: 2.0 * round((cadence[second + from_s] + chance.gauss(0.8, noise)) / 2)
        for second in range(seconds)
        if second + from_s in cadence
    }


@pytest.mark.parametrize("from_s", [0, 12, 400])
def test_a_watch_that_was_started_later_is_found(from_s: int) -> None:
    cadence = runner(1800, 1)
    found = align(cadence, seen_by_a_watch(cadence, from_s, 1200))
    assert found is not None
    assert abs(found.offset_s - from_s) <= 1
    assert found.likeness > 0.8
    assert found.shared_s >= 1190


def test_a_watch_that_was_started_earlier_is_found() -> None:
    cadence = runner(2400, 2)
    pod = {second - 90: spm for second, spm in cadence.items() if second >= 90}
    found = align(pod, seen_by_a_watch(cadence, 0, 2400))
    assert found is not None
    assert abs(found.offset_s + 90) <= 1


def test_gaps_and_walks_do_not_move_it() -> None:
    cadence = runner(1800, 3)
    watch = {second: spm for second, spm in seen_by_a_watch(cadence, 30, 1500).items() if second % 7 and not 200 < second < 260}
    watch |= dict.fromkeys(range(201, 260), 0.0)
    found = align(cadence, watch)
    assert found is not None
    assert abs(found.offset_s - 30) <= 1


@pytest.mark.parametrize("seed", range(8))
def test_another_run_does_not_fit(seed: int) -> None:
    assert align(runner(1800, 10 + seed), seen_by_a_watch(runner(1800, 20 + seed), 0, 1800)) is None


def test_a_steady_cadence_fits_anywhere_and_so_nowhere() -> None:
    assert align(dict.fromkeys(range(1800), 170.0), dict.fromkeys(range(1200), 170.0)) is None


def test_the_same_wandering_at_another_cadence_is_another_runner() -> None:
    cadence = runner(1800, 4)
    assert align(cadence, {second: spm + 12.0 for second, spm in cadence.items()}) is None


def test_a_real_pods_cadence_finds_its_place_on_a_real_straps(run_data: Path) -> None:
    file = run_data / "runs" / "fenix5x_hrmrun_stryd_28min.fit"
    if not file.is_file():
        missing(f"no {file.name} among the shared recordings")
    strap: dict[int, float] = {}
    pod: dict[int, float] = {}
    with fitdecode.FitReader(file, processor=None) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.def_mesg.global_mesg_num == 20:
                for item in frame.fields:
                    if item.value and str(item.name).lower() == "cadence":
                        own = item.field_def is None or not item.field_def.is_dev
                        (strap if own else pod)[frame.get_value("timestamp")] = 2.0 * item.value
    found = align(strap, {second - 1000: spm for second, spm in pod.items()})
    assert found is not None
    assert abs(found.offset_s - 1000) <= 2
    assert found.likeness > 0.9


def test_too_little_in_common_is_no_proof() -> None:
    cadence = runner(LEAST_S - 1, 5)
    assert align(cadence, cadence) is None
    assert align({}, cadence) is None
    whole = runner(LEAST_S + 1, 5)
    assert align(whole, whole) == Alignment(0, 1.0, 0.0, LEAST_S + 1)
