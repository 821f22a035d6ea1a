"""Weeks of a plan that is followed, by hand or by chance: outcomes to tell, a plan to walk through, words in short."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cued.coaching.happening import Dawn, Decision, Felt, Happening, Kind, Outcome, Ran, Say, Word
from cued.coaching.phases import LAST
from cued.coaching.plan import step
from cued.coaching.state import PlanSettings, PlanState
from cued.coaching.today import RunKind, Today, today
from cued.core.target import Figure

OWN_SPM = 164.0


def easy(kept: float = 0.0) -> tuple[Figure, ...]:
    """The minutes of an easy run, every one the same; of a runner who has kept so much of what was asked for."""
    return tuple(Figure(OWN_SPM * (1.0 + kept), 2.8) for _ in range(12))


def outcome_of(
    answer: Today, *, share: float = 0.9, drift: float | None = 0.0, kept: float = 0.0, **changes: object
) -> Outcome:
    """What a run as planned shows: by default of a runner who does all that is asked, and keeps it."""
    if not answer.cued:
        outcome = Outcome(answer.pack, False, float(answer.minutes), easy=easy(kept))
    else:
        there = Figure(OWN_SPM * (1.0 + answer.change), 2.8)
        outcome = Outcome(
            answer.pack,
            True,
            float(answer.minutes),
            answer.change,
            in_band=share,
            probe=there,
            probe_in_band=share,
            feeder=there,
            steady=there,
            steady_in_band=share,
            drift=drift if answer.minutes >= 40 else None,
            surfaces=(("grass", share), ("road", share)),
            easy=easy() if answer.change == 0.0 else (),
        )
    return replace(outcome, **changes)  # type: ignore[arg-type]  # a test names fields that there are


@dataclass
class Walk:
    """A plan being followed day by day."""

    state: PlanState = field(default_factory=PlanState)
    day: int = 20_000
    number: int = 0
    decided: list[Decision] = field(default_factory=list)
    ran: list[tuple[int, Today]] = field(default_factory=list)

    def tell(self, happening: Happening) -> tuple[Decision, ...]:
        """Something happens; what was decided."""
        self.state, decided = step(self.state, happening)
        self.decided += decided
        return decided

    def say(self, say: Say, **more: object) -> tuple[Decision, ...]:
        return self.tell(Word(self.day, say, **more))  # type: ignore[arg-type]  # as in `outcome_of`

    def today(self) -> Today:
        return today(self.state, self.day)

    def run(self, *, pain: float | None = 0.0, morning: float | None = 0.0, **outcome: object) -> Today:
        """Today's run as planned, and what is said of it; none on a rest day."""
        answer = self.today()
        if answer.kind is RunKind.REST:
            return answer
        self.number += 1
        self.ran.append((self.day, answer))
        kept = self.state.change if self.state.phase == LAST else 0.0
        self.tell(Ran(self.day, self.number, outcome_of(answer, kept=kept, **outcome)))  # type: ignore[arg-type]  # as in `outcome_of`
        if pain is not None or morning is not None:
            self.tell(Felt(self.day, self.number, pain=pain, morning=morning))
        return answer

    def weeks(self, count: int, **run: object) -> None:
        """So many weeks of four runs."""
        for _ in range(count):
            for offset in range(7):
                if offset % 2 == 0:
                    self.run(**run)  # type: ignore[arg-type]  # as in `outcome_of`
                self.day += 1

    def kinds(self, kind: Kind) -> list[Decision]:
        return [decision for decision in self.decided if decision.kind is kind]

    def until(self, phase: int, weeks: int = 60) -> None:
        """Follow the plan to the first morning of a phase."""
        for number in range(7 * weeks):
            self.tell(Dawn(self.day))
            if self.state.phase >= phase:
                return
            if number % 7 % 2 == 0:
                self.run()
            self.day += 1
        raise AssertionError(f"phase {self.state.phase} after {weeks} weeks: {self.decided[-1].text}")


def at_phase(phase: int) -> Walk:
    """On the first morning of a phase, everything having gone well."""
    walk = Walk(PlanState(PlanSettings(seed=1)))
    walk.until(phase)
    return walk


def ready() -> Walk:
    """After the lighter fourth week of phase 1, with all that is asked for; the next week has not begun."""
    walk = Walk()
    walk.weeks(4)
    return walk
