"""Points nine and eleven under "Exactly" of the pack format: when the beat rests, and what never moves an onset."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from cued.core.cues import At, Band, Cue, Metronome
from cued.core.effects import CadenceSeen, PlayClick
from cued.core.events import Event, LinkState, SensorLink
from cued.core.grid import LOOKAHEAD_NS
from cued.core.start import Runner
from cued.units import seconds
from tests.support.run import FIXED_172, KNOWN, Run, at, beat, for_s, pack, rule, samples, segment

FIXED = beat("fixed", beat_spm=170.0)
MODES = ["follow", "nudge", "lead", "burst"]


def metronome(mode: str) -> Metronome:
    return FIXED if mode == "fixed" else beat(mode, for_s=1_000) if mode == "burst" else beat(mode)


def session(mode: str) -> Run:
    return Run(pack(segment("a", 1_200, metronome=metronome(mode))), runner=KNOWN)


def gap_from(run: Run, at_s: float) -> tuple[float, float]:
    """(last onset before the first silence over 2 s after `at_s`, first onset after it); infinity where there is none."""
    onsets = [at(click) for click in run.clicks if at(click) >= at_s - 2]
    for before, after in pairwise(onsets):
        if after - before > 2:
            return before, after
    return onsets[-1], float("inf")


def on_grid(run: Run) -> bool:
    """Do the onsets of a beat of one tempo all lie on one grid, to 1 ns?"""
    clicks = run.clicks
    first = clicks[0]
    return all(abs(click.at_ns - first.at_ns - round((click.beat - first.beat) * 60e12 / first.mspm)) <= 1 for click in clicks)


# --- 9: beginning --------------------------------------------------------------------------------------------------


def test_exactly_9_fixed_needs_no_cadence() -> None:
    assert at(session("fixed").to(5).clicks[0]) == 0.0


@pytest.mark.parametrize("mode", MODES)
def test_exactly_9_the_others_start_silently_until_cadence_is_valid(mode: str) -> None:
    run = session(mode).to(20)
    assert run.clicks == []
    run.runs(20, 30)
    first = run.clicks[0]
    assert 21.0 <= at(first) <= 21.0 + LOOKAHEAD_NS / 1e9
    assert first.mspm == pytest.approx(170_000)


# --- 9: standing, walking, running again ---------------------------------------------------------------------------


def stops(t: float) -> float:
    return 170.0 if t < 60 or t >= 90 else 0.0


def slows(t: float) -> float:
    return 2.8 if t < 60 or t >= 90 else 0.0


@pytest.mark.parametrize("mode", ["fixed", *MODES])
def test_exactly_9_standing_rests_every_beat_within_five_seconds_and_running_resumes_on_the_grid_after_five(mode: str) -> None:
    run = session(mode).runs(0, 110, stops, slows)
    last, again = gap_from(run, 60)
    assert 60.0 <= last <= 65.0
    assert 95.0 <= again <= 95.8
    assert on_grid(run)


@pytest.mark.parametrize("mode", ["fixed", *MODES])
def test_exactly_9_a_silent_pod_with_its_link_up_rests_every_beat_within_five_seconds(mode: str) -> None:
    run = session(mode).send(*samples(0, 60), *samples(90, 110)).to(110)
    last, again = gap_from(run, 60)
    assert 63.0 <= last <= 65.0  # the last sample came at 59 s
    assert 95.0 <= again <= 95.8


@pytest.mark.parametrize("mode", ["fixed", *MODES])
def test_exactly_9_walking_rests_every_beat_only_after_twenty_seconds(mode: str) -> None:
    def run_walk(length_s: float) -> Run:
        def walks(t: float) -> bool:
            return 60 <= t < 60 + length_s

        return session(mode).runs(0, 130, lambda t: 110.0 if walks(t) else 170.0, lambda t: 1.4 if walks(t) else 2.8)

    assert gap_from(run_walk(18), 60)[1] == float("inf"), "a short walk goes on with the beat"
    last, again = gap_from(run_walk(40), 60)
    assert 80.0 <= last <= 83.0
    assert 105.0 <= again <= 105.8


def test_exactly_9_running_for_less_than_five_seconds_does_not_resume() -> None:
    def spm(t: float) -> float:
        return 0.0 if 60 <= t < 80 or 82 <= t < 100 else 170.0

    run = session("fixed").runs(0, 120, spm, lambda t: 2.8 if spm(t) else 0.0)
    last, again = gap_from(run, 60)
    assert last <= 65.0
    assert 105.0 <= again <= 105.8


# --- 9: a lost link ------------------------------------------------------------------------------------------------


def lost(mode: str, back_s: float | None = None) -> Run:
    events: list[Event] = [*samples(0, 60), SensorLink(seconds(61), LinkState.LOST)]
    if back_s is not None:
        events += [SensorLink(seconds(back_s), LinkState.BACK), *samples(back_s, 140)]
    return session(mode).send(*events).to(140)


def test_exactly_9_a_lost_link_while_running_leaves_fixed_playing() -> None:
    assert gap_from(lost("fixed"), 60)[1] == float("inf")
    assert at(lost("fixed").clicks[-1]) > 139


@pytest.mark.parametrize("mode", MODES)
def test_exactly_9_the_others_keep_the_last_tempo_for_fifteen_seconds_more_and_rest(mode: str) -> None:
    run = lost(mode)
    last = at(run.clicks[-1])
    assert 75.5 <= last <= 76.5
    assert {click.mspm for click in run.clicks_in(62, 80)} == {170_000}


@pytest.mark.parametrize("mode", MODES)
def test_exactly_9_a_link_that_is_back_within_fifteen_seconds_breaks_no_beat(mode: str) -> None:
    assert gap_from(lost(mode, 70), 60)[1] == float("inf")


@pytest.mark.parametrize("mode", MODES)
def test_exactly_9_a_link_that_is_back_later_resumes_the_beat_on_its_grid(mode: str) -> None:
    run = lost(mode, 100)
    last, again = gap_from(run, 60)
    assert last <= 76.5
    assert 100.0 <= again <= 107.0
    assert on_grid(run)


@pytest.mark.parametrize("mode", MODES)
def test_exactly_9_a_link_lost_while_walking_keeps_no_beat_but_fixed(mode: str) -> None:
    def last_s(word: str) -> float:
        walk = samples(60, 66, 110.0, 1.4)
        return at(session(word).send(*samples(0, 60), *walk, SensorLink(seconds(66), LinkState.LOST)).to(90).clicks[-1])

    assert last_s(mode) <= 66.8
    assert last_s("fixed") >= 89.0


def test_exactly_9_a_link_lost_while_standing_begins_no_beat() -> None:
    run = session("fixed").send(*samples(0, 30), *samples(30, 40, 0.0, 0.0), SensorLink(seconds(45), LinkState.LOST)).to(90)
    assert at(run.clicks[-1]) < 35.0


# --- 9: a nudge that is too far ahead ------------------------------------------------------------------------------


def test_exactly_9_a_nudge_five_per_cent_ahead_for_thirty_seconds_rests_five_and_starts_at_the_runners_own() -> None:
    run = session("nudge").runs(0, 200, lambda t: 170.0 if t < 100 else 158.0)
    last, again = gap_from(run, 100)
    assert 130.0 <= last <= 142.0, "30 s after own cadence, the mean of 10 s, is 5 % under the beat"
    assert again - last == pytest.approx(5.0, abs=0.4), "clicks of 250 ms are in the ring when it begins to rest"
    assert run.tempo_at(again) == pytest.approx(158.0, abs=0.2)


@pytest.mark.parametrize(("spm", "for_long_s"), [(163.0, 100), (158.0, 25)], ids=["less far", "less long"])
def test_exactly_9_a_nudge_less_far_or_less_long_ahead_goes_on(spm: float, for_long_s: float) -> None:
    run = session("nudge").runs(0, 200, lambda t: spm if 100 <= t < 100 + for_long_s else 170.0)
    assert gap_from(run, 100)[1] == float("inf")


def test_exactly_9_fixed_plays_on_however_far_ahead_it_is() -> None:
    run = session("fixed").runs(0, 200, lambda t: 170.0 if t < 100 else 158.0)
    assert gap_from(run, 100)[1] == float("inf")


# --- 11: what never moves an onset ---------------------------------------------------------------------------------

SAMPLES = samples(0, 200, lambda t: 160.0 if 60 <= t < 120 else 172.0)


def onsets(beat_words: Metronome, *, cues: bool = False) -> list[int]:
    rules = [rule(At(for_s(70)), "tip")] if cues else []
    what = pack(
        segment("a", 1_200, metronome=beat_words),
        target=FIXED_172,
        band=Band(window_ns=seconds(1)),
        cues=[Cue("tip", "word " * 20)],
        rules=rules,
    )
    return [click.at_ns for click in Run(what, runner=KNOWN).send(*SAMPLES).to(200).clicks]


@pytest.mark.parametrize(
    "words",
    [{"hint": True}, {"volume": 0.1}, {"duck_db": 30.0}, {"sound": "beep"}, {"accent": 4}],
    ids=["hint", "volume", "duck", "sound", "accent"],
)
def test_exactly_11_hint_duck_volume_sound_and_accent_never_move_an_onset(words: dict[str, Any]) -> None:
    assert onsets(beat("follow", **words), cues=True) == onsets(beat("follow"))


def test_exactly_11_only_off_band_uses_the_bands_state_without_for() -> None:
    what = pack(
        segment("a", 1_200, metronome=beat("fixed", beat_spm=172.0, only_off_band=True)),
        target=FIXED_172,
        band=Band(window_ns=seconds(1)),
    )
    run = Run(what).send(*SAMPLES).to(200)
    assert at(run.clicks[0]) == pytest.approx(60.4, abs=0.4)
    last = at(run.clicks[-1])
    assert 120.0 <= last <= 120.8


def test_exactly_11_only_off_band_keeps_its_state_while_the_band_sleeps() -> None:
    what = pack(
        segment("a", 1_200, metronome=beat("fixed", beat_spm=172.0, only_off_band=True)),
        target=FIXED_172,
        band=Band(window_ns=seconds(1)),
    )
    run = Run(what).runs(0, 120, lambda t: 110.0 if 80 <= t < 95 else 160.0, lambda t: 1.4 if 80 <= t < 95 else 2.8)
    assert "asleep" in {seen.band for seen in run.of(CadenceSeen) if 80 <= at(seen) < 95}
    assert gap_from(run, 60)[1] == float("inf")


def test_by_time_alone_the_beat_plays_at_the_given_cadence() -> None:
    run = Run(pack(segment("a", 60, metronome=beat("follow"))), sensor=False, runner=Runner(cadence_spm=164.0)).to(59)
    assert run.tempi == [(0.0, 164.0)]
    assert all(isinstance(click, PlayClick) for click in run.clicks)
    assert len(run.clicks) == pytest.approx(59 * 164 / 60, abs=2)
