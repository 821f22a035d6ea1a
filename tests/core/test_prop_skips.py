"""Rules that end segments, at any moment and as often as they like: the run goes on, and so does its clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cued.core.cues import ForDistance, NextSegment, Repeat, Rule
from cued.core.effects import Counted, SegmentBegan
from cued.core.events import Event
from cued.core.start import Start
from tests.support.courses import ordered
from tests.support.driving import effects_of, examples, woken
from tests.support.strategies import WHILE_IT_BEGINS, starts


@st.composite
def skipping(draw: st.DrawFn) -> Start:
    """A start whose session fills the run and whose every segment may be ended by a rule as it begins."""
    how = draw(starts())
    segments = tuple(segment for segment in how.pack.segments() if not isinstance(segment.length, ForDistance))
    names = sorted({segment.name for segment in segments})
    parts = (Repeat(None, segments[:3]),) if segments else how.pack.session
    skip = Rule(
        "skip",
        draw(st.sampled_from(WHILE_IT_BEGINS)),
        (NextSegment(),),
        only_in=tuple(draw(st.lists(st.sampled_from(names), unique=True))) if names else (),
        at_most=draw(st.sampled_from([None, 3])),
    )
    return replace(how, pack=replace(how.pack, session=parts, rules=(*how.pack.rules, skip)))


@examples(40)
@given(skipping(), ordered())
def test_no_instant_begins_a_segment_more_often_than_the_rounds_before_and_after_it_hold(
    how: Start, events: tuple[Event, ...]
) -> None:
    effects = effects_of(woken(how, events))
    begun = Counter(effect.at_ns for effect in effects if isinstance(effect, SegmentBegan))
    assert all(count <= 2 * len(how.pack.segments()) + 2 for count in begun.values())
    assert not any(isinstance(effect, Counted) and effect.what == "stuck" for effect in effects)
