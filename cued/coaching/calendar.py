"""Looking ahead: the days to come as they would be if every run were run as planned and nothing else happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.coaching.happening import Outcome, Ran
from cued.coaching.phases import PLAIN, WEEK_DAYS
from cued.coaching.plan import counted
from cued.coaching.state import PlanState
from cued.coaching.today import RunKind, Today, is_run_day, today
from cued.coaching.weeks import reached

LATELY_DAYS: Final = 14
"""Two weeks: a missed run shows, and one bad week does not hide what is usual (design)."""


def coming(state: PlanState, day: int, count: int) -> tuple[Today, ...]:
    """The next `count` days from `day` on; where no weekdays were named, every other day is run."""
    found: list[Today] = []
    last = state.last_run_day
    for now in range(day, day + count):
        answer = today(state, now)
        due = is_run_day(state, now) and (bool(state.weekdays) or last is None or now - last > 1)
        if answer.kind is not RunKind.REST and not due:
            reason = "yesterday was a run" if last == now - 1 else "run already"
            answer = Today(now, RunKind.REST, PLAIN, 0, answer.phase, reason, ease=answer.ease, runner=answer.runner)
        found.append(answer)
        if answer.kind is not RunKind.REST:
            state, last = _as_planned(state, answer), now
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Lately:
    """Runs of the last days, beside those that the plan had for them."""

    done: int
    """Days with a run; those whose date is not known are not among them."""
    planned: int
    days: int
    """How many days that is: 14, or fewer of a plan that is younger or has been put off."""


def planned_lately(state: PlanState, day: int) -> Lately:
    """Were runs run as planned, up to `day`, which counts once it has a run? Of a broken week whole runs are planned."""
    ran = {run.day for run in state.runs if run.day is not None}
    last = day if day in ran else day - 1
    first = last - LATELY_DAYS + 1 if state.began is None else max(last - LATELY_DAYS + 1, state.began)
    if state.off is not None and state.off.since is not None:
        last = min(last, state.off.since - 1)
    days = 0 if state.began is None else max(0, last - first + 1)
    a_week = state.rules.cue + state.rules.plain
    a_week = min(a_week, len(state.weekdays)) if state.weekdays else a_week
    return Lately(len([one for one in ran if first <= one <= last]), a_week * days // WEEK_DAYS, days)


def _as_planned(state: PlanState, answer: Today) -> PlanState:
    """The plan after the run, of which nothing else is known."""
    state, _ = reached(state, answer.day)
    outcome = Outcome(answer.pack, answer.cued, float(answer.minutes), answer.change)
    return counted(state, Ran(answer.day, state.runs[-1].number + 1 if state.runs else 1, outcome))
