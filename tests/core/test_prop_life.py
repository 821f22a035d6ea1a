"""What holds of the life of sessions whatever happens, in whatever order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.cadence import Gait
from cued.core.happening import (
    Begin,
    Decision,
    End,
    Happening,
    HeadphonesAre,
    LifeSettings,
    Moved,
    Pause,
    Phase,
    PodIs,
    Resume,
    Say,
    SessionOver,
    Tick,
    TodayIs,
    Told,
    Word,
    gait_of,
)
from cued.core.life import Life, due_ns, step
from cued.core.sentences import Sentence, sentence
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_S
from tests.support.driving import examples

ODD = st.one_of(st.none(), st.sampled_from((0.0, 60.0, 135.0, 170.0, float("nan"), float("inf"), -1.0)), st.floats())
SPEED = st.one_of(st.none(), st.sampled_from((0.0, 1.0, 3.0)), st.floats())
QUIET = (
    st.builds(PodIs, st.just(0), st.booleans(), st.sampled_from((None, "Stryd")), st.sampled_from((None, 80))),
    st.builds(HeadphonesAre, st.just(0), st.booleans()),
    st.builds(TodayIs, st.just(0), st.just("A"), st.booleans()),
    st.builds(Told, st.just(0), st.sampled_from(Word)),
    st.builds(SessionOver, st.just(0), st.integers(0, NS_PER_H)),
    st.builds(Tick, st.just(0)),
)
ANY = st.one_of(*QUIET, st.builds(Moved, st.just(0), ODD, st.sampled_from((None, True, False)), SPEED))
GAPS = st.one_of(
    st.just(0), st.integers(0, NS_PER_S), st.integers(0, NS_PER_MIN), st.integers(0, 40 * NS_PER_MIN), st.just(5 * NS_PER_H)
)


@st.composite
def days(draw: st.DrawFn) -> list[Happening]:
    """A day in order: stretches of samples at one a second, with anything between."""
    at_ns, found = 0, list[Happening]()
    for _ in range(draw(st.integers(1, 12))):
        at_ns += draw(GAPS)
        if draw(st.booleans()):
            spm = draw(st.sampled_from((170.0, 170.0, 0.0, 110.0)))
            for _ in range(draw(st.integers(1, 70))):
                found.append(Moved(at_ns, spm))
                at_ns += NS_PER_S
        else:
            found.append(replace(draw(ANY), at_ns=at_ns))
    return found


def lived(happenings: Iterable[Happening], how: LifeSettings | None = None) -> list[tuple[Life, tuple[Decision, ...]]]:
    life, steps = Life(how or LifeSettings()), list[tuple[Life, tuple[Decision, ...]]]()
    for happening in happenings:
        life, decisions = step(life, happening)
        steps.append((life, decisions))
    return steps


def decided(happenings: Iterable[Happening]) -> list[Decision]:
    return [decision for _, decisions in lived(happenings) for decision in decisions]


@examples(80)
@given(st.lists(st.tuples(ANY, st.integers(-NS_PER_H, 12 * NS_PER_H)), max_size=40))
def test_any_order_is_taken_and_no_stamp_falls(disorder: list[tuple[Happening, int]]) -> None:
    found = decided(replace(happening, at_ns=at_ns) for happening, at_ns in disorder)
    stamps = [decision.at_ns for decision in found]
    assert stamps == sorted(stamps)
    since = [one.since_ns for one in found if isinstance(one, Begin | Pause | Resume | End)]
    assert since == sorted(since)
    assert all(one.since_ns <= one.at_ns for one in found if isinstance(one, Begin | Pause | Resume | End))


@examples(50)
@given(days(), st.lists(st.integers(0, 12 * NS_PER_H), max_size=60))
def test_more_ticks_change_no_decision(day: list[Happening], ticks: list[int]) -> None:
    last_ns = day[-1].at_ns
    mixed = sorted([*day, *(Tick(at_ns) for at_ns in ticks if at_ns < last_ns)], key=lambda one: one.at_ns)
    assert decided(mixed) == decided(day)


@examples(50)
@given(days())
def test_ticks_when_asked_for_change_no_decision_and_each_lies_ahead_or_is_now(day: list[Happening]) -> None:
    life, found = Life(), list[Decision]()
    for happening in day:
        while (due := due_ns(life)) is not None and due <= happening.at_ns:
            assert due > life.now_ns
            life, decisions = step(life, Tick(due))
            found += decisions
        life, decisions = step(life, happening)
        found += decisions
    assert found == decided(day)


@examples(50)
@given(days())
def test_at_most_one_thing_is_said_at_an_instant_of_a_step(day: list[Happening]) -> None:
    for _, decisions in lived(day):
        said = [one.at_ns for one in decisions if isinstance(one, Say)]
        assert len(said) == len(set(said))
        assert all(sentence(one.sentence, one.values) for one in decisions if isinstance(one, Say))


@examples(50)
@given(days())
def test_sessions_begin_rest_go_on_and_end_in_that_order(day: list[Happening]) -> None:
    phase, owed = Phase.IDLE, False
    for _, decisions in lived(day):
        for one in decisions:
            match one:
                case Begin():
                    assert phase not in {Phase.RUNNING, Phase.PAUSED}
                    phase = Phase.RUNNING
                case Pause():
                    assert phase is Phase.RUNNING
                    phase = Phase.PAUSED
                case Resume():
                    assert phase is Phase.PAUSED
                    phase = Phase.RUNNING
                case End():
                    assert phase in {Phase.RUNNING, Phase.PAUSED}
                    phase, owed = Phase.ENDED, True
                case Say() if one.sentence is Sentence.SUMMARY:
                    phase, owed = phase if owed else Phase.ENDED, False
                case _:
                    pass


@examples(40)
@given(days(), st.integers(0, 3 * NS_PER_MIN))
def test_a_day_settles_and_asks_for_no_more_ticks(day: list[Happening], most_ns: int) -> None:
    """Whatever the thresholds: nothing goes round in circles."""
    how = replace(LifeSettings(), begin_ns=most_ns, pause_ns=most_ns, stop_ns=most_ns, walk_ns=most_ns, continue_ns=most_ns)
    life = lived(day, how)[-1][0]
    for _ in range(20):
        due = due_ns(life)
        if due is not None:
            life, _ = step(life, Tick(due))
    assert due_ns(life) is None


@pytest.mark.parametrize(
    ("moved", "gait"),
    [
        (Moved(0, 170.0), Gait.RUNNING),
        (Moved(0, 125.0, speed_mps=2.5), Gait.RUNNING),
        (Moved(0, 125.0, running=True), Gait.RUNNING),
        (Moved(0, 125.0), Gait.WALKING),
        (Moved(0, 136.0), Gait.RUNNING),
        (Moved(0, 134.0), Gait.WALKING),
        (Moved(0, 10.0), Gait.STANDING),
        (Moved(0, 0.0, speed_mps=3.0), Gait.UNKNOWN),
        (Moved(0, speed_mps=3.0), Gait.RUNNING),
        (Moved(0, speed_mps=1.0), Gait.WALKING),
        (Moved(0, speed_mps=0.1), Gait.STANDING),
        (Moved(0, running=True), Gait.RUNNING),
        (Moved(0, running=False), Gait.UNKNOWN),
        (Moved(0, raw=0), Gait.STANDING),
        (Moved(0, raw=85), Gait.UNKNOWN),
    ],
    ids=str,
)
def test_one_sample_tells_how_the_runner_moves(moved: Moved, gait: Gait) -> None:
    assert gait_of(moved, Gait.UNKNOWN, LifeSettings()) is gait


def test_between_walking_and_running_it_stays_what_it_was() -> None:
    for before in (Gait.RUNNING, Gait.WALKING):
        assert gait_of(Moved(0, 135.0), before, LifeSettings()) is before
