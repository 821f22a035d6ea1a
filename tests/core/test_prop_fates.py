"""Every decision is told: whatever a rule wanted said comes to exactly one end, in time, with a sound that was ready."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given

from cued.core.cues import At, Coach, CuePack, Every, ForTime, Limits, Priority, RandomWithin, Repeat, Rule, SayCue, Segment
from cued.core.effects import CutSpeech, Effect, Expired, Failed, RunEnded, Say, Suppressed, Withheld
from cued.core.events import Event
from cued.core.rules import Asked, RunEnd, SegmentEnd
from cued.core.start import Start
from cued.units import NS_PER_MIN, NS_PER_S
from tests.support.courses import courses, ordered
from tests.support.driving import alike, course_of, effects_of, examples, voiced, woken
from tests.support.strategies import starts

FATES = (Say, Withheld, Suppressed, Expired, Failed)


@alike
@given(starts(), courses(stalls=True))
def test_whatever_was_wanted_comes_to_exactly_one_end(how: Start, events: tuple[Event, ...]) -> None:
    steps = course_of(how, events)
    ends = 0
    for step in steps:
        ends += sum(isinstance(effect, FATES) for effect in step.effects)
        assert step.after.floor.asked == ends + len(step.after.floor.waiting)


@alike
@given(starts(), courses(stalls=True))
def test_nothing_waits_beyond_its_expiry(how: Start, events: tuple[Event, ...]) -> None:
    for step in course_of(how, events):
        for wish in step.after.floor.waiting:
            assert wish.expires_ns > step.after.now_ns


@alike
@given(starts(), courses(stalls=True))
def test_a_cue_lasts_what_the_voice_said_of_it(how: Start, events: tuple[Event, ...]) -> None:
    for step in course_of(how, events):
        for effect in step.effects:
            if isinstance(effect, Say):
                assert step.after.ready[effect.text_id] == effect.dur_ns


@alike
@given(starts(), courses(stalls=True))
def test_only_what_is_being_said_is_cut(how: Start, events: tuple[Event, ...]) -> None:
    said: Say | None = None
    for effect in effects_of(course_of(how, events)):
        if isinstance(effect, Say):
            said = effect
        elif isinstance(effect, CutSpeech):
            assert said is not None
            assert said.text_id == effect.text_id
            assert said.at_ns <= effect.at_ns <= effect.at_ns + effect.fade_ns <= said.at_ns + said.dur_ns


@alike
@given(starts(), courses(stalls=True))
def test_after_a_run_has_ended_nothing_new_is_wanted_but_by_cued_itself(how: Start, events: tuple[Event, ...]) -> None:
    over = False
    for step in course_of(how, events):
        if over and step.after.floor.asked > step.before.floor.asked:
            new = [one for one in step.after.floor.waiting if one not in step.before.floor.waiting]
            assert all(one.rule == "cued" for one in new)
        over = over or any(isinstance(effect, RunEnded) for effect in step.effects)


@examples(40)
@given(starts(), ordered())
def test_cues_that_wait_for_one_another_follow_one_another(how: Start, events: tuple[Event, ...]) -> None:
    """Without limits and with patience a pack's cues queue up: each begins when the one before is over, never sooner."""
    patient = Limits(min_gap_ns=0, same_cue_gap_ns=0, per_minute=10_000, per_run=10_000, expire_ns=NS_PER_MIN)
    chatty = Rule("chatty", Every(ForTime(NS_PER_S)), (SayCue(how.pack.cues[0].id),))
    pack = replace(coached(how.pack, Coach.NORMAL), limits=patient, rules=(*how.pack.rules, chatty))
    spoken = voiced(effects_of(woken(replace(how, pack=pack), events)))
    for one, other in pairwise(spoken):
        assert other.what.at_ns >= one.end_ns


def coached(pack: CuePack, coach: Coach) -> CuePack:
    """The same with one coach throughout."""

    def with_coach(segment: Segment) -> Segment:
        return replace(segment, coach=coach)

    parts = [
        replace(part, segments=tuple(with_coach(one) for one in part.segments))
        if isinstance(part, Repeat)
        else with_coach(part)
        for part in pack.session
    ]
    return replace(pack, session=tuple(parts))


def coached_cues(how: Start, events: tuple[Event, ...], coach: Coach) -> list[tuple[object, Effect]]:
    """(trigger, cue) of the pack's own cues that got the floor under that coach, safety aside."""
    triggers = {rule.id: rule.when for rule in how.pack.rules}
    return [
        (triggers[effect.rule], effect)
        for effect in effects_of(woken(replace(how, pack=coached(how.pack, coach)), events))
        if isinstance(effect, Say | Withheld) and effect.priority is not Priority.SAFETY and effect.rule in triggers
    ]


@examples(20)
@given(starts(), courses())
def test_a_silent_coach_says_only_what_was_asked_for(how: Start, events: tuple[Event, ...]) -> None:
    for trigger, _ in coached_cues(how, events, Coach.SILENT):
        assert isinstance(trigger, Asked | RunEnd | SegmentEnd)  # the ends: of what comes after the last segment


@examples(20)
@given(starts(), courses())
def test_a_coach_of_corrections_says_nothing_by_the_clock(how: Start, events: tuple[Event, ...]) -> None:
    for trigger, _ in coached_cues(how, events, Coach.CORRECTIONS):
        assert not isinstance(trigger, Every | RandomWithin | At)
