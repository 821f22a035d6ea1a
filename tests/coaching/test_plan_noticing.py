"""What the plan does when statistics notice a decline, or that nothing grows."""

from __future__ import annotations

from dataclasses import replace

from cued.coaching.gates import Verdict, form_holds, judge
from cued.coaching.happening import Decision, Kind, Noticed, Outcome, Ran
from cued.coaching.noticing import CHANGES, LIGHTER, PATIENCE_DAYS, proposal_of
from cued.coaching.plan import step
from cued.coaching.state import PlanState
from cued.coaching.today import today

FLAT = "no growth in 12 runs"
DECLINE = "efficiency has fallen: 1.20 m in the last three runs, 1.29 m before"


def stuck(day: int = 30) -> PlanState:
    """Five weeks in phase 2, and never in the band enough."""
    state, _ = step(PlanState(), Noticed(0))
    state = replace(state, phase=2, began=0, entered=0, day=day)
    for number in range(1, 7):
        outcome = Outcome("drills", True, 38.0, change=0.02, in_band=0.55)
        state, _ = step(state, Ran(day, number, outcome))
    return state


def proposed(decided: tuple[Decision, ...]) -> list[str]:
    return [one.text for one in decided if one.kind is Kind.PROPOSE]


def test_a_decline_holds_the_plan_brings_the_cues_back_and_is_said_once() -> None:
    state = replace(stuck(), fades=(("drills", 7),))
    state, decided = step(state, Noticed(30, decline=DECLINE))
    assert next(one.kind for one in decided) is Kind.ALARM
    assert state.fade("drills") == 2
    assert not form_holds(state)
    judgement = judge(state)
    assert judgement.verdict is not Verdict.ADVANCE
    assert DECLINE in judgement.text()
    again, decided = step(state, Noticed(32, decline=DECLINE))
    assert all(one.kind is not Kind.ALARM for one in decided)
    over, decided = step(again, Noticed(34))
    assert [one.text for one in decided if one.kind is Kind.ALARM] == [f"no longer: {DECLINE}"]
    assert not over.alarm


def test_in_phase_six_a_decline_calls_the_old_cues() -> None:
    state, decided = step(replace(stuck(), phase=6), Noticed(30, decline=DECLINE))
    assert Kind.DUE in {one.kind for one in decided}
    assert state.due == 30


def test_where_nothing_grows_one_change_is_proposed_and_none_is_made() -> None:
    before = stuck()
    state, decided = step(before, Noticed(30, flat=FLAT))
    (text,) = proposed(decided)
    assert text == f"{FLAT}. You might change one thing, or wait: {CHANGES[0]}"
    assert proposal_of(state, 30) == CHANGES[0]
    assert replace(today(state, 31), reason="") == replace(today(before, 31), reason="")
    assert state.change == before.change


def test_no_second_change_is_proposed_within_four_weeks_and_then_it_is_another() -> None:
    state, _ = step(stuck(), Noticed(30, flat=FLAT))
    state, decided = step(state, Noticed(30 + PATIENCE_DAYS - 1, flat=FLAT))
    assert proposed(decided) == []
    assert proposal_of(state, 30 + PATIENCE_DAYS) == ""
    state, decided = step(state, Noticed(30 + PATIENCE_DAYS, flat=FLAT))
    assert len(proposed(decided)) == 1
    assert proposal_of(state, 30 + PATIENCE_DAYS) == CHANGES[1]


def test_nothing_is_proposed_on_a_decline_without_a_date_or_before_the_phase_had_its_weeks() -> None:
    assert proposed(step(stuck(), Noticed(30, decline=DECLINE, flat=FLAT))[1]) == []
    assert proposed(step(replace(stuck(), day=None), Noticed(None, flat=FLAT))[1]) == []
    assert proposed(step(stuck(day=10), Noticed(10, flat=FLAT))[1]) == []


def test_who_is_unready_is_told_of_a_lighter_week_first() -> None:
    state = stuck()
    runs = tuple(replace(run, readiness=2.0) for run in state.runs)
    state, _ = step(replace(state, runs=runs), Noticed(30, flat=FLAT))
    assert proposal_of(state, 30) == LIGHTER
