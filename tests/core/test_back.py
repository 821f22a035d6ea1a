"""A segment back by the runner's key."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from cued.core.cues import Record, Remainder, Repeat, SegmentEnd, SegmentStart, SessionPart
from cued.core.effects import Measured, SegmentBegan, SegmentSkipped, WentBack
from cued.core.events import Back, Next, Pause, Resume, Stop
from cued.units import NS_PER_MIN, seconds
from tests.support.run import Run, beat, pack, rule, samples, segment

MINUTES = (segment("warmup", 60), segment("feeder", 60), segment("steady", 60))
BEAT = beat(beat_spm=170)


def run_of(*at_s: float, to_s: float, session: tuple[SessionPart, ...] = MINUTES, **words: Any) -> Run:
    return Run(pack(*session, **words), sensor=False).send(*(Back(seconds(one)) for one in at_s)).to(to_s)


@pytest.mark.parametrize(
    ("presses", "began"),
    [
        ((90.0,), [(60, "feeder"), (90, "feeder"), (150, "steady")]),
        ((64.9,), [(60, "feeder"), (64.9, "warmup"), (124.9, "feeder")]),
        ((65.0,), [(60, "feeder"), (65, "feeder"), (125, "steady")]),
        ((90.0, 92.0), [(60, "feeder"), (90, "feeder"), (92, "warmup"), (152, "feeder")]),
        ((90.0, 92.0, 93.0), [(60, "feeder"), (90, "feeder"), (92, "warmup"), (93, "warmup"), (153, "feeder")]),
        ((130.0, 131.0, 132.0), [(60, "feeder"), (120, "steady"), (130, "steady"), (131, "feeder"), (132, "warmup")]),
    ],
    ids=["this one", "just begun: the one before", "five seconds are enough", "twice", "no further than the first", "thrice"],
)
def test_a_press_goes_to_the_start_of_this_segment_or_of_the_one_before(
    presses: tuple[float, ...], began: list[tuple[float, str]]
) -> None:
    run = run_of(*presses, to_s=155)
    assert run.segments[1 : 1 + len(began)] == began
    assert len(run.of(WentBack)) == len(presses)
    assert run.view.run_ns == seconds(155)


def test_after_the_last_segment_it_begins_once_more() -> None:
    assert run_of(200, to_s=201).segments[3:] == [(180, ""), (200, "steady")]


def test_a_round_back_is_a_round_back() -> None:
    rounds = (Repeat(3, (segment("feeder", 30), segment("steady", 30))),)
    run = run_of(61, to_s=150, session=rounds)
    began = [(one.segment, one.rep) for one in run.of(SegmentBegan)]
    assert began == [("feeder", 1), ("steady", 1), ("feeder", 2), ("steady", 1), ("feeder", 2), ("steady", 2)]


def test_a_remainder_ends_when_it_would_have_ended() -> None:
    what = pack(segment("warmup", 60), segment("steady", Remainder()), segment("cooldown", 60))
    run = Run(what, sensor=False, length_ns=5 * NS_PER_MIN).send(Back(seconds(100))).to(250)
    assert run.segments == [(0, "warmup"), (60, "steady"), (100, "steady"), (240, "cooldown")]


def test_start_cues_are_said_again_and_end_cues_are_not() -> None:
    run = run_of(
        90, to_s=100, rules=[rule(SegmentStart(), "hello", only_in=("feeder",)), rule(SegmentEnd(), "bye", only_in=("feeder",))]
    )
    assert run.said == [(60, "hello"), (90, "hello")]


def test_the_beat_goes_on_without_a_gap() -> None:
    run = run_of(30, 31, to_s=60, metronome=BEAT)
    onsets = [click.at_ns for click in run.clicks]
    assert max(other - one for one, other in pairwise(onsets)) <= seconds(60 / 170) + 1


def test_in_a_pause_the_segment_goes_on_from_its_start() -> None:
    run = Run(pack(*MINUTES), sensor=False).send(Pause(seconds(90)), Back(seconds(100)), Resume(seconds(110))).to(111)
    assert run.segments == [(0, "warmup"), (60, "feeder"), (100, "feeder")]
    assert run.view.segment_left_ns == seconds(59)


def test_before_the_start_and_after_the_end_nothing_goes_back() -> None:
    run = Run(pack(*MINUTES), sensor=False).send(Back(-seconds(0.2))).to(90).send(Stop(seconds(90)), Back(seconds(91))).to(95)
    assert run.segments == [(0, "warmup"), (60, "feeder")]
    assert not run.of(WentBack)


def test_whoever_goes_back_to_what_began_by_a_press_need_not_press_twice() -> None:
    what = pack(segment("warmup", 60), segment("drills", 60, starts_on_press=True), segment("steady", 600))
    run = Run(what, sensor=False).send(Next(seconds(70)), Back(seconds(100))).to(110)
    assert run.view.segment == "drills"
    assert not run.view.waiting


def test_from_a_wait_for_a_press_it_goes_to_the_segment_before() -> None:
    what = pack(segment("warmup", 60), segment("drills", 60, starts_on_press=True))
    run = Run(what, sensor=False).send(Back(seconds(90))).to(91)
    assert run.view.segment == "warmup"
    assert run.of(SegmentSkipped) == [SegmentSkipped(seconds(90), "drills", "went back")]
    first = Run(pack(segment("drills", 60, starts_on_press=True)), sensor=False).send(Back(seconds(10))).to(11)
    assert first.view.waiting
    assert not first.of(WentBack)


def test_what_was_being_measured_is_measured_from_its_start_again() -> None:
    what = pack(segment("easy", 150, record=Record.BASELINE), segment("on", 600))
    run = Run(what).send(*samples(0, 400, lambda at_s: 160.0 if at_s < 100 else 170.0), Back(seconds(100))).to(400)
    assert [(one.what, one.value) for one in run.of(Measured)] == [("baseline", 170.0)]
