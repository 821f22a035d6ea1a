"""What coaches ask the packs and sets to hold: which drills in which order, which cues, which course."""

from __future__ import annotations

import pytest

from cued.coaching.today import LEAST_CUED_MIN, SETS
from cued.core import cues
from cued.core.drills import plan
from cued.core.room import room, usual_ns
from cued.packs.catalog import open_pack
from cued.runtime.feeding import Simulated
from cued.units import NS_PER_MIN, NS_PER_S
from tests.packs.rehearsed import rehearsed
from tests.packs.shipped import PHASES

HOPS = {"pogo", "hop_stick", "skip"}


def pack_of(name: str) -> cues.CuePack:
    return open_pack(name).pack


def order(name: str) -> list[str]:
    """The drills of a pack as they are led through."""
    return [drill for segment in pack_of(name).segments() for drill in segment.drills]


def words(*names: str) -> str:
    return " ".join((cue.say or "").lower() for name in names for cue in pack_of(name).cues)


def drill(name: str, which: str) -> cues.Drill:
    return next(one for one in pack_of(name).drills if one.id == which)


@pytest.mark.parametrize("name", PHASES)
def test_a_usual_run_goes_all_the_way_to_a_silent_cooldown(name: str) -> None:
    pack = pack_of(name)
    last = list(pack.segments())[-1]
    assert (last.name, last.coach, last.metronome.mode) == ("cooldown", cues.Coach.SILENT, cues.Mode.NONE)
    for length_ns in (usual_ns(pack), 60 * NS_PER_MIN):
        found = room(pack, length_ns)
        assert (found.unreached, found.broken_off, found.silent) == ((), "", False)


# --- drills --------------------------------------------------------------------------------------------------------


def test_the_ground_is_tapped_in_a_cue_and_in_a_drill() -> None:
    assert "tap the ground, feel the rebound." in words("awareness")
    assert order("set-a")[0] == order("drills")[0] == "tap"
    assert drill("set-a", "tap").both_sides


def test_barefoot_is_on_grass_two_minutes_and_waits_for_a_press() -> None:
    for name in ("set-a", "set-b"):
        (grass,) = [segment for segment in pack_of(name).segments() if segment.name == "grass"]
        assert grass.starts_on_press
        assert grass.surface == "grass"
        assert {drill(name, one).needs for one in grass.drills} == {"grass"}
        assert sum(drill(name, one).for_ns or 0 for one in grass.drills) == 2 * NS_PER_MIN
    barefoot = {one.id for name in ("set-a", "set-b") for one in pack_of(name).drills if "shoes off" in one.say.lower()}
    assert barefoot == {"grass_walk"}, "nothing else is done barefoot"


def test_soft_landings_come_in_phase_3_and_not_before() -> None:
    landings = {"snap_down", "hop_stick"}
    assert landings <= set(order("set-b"))
    assert SETS[3] == "set-b"
    assert not landings & {*order("set-a"), *order("drills")}
    assert min(phase for phase, name in SETS.items() if landings & set(order(name))) == 3


@pytest.mark.parametrize("name", ["set-a", "set-b", "drills"])
def test_simple_drills_come_before_hops(name: str) -> None:
    drills = order(name)
    first = min(number for number, one in enumerate(drills) if one in HOPS)
    assert first >= 2
    assert not HOPS & set(drills[:first])
    if name != "set-b":
        assert drills[-1] == "pogo", "hops are last"
        assert {"short_foot", "calf_raise", "balance"} <= set(drills[:first])


def test_calves_toes_and_arches_are_strengthened() -> None:
    assert {"calf_single", "soleus", "toe_curls", "short_foot_single"} <= set(order("strength"))
    assert all(drill("strength", one).both_sides for one in ("calf_single", "toe_curls", "short_foot_single"))


def test_hips_are_held_on_one_leg_in_a_bridge_and_on_the_side() -> None:
    assert {"bridge", "side_plank"} <= set(order("strength"))
    assert drill("set-a", "balance").both_sides
    assert drill("set-b", "balance_turn").both_sides
    assert "march" in drill("strength", "bridge").say.lower()


# --- cues ----------------------------------------------------------------------------------------------------------


def test_posture_has_cues_and_hips_and_trunk_have_drills() -> None:
    assert "string lifts you tall" in words("awareness")
    assert "tall like a tower" in words("fatigue")
    assert {one.loads for one in pack_of("strength").drills} >= {cues.Tissue.HIP}


def test_sound_landing_and_push_have_cues() -> None:
    assert {"quieter", "alike"} <= set(words("awareness").replace("?", "").replace(".", "").split())
    assert "same sound, left and right." in words("drills")
    assert "land on the line beneath you." in words("drills")
    assert all("push" in words(name) for name in ("drills", "fatigue", "integration"))


# --- courses -------------------------------------------------------------------------------------------------------


def test_uneven_ground_has_words_of_its_own_and_a_wider_band() -> None:
    pack = pack_of("variability")
    surfaces = [segment for segment in pack.segments() if segment.name == "surface"]
    assert all(segment.band.low > pack.band.low and segment.band.high > pack.band.high for segment in surfaces)
    told = {rule.surface: rule.then for rule in pack.rules if isinstance(rule.when, cues.SurfaceChange)}
    assert {"grass", "gravel"} <= set(told)
    assert told["grass"] != told["gravel"]


def test_phase_3_has_two_grounds_a_slope_that_may_be_left_out_and_sudden_words() -> None:
    pack = pack_of("variability")
    names = [segment.name for segment in pack.segments()]
    assert names.count("surface") == 2
    (hills,) = [segment for segment in pack.segments() if segment.name == "hills"]
    assert hills.optional
    assert hills.starts_on_press
    sudden = [rule for rule in pack.rules if isinstance(rule.when, cues.RandomWithin)]
    assert [rule.only_in for rule in sudden] == [("reactive",)]
    assert "ten quick steps, now." in words("variability")


def test_what_a_runner_is_led_through_is_short() -> None:
    """A theme of five or six minutes; drills of a quarter of an hour."""
    for name in PHASES:
        pack = pack_of(name)
        for segment in pack.segments():
            led = segment.metronome.mode is not cues.Mode.NONE
            if led and isinstance(segment.length, cues.ForTime):
                assert segment.length.ns <= 6 * NS_PER_MIN, f"{name}: {segment.name}"
            if segment.drills:
                assert plan(pack, segment).length_ns <= 15 * NS_PER_MIN


@pytest.mark.parametrize("name", PHASES)
def test_a_phase_goes_the_same_way_in_every_session(name: str) -> None:
    courses = [
        [(piece, start, end) for piece, start, end in rehearsed(name, Simulated("easy"), minutes=60, session=session).pieces]
        for session in (1, 4)
    ]
    assert courses[0] == courses[1]
    assert len(courses[0]) > 3


def test_the_block_test_has_three_stages_a_silent_probe_and_a_standing_part() -> None:
    pack = pack_of("block-test")
    length = {segment.name: segment.length for segment in pack.segments()}
    assert [length[name] for name in ("light", "brisk", "hard")] == [cues.ForTime(180 * NS_PER_S)] * 3
    assert length["probe"] == cues.ForTime(5 * NS_PER_MIN)
    assert {"balance_eyes", "calf_left", "calf_right"} <= set(order("block-test"))
    assert drill("block-test", "calf_left").reps == drill("block-test", "calf_right").reps


@pytest.mark.parametrize("name", PHASES)
def test_the_shortest_run_with_cues_has_a_whole_silent_probe(name: str) -> None:
    run = rehearsed(name, Simulated("easy"), minutes=int(LEAST_CUED_MIN))
    asked = next(segment for segment in run.pack.segments() if segment.name == "probe")
    assert isinstance(asked.length, cues.ForTime)
    ran = [end - start for piece, start, end in run.pieces if piece == "probe"]
    assert ran[0] >= asked.length.ns
    assert list(run.within("click", "probe")) == []


@pytest.mark.parametrize(("language", "of_twenty"), [("en", "of twenty"), ("de", "von zwanzig")])
def test_the_stages_of_the_block_test_name_their_scale(language: str, of_twenty: str) -> None:
    pack = open_pack("block-test").pack
    for name in ("light", "brisk", "hard"):
        assert of_twenty in str(pack.cue(name).text(language, pack.language))
    assert "20" in pack.summary_for(language)
