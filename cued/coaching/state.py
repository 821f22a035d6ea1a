"""Where a runner is in the plan, between two happenings; and the plain questions about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cued.coaching.happening import Felt, Outcome, PainKind
from cued.coaching.model import Model
from cued.coaching.phases import DELOAD_EVERY, GROWTH, LEAST_WEEK_MIN, PHASES, WEEK_DAYS, Dial, PhaseRules
from cued.core.cues import Tissue

KEPT_RUNS = 60
"""Runs that are remembered one by one: more than any gate looks back on, 15 weeks of four."""
SAFE_PAIN = 2.0
"""Up to here, the morning after included, a run was without harm: what soreness ends by."""
RUNS_TO_NORMAL = 3
"""Runs in a row without pain, the mornings after them included, end soreness (design; the next day tells: Silbernagel)."""
SORE_FROM = 3.0
"""Pain over this in calf, Achilles tendon, shin or foot is soreness that changes the plan."""
STOP_FROM = 5.0
"""Pain from here on ends cueing for the day."""
DATE_LINE = 1
"""Who flies over it lives one date twice, and it hurts on the second as well."""
HIGH_SPM = 178.0
"""Own easy cadence from here on is high (Luedke 2016 counts it so): no raise unless the runner asks for one (design)."""
BELOW_KNEE = frozenset({Tissue.CALF, Tissue.ACHILLES, Tissue.SHIN, Tissue.FOOT})
"""Where load moves to when steps get shorter and quicker (Anderson 2022; Chan 2018)."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    rules: tuple[PhaseRules, ...] = PHASES
    """Of the phases, in order; what the catalogue's packs tighten is in them."""
    seed: int = 0
    """Of the days between two reintroductions."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the plan remembers it."""

    number: int
    day: int | None
    phase: int
    """That the plan was in."""
    entry: int
    """Which stay in that phase."""
    outcome: Outcome
    eased: bool = False
    """Run while something was sore, so with another target than the phase's: says nothing of form."""
    pain: float | None = None
    place: Tissue | None = None
    kind: PainKind | None = None
    morning: float | None = None
    effort: float | None = None
    readiness: float | None = None

    def with_felt(self, felt: Felt) -> Run:
        """With what the runner has said since; what was said before stays unless it is said anew."""
        return replace(
            self,
            pain=self.pain if felt.pain is None else felt.pain,
            place=self.place if felt.place is None else felt.place,
            kind=self.kind if felt.kind is None else felt.kind,
            morning=self.morning if felt.morning is None else felt.morning,
            effort=self.effort if felt.effort is None else felt.effort,
            readiness=self.readiness if felt.readiness is None else felt.readiness,
        )

    @property
    def painless(self) -> bool | None:
        """2 of 10 or less, as far as was said; None: nobody said."""
        if self.outcome.pain or self.kind in {PainKind.SHARP, PainKind.LIMP}:
            return False
        if self.pain is None:
            return False if self.morning is not None and self.morning > SAFE_PAIN else None
        return self.pain <= SAFE_PAIN and (self.morning is None or self.morning <= SAFE_PAIN)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from the plan's first day on, and on."""

    number: int = 0
    minutes: float = 0.0
    runs: int = 0
    cue_runs: int = 0
    dial: Dial = Dial.NONE
    change: float = 0.0
    """The highest target over baseline that was run with."""


@dataclass(frozen=True, slots=True)
class Sore:
    """Something below the knee hurts, or whatever made a run stop."""

    place: Tissue | None
    """None: not said where."""
    after: int
    """Number of the run that began it."""
    rest_day: int | None
    """None: nobody knows the day on which it began."""
    last_minutes: float
    """Of the week before: 70 % of it is the most until it is over."""


INJURED = "injured"


@dataclass(frozen=True, slots=True)
class Off:
    """The runner does not run as planned."""

    why: str
    """`INJURED`, `ill` or `away`."""
    since: int | None


@dataclass(frozen=True, slots=True)
class PlanState:
    """Everything between two happenings."""

    how: PlanSettings = field(default_factory=PlanSettings)
    began: int | None = None
    """The plan's first day."""
    day: int | None = None
    """The latest day that was told."""
    phase: int = 1
    entry: int = 1
    """Counts the stays in phases."""
    entered: int | None = None
    """First day in the phase."""
    off_days: int = 0
    """Days of this phase that were no training: they are not counted as weeks of it."""
    phase_weeks: int = 0
    """How many weeks with a dial there were in this phase."""
    runs: tuple[Run, ...] = ()
    counted: int = 0
    """Sessions in all."""
    week: Week = field(default_factory=Week)
    past_minutes: tuple[float, ...] = ()
    """Of the last four weeks, the latest first."""
    last_change: float = 0.0
    """The target over baseline of the last week that had cues."""
    change: float = 0.0
    """That may be asked for now."""
    run_minutes: float = 35.0
    """How long a run with cues is at present."""
    drill_weeks: int = 0
    """Steps by which the drills have grown."""
    drilled: int = 0
    """Of these, those that were run with."""
    fades: tuple[tuple[str, int], ...] = ()
    """(pack, cue sessions its fade has come to)."""
    last_cue_day: int | None = None
    """The latest day on which there may have been cues."""
    undated_cues: bool = False
    """The latest run with cues has no date: it may have been on any day up to the next that is known."""
    rested: bool = True
    """There was a plain run since the last one with cues (or none with cues yet)."""
    plain_owed: int = 0
    """Plain runs that come first, after days off."""
    plain_day: int | None = None
    """The day for which the runner asked for a plain run."""
    stop_day: int | None = None
    """Cueing is over for that day."""
    stop_after: int | None = None
    """So many sessions were counted when it was last told that cueing is over."""
    stop_undated: bool = False
    """Nobody knows the day on which that was: it may have been on any up to the next that is known."""
    aside: tuple[int | None, float] | None = None
    """When it was told, and how much, of pain over 2 in a run that is not counted; None for a day before any is known."""
    sore: Sore | None = None
    off: Off | None = None
    places: tuple[Tissue, ...] = ()
    """That are injured."""
    race: int | None = None
    held: bool = False
    """By the runner's word."""
    keep: bool = False
    """By the runner's word the own cadence stays: 0 %."""
    raises: bool = False
    """By the runner's word it may rise, high as it is."""
    due: int | None = None
    """Phase 6: the day from which the old cues are due."""
    why_due: str = ""
    booster: int = 0
    """Sessions of it still to come."""
    kept: float | None = None
    """Phase 6: smoothed cadence over the runner's own, of runs without help."""
    slipped: bool = False
    """A video showed that form has slipped; until it is gone over again."""
    filmed: bool = False
    """A video was looked at in this phase."""
    weekdays: tuple[int, ...] = ()
    """On which the runner runs; empty: any."""
    model: Model = field(default_factory=Model)
    told: str = ""
    """The last verdict, so that it is told when it changes."""
    alarm: str = ""
    """What has fallen for good; while it stands nothing progresses."""
    proposal: str = ""
    """The one change that was proposed last, in this stay."""
    proposed: int | None = None
    """On that day."""
    proposals: int = 0
    """How many there were."""
    efforts: tuple[float, ...] = ()
    """The first three that were told: what later ones are held against."""

    @property
    def rules(self) -> PhaseRules:
        """Of the present phase."""
        return self.how.rules[self.phase - 1]

    @property
    def last_run_day(self) -> int | None:
        """Day of the last run whose date is known."""
        for run in reversed(self.runs):
            if run.day is not None:
                return run.day
        return None

    @property
    def own_is_high(self) -> bool:
        """Is the runner's own cadence one that needs no raise?"""
        baseline = self.model.baseline
        return baseline is not None and baseline.spm >= HIGH_SPM

    @property
    def keeps_own(self) -> bool:
        """Does the target stay at 0 %?"""
        return self.keep or (self.own_is_high and not self.raises)

    @property
    def deload(self) -> bool:
        """Is this a lighter week?"""
        return self.week.number % DELOAD_EVERY == DELOAD_EVERY - 1

    @property
    def weeks(self) -> int:
        """Whole weeks of training in this phase."""
        if self.day is None or self.entered is None:
            return 0
        return max(0, self.day - self.entered - self.off_days) // WEEK_DAYS

    @property
    def good_runs(self) -> int:
        """Since it began to be sore: runs in a row, up to the last, that are known to have done no harm, mornings included."""
        good = 0
        for run in reversed(self.runs):
            if self.sore is None or run.number <= self.sore.after or run.painless is not True or run.morning is None:
                break
            good += 1
        return good

    def cueing_over(self, day: int | None) -> bool:
        """Has pain ended cueing on that day? Without a date, until one more session is counted."""
        if day is None:
            return self.stop_after == self.counted
        return self.stop_undated or (self.stop_day is not None and 0 <= self.stop_day - day <= DATE_LINE)

    def rest_first(self, day: int | None) -> bool:
        """Should a day of rest come before the next run, although nobody can tell which? A day without a run leaves no trace to
        count by, so that it can only be said.
        """
        sore = self.sore
        if sore is None or (day is not None and sore.rest_day is not None):
            return False
        return not self.runs or self.runs[-1].number <= sore.after

    def fade(self, pack: str) -> int:
        """How many cue sessions the pack's fade has come to."""
        for name, count in self.fades:
            if name == pack:
                return count
        return 0

    def with_fade(self, pack: str, count: int) -> PlanState:
        """With the pack's fade there."""
        others = tuple(item for item in self.fades if item[0] != pack)
        return replace(self, fades=(*others, (pack, max(0, count))))

    def cued_here(self) -> tuple[Run, ...]:
        """This stay's runs with the phase's own pack."""
        pack = self.rules.pack
        return tuple(
            run for run in self.runs if run.entry == self.entry and run.phase == self.phase and run.outcome.pack == pack
        )

    def shown_here(self) -> tuple[Run, ...]:
        """Those of them that say something of form."""
        return tuple(run for run in self.cued_here() if not run.eased)


def week_cap(state: PlanState) -> float:
    """The most minutes that may be planned this week: 10 % over the last four's most, or 70 % of the last one while sore."""
    cap = max([LEAST_WEEK_MIN, *(minutes * (1.0 + GROWTH) for minutes in state.past_minutes)])
    return cap if state.sore is None else min(cap, SORE_SHARE * state.sore.last_minutes)


SORE_SHARE = 0.70
"""Of the week before, while something below the knee is sore."""


def minutes_left(state: PlanState) -> float:
    """Of this week's cap."""
    return max(0.0, week_cap(state) - state.week.minutes)


RACE_DAYS = 7
"""So many days before a race nothing is new."""
AFTER_RACE_DAYS = 2
"""So many days after it are plain, as the day itself."""


def race_near(state: PlanState, day: int | None) -> bool:
    """Is the race within a week, or just over?"""
    return state.race is not None and day is not None and state.race - RACE_DAYS <= day <= state.race + AFTER_RACE_DAYS
