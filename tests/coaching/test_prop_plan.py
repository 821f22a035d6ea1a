"""What holds of the plan whatever a runner does, says, leaves out or dates wrongly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TypeAlias

from hypothesis import given, seed
from hypothesis import strategies as st

from cued.coaching.happening import Dawn, Decision, Felt, Happening, Kind, Noticed, Outcome, PainKind, Ran, Say, Word
from cued.coaching.phases import BAREFOOT_FIRST_S, BAREFOOT_STEP_S, HOPS_FIRST, HOPS_STEP, Dial
from cued.coaching.plan import step
from cued.coaching.state import PlanSettings, PlanState
from cued.coaching.today import RunKind, Today, binding, today
from cued.coaching.weeks import reached
from cued.core.cues import Tissue
from tests.support.driving import examples
from tests.support.seasons import Walk, outcome_of
from tests.support.strategies import Dice


@dataclass(frozen=True, slots=True)
class Runs:
    """A run as the plan has it today."""

    share: float
    drift: float
    pain: float | None
    morning: float | None
    place: Tissue | None
    dated: bool
    then: int
    """Days to the next."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Says more of an earlier run."""

    back: int
    pain: float | None
    morning: float | None
    kind: PainKind | None


@dataclass(frozen=True, slots=True)
class Says:
    """A word; the day in it is counted from now."""

    word: Word


@dataclass(frozen=True, slots=True)
class Notices:
    """What statistics say."""

    decline: str
    flat: str


@dataclass(frozen=True, slots=True)
class Waits:
    days: int


Move: TypeAlias = Runs | Rates | Says | Notices | Waits

PAINS = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, None, 2.5, 4.0, 5.0)
WORDS = (*Say, Say.ADVANCE, Say.ADVANCE, Say.ADVANCE, Say.RACE, Say.RACE)
WEEKDAYS = ((), (0, 2, 4), (5, 6), (0, 1, 2, 3, 4, 5, 6))


def move(dice: Dice) -> Move:
    kind = dice.byte() % 13
    if kind == 12:
        return Notices(dice.of("", "", "efficiency has fallen"), dice.of("", "no growth"))
    if kind == 9:
        place = dice.of(None, *Tissue)
        return Says(Word(0, dice.of(*WORDS), place, dice.of(None, dice.whole(0, 40)), dice.of(*WEEKDAYS)))
    if kind == 10:
        return Rates(dice.whole(0, 6), dice.of(*PAINS), dice.of(*PAINS), dice.of(None, None, *PainKind))
    if kind == 11:
        return Waits(dice.of(dice.whole(0, 3), dice.whole(4, 40)))
    return Runs(
        share=dice.of(0.9, 0.9, 0.9, 0.75, 0.6, 0.45, 0.0),
        drift=dice.of(0.0, 0.01, 0.05),
        pain=dice.of(*PAINS),
        morning=dice.of(*PAINS),
        place=dice.of(None, *Tissue),
        dated=not dice.one_in(6),
        then=dice.of(0, 1, 1, 2, 2, 3),
    )


def story_of(thrown: bytes) -> Story:
    dice = Dice(thrown)
    return dice.whole(0, 24), tuple(move(dice) for _ in range(dice.whole(1, 40)))


Story: TypeAlias = tuple[int, tuple[Move, ...]]
"""So many good weeks, and then anything."""
STORIES = st.binary(min_size=320, max_size=320).map(story_of)


@lru_cache(maxsize=32)
def after(weeks: int) -> Walk:
    walk = Walk(PlanState(PlanSettings(seed=7)))
    walk.weeks(weeks)
    return walk


@dataclass
class Followed:
    """A story's end, every decision in it with the plan before it, and each day's answer with the plan that gave it."""

    walk: Walk
    decided: list[tuple[PlanState, Decision]]
    days: list[tuple[int, bool, bool]]
    """Of each run the true day, whether the plan was told it, and whether it had cues."""
    answers: list[tuple[PlanState, Today]]
    states: list[PlanState]
    """After each happening."""


@lru_cache(maxsize=2_000)
def followed(story: Story) -> Followed:
    good = after(story[0])
    walk = Walk(good.state, good.day, good.number, [], list(good.ran))
    found = Followed(walk, [], [], [], [walk.state])

    def tell(happening: Happening) -> None:
        before = walk.state
        found.decided.extend((before, decision) for decision in walk.tell(happening))
        found.states.append(walk.state)

    for move in story[1]:
        match move:
            case Runs():
                day = walk.day if move.dated else None
                answer = today(walk.state, day)
                found.answers.append((walk.state, answer))
                if answer.kind is not RunKind.REST:
                    walk.number += 1
                    walk.ran.append((-1 if day is None else day, answer))
                    found.days.append((walk.day, move.dated, answer.cued))
                    tell(Ran(day, walk.number, outcome_of(answer, share=move.share, drift=move.drift, kept=walk.state.change)))
                    tell(Felt(day, walk.number, move.pain, move.place, None, move.morning))
                walk.day += move.then
            case Rates():
                tell(Felt(walk.day, walk.number - move.back, move.pain, None, move.kind, move.morning))
            case Says(word):
                tell(replace(word, day=walk.day, on=None if word.on is None else walk.day + word.on))
            case Notices(decline, flat):
                tell(Noticed(walk.day, decline, flat))
            case Waits(days):
                walk.day += days
                tell(Dawn(walk.day))
    return found


@given(STORIES)
@seed(0)
@examples(300)
def test_cue_days_are_never_adjacent_and_a_plain_run_lies_between(story: Story) -> None:
    ran = followed(story).walk.ran
    dated = sorted({day for day, answer in ran if answer.cued and day >= 0})
    assert all(later - earlier > 1 for earlier, later in pairwise(dated))
    assert not any(one.cued and other.cued for (_, one), (_, other) in pairwise(ran))


@given(STORIES)
@seed(0)
@examples(300)
def test_no_weekly_cap_is_broken(story: Story) -> None:
    dated = tuple(move for move in story[1] if not isinstance(move, Runs) or move.dated)
    walk = followed((story[0], dated)).walk
    minutes: defaultdict[int, int] = defaultdict(int)
    cues: defaultdict[int, int] = defaultdict(int)
    rises: defaultdict[int, float] = defaultdict(float)
    for day, answer in walk.ran:
        assert walk.state.began is not None
        week = (day - walk.state.began) // 7
        minutes[week] += answer.minutes
        cues[week] += answer.cued
        rises[week] = max(rises[week], answer.change)
        assert answer.dose.hops <= 200
        assert answer.dose.barefoot_s <= 480
    for week, total in minutes.items():
        assert total <= max(140.0, *(1.1 * minutes.get(week - back, 0) for back in range(1, 5))) + 1e-9
        assert cues[week] <= 2
    cued = [week for week in sorted(cues) if cues[week]]
    for earlier, later in pairwise([None, *cued]):
        assert later is not None
        assert rises[later] <= (0.0 if earlier is None else rises[earlier]) + 0.02 + 1e-9
        assert rises[later] <= 0.10


@given(STORIES)
@seed(0)
@examples(300)
def test_a_run_on_a_known_day_has_no_cues_the_day_after_cues_that_nobody_dated(story: Story) -> None:
    """Two runs in a row without a date are the exception: there nobody knows the day before nor the day."""
    days = followed(story).days
    for number, (day, dated, cued) in enumerate(days):
        if cued and dated:
            assert not any(other_cued and day - other <= 1 for other, _, other_cued in days[:number])


def progress(before: PlanState, after: PlanState) -> set[Dial]:
    """What is more than it was; a target that comes back to what was run with already is no progress."""
    more = {
        Dial.PACK: after.phase > before.phase,
        Dial.TARGET: after.change > max(before.change, before.last_change, before.week.change) + 1e-9,
        Dial.MINUTES: after.run_minutes > before.run_minutes + 1e-9,
        Dial.DRILL: after.drill_weeks > before.drill_weeks,
        Dial.SHOES: after.week.dial is Dial.SHOES,
    }
    return {dial for dial, is_more in more.items() if is_more}


@given(STORIES)
@seed(0)
@examples(300)
def test_no_two_things_progress_in_one_week(story: Story) -> None:
    states = followed(story).states
    last = states[0]
    for number, group in groupby(states[1:], lambda state: state.week.number):
        week = list(group)
        if number > last.week.number:
            new = progress(last, week[-1])
            assert len(new) <= 1, new
            longest = max(run.outcome.minutes for run in week[-1].runs)
            assert week[-1].run_minutes <= max(last.run_minutes * 1.1, longest) + 1e-9
        last = week[-1]


@given(STORIES)
@seed(0)
@examples(300)
def test_nothing_advances_on_pain_or_on_unknown_pain_and_never_two_phases(story: Story) -> None:
    for before, decision in followed(story).decided:
        if decision.kind is Kind.ADVANCE:
            last = before.runs[-3:]
            assert last
            assert all(run.pain is not None and run.pain <= 2 and not (run.morning or 0) > 2 for run in last)
            assert before.off is None
            assert decision.phase == before.phase + 1
            assert decision.override or any("weeks of" in reason.text for reason in decision.reasons)
            assert decision.override or not before.alarm


@given(STORIES)
@seed(0)
@examples(300)
def test_only_form_sends_back_and_never_soreness(story: Story) -> None:
    for before, decision in followed(story).decided:
        if decision.kind is Kind.BACK and not decision.override:
            told = {reason.what for reason in decision.reasons}
            injured = before.off is not None and before.off.why == "injured"
            assert injured or "video" in decision.text or (told and told <= {"in_band", "drift", "video"})


@given(STORIES)
@seed(0)
@examples(300)
def test_what_is_injured_or_sore_is_left_alone(story: Story) -> None:
    for state, answer in followed(story).answers:
        assert answer.reason
        if state.off is not None:
            assert not answer.cued
        if state.sore is not None and answer.cued:
            assert answer.change == 0.0
            assert not answer.ease.beat
            assert not answer.ease.drills
            assert answer.ease.barred
            assert answer.dose.hops == answer.dose.barefoot_s == 0


@given(STORIES)
@seed(0)
@examples(300)
def test_what_is_sore_gets_its_day_of_rest_and_then_seven_tenths_of_the_minutes_at_most(story: Story) -> None:
    for before, answer in followed(story).answers:
        state, _ = reached(before, answer.day)
        sore = state.sore
        if sore is None:
            continue
        if answer.day is None:
            assert answer.minutes <= 0.7 * state.run_minutes
        else:
            assert answer.day != sore.rest_day or answer.kind is RunKind.REST
            assert answer.minutes <= max(0.0, 0.7 * sore.last_minutes - state.week.minutes) + 1e-9


@given(STORIES, st.integers(0, 2))
@seed(0)
@examples(300)
def test_no_input_gives_cues_on_a_day_after_pain_that_ends_them_however_the_pack_is_chosen(story: Story, later: int) -> None:
    """Told with a date, without one, of a run that there never was: that day is over, and the next session without a date."""
    good = after(story[0])
    state, day = good.state, good.day
    for move in story[1]:
        match move:
            case Runs():
                number = state.counted + 1
                told: list[Happening] = [
                    Ran(day if move.dated else None, number, outcome_of(today(state, day), share=move.share))
                ]
                told.append(Felt(day if move.dated else None, number, move.pain, move.place, None, move.morning))
            case Rates():
                told = [Felt(day if later else None, state.counted - move.back, move.pain, None, move.kind, move.morning)]
            case Says(word):
                told = [replace(word, day=day, on=None if word.on is None else day + word.on)]
            case _:
                told = [Dawn(day)]
        for happening in told:
            state, _ = step(state, happening)
            if isinstance(happening, Felt) and ends_cueing(happening):
                for answer in (today(state, day), today(state, None)):
                    assert binding(answer) == answer
                    assert not answer.cued
                once, _ = step(state, Ran(None, 900, Outcome("plain", False, 20.0)))
                for answer in (today(once, day), today(step(once, Dawn(day))[0], day)):
                    held = binding(answer)
                    assert held is not None
                    assert held.bars
        if isinstance(move, Waits):
            day += move.days
        elif isinstance(move, Runs):
            day += move.then


def ends_cueing(felt: Felt) -> bool:
    return max(felt.pain or 0, felt.morning or 0) >= 5 or felt.kind in {PainKind.SHARP, PainKind.LIMP}


@given(STORIES)
@seed(0)
@examples(300)
def test_nothing_new_comes_near_a_race(story: Story) -> None:
    for state, answer in followed(story).answers:
        if state.race is None or answer.day is None or not -7 <= answer.day - state.race <= 2:
            continue
        assert not answer.drills
        assert answer.dose.hops <= HOPS_FIRST + HOPS_STEP * state.drilled
        assert answer.dose.barefoot_s <= BAREFOOT_FIRST_S + BAREFOOT_STEP_S * state.drilled
        if not answer.cued:
            continue
        assert answer.day < state.race
        assert any(run.outcome.pack == answer.pack for run in state.runs)
        assert answer.change <= max(run.outcome.change for run in state.runs)


@given(STORIES)
@seed(0)
@examples(300)
def test_every_decision_has_words_and_the_day_told_more_often_changes_nothing(story: Story) -> None:
    end = followed(story)
    assert all(len(decision.text) > 5 for _, decision in end.decided)
    once, _ = step(end.walk.state, Dawn(end.walk.day))
    assert step(once, Dawn(end.walk.day)) == (once, ())
    assert today(once, end.walk.day) == today(end.walk.state, end.walk.day)


def test_the_stories_reach_every_phase_and_every_decision() -> None:
    assert [after(weeks).state.phase for weeks in (1, 5, 9, 13, 18, 24)] == [1, 2, 3, 4, 5, 6]
