"""Every mode of the metronome and every word beside it: what tempo it takes, how fast it moves, which steps sound."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from cued.core.cues import Band, Basis, Metronome, Target
from cued.core.effects import PlayClick
from cued.core.grid import LOOKAHEAD_NS
from cued.core.start import Runner
from cued.units import NS_PER_S, seconds
from tests.support.run import FIXED_172, KNOWN, Run, at, beat, pack, segment


def session(metronome: Metronome, change: float = 0.0, **how: Any) -> Run:
    how.setdefault("runner", KNOWN)
    return Run(pack(segment("a", 3_600, metronome=metronome), target=Target(change=change)), **how)


def slope(run: Run, window_s: float, from_s: float = 0.0, to_s: float = 1e9) -> float:
    """The greatest change of tempo within `window_s`, as a share of the tempo it began at."""
    tempi = [(when, spm) for when, spm in run.tempi if spm and from_s <= when <= to_s]
    steepest = 0.0
    for index, (_, before) in enumerate(tempi):
        for (_, old), (later, spm) in pairwise(tempi[index:]):
            if later - tempi[index][0] > window_s:
                break
            steepest = max(steepest, abs(spm - before) / before, abs(spm - old) / old)
    return steepest


# --- none and fixed ------------------------------------------------------------------------------------------------


def test_none_makes_no_beat() -> None:
    run = session(beat("none")).runs(0, 120)
    assert run.clicks == []
    assert run.tempi == []


def test_fixed_plays_its_own_beat_from_the_first_moment() -> None:
    run = session(beat("fixed", beat_spm=172.0)).runs(0, 60, 165.0)
    assert run.tempi == [(0.0, 172.0)]
    assert at(run.clicks[0]) == 0.0


def test_fixed_without_a_beat_plays_the_target() -> None:
    run = Run(pack(segment("a", 600, metronome=beat("fixed")), target=FIXED_172)).runs(0, 60, 165.0)
    assert run.tempi == [(0.0, 172.0)]


def test_fixed_without_a_beat_is_silent_while_the_target_is_unknown() -> None:
    assert session(beat("fixed"), runner=Runner()).runs(0, 30).clicks == []


# --- follow --------------------------------------------------------------------------------------------------------


def test_follow_takes_the_runners_own_cadence() -> None:
    assert session(beat("follow"), 0.05).runs(0, 60, 163.0).tempi == [(1.4, 163.0)]


@pytest.mark.parametrize("to_spm", [150.0, 178.0])
def test_follow_comes_after_at_most_one_per_cent_in_ten_seconds(to_spm: float) -> None:
    run = session(beat("follow")).runs(0, 300, lambda t: 164.0 if t < 60 else to_spm)
    assert 0.007 < slope(run, 10.0) <= 0.01
    assert run.tempo_at(299) == pytest.approx(to_spm, abs=0.5)


def test_follow_does_not_stir_for_half_a_step() -> None:
    run = session(beat("follow")).runs(0, 300, lambda t: 164.0 if t < 60 else 164.4)
    assert len(run.tempi) == 1


# --- nudge ---------------------------------------------------------------------------------------------------------


def test_nudge_starts_at_own_cadence_and_walks_to_the_target_at_most_one_per_cent_a_minute() -> None:
    run = session(beat("nudge"), 0.05)
    run.runs(0, 600, lambda t: min(178.5, 170.0 + t * 0.03))
    assert run.tempi[0][1] == pytest.approx(170.0, abs=0.05)
    assert 0.008 < slope(run, 60.0) <= 0.01
    assert run.tempo_at(599) == pytest.approx(178.5, abs=0.1)


def test_nudge_waits_while_the_runner_is_more_than_two_and_a_half_per_cent_behind() -> None:
    run = session(beat("nudge"), 0.05).runs(0, 900, 170.0)
    assert run.tempo_at(890) == pytest.approx(170.0 / 0.975, abs=0.2)
    moved = session(beat("nudge"), 0.05).runs(0, 900, lambda t: 170.0 if t < 500 else 175.0)
    assert moved.tempo_at(890) == pytest.approx(178.5, abs=0.2)


def test_nudge_to_a_lower_target_goes_down() -> None:
    run = session(beat("nudge"), -0.03).runs(0, 600, 170.0)
    assert run.tempo_at(599) == pytest.approx(164.9, abs=0.1)


# --- lead ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "expected"), [(0.05, 170.0 * 1.025), (0.01, 171.7)])
def test_lead_heads_for_the_target_or_two_and_a_half_per_cent_ahead_where_that_is_less(change: float, expected: float) -> None:
    run = session(beat("lead"), change).runs(0, 300, 170.0)
    assert run.tempi[0][1] == 170.0
    assert run.tempo_at(299) == pytest.approx(expected, abs=0.5)
    assert slope(run, 10.0) <= 0.01


def test_lead_goes_ahead_of_a_runner_who_comes_along_up_to_the_target() -> None:
    run = session(beat("lead"), 0.05).runs(0, 600, lambda t: min(178.5, 170.0 + t * 0.05))
    assert run.tempo_at(599) == pytest.approx(178.5, abs=0.5)


# --- burst ---------------------------------------------------------------------------------------------------------


def test_burst_leads_for_its_time_again_and_again() -> None:
    run = session(beat("burst", for_s=60, again_s=180), 0.05).runs(0, 480)
    sounding = {click.at_ns // (10 * NS_PER_S) * 10 for click in run.clicks_in(5, 480)}
    assert sounding == {*range(0, 60, 10), *range(180, 240, 10), *range(360, 420, 10)}
    assert run.clicks_in(60, 180) == []
    assert 0 < slope(run, 10.0, 2.0, 59.0) <= 0.01


def test_burst_without_again_sounds_once() -> None:
    run = session(beat("burst", for_s=30), 0.05).runs(0, 300)
    assert run.clicks_in(20, 30) != []
    assert run.clicks_in(30, 300) == []


def test_each_burst_begins_at_the_runners_own_on_a_new_grid() -> None:
    run = session(beat("burst", for_s=60, again_s=120), 0.05).runs(0, 200, lambda t: 170.0 if t < 80 else 166.0)
    second = run.clicks_in(120, 180)[0]
    assert (at(second), second.beat, second.mspm) == (120.0, 0, 166_000)


# --- the words beside the mode -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tick", [1, 2, 3, 4])
def test_tick_sounds_every_nth_step_and_the_beat_stays_steps_per_minute(tick: int) -> None:
    run = session(beat("fixed", beat_spm=180.0, tick=tick), sensor=False).to(60)
    assert [click.beat for click in run.clicks] == list(range(0, len(run.clicks) * tick, tick))
    assert {click.mspm for click in run.clicks} == {180_000}
    gaps = {after.at_ns - before.at_ns for before, after in pairwise(run.clicks)}
    assert all(abs(gap - tick * NS_PER_S / 3) <= 1 for gap in gaps)


def test_accent_counts_sounded_clicks() -> None:
    run = session(beat("fixed", beat_spm=180.0, tick=2, accent=4), sensor=False).to(10)
    assert [index for index, click in enumerate(run.clicks) if click.accent] == list(range(0, len(run.clicks), 4))
    plain = session(beat("fixed", beat_spm=180.0), sensor=False).to(10)
    assert not any(click.accent for click in plain.clicks)


def test_play_and_pause_alternate_from_the_segments_start_on_one_grid() -> None:
    run = session(beat("fixed", beat_spm=120.0, play_s=20, pause_s=10.3), sensor=False).to(100)
    onsets = [at(click) for click in run.clicks]
    assert [pair for pair in pairwise(onsets) if pair[1] - pair[0] > 1] == [(19.5, 30.5), (50.0, 61.0), (80.5, 91.0)]


def test_sound_and_volume_are_the_packs() -> None:
    run = session(beat("fixed", beat_spm=120.0, sound="clave", volume=0.3), sensor=False).to(5)
    assert {(click.sound, click.volume) for click in run.clicks} == {("clave", 0.3)}


def test_hint_tells_below_in_and_above_the_band_and_only_where_the_pack_asks() -> None:
    def run(*, hint: bool) -> Run:
        what = pack(
            segment("a", 600, metronome=beat("fixed", beat_spm=172.0, hint=hint)),
            target=FIXED_172,
            band=Band(window_ns=seconds(1)),
        )
        return Run(what).runs(0, 150, lambda t: 172.0 if t < 50 else 160.0 if t < 100 else 185.0)

    hinted = run(hint=True)
    for when, hint in ((30, "in"), (80, "below"), (130, "above")):
        assert {click.hint for click in hinted.clicks_in(when, when + 10)} == {hint}
    assert {click.hint for click in run(hint=False).clicks} == {""}


def test_only_off_band_is_silent_in_the_band() -> None:
    what = pack(segment("a", 600, metronome=beat("fixed", beat_spm=172.0, only_off_band=True)), target=FIXED_172)
    assert Run(what).runs(0, 100, 172.0).clicks == []
    assert Run(what).runs(0, 100, 160.0).clicks != []


def test_a_click_is_promised_a_lookahead_before_its_onset() -> None:
    run = session(beat("fixed", beat_spm=172.0), sensor=False).to(30)
    early = [effect.at_ns - decided for decided, effect in run.decided if isinstance(effect, PlayClick)]
    assert {value == LOOKAHEAD_NS for value in early} == {True}


def test_a_fixed_beat_takes_its_segments_target_with_the_segments_first_onset() -> None:
    what = pack(
        segment("a", 60, metronome=beat("fixed"), target=Target(Basis.FIXED, spm=160.0)),
        segment("b", 60, metronome=beat("fixed"), target=Target(Basis.FIXED, spm=170.0)),
    )
    run = Run(what, sensor=False).to(100)
    assert run.tempi == [(0.0, 160.0), (60.0, 170.0)]


def test_a_fixed_beat_comes_gently_after_a_target_that_moves_with_speed() -> None:
    what = pack(segment("a", 600, metronome=beat("fixed")), target=Target(Basis.SPEED_MODEL))
    run = Run(what, runner=KNOWN).runs(0, 200, speed=lambda t: 2.8 if t < 60 else 3.6)
    assert 0.005 < slope(run, 10.0) <= 0.01
    assert run.tempo_at(199) == pytest.approx(170 + 5.6 * 0.8, abs=0.5)
