"""The beat of any pack, on any course of events: how fast it may change, what is told of it, and when it must be silent."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cued.core.cadence import Gait
from cued.core.cues import Metronome, Mode
from cued.core.effects import PlayClick, RecallClicks, TempoChanged
from cued.core.events import CadenceSample, Event
from cued.core.grid import LOOKAHEAD_NS, RING_NS
from cued.core.session import Phase, Session
from cued.core.start import Start
from cued.units import NS_PER_MIN, NS_PER_S
from tests.support.courses import courses, ordered
from tests.support.driving import Step, alike, course_of, examples
from tests.support.run import KNOWN, Run, pack, segment
from tests.support.strategies import starts

MODES = {Mode.FOLLOW: (10 * NS_PER_S, 0.01), Mode.LEAD: (10 * NS_PER_S, 0.01), Mode.BURST: (10 * NS_PER_S, 0.01)}
MODES[Mode.NUDGE] = (NS_PER_MIN, 0.01)
"""Mode → (span, most change in it), by the format's words."""


def played(steps: tuple[Step, ...]) -> list[PlayClick]:
    """What every file and card plays: promised, and not recalled before it lay in the ring."""
    kept: list[PlayClick] = []
    for step in steps:
        for effect in step.effects:
            if isinstance(effect, PlayClick):
                kept.append(effect)
            elif isinstance(effect, RecallClicks):
                kept = [old for old in kept if old.at_ns < effect.from_ns or old.at_ns <= effect.at_ns + RING_NS]
    return kept


def spans(steps: tuple[Step, ...], holds: Callable[[Session], bool]) -> list[tuple[int, int]]:
    """[from, to) of the times in which the session was so throughout."""
    found: list[tuple[int, int]] = []
    since_ns: int | None = None
    for step in steps:
        if holds(step.after):
            since_ns = step.after.now_ns if since_ns is None else since_ns
        elif since_ns is not None:
            found.append((since_ns, step.after.now_ns))
            since_ns = None
    return found if since_ns is None else [*found, (since_ns, steps[-1].after.now_ns)]


def assert_no_click_in(steps: tuple[Step, ...], holds: Callable[[Session], bool], after_ns: int) -> None:
    """While it holds, nothing sounds later than `after_ns` from its beginning, to where a beat may be promised again."""
    onsets = [click.at_ns for click in played(steps)]
    for from_ns, to_ns in spans(steps, holds):
        inside = [onset_ns for onset_ns in onsets if from_ns + after_ns < onset_ns < to_ns]
        assert not inside, f"{inside[:3]} sound within [{from_ns}, {to_ns})"


@alike
@given(starts(), courses())
def test_onsets_rise_in_what_files_and_cards_play(how: Start, events: tuple[Event, ...]) -> None:
    onsets = [click.at_ns for click in played(course_of(how, events))]
    assert all(one < other for one, other in pairwise(onsets))
    assert all(onset_ns >= 0 for onset_ns in onsets)


@alike
@given(starts(), courses())
def test_a_click_is_promised_a_lookahead_before_it_sounds_or_after_a_recall_a_ring(
    how: Start, events: tuple[Event, ...]
) -> None:
    for step in course_of(how, events):
        for effect in step.effects:
            if isinstance(effect, PlayClick):
                ahead_ns = effect.at_ns - step.after.now_ns
                assert RING_NS < ahead_ns <= LOOKAHEAD_NS
            elif isinstance(effect, RecallClicks):
                assert effect.from_ns > step.after.now_ns + RING_NS  # the ring's own end plays, in files and cards alike


@alike
@given(starts(), ordered())
def test_the_tempo_that_was_told_is_the_tempo_that_sounds(how: Start, events: tuple[Event, ...]) -> None:
    told = 0
    for step in course_of(how, events):
        for effect in step.effects:
            if isinstance(effect, TempoChanged):
                told = effect.mspm
            elif isinstance(effect, PlayClick):
                assert effect.mspm == told


@alike
@given(starts(), courses())
def test_in_a_pause_nothing_sounds_but_what_lies_in_the_ring(how: Start, events: tuple[Event, ...]) -> None:
    assert_no_click_in(course_of(how, events), lambda session: session.paused, RING_NS)


@alike
@given(starts(), courses())
def test_muted_nothing_sounds_but_what_lies_in_the_ring(how: Start, events: tuple[Event, ...]) -> None:
    assert_no_click_in(course_of(how, events), lambda session: session.muted, RING_NS)


@alike
@given(starts(), courses())
def test_after_the_last_segment_there_is_no_beat(how: Start, events: tuple[Event, ...]) -> None:
    assert_no_click_in(
        course_of(how, events), lambda session: session.progress.over and session.phase is Phase.RUNNING, RING_NS
    )


@alike
@given(starts(), courses())
def test_a_segment_that_waits_for_a_press_has_no_beat(how: Start, events: tuple[Event, ...]) -> None:
    assert_no_click_in(course_of(how, events), lambda session: session.progress.waiting, RING_NS)


@alike
@given(starts(), courses())
def test_a_segment_without_a_beat_has_none(how: Start, events: tuple[Event, ...]) -> None:
    def silent(session: Session) -> bool:
        segment = session.progress.segment
        return segment is not None and segment.metronome.mode is Mode.NONE and session.override is None and not session.paused

    assert_no_click_in(course_of(how, events), lambda session: silent(session) and session.phase is Phase.RUNNING, LOOKAHEAD_NS)


@alike
@given(starts(), courses())
def test_a_runner_who_stands_hears_no_beat_a_ring_later(how: Start, events: tuple[Event, ...]) -> None:
    """Standing itself is seen within 4.5 s, which leaves the ring its quarter of a second of the format's five."""
    if how.sensor:
        assert_no_click_in(course_of(how, events), lambda session: session.cadence.gait is Gait.STANDING, RING_NS)


@examples(40)
@given(
    st.sampled_from([Mode.FIXED, Mode.FOLLOW, Mode.NUDGE, Mode.LEAD, Mode.BURST]),
    st.integers(20 * NS_PER_S, 40 * NS_PER_S),
    st.floats(150.0, 185.0),
    st.booleans(),
)
def test_standing_rests_every_beat_within_five_seconds(mode: Mode, stops_ns: int, spm: float, silent: bool) -> None:
    """Whatever the moment, whether the pod tells zeros from then on or nothing at all."""
    run = Run(pack(segment(metronome=Metronome(mode))), runner=KNOWN)
    for at_ns in range(0, stops_ns, NS_PER_S):
        run.send(CadenceSample(at_ns, spm, 2.8))
    last_ns = (stops_ns - 1) // NS_PER_S * NS_PER_S
    if not silent:
        for number in range(1, 12):
            run.send(CadenceSample(last_ns + number * NS_PER_S, 0.0, 0.0))
    run.to((last_ns + 12 * NS_PER_S) / NS_PER_S)
    gone = [click.at_ns for click in run.clicks if click.at_ns > last_ns + 5 * NS_PER_S]
    assert run.clicks
    assert not gone
    seen_ns = run.session.cadence.gait_since_ns
    assert max(click.at_ns for click in run.clicks) <= seen_ns + RING_NS


@alike
@given(starts(), courses())
def test_a_runner_who_walks_for_twenty_seconds_hears_no_beat(how: Start, events: tuple[Event, ...]) -> None:
    if how.sensor:
        walks = 20 * NS_PER_S + RING_NS
        assert_no_click_in(course_of(how, events), lambda session: session.cadence.gait is Gait.WALKING, walks)


def mode_at(step: Step) -> Mode:
    """The mode of the present segment where no rule has another."""
    segment = step.after.progress.segment
    return Mode.NONE if segment is None or step.after.override is not None else segment.metronome.mode


@alike
@given(starts(), ordered())
def test_a_beat_that_goes_on_sounding_changes_no_faster_than_its_mode_may(how: Start, events: tuple[Event, ...]) -> None:
    """One per cent in 10 s, for a nudge in a minute; a fall under the cap is exempt, and so are silence and another mode."""
    stretch: list[tuple[int, int]] = []
    before = (Mode.NONE, -1, 0)
    for step in course_of(how, events):
        mode, end_ns = mode_at(step), step.after.progress.end_run_ns
        here = (mode, step.after.progress.number, step.after.overrides)
        if here != before:
            stretch, before = [], here
        span_ns, most = MODES.get(mode, (0, 1.0))
        for effect in step.effects:
            if isinstance(effect, TempoChanged) and (effect.mspm == 0 or effect.reason == "start"):
                stretch = []
            elif (
                isinstance(effect, PlayClick) and end_ns is not None and step.after.run_base_ns == 0 and effect.at_ns >= end_ns
            ):
                stretch = []  # the next segment's, whose mode is another
            elif isinstance(effect, PlayClick):
                stretch = [one for one in stretch if effect.at_ns - one[0] <= span_ns]
                for _, slower in stretch:
                    assert effect.mspm <= slower * (1.0 + most) + 1
                stretch.append((effect.at_ns, effect.mspm))
