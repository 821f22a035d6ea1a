"""Six runners, each with legs, days and a diary of their own, and the season that the plan makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from cued.coaching.happening import Dawn, Decision, Felt, Happening, Kind, Outcome, Ran, Say, Word
from cued.coaching.phases import LAST, PHASES, tightened
from cued.coaching.plan import step
from cued.coaching.state import PlanSettings, PlanState, week_cap
from cued.coaching.today import RunKind, Today, today
from cued.core.cues import CuePack, Tissue
from cued.packs.load import load_pack
from tests.support.legs import Legs, run_today
from tests.support.tools import REPO

FOLDER: Final = Path(__file__).with_name("seasons")
"""The pages that were looked at last."""
START: Final = 20_514
"""2026-03-02, a Monday."""
WEEKS: Final = 24
VERDICTS: Final = (Kind.HOLD, Kind.READY)
"""What may change with every run; of a week the last is told."""
EVERY_OTHER: Final = (0, 2, 4, 6)


@dataclass(frozen=True, slots=True)
class Runner:
    """Somebody who follows the plan for a season, or tries to."""

    name: str
    ends_in: int
    """The phase in which the season ends."""
    why: str
    legs: Legs = field(default_factory=Legs)
    days: Callable[[int], bool] = lambda day: day % 7 in EVERY_OTHER
    """Does this runner run on that day of the season?"""
    felt: Callable[[int], tuple[float | None, float | None, Tissue | None]] = lambda day: (0.0, 0.0, None)
    """(pain, soreness the morning after, where) of a run on that day."""
    words: tuple[tuple[int, Word], ...] = ()
    """(day of the season, what is said)."""


def _sore(day: int) -> tuple[float | None, float | None, Tissue | None]:
    """A calf that complains every three weeks, once phase 2 has begun."""
    return (4.0, 3.0, Tissue.CALF) if day > 30 and day % 21 in {0, 1} else (1.0, 1.0, Tissue.CALF)


def _now_and_then(day: int) -> bool:
    """Two or three runs a week, none in the weeks of holidays and of an examination."""
    week = day // 7
    if week in {7, 8, 15}:
        return False
    return day % 7 in ({0, 3} if week % 2 else {1, 2, 5})


RUNNERS: Final = (
    Runner("compliant", 6, "does all that is asked, keeps it, and says how it was"),
    Runner(
        "stubborn",
        2,
        "hears neither beat nor cues: nothing stays of what is asked for",
        Legs(beat=0.0, cue=0.0, learns=0.0),
    ),
    Runner(
        "tiring",
        3,
        "as compliant, but loses cadence after half an hour, which only long runs show",
        Legs(tires_after_min=30.0, tires_per_min=0.006, tires_to=0.09),
    ),
    Runner("sore", 4, "a calf that complains every three weeks: eased each time, held, and never sent back", felt=_sore),
    Runner(
        "irregular",
        3,
        "runs when there is time, and often says nothing of how it was",
        days=_now_and_then,
        felt=lambda day: (None, None, None) if day % 3 == 0 else (0.0, 0.0, None),
    ),
    Runner(
        "racing",
        6,
        "as compliant, with two races: nothing new before them, plain days after",
        Legs(spm=172.0, mps=3.1, slope=8.0),
        words=((55, Word(None, Say.RACE, on=START + 69)), (118, Word(None, Say.RACE, on=START + 132))),
    ),
)


@lru_cache(maxsize=1)
def packs() -> dict[str, CuePack]:
    """The shipped ones."""
    files = sorted(Path(REPO / "cue_packs").glob("*.yaml"))
    return {pack.name: pack for pack in (load_pack(file).pack for file in files)}


@dataclass(frozen=True, slots=True)
class RunDay:
    day: int
    """Of the season."""
    week: int
    answer: Today
    outcome: Outcome
    minutes_before: float
    """Run in the week before this."""
    cap: float
    phase: int


@dataclass
class Season:
    """What became of one runner."""

    name: str
    state: PlanState
    ran: list[RunDay] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)
    rests: int = 0

    @property
    def runner(self) -> Runner:
        """Whose it is."""
        return next(one for one in RUNNERS if one.name == self.name)

    def tell(self, happening: Happening) -> None:
        self.state, decided = step(self.state, happening)
        self.decided += decided


def lived(name: str) -> Season:
    """The season of the runner of that name, run by run through the real core."""
    (runner,) = [one for one in RUNNERS if one.name == name]
    rules = tuple(tightened(rules, packs()[rules.pack]) for rules in PHASES)
    season = Season(name, PlanState(PlanSettings(rules, seed=2)))
    legs = runner.legs
    overnight: list[Felt] = []
    for day in range(7 * WEEKS):
        now = START + day
        season.tell(Dawn(now))
        while overnight:
            season.tell(replace(overnight.pop(), day=now))
        for said_on, word in runner.words:
            if said_on == day:
                season.tell(replace(word, day=now))
        if not runner.days(day):
            continue
        state = season.state
        answer = today(state, now)
        if answer.kind is RunKind.REST:
            season.rests += 1
            continue
        outcome = run_today(packs()[answer.pack], answer, legs, day)
        number = len(season.ran) + 1
        season.ran.append(RunDay(day, state.week.number, answer, outcome, state.week.minutes, week_cap(state), state.phase))
        season.tell(Ran(now, number, outcome))
        pain, morning, place = runner.felt(day)
        if pain is not None:
            season.tell(Felt(now, number, pain=pain, place=place, effort=4.0))
            overnight.append(Felt(None, number, morning=morning, place=place))
        if answer.cued:
            legs = replace(legs, kept=legs.kept + legs.learns * (answer.change - legs.kept))
    return season


# --- in words ------------------------------------------------------------------------------------------------------


def told(season: Season) -> str:
    """A season as a page that a coach can read."""
    runner = season.runner
    lines = [f"{runner.name}: {runner.why}.", ""]
    by_week = {week: list(days) for week, days in groupby(season.ran, key=lambda ran: ran.week)}
    for week in range(WEEKS):
        days = by_week.get(week, [])
        minutes = sum(ran.answer.minutes for ran in days)
        phase = days[0].phase if days else "–"
        lines.append(f"week {week + 1:2}  phase {phase}  {_days(days)}  {minutes:3} min{_shares(days)}")
        decided = [one for one in season.decided if one.day is not None and (one.day - START) // 7 == week]
        verdicts = [one for one in decided if one.kind in VERDICTS]
        lines += [f"    {_date(one)} {one.text}" for one in decided if one.kind not in VERDICTS]
        lines += [f"    at its end {one.text}" for one in verdicts[-1:]]
    cued = [ran for ran in season.ran if ran.answer.cued]
    lines += ["", f"phase {season.state.phase} of {LAST}; {len(season.ran)} runs, {len(cued)} with cues, {season.rests} rests."]
    return "\n".join(lines) + "\n"


def _date(decision: Decision) -> str:
    assert decision.day is not None
    return ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[(decision.day - START) % 7]


def _days(days: list[RunDay]) -> str:
    marks = {ran.day % 7: ran.answer.pack[:1].upper() if ran.answer.cued else "p" for ran in days}
    return " ".join(marks.get(day, ".") for day in range(7))


def _shares(days: list[RunDay]) -> str:
    cued = [ran for ran in days if ran.answer.cued]
    if not cued:
        return ""
    shares = "/".join("?" if ran.outcome.in_band is None else f"{100 * ran.outcome.in_band:.0f}" for ran in cued)
    return f"  asked {100 * cued[-1].answer.change:+.0f} %  in band {shares} %"


def page(name: str) -> str:
    """The season of the runner of that name, in words."""
    return told(lived(name))
