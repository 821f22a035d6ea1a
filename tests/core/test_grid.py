"""The beat as arithmetic on its number: no drift in hours, no tempo at which a session is woken for ever, the phase kept."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from cued.core.cues import Target
from cued.core.grid import Grid
from cued.core.numbers import draw_between, draw_chance, median
from cued.units import NS_PER_H, NS_PER_MIN
from tests.support.run import KNOWN, Run, beat, pack, segment


@pytest.mark.parametrize("mspm", [100_000, 163_333, 176_300, 180_000, 229_999])
def test_an_onset_four_hours_on_is_exact_to_half_a_nanosecond(mspm: int) -> None:
    grid = Grid(anchor_ns=123, anchor_beat=7, mspm=mspm)
    beat_number = grid.first_from(4 * NS_PER_H)
    exact = 123 + Fraction((beat_number - 7) * NS_PER_MIN * 1_000, mspm)
    assert abs(grid.onset_ns(beat_number) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize("mspm", range(100_000, 230_001, 6_500))
def test_the_first_beat_from_a_moment_is_the_first_and_at_its_own_onset_itself(mspm: int) -> None:
    grid = Grid(0, 0, mspm)
    for number in (0, 1, 2, 9, 1_000, 30_011):
        onset_ns = grid.onset_ns(number)
        assert grid.first_from(onset_ns) == number
        assert grid.first_from(onset_ns + 1) == number + 1


def test_before_its_anchor_a_grid_begins_at_the_anchor() -> None:
    assert Grid(1_000, 5, 170_000).first_from(-7) == 5


def test_a_change_of_tempo_keeps_the_onset_it_begins_at() -> None:
    grid = Grid(0, 0, 170_000)
    quicker = grid.at_tempo(11, 171_700)
    assert quicker.onset_ns(11) == grid.onset_ns(11)
    assert quicker.onset_ns(12) - quicker.onset_ns(11) == round(NS_PER_MIN * 1_000 / 171_700)


@pytest.mark.parametrize("tenths", range(1_000, 2_301, 26))
def test_no_tempo_wakes_a_session_for_ever_at_the_same_instant(tenths: int) -> None:
    metronome = beat("fixed", beat_spm=tenths / 10)
    run = Run(pack(segment("a", 600, metronome=metronome), target=Target()), sensor=False).to(6)  # the harness counts wakes
    assert len(run.clicks) == pytest.approx(6.4 * tenths / 600, abs=1.01)


def test_a_tempo_that_changes_over_and_over_has_no_gap_and_no_leap() -> None:
    what = pack(segment("a", 600, metronome=beat("follow")))
    run = Run(what, runner=KNOWN).runs(0, 300, lambda t: 165 + t * 7 % 23)
    clicks = run.clicks
    assert len({click.mspm for click in clicks}) > 20
    for before, after in pairwise(clicks):
        assert after.beat == before.beat + 1
        period_ns = NS_PER_MIN * 1_000 / before.mspm
        assert abs(after.at_ns - before.at_ns - period_ns) <= 1


def test_chance_is_splitmix64_and_the_same_everywhere() -> None:
    state, first = draw_between(1234567, 0, (1 << 64) - 1)
    _, second = draw_between(state, 0, (1 << 64) - 1)
    assert (first, second) == (6457827717110365317, 3203168211198807973)  # reference output of the published generator
    assert [draw_between(seed, 5, 5)[1] for seed in range(5)] == [5] * 5
    assert not any(draw_chance(seed, 0.0)[1] for seed in range(100))
    assert all(draw_chance(seed, 1.0)[1] for seed in range(100))


def test_a_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5
    assert median([9.0, 1.0, 2.0]) == 2.0
