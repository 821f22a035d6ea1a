"""How much the plan lets a runner do, and what it never looks at."""

from __future__ import annotations

from dataclasses import fields, replace

from cued.coaching.gates import judge
from cued.coaching.phases import BAREFOOT_MOST_S, HOPS_MOST, PHASES
from cued.coaching.today import today
from cued.core.target import Figure
from tests.support.seasons import Walk, at_phase


def test_hops_and_barefoot_begin_small_grow_by_steps_and_end_somewhere() -> None:
    walk = at_phase(2)
    doses = []
    for steps in range(12):
        dose = today(replace(walk.state, drill_weeks=steps), walk.day).dose
        doses.append((dose.hops, dose.barefoot_s))
    assert doses[:3] == [(60, 120), (80, 180), (100, 240)]
    assert doses[-1] == (HOPS_MOST, BAREFOOT_MOST_S) == (200, 480)
    assert doses == sorted(doses)


def test_awareness_and_low_load_take_five_weeks_at_least() -> None:
    assert [rules.pack for rules in PHASES[:2]] == ["awareness", "drills"]
    assert PHASES[0].weeks_min + PHASES[1].weeks_min == 5
    walk = at_phase(3)
    assert walk.day - walk.ran[0][0] >= 5 * 7
    assert {answer.pack for _, answer in walk.ran} == {"awareness", "drills", "plain"}


def test_no_gate_asks_for_pace() -> None:
    """The same weeks twice, once at half the speed: the same verdicts, word for word."""
    told = []
    for speed in (1.0, 0.5):
        walk = Walk()
        easy = tuple(Figure(164.0, 2.8 * speed) for _ in range(12))
        for _ in range(12):
            walk.run(easy=easy, probe=Figure(164.0, 2.8 * speed))
            walk.day += 2
        told.append([decision.text for decision in walk.decided])
        assert judge(walk.state).reasons
    assert told[0] == told[1]
    assert not [one.name for rules in PHASES for one in fields(rules) if "pace" in one.name or "speed" in one.name]
