"""The plan in plain cases: what a coach would expect of it, one by one."""

from __future__ import annotations

import pytest

from cued.coaching.calendar import coming
from cued.coaching.happening import Dawn, Felt, Kind, Ran, Say, Word
from cued.coaching.phases import Dial
from cued.coaching.plan import step
from cued.coaching.state import PlanState
from cued.coaching.today import RunKind, today
from cued.core.cues import Tissue
from cued.core.target import Figure
from tests.support.seasons import Walk, at_phase, outcome_of, ready

# --- the calendar --------------------------------------------------------------------------------------------------


def test_the_first_run_may_be_a_cue_session_with_the_rhythm_still_to_be_learned() -> None:
    first = today(PlanState(), 20_000)
    assert (first.kind, first.pack, first.minutes, first.session_number) == (RunKind.CUE, "awareness", 35, 1)
    assert first.learning
    assert first.change == 0.0


def test_cue_and_plain_runs_take_turns_two_of_each_a_week() -> None:
    walk = Walk()
    walk.weeks(3)
    assert [answer.cued for _, answer in walk.ran] == [True, False] * 6


def test_the_day_after_a_cue_day_is_plain_even_when_a_plain_run_came_after_the_cues() -> None:
    walk = Walk()
    walk.run()
    assert walk.run().kind is RunKind.PLAIN
    walk.day += 1
    assert walk.today().kind is RunKind.PLAIN
    walk.day += 1
    assert walk.today().kind is RunKind.CUE


def test_every_fourth_week_is_lighter_with_half_the_cues_and_nothing_new() -> None:
    walk = Walk()
    walk.weeks(3)
    assert walk.run().ease.half
    assert walk.state.week.dial is Dial.NONE
    assert "lighter week" in walk.kinds(Kind.WEEK)[-1].text


def test_one_thing_progresses_in_a_week() -> None:
    walk = at_phase(6)
    dials = [decision.text for decision in walk.kinds(Kind.WEEK)]
    assert any("2 % over your own" in text for text in dials)
    assert any("a run may last 38 min" in text for text in dials)
    weeks = [decision.day for decision in walk.decided if decision.kind in {Kind.WEEK, Kind.ADVANCE}]
    assert len(weeks) == len(set(weeks))


def test_coming_days_keep_the_order_of_cue_plain_and_rest() -> None:
    walk = Walk()
    walk.run()
    days = coming(walk.state, walk.day + 1, 8)
    assert "".join({RunKind.CUE: "C", RunKind.PLAIN: "P", RunKind.REST: "."}[day.kind] for day in days) == ".P.C.P.C"


def test_on_named_weekdays_only_those_are_run() -> None:
    walk = Walk(day=20_000)  # 2024-10-04, a Friday
    walk.say(Say.DAYS, weekdays=(1, 4))
    days = coming(walk.state, walk.day, 14)
    assert [number for number, day in enumerate(days) if day.kind is not RunKind.REST] == [0, 4, 7, 11]


# --- gates ---------------------------------------------------------------------------------------------------------


def test_the_next_phase_begins_with_a_full_week_once_all_is_there() -> None:
    walk = ready()
    assert walk.state.phase == 1
    assert walk.kinds(Kind.READY)
    walk.run()
    assert walk.state.phase == 2
    (advance,) = walk.kinds(Kind.ADVANCE)
    assert "4 weeks of 2 asked; 8 cue sessions of 5 asked; in band 90 % of 70 % asked, 3 sessions" in advance.text
    assert walk.state.week.dial is Dial.PACK


def test_a_hold_tells_what_is_missing_with_its_numbers() -> None:
    walk = at_phase(2)
    walk.weeks(1)
    walk.weeks(4, probe=None)
    assert walk.state.phase == 2
    assert walk.kinds(Kind.HOLD)[-1].text == "hold: retention known of 2 of 3 sessions"


def test_retention_is_what_stays_of_what_was_asked_for_without_help() -> None:
    walk = at_phase(2)
    for _ in range(4):
        for offset in range(7):
            if offset % 2 == 0:
                answer = walk.today()
                walk.run(probe=Figure(164.0 * (1.0 + 0.52 * answer.change), 2.8))
            walk.day += 1
    assert "retention 52 % of 60 % asked, 3 sessions" in walk.kinds(Kind.HOLD)[-1].text


@pytest.mark.parametrize(
    ("pain", "morning", "words"),
    [
        (3.0, 0.0, "pain 3 of 2 allowed"),
        (None, None, "not told (`cued log rate"),
        (0.0, 3.0, "pain 3 of 2 allowed"),
    ],
)
def test_pain_over_two_and_unknown_pain_hold(pain: float | None, morning: float | None, words: str) -> None:
    walk = Walk()
    walk.weeks(3)
    for _ in range(4):
        walk.run(pain=pain, morning=morning)
        walk.day += 2
    walk.tell(Dawn(walk.day))
    assert walk.state.phase == 1
    assert words in walk.kinds(Kind.HOLD)[-1].text or walk.state.sore is not None


def test_two_sessions_out_of_the_band_go_back_with_the_minutes_unchanged_and_the_fade_at_its_third_session() -> None:
    walk = at_phase(3)
    minutes = walk.state.run_minutes
    walk.weeks(2, share=0.4, surfaces=())
    (back, *_) = walk.kinds(Kind.BACK)
    assert back.phase == 2
    assert "in band 40 % and 40 %" in back.text
    assert walk.state.run_minutes == minutes
    assert 2 <= walk.state.fade("drills") <= 4


def test_the_first_runs_on_a_surface_send_nobody_back() -> None:
    walk = at_phase(3)
    walk.run(share=0.4, surfaces=(("sand", 0.4),))
    walk.day += 2
    walk.run()
    walk.day += 2
    walk.run(share=0.4, surfaces=(("sand", 0.4),))
    assert walk.kinds(Kind.BACK) == []


def test_late_drift_in_two_long_runs_goes_back() -> None:
    walk = at_phase(4)
    walk.weeks(4, drift=0.05)
    (back, *_) = walk.kinds(Kind.BACK)
    assert back.phase == 3
    assert "late drift" in back.text


def test_a_video_that_shows_slipped_form_goes_back_and_soreness_does_not() -> None:
    walk = at_phase(3)
    walk.run(pain=4.0, morning=4.0)
    assert walk.state.phase == 3
    walk.say(Say.FORM_SLIPPED)
    assert walk.state.phase == 2


# --- the runner's word ---------------------------------------------------------------------------------------------


def test_an_override_advances_and_is_recorded() -> None:
    walk = Walk()
    walk.weeks(1)
    (decision,) = walk.say(Say.ADVANCE)[-1:]
    assert decision.kind is Kind.ADVANCE
    assert decision.override
    assert "by your word" in decision.text
    assert "2 cue sessions of 5 asked" in decision.text


@pytest.mark.parametrize("pain", [2.5, None])
def test_no_override_advances_on_pain_or_unknown_pain(pain: float | None) -> None:
    walk = Walk()
    walk.weeks(1)
    walk.run(pain=pain)
    (decision,) = walk.say(Say.ADVANCE)[-1:]
    assert decision.kind is Kind.REFUSED
    assert "pain" in decision.text
    assert walk.state.phase == 1


def test_hold_by_word_stays_until_it_is_taken_back() -> None:
    walk = ready()
    walk.say(Say.HOLD)
    walk.weeks(2)
    assert walk.state.phase == 1
    walk.say(Say.GO)
    walk.weeks(3)  # the first of them has begun, the second is a lighter one
    assert walk.state.phase == 2


def test_own_cadence_may_be_kept_through_every_phase() -> None:
    walk = Walk()
    walk.say(Say.KEEP)
    walk.until(6)
    assert {answer.change for _, answer in walk.ran} == {0.0}


def test_whoever_is_offered_more_is_told_how_to_keep_the_own() -> None:
    told = [decision.text for decision in at_phase(6).kinds(Kind.WEEK) if "over your own" in decision.text]
    assert len(told) >= 3
    assert all("`cued plan target keep` leaves it at 0 %" in text for text in told)


def test_a_cadence_that_is_high_already_is_not_raised_unless_asked_for() -> None:
    walk = Walk()
    quick = tuple(Figure(181.0, 2.8) for _ in range(12))
    while walk.state.phase < 3:
        walk.tell(Dawn(walk.day))
        walk.run(easy=quick, probe=Figure(181.0, 2.8))
        walk.day += 2
    assert {answer.change for _, answer in walk.ran} == {0.0}
    (told,) = [decision.text for decision in walk.decided if "high already" in decision.text]
    assert "your own cadence of 181 is high already" in told
    walk.say(Say.RAISE)
    changes = set()
    for _ in range(30):
        changes.add(walk.run(easy=quick, probe=Figure(186.0, 2.8)).change)
        walk.day += 2
    assert max(changes) > 0.0


def test_help_goes_sooner_where_the_rhythm_stays_and_comes_back_where_it_does_not() -> None:
    for share, fades in ((0.9, [2, 4]), (0.5, [1, 2]), (0.2, [0, 0])):
        walk = Walk()
        found = []
        for _ in range(2):
            walk.run(probe_in_band=share)
            found.append(walk.state.fade("awareness"))
            walk.day += 2
            walk.run()
            walk.day += 2
        assert found == fades


def test_a_plain_run_has_the_drills_of_its_phase_unless_something_hurts() -> None:
    walk = at_phase(4)
    walk.run()
    walk.day += 2
    assert walk.today().drills == "strength"
    walk.tell(Felt(walk.day, walk.number, pain=4.0))
    walk.day += 2
    assert walk.today().drills == ""


def test_new_shoes_take_the_place_of_the_weeks_step_and_wait_for_any_other_change() -> None:
    walk = at_phase(2)
    (refused,) = walk.say(Say.SHOES)
    assert refused.kind is Kind.REFUSED
    assert "this week's is the phase" in refused.text
    walk.weeks(1)
    walk.tell(Dawn(walk.day))
    assert walk.state.change == pytest.approx(0.02)
    walk.say(Say.SHOES)
    assert walk.state.change == 0.0
    assert walk.state.week.dial is Dial.SHOES


# --- injured, ill, away, a race, days off --------------------------------------------------------------------------


def test_injured_has_no_cues_bars_the_place_and_returns_one_phase_back() -> None:
    walk = at_phase(3)
    walk.run()
    walk.say(Say.INJURED, place=Tissue.CALF)
    for _ in range(20):
        walk.day += 1
        answer = walk.today()
        assert not answer.cued
        assert answer.ease.barred == (Tissue.CALF,)
    weeks = walk.state.weeks
    walk.say(Say.WELL)
    assert walk.state.phase == 2
    assert walk.state.weeks <= weeks
    assert "after an injury one phase back" in walk.kinds(Kind.BACK)[-1].text
    assert [walk.run().kind for _ in range(2)] == [RunKind.PLAIN, RunKind.PLAIN]


def test_ill_and_away_plan_no_run_and_count_no_week() -> None:
    walk = at_phase(2)
    walk.run()
    weeks = walk.state.weeks
    walk.say(Say.ILL)
    walk.day += 8
    assert walk.today().kind is RunKind.REST
    walk.say(Say.WELL)
    assert walk.state.weeks == weeks
    assert walk.state.phase == 2


def test_ten_days_off_begin_again_with_two_plain_and_shorter_runs() -> None:
    walk = at_phase(3)
    walk.run()
    minutes = walk.state.run_minutes
    walk.day += 10
    first = walk.run()
    walk.day += 2
    second = walk.run()
    walk.day += 2
    assert [first.kind, second.kind, walk.today().kind] == [RunKind.PLAIN, RunKind.PLAIN, RunKind.CUE]
    assert first.minutes < minutes


def test_nothing_is_new_in_the_week_before_a_race_and_three_days_are_plain() -> None:
    walk = ready()
    walk.say(Say.RACE, on=walk.day + 6)
    answers = {}
    for offset in range(16):
        answers[offset] = walk.today()
        if offset % 2 == 0:
            walk.run()
        walk.day += 1
    assert [decision.day for decision in walk.kinds(Kind.ADVANCE)] == [20_000 + 28 + 14]
    assert [answers[offset].reason for offset in (6, 7, 8)] == ["race day", "plain after the race", "plain after the race"]
    assert all(answers[offset].pack in {"awareness", "plain"} for offset in range(9))


def test_a_race_is_told_with_its_date_and_what_follows_from_it() -> None:
    plain = "race day and the two days after are plain"
    told = {}
    for offset in (0, 1, 7, 8, 300):
        walk = at_phase(2)
        walk.day = 20_783  # 2026-11-26, a Thursday
        walk.say(Say.RACE, on=walk.day + offset)
        told[offset] = walk.decided[-1].text
    nothing = "no new target, drill, shoe, surface or pack"
    assert told[0] == f"race on Thursday 26 November 2026, today: from now on {nothing}; {plain}"
    assert told[1].startswith("race on Friday 27 November 2026, tomorrow: from now on")
    assert told[7].startswith("race on Thursday 3 December 2026, in 7 days: from now on")
    assert told[8] == f"race on Friday 4 December 2026, in 8 days: from 27 November {nothing}; {plain}"
    assert told[300].startswith("race on Wednesday 22 September 2027, in 300 days: from 15 September")


def test_without_a_date_a_race_is_taken_with_what_cannot_be_checked() -> None:
    state, decided = step(PlanState(), Word(None, Say.RACE, on=20_783))
    assert state.race == 20_783
    assert decided[-1].text.endswith("today's date is not known to be right, so that it lies ahead cannot be checked")
    assert "from 19 November" in decided[-1].text


def test_a_pack_that_was_never_run_with_waits_until_the_race_is_over() -> None:
    walk = at_phase(3)
    walk.say(Say.RACE, on=walk.day + 5)
    assert walk.state.fade("variability") == 0
    assert walk.today().reason == "nothing new in the week before a race"


def test_plain_today_is_for_today() -> None:
    walk = Walk()
    walk.say(Say.PLAIN)
    assert walk.today().kind is RunKind.PLAIN
    walk.day += 1
    assert walk.today().kind is RunKind.CUE


def test_without_a_date_sessions_take_turns_and_nothing_advances() -> None:
    state = PlanState()
    kinds = []
    for number in range(1, 41):
        answer = today(state, None)
        assert answer.minutes == 35, "a plain run is as long as one with cues"
        kinds.append(answer.kind)
        state, _ = step(state, Ran(None, number, outcome_of(answer)))
        state, _ = step(state, Felt(None, number, pain=0.0, morning=0.0))
    assert kinds == [RunKind.CUE, RunKind.PLAIN] * 20
    assert state.phase == 1
    assert state.counted == 40
    _, refused = step(state, Word(None, Say.ADVANCE))
    assert refused[0].kind is Kind.REFUSED


def test_cues_of_an_unknown_day_may_have_been_today() -> None:
    """The clock was not set for two runs of one evening, and is right the next morning."""
    walk = Walk()
    walk.weeks(1)
    for kind in (RunKind.CUE, RunKind.PLAIN):
        answer = today(walk.state, None)
        assert answer.kind is kind
        walk.number += 1
        walk.tell(Ran(None, walk.number, outcome_of(answer)))
    kinds = []
    for _ in range(3):
        kinds.append(walk.run().kind)
        walk.day += 1
    assert kinds == [RunKind.PLAIN, RunKind.PLAIN, RunKind.CUE]
