"""What today's run is: with cues, plain, or none, how long, with which pack, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from cued.coaching.gates import percent, unready
from cued.coaching.model import runner_of
from cued.coaching.phases import (
    BAREFOOT_FIRST_S,
    BAREFOOT_MOST_S,
    BAREFOOT_STEP_S,
    BOOSTER,
    HOPS_FIRST,
    HOPS_MOST,
    HOPS_STEP,
    LAST,
    PLAIN,
    SHORTEST_RUN_MIN,
    WEEK_DAYS,
    WEEKLY_STEP,
    Dial,
)
from cued.coaching.state import INJURED, SORE_SHARE, PlanState, minutes_left, race_near
from cued.coaching.weeks import reached
from cued.core.cues import Tissue
from cued.core.start import Runner

MONDAY_OFFSET: Final = 3
"""1970-01-01, day 0, was a Thursday: Monday is 0."""
BOOSTERS_A_WEEK: Final = 2
SETS: Final = {3: "set-b", 4: "strength", 5: "strength"}
"""Landings and skips once the simple drills of phase 2 are known; strength while runs get longer (design)."""
LEAST_CUED_MIN: Final = 35.0
"""In a shorter run the silent probe of phases 2 and 4 has no room, and nobody would know what stays without help."""
ALL_TISSUES: Final = tuple(Tissue)
OVER_TODAY: Final = "it hurt today: cueing is over for the day"
EASED: Final = "something is sore (`cued plan why`): no beat, no drills or strides, no cue that loads it"


class RunKind(Enum):
    CUE = "cue"
    PLAIN = "plain"
    REST = "rest"
    """No run is planned; whoever runs all the same runs plain."""


@dataclass(frozen=True, slots=True)
class Ease:
    """What of the pack is left out."""

    beat: bool = True
    drills: bool = True
    """Also strides: hops, barefoot running and fast steps load what is below the knee most."""
    barred: tuple[Tissue, ...] = ()
    """No cue and no drill that loads one of these."""
    half: bool = False
    """Half the cues: a lighter week."""


@dataclass(frozen=True, slots=True)
class Dose:
    """The most of the drills that load most."""

    hops: int
    """Ground contacts."""
    barefoot_s: int


@dataclass(frozen=True, slots=True)
class Today:
    """The plan's answer for one day."""

    day: int | None
    kind: RunKind
    pack: str
    """Its name in the catalogue."""
    minutes: int
    """How long at most; 0 for a rest day."""
    phase: int
    reason: str
    """A few words for the runner: why it is this."""
    session_number: int = 1
    """For the pack's fade, from 1."""
    change: float = 0.0
    """The most that may be asked over the runner's own cadence."""
    ease: Ease = field(default_factory=Ease)
    dose: Dose = field(default_factory=lambda: Dose(HOPS_FIRST, BAREFOOT_FIRST_S))
    drills: str = ""
    """A set of drills that goes with a plain run, done after it; empty: none."""
    dial: Dial = Dial.NONE
    """What is new this week."""
    stopped: bool = False
    """It hurt today, so that cueing is over for the day."""
    named: bool = False
    """The runner has named the pack; while something is sore it is run without what loads."""
    off: str = ""
    """The runner is `injured`, `ill` or `away`; empty: none of it."""
    rest_first: bool = False
    """A day of rest comes before the next run; as nobody knows the date, that can only be said."""
    learning: bool = False
    """The runner's own cadence is not known yet: "Learning your rhythm." is said."""
    reintroduction: bool = False
    """The old cues are due (the pack's `reintroduction: due`)."""
    runner: Runner = field(default_factory=Runner)
    """What the session is told of the runner."""

    @property
    def cued(self) -> bool:
        """A cue day?"""
        return self.kind is RunKind.CUE

    @property
    def bars(self) -> bool:
        """Is nobody cued, whatever pack is named? What protects the runner holds without a plan, too."""
        return self.stopped or bool(self.off)

    @property
    def why_held(self) -> str:
        """Why a pack that was named is not run, or not whole; empty: it is."""
        if self.stopped:
            return OVER_TODAY
        if self.off:
            return f"{self.off}: no cues (`cued plan well` goes on)"
        return EASED if self.named else ""


def binding(answer: Today | None, *, hurts: bool = False, sore: bool = False) -> Today | None:
    """What a run is held to for which a pack was named, however that was done; None: that pack it is, whole.

    `answer`: the plan's; None: there is none. `hurts`: pain has been told that ends cueing, and the plan may not know yet;
    `sore`: pain that eases.
    """
    if hurts:
        answer = halted(answer)
    elif sore:
        answer = softened(answer)
    if answer is None or answer.bars:
        return answer
    return None if answer.ease.beat else _eased(answer)


def _eased(answer: Today) -> Today:
    """Something is sore: a pack that was named is run, without what loads, and at the runner's own cadence."""
    return replace(
        answer, kind=RunKind.CUE, reason=EASED, change=0.0, ease=replace(answer.ease, half=False), drills="", dial=Dial.NONE,
        learning=False, reintroduction=False, named=True,
    )  # fmt: skip


def softened(answer: Today | None) -> Today:
    """The same day where something is sore, nobody has said where, and the plan does not know yet."""
    if answer is None:
        answer = Today(None, RunKind.PLAIN, PLAIN, 0, 1, EASED)
    ease = Ease(beat=False, drills=False, barred=ALL_TISSUES, half=answer.ease.half)
    return replace(answer, change=0.0, ease=ease, dose=Dose(0, 0), drills="")


def halted(answer: Today | None) -> Today:
    """The same day once it hurts: no cues, and no drills either."""
    if answer is None:
        return Today(None, RunKind.PLAIN, PLAIN, 0, 1, OVER_TODAY, stopped=True)
    if answer.stopped:
        return answer
    kind = RunKind.PLAIN if answer.cued else answer.kind
    reason = answer.reason if kind is RunKind.REST else OVER_TODAY
    return replace(
        answer, kind=kind, pack=PLAIN, reason=reason, session_number=1, change=0.0, drills="", dial=Dial.NONE,
        learning=False, reintroduction=False, stopped=True,
    )  # fmt: skip


def today(state: PlanState, day: int | None) -> Today:
    """What a run on that day would be; None: nobody knows the date, so that sessions count instead of days."""
    state, _ = reached(state, day)
    kind, reason = _kind(state, day)
    rest_first = state.rest_first(day) and kind is not RunKind.REST
    if rest_first:
        reason += "; rest a day first: something is sore"
    if kind is not RunKind.CUE:
        minutes = 0 if kind is RunKind.REST else _plain_minutes(state, day)
        if kind is RunKind.PLAIN and minutes == 0:
            kind, reason = RunKind.REST, f"this week's {state.week.minutes:.0f} minutes are run"
        runner = runner_of(state.model, state.last_change)
        stopped = state.cueing_over(day)
        drills = _set_of(state, day) if kind is RunKind.PLAIN and not stopped else ""
        ease, dose = _ease(state), _dose(state, day)
        off = "" if state.off is None else state.off.why
        return Today(
            day, kind, PLAIN, minutes, state.phase, reason, ease=ease, dose=dose, drills=drills, stopped=stopped, off=off,
            rest_first=rest_first, runner=runner,
        )  # fmt: skip
    pack = BOOSTER if state.booster else state.rules.pack
    change = 0.0 if state.keeps_own or state.sore is not None else _change(state, day)
    return Today(
        day=day,
        kind=kind,
        pack=pack,
        minutes=int(min(state.run_minutes, _left(state, day))),
        phase=state.phase,
        reason=reason,
        session_number=state.fade(pack) + 1,
        change=change,
        ease=_ease(state),
        dose=_dose(state, day),
        dial=state.week.dial,
        learning=state.model.baseline is None,
        reintroduction=state.phase == LAST and not state.booster,
        rest_first=rest_first,
        runner=runner_of(state.model, state.last_change),
    )


def weekday(day: int) -> int:
    """0 is Monday."""
    return (day + MONDAY_OFFSET) % WEEK_DAYS


# --- which kind ----------------------------------------------------------------------------------------------------


def _kind(state: PlanState, day: int | None) -> tuple[RunKind, str]:
    for rule in (_no_run, _no_cues, _not_now):
        found = rule(state, day)
        if found is not None:
            return found
    if state.booster:
        return RunKind.CUE, f"booster: {state.why_due}"
    if state.phase == LAST:
        return RunKind.CUE, f"the old cues are due: {state.why_due}"
    return RunKind.CUE, f"cue session {state.week.cue_runs + 1} of {state.rules.cue} this week"


def _no_run(state: PlanState, day: int | None) -> tuple[RunKind, str] | None:
    """Days without any run planned."""
    if state.off is not None and state.off.why != INJURED:
        return RunKind.REST, f"{state.off.why} (`cued plan well` goes on)"
    if state.sore is not None and day is not None and day == state.sore.rest_day:
        return RunKind.REST, "a rest day: something is sore"
    if _left(state, day) < SHORTEST_RUN_MIN:
        return RunKind.REST, f"this week's {state.week.minutes:.0f} minutes are run"
    if not is_run_day(state, day):
        return RunKind.REST, "not one of your running days"
    return None


def _no_cues(state: PlanState, day: int | None) -> tuple[RunKind, str] | None:
    """Days on which cues would harm."""
    if state.off is not None:
        where = " and ".join(place.value for place in state.places) or "a part of you"
        return RunKind.PLAIN, f"no cues while {where} is injured (`cued plan well` goes on)"
    if state.cueing_over(day):
        return RunKind.PLAIN, OVER_TODAY if day is not None else "it hurt: this run is without cues"
    if state.race is not None and day is not None and race_near(state, day) and day >= state.race:
        return RunKind.PLAIN, "race day" if day == state.race else "plain after the race"
    if day is not None and day == state.plain_day:
        return RunKind.PLAIN, "you asked for a plain run"
    if state.plain_owed:
        return RunKind.PLAIN, f"{_plainly(state.plain_owed)} first, after days off or by your word"
    if unready(state):
        return RunKind.PLAIN, "three runs without feeling ready"
    return None


def _plainly(runs: int) -> str:
    return "a plain run" if runs == 1 else f"{runs} plain runs"


def _not_now(state: PlanState, day: int | None) -> tuple[RunKind, str] | None:
    """Days that are plain by the calendar."""
    if not state.rested or (day is not None and state.last_cue_day is not None and day - state.last_cue_day <= 1):
        return RunKind.PLAIN, "a plain run between cue days"
    if min(state.run_minutes, _left(state, day)) < LEAST_CUED_MIN:
        return RunKind.PLAIN, "too few of this week's minutes are left for cues"
    most = BOOSTERS_A_WEEK if state.booster else state.rules.cue
    if day is not None and state.week.cue_runs >= most:
        return RunKind.PLAIN, f"this week's {state.rules.cue} cue sessions are run"
    if state.phase == LAST and not state.booster:
        due = state.due is not None and day is not None and day >= state.due
        if not due:
            return RunKind.PLAIN, "your own running; the old cues are not due"
    pack = BOOSTER if state.booster else state.rules.pack
    if race_near(state, day) and all(run.outcome.pack != pack for run in state.runs):
        return RunKind.PLAIN, "nothing new in the week before a race"
    return None


def is_run_day(state: PlanState, day: int | None) -> bool:
    """One of the runner's weekdays, where any were named."""
    return day is None or not state.weekdays or weekday(day) in state.weekdays


# --- how much ------------------------------------------------------------------------------------------------------


def _left(state: PlanState, day: int | None) -> float:
    """Minutes that may still be planned; without a date no week passes, so that none is ever full, and while something is sore
    each run is as much shorter as the week would be.
    """
    if day is not None:
        return minutes_left(state)
    return state.run_minutes if state.sore is None else SORE_SHARE * state.run_minutes


def _plain_minutes(state: PlanState, day: int | None) -> int:
    """What is left of the week's minutes, its cue sessions set aside, spread over the plain runs to come."""
    if day is None:  # nobody knows what of the week is left
        return int(_left(state, day))
    rules = state.rules
    cues_left = 0 if state.phase == LAST else max(0, rules.cue - state.week.cue_runs)
    if state.began is not None:  # there is no cue day tomorrow
        cues_left = min(cues_left, (WEEK_DAYS - 1 - (day - state.began) % WEEK_DAYS) // 2)
    plain_left = max(1, rules.plain - (state.week.runs - state.week.cue_runs))
    left = _left(state, day)
    share = max(SHORTEST_RUN_MIN, (left - cues_left * state.run_minutes) / plain_left)
    minutes = int(min(state.run_minutes, left, share))
    return minutes if minutes >= SHORTEST_RUN_MIN else 0


def _change(state: PlanState, day: int | None) -> float:
    """The target's rise; near a race, and in a lighter week, none that was not run with."""
    used = max(state.last_change, state.week.change)
    fresh = 0.0 if state.deload or race_near(state, day) else WEEKLY_STEP
    return min(state.change, max(used, state.last_change + fresh))


def _ease(state: PlanState) -> Ease:
    if state.sore is None:
        return Ease(barred=state.places, half=state.deload)
    barred = ALL_TISSUES if state.sore.place is None else (state.sore.place,)
    return Ease(beat=False, drills=False, barred=barred, half=state.deload)


def _set_of(state: PlanState, day: int | None) -> str:
    """The set of the phase; phase 2 has its drills in the pack. None where anything hurts, near a race or after days off."""
    hurts = state.sore is not None or state.off is not None
    return "" if hurts or state.plain_owed or race_near(state, day) else SETS.get(state.phase, "")


def _dose(state: PlanState, day: int | None) -> Dose:
    """None while sore; near a race no more than was run with."""
    if state.sore is not None:
        return Dose(0, 0)
    steps = state.drilled if race_near(state, day) else state.drill_weeks
    return Dose(
        min(HOPS_MOST, HOPS_FIRST + HOPS_STEP * steps),
        min(BAREFOOT_MOST_S, BAREFOOT_FIRST_S + BAREFOOT_STEP_S * steps),
    )


def line(answer: Today) -> str:
    """`cue · phase 3, variability, 45 min: cue session 1 of 2 this week`."""
    if answer.kind is RunKind.REST:
        return f"rest: {answer.reason}"
    if answer.kind is RunKind.PLAIN:
        then = f"; then the drills of {answer.drills}" if answer.drills else ""
        return f"plain, {answer.minutes} min: {answer.reason}{then}"
    over = f", {percent(answer.change)} over your own" if answer.change else ""
    return f"{answer.pack}, {answer.minutes} min{over}: {answer.reason}"
