"""What a run has no room for is told beforehand as the core then does it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.cues import (
    Asked,
    Coach,
    Cue,
    CuePack,
    Every,
    ForTime,
    NextSegment,
    Open,
    Repeat,
    RunEnd,
    Segment,
)
from cued.core.effects import PlayClick, Say, SegmentBegan
from cued.core.events import Wake
from cued.core.room import USUAL_NS, Cut, Room, own_length_ns, pieces, room, usual_ns
from cued.core.start import Start
from cued.packs.catalog import open_pack
from cued.units import NS_PER_MIN, NS_PER_S, seconds
from tests.support.driving import effects_of, examples, woken
from tests.support.run import KNOWN, Run, beat, pack, rule, segment
from tests.support.strategies import packs

QUIET = {"coach": Coach.SILENT}


def lived(what: CuePack, length_s: float) -> Run:
    run = Run(what, length_ns=seconds(length_s), runner=KNOWN)
    return run.runs(0, length_s).drain()


def thrice() -> CuePack:
    rounds = Repeat(3, (segment("hard", 60.0, metronome=beat()), segment("easy", 60.0)))
    return pack(segment("warmup", 120.0, **QUIET), rounds, segment("cooldown", 120.0, **QUIET))


def integration() -> CuePack:
    return open_pack("integration").pack


@pytest.mark.parametrize(("length_s", "rounds"), [(600, 3), (599, 2), (480, 2), (479, 1), (360, 1), (359, 0), (240, 0)])
def test_rounds_that_a_shorter_run_drops_are_told_as_they_are_dropped(length_s: int, rounds: int) -> None:
    what = thrice()
    told = room(what, length_s * NS_PER_S)
    assert told.cut == (() if rounds == 3 else (Cut(("hard", "easy"), rounds, 3),))
    assert [name for _, name in lived(what, length_s).segments].count("hard") == rounds


@pytest.mark.parametrize("minutes", [20, 23])
def test_a_run_too_short_for_a_round_is_told_to_be_silent_and_is(minutes: int) -> None:
    told = room(integration(), minutes * NS_PER_MIN)
    assert told.silent
    assert told.cut == (Cut(("feeder", "steady"), 0, None),)
    assert told.heard_from_ns == 24 * NS_PER_MIN
    run = lived(integration(), minutes * 60)
    assert run.clicks == []
    assert run.said == []


def test_what_is_only_heard_when_asked_for_makes_no_run_sound() -> None:
    what = pack(segment("a", 600.0), rules=[rule(Asked(), "tip")])
    assert room(what, 10 * NS_PER_MIN).silent


def test_from_the_length_that_is_named_on_something_is_heard_and_just_below_it_nothing() -> None:
    assert not room(integration(), 24 * NS_PER_MIN).silent
    assert lived(integration(), 24 * 60).clicks != []
    assert lived(integration(), 24 * 60 - 1).clicks == []


def test_a_plan_that_ends_before_the_run_is_told_to_the_second() -> None:
    told = room(integration(), 30 * NS_PER_MIN)
    assert told.ends_ns == 24 * NS_PER_MIN
    assert (24.0 * 60, "") in lived(integration(), 30 * 60).segments
    assert room(integration(), 24 * NS_PER_MIN).ends_ns is None


def test_segments_that_a_run_never_reaches_are_told_and_the_one_it_breaks_off() -> None:
    what = pack(segment("warmup", 600.0, metronome=beat()), segment("cooldown", 300.0))
    assert room(what, 300 * NS_PER_S) == Room(unreached=("cooldown",), broken_off="warmup")
    assert [name for _, name in lived(what, 300).segments] == ["warmup"]


def test_a_run_that_ends_on_a_boundary_leaves_what_would_follow_unreached_and_breaks_nothing_off() -> None:
    what = pack(segment("warmup", 300.0, metronome=beat()), Repeat(2, (segment("hard", 60.0),)), segment("cooldown", 300.0))
    assert room(what, 300 * NS_PER_S) == Room(unreached=("hard", "cooldown"))
    assert [name for _, name in lived(what, 300).segments if name] == ["warmup"]


def test_a_pack_without_beat_and_cues_is_silent_at_any_length() -> None:
    told = room(pack(segment("run", 600.0)), 600 * NS_PER_S)
    assert told.silent
    assert told.heard_from_ns is None


def test_a_beat_that_has_faded_away_is_not_counted_on() -> None:
    what = pack(segment("run", 600.0, metronome=beat()))
    faded = replace(what, fade=replace(what.fade, metronome=(1.0, 0.0)))
    assert [room(faded, 600 * NS_PER_S, session).silent for session in (1, 2)] == [False, True]


def test_quiet_times_that_cover_the_whole_run_are_silence_and_a_farewell_is_none() -> None:
    cue = Cue("good", say="Good.")
    every = rule(Every(ForTime(30 * NS_PER_S)), "good")
    what = pack(segment("run", 600.0), rules=[every], cues=[cue])
    quiet = replace(what, limits=replace(what.limits, quiet_start_ns=300 * NS_PER_S, quiet_end_ns=300 * NS_PER_S))
    assert room(quiet, 400 * NS_PER_S).silent
    assert lived(quiet, 400).said == []
    assert not room(replace(quiet, rules=(rule(RunEnd(), "good"),)), 400 * NS_PER_S).silent


def test_of_a_session_that_the_runner_leads_nothing_is_told_beforehand() -> None:
    what = pack(segment("play", Open()), segment("cooldown", 300.0))
    assert room(what, 60 * NS_PER_S) == Room()


def _by_time_alone(what: CuePack) -> CuePack:
    """The pack with segments whose course nothing but time decides."""

    def timed(part: Segment) -> Segment:
        return replace(
            part, length=part.length if isinstance(part.length, ForTime) else ForTime(40 * NS_PER_S), starts_on_press=False
        )

    session = tuple(
        replace(part, segments=tuple(timed(inner) for inner in part.segments)) if isinstance(part, Repeat) else timed(part)
        for part in what.session
    )
    rules = tuple(one for one in what.rules if not any(isinstance(action, NextSegment) for action in one.then))
    return replace(what, session=session, rules=rules)


@examples(60)
@given(packs(), st.integers(1, 300), st.sampled_from([1, 2, 9]))
def test_whatever_is_told_beforehand_is_what_the_core_does(wild: CuePack, length_s: int, session: int) -> None:
    what, length_ns = _by_time_alone(wild), length_s * NS_PER_S
    told = room(what, length_ns, session)
    steps = woken(
        Start(what, session_number=session, length_ns=length_ns, runner=KNOWN, sensor=False), [Wake(length_ns + NS_PER_MIN)]
    )
    effects = effects_of(steps)
    began = [effect for effect in effects if isinstance(effect, SegmentBegan)]
    line = pieces(what, length_ns)
    assert [(piece.start_ns, piece.segment.name) for piece in line] == [
        (one.at_ns, one.segment) for one in began if one.segment
    ]
    if told.ends_ns is not None:
        assert told.ends_ns in {effect.at_ns for effect in began if not effect.segment}
    if told.silent:
        assert [effect for effect in effects if isinstance(effect, PlayClick | Say)] == []


def test_a_set_of_drills_is_heard_without_a_beat_and_without_cues() -> None:
    told = room(open_pack("strength").pack, 12 * NS_PER_MIN)
    assert not told.silent
    assert told.ends_ns == 646 * NS_PER_S


def test_a_run_without_a_length_is_as_long_as_its_pack_needs() -> None:
    assert usual_ns(integration()) == 40 * NS_PER_MIN, "a fourth round has no room in the usual run"
    assert usual_ns(open_pack("plain").pack) == USUAL_NS
    awareness = open_pack("awareness").pack
    assert usual_ns(awareness) == own_length_ns(awareness) == 34 * NS_PER_MIN
    fatigue = open_pack("fatigue").pack
    assert usual_ns(fatigue) == (12 + 20 + 2 * 12 + 3 + 6) * NS_PER_MIN, "a cue every 2 km comes twice at 6 min/km"
    assert usual_ns(fatigue, session_number=3) > usual_ns(fatigue), "what fades comes later"


def test_where_nobody_presses_a_session_still_has_its_length() -> None:
    drills = open_pack("set-b").pack
    assert usual_ns(drills) > (own_length_ns(drills) or 0) > 10 * NS_PER_MIN
