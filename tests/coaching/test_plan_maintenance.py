"""Phase 6: the old cues come back, by the calendar or when something calls for them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cued.coaching.happening import Felt, Kind, Ran, Say
from cued.coaching.phases import PHASES
from cued.coaching.state import PlanSettings, PlanState
from tests.support.seasons import Walk, at_phase, outcome_of


def test_the_old_cues_come_back_after_fourteen_to_twenty_eight_days_by_the_seed() -> None:
    gaps = set()
    for seed in range(6):
        walk = Walk(PlanState(PlanSettings(seed=seed)))
        walk.until(6)
        walk.weeks(16)
        days = [day for day, answer in walk.ran if answer.pack == "maintenance"]
        between = [later - earlier for earlier, later in pairwise(days)]
        assert between
        assert all(14 <= gap <= 30 for gap in between)  # due on a day without a run: on the next with one
        gaps.update(between)
    assert len(gaps) > 3


def test_a_drift_in_phase_6_is_met_by_two_sessions_of_phase_5() -> None:
    walk = at_phase(6)
    walk.weeks(1)
    while not walk.state.booster:
        answer = walk.today()
        walk.number += 1
        walk.tell(Ran(walk.day, walk.number, outcome_of(answer, kept=0.0)))
        walk.tell(Felt(walk.day, walk.number, pain=0.0, morning=0.0))
        walk.day += 2
    assert "rhythm drifted" in walk.kinds(Kind.DUE)[-1].text
    before = len(walk.ran)
    walk.weeks(3)
    packs = [answer.pack for _, answer in walk.ran[before:]]
    assert packs.count("integration") == 2
    assert walk.state.booster == 0


@pytest.mark.parametrize("say", [Say.SHOES, Say.SEASON])
def test_new_shoes_and_a_new_season_call_the_old_cues(say: Say) -> None:
    walk = at_phase(6)
    walk.weeks(1)
    walk.say(say)
    walk.day += 2
    answer = walk.today()
    assert answer.pack == "maintenance"
    assert answer.reintroduction


def test_after_days_off_two_plain_runs_come_and_then_the_old_cues() -> None:
    walk = at_phase(6)
    walk.weeks(1)
    walk.day += 10
    packs = []
    for _ in range(4):
        packs.append(walk.run().pack)
        walk.day += 2
    assert packs == ["plain", "plain", "maintenance", "plain"]
    assert "after a layoff" in walk.kinds(Kind.DUE)[-1].text


def test_every_phase_has_a_pack_of_its_own_and_the_whole_way_takes_at_least_sixteen_weeks() -> None:
    assert len({rules.pack for rules in PHASES}) == 6
    walk = at_phase(6)
    assert (walk.day - 20_000) // 7 >= 16
    assert [decision.phase for decision in walk.kinds(Kind.ADVANCE)] == [2, 3, 4, 5, 6]
