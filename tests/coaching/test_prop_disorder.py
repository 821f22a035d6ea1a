"""Whatever is told, in whatever order: the plan neither falls, nor advances on pain, nor puts one cue day beside another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cued.coaching.happening import Dawn, Felt, Happening, Kind, Noticed, Outcome, Ran, Say, Word
from cued.coaching.plan import step
from cued.coaching.state import PlanState
from cued.coaching.today import today
from cued.core.cues import Tissue
from cued.core.target import Figure
from tests.support.driving import examples

PAINS = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, None, 2.5, 4.0, 5.0)
FIGURES = st.one_of(st.none(), st.builds(Figure, st.floats(140.0, 200.0), st.one_of(st.none(), st.floats(2.0, 4.0))))
ODD_SHARES = st.one_of(st.none(), st.floats(0.0, 1.0))
ODD_DAYS = st.one_of(st.none(), st.integers(-10, 800), st.integers(0, 100_000))
ODD_OUTCOMES = st.builds(
    Outcome,
    st.sampled_from(("awareness", "drills", "plain", "integration", "maintenance", "mine")),
    st.booleans(),
    st.floats(0.0, 600.0),
    st.floats(-0.1, 0.2),
    ODD_SHARES,
    FIGURES,
    ODD_SHARES,
    FIGURES,
    FIGURES,
    ODD_SHARES,
    st.one_of(st.none(), st.floats(-0.1, 0.1)),
    st.sampled_from(((), (("grass", 0.5),))),
    st.sampled_from(((), (Figure(160.0, None),) * 6, tuple(Figure(160.0 + number, 2.5 + number / 10) for number in range(8)))),
    st.booleans(),
)
ODD = st.one_of(
    st.builds(Ran, ODD_DAYS, st.integers(-3, 50), ODD_OUTCOMES),
    st.builds(Felt, ODD_DAYS, st.integers(-3, 50), st.sampled_from(PAINS), st.sampled_from((None, *Tissue))),
    st.builds(Word, ODD_DAYS, st.sampled_from(Say), st.sampled_from((None, *Tissue)), ODD_DAYS),
    st.builds(Dawn, ODD_DAYS),
    st.builds(Noticed, ODD_DAYS, st.sampled_from(("", "efficiency has fallen")), st.sampled_from(("", "no growth"))),
)


NEAR_DAYS = st.integers(0, 25)
FREE = st.one_of(
    st.builds(Ran, NEAR_DAYS, st.integers(1, 50), ODD_OUTCOMES),
    st.builds(
        Ran, NEAR_DAYS, st.integers(1, 50), st.builds(Outcome, st.just("mine"), st.just(value=True), st.floats(10.0, 90.0))
    ),
    st.builds(Word, NEAR_DAYS, st.sampled_from(Say), st.sampled_from((None, *Tissue)), NEAR_DAYS),
    st.builds(Dawn, NEAR_DAYS),
)


@given(st.lists(FREE, max_size=25))
@examples(300)
def test_whatever_the_runner_runs_instead_no_cue_day_is_planned_beside_one(told: list[Happening]) -> None:
    state, cued = PlanState(), set[int]()
    for happening in told:
        state, _ = step(state, happening)
        if isinstance(happening, Ran) and happening.outcome.cued and happening.day is not None:
            cued.add(happening.day)
        assert state.day is not None
        for day in range(state.day, state.day + 4):
            assert not today(state, day).cued or cued.isdisjoint({day - 1, day, day + 1})


@given(st.lists(ODD, max_size=25))
@examples(300)
def test_no_disorder_makes_it_fall_or_advance_without_a_date_or_on_pain(told: list[Happening]) -> None:
    state = PlanState()
    for happening in told:
        before = state
        state, decided = step(state, happening)
        assert 1 <= state.phase <= 6
        for decision in decided:
            if decision.kind is Kind.ADVANCE:
                assert happening.day is not None
                assert all(run.pain is not None and run.pain <= 2 for run in before.runs[-3:])
        assert today(state, state.day).minutes >= 0
        assert today(state, None).phase == state.phase
