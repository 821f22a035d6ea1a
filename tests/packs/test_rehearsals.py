"""Every shipped pack with every simulated runner, and every real run where there are any, speaks in its moments only."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from cued.core import cues
from cued.core.events import CadenceSample
from cued.runtime.conductor import Until
from cued.runtime.feeding import Feeding, Recorded, Recording, Runner, Simulated
from cued.sensors.runner_presets import preset_names
from cued.sensors.simulated import SimulatedRunner
from cued.units import NS_PER_MIN, NS_PER_S
from tests.packs.rehearsed import EXEMPT, Rehearsal, check, rehearsed
from tests.packs.shipped import PHASES, SETS, SHIPPED

MINUTES = {"fatigue": 70, "block-test": 30, "plain": 20, **dict.fromkeys(SETS, 15)}
"""Long enough for the tired part, or short where nothing more comes; else 45."""
SHORT = ("fenix5x_hrmrun_stryd_28min.fit", "fenix2_47min.fit")
LONG = ("stryd_57min.fit", "fr935_hrmrun_stryd_113min.fit")
"""They take seconds each."""
RECORDED = [(name, file) for name in SHIPPED for file in (*SHORT, *LONG)]
pytestmark = pytest.mark.slow


LEADING = (*PHASES, "metronome")
WHO = [(name, preset) for name in LEADING for preset in preset_names()]
WHO += [(name, preset) for name in ("plain", "block-test", *SETS) for preset in ("easy", "stop-and-go")]
"""What neither leads nor corrects is the same for everybody."""
USUAL = {
    (name, preset_names()[(number + more) % len(preset_names())]) for number, name in enumerate(LEADING) for more in (0, 2)
}
USUAL |= {(name, "stop-and-go") for name, _ in WHO if name not in LEADING}
"""Every pack, and every runner with some; everybody with everything is left to the long tests."""
USUALLY_RECORDED = {(name, SHORT[number % 2]) for number, name in enumerate(PHASES)}


def seldom(pairs: Iterable[tuple[str, str]], usual: Container[tuple[str, str]]) -> list[ParameterSet]:
    """All `pairs`, those that are not `usual` for the long tests only."""
    return [pytest.param(*pair, marks=() if pair in usual else pytest.mark.soak) for pair in pairs]


@pytest.mark.parametrize(("name", "preset"), seldom(WHO, USUAL))
def test_a_pack_speaks_in_its_moments_whoever_runs(name: str, preset: str) -> None:
    session = 1 + 2 * preset_names().index(preset)  # the first for one, a late one for another
    run = rehearsed(name, Simulated(preset), minutes=MINUTES.get(name, 45), session=session)
    check(run)
    assert run.rows[-1]["kind"] == "end"


@pytest.mark.parametrize(("name", "file"), seldom(RECORDED, USUALLY_RECORDED))
def test_a_pack_speaks_in_its_moments_on_a_real_run(name: str, file: str, run_data: Path) -> None:
    check(rehearsed(name, Recorded(str(run_data / "runs" / file))))


# --- each phase's own ----------------------------------------------------------------------------------------------


def perfect(minutes: int, preset: str = "easy") -> Feeding:
    """A runner who steps on every beat and does at once what every cue says."""
    length_ns = minutes * NS_PER_MIN
    feed = Until(Runner(SimulatedRunner(preset, 0, perfect=True)), length_ns)
    return Feeding(feed, "sim:perfect", length_ns, length_ns, sensor=True, simulated=True)


def band_at(run: Rehearsal, at_ns: int) -> str:
    """How the last sample before that moment was judged."""
    return str([row for row in run.of("cadence") if row["t_ns"] < at_ns][-1]["band"])


@pytest.mark.parametrize("session", [1, 8, *(pytest.param(one, marks=pytest.mark.soak) for one in range(2, 8))])
def test_a_runner_who_does_all_that_is_asked_ends_every_feeder_in_the_band(session: int) -> None:
    run = rehearsed("integration", perfect(60), session=session)
    ends = [end for name, _, end in run.pieces if name == "feeder"]
    assert len(ends) == 5
    assert [band_at(run, end) for end in ends] == ["in"] * 5


def test_sound_is_in_the_feeder_the_release_on_its_end_and_only_corrections_in_the_steady_part() -> None:
    run = rehearsed("integration", Simulated("easy"), minutes=60)
    steady = [start for name, start, _ in run.pieces if name == "steady"]
    late_ns = [row["t_ns"] - at for row, at in zip((row for row in run.said if row["cue"] == "release"), steady, strict=True)]
    assert late_ns.count(0) >= 4, "it waits for nothing but a cue that is just being said"
    assert all(0 <= late < 2 * NS_PER_S for late in late_ns)
    for row in run.within("say", "steady"):
        rule = run.rule(row)
        assert rule is not None
        assert row["cue"] == "release" or isinstance(rule.when, cues.OffBand | cues.PaceDrop | cues.Drift)
    assert {name for name, start, end in run.pieces if any(start <= row["t_ns"] < end for row in run.of("click"))} == {"feeder"}


def test_a_runner_who_needs_no_correction_hears_none_in_the_steady_part() -> None:
    run = rehearsed("integration", _as_if_trained(60))
    assert {row["cue"] for row in run.within("say", "steady")} == {"release"}


def _as_if_trained(minutes: int) -> Feeding:
    """Own cadence in the warm-up, and 5 % more from its end on: a runner in whom it has become habit."""
    length_ns = minutes * NS_PER_MIN
    samples = (
        CadenceSample(at * NS_PER_S, 164.0 if at < 600 else 172.0, speed_mps=2.8, total_distance_m=2.8 * at, running=True)
        for at in range(minutes * 60)
    )
    feed = Until(Recording(samples), length_ns)
    return Feeding(feed, "made", length_ns, length_ns, sensor=True, simulated=True)


def test_phase_1_never_asks_for_another_cadence() -> None:
    run = rehearsed("awareness", Simulated("easy"), minutes=45)
    smooth = {row["t_ns"]: row["smooth_spm"] for row in run.of("cadence")}
    for row in run.of("click"):
        own = smooth[max(at for at in smooth if at <= row["t_ns"])]
        assert abs(row["spm"] - own) <= 0.02 * own, "the beat goes with the runner"


def test_in_the_first_phases_an_interval_runner_is_left_alone_in_the_hard_parts() -> None:
    run = rehearsed("awareness", Simulated("intervals"), minutes=45)
    assert any(row["reason"] == "not easy" for row in run.of("suppressed"))
    speeds = {row["t_ns"]: row["speed_mps"] for row in run.of("cadence")}
    for row in run.said:
        assert speeds[row["t_ns"] // NS_PER_S * NS_PER_S] < 3.7, f"{row['cue']} at a hard pace"


def test_a_runner_who_tires_gets_three_bursts_and_then_the_word_to_ease_off() -> None:
    run = rehearsed("fatigue", Simulated("tired"), minutes=100)
    reference = next(row for row in run.of("measured") if row["what"] == "reference")
    bursts = [row for row in run.of("tempo") if row["mode"] == "burst" and row["reason"] == "start"]
    assert len(bursts) == 3
    assert all(row["t_ns"] > reference["t_ns"] for row in bursts)
    eased = [row for row in run.said if row["cue"] == "ease"]
    assert [row["priority"] for row in eased] == ["safety"]
    assert eased[0]["t_ns"] > bursts[-1]["t_ns"]
    assert [row["cue"] for row in run.said if row["t_ns"] > eased[0]["t_ns"]] == []
    assert [row for row in run.of("click") if row["t_ns"] > eased[0]["t_ns"] + NS_PER_S] == []


def test_a_runner_who_holds_the_rhythm_hears_nothing_of_fatigue() -> None:
    run = rehearsed("fatigue", Simulated("easy"), minutes=75)
    assert run.of("click") == []
    assert not {row["cue"] for row in run.said} & {"dropped", "back", "reset", "ease"}


@pytest.mark.parametrize(("name", "word"), [("fatigue", "ease"), ("variability", "settle")])
def test_a_heart_over_the_ceiling_ends_the_cues_with_one_word(name: str, word: str) -> None:
    run = rehearsed(name, Simulated("intervals"), minutes=60, max_hr_bpm=170)
    eased = [row for row in run.said if row["cue"] == word and row["priority"] == "safety"]
    assert len(eased) == 1
    assert {row["cue"] for row in run.said if row["t_ns"] > eased[0]["t_ns"]} <= {"cued"}, "but that a press is waited for"


def test_a_plain_run_says_one_sentence_and_is_silent() -> None:
    run = rehearsed("plain", Simulated("tired"), minutes=40)
    assert [(row["cue"], row["t_ns"]) for row in run.said] == [("plain", 0)]
    assert run.of("click") == []


def test_the_later_the_session_the_less_is_heard() -> None:
    for name in ("awareness", "drills", "variability", "maintenance"):
        heard = [rehearsed(name, Simulated("easy"), minutes=45, session=number) for number in (1, 8)]
        clicks = [len(run.of("click")) for run in heard]
        words = [len([row for row in run.said if row["priority"] not in EXEMPT]) for run in heard]
        assert clicks[1] < clicks[0], name
        assert words[1] <= words[0], name
