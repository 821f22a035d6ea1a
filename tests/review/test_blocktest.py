"""Block tests held against each other: what a stage shows, and when a difference is more than chance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cued.coaching.model import Model
from cued.core.effects import CadenceSeen, Effect, SegmentBegan
from cued.core.events import Event, HeartRate
from cued.core.target import Figure
from cued.review.blocktest import BlockTest, Change, Compared, Stage, compared, own_spreads, stages_of
from cued.units import NS_PER_S

MODEL = Model(first=(Figure(168.0, 3.0),) * 3)


def stretch(name: str, from_s: int, to_s: int, spm: float, mps: float, bpm: int) -> list[Effect | Event]:
    """A segment whose first minute is still that of the one before."""
    found: list[Effect | Event] = [SegmentBegan(from_s * NS_PER_S, name, 0, 1, 1, None)]
    for at in range(from_s, to_s):
        early = at < from_s + 60
        found.append(HeartRate(at * NS_PER_S, 120 if early else bpm))
        shown = 150.0 if early else spm + (1.0 if at % 2 else -1.0)
        found.append(CadenceSeen(at * NS_PER_S, shown, shown, None, "in", "running", speed_mps=mps))
    return found


def test_a_stage_is_measured_from_its_second_minute_on() -> None:
    (one,) = stages_of(stretch("brisk", 0, 180, 174.72, 3.5, 150), MODEL)
    assert (one.name, one.borg) == ("brisk", 13)
    assert one.cadence == pytest.approx(174.72)
    assert one.speed == pytest.approx(3.5)
    assert one.residual == pytest.approx(174.72 / (168.0 + 5.6 * 0.5) - 1.0)
    assert one.step_length == pytest.approx(3.5 * 60 / 174.72)
    assert one.heart_rate == pytest.approx(150.0)
    assert one.efficiency == pytest.approx(3.5 * 60 / 150)
    assert one.variation == pytest.approx(1.0 / 174.72)


def test_other_segments_and_stages_cut_short_are_left_out() -> None:
    steps = [*stretch("warmup", 0, 300, 168.0, 3.0, 140), *stretch("light", 300, 400, 168.0, 3.0, 140)]
    assert stages_of(steps, MODEL) == ()


# --- compared ------------------------------------------------------------------------------------------------------

STAGE = Stage("light", 10, 3.0, 168.0, 0.0, 1.07, 140.0, 1.28, 0.01)


def block_test(session: int, day: int | None, *, calf: float = 20.0, **figures: float) -> BlockTest:
    return BlockTest(session, day, (replace(STAGE, **figures),), (("calf_left", calf),))  # type: ignore[arg-type]  # a Stage's own


def of(changes: tuple[Compared, ...], name: str) -> Compared:
    (found,) = (one for one in changes if one.name == name)
    return found


def test_one_test_alone_concludes_nothing() -> None:
    assert compared([block_test(1, 0)]) == ()


def test_before_there_are_repeats_what_is_known_of_others_stands_in() -> None:
    changes = compared([block_test(1, 0), block_test(2, 28, heart_rate=133.0, speed=3.3, calf=30.0)])
    beats, speed, calf = (of(changes, name) for name in ("light.heart_rate", "light.speed", "calf_left"))
    assert beats.least is not None
    assert beats.least[0] == pytest.approx(0.036 * 140.0)
    assert beats.change is Change.MORE
    assert speed.least == pytest.approx((0.21, 0.465))
    assert speed.change is Change.MAYBE
    assert (calf.least, calf.change) == (None, Change.UNKNOWN)
    assert of(compared([block_test(1, 0), block_test(2, 28, speed=3.1)]), "light.speed").change is Change.LESS


def test_repeats_within_a_week_give_the_runners_own_spread() -> None:
    repeats = [
        block_test(1, 0, cadence=168.0, calf=20.0),
        block_test(2, 4, cadence=169.0, calf=22.0),
        block_test(3, 28, cadence=168.0, calf=24.0),
        block_test(4, 33, cadence=167.0, calf=22.0),
    ]
    assert own_spreads(repeats)["calf_left"] == pytest.approx(2.0**0.5)
    changes = compared([*repeats, block_test(5, 60, cadence=171.0, calf=25.0)])
    cadence, calf = of(changes, "light.cadence"), of(changes, "calf_left")
    assert cadence.own
    assert cadence.least == pytest.approx((2.77 * 0.5**0.5, 2.77 * 0.5**0.5))
    assert (cadence.before, cadence.now, cadence.change) == (167.0, 171.0, Change.MORE)
    assert calf.change is Change.LESS


def test_a_single_repeat_is_not_enough_and_a_test_without_a_date_repeats_nothing() -> None:
    assert own_spreads([block_test(1, 0), block_test(2, 4)]) == {}
    assert own_spreads([block_test(1, None), block_test(2, None), block_test(3, None)]) == {}


def test_a_repeat_is_held_against_the_test_of_the_block_before() -> None:
    changes = compared([block_test(1, 0, cadence=165.0), block_test(2, 28, cadence=170.0), block_test(3, 32, cadence=171.0)])
    assert of(changes, "light.cadence").before == 165.0
