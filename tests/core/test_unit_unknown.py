"""A pod whose unit nobody knows yet: it is there and it moves, but its cadence feeds no rule, no baseline and no beat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cued.core.cadence import CadenceState, Gait, observe, own_spm, smooth_spm
from cued.core.effects import BandWas, CadenceSeen, Measured, PlayClick, SensorWas
from cued.core.events import CadenceSample, Event, LinkState, SensorLink
from cued.units import NS_PER_S, seconds
from tests.support.run import FIXED_172, Run, beat, pack, samples, segment


def unknown(from_s: float, to_s: float, speed: float | None = 2.8, raw: int = 85) -> list[Event]:
    """A pod that sends a number nobody can read yet, once a second."""
    return [replace(event, raw=raw) for event in samples(from_s, to_s, None, speed) if isinstance(event, CadenceSample)]


def carried(*events: Event) -> CadenceState:
    state = CadenceState()
    for event in events:
        assert isinstance(event, CadenceSample)
        state, artefact = observe(state, event, None)
        assert artefact == ""
    return state


def test_it_is_found_by_its_first_sample_and_its_number_is_written_down() -> None:
    run = Run(pack(segment(target=FIXED_172))).send(*unknown(0, 30)).to(30)
    assert [one.state for one in run.of(SensorWas)] == ["found"]
    seen = run.of(CadenceSeen)
    assert {(one.spm, one.smooth_spm, one.raw, one.state, one.band) for one in seen} == {(None, None, 85, "unknown", "asleep")}


def test_neither_a_band_nor_a_baseline_nor_a_following_beat_comes_of_it() -> None:
    run = Run(pack(segment(target=FIXED_172, metronome=beat("follow")))).send(*unknown(0, 400)).to(400)
    assert run.of(BandWas) == []
    assert run.of(Measured) == []
    assert run.of(PlayClick) == []


def test_once_it_is_known_all_of_them_begin() -> None:
    run = Run(pack(segment(target=FIXED_172, metronome=beat("follow"))))
    run.send(*[*unknown(0, 20), *samples(20, 300, 170.0)]).to(300)
    assert min(click.at_ns for click in run.of(PlayClick)) >= 20 * NS_PER_S
    assert any(one.what == "baseline" for one in run.of(Measured))
    assert run.of(BandWas)[0].at_ns >= 20 * NS_PER_S


def test_a_runner_who_stood_and_gets_ahead_no_longer_stands() -> None:
    state = carried(*unknown(0, 5, speed=0.0, raw=0))
    assert state.gait is Gait.STANDING
    state = carried(*unknown(0, 5, speed=0.0, raw=0), *unknown(5, 6))
    assert (state.gait, state.gait_since_ns) == (Gait.UNKNOWN, 5 * NS_PER_S)


def test_distance_goes_on_while_the_unit_is_unknown() -> None:
    run = Run(pack(segment())).send(*[*unknown(0, 5, speed=0.0, raw=0), *unknown(5, 25)]).to(25)
    metres = run.of(CadenceSeen)[-1].distance_m
    assert metres == pytest.approx(19 * 2.8, abs=3)


def test_samples_without_a_unit_are_no_silence() -> None:
    run = Run(pack(segment())).send(*[*samples(0, 20, 170.0), *unknown(20, 40)]).to(40)
    states = [one.state for one in run.of(CadenceSeen)]
    assert "standing" not in states
    assert (states[25], states[-1]) == ("running", "unknown")


def test_a_pod_that_falls_silent_stands_whether_its_unit_is_known_or_not() -> None:
    run = Run(pack(segment())).send(*unknown(0, 20)).to(25)
    assert run.view.state == "standing"


def test_the_last_known_cadence_does_not_stand_for_the_unknown_one() -> None:
    state = carried(*samples(0, 20, 170.0), *unknown(20, 31))
    assert state.gait is Gait.UNKNOWN
    assert smooth_spm(state, 30 * NS_PER_S, 5 * NS_PER_S) is None
    assert own_spm(state, 30 * NS_PER_S) is None


def test_no_baseline_is_made_of_samples_that_repeat_the_last_known_cadence() -> None:
    mixed: list[Event] = []
    for second in range(0, 250, 5):
        mixed += [*samples(second, second + 1, 170.0), *unknown(second + 1, second + 5)]
    run = Run(pack(segment(length=900.0))).send(*mixed).to(250)
    assert run.of(Measured) == []


def test_a_belt_alone_brings_no_lost_pod_back() -> None:
    lost: list[Event] = [*samples(0, 20, 170.0), SensorLink(seconds(20), LinkState.LOST)]
    belt = samples(21, 30, None, 2.8)
    run = Run(pack(segment())).send(*[*lost, *belt]).to(30)
    assert [one.state for one in run.of(SensorWas)] == ["found", "lost"]
    assert run.of(CadenceSeen)[-1].state == "lost"
    back = Run(pack(segment())).send(*[*lost, *unknown(21, 30)]).to(30)
    assert [one.state for one in back.of(SensorWas)] == ["found", "lost", "back"]
    assert back.of(CadenceSeen)[-1].state == "unknown"
