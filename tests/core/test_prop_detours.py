"""Another pack in mid-run and a segment back, at any moment of any course: what holds on, and what is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from cued.core import engine
from cued.core.cues import CuePack, Metronome, NextSegment, Priority, Repeat, Segment, SetMetronome
from cued.core.effects import (
    Counted,
    PackSwapped,
    Paused,
    PlayClick,
    RecallClicks,
    Say,
    Suppressed,
    TempoChanged,
    WentBack,
    Withheld,
)
from cued.core.events import Back, ClickLate, Event, Pause, Resume, Stop, SwapPack, Wake
from cued.core.firing import SWAPPED
from cued.core.grid import RING_NS
from cued.core.session import Session
from cued.core.start import Start
from cued.formats.event_codec import decode_as, decode_event, encode
from cued.units import NS_PER_MIN, NS_PER_S
from tests.support.courses import courses, ordered, talkative
from tests.support.driving import Step, effects_of, examples, fed, woken
from tests.support.strategies import packs, starts

ODD = 987_654_321
"""Of an event that nothing else tells."""


def at_place(events: tuple[Event, ...], where: int, off_ns: int) -> tuple[int, int]:
    """(place, stamp) of one more event, in order among the others."""
    place = where % (len(events) + 1)
    first_ns = min([0, *(event.at_ns for event in events[place:])])
    before_ns = max((event.at_ns for event in events[:place]), default=first_ns)
    next_ns = events[place].at_ns if place < len(events) else before_ns + 30 * NS_PER_S
    return place, before_ns + off_ns % max(1, next_ns - before_ns)


places = st.tuples(st.integers(0, 400), st.integers(0, NS_PER_MIN))


@st.composite
def swapping(draw: st.DrawFn, events: st.SearchStrategy[tuple[Event, ...]] = ordered(), most: int = 4) -> tuple[Event, ...]:  # noqa: B008 - a strategy is a value
    """A course with other packs, and presses back, among its events."""
    told = draw(events)
    for where, off_ns in draw(st.lists(places, min_size=1, max_size=most)):
        place, at_ns = at_place(told, where, off_ns)
        number = draw(st.sampled_from([None, 1, 2, 5]))
        taken = draw(packs())
        speech = tuple((text.text_id, NS_PER_S) for text in engine.texts_of(taken)) if draw(st.booleans()) else ()
        what = SwapPack(at_ns, taken, number, speech) if draw(st.integers(0, 3)) else Back(at_ns)
        told = (*told[:place], what, *told[place:])
    return told


# --- the same pack -------------------------------------------------------------------------------------------------


@examples(60)
@given(starts() | talkative(), ordered() | courses(), places)
def test_swapping_to_the_same_pack_changes_nothing(how: Start, events: tuple[Event, ...], where: tuple[int, int]) -> None:
    """But that a cue which waits is dropped. Held against an event that means nothing to the session, at the same moment."""
    place, at_ns = at_place(events, *where)
    before = woken(how, [*events[:place], Wake(at_ns)])
    ready = tuple(before[-1].after.ready.items())
    same = (*events[:place], SwapPack(at_ns, how.pack, None, ready), *events[place:])
    none = (*events[:place], ClickLate(at_ns, ODD), *events[place:])
    effects, others = effects_of(woken(how, same)), effects_of(woken(how, none))
    assume(not any(isinstance(effect, Suppressed) and effect.reason == SWAPPED for effect in effects))
    assert [effect for effect in effects if not isinstance(effect, PackSwapped)] == [
        effect for effect in others if not isinstance(effect, Counted) or effect.count != ODD
    ]


# --- any pack ------------------------------------------------------------------------------------------------------


def every_step(what: CuePack) -> CuePack:
    """The same with a click on each step, so that none can be missing."""

    def of(beat: Metronome) -> Metronome:
        return replace(beat, tick=1)

    def part(one: Segment | Repeat) -> Segment | Repeat:
        if isinstance(one, Segment):
            return replace(one, metronome=of(one.metronome))
        return replace(one, segments=tuple(replace(inner, metronome=of(inner.metronome)) for inner in one.segments))

    rules = tuple(
        replace(
            rule,
            then=tuple(
                SetMetronome(of(action.metronome)) if isinstance(action, SetMetronome) else action for action in rule.then
            ),
        )
        for rule in what.rules
    )
    return replace(what, session=tuple(part(one) for one in what.session), rules=rules)


def stretches(steps: list[Step]) -> list[list[PlayClick]]:
    """The clicks that files and cards play, in the stretches in which no silence was told."""
    played: list[tuple[int, PlayClick]] = []
    silences = 0
    for step in steps:
        for effect in step.effects:
            if isinstance(effect, PlayClick):
                played.append((silences, effect))
            elif isinstance(effect, RecallClicks):
                ring_ns = effect.at_ns + RING_NS
                played = [one for one in played if one[1].at_ns < effect.from_ns or one[1].at_ns <= ring_ns]
            elif isinstance(effect, TempoChanged) and effect.mspm == 0:
                silences += 1
    return [[click for number, click in played if number == stretch] for stretch in range(silences + 1)]


@examples(60)
@given(starts(), swapping())
def test_no_beat_is_doubled_or_lost_in_a_stretch_that_sounds(how: Start, events: tuple[Event, ...]) -> None:
    told = [replace(event, pack=every_step(event.pack)) if isinstance(event, SwapPack) else event for event in events]
    for stretch in stretches(woken(replace(how, pack=every_step(how.pack)), told)):
        for one, other in pairwise(stretch):
            assert other.beat == one.beat + 1
            assert abs((other.at_ns - one.at_ns) * one.mspm - NS_PER_MIN * 1_000) <= one.mspm


@examples(30)
@given(starts(), swapping(courses()))
def test_whatever_is_swapped_when_the_clock_goes_on(how: Start, events: tuple[Event, ...]) -> None:
    for step in fed(how, events):
        due_ns = engine.next_wakeup(step.after)
        assert due_ns is None or due_ns > step.after.now_ns or step.after is step.before  # woken before its time
        assert engine.view(step.after).at_ns >= engine.view(step.before).at_ns
        assert not any(isinstance(effect, Counted) and effect.what == "stuck" for effect in step.effects)


@examples(30)
@given(starts(), swapping(), st.lists(st.integers(0, 6 * NS_PER_MIN), min_size=400, max_size=400))
def test_four_hundred_more_wakes_change_nothing(how: Start, events: tuple[Event, ...], wakes: list[int]) -> None:
    more: list[Event] = sorted((*events, *(Wake(at_ns) for at_ns in wakes)), key=lambda event: event.at_ns)
    last_ns = max(event.at_ns for event in more)
    assert effects_of(fed(how, more)) == effects_of(fed(how, [*events, Wake(last_ns)]))


@examples(30)
@given(starts(), swapping())
def test_a_swapped_run_replays_from_lines_of_text(how: Start, events: tuple[Event, ...]) -> None:
    lines = [encode(event) for event in events]
    again = fed(decode_as(encode(how), Start), [decode_event(line) for line in lines])
    told = [encode(effect) for effect in effects_of(again)]
    assert told == [encode(effect) for effect in effects_of(woken(how, events, answers=False))]


def budgeted(steps: list[Step]) -> Iterator[tuple[Session, Say | Withheld]]:
    """Every cue that limits are for, with the session as it was then."""
    for step in steps:
        for effect in step.effects:
            if isinstance(effect, Say | Withheld) and effect.priority < Priority.SEGMENT:
                yield step.after, effect


@examples(60)
@given(talkative(), swapping(), st.booleans())
def test_budgets_of_the_run_outlast_the_packs(how: Start, events: tuple[Event, ...], talks: bool) -> None:
    """Each cue is within the limits of the pack that says it, whoever said the ones before."""
    if talks:  # the other packs are as talkative
        events = tuple(
            replace(event, pack=replace(how.pack, name="other", session=event.pack.session, limits=event.pack.limits))
            if isinstance(event, SwapPack)
            else event
            for event in events
        )
    onsets: list[int] = []
    said: dict[str, int] = {}
    for session, cue in budgeted(woken(how, events)):
        limits = session.how.pack.limits
        onsets.append(cue.at_ns)
        assert len(onsets) <= limits.per_run
        assert sum(at_ns > cue.at_ns - NS_PER_MIN for at_ns in onsets) <= limits.per_minute
        assert cue.cue not in said or cue.at_ns - said[cue.cue] >= limits.same_cue_gap_ns
        said[cue.cue] = cue.at_ns


def true_since_ns(step: Step) -> int:
    """From when on a pause, or its end, holds: it may have become known later."""
    (told,) = (effect for effect in step.effects if isinstance(effect, Paused))
    return step.after.now_ns if told.since_ns is None else told.since_ns


@examples(30)
@given(starts(), swapping())
def test_running_time_knows_nothing_of_swaps_and_steps_back(how: Start, events: tuple[Event, ...]) -> None:
    base_ns, mark_ns, resting = 0, 0, False
    for step in woken(replace(how, length_ns=None), events):
        now_ns = step.after.now_ns
        if isinstance(step.event, Pause) and not resting and now_ns >= 0 and step.after.phase.value != "before":
            base_ns, resting = base_ns + true_since_ns(step) - mark_ns, True
        elif isinstance(step.event, Resume) and resting:
            mark_ns, resting = true_since_ns(step), False
        elif isinstance(step.event, Stop):
            return
        run_ns = base_ns if resting else base_ns + max(0, now_ns) - mark_ns
        assert engine.view(step.after).run_ns == run_ns


def unhurried(how: Start) -> Start:
    """The same without rules that end the segment which has just begun."""
    rules = tuple(rule for rule in how.pack.rules if NextSegment() not in rule.then)
    return replace(how, pack=replace(how.pack, rules=rules))


@examples(30)
@given(starts(), ordered(), st.lists(places, max_size=30))
def test_going_back_again_and_again_ends_at_the_first_segment(
    how: Start, events: tuple[Event, ...], presses: list[tuple[int, int]]
) -> None:
    told = events
    for where, off_ns in presses:
        place, at_ns = at_place(told, where, off_ns)
        told = (*told[:place], Back(at_ns), *told[place:])
    steps = woken(unhurried(how), told)
    went = [step for step in steps if any(isinstance(effect, WentBack) for effect in step.effects)]
    assert len(went) <= sum(isinstance(event, Back) for event in told)
    for step in went:
        assert isinstance(step.event, Back)
        assert step.after.progress.place is not None
        assert step.after.progress.number > step.before.progress.number
        assert len(step.after.trail) <= len(step.before.trail)
