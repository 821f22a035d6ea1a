"""May the plan advance, must it hold, should it go back: judged by what runs have shown, every reason with its numbers.

Unknown pain holds. What may go back a phase is form, never soreness. What is asked for says its source here or in `phases`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cued.coaching.happening import Outcome, Reason
from cued.coaching.model import BASELINE_RUNS, average, shift
from cued.coaching.phases import LAST
from cued.coaching.state import RUNS_TO_NORMAL, SAFE_PAIN, PlanState, Run
from cued.core.numbers import median

LOOK_BACK: Final = 3
"""Sessions that a gate looks at (design)."""
PAIN_DAYS: Final = 14
"""So long after pain over 2 nothing progresses: a tendon answers late (design)."""
BACK_IN_BAND: Final = 0.50
"""Less than this in two cue sessions in a row, and the phase was too early (design)."""
DRIFT_AT_MOST: Final = 0.02
"""Lost late in a long run, two of three: four times the spread of a steady runner (design; own simulation)."""
DRIFT_BACK: Final = 0.03
"""Six times that spread (design; own simulation)."""
SURFACE_IN_BAND: Final = 0.60
SURFACES: Final = 2
"""Phase 3 wants the rhythm on so many surfaces (design)."""
GRACE: Final = 2
"""The first runs on a surface are there to get to know it: they send nobody back (design)."""
STEADY_IN_BAND: Final = 0.70
LOSS_AT_MOST: Final = 0.01
"""From feeder to steady: what can be noticed at all, about 1.7 steps (design)."""
EFFORT_OVER: Final = 1.0
"""Of 10, over the first runs' effort (design)."""
ADHERENCE: Final = 0.50
"""Of the planned runs: with fewer, a phase has not been tried (design)."""
LOW_READINESS: Final = 3.0
"""Under this on three runs in a row, the body asks for less (design)."""


class Verdict(Enum):
    ADVANCE = "advance"
    HOLD = "hold"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[Reason, ...]

    def text(self) -> str:
        """`hold: retention 52 % of 60 % asked, 3 sessions`; what is met goes unsaid while something is not."""
        open_ = [reason.text for reason in self.reasons if reason.met is not True and reason.needed]
        told = open_ if self.verdict is not Verdict.ADVANCE else [reason.text for reason in self.reasons]
        return f"{self.verdict.value}: {'; '.join(told)}" if told else self.verdict.value


def judge(state: PlanState) -> Judgement:
    """The verdict now."""
    back = tuple(reason for reason in _backwards(state) if reason is not None)
    if back and state.phase > 1:
        return Judgement(Verdict.BACK, back)
    reasons = tuple(reason for look in _LOOKS for reason in look(state))
    extra = _EXTRA.get(state.phase)
    if extra is not None:
        reasons = (*reasons, *extra(state))
    if state.phase >= LAST:
        reasons = (*reasons, Reason("last", None, "phase 6 is where the plan stays"))
    through = all(reason.met is True or not reason.needed for reason in reasons)
    return Judgement(Verdict.ADVANCE if through else Verdict.HOLD, reasons)


def form_holds(state: PlanState) -> bool:
    """May more be asked for? Not while what is asked for already is not held, or not kept without help."""
    return all(reason.met is not False for reason in (*_in_band(state), *_retention(state), *_alarm(state)))


def pain_reason(state: PlanState) -> Reason:
    """Nothing progresses on pain over 2 in the last two weeks, nor while nobody knows how the last three runs were."""
    last = state.runs[-LOOK_BACK:]
    recent = [run for run in state.runs if run in last or (run.day is not None and run.day >= (state.day or 0) - PAIN_DAYS)]
    aside = 0.0 if state.aside is None or _is_past(state, state.aside[0]) else state.aside[1]
    unknown = [run.number for run in last if run.painless is None]
    asked = min(SAFE_PAIN, state.rules.pain_at_most)
    over = [run for run in recent if run.painless is False or (run.pain is not None and run.pain > asked)]
    if state.sore is not None:
        return Reason("pain", False, f"sore: {state.good_runs} of {RUNS_TO_NORMAL} runs without pain, mornings included")
    if over:
        worst = max((told for run in over for told in (run.pain, run.morning) if told is not None), default=None)
        hurt = "pain" if worst is None else f"pain {worst:g}"
        return Reason("pain", False, f"{hurt} of {asked:g} allowed, last {_runs(len(recent))}")
    if aside > asked:
        return Reason("pain", False, f"pain {aside:g} of {asked:g} allowed, in a run that counts for nothing else")
    if unknown or not last:
        of = f"of session {unknown[-1]} " if unknown else ""
        return Reason("pain", None, f"pain {of}not told (`cued log rate {unknown[-1] if unknown else 'last'} --pain 0`)")
    worst = max(run.pain or 0.0 for run in recent)
    return Reason("pain", True, f"pain {worst:g} of {asked:g} allowed, last {_runs(len(recent))}")


def _is_past(state: PlanState, day: int | None) -> bool:
    """Long enough ago that pain of that day no longer holds? Before any day is known none is."""
    return day is not None and day < (state.day or 0) - PAIN_DAYS


# --- what sends back -----------------------------------------------------------------------------------------------


def _backwards(state: PlanState) -> tuple[Reason | None, ...]:
    return (_out_of_band(state), _drifts(state), _seen(state))


def _out_of_band(state: PlanState) -> Reason | None:
    if state.phase >= LAST:
        return None
    runs = [run for run in state.shown_here() if run.outcome.in_band is not None and not _new_ground(state, run)]
    shares = [run.outcome.in_band for run in runs[-2:] if run.outcome.in_band is not None]
    if len(shares) < 2 or max(shares) >= BACK_IN_BAND:
        return None
    told = " and ".join(percent(share) for share in shares)
    return Reason("in_band", False, f"in band {told} in two sessions, under {percent(BACK_IN_BAND)}")


def _new_ground(state: PlanState, run: Run) -> bool:
    """Was it one of the first runs on a surface?"""
    for surface, _ in run.outcome.surfaces:
        before = [
            one for one in state.runs if one.number <= run.number and any(name == surface for name, _ in one.outcome.surfaces)
        ]
        if len(before) <= GRACE:
            return True
    return False


def _drifts(state: PlanState) -> Reason | None:
    if not 4 <= state.phase < LAST:
        return None
    drifts = _long(state)
    if len(drifts) < 2 or len([drift for drift in drifts if drift > DRIFT_BACK]) < 2:
        return None
    return Reason("drift", False, f"late drift {_list(drifts)}, over {percent(DRIFT_BACK)} in two of the last long runs")


def _seen(state: PlanState) -> Reason | None:
    return Reason("video", False, "the video shows that form has slipped") if state.slipped else None


# --- what every phase asks for -------------------------------------------------------------------------------------


def _weeks(state: PlanState) -> tuple[Reason, ...]:
    least = state.rules.weeks_min
    return (Reason("weeks", state.weeks >= least, f"{_count(state.weeks, 'week')} of {least} asked"),)


def _sessions(state: PlanState) -> tuple[Reason, ...]:
    runs, least = len(state.cued_here()), state.rules.cue_sessions
    return (Reason("sessions", runs >= least, f"{_count(runs, 'cue session')} of {least} asked"),)


def _in_band(state: PlanState) -> tuple[Reason, ...]:
    shares = [run.outcome.in_band for run in state.shown_here() if run.outcome.in_band is not None][-LOOK_BACK:]
    return (share_reason("in band", shares, state.rules.in_band),)


def _retention(state: PlanState) -> tuple[Reason, ...]:
    """What stays without help, of what was asked for; where nothing was asked for, whether the runner stayed in the band."""
    held: list[float] = []
    for run in state.shown_here():
        outcome = run.outcome
        if outcome.change <= 0.0:
            if outcome.probe_in_band is not None:
                held.append(outcome.probe_in_band)
        elif outcome.probe is not None:
            over = shift(state.model, outcome.probe)
            if over is not None:
                held.append(over / outcome.change)
    return (share_reason("retention", held[-LOOK_BACK:], state.rules.retention),)


def _effort(state: PlanState) -> tuple[Reason, ...]:
    """Unknown effort does not hold: many never tell it, and pain is what protects."""
    told = [run.effort for run in state.cued_here() if run.effort is not None][-LOOK_BACK:]
    if not told or len(state.efforts) < LOOK_BACK:
        return ()
    usual, now = median(state.efforts), median(told)
    return (Reason("effort", now <= usual + EFFORT_OVER, f"effort {now:g} of {usual + EFFORT_OVER:g} allowed"),)


def _pain(state: PlanState) -> tuple[Reason, ...]:
    return (pain_reason(state),)


def _readiness(state: PlanState) -> tuple[Reason, ...]:
    if not unready(state):
        return ()
    told = ", ".join(f"{run.readiness:g}" for run in state.runs[-LOOK_BACK:])
    return (Reason("readiness", False, f"readiness {told} in the last {LOOK_BACK} runs, under {LOW_READINESS:g}"),)


def unready(state: PlanState) -> bool:
    """Did the runner feel unready three runs in a row?"""
    last = state.runs[-LOOK_BACK:]
    return len(last) == LOOK_BACK and all(run.readiness is not None and run.readiness < LOW_READINESS for run in last)


def _alarm(state: PlanState) -> tuple[Reason, ...]:
    """A decline pauses the plan until it is over."""
    return (Reason("alarm", False, state.alarm),) if state.alarm else ()


def _adherence(state: PlanState) -> tuple[Reason, ...]:
    """The runs of this stay, of those that were planned for its weeks."""
    planned = state.weeks * (state.rules.cue + state.rules.plain)
    if not planned:
        return ()
    done = len([run for run in state.runs if run.entry == state.entry])
    text = f"{done} of {planned} planned runs ({percent(done / planned)})"
    return (Reason("adherence", done / planned >= ADHERENCE, text),)


def _word(state: PlanState) -> tuple[Reason, ...]:
    return (Reason("word", False, "you said hold (`cued plan hold --off` goes on)"),) if state.held else ()


def _video(state: PlanState) -> tuple[Reason, ...]:
    """Asked for, and never waited for."""
    if state.filmed:
        return (Reason("video", True, "a video was looked at"),)
    told = "no video was looked at: film 20 s from the side and from behind"
    return (Reason("video", None, told, needed=False),)


_LOOKS: Final[tuple[Callable[[PlanState], tuple[Reason, ...]], ...]] = (
    _weeks,
    _sessions,
    _in_band,
    _retention,
    _effort,
    _pain,
    _readiness,
    _alarm,
    _adherence,
    _word,
    _video,
)


# --- what a phase asks for besides ---------------------------------------------------------------------------------


def _known(state: PlanState) -> tuple[Reason, ...]:
    """Phase 2 raises the target, so phase 1 must have found what from."""
    runs = len(state.model.first)
    return (Reason("baseline", runs >= BASELINE_RUNS, f"own rhythm known from {runs} of {BASELINE_RUNS} easy runs"),)


def _mornings(state: PlanState) -> tuple[Reason, ...]:
    """Phase 2: no soreness that lasts. A morning that was not told does not hold: pain itself must have been."""
    told = [run.morning for run in state.runs[-LOOK_BACK:] if run.morning is not None]
    if not told:
        return ()
    return (Reason("morning", max(told) <= SAFE_PAIN, f"soreness the morning after {max(told):g} of {SAFE_PAIN:g} allowed"),)


def _grounds(state: PlanState) -> tuple[Reason, ...]:
    shares: dict[str, list[float]] = {}
    for run in state.shown_here():
        for surface, share in run.outcome.surfaces:
            shares.setdefault(surface, []).append(share)
    means = {surface: average(found[-LOOK_BACK:]) or 0.0 for surface, found in sorted(shares.items())}
    good = [surface for surface, share in means.items() if share >= SURFACE_IN_BAND]
    told = (
        ", ".join(f"{surface} {percent(share)}" for surface, share in means.items()) or "none was named (`cued surface grass`)"
    )
    text = f"in band on {len(good)} of {SURFACES} surfaces asked ({told}; {percent(SURFACE_IN_BAND)} asked)"
    return (Reason("surfaces", len(good) >= SURFACES, text),)


def _late(state: PlanState) -> tuple[Reason, ...]:
    drifts = _long(state)
    if len(drifts) < 2:
        return (Reason("drift", None, f"late drift known of {len(drifts)} of 2 long runs asked (40 min or more)"),)
    good = len([drift for drift in drifts if drift <= DRIFT_AT_MOST])
    return (
        Reason(
            "drift", good >= 2, f"late drift {_list(drifts)} in the last long runs, {percent(DRIFT_AT_MOST)} allowed in two"
        ),
    )


def _released(state: PlanState) -> tuple[Reason, ...]:
    runs = [run.outcome for run in state.shown_here()]
    shares = [one.steady_in_band for one in runs if one.steady_in_band is not None][-LOOK_BACK:]
    losses = [lost for one in runs if (lost := lost_after_feeders(state, one)) is not None]
    loss = average(losses[-LOOK_BACK:])
    if loss is None:
        kept = Reason("loss", None, "loss from feeder to steady not known yet")
    else:
        text = f"{100 * loss:.1f} % lost from feeder to steady of {percent(LOSS_AT_MOST)} allowed, {_sessions_of(losses)}"
        kept = Reason("loss", loss <= LOSS_AT_MOST, text)
    return (share_reason("in band after the feeders", shares, STEADY_IN_BAND), kept)


def lost_after_feeders(state: PlanState, outcome: Outcome) -> float | None:
    """Cadence of the feeders less that of the steady running after them, as shares over the runner's own at their speeds."""
    if outcome.feeder is None or outcome.steady is None:
        return None
    fed, left = shift(state.model, outcome.feeder), shift(state.model, outcome.steady)
    return None if fed is None or left is None else fed - left


_EXTRA: Final[dict[int, Callable[[PlanState], tuple[Reason, ...]]]] = {
    1: _known,
    2: _mornings,
    3: _grounds,
    4: _late,
    5: _released,
}


# --- words ---------------------------------------------------------------------------------------------------------


def share_reason(what: str, shares: Sequence[float], asked: float) -> Reason:
    """`in band 74 % of 70 % asked, 3 sessions`; unknown before there are three."""
    share = average(shares)
    name = what.replace(" ", "_")
    if share is None or len(shares) < LOOK_BACK:
        return Reason(name, None, f"{what} known of {len(shares)} of {LOOK_BACK} sessions")
    return Reason(name, share >= asked, f"{what} {percent(share)} of {percent(asked)} asked, {_count(len(shares), 'session')}")


def percent(share: float) -> str:
    """`52 %`."""
    return f"{100 * share:.0f} %"


def _long(state: PlanState) -> list[float]:
    """Drift of the last long runs of this stay, cued or plain."""
    drifts = [run.outcome.drift for run in state.runs if run.entry == state.entry and run.outcome.drift is not None]
    return drifts[-LOOK_BACK:]


def _list(drifts: Sequence[float]) -> str:
    return ", ".join(f"{100 * drift:.1f}" for drift in drifts) + " %"


def _sessions_of(values: Sequence[float]) -> str:
    return _count(min(LOOK_BACK, len(values)), "session")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _runs(number: int) -> str:
    return _count(number, "run")
