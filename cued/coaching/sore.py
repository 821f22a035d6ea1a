"""When something hurts: what ends cueing for the day, what makes a runner sore, and what has to happen before that is over."""

from __future__ import annotations

from dataclasses import replace

from cued.coaching.happening import Decision, Felt, Kind, PainKind, Ran
from cued.coaching.phases import LEAST_WEEK_MIN
from cued.coaching.state import BELOW_KNEE, RUNS_TO_NORMAL, SAFE_PAIN, SORE_FROM, SORE_SHARE, STOP_FROM, PlanState, Run, Sore
from cued.core.cues import Tissue

STIFF_MORNINGS = 2
FIRST_EFFORTS = 3
"""So many told efforts make the measure of later ones (design)."""


def pain_in_run(state: PlanState, ran: Ran, decided: list[Decision]) -> PlanState:
    """The runner said during the run that it hurts: the run's own cues have ended, and the day's with them."""
    return _stopped(state, ran.number, None, "it hurt during the run", decided, dated=ran.day is not None)


def felt_changes(state: PlanState, felt: Felt, decided: list[Decision]) -> PlanState:
    """What the runner says of a run, taken in; of one that the plan does not count only that it hurts."""
    dated = felt.day is not None
    if all(run.number != felt.number for run in state.runs):
        worst = max(felt.pain or 0.0, felt.morning or 0.0)
        if worst > SAFE_PAIN:
            state = replace(state, aside=(state.day, worst))
        if _stops(felt):
            return _stopped(state, felt.number, felt.place, _told(felt, felt.place), decided, dated=dated)
        if _is_sore(felt, felt.place):
            return _sore(state, felt.number, felt.place, _told(felt, felt.place), decided, dated=dated)
        return state
    runs = tuple(run.with_felt(felt) if run.number == felt.number else run for run in state.runs)
    efforts = state.efforts if felt.effort is None else (*state.efforts, felt.effort)[:FIRST_EFFORTS]
    state = replace(state, runs=runs, efforts=efforts)
    (run,) = [one for one in runs if one.number == felt.number][-1:]
    if _stops(felt):
        return _stopped(state, run.number, run.place, _told(felt, run.place), decided, dated=dated)
    if _makes_sore(state, felt, run):
        return _sore(state, run.number, run.place, _told(felt, run.place), decided, dated=dated)
    return _over(_placed(state, run, decided), decided)


def _placed(state: PlanState, run: Run, decided: list[Decision]) -> PlanState:
    """Where it hurts was said later: in knee or hip, and under 5, it holds and no more."""
    sore = state.sore
    if sore is None or sore.after != run.number or run.place is None or run.place is sore.place:
        return state
    stops = run.outcome.pain or (run.pain or 0.0) >= STOP_FROM or run.kind in {PainKind.SHARP, PainKind.LIMP}
    if stops or run.place in BELOW_KNEE:
        return replace(state, sore=replace(sore, place=run.place))
    decided.append(Decision(state.day, Kind.NORMAL, state.phase, f"it is the {run.place.value}: it holds, and no more"))
    return replace(state, sore=None)


def _stops(felt: Felt) -> bool:
    """5 of 10 or more, be it the morning after; sharp; a limp."""
    return max(felt.pain or 0.0, felt.morning or 0.0) >= STOP_FROM or felt.kind in {PainKind.SHARP, PainKind.LIMP}


def _is_below(place: Tissue | None) -> bool:
    """Where it was not said where, the lower leg is thought of."""
    return place is None or place in BELOW_KNEE


def _is_sore(felt: Felt, place: Tissue | None) -> bool:
    """Over 3 of 10 below the knee."""
    return _is_below(place) and max(felt.pain or 0.0, felt.morning or 0.0) > SORE_FROM


def _makes_sore(state: PlanState, felt: Felt, run: Run) -> bool:
    """Over 3 of 10 below the knee, or stiff two mornings."""
    if _is_sore(felt, run.place):
        return True
    if felt.morning is None or not _is_below(run.place):
        return False
    last = [one for one in state.runs if one.number <= run.number][-STIFF_MORNINGS:]
    return len(last) == STIFF_MORNINGS and all(one.morning is not None and one.morning > SAFE_PAIN for one in last)


def _stopped(
    state: PlanState, number: int, place: Tissue | None, why: str, decided: list[Decision], *, dated: bool
) -> PlanState:
    """`dated`: it is known that this is today."""
    decided.append(Decision(state.day, Kind.STOP, state.phase, f"stop: {why}; cueing is over for today"))
    state = replace(state, stop_after=state.counted)
    state = replace(state, stop_day=state.day) if dated else replace(state, stop_undated=True)
    return _sore(state, number, place, why, decided, dated=dated)


def _sore(state: PlanState, number: int, place: Tissue | None, why: str, decided: list[Decision], *, dated: bool) -> PlanState:
    """Sore, or sore anew: the minutes of the week before it began stay the measure."""
    rest_day = None if state.day is None or not dated else state.day + (state.last_run_day == state.day)
    if state.sore is not None:
        place = place if place is not None and place is state.sore.place else None
        last = state.sore.last_minutes
    else:
        last = next((minutes for minutes in state.past_minutes if minutes > 0), LEAST_WEEK_MIN)
    sore = Sore(place, number, rest_day, last)
    text = (
        f"sore: {why}; a rest day, then at most {SORE_SHARE * last:.0f} min a week, no beat, no hops, own cadence,"
        f" until {RUNS_TO_NORMAL} runs with pain of {SAFE_PAIN:g} or less, the morning after included"
    )
    decided.append(Decision(state.day, Kind.SORE, state.phase, text))
    return replace(state, sore=sore)


def _over(state: PlanState, decided: list[Decision]) -> PlanState:
    """Normal after three runs in a row that are known to have done no harm."""
    if state.sore is None:
        return state
    if state.good_runs < RUNS_TO_NORMAL:
        return state
    text = f"no longer sore: {state.good_runs} runs without pain, mornings included"
    decided.append(Decision(state.day, Kind.NORMAL, state.phase, text))
    return replace(state, sore=None)


def _told(felt: Felt, place: Tissue | None) -> str:
    where = "" if place is None else f" in the {place.value}"
    if felt.kind in {PainKind.SHARP, PainKind.LIMP}:
        return f"{'sharp pain' if felt.kind is PainKind.SHARP else 'a limp'}{where}"
    if felt.pain is not None and felt.pain > SAFE_PAIN:
        return f"pain {felt.pain:g} of 10{where}"
    return f"{'' if felt.morning is None else f'{felt.morning:g} of 10 '}soreness the morning after{where}"
