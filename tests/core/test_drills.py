"""Drills led by voice: what is said when, both sides the same, rests counted down, and one press ends it all."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.cues import CuePack, Drill, Segment
from cued.core.drills import CLOSE_NS, plan, set_ns
from cued.core.effects import CutSpeech, SegmentBegan
from cued.core.events import Back, Mute, Next, Pain, Pause, Resume, Stop, SwapPack
from cued.core.phrases import number_words
from cued.packs.catalog import open_pack
from cued.units import NS_PER_MIN, NS_PER_S, seconds, to_s, to_spm
from tests.support.run import Run, at, pack, samples, segment

SETS = ("set-a", "set-b", "strength")
RAISE = Drill("raise", "Up one, down three.", for_ns=4 * NS_PER_S, reps=3, beat_mspm=60_000)
HOLD = Drill("hold", "Hold it.", for_ns=20 * NS_PER_S, both_sides=True)
HOPS = Drill("hops", "Hop.", for_ns=10 * NS_PER_S, reps=2, rest_ns=20 * NS_PER_S, beat_mspm=140_000)


def led(*drills: Drill, **how: Any) -> Run:
    """A pack of one segment with these drills, and another after it, by time alone."""
    return Run(drilled(*drills), sensor=False, **how)


def drilled(*drills: Drill) -> CuePack:
    length_s = to_s(set_ns(drills))
    return pack(segment("drills", length_s, drills=tuple(drill.id for drill in drills)), segment("jog", 600), drills=drills)


def heard(run: Run) -> list[tuple[float, str]]:
    return list(zip(run.said_s, run.texts, strict=True))


# --- the timeline --------------------------------------------------------------------------------------------------


def test_repetitions_are_counted_on_the_beat() -> None:
    run = led(RAISE).to(40)
    assert heard(run) == [
        (0.0, "Up one, down three."),
        (4.0, "Ready."),
        (6.0, "One."),
        (10.0, "Two."),
        (14.0, "Three."),
        (18.0, "That was it."),
    ]
    assert run.view.spoken == 0, "numbers are no cues"
    assert [at(click) for click in run.clicks] == [float(second) for second in range(6, 18)]
    assert [click.accent for click in run.clicks] == [True, False, False, False] * 3
    assert {to_spm(click.mspm) for click in run.clicks} == {60.0}


def test_both_sides_are_held_equally_long_and_counted_down() -> None:
    run = led(HOLD).to(80)
    said = heard(run)
    assert [text for _, text in said if len(text) > 6] == [
        "Hold it.",
        "Left side first.",
        "Switch. Right side.",
        "That was it.",
    ]
    gone = [begun for begun, text in said if text == "Go."]
    ones = [ends for ends, text in said if text == "One."]
    assert [text for _, text in said].count("Three.") == 4
    assert [ends + 1 - begun for begun, ends in zip(gone, ones[1::2], strict=True)] == [20.0, 20.0]


def test_rests_are_counted_down_and_the_click_rests_with_them() -> None:
    run = led(HOPS).to(60)
    said = heard(run)
    first, second = (begun for begun, text in said if text == "Go.")
    assert second - first == 30.0
    assert (first + 10.0, "Rest.") in said
    assert [(second - left, number_words(left).capitalize() + ".") for left in (3, 2, 1)] == [
        one for one in said if second - 4 < one[0] < second
    ]
    assert run.clicks_in(first + 10.0, second) == []
    assert len(run.clicks_in(first, first + 10.0)) == len(run.clicks_in(second, second + 10.0)) == 24


def test_quick_repetitions_are_numbered_by_fives() -> None:
    quick = Drill("quick", "Quick.", for_ns=NS_PER_S, reps=12)
    assert [text for _, text in heard(led(quick).to(30))] == ["Quick.", "Ready.", "Five.", "Ten.", "That was it."]


def test_drills_without_a_length_share_what_the_segment_has() -> None:
    loose = tuple(Drill(name, f"Do {name}.") for name in ("one", "two"))
    what = pack(segment("drills", 120, drills=("one", "two")), drills=loose)
    begun = [time_s for time_s, text in heard(Run(what, sensor=False).to(130)) if text.startswith("Do")]
    assert begun == [0.0, 59.0]


def test_a_set_in_another_language_lasts_as_long() -> None:
    raised = Drill(
        "raise", "Up.", for_ns=4 * NS_PER_S, reps=2, both_sides=True, say_in=(("de", "Und jetzt ganz langsam hoch."),)
    )
    english, german = led(raised).to(120), led(raised, language="de").to(120)
    assert english.segments == german.segments
    assert english.said_s == german.said_s
    assert german.texts == [
        "Und jetzt ganz langsam hoch.", "Zuerst links.", "Bereit.", "Eins.", "Zwei.", "Wechsel. Rechts.", "Bereit.", "Eins.",
        "Zwei.", "Das war es.",
    ]  # fmt: skip


def test_nobody_is_counted_for_in_two_languages() -> None:
    mixed = (Drill("a", "A.", for_ns=NS_PER_S * 2, say_in=(("de", "Ah."),)), Drill("b", "B.", for_ns=NS_PER_S * 2))
    assert led(*mixed, language="de").to(30).texts[0] == "A."


@given(
    for_s=st.integers(1, 60),
    reps=st.integers(1, 20),
    rest_s=st.integers(0, 40),
    both=st.booleans(),
    beat=st.sampled_from((None, 20_000, 60_000, 150_000, 300_000)),
)
def test_any_drill_ends_when_its_segment_does_and_works_both_sides_alike(
    for_s: int, reps: int, rest_s: int, both: bool, beat: int | None
) -> None:
    drill = Drill("x", "Do it.", for_s * NS_PER_S, reps, rest_s * NS_PER_S, both, beat)
    what = drilled(drill)
    made = plan(what, what.segments()[0])
    assert made.length_ns == set_ns((drill,))
    assert [saying.at_ns for saying in made.sayings] == sorted(saying.at_ns for saying in made.sayings)
    assert all(0 <= saying.at_ns <= made.length_ns - CLOSE_NS for saying in made.sayings)
    if beat is not None:
        lasted = [stretch.end_ns - stretch.start_ns for stretch in made.clicks]
        assert sum(lasted) == for_s * NS_PER_S * reps * (2 if both else 1)
        assert lasted[: len(lasted) // 2] == lasted[len(lasted) // 2 :] or not both


# --- under way -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("press_s", [0.0, 0.5, 3.9, 4.0, 6.0, 7.25, 11.5, 12.0, 13.0, 17.9])
@pytest.mark.parametrize("drill", [RAISE, HOPS, HOLD])
def test_one_press_ends_it_at_any_moment(drill: Drill, press_s: float) -> None:
    run = led(drill).send(Next(seconds(press_s))).to(press_s + 40)
    assert [(at(one), one.segment) for one in run.of(SegmentBegan)][-1] == (press_s, "jog")
    assert [said for said in heard(run) if said[0] > press_s] == []
    assert run.clicks_in(press_s + 0.26, press_s + 40) == []
    cut = [at(one) for one in run.of(CutSpeech)]
    assert cut == ([press_s] if any(begun < press_s < begun + 0.3 for begun in run.said_s) else cut[:1])
    assert not run.view.drilling


@pytest.mark.parametrize("event", [Pain(seconds(8)), Stop(seconds(8))])
def test_pain_and_the_end_of_the_run_end_them(event: Pain | Stop) -> None:
    run = led(HOPS).send(event).to(60)
    assert not [text for said_s, text in heard(run) if said_s > 8.0 and text in ("Go.", "Rest.", "One.", "Three.")]
    assert run.clicks_in(8.3, 60) == []


def test_a_pause_stands_still_and_the_beat_lies_on_the_repetitions_again() -> None:
    run = led(RAISE).send(Pause(seconds(8.4)), Resume(seconds(20))).to(60)
    assert [text for _, text in heard(run)][-3:] == ["Two.", "Three.", "That was it."]
    resumed = 20.0 - 8.4
    assert [at(click) for click in run.clicks_in(20.5, 60)] == [round(second + resumed, 3) for second in range(9, 18)]
    assert [round(said_s - resumed, 3) for said_s in run.said_s[-3:]] == [10.0, 14.0, 18.0]


def test_hushed_the_set_goes_on_in_silence() -> None:
    run = led(RAISE).send(Mute(seconds(7), True), Mute(seconds(12), False)).to(40)
    assert [text for _, text in heard(run)] == ["Up one, down three.", "Ready.", "One.", "Three.", "That was it."]
    assert run.segments[-1] == (to_s(set_ns((RAISE,))), "jog")


def test_standing_still_rests_no_drill_and_judges_no_cadence() -> None:
    run = Run(drilled(HOPS)).send(*samples(0, 5), *samples(5, 60, spm=0.0, speed=0.0)).to(60)
    assert len(run.clicks) == 48
    assert run.view.judged_ns == 0


def test_hops_that_a_pod_takes_for_running_make_no_baseline() -> None:
    long = Drill("hops", "Hop.", for_ns=120 * NS_PER_S, beat_mspm=140_000)
    run = Run(drilled(long)).send(*samples(0, 100, spm=140.0, speed=1.0)).to(100)
    assert run.view.target_spm is None


# --- a press -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "asked"), [("en", "Find grass, then press."), ("de", "Such dir Gras, dann Taste Weiter.")]
)
def test_what_begins_by_a_press_says_so(language: str, asked: str) -> None:
    run = Run(open_pack("set-a").pack, sensor=False, language=language)
    second = 0
    while not run.view.waiting:
        second += 1
        run.to(second)
    assert run.texts[-1] == asked
    run.send(Next(seconds(second))).to(second + 5)
    assert run.segments[-1] == (float(second), "grass")


def test_without_a_press_the_segment_is_left_out_after_five_minutes() -> None:
    what = pack(segment("grass", 60, drills=("walk",), starts_on_press=True), segment("jog", 60), drills=(WALK,))
    run = Run(what, sensor=False).to(320)
    assert run.texts == ["Find grass, then press."]
    assert run.segments == [(300.0, "jog")]


WALK = Drill("walk", "Walk.", for_ns=10 * NS_PER_S, needs="grass")


# --- cued's own sets -----------------------------------------------------------------------------------------------

TRAINS = {
    "feet": ("short_foot", "short_foot_single", "toe_curls", "grass_walk"),
    "ankles": ("pogo", "ankling", "hop_stick", "snap_down", "calf_raise", "calf_single", "soleus"),
    "hips": ("balance", "balance_turn", "bridge", "side_plank"),
}


@pytest.mark.parametrize("name", SETS)
def test_a_set_of_cueds_own_is_short_and_trains_feet_ankles_and_hips(name: str) -> None:
    what = open_pack(name).pack
    parts = what.segments()
    assert sum(plan(what, part).length_ns for part in parts) <= 15 * NS_PER_MIN
    drills = {drill for part in parts for drill in part.drills}
    assert all(drills & set(trains) for trains in TRAINS.values())
    assert drills == {drill.id for drill in what.drills}, "no drill is left out"


@pytest.mark.parametrize("name", SETS)
def test_a_set_of_cueds_own_is_heard_whole_with_both_sides_alike(name: str) -> None:
    what = open_pack(name).pack
    run = Run(what, sensor=False)
    second = 0
    while run.view.segment or second == 0:
        run.to(second)
        if run.view.waiting:
            run.send(Next(seconds(second)))
        second += 1
    expected = [saying.text for part in what.segments() for saying in plan(what, part).sayings]
    assert [text for (_, cue), text in zip(run.said, run.texts, strict=True) if cue == "drill"] == expected
    for part in what.segments():
        _check_sides(what, part)


def _check_sides(what: CuePack, part: Segment) -> None:
    sides: list[list[int]] = []
    for saying in plan(what, part).sayings:
        if saying.text in ("Left side first.", "Switch. Right side."):
            sides.append([])
        elif sides and saying.text[:-1].lower() in map(number_words, range(1, 31)):
            sides[-1].append(saying.at_ns)
    for left, right in zip(sides[::2], sides[1::2], strict=True):
        gaps = [[later - sooner for sooner, later in pairwise(side)] for side in (left, right[: len(left)])]
        assert gaps[0] == gaps[1]


def test_the_calf_raise_is_one_up_and_three_down_and_hops_are_quick() -> None:
    raises = next(drill for drill in open_pack("strength").pack.drills if drill.id == "calf_single")
    assert (raises.for_ns, raises.beat_mspm, raises.reps) == (4 * NS_PER_S, 60_000, 12)
    for name in ("set-a", "set-b"):
        pogo = next(drill for drill in open_pack(name).pack.drills if drill.id == "pogo")
        assert 120_000 <= (pogo.beat_mspm or 0) <= 160_000
        assert pogo.beat_mspm is not None
        assert pogo.for_ns is not None
        assert pogo.beat_mspm / 60_000 * pogo.for_ns / NS_PER_S * pogo.reps <= 60, "contacts in the first week"


# --- off the course ------------------------------------------------------------------------------------------------


def test_back_begins_the_drills_anew() -> None:
    run = led(RAISE).send(Back(seconds(11))).to(40)
    assert heard(run)[4:8] == [(11.0, "Up one, down three."), (15.0, "Ready."), (17.0, "One."), (21.0, "Two.")]
    assert [at(click) for click in run.clicks_in(11.3, 40)] == [float(second) for second in range(17, 29)]


def test_a_pack_that_is_swapped_in_is_where_its_drills_would_be() -> None:
    before = pack(segment("jog", 600))
    run = Run(before, sensor=False).send(SwapPack(seconds(9), drilled(RAISE))).to(40)
    assert heard(run) == [(10.0, "Two."), (14.0, "Three."), (18.0, "That was it.")]
    assert [at(click) for click in run.clicks] == [float(second) for second in range(10, 18)]


def test_a_pack_that_is_swapped_in_takes_the_drills_away() -> None:
    run = led(RAISE).send(SwapPack(seconds(7), pack(segment("jog", 600)))).to(40)
    assert [text for _, text in heard(run)] == ["Up one, down three.", "Ready.", "One."]
    assert run.clicks_in(7.3, 40) == []
