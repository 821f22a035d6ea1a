"""The plain lines of a run."""

from __future__ import annotations

import io

import pytest

from cued.cli.screen import PlainScreen
from cued.core.effects import Effect, Paused, SegmentBegan, SegmentSkipped, WentBack
from cued.units import NS_PER_MIN


def printed(*effects: Effect, over_min: int | None) -> str:
    out = io.StringIO()
    screen = PlainScreen(out)
    screen.over_ns = None if over_min is None else over_min * NS_PER_MIN
    for effect in effects:
        screen.hear([effect], effect.at_ns)
    return out.getvalue()


WARMUP = SegmentBegan(0, "warmup", 0, 1, 1, 10 * NS_PER_MIN)
BREAK = (Paused(NS_PER_MIN, paused=True), Paused(3 * NS_PER_MIN, paused=False))
LATE = SegmentBegan(4 * NS_PER_MIN, "tempo", 1, 1, 1, 14 * NS_PER_MIN)


@pytest.mark.parametrize(
    ("effects", "over_min", "line"),
    [
        ((WARMUP,), 5, "   0:00  warmup, until 5:00\n"),
        ((WARMUP,), 30, "   0:00  warmup, until 10:00\n"),
        ((WARMUP,), None, "   0:00  warmup, until 10:00\n"),
        ((*BREAK, LATE), 5, "   4:00  tempo, until 7:00\n"),
    ],
    ids=["broken off", "whole", "unknown", "after a pause"],
)
def test_a_segment_is_announced_until_where_the_runner_will_hear_it(
    effects: tuple[Effect, ...], over_min: int | None, line: str
) -> None:
    assert printed(*effects, over_min=over_min) == line


@pytest.mark.parametrize(
    ("effect", "line"),
    [
        (SegmentSkipped(NS_PER_MIN, "hills", "not pressed"), "hills is left out (the segment was still waiting for your key)"),
        (SegmentSkipped(NS_PER_MIN, "hills", "no room"), "hills is left out (no room in what is left of the run)"),
        (WentBack(NS_PER_MIN, "steady"), "back to the start of steady"),
    ],
)
def test_what_became_of_a_segment_is_told_in_plain_words(effect: Effect, line: str) -> None:
    assert printed(effect, over_min=None) == f"   1:00  {line}\n"
