"""What cued says of a pod that goes and comes back: once, late enough to matter, and only what is true then."""

from __future__ import annotations

from typing import Any

import pytest

from cued.core import engine
from cued.core.cues import SensorIs, SensorWord
from cued.core.effects import Say, SensorWas
from cued.core.events import BatteryLow, CadenceSample, LinkState, Pause, Resume, SensorLink
from cued.core.link import WORDS, Own
from cued.units import seconds
from tests.support.run import KNOWN, Run, at, beat, pack, rule, samples, segment


def running(mode: str = "follow", **words: Any) -> Run:
    how: dict[str, Any] = {"runner": KNOWN, "on_air": True} | words
    rules = (
        [rule(SensorIs(SensorWord.LOST), "away"), rule(SensorIs(SensorWord.BACK), "here")] if how.pop("rules", False) else []
    )
    metronome = beat("fixed", beat_spm=170.0) if mode == "fixed" else beat(mode)
    return Run(pack(segment("a", 3_000, metronome=metronome), rules=rules), **how).runs(0, 60)


def link(at_s: float, state: LinkState) -> SensorLink:
    return SensorLink(seconds(at_s), state)


def told(run: Run) -> list[tuple[float, str]]:
    """(seconds, what cued said)."""
    return [(at(say), say.text) for say in run.of(Say) if say.cue == "cued"]


def states(run: Run) -> list[tuple[float, str]]:
    return [(at(one), one.state) for one in run.of(SensorWas)]


def test_a_link_down_for_twenty_seconds_is_told_once() -> None:
    run = running().send(link(60, LinkState.LOST)).to(400)
    assert told(run) == [(80.0, "No cadence.")]
    assert states(run) == [(0.0, "found"), (60.0, "lost")]


def test_that_the_beat_stays_is_said_only_of_a_beat_that_sounds() -> None:
    run = running("fixed").send(link(60, LinkState.LOST)).to(100)
    assert told(run) == [(80.0, "No cadence. Keeping the beat.")]
    assert run.clicks_in(80, 100)
    assert not running("follow").send(link(60, LinkState.LOST)).to(100).clicks_in(76, 100)


def test_a_link_that_comes_back_within_twenty_seconds_is_marked_and_not_told() -> None:
    run = running(rules=True).send(link(60, LinkState.LOST), link(79, LinkState.BACK)).runs(79, 200)
    assert run.said == []
    assert states(run) == [(0.0, "found"), (60.0, "lost"), (79.0, "back")]


def test_the_return_is_told_once_when_cadence_comes() -> None:
    run = running().send(link(60, LinkState.LOST), link(100, LinkState.BACK)).runs(103, 200)
    assert told(run) == [(80.0, "No cadence."), (103.0, "Cadence is back.")]


def test_at_a_red_light_nothing_is_said() -> None:
    standing = running().send(*samples(60, 300, 0.0, 0.0)).runs(300, 330)
    assert told(standing) == []
    assert states(standing) == [(0.0, "found")]


@pytest.mark.parametrize("state", [LinkState.UP, LinkState.RENEWING])
def test_a_pod_that_falls_silent_for_less_than_a_minute_is_not_told(state: LinkState) -> None:
    run = running().send(link(66, state)).to(118).runs(118, 150)
    assert told(run) == []
    assert states(run) == [(0.0, "found")]


@pytest.mark.parametrize("state", [LinkState.UP, LinkState.RENEWING])
def test_a_minute_of_silence_is_told_once_whatever_the_link(state: LinkState) -> None:
    run = running().send(link(66, state)).to(300)
    assert told(run) == [(119.0, "No cadence.")]
    assert states(run) == [(0.0, "found"), (119.0, "lost")]
    run.runs(300, 330)
    assert told(run)[1:] == [(300.0, "Cadence is back.")]
    assert states(run)[2:] == [(300.0, "back")]


def test_a_link_that_is_up_again_in_time_is_no_loss_though_the_pod_stays_silent() -> None:
    run = running("fixed").send(link(60, LinkState.LOST), link(75, LinkState.UP)).to(118)
    assert told(run) == []
    assert states(run) == [(0.0, "found"), (60.0, "lost")]
    assert run.clicks_in(60, 75)
    assert not run.clicks_in(80, 118), "who stands has no beat"
    assert told(run.to(150)) == [(119.0, "No cadence.")]


def test_a_renewed_link_brings_nothing_back_before_the_pod_speaks() -> None:
    run = running().to(125).send(link(125, LinkState.RENEWING), link(128, LinkState.UP)).to(140)
    assert states(run) == [(0.0, "found"), (119.0, "lost")]
    run.runs(140, 150)
    assert states(run)[2:] == [(140.0, "back")]
    assert told(run) == [(119.0, "No cadence."), (140.0, "Cadence is back.")]


def test_a_pod_that_has_not_spoken_in_a_runs_first_minute_is_told() -> None:
    run = Run(pack(segment("a", 600)), runner=KNOWN, on_air=True).to(200)
    assert told(run) == [(60.0, "No cadence.")]
    assert states(run) == [(60.0, "lost")]


def test_a_treadmill_that_speaks_of_its_belt_hides_no_silent_pod() -> None:
    run = running().send(*samples(60, 200, None, 2.8)).to(200)
    assert told(run) == [(119.0, "No cadence.")]


def test_cadence_is_told_to_be_back_only_when_it_is_known() -> None:
    strides = [CadenceSample(seconds(second), None, 2.8, raw=85) for second in range(100, 110)]
    run = running().send(link(60, LinkState.LOST), *strides).runs(110, 120)
    assert states(run)[1:] == [(60.0, "lost"), (100.0, "back")]
    assert told(run) == [(80.0, "No cadence."), (110.0, "Cadence is back.")]


def test_losses_are_told_at_most_every_ten_minutes_and_only_while_they_last() -> None:
    run = running()
    for start in (60, 200):
        run.send(link(start, LinkState.LOST), link(start + 40, LinkState.BACK)).runs(start + 40, start + 100)
    run.send(link(400, LinkState.LOST)).to(900)
    assert told(run) == [(80.0, "No cadence."), (100.0, "Cadence is back."), (680.0, "No cadence.")]


def test_nothing_is_told_in_a_pause() -> None:
    run = running().send(link(60, LinkState.LOST), Pause(seconds(70))).to(200)
    assert told(run) == []
    run.send(Resume(seconds(200))).to(230)
    assert told(run) == [(200.0, "No cadence.")]


def test_a_pack_s_rules_about_the_pod_wait_until_it_is_told() -> None:
    run = running(rules=True).send(link(60, LinkState.LOST), link(100, LinkState.BACK)).runs(101, 120)
    away, here = [(when, cue) for when, cue in run.said if cue != "cued"]
    assert (away[1], here[1]) == ("away", "here")
    assert 80.0 <= away[0] < 83.0  # cued's own words come first
    assert 101.0 <= here[0] < 104.0


def test_a_recorded_run_is_not_spoken_to_about_its_pod_and_its_rules_fire_at_once() -> None:
    run = running(rules=True, on_air=False).send(link(60, LinkState.LOST), link(100, LinkState.BACK)).runs(101, 120)
    assert run.said == [(60.0, "away"), (100.0, "here")]


def test_an_empty_battery_is_told_once() -> None:
    assert told(running().send(BatteryLow(seconds(60), 10)).to(100)) == [(60.0, "A sensor's battery is nearly empty.")]


def test_what_cued_says_needs_no_render_in_the_run() -> None:
    what = pack(segment("a", 600))
    own = {text.text for text in engine.texts_of(what, "de", on_air=True)} - {text.text for text in engine.texts_of(what, "de")}
    assert own == set(WORDS["de"].values())


def test_cued_speaks_every_language_whole() -> None:
    assert all(set(words) == set(Own) for words in WORDS.values())
