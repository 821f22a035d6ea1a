"""What pain changes: what ends for today, what is gentler, what has to happen before it is over."""

from __future__ import annotations

import pytest

from cued.coaching.gates import pain_reason
from cued.coaching.happening import Dawn, Felt, Kind, Outcome, PainKind, Ran, Say
from cued.coaching.plan import step
from cued.coaching.state import PlanState, week_cap
from cued.coaching.today import RunKind, binding, today
from cued.core.cues import Tissue
from tests.support.seasons import Walk, at_phase, ready


@pytest.mark.parametrize(
    "felt", [Felt(0, 1, pain=5.0), Felt(0, 1, kind=PainKind.SHARP), Felt(0, 1, pain=1.0, kind=PainKind.LIMP)]
)
def test_pain_of_five_sharp_pain_and_a_limp_end_cueing_today(felt: Felt) -> None:
    walk = Walk(day=0)
    walk.run(pain=None, morning=None)
    decided = walk.tell(felt)
    assert decided[0].kind is Kind.STOP
    assert "cueing is over for today" in decided[0].text
    assert not walk.today().cued
    assert walk.today().stopped
    walk.day += 1
    assert not walk.today().stopped


def test_pain_told_during_the_run_ends_cueing_today() -> None:
    walk = Walk()
    walk.tell(Ran(walk.day, 1, Outcome("awareness", True, 20.0, pain=True)))
    assert walk.kinds(Kind.STOP)
    assert walk.state.sore is not None


def test_a_sore_calf_means_rest_then_less_and_gentler_until_three_good_runs() -> None:
    walk = at_phase(4)
    walk.weeks(1)
    last = walk.state.week.minutes
    walk.run(pain=None, morning=None)
    walk.tell(Felt(walk.day, walk.number, pain=4.0, place=Tissue.CALF))
    assert walk.state.sore is not None
    assert week_cap(walk.state) == pytest.approx(0.7 * last)
    walk.day += 1
    assert walk.today().kind is RunKind.REST
    good = 0
    while not walk.kinds(Kind.NORMAL):
        walk.day += 1
        answer = walk.run()
        if answer.kind is RunKind.REST:
            continue
        good += 1
        if answer.cued:
            assert answer.change == 0.0
            assert not answer.ease.beat
            assert answer.ease.barred == (Tissue.CALF,)
    assert good == 3
    assert "3 runs without pain, mornings included" in walk.kinds(Kind.NORMAL)[0].text
    assert walk.state.phase == 4


def test_it_stays_sore_while_a_morning_after_is_not_told() -> None:
    walk = at_phase(2)
    walk.run(pain=4.0)
    for _ in range(8):
        walk.day += 2
        walk.run(morning=None)
    assert walk.state.sore is not None


def test_stiff_two_mornings_are_sore_and_one_is_not() -> None:
    walk = Walk()
    walk.run(morning=2.5)
    assert walk.state.sore is None
    walk.day += 2
    walk.run(morning=2.5)
    assert walk.state.sore is not None


def test_a_sore_knee_holds_and_is_no_reason_to_take_the_beat_away() -> None:
    walk = ready()
    walk.run(pain=None, morning=None)
    walk.tell(Felt(walk.day, walk.number, pain=4.0, place=Tissue.KNEE))
    assert walk.state.sore is None
    assert "pain 4 of 2 allowed" in walk.kinds(Kind.HOLD)[-1].text


def test_three_of_ten_is_no_soreness_and_holds() -> None:
    walk = ready()
    walk.run(pain=3.0, morning=3.0)
    assert walk.state.sore is None
    assert "pain 3 of 2 allowed" in walk.kinds(Kind.HOLD)[-1].text


def test_without_a_date_each_run_is_shorter_and_plain_while_something_is_sore() -> None:
    walk = Walk(day=0)
    walk.run(pain=4.0)
    answer = today(walk.state, None)
    assert walk.state.sore is not None
    assert answer.kind is RunKind.PLAIN
    assert answer.minutes <= 0.7 * walk.state.run_minutes


def test_where_it_hurts_may_be_said_later() -> None:
    walk = at_phase(2)
    walk.run(pain=4.0)
    assert walk.today().ease.barred == tuple(Tissue)
    walk.tell(Felt(walk.day, walk.number, place=Tissue.SHIN))
    assert walk.today().ease.barred == (Tissue.SHIN,)
    walk.tell(Felt(walk.day, walk.number, place=Tissue.KNEE))
    assert walk.state.sore is None
    assert "it is the knee" in walk.kinds(Kind.NORMAL)[-1].text


def test_sharp_pain_in_the_knee_stays_what_it_is() -> None:
    walk = at_phase(2)
    walk.run(pain=None, morning=None)
    walk.tell(Felt(walk.day, walk.number, kind=PainKind.SHARP))
    walk.tell(Felt(walk.day, walk.number, place=Tissue.KNEE))
    assert walk.state.sore is not None
    assert walk.state.sore.place is Tissue.KNEE


def test_two_sessions_out_of_the_band_while_sore_send_nobody_back() -> None:
    walk = at_phase(3)
    walk.weeks(1)
    walk.run(pain=4.0, morning=None)
    for _ in range(5):
        walk.day += 2
        walk.run(share=0.1, morning=None)
    eased = [answer for _, answer in walk.ran if answer.cued and not answer.ease.beat]
    assert len(eased) >= 2
    assert walk.state.phase == 3


def test_nobody_advances_by_word_straight_from_days_off() -> None:
    walk = Walk()
    walk.weeks(2)
    walk.day += 12
    (refused,) = walk.say(Say.ADVANCE)[-1:]
    assert refused.text == "not advanced: 2 plain runs come first, after days off"


@pytest.mark.parametrize("felt", [Felt(None, 1, pain=5.0), Felt(None, 1, kind=PainKind.LIMP), Felt(None, 1, morning=6.0)])
def test_without_a_date_pain_ends_cueing_for_one_session_and_for_the_next_day_that_is_known(felt: Felt) -> None:
    walk = Walk()
    walk.tell(Ran(None, 1, Outcome("plain", False, 30.0)))
    walk.tell(felt)
    answer = today(walk.state, None)
    assert answer.stopped
    assert answer.bars
    assert "it hurt" in answer.reason
    assert today(walk.state, walk.day).stopped
    walk.tell(Ran(None, 2, Outcome("plain", False, 30.0)))
    assert not today(walk.state, None).stopped
    walk.tell(Dawn(walk.day))
    assert walk.today().stopped
    walk.day += 1
    assert not walk.today().stopped


def test_without_a_date_a_day_of_rest_is_asked_for_in_words_until_a_run_is_counted() -> None:
    walk = Walk()
    walk.tell(Ran(None, 1, Outcome("plain", False, 30.0)))
    walk.tell(Felt(None, 1, pain=4.0, place=Tissue.CALF))
    for day in (None, walk.day):
        answer = today(walk.state, day)
        assert answer.rest_first
        assert answer.reason.endswith("rest a day first: something is sore")
        assert not answer.bars
    walk.tell(Ran(None, 2, Outcome("plain", False, 20.0)))
    assert not today(walk.state, None).rest_first


def test_where_the_date_is_known_the_rest_day_is_a_day_and_no_words() -> None:
    walk = Walk()
    walk.run(pain=4.0)
    assert not walk.today().rest_first
    walk.day += 1
    assert walk.today().kind is RunKind.REST
    assert not walk.today().rest_first
    assert today(walk.state, None).rest_first


def test_pain_in_the_morning_and_of_a_run_that_nobody_counts_ends_cueing_too() -> None:
    for felt in (Felt(20_000, 1, morning=5.0), Felt(20_000, 77, pain=8.0)):
        walk = Walk()
        walk.run(pain=None, morning=None)
        walk.tell(felt)
        assert walk.today().stopped
        assert walk.state.sore is not None


def test_who_is_injured_ill_or_away_is_barred_until_well_again_and_a_race_or_a_rest_day_bars_nobody() -> None:
    walk = Walk()
    walk.run()
    for say, what in ((Say.INJURED, "injured"), (Say.ILL, "injured"), (Say.WELL, ""), (Say.AWAY, "away"), (Say.WELL, "")):
        walk.say(say)
        answer = walk.today()
        assert (answer.off, answer.bars) == (what, bool(what))
        assert answer.why_held.startswith(what)
    walk.say(Say.RACE, on=walk.day)
    assert binding(walk.today()) is None


def test_what_the_plan_does_not_know_yet_holds_back_all_the_same() -> None:
    walk = Walk()
    assert walk.today().cued
    for answer in (None, walk.today(), walk.today()):
        held = binding(answer, hurts=True)
        assert held is not None
        assert held.stopped
        assert not held.cued
        assert held.why_held == "it hurt today: cueing is over for the day"
        assert binding(held, hurts=True) == held
    assert binding(None) is None
    assert binding(walk.today()) is None


def test_a_pack_that_is_named_while_something_is_sore_is_run_without_what_loads() -> None:
    walk = Walk()
    walk.weeks(12)
    walk.run(pain=None, morning=None)
    walk.tell(Felt(walk.day, walk.number, pain=4.0, place=Tissue.CALF))
    while not walk.kinds(Kind.NORMAL):
        answer = walk.today()
        held = binding(answer)
        assert held is not None
        assert (held.named, held.bars, held.cued, held.change) == (True, False, True, 0.0)
        assert (held.ease.beat, held.ease.drills, held.ease.barred) == (False, False, (Tissue.CALF,))
        assert held.why_held.startswith("something is sore")
        assert (held.learning, held.reintroduction, held.ease.half) == (False, False, False)
        assert binding(held) == held
        walk.day += 1
        walk.run(pain=1.0, morning=0.0)
    assert binding(walk.today()) is None


@pytest.mark.parametrize(
    ("pain", "place", "sore"), [(4.0, Tissue.SHIN, True), (4.0, None, True), (3.0, None, False), (4.0, Tissue.HIP, False)]
)
def test_a_run_too_short_to_count_may_leave_a_runner_sore(pain: float, place: Tissue | None, *, sore: bool) -> None:
    walk = Walk()
    walk.run()
    walk.tell(Felt(walk.day, 77, pain=pain, place=place))
    assert (walk.state.sore is not None) == sore
    assert not walk.today().stopped
    walk.tell(Felt(walk.day, 77, morning=pain))
    assert (walk.state.sore is not None) == (pain > 3.0), "not said where this time"


def test_pain_in_a_run_too_short_to_count_holds_for_two_weeks() -> None:
    walk = Walk()
    walk.weeks(2)
    walk.tell(Felt(walk.day, 77, pain=3.0, place=Tissue.KNEE))
    assert "pain 3 of 2 allowed" in pain_reason(walk.state).text
    assert walk.say(Say.ADVANCE)[-1].kind is Kind.REFUSED
    walk.weeks(2)
    assert pain_reason(walk.state).met is False
    walk.weeks(2)
    assert walk.state.phase == 2


def test_such_pain_before_any_date_is_known_holds_from_the_first_day_that_is() -> None:
    state, _ = step(PlanState(), Felt(None, 77, pain=3.0, place=Tissue.KNEE))
    state, _ = step(state, Dawn(100))
    assert state.aside == (100, 3.0)


def test_soreness_told_before_a_run_eases_that_run_and_worse_ends_cueing() -> None:
    for answer in (None, Walk().today()):
        held = binding(answer, sore=True)
        assert held is not None
        assert (held.named, held.bars, held.ease.beat, held.dose.hops) == (True, False, False, 0)
        assert set(held.ease.barred) == set(Tissue)
        worse = binding(answer, hurts=True, sore=True)
        assert worse is not None
        assert worse.stopped
