"""What holds whatever a pack says, for any pack, any runner and any course of events."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given

from cued.core.arbiter import NEWER
from cued.core.cadence import Gait
from cued.core.cues import Basis, Priority
from cued.core.effects import (
    CadenceSeen,
    CuesEnded,
    Expired,
    Failed,
    PlayClick,
    RecallClicks,
    RunEnded,
    Say,
    Suppressed,
    Withheld,
)
from cued.core.events import Announce, CadenceSample, Event, Mute, Pain
from cued.core.grid import RING_NS
from cued.core.link import WORDS, Own, own_words
from cued.core.session import Session
from cued.core.start import Start
from cued.core.target import Figure
from cued.units import NS_PER_MIN
from tests.support.courses import courses, ordered, talkative
from tests.support.driving import Step, Voiced, alike, clicks_of, course_of, effects_of, voiced
from tests.support.strategies import starts

OF_A_POD = {own_words(what, language) for what in Own if what is not Own.PAIN for language in WORDS}
"""What cued says of its own accord, and nobody announced."""
LIMITS = {"quiet_start", "quiet_end", "per_run", "per_minute", "min_gap", "same_cue_gap", "themes_per_segment"}


def budgeted(how: Start, events: tuple[Event, ...]) -> list[Voiced]:
    """Every cue with the floor that limits are for, heard or withheld."""
    return [one for one in voiced(effects_of(course_of(how, events))) if one.what.priority < Priority.SEGMENT]


# --- the beat and the target ---------------------------------------------------------------------------------------


def own(session: Session, last: float | None) -> list[float]:
    """The runner's baseline, that baseline at the present speed, and the smoothed cadence (`last`: when it was last known)."""
    runner, base = session.how.runner, session.known.baseline
    smooth = session.smooth_spm if session.smooth_spm is not None else last
    smooth = smooth if session.how.sensor else runner.cadence_spm
    values = [] if smooth is None else [smooth]
    if base is not None:
        values += [base.spm, at_speed(base, session.speed_mps, runner.slope_spm_per_mps)]
    return values


def at_speed(base: Figure, speed_mps: float | None, slope: float | None) -> float:
    """The baseline at another speed: 5.6 spm per m/s until the runner's own slope is known."""
    if base.speed_mps is None or speed_mps is None:
        return base.spm
    return base.spm + (5.6 if slope is None else slope) * (speed_mps - base.speed_mps)


@alike
@given(starts() | talkative(), courses() | ordered())
def test_no_beat_leaves_100_to_230_steps_a_minute(how: Start, events: tuple[Event, ...]) -> None:
    for effect in effects_of(course_of(how, events)):
        assert not isinstance(effect, PlayClick) or 100_000 <= effect.mspm <= 230_000


def judged(how: Start, events: tuple[Event, ...]) -> Iterator[tuple[Step, float | None]]:
    """Every step, and the most that a beat or a target may be in it; None while nothing of the runner is known."""
    last: float | None = None
    for step in course_of(how, events):
        values = own(step.after, last)
        yield step, max(values) * 1.1 if values else None
        last = last if step.after.smooth_spm is None else step.after.smooth_spm


@alike
@given(starts() | talkative(), courses() | ordered())
def test_the_beat_is_at_most_ten_per_cent_over_the_highest_of_the_runners_own(how: Start, events: tuple[Event, ...]) -> None:
    for step, most in judged(how, events):
        for effect in step.effects:
            assert not isinstance(effect, PlayClick) or most is None or effect.mspm <= most * 1_000 + 1


@alike
@given(starts() | talkative(), courses() | ordered())
def test_the_target_is_at_most_ten_per_cent_over_the_highest_of_the_runners_own(how: Start, events: tuple[Event, ...]) -> None:
    for step, most in judged(how, events):
        for effect in step.effects:
            if isinstance(effect, CadenceSeen) and effect.target_spm is not None and how.sensor and most is not None:
                assert effect.target_spm <= most + 1e-6


@alike
@given(starts() | talkative(), courses() | ordered())
def test_a_target_over_the_runners_own_rises_by_two_per_cent_a_week_at_most(how: Start, events: tuple[Event, ...]) -> None:
    weekly = how.runner.last_week_change
    for step in course_of(how, events):
        segment, base = step.after.progress.segment, step.after.known.baseline
        basis = (segment.target if segment is not None else how.pack.target).basis
        if weekly is None or base is None or basis is Basis.FIXED:
            continue
        speed = step.after.speed_mps if basis is Basis.SPEED_MODEL else None
        for effect in step.effects:
            if isinstance(effect, CadenceSeen) and effect.target_spm is not None:
                assert effect.target_spm <= at_speed(base, speed, how.runner.slope_spm_per_mps) * (1.02 + weekly) + 1e-6


@alike
@given(starts() | talkative(), courses() | ordered())
def test_no_click_is_promised_to_a_runner_who_stands(how: Start, events: tuple[Event, ...]) -> None:
    for step in course_of(how, events):
        stood = step.before.cadence.gait is Gait.STANDING and step.after.cadence.gait is Gait.STANDING
        if stood and how.sensor and not isinstance(step.event, CadenceSample):
            assert not any(isinstance(effect, PlayClick) for effect in step.effects)


@alike
@given(starts() | talkative(), courses() | ordered())
def test_no_click_sounds_once_the_run_has_ended_but_what_lies_in_the_ring(how: Start, events: tuple[Event, ...]) -> None:
    effects = effects_of(course_of(how, events))
    ended = [effect.at_ns for effect in effects if isinstance(effect, RunEnded)]
    assert len(ended) <= 1
    for click in clicks_of(effects) if ended else ():
        assert click.at_ns < ended[0] + RING_NS


# --- the voice -----------------------------------------------------------------------------------------------------


@alike
@given(starts() | talkative(), courses() | ordered())
def test_a_run_has_no_more_cues_than_its_budget(how: Start, events: tuple[Event, ...]) -> None:
    assert len(budgeted(how, events)) <= how.pack.limits.per_run


@alike
@given(starts() | talkative(), courses() | ordered())
def test_a_rolling_minute_has_no_more_cues_than_its_budget(how: Start, events: tuple[Event, ...]) -> None:
    onsets = [one.what.at_ns for one in budgeted(how, events)]
    for now_ns in onsets:
        assert sum(now_ns - NS_PER_MIN < at_ns <= now_ns for at_ns in onsets) <= how.pack.limits.per_minute


@alike
@given(starts() | talkative(), courses() | ordered())
def test_the_gap_between_a_cue_and_the_end_of_whatever_was_said_before_is_kept(how: Start, events: tuple[Event, ...]) -> None:
    muted = any(isinstance(event, Mute) for event in events)
    before: Voiced | None = None
    for one in voiced(effects_of(course_of(how, events))):
        taken_back = before is not None and isinstance(before.what, Withheld) and muted
        if before is not None and one.what.priority < Priority.SEGMENT and not taken_back:
            assert one.what.at_ns >= before.end_ns + how.pack.limits.min_gap_ns
        before = one


@alike
@given(starts() | talkative(), courses() | ordered())
def test_the_same_cue_is_not_said_again_within_its_gap(how: Start, events: tuple[Event, ...]) -> None:
    last: dict[str, int] = {}
    for one in voiced(effects_of(course_of(how, events))):
        cue, at_ns = one.what.cue, one.what.at_ns
        if one.what.priority < Priority.SEGMENT and cue in last:
            assert at_ns - last[cue] >= how.pack.limits.same_cue_gap_ns
        last[cue] = at_ns


@alike
@given(starts() | talkative(), courses() | ordered())
def test_a_runs_quiet_start_is_quiet(how: Start, events: tuple[Event, ...]) -> None:
    for one in budgeted(how, events):
        assert how.desk or one.run_ns >= how.pack.limits.quiet_start_ns


@alike
@given(starts() | talkative(), courses() | ordered())
def test_a_runs_quiet_end_is_quiet(how: Start, events: tuple[Event, ...]) -> None:
    quiet_ns = how.pack.limits.quiet_end_ns
    for one in budgeted(how, events) if how.length_ns is not None and quiet_ns else ():
        assert one.run_ns < (how.length_ns or 0) - quiet_ns


@alike
@given(starts() | talkative(), courses() | ordered())
def test_safety_and_segment_cues_are_suppressed_by_no_limit(how: Start, events: tuple[Event, ...]) -> None:
    for effect in effects_of(course_of(how, events)):
        if isinstance(effect, Suppressed) and effect.priority >= Priority.SEGMENT:
            assert effect.reason not in LIMITS


@alike
@given(starts() | talkative(), courses() | ordered())
def test_only_cues_that_a_coach_may_judge_are_withheld(how: Start, events: tuple[Event, ...]) -> None:
    judged = {cue.id for cue in how.pack.cues if cue.expect is not None}
    for effect in effects_of(course_of(how, events)):
        if isinstance(effect, Withheld):
            assert effect.priority in (Priority.DRIFT, Priority.BAND, Priority.PERIODIC)
            assert effect.cue in judged
            assert how.pack.limits.withhold > 0


def told_of_pain(step: Step) -> bool:
    """Does the session itself say that cueing is over?"""
    ended = any(isinstance(effect, CuesEnded) and effect.reason == "pain" for effect in step.effects)
    return ended and isinstance(step.event, Pain) and not step.event.told


@alike
@given(starts() | talkative(), courses() | ordered())
def test_what_cued_is_to_announce_is_heard_or_accounted_for(how: Start, events: tuple[Event, ...]) -> None:
    steps = course_of(how, events)
    hurts = sum(told_of_pain(step) for step in steps)
    asked = sum(isinstance(event, Announce) for event in events) + hurts
    told = [
        effect
        for effect in effects_of(steps)
        if isinstance(effect, Say | Suppressed | Expired | Failed | Withheld)
        and effect.rule in {"cued", "key"}
        and effect.text not in OF_A_POD
    ]
    waiting = sum(wish.rule in {"cued", "key"} and wish.text not in OF_A_POD for wish in steps[-1].after.floor.waiting)
    assert len(told) + waiting == asked
    assert not any(isinstance(effect, Withheld) for effect in told)
    assert all(effect.reason in {"muted", NEWER} for effect in told if isinstance(effect, Suppressed))


@alike
@given(starts() | talkative(), courses() | ordered())
def test_in_a_pause_only_safety_speaks(how: Start, events: tuple[Event, ...]) -> None:
    for one in voiced(effects_of(course_of(how, events))):
        assert not one.paused or one.what.priority is Priority.SAFETY


@alike
@given(starts() | talkative(), courses() | ordered())
def test_nothing_but_an_answer_to_a_key_is_begun_while_all_sound_is_off(how: Start, events: tuple[Event, ...]) -> None:
    muted = False
    asked = {event.text for event in events if isinstance(event, Announce) and event.asked}
    hurts = any(isinstance(event, Pain) for event in events)
    for step in course_of(how, events):
        muted = step.event.muted if isinstance(step.event, Mute) else muted
        recalled = [index for index, effect in enumerate(step.effects) if isinstance(effect, RecallClicks)]
        for index, effect in enumerate(step.effects if muted else ()):
            assert not isinstance(effect, PlayClick) or index < max(recalled, default=-1)  # of one instant: nobody hears it
            assert not isinstance(effect, Say) or (
                effect.cue == "cued" and (effect.text in asked or (hurts and effect.rule == "key"))
            )
