"""Events in any order, late by a nanosecond or an hour, with foreign ones among them and leaps of time between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cued.core import engine
from cued.core.effects import Counted
from cued.core.events import Event, Wake
from cued.core.start import Start
from tests.support.courses import courses
from tests.support.driving import effects_of, examples, fed, woken
from tests.support.strategies import starts


@examples(40)
@given(starts(), courses(stalls=True))
def test_any_order_of_events_never_raises(how: Start, events: tuple[Event, ...]) -> None:
    latest_ns = max((event.at_ns for event in events), default=0)
    for steps in (fed(how, events), woken(how, events)):
        assert not events or steps[-1].after.now_ns >= latest_ns
        assert not any(isinstance(one, Counted) and one.what == "stuck" for one in effects_of(steps))


@examples(30)
@given(starts(), courses(), st.lists(st.integers(0, 1_000), max_size=12))
def test_wakes_strewn_in_at_random_or_at_every_wakeup_change_no_effect(
    how: Start, events: tuple[Event, ...], where: list[int]
) -> None:
    plain = fed(how, events)
    more: list[Event] = []
    now_ns = plain[0].before.now_ns
    for number, event in enumerate(events):
        gap_ns = max(0, event.at_ns - now_ns)
        more += [Wake(now_ns + gap_ns * share // 1_000) for share in sorted(where) if (number + share) % 3 == 0]
        more.append(event)
        now_ns = max(now_ns, event.at_ns)
    assert effects_of(fed(how, more)) == effects_of(plain)
    assert effects_of(woken(how, events, answers=False)) == effects_of(plain)


@examples(30)
@given(starts(), courses(stalls=True))
def test_the_same_events_give_the_same_effects_and_a_step_leaves_the_old_session_usable(
    how: Start, events: tuple[Event, ...]
) -> None:
    steps = fed(how, events)
    again = fed(how, events)
    assert [step.effects for step in steps] == [step.effects for step in again]
    assert steps[-1].after == again[-1].after
    for step in reversed(steps):
        after, effects = engine.step(step.before, step.event)
        assert effects == step.effects
        assert after.due_ns == step.after.due_ns
    assert steps[0].before == engine.start(how)
