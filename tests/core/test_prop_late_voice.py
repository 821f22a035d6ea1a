"""A voice that is slow, fails or falls silent: nothing is said twice, at once with another, or without an end."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, pairwise

from hypothesis import given
from hypothesis import strategies as st

from cued.core.cues import Cue
from cued.core.effects import Counted, Expired, Failed, Say, Suppressed, Withheld
from cued.core.events import Event, Wake
from cued.core.start import Start
from cued.units import NS_PER_S
from tests.support.courses import ordered
from tests.support.driving import answered, effects_of, examples, fed, voiced
from tests.support.strategies import starts

delays = st.lists(st.sampled_from([0, 1, NS_PER_S // 4, 4 * NS_PER_S, 30 * NS_PER_S, -1, None]), min_size=1, max_size=8)


def speechless(how: Start) -> Start:
    """Nothing is ready, and every cue has a number in it."""
    numbers = ("You run {cadence}.", "{remaining} left.", "Round {rep}.")
    cues: tuple[Cue, ...] = tuple(
        replace(cue, say=numbers[index % 3], sound=None, voice_file=None, say_in=()) for index, cue in enumerate(how.pack.cues)
    )
    return replace(how, pack=replace(how.pack, cues=cues), speech=how.speech[:1])


@examples(40)
@given(starts() | starts().map(speechless), ordered(), delays)
def test_whatever_was_wanted_comes_to_exactly_one_end(how: Start, events: tuple[Event, ...], delays: list[int | None]) -> None:
    steps = answered(how, events, cycle(delays))
    effects = effects_of(steps)
    ends = sum(isinstance(effect, Say | Withheld | Suppressed | Expired | Failed) for effect in effects)
    floor = steps[-1].after.floor
    assert floor.asked == ends + len(floor.waiting)
    assert not any(isinstance(effect, Counted) and effect.what == "stuck" for effect in effects)


@examples(40)
@given(starts() | starts().map(speechless), ordered(), delays)
def test_one_cue_at_a_time_and_none_before_its_sound_is_ready(
    how: Start, events: tuple[Event, ...], delays: list[int | None]
) -> None:
    steps = answered(how, events, cycle(delays))
    for step in steps:
        assert all(effect.text_id in step.after.ready for effect in step.effects if isinstance(effect, Say))
    for one, other in pairwise(one for one in voiced(effects_of(steps)) if isinstance(one.what, Say)):
        assert other.what.at_ns >= one.end_ns


@examples(30)
@given(starts() | starts().map(speechless), ordered(), delays)
def test_a_run_with_a_slow_voice_replays_without_its_wakes(
    how: Start, events: tuple[Event, ...], delays: list[int | None]
) -> None:
    steps = answered(how, events, cycle(delays))
    told = [step.event for step in steps if not isinstance(step.event, Wake)]
    assert effects_of(fed(how, [*told, Wake(steps[-1].after.now_ns)])) == effects_of(steps)
