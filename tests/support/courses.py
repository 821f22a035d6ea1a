"""Courses of events as they reach a session: stories whole, with foreign events among them, and late by a little or a lot."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from cued.core.cues import Every, Fade, ForTime, Limits, Metronome, Mode, Open, Priority, Rule, SayCue, Segment
from cued.core.events import Event, Stalled, Wake
from cued.core.start import Start
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_MS, NS_PER_S
from tests.support.happenings import disorders, finite_event, stories
from tests.support.strategies import starts

_late_ns = st.sampled_from([0, 0, 1, 250 * NS_PER_MS, NS_PER_S, NS_PER_H])
_leaps_ns = st.sampled_from([0, 0, 0, 0, 1, NS_PER_S, 30 * NS_PER_S, 10 * NS_PER_MIN])


@st.composite
def _disturbed(draw: st.DrawFn) -> list[Event]:
    """A story with events among it that belong to none, some of them late, and now and then a leap of time."""
    events = list(draw(stories(most=3)))
    for where, foreign, late_ns in draw(st.lists(st.tuples(st.integers(0, 400), finite_event, _late_ns), max_size=6)):
        place = where % (len(events) + 1)
        before_ns = events[place - 1].at_ns if place else 0
        events.insert(place, replace(foreign, at_ns=before_ns - late_ns))
    leap_ns, place = draw(_leaps_ns), draw(st.integers(0, 400)) % (len(events) + 1)
    return [*events[:place], *(replace(event, at_ns=event.at_ns + leap_ns) for event in events[place:])]


def _whole(events: list[Event] | tuple[Event, ...], *, stalls: bool) -> tuple[Event, ...]:
    """Ended by a look at everything that was due up to the latest stamp."""
    kept = [event for event in events if stalls or not isinstance(event, Stalled)]
    return (*kept, Wake(max([0, *(event.at_ns for event in kept)]) + 5 * NS_PER_S))


def courses(*, stalls: bool = False) -> st.SearchStrategy[tuple[Event, ...]]:
    """Any course of events at all; `stalls`: also of a machine that stood still."""
    return st.one_of(stories(), stories(), _disturbed(), _disturbed(), disorders).map(
        lambda events: _whole(events, stalls=stalls)
    )


def ordered() -> st.SearchStrategy[tuple[Event, ...]]:
    """Stories as a run tells them: in order, one second's sample after the other, keys between."""
    return stories().map(lambda events: _whole(events, stalls=False))


@st.composite
def talkative(draw: st.DrawFn) -> Start:
    """A start whose every cue asks to be said every few seconds, against limits that bind, over the fastest of beats."""
    how = draw(starts())
    beat = Metronome(mode=Mode.FIXED, beat_mspm=230_000)
    limits = Limits(
        quiet_start_ns=draw(_seconds_ns(0, 0, 10)),
        quiet_end_ns=draw(_seconds_ns(0, 0, 20)),
        min_gap_ns=draw(_seconds_ns(0, 1, 7)),
        same_cue_gap_ns=draw(_seconds_ns(0, 0, 25)),
        per_minute=draw(st.sampled_from([10_000, 1, 2, 5])),
        per_run=draw(st.sampled_from([10_000, 1, 4])),
        withhold=draw(st.sampled_from([0.0, 0.5])),
    )
    rules = tuple(
        Rule(
            f"more[{number}]",
            Every(ForTime(draw(_seconds_ns(5, 8, 11)))),
            (SayCue(cue.id),),
            priority=draw(st.sampled_from([None, Priority.BAND, Priority.SEGMENT, Priority.SAFETY])),
        )
        for number, cue in enumerate(how.pack.cues)
    )
    session = (Segment(0, "steady", Open(), metronome=beat),)
    return replace(how, pack=replace(how.pack, session=session, limits=limits, rules=rules, fade=Fade()))


def _seconds_ns(*values_s: int) -> st.SearchStrategy[int]:
    return st.sampled_from([value_s * NS_PER_S for value_s in values_s])
