"""Looking ahead: the days to come as they would be if every run were run as planned and nothing else happened."""

from __future__ import annotations

from cued.coaching.happening import Outcome, Ran
from cued.coaching.phases import PLAIN
from cued.coaching.plan import counted
from cued.coaching.state import PlanState
from cued.coaching.today import RunKind, Today, is_run_day, today
from cued.coaching.weeks import reached


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


def _as_planned(state: PlanState, answer: Today) -> PlanState:
    """The plan after the run, of which nothing else is known."""
    state, _ = reached(state, answer.day)
    outcome = Outcome(answer.pack, answer.cued, float(answer.minutes), answer.change)
    return counted(state, Ran(answer.day, state.runs[-1].number + 1 if state.runs else 1, outcome))
