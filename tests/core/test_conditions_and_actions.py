"""Every condition that holds a rule in, every action, coaches, themes and texts with numbers."""

from __future__ import annotations

from typing import Any

import pytest

from cued.core.cues import (
    Asked,
    At,
    BeforeEnd,
    Choose,
    Coach,
    Cue,
    Effort,
    EndCues,
    Every,
    Limits,
    NextSegment,
    OffBand,
    PlaySound,
    Priority,
    RandomWithin,
    Repeat,
    SayTheme,
    SegmentEnd,
    SegmentStart,
    SetMetronome,
    Side,
    Trigger,
)
from cued.core.effects import CuesEnded, Render, Say, Suppressed, TempoChanged
from cued.core.events import AskCue, EffortIs, Next, SurfaceIs
from cued.core.start import Runner
from cued.units import seconds
from tests.support.run import FIXED_172, FREE, KNOWN, Run, at, beat, for_m, for_s, pack, rule, segment

ROUNDS = Repeat(2, (segment("a", 60), segment("b", 60)))
EVERY_20 = Every(for_s(20))


# --- held in by ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, [50.0, 100.0, 150.0, 200.0]),
        ({"only_in": ("a",)}, [50.0, 170.0]),
        ({"only_in": ("b",)}, [110.0, 230.0]),
        ({"only_in": ("a", "b")}, [50.0, 110.0, 170.0, 230.0]),
        ({"not_in": ("a",)}, [100.0, 200.0]),
        ({"not_in": ("a", "b")}, []),
    ],
)
def test_in_and_not_in_hold_a_rule_to_segments_in_all_repeats(words: dict[str, Any], said: list[float]) -> None:
    run = Run(pack(ROUNDS, rules=[rule(Every(for_s(50)), "tip", **words)])).to(239)
    assert run.said_s == said
    assert run.refused == [], "where a rule does not apply there is nothing to tell"


def test_if_surface_wants_that_surface() -> None:
    run = Run(pack(rules=[rule(EVERY_20, "tip", surface="grass")]))
    run.send(SurfaceIs(seconds(50), "grass"), SurfaceIs(seconds(90), "road")).to(119)
    assert run.said_s == [60.0, 80.0]
    assert run.refused == [(20.0, "tip", "if surface"), (40.0, "tip", "if surface"), (100.0, "tip", "if surface")]


def test_if_surface_knows_a_segments_own() -> None:
    what = pack(segment("a", 50, surface="grass"), segment("b", 60), rules=[rule(EVERY_20, "tip", surface="grass")])
    assert Run(what).to(45).said_s == [20.0, 40.0]


@pytest.mark.parametrize(("word", "said"), [("easy", [60.0]), ("hard", []), ("nonsense", [])])
def test_if_effort_wants_that_effort(word: str, said: list[float]) -> None:
    run = Run(pack(rules=[rule(EVERY_20, "tip", effort=Effort.EASY)])).send(EffortIs(seconds(50), word)).to(79)
    assert run.said_s == said
    assert run.refused[0] == (20.0, "tip", "if effort")


def test_if_effort_knows_a_segments_own() -> None:
    what = pack(segment("a", 50), segment("b", 50, effort=Effort.HARD), rules=[rule(EVERY_20, "tip", effort=Effort.HARD)])
    assert Run(what).to(99).said_s == [60.0, 80.0]


def test_a_segments_own_surface_and_effort_end_with_it() -> None:
    words = {"surface": "grass", "effort": Effort.HARD}
    for word, value in words.items():
        what = pack(segment("a", 50, **{word: value}), segment("b", 60), rules=[rule(EVERY_20, "tip", **{word: value})])
        assert Run(what).to(105).said_s == [20.0, 40.0]


def test_what_the_runner_said_holds_again_after_a_segments_own() -> None:
    what = pack(
        segment("a", 30), segment("b", 50, surface="track"), segment("c", 60), rules=[rule(EVERY_20, "tip", surface="grass")]
    )
    assert Run(what).send(SurfaceIs(seconds(10), "grass")).to(105).said_s == [20.0, 80.0, 100.0]


@pytest.mark.parametrize(("session", "speaks"), [(2, False), (3, True), (4, True)])
def test_if_session_at_least_counts_cue_sessions(session: int, speaks: bool) -> None:
    run = Run(pack(rules=[rule(EVERY_20, "tip", session_at_least=3)]), session_number=session).to(30)
    assert bool(run.said) is speaks
    assert run.reasons == ([] if speaks else ["if session_at_least"])


def test_at_most_counts_in_the_whole_run() -> None:
    run = Run(pack(ROUNDS, rules=[rule(EVERY_20, "tip", at_most=4)])).to(130)
    assert run.said_s == [20.0, 40.0, 60.0, 80.0]
    assert set(run.reasons) == {"at_most"}


def test_at_most_each_counts_in_each_segment() -> None:
    run = Run(pack(ROUNDS, rules=[rule(EVERY_20, "tip", at_most_each=1)])).to(150)
    assert run.said_s == [20.0, 60.0, 120.0]  # 120 s is the start of the second round
    assert set(run.reasons) == {"at_most_each"}


def test_at_most_counts_what_was_carried_out_not_what_was_suppressed() -> None:
    limits = Limits(quiet_start_ns=seconds(50), min_gap_ns=0, same_cue_gap_ns=0, per_minute=9)
    run = Run(pack(rules=[rule(EVERY_20, "tip", at_most=2)], limits=limits)).to(119)
    assert run.said_s == [60.0, 80.0]


def test_cooldown_holds_a_rule_back_from_its_last_time_on() -> None:
    run = Run(pack(rules=[rule(EVERY_20, "tip", cooldown_ns=seconds(50))])).to(150)
    assert run.said_s == [20.0, 80.0, 140.0]
    assert set(run.reasons) == {"cooldown"}


def test_a_cue_that_still_waits_already_starts_its_cooldown() -> None:
    rules = [rule(At(for_s(19)), "long"), rule(Every(for_s(2)), "tip", only_in=("b",), cooldown_ns=seconds(50))]
    what = pack(segment("a", 18), segment("b", 60), cues=[Cue("long", "word " * 10)], rules=rules)
    run = Run(what).to(30)
    assert run.said == [(19.0, "long"), (22.55, "tip")]  # asked for at 20 s and at 22 s, said once
    assert run.refused[0] == (22.0, "tip", "cooldown")


def test_a_rules_priority_wins_over_its_cues() -> None:
    cue = Cue("tip", "Tip.", priority=Priority.SAFETY)
    run = Run(pack(cues=[cue], rules=[rule(EVERY_20, "tip", priority=Priority.PRAISE)])).to(30)
    assert [say.priority for say in run.of(Say)] == [Priority.PRAISE]


# --- coaches -------------------------------------------------------------------------------------------------------

SPOKEN: dict[str, Trigger] = {
    "go": SegmentStart(),
    "over": SegmentEnd(),
    "point": At(for_s(10)),
    "every": Every(for_s(15)),
    "chance": RandomWithin(seconds(25), seconds(25)),
    "band": OffBand(Side.LOW, seconds(35)),
    "soon": BeforeEnd(for_s(5)),
    "asked": Asked(),
}


@pytest.mark.parametrize(
    ("coach", "speaks"),
    [
        (Coach.NORMAL, set(SPOKEN)),
        (Coach.CORRECTIONS, {"go", "over", "band", "soon", "asked"}),
        (Coach.START_ONLY, {"go", "over", "asked"}),
        (Coach.SILENT, {"asked"}),
    ],
)
def test_the_coach_lets_through_what_its_word_says(coach: Coach, speaks: set[str]) -> None:
    rules = [rule(when, name, only_in=("a",)) for name, when in SPOKEN.items()]
    what = pack(segment("a", 60, coach=coach), segment("b", 60, coach=Coach.SILENT), rules=rules, target=FIXED_172)
    run = Run(what).runs(0, 45, 160.0).send(AskCue(seconds(45.5))).runs(46, 80, 160.0)
    assert {cue for _, cue in run.said} == speaks
    assert {name for _, name, reason in run.refused if reason == f"coach {coach.value}"} == set(SPOKEN) - speaks


def test_a_silent_coach_lets_safety_through() -> None:
    what = pack(segment("a", 60, coach=Coach.SILENT), rules=[rule(EVERY_20, "stop", priority=Priority.SAFETY)])
    assert Run(what).to(30).said_s == [20.0]


# --- actions -------------------------------------------------------------------------------------------------------


def test_play_plays_a_sound_of_the_packs_folder() -> None:
    run = Run(pack(rules=[rule(EVERY_20, PlaySound("bell.wav"))], sounds=("bell.wav",))).to(30)
    ((say,),) = [run.of(Say)]
    assert (at(say), say.cue, say.text_id, say.text) == (20.0, "play:bell.wav", "file:bell.wav", "")


def test_a_cue_that_is_a_sound_is_played() -> None:
    run = Run(pack(cues=[Cue("bell", sound="bell.wav")], rules=[rule(EVERY_20, "bell")], sounds=("bell.wav",))).to(30)
    assert [(say.cue, say.text_id) for say in run.of(Say)] == [("bell", "file:bell.wav")]


def test_a_rules_metronome_takes_over_for_its_time_and_gives_back() -> None:
    burst = SetMetronome(beat("fixed", beat_spm=180.0, for_s=30))
    what = pack(segment("a", 600, metronome=beat("fixed", beat_spm=150.0)), rules=[rule(At(for_s(60)), burst)])
    run = Run(what, sensor=False).to(200)
    assert [(round(when), spm) for when, spm in run.tempi] == [(0, 150.0), (60, 180.0), (90, 150.0)]


def test_a_rules_burst_without_a_time_lasts_a_minute() -> None:
    what = pack(rules=[rule(At(for_s(60)), SetMetronome(beat("burst")))])
    run = Run(what, runner=KNOWN).runs(0, 200)
    assert run.clicks_in(0, 60) == []
    assert run.clicks_in(62, 119) != []
    assert run.clicks_in(120.5, 200) == []


def test_a_rules_metronome_ends_with_its_segment() -> None:
    steady = SetMetronome(beat("fixed", beat_spm=180.0))
    what = pack(segment("a", 100), segment("b", 100), rules=[rule(At(for_s(60)), steady)])
    run = Run(what, sensor=False).to(190)
    assert run.clicks_in(61, 100) != []
    assert run.clicks_in(100, 190) == []


def test_a_rules_none_silences_the_beat() -> None:
    what = pack(
        segment("a", 600, metronome=beat("fixed", beat_spm=150.0)), rules=[rule(At(for_s(60)), SetMetronome(beat("none")))]
    )
    run = Run(what, sensor=False).to(120)
    assert run.clicks_in(0, 60) != []
    assert run.clicks_in(61, 120) == []
    assert run.of(TempoChanged)[-1].mspm == 0


def test_end_cues_stops_every_rule_but_safety_and_leaves_the_beat() -> None:
    rules = [rule(At(for_s(50)), EndCues()), rule(EVERY_20, "tip"), rule(At(for_s(70)), "stop", priority=Priority.SAFETY)]
    run = Run(pack(segment("a", 600, metronome=beat("fixed", beat_spm=150.0)), rules=rules), sensor=False).to(100)
    assert run.said == [(20.0, "tip"), (40.0, "tip"), (70.0, "stop")]
    assert [(at(one), one.reason) for one in run.of(CuesEnded)] == [(50.0, "rules[0]")]
    assert set(run.reasons) == {"end_cues"}
    assert run.clicks_in(60, 100) != []


def test_next_segment_ends_the_present_one_with_its_end_cues() -> None:
    rules = [rule(At(for_s(30)), NextSegment(), only_in=("a",)), rule(SegmentEnd(), "over", only_in=("a",))]
    run = Run(pack(segment("a", 600), segment("b", 60), rules=rules)).to(50)
    assert run.segments == [(0.0, "a"), (30.0, "b")]
    assert run.said == [(30.0, "over")]


def test_an_action_that_a_condition_forbids_is_not_carried_out() -> None:
    rules = [rule(At(for_s(30)), NextSegment(), surface="grass"), rule(At(for_s(20)), EndCues(), session_at_least=5)]
    run = Run(pack(segment("a", 60), segment("b", 60), rules=rules)).to(50)
    assert run.segments == [(0.0, "a")]
    assert run.of(CuesEnded) == []


# --- themes --------------------------------------------------------------------------------------------------------

THEME = [Cue(name, f"{name}.", theme="t") for name in ("a", "b", "c", "d")] + [Cue("other", "Other.", theme="u")]


def themed(choose: Choose, *more: Any, minutes: int = 8, limits: Limits = FREE, **how: Any) -> list[str]:
    rules = [rule(Every(for_s(60)), SayTheme("t", choose)), *more]
    run = Run(pack(segment("s", 36_000), cues=THEME, rules=rules, limits=limits), **how).to(60 * minutes + 1)
    return [cue for _, cue in run.said]


def test_rotate_takes_the_cues_of_a_theme_in_file_order() -> None:
    assert themed(Choose.ROTATE) == ["a", "b", "c", "d", "a", "b", "c", "d"]


def test_random_takes_any_by_the_seeds_chance() -> None:
    first, same, other = (themed(Choose.RANDOM, minutes=200, seed=seed) for seed in (1, 1, 2))
    assert first == same != other
    assert all(30 < first.count(cue) < 70 for cue in ("a", "b", "c", "d"))


def test_least_recent_takes_what_was_said_longest_ago() -> None:
    spoken = themed(Choose.LEAST_RECENT, rule(At(for_s(30)), "a"), rule(At(for_s(40)), "c"), minutes=5)
    assert spoken == ["a", "c", "b", "d", "a", "c", "b"]


def test_best_takes_the_runners_best_and_without_data_rotates() -> None:
    assert themed(Choose.BEST, minutes=4) == ["a", "b", "c", "d"]
    assert themed(Choose.BEST, minutes=4, runner=Runner(best_cues=("other", "c", "b"))) == ["c", "c", "c", "c"]


def test_a_theme_prefers_cues_not_said_within_same_cue_gap() -> None:
    limits = Limits(min_gap_ns=0, per_minute=9, same_cue_gap_ns=seconds(150))
    best = Runner(best_cues=("c", "b", "a", "d"))
    assert themed(Choose.BEST, minutes=6, limits=limits, runner=best) == ["c", "b", "a", "c", "b", "a"]


def test_themes_per_segment_lets_so_many_themes_speak_in_a_segment() -> None:
    cues = [Cue("one", "One.", theme="t"), Cue("two", "Two.", theme="u"), Cue("bare", "Bare.")]
    rules = [rule(At(for_s(t)), name, only_in=("a",)) for t, name in ((10, "one"), (20, "two"), (30, "bare"), (40, "one"))]
    limits = Limits(min_gap_ns=0, per_minute=9, same_cue_gap_ns=0, themes_per_segment=1)
    run = Run(pack(Repeat(2, (segment("a", 60),)), cues=cues, rules=rules, limits=limits)).to(115)
    assert [cue for _, cue in run.said] == ["one", "bare", "one"] * 2
    assert run.refused == [(20.0, "two", "themes_per_segment"), (80.0, "two", "themes_per_segment")]


# --- texts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("{cadence} now.", "One sixty-six now."),
        ("Aim for {target}.", "Aim for one seventy-two."),
        ("This is {segment}, then {next_segment}.", "This is warm-up, then steady."),
        ("{remaining} left.", "Three minutes left."),
        ("Round {rep} of {reps}.", "Round one of two."),
    ],
)
def test_numbers_are_filled_in_as_a_voice_reads_them_and_rendered_when_known(text: str, spoken: str) -> None:
    session = Repeat(2, (segment("warmup", 300), segment("steady", 300)))
    run = Run(pack(session, cues=[Cue("n", text)], rules=[rule(At(for_s(120)), "n")], target=FIXED_172)).runs(0, 130, 166.0)
    assert run.texts == [spoken]
    assert [(at(one), one.text) for one in run.of(Render)] == [(120.0, spoken)]


def test_a_distance_left_is_said_in_metres() -> None:
    what = pack(segment("a", for_m(1_000)), cues=[Cue("n", "{remaining} left.")], rules=[rule(At(for_m(600)), "n")])
    assert Run(what).runs(0, 300, speed=2.5).texts == ["Four hundred metres left."]


def test_a_text_whose_number_nobody_knows_fails_and_says_why() -> None:
    run = Run(pack(cues=[Cue("n", "{cadence} now.")], rules=[rule(At(for_s(20)), "n")])).to(30)
    assert run.given_up == [(20.0, "n", "cadence unknown")]


@pytest.mark.parametrize(("words", "reason"), [({}, "quiet_start"), ({"surface": "grass"}, "if surface")])
def test_a_suppressed_text_whose_number_nobody_knows_is_told_without_words(words: dict[str, Any], reason: str) -> None:
    limits = Limits(quiet_start_ns=seconds(60))
    run = Run(pack(cues=[Cue("n", "{cadence} now.")], rules=[rule(At(for_s(20)), "n", **words)], limits=limits)).to(30)
    assert [(one.cue, one.text, one.reason) for one in run.of(Suppressed)] == [("n", "", reason)]


@pytest.mark.parametrize(("language", "text"), [("de", "Leichte Füße."), ("fr", "Light feet."), ("", "Light feet.")])
def test_a_cue_speaks_the_language_asked_for_where_the_pack_has_it(language: str, text: str) -> None:
    cue = Cue("light", "Light feet.", say_in=(("de", "Leichte Füße."),))
    assert Run(pack(cues=[cue], rules=[rule(EVERY_20, "light")]), language=language).to(30).texts == [text]


def test_the_coachs_own_voice_is_used_in_the_packs_language_only() -> None:
    cue = Cue("light", "Light feet.", say_in=(("de", "Leichte Füße."),), voice_file="light.wav")
    what = pack(cues=[cue], rules=[rule(EVERY_20, "light")])
    assert [say.text_id for say in Run(what).to(30).of(Say)] == ["file:light.wav"]
    assert [say.text_id for say in Run(what, language="de").to(30).of(Say)] == ["say:Leichte Füße."]


def test_what_is_said_ducks_the_beat_as_its_segment_says() -> None:
    what = pack(segment("a", 60, metronome=beat("none", duck_db=12.0)), rules=[rule(EVERY_20, "tip")])
    assert [say.duck_db for say in Run(what).send(Next(seconds(25))).to(30).of(Say)] == [12.0]
