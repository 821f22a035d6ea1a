"""What holds, what waits, what does not rise: the gates and the week's one change, one by one."""

from __future__ import annotations

import pytest

from cued.coaching.gates import judge
from cued.coaching.happening import Dawn, Felt, Kind, Say
from cued.coaching.phases import Dial
from cued.coaching.today import RunKind
from cued.core.cues import Tissue
from cued.core.target import Figure
from tests.support.seasons import OWN_SPM, Walk, at_phase, ready


def reason(walk: Walk, what: str) -> tuple[bool | None, str]:
    """Of the present judgement."""
    (found,) = [one for one in judge(walk.state).reasons if one.what == what]
    return found.met, found.text


def raised() -> Walk:
    """On the morning on which the target may be 2 % for the first time."""
    walk = at_phase(2)
    walk.weeks(1)
    walk.tell(Dawn(walk.day))
    assert walk.state.week.dial is Dial.TARGET
    return walk


def plain_weeks(walk: Walk, count: int) -> None:
    """Weeks of plain runs by the runner's word."""
    for _ in range(count):
        for offset in range(7):
            if offset % 2 == 0:
                walk.say(Say.PLAIN)
                walk.run()
            walk.day += 1


# --- when anything may progress ------------------------------------------------------------------------------------


def test_nothing_progresses_after_a_week_without_a_run() -> None:
    walk = ready()
    walk.day += 7
    walk.tell(Dawn(walk.day))
    assert walk.state.phase == 1
    walk.run()
    walk.day += 7
    walk.tell(Dawn(walk.day))
    assert walk.state.phase == 2


def test_nothing_progresses_while_the_runner_holds() -> None:
    walk = at_phase(2)
    walk.say(Say.HOLD)
    walk.weeks(3)
    assert walk.state.change == 0.0
    assert not [one for one in walk.kinds(Kind.WEEK) if "over your own" in one.text]


def test_nothing_progresses_for_two_weeks_after_pain() -> None:
    walk = raised()
    walk.run(pain=2.5)
    for _ in range(6):
        walk.day += 2
        walk.run()
    met, text = reason(walk, "pain")
    assert met is False
    assert "pain 2.5 of 2 allowed" in text
    walk.day += 3
    assert reason(Walk(walk.state, walk.day), "pain")[0] is False
    walk.run()
    walk.day += 2
    walk.tell(Dawn(walk.day))
    assert reason(walk, "pain")[0] is True


# --- the target ----------------------------------------------------------------------------------------------------


def test_the_target_does_not_rise_while_it_is_not_kept_without_help() -> None:
    walk = raised()
    walk.weeks(6, probe=Figure(OWN_SPM, 2.8))
    assert walk.state.phase == 2
    assert walk.state.change == pytest.approx(0.02)
    assert reason(walk, "retention") == (False, "retention 0 % of 60 % asked, 3 sessions")


def test_a_step_that_was_not_run_is_no_ground_for_the_next() -> None:
    walk = raised()
    plain_weeks(walk, 3)
    walk.weeks(1)
    assert walk.state.change == pytest.approx(0.02)


def test_a_lighter_week_asks_for_nothing_that_was_not_run_before() -> None:
    walk = raised()
    plain_weeks(walk, 2)
    answer = walk.today()
    assert answer.ease.half
    assert (answer.kind, answer.change) == (RunKind.CUE, 0.0)


def test_nor_does_the_week_before_a_race() -> None:
    walk = raised()
    walk.say(Say.RACE, on=walk.day + 5)
    answer = walk.today()
    assert (answer.kind, answer.change) == (RunKind.CUE, 0.0)
    walk.say(Say.NO_RACE)
    assert walk.today().change == pytest.approx(0.02)


def test_an_advance_by_word_takes_this_weeks_step_back() -> None:
    walk = raised()
    walk.say(Say.ADVANCE)
    assert walk.state.phase == 3
    assert walk.state.change == 0.0


def test_the_drills_do_not_grow_before_a_race() -> None:
    walk = at_phase(2)
    while walk.state.week.dial is not Dial.DRILL:
        walk.weeks(1, probe=Figure(OWN_SPM, 2.8))
        walk.tell(Dawn(walk.day))
    grown = walk.today().dose.hops
    walk.say(Say.RACE, on=walk.day + 6)
    assert walk.today().dose.hops == grown - 20


# --- gates ---------------------------------------------------------------------------------------------------------


def test_sessions_run_while_sore_say_nothing_of_form() -> None:
    walk = at_phase(3)
    walk.weeks(1)
    before = reason(walk, "in_band")
    walk.run(pain=None, morning=None)
    walk.tell(Felt(walk.day, walk.number, pain=4.0, place=Tissue.CALF, morning=0.0))
    walk.day += 2
    for _ in range(3):
        walk.run(share=0.1, probe_in_band=0.1)
        walk.day += 2
    assert walk.kinds(Kind.BACK) == []
    assert before[0] is None
    assert reason(walk, "in_band") == (True, "in band 90 % of 70 % asked, 3 sessions")


def test_an_effort_that_has_grown_holds() -> None:
    walk = at_phase(2)
    for number in range(1, 4):
        walk.tell(Felt(walk.day, walk.number - number, effort=4.0))
    for _ in range(8):
        walk.run()
        walk.tell(Felt(walk.day, walk.number, effort=6.0))
        walk.day += 2
    assert reason(walk, "effort") == (False, "effort 6 of 5 allowed")
    assert judge(walk.state).text().startswith("hold")


def test_three_runs_without_feeling_ready_hold_and_are_followed_by_a_plain_one() -> None:
    walk = ready()
    for _ in range(4):
        walk.run()
        walk.tell(Felt(walk.day, walk.number, readiness=2.0))
        walk.day += 2
    assert reason(walk, "readiness") == (False, "readiness 2, 2, 2 in the last 3 runs, under 3")
    assert walk.today().reason == "three runs without feeling ready"


def test_too_few_of_the_planned_runs_hold() -> None:
    walk = Walk()
    for _ in range(12):
        walk.run()
        walk.day += 5
    met, text = reason(walk, "adherence")
    assert met is False
    assert text == "12 of 28 planned runs (43 %)"


def test_every_gate_asks_for_a_video_and_waits_for_none() -> None:
    for phase in range(1, 6):
        walk = at_phase(phase)
        assert reason(walk, "video") == (None, "no video was looked at: film 20 s from the side and from behind")
        walk.say(Say.FORM_OK)
        assert reason(walk, "video") == (True, "a video was looked at")
    told = [decision.text for decision in at_phase(3).kinds(Kind.ADVANCE)]
    assert len(told) == 2
    assert all("no video was looked at" in text for text in told), "skipped, and told so"


def test_what_is_met_goes_unsaid_while_something_is_not() -> None:
    walk = at_phase(2)
    walk.weeks(1)
    text = judge(walk.state).text()
    assert text.startswith("hold: 0 weeks of 3 asked; 2 cue sessions of 5 asked")
    assert "pain" not in text
