"""What is heard, for any pack, any runner and any course of events: a beat that is arithmetic, and one voice at a time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from cued.core import engine
from cued.core.cues import Priority
from cued.core.effects import PlayClick, RecallClicks, Say, TempoChanged, Withheld
from cued.core.events import Event, Mute
from cued.core.grid import LOOKAHEAD_NS, RING_NS
from cued.core.start import Start
from cued.units import NS_PER_MIN
from tests.support.courses import courses, talkative
from tests.support.driving import alike, clicks_of, course_of, effects_of, examples, voiced, woken
from tests.support.strategies import starts


@alike
@given(starts() | talkative(), courses())
def test_a_wakeup_never_lies_before_the_sessions_time(how: Start, events: tuple[Event, ...]) -> None:
    for step in course_of(how, events):
        due_ns = engine.next_wakeup(step.after)
        assert step.after.now_ns >= step.before.now_ns
        assert due_ns is None or due_ns >= step.after.now_ns


@alike
@given(starts() | talkative(), courses())
def test_no_effect_is_stamped_before_the_sessions_time_nor_beyond_the_lookahead(how: Start, events: tuple[Event, ...]) -> None:
    for step in course_of(how, events):
        for effect in step.effects:
            soonest_ns = RING_NS if isinstance(effect, PlayClick) else 0
            ahead_ns = LOOKAHEAD_NS if isinstance(effect, PlayClick | TempoChanged) else 0
            assert step.before.now_ns + soonest_ns <= effect.at_ns <= step.after.now_ns + ahead_ns
            assert not isinstance(effect, RecallClicks) or effect.from_ns >= step.after.now_ns + RING_NS


@alike
@given(starts() | talkative(), courses())
def test_onsets_strictly_rise(how: Start, events: tuple[Event, ...]) -> None:
    last_ns = None
    heard: list[int] = []
    for effect in effects_of(course_of(how, events)):
        if isinstance(effect, RecallClicks):
            heard = [onset_ns for onset_ns in heard if onset_ns < effect.from_ns]
        elif isinstance(effect, PlayClick):
            last_ns = heard[-1] if heard else None
            assert last_ns is None or effect.at_ns > last_ns
            heard.append(effect.at_ns)


@alike
@given(starts() | talkative(), courses())
def test_within_one_tempo_beats_stand_a_period_apart_to_the_nanosecond(how: Start, events: tuple[Event, ...]) -> None:
    tempo = 0
    heard: list[tuple[PlayClick, int]] = []
    for effect in effects_of(course_of(how, events)):
        if isinstance(effect, TempoChanged):
            tempo += 1
        elif isinstance(effect, RecallClicks):
            heard = [pair for pair in heard if pair[0].at_ns < effect.from_ns]
        elif isinstance(effect, PlayClick):
            heard.append((effect, tempo))
    for (one, old), (other, new) in pairwise(heard):
        assert old != new or one.mspm != other.mspm or other.beat > one.beat
    first: dict[tuple[int, int], PlayClick] = {}
    for other, new in heard:
        one = first.setdefault((new, other.mspm), other)  # not the neighbour: what each beat adds would never show
        if other.beat > one.beat:
            off = (other.at_ns - one.at_ns) * one.mspm - (other.beat - one.beat) * NS_PER_MIN * 1_000
            assert abs(off) <= one.mspm  # 1 ns, in whole numbers


@alike
@given(starts() | talkative(), courses())
def test_a_withheld_cue_occupies_its_length_unless_safety_or_a_mute_takes_it(how: Start, events: tuple[Event, ...]) -> None:
    muted = any(isinstance(event, Mute) for event in events)
    for one, other in pairwise(voiced(effects_of(course_of(how, events)))):
        if isinstance(one.what, Withheld) and other.what.priority is not Priority.SAFETY and not muted:
            assert other.what.at_ns >= one.end_ns


@examples(40)
@given(starts() | talkative(), courses(stalls=True))
def test_one_spoken_cue_at_a_time(how: Start, events: tuple[Event, ...]) -> None:
    spoken = [one for one in voiced(effects_of(woken(how, events))) if isinstance(one.what, Say)]
    for one, other in pairwise(spoken):
        assert other.what.at_ns >= one.end_ns


@alike
@given(starts() | talkative(), courses())
def test_the_first_clicks_of_a_session_rise_over_three_seconds(how: Start, events: tuple[Event, ...]) -> None:
    clicks = clicks_of(effects_of(course_of(how, events)))
    for click in clicks:
        since_s = (click.at_ns - clicks[0].at_ns) / 1e9
        assert abs(click.gain_db - (min(0.0, -30.0 + 10.0 * since_s))) < 1e-6


@alike
@given(starts() | talkative(), courses())
def test_the_first_words_of_a_session_rise_over_a_fifth_of_a_second(how: Start, events: tuple[Event, ...]) -> None:
    spoken = [effect for effect in effects_of(course_of(how, events)) if isinstance(effect, Say)]
    assert [say.fade_in_ns for say in spoken] == [200_000_000, *(0 for _ in spoken[1:])][: len(spoken)]
