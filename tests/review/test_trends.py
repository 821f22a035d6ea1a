"""How figures go from run to run: growth, plateau and decline on series whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from cued.coaching.happening import Outcome, Vital
from cued.coaching.model import Model
from cued.coaching.state import PlanState, Run
from cued.core.target import Figure
from cued.review.trends import Direction, Trend, decline_of, flat_of, trends_of

OWN = Figure(168.0, 2.8)


class Told(NamedTuple):
    """What one run shows, as shares over the runner's own; three runs a week."""

    cadence: float = 0.0
    drift: float | None = None
    bpm: float | None = None
    effort: float | None = None
    change: float = 0.0
    eased: bool = False


def a_state(runs: list[Told], *, dated: bool = True) -> PlanState:
    """A plan with these runs, two or three days apart."""
    kept = []
    for number, told in enumerate(runs, 1):
        vitals = () if told.bpm is None else tuple(Vital(2.8 + 0.01 * (minute % 3), told.bpm) for minute in range(8))
        outcome = Outcome(
            "drills",
            True,
            40.0,
            change=told.change,
            in_band=0.8,
            probe=Figure(OWN.spm * (1.0 + told.cadence), 2.8),
            drift=told.drift,
            vitals=vitals,
        )
        day = 20_000 + number * 7 // 3 if dated else None
        kept.append(Run(number, day, 2, 1, outcome, eased=told.eased, effort=told.effort))
    return PlanState(phase=2, entry=1, day=20_000 + len(runs) * 7 // 3, runs=tuple(kept), model=Model(first=(OWN,) * 3))


def trend(state: PlanState, name: str) -> Trend:
    (found,) = (one for one in trends_of(state) if one.figure.name == name)
    return found


def noise(seed: int, n: int, spread: float) -> list[float]:
    return [float(value) for value in np.random.default_rng(seed).normal(0.0, spread, n)]


def test_growth_is_found_with_its_size() -> None:
    rising = [Told(0.001 * number + stray) for number, stray in enumerate(noise(1, 18, 0.003))]
    found = trend(a_state(rising), "cadence")
    assert found.direction is Direction.RISING
    assert found.month is not None
    assert found.month.low <= 0.012 <= found.month.high  # twelve runs in four weeks


def test_below_six_runs_there_is_no_verdict() -> None:
    found = trend(a_state([Told(0.01 * number) for number in range(5)]), "cadence")
    assert (found.direction, found.month, found.p) == (Direction.LITTLE, None, None)
    assert trend(a_state([Told(0.01 * number) for number in range(6)]), "cadence").direction is Direction.RISING


def test_what_is_lost_after_the_feeders_is_followed_over_weeks() -> None:
    state = a_state([Told()] * 9)
    runs = tuple(
        replace(run, outcome=replace(run.outcome, feeder=Figure(170.0, 2.8), steady=Figure(162.0 + run.number, 2.8)))
        for run in state.runs
    )
    found = trend(replace(state, runs=runs), "loss")
    assert [round(point.value * OWN.spm, 6) for point in found.points] == [8.0 - number for number in range(1, 10)]
    assert found.direction is Direction.FALLING
    assert trend(state, "loss").points == ()


def test_runs_without_a_date_are_shown_and_make_no_trend() -> None:
    found = trend(a_state([Told(0.01 * number) for number in range(9)], dated=False), "cadence")
    assert len(found.points) == 9
    assert found.direction is Direction.LITTLE


def test_runs_made_easier_while_sore_say_nothing() -> None:
    assert len(trend(a_state([Told(), Told(eased=True), Told()]), "cadence").points) == 2


def test_efficiency_is_metres_a_heartbeat_near_the_easy_speed() -> None:
    state = a_state([Told(bpm=140.0)])
    (point,) = trend(state, "efficiency").points
    assert point.value == pytest.approx(2.81 * 60 / 140.0, rel=0.01)
    fast = replace(state.runs[0].outcome, vitals=tuple(replace(one, speed_mps=3.4) for one in state.runs[0].outcome.vitals))
    assert trend(replace(state, runs=(replace(state.runs[0], outcome=fast),)), "efficiency").points == ()
    assert trend(a_state([Told()]), "efficiency").points == ()


# --- plateau, growth, decline over many runners --------------------------------------------------------------------

SEEDS = range(60)
SPREAD = 0.005


def share(classified: list[bool]) -> float:
    return sum(classified) / len(classified)


def test_a_plateau_is_told_of_runners_who_stand_still_and_not_of_those_who_grow() -> None:
    still = [bool(flat_of(a_state([Told(0.02 + stray) for stray in noise(seed, 18, SPREAD)]))) for seed in SEEDS]
    growing = [
        bool(flat_of(a_state([Told(0.0015 * number + stray) for number, stray in enumerate(noise(seed, 18, SPREAD))])))
        for seed in SEEDS
    ]
    assert share(still) >= 0.80
    assert share(growing) <= 0.05


def test_while_the_interval_is_wide_there_is_no_plateau_yet() -> None:
    few = [bool(flat_of(a_state([Told(0.02 + stray) for stray in noise(seed, 7, SPREAD)]))) for seed in SEEDS]
    wild = [bool(flat_of(a_state([Told(0.02 + stray) for stray in noise(seed, 9, 0.02)]))) for seed in SEEDS]
    assert share(few) == 0.0
    assert share(wild) <= 0.05


def test_a_decline_of_efficiency_raises_the_alarm_and_a_steady_runner_seldom_does() -> None:
    def alarmed(seed: int, fall: float) -> bool:
        strays = noise(seed, 22, 0.015)
        runs = [Told(bpm=140.0 * (1.0 + stray + (fall if number >= 12 else 0.0))) for number, stray in enumerate(strays)]
        return any("efficiency" in decline_of(a_state(runs[:n])) for n in range(11, 23))

    assert share([alarmed(seed, 0.0) for seed in SEEDS]) <= 0.10
    assert share([alarmed(seed, 0.04) for seed in SEEDS]) >= 0.80


def test_more_cadence_lost_late_is_a_decline() -> None:
    good, bad = [Told(drift=0.005 + stray) for stray in noise(3, 12, 0.003)], [Told(drift=0.03)] * 4
    assert decline_of(a_state(good)) == ""
    assert "lost late" in decline_of(a_state([*good, *bad]))


def test_cadence_that_follows_the_target_down_is_no_decline() -> None:
    kept = [Told(0.04 + stray, change=0.04) for stray in noise(5, 12, SPREAD)]
    lost = [Told(stray, change=0.04) for stray in noise(6, 6, SPREAD)]
    told_to = [Told(stray, change=0.0) for stray in noise(6, 6, SPREAD)]
    assert "cadence without help has fallen" in decline_of(a_state([*kept, *lost]))
    assert decline_of(a_state([*kept, *told_to])) == ""
