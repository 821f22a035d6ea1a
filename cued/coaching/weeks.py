"""What passing days bring: new weeks with the one thing that may progress, days off, an advance when its time has come.

`reached` carries the plan to a day before anything else is looked at, so that telling it the day more often changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cued.coaching.gates import Judgement, Verdict, form_holds, judge, pain_reason, percent
from cued.coaching.happening import Decision, Kind
from cued.coaching.phases import DRILL_STEPS, GROWTH, LAST, WEEK_DAYS, WEEKLY_STEP, Dial
from cued.coaching.state import AFTER_RACE_DAYS, PlanState, Week, race_near
from cued.core.numbers import draw_between

LAYOFF_DAYS: Final = 10
"""So many days without a run, and two plain ones come first (design)."""
PLAIN_AFTER_LAYOFF: Final = 2
SHORTER: Final = 0.70
"""Runs begin again with this much of their length after so many days off (design)."""
SHORT_RUN_MIN: Final = 35.0
"""Runs are not cut under this: it is what the plan begins with, and the least that has room for every phase's silent probe."""
REINTRODUCE_DAYS: Final = (14, 28)
"""Phase 6: the old cues come back after a seeded number of days between these (design; without any, gains fade: Van den Berghe
2024 saw no clear retention at six months, and its return on a few words)."""
CHOICES: Final = "`cued plan why` tells what is missing, `cued plan advance` and `cued plan target keep` are yours to say"
_WEEKS_KEPT: Final = 4


def reached(state: PlanState, day: int | None) -> tuple[PlanState, list[Decision]]:
    """The plan on that day, and what has been decided on the way; without a date, or on an earlier one, nothing passes."""
    if day is not None and state.stop_undated:  # that may have been today
        state = replace(state, stop_day=day if state.day is None else max(day, state.day), stop_undated=False)
    if day is None or (state.day is not None and day <= state.day):
        return state, []
    before, began = state.day, state.began
    if state.undated_cues:  # they may have been today
        state = replace(state, last_cue_day=day, undated_cues=False)
    if began is None or before is None:
        aside = None if state.aside is None else (day, state.aside[1])
        return replace(state, began=day, day=day, entered=day, aside=aside), []
    decided: list[Decision] = []
    if state.off is not None:
        state = replace(state, off_days=state.off_days + day - before)
    state = _rest(replace(state, day=day), day, decided)
    number = (day - began) // WEEK_DAYS
    if number > state.week.number:
        state = _new_week(state, number, decided)
    if state.race is not None and day > state.race + AFTER_RACE_DAYS:
        state = replace(state, race=None)
        decided.append(Decision(day, Kind.DONE, state.phase, "the race is over: the plan goes on where it was"))
    return state, decided


def _rest(state: PlanState, day: int, decided: list[Decision]) -> PlanState:
    """Ten days without a run: two plain ones first, and shorter."""
    last = state.last_run_day
    if last is None or state.plain_owed >= PLAIN_AFTER_LAYOFF or day - last < LAYOFF_DAYS:
        return state
    days = day - last
    off_days = state.off_days if state.off is not None else state.off_days + days
    shorter = max(min(SHORT_RUN_MIN, state.run_minutes), SHORTER * state.run_minutes)
    decided.append(
        Decision(
            day,
            Kind.RETURN,
            state.phase,
            f"{days} days without a run: {PLAIN_AFTER_LAYOFF} plain runs first, of {shorter:.0f} min at most",
        )
    )
    state = replace(state, plain_owed=PLAIN_AFTER_LAYOFF, run_minutes=shorter, off_days=off_days)
    return called(state, day, "after a layoff", decided) if state.phase == LAST else state


def _new_week(state: PlanState, number: int, decided: list[Decision]) -> PlanState:
    """Close the week that was; weeks without a run between count as such."""
    passed = number - state.week.number
    minutes = (*(0.0 for _ in range(min(passed - 1, _WEEKS_KEPT))), state.week.minutes, *state.past_minutes)[:_WEEKS_KEPT]
    last_change = state.week.change if state.week.cue_runs else state.last_change
    state = replace(state, past_minutes=minutes, last_change=last_change, week=Week(number))
    judgement = judge(state)
    if judgement.verdict is Verdict.ADVANCE and _may_change(state):
        return advanced(state, judgement, decided)
    return _turned(state, decided)


def _longest(state: PlanState) -> float:
    """Minutes of the longest run of the last four weeks, since the last days off: what the runner runs anyway is no growth."""
    assert state.day is not None
    since, later, longest = state.day - _WEEKS_KEPT * WEEK_DAYS, state.day, 0.0
    for run in reversed(state.runs):
        if run.day is None:
            continue
        if run.day < since or later - run.day >= LAYOFF_DAYS:
            break
        longest, later = max(longest, run.outcome.minutes), run.day
    return longest


def _may_change(state: PlanState) -> bool:
    """May anything progress this week? Not after a week without a run, either: what was shown is too long ago."""
    assert state.day is not None
    last = state.last_run_day
    fresh = last is not None and state.day - last <= WEEK_DAYS
    protected = state.off is not None or state.sore is not None or state.plain_owed > 0 or race_near(state, state.day)
    return fresh and not (state.deload or state.held or protected)


def advanced(state: PlanState, judgement: Judgement, decided: list[Decision], *, override: bool = False) -> PlanState:
    """In the next phase; the new pack is this week's one change."""
    before = state.rules
    state = entered(replace(state, phase=state.phase + 1), state.day)
    text = f"advance to phase {state.phase}, {state.rules.title}: {judgement.text().removeprefix('advance: ')}"
    if override:
        text = f"advance to phase {state.phase}, {state.rules.title}, by your word ({before.title}: {judgement.text()})"
    decided.append(Decision(state.day, Kind.ADVANCE, state.phase, text, judgement.reasons, override))
    return state


def gone_back(state: PlanState, why: str, decided: list[Decision], judgement: Judgement | None = None) -> PlanState:
    """In the phase before, its cues as in their third session, the minutes as they are; from phase 1 there is no way back."""
    if state.phase == 1:
        decided.append(Decision(state.day, Kind.HOLD, 1, f"hold: {why}; there is no phase before the first"))
        return replace(state, slipped=False)
    before = entered(replace(state, phase=state.phase - 1), state.day)
    back = before.with_fade(before.rules.pack, min(2, before.fade(before.rules.pack)))
    back = replace(back, change=min(back.change, back.rules.change))
    reasons = () if judgement is None else judgement.reasons
    text = f"back to phase {back.phase}, {back.rules.title}: {why}; its cues begin again, minutes stay as they are"
    decided.append(Decision(back.day, Kind.BACK, back.phase, text, reasons))
    return back


def entered(state: PlanState, day: int | None) -> PlanState:
    """At the beginning of a stay in the phase; this week's step of the target is taken back: one change a week."""
    change = min(state.change, state.last_change) if state.week.dial is Dial.TARGET else state.change
    state = replace(
        state,
        entry=state.entry + 1,
        entered=day,
        off_days=0,
        phase_weeks=0,
        change=min(change, state.rules.change),
        week=replace(state.week, dial=Dial.PACK),
        slipped=False,
        proposal="",
        filmed=False,
        booster=0,
        kept=None,
        due=None,
        why_due="",
    )
    return _scheduled(state, day) if state.phase == LAST else state


def _turned(state: PlanState, decided: list[Decision]) -> PlanState:
    """The week's one dial; none in a lighter week, near a race, while something hurts or nobody knows whether it does."""
    lighter = state.deload
    free = _may_change(state) and pain_reason(state).met is True
    dial = _wanted(state) if free else Dial.NONE
    if dial is Dial.TARGET:
        state = replace(state, change=min(state.rules.change, min(state.change, state.last_change) + WEEKLY_STEP))
    elif dial is Dial.MINUTES:
        longer = max(state.run_minutes * (1.0 + GROWTH), _longest(state))
        state = replace(state, run_minutes=min(state.rules.minutes, longer))
    elif dial is Dial.DRILL:
        state = replace(state, drill_weeks=state.drill_weeks + 1)
    if free:
        state = replace(state, phase_weeks=state.phase_weeks + 1)
    state = replace(state, week=replace(state.week, dial=dial))
    told = "a lighter week: half the cues, nothing new" if lighter else _dial_text(state, dial)
    most = state.rules.weeks_max
    if most is not None and state.weeks == most + 1:
        told += f"; this phase is meant to take {most} weeks at most: {CHOICES}"
    decided.append(Decision(state.day, Kind.WEEK, state.phase, f"week {state.week.number + 1}: {told}"))
    return state


def _wanted(state: PlanState) -> Dial:
    """The next of the phase's dials that still has somewhere to go."""
    dials = state.rules.dials
    for number in range(len(dials)):
        dial = dials[(state.phase_weeks + number) % len(dials)]
        if dial is Dial.TARGET and (state.keeps_own or state.change >= state.rules.change or not form_holds(state)):
            continue
        if dial is Dial.MINUTES and state.run_minutes >= state.rules.minutes:
            continue
        if dial is Dial.DRILL and state.drill_weeks >= DRILL_STEPS:
            continue
        return dial
    return Dial.NONE


def _dial_text(state: PlanState, dial: Dial) -> str:
    match dial:
        case Dial.TARGET:
            return f"the target may be {percent(state.change)} over your own rhythm (`cued plan target keep` leaves it at 0 %)"
        case Dial.MINUTES:
            return f"a run may last {state.run_minutes:.0f} min"
        case Dial.DRILL:
            return "the drills get one step longer"
        case Dial.SURFACE:
            return "a new surface may be tried"
        case Dial.PACE:
            return "one run may hold a faster stretch"
        case _:
            return "all stays as it is"


# --- phase 6 -------------------------------------------------------------------------------------------------------


def _scheduled(state: PlanState, day: int | None) -> PlanState:
    """With a day for the next reintroduction, drawn from the seed and the number of sessions so far."""
    if day is None:
        return state
    _, days = draw_between(state.how.seed + state.counted, *REINTRODUCE_DAYS)
    return replace(state, due=day + days, why_due=f"{days} days without the old cues")


def reintroduced(state: PlanState, day: int | None) -> PlanState:
    """The old cues were heard: they are due again some weeks on."""
    return _scheduled(replace(state, due=None, why_due=""), day if day is not None else state.day)


def called(state: PlanState, day: int | None, why: str, decided: list[Decision]) -> PlanState:
    """The old cues are due at once."""
    decided.append(Decision(day, Kind.DUE, state.phase, f"the old cues are due: {why}"))
    return replace(state, due=day, why_due=why)
