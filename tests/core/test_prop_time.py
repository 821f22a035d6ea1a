"""Time is data: a session is a value that can be put aside, written down, taken up again, and that always comes to an end."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cued.core import engine
from cued.core.cues import Metronome, Repeat
from cued.core.effects import Counted, RunEnded
from cued.core.events import Event, Pause, Resume, Stalled, Stop, Wake
from cued.core.start import Start
from cued.errors import FormatError
from cued.formats.event_codec import decode_as, decode_effect, decode_event, encode
from cued.units import NS_PER_MIN
from tests.support.courses import courses
from tests.support.driving import alike, course_of, effects_of, examples, fed, woken
from tests.support.happenings import any_event, disorders, finite_event, stories
from tests.support.strategies import DAY_NS, starts

MANY_WAKES = 100_000
"""No session of these tests has so much left to do."""


@examples(20)
@given(starts(), stories(), st.integers(0, 400))
def test_cutting_a_run_into_pieces_changes_nothing(how: Start, events: tuple[Event, ...], where: int) -> None:
    cut = where % (len(events) + 1)
    first, whole = fed(how, events[:cut]), effects_of(fed(how, events))
    for _ in range(2):  # the second time the same session is taken up once more
        session, effects = first[-1].after if first else engine.start(how), effects_of(first)
        for event in events[cut:]:
            session, more = engine.step(session, event)
            effects += more
        assert effects == whole


@examples(20)
@given(starts(), stories())
def test_a_run_replays_from_lines_of_text(how: Start, events: tuple[Event, ...]) -> None:
    """What a journal holds is enough: the start, the events, and no wakes."""
    lines = [encode(event) for event in events]
    again = fed(decode_as(encode(how), Start), [decode_event(line) for line in lines])
    assert effects_of(again) == effects_of(woken(how, events, answers=False))


@examples(20)
@given(starts(), stories(most=3), st.integers(0, 100), st.integers(1, NS_PER_MIN))
def test_a_run_that_stalled_replays_without_its_wakes(how: Start, events: tuple[Event, ...], where: int, span_ns: int) -> None:
    """Live, a stall begins at the wakeup that was missed; what fell due before it had been heard."""
    if not events:
        return
    place = where % len(events)
    before = woken(how, [*events[:place], Wake(events[place].at_ns)], answers=False)
    since_ns = engine.next_wakeup(before[-1].after)
    if since_ns is None:
        return
    stall = Stalled(since_ns + span_ns, since_ns)
    live = [*effects_of(before), *engine.step(before[-1].after, stall)[1]]
    assert effects_of(fed(how, [*events[:place], stall])) == live


@examples(100)
@given(finite_event)
def test_every_event_is_written_and_read_exactly(event: Event) -> None:
    assert repr(decode_event(encode(event))) == repr(event)


@alike
@given(starts(), courses())
def test_every_effect_is_written_and_read_exactly(how: Start, events: tuple[Event, ...]) -> None:
    """Of events that a line can hold: a pod's nonsense must not break the file that remembers it."""
    try:
        for event in events:
            encode(event)
    except FormatError:
        return
    for effect in effects_of(course_of(how, events)):
        assert repr(decode_effect(encode(effect))) == repr(effect)


@examples(40)
@given(starts(), disorders)
def test_the_next_wakeup_lies_ahead_or_there_is_none(how: Start, events: list[Event]) -> None:
    for step in fed(how, events):
        due_ns = engine.next_wakeup(step.after)
        assert due_ns is None or due_ns > step.after.now_ns


@examples(40)
@given(starts(), stories(), disorders)
def test_a_loop_of_wakes_ends_after_a_stop(how: Start, events: tuple[Event, ...], late: list[Event]) -> None:
    session = fed(how, [*events, *late])[-1].after
    session, _ = engine.step(session, Stop(session.now_ns))
    for _ in range(MANY_WAKES):
        due_ns = engine.next_wakeup(session)
        if due_ns is None:
            return
        assert due_ns > session.now_ns
        session, _ = engine.step(session, Wake(due_ns))
    raise AssertionError("the session never stops asking to be woken")


@examples(15)
@given(starts(), stories(most=2), st.integers(1, 5 * NS_PER_MIN))
def test_a_run_of_known_length_ends_once_and_by_itself(how: Start, events: tuple[Event, ...], length_ns: int) -> None:
    moving = [event for event in events if not isinstance(event, Pause)]
    steps = woken(replace(how, length_ns=length_ns), [*moving, Wake(length_ns)])
    ended = [effect.at_ns for effect in effects_of(steps) if isinstance(effect, RunEnded)]
    stopped = [event.at_ns for event in moving if isinstance(event, Stop)]
    assert ended == [min([length_ns, *stopped])]


@examples(20)
@given(
    starts(),
    st.lists(st.tuples(st.integers(1, NS_PER_MIN), st.integers(0, NS_PER_MIN)), max_size=4),
    st.integers(0, NS_PER_MIN),
)
def test_pauses_lengthen_a_run_by_just_themselves(how: Start, pauses: list[tuple[int, int]], rest_ns: int) -> None:
    at_ns, events = 0, list[Event]()
    for running_ns, pause_ns in pauses:
        at_ns += running_ns
        events += [Pause(at_ns), Resume(at_ns + pause_ns)]
        at_ns += pause_ns
    ran_ns = sum(running_ns for running_ns, _ in pauses)
    end_ns = at_ns + rest_ns + 1
    steps = woken(replace(how, length_ns=ran_ns + rest_ns + 1), [*events, Wake(end_ns)])
    assert [effect.at_ns for effect in effects_of(steps) if isinstance(effect, RunEnded)] == [end_ns]


def quiet(how: Start) -> Start:
    """The same without beats and rules: a click a second for days is not what is tested."""
    pack = how.pack
    parts = [
        replace(part, segments=tuple(replace(one, metronome=Metronome()) for one in part.segments))
        if isinstance(part, Repeat)
        else replace(part, metronome=Metronome())
        for part in pack.session
    ]
    return replace(how, pack=replace(pack, session=tuple(parts), rules=()), length_ns=how.length_ns or DAY_NS)


@examples(20)
@given(starts(), st.lists(st.tuples(any_event, st.integers(0, 5 * DAY_NS)), max_size=15))
def test_gaps_of_days_end(how: Start, gaps: list[tuple[Event, int]]) -> None:
    at_ns, events = 0, list[Event]()
    for event, gap_ns in gaps:
        at_ns += gap_ns
        events.append(replace(event, at_ns=at_ns))
    steps = fed(quiet(how), [*events, Wake(at_ns + 10 * DAY_NS)])
    assert steps[-1].after.now_ns == at_ns + 10 * DAY_NS


@examples(40)
@given(starts(), disorders)
def test_what_comes_late_takes_effect_now_and_is_counted(how: Start, events: list[Event]) -> None:
    session = engine.start(how)
    for event in events:
        if event.at_ns < session.now_ns and not isinstance(event, Wake):
            late, effects = engine.step(session, event)
            in_time, others = engine.step(session, replace(event, at_ns=session.now_ns))
            count = Counted(session.now_ns, "late_event", 1)
            assert count in effects
            assert repr([effect for effect in effects if effect != count]) == repr([*others])
            assert repr(replace(late, late_events=0)) == repr(replace(in_time, late_events=0))
            assert late.late_events == session.late_events + 1
        session, _ = engine.step(session, event)
