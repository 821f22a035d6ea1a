"""The shipped packs hold to what the plan of six phases asks of their content."""

from __future__ import annotations

import pytest

from cued.core import cues
from cued.core.drills import needs_words
from cued.core.phrases import segment_words
from cued.core.sentences import Sentence, known_texts, sentence
from cued.core.values import PLACES, SURFACES, Values
from cued.packs.catalog import open_pack
from cued.packs.lint import MAX_WORDS
from cued.units import NS_PER_MIN
from tests.packs.shipped import PHASES, SHIPPED

BANNED = {
    "en": ("wrong", "bad", "forefoot", "heel strik", "180", "mistake", "fail"),
    "de": ("falsch", "schlecht", "vorfuß", "fersenl", "180", "fehler", "versagt"),
}
"""Corrections are actions, no verdicts; nobody is told how to strike, and no cadence is right for all."""


def pack_of(name: str) -> cues.CuePack:
    return open_pack(name).pack


def texts_of(pack: cues.CuePack, language: str) -> dict[str, str]:
    """By where it stands: what a runner hears of cues and drills in that language; empty where it is not said in it."""
    said = {f"cues.{cue.id}": dict(cue.say_in).get(language, "") if language != pack.language else cue.say for cue in pack.cues}
    said |= {
        f"drills.{drill.id}": dict(drill.say_in).get(language, "") if language != pack.language else drill.say
        for drill in pack.drills
    }
    return {place: text or "" for place, text in said.items()}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_pack_has_sources_and_not_one_warning(name: str) -> None:
    loaded = open_pack(name)
    assert loaded.warnings == ()
    assert loaded.pack.sources
    assert any("design" in source.cite for source in loaded.pack.sources) or loaded.pack.phase is None, (
        "what was chosen is said"
    )


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_cue_is_said_in_both_languages_in_eight_words_at_most(name: str, language: str) -> None:
    texts = texts_of(pack_of(name), language)
    assert [place for place, text in texts.items() if not text.strip()] == []
    spoken = {place: len(text.split()) for place, text in texts.items()}
    assert {place: count for place, count in spoken.items() if count > MAX_WORDS and place.startswith("cues")} == {}
    assert {place: count for place, count in spoken.items() if count > 10} == {}, "a drill's instruction is heard standing"
    assert [place for place, text in texts.items() if any(word in text.lower() for word in BANNED[language])] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_cued_itself_judges_nobody_either(language: str) -> None:
    assert len(known_texts(language)) > 30
    assert [text for text in known_texts(language) if any(word in text.lower() for word in BANNED[language])] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_the_two_languages_are_two(name: str) -> None:
    english, german = (texts_of(pack_of(name), language) for language in ("en", "de"))
    assert [place for place in english if english[place] == german[place]] == []


MISLEADING = (
    "zieht dich groß",
    "Marschier groß",
    "Groß.",
    "drück weiter",
    "Drück weiter",
    "Geh, wenn",
    "Mach den Fuß kurz",
    "zwei halten",
)
"""What a German takes for something else: growing up, keeping a key pressed, leaving."""


def test_no_german_is_spoken_that_is_taken_for_something_else() -> None:
    texts = {text for name in SHIPPED for cue in open_pack(name).pack.cues for _, text in cue.say_in}
    texts |= {text for name in SHIPPED for drill in open_pack(name).pack.drills for _, text in drill.say_in}
    texts |= {sentence(what, Values(segment="springs"), "de") for what in Sentence}
    assert "Für Federn: Taste Weiter." in texts
    assert [text for text in texts if any(word in text for word in MISLEADING)] == []


def test_every_segment_is_named_in_both_languages() -> None:
    names = {segment.name for name in SHIPPED for segment in pack_of(name).segments()}
    assert len(names) > 20
    assert [name for name in sorted(names) if segment_words(name, "de") == name] == []


def test_every_well_known_segment_is_named_in_both_languages() -> None:
    names = ("warmup", "feeder", "steady", "tempo", "probe", "strides", "hills", "surface", "reactive", "drills", "cooldown")
    assert [name for name in names if segment_words(name, "de") == name] == []


def test_every_ground_place_and_need_is_named_in_german() -> None:
    said = [(Sentence.GROUND, Values(ground=name)) for name in SURFACES]
    said += [(Sentence.PLACE, Values(place=name)) for name in PLACES]
    assert [one for one in said if sentence(*one, "de") == sentence(*one, "en")] == []
    asked = [(pack, one) for pack in map(pack_of, SHIPPED) for one in pack.segments() if needs_words(pack, one, "en")]
    assert asked
    for pack, one in asked:
        (need,) = {drill.needs for drill in pack.drills if drill.needs and drill.id in one.drills}
        assert need not in needs_words(pack, one, "de")


@pytest.mark.parametrize("name", PHASES)
def test_a_phase_has_ten_to_twelve_cues_of_every_kind_that_look_outwards(name: str) -> None:
    pack = pack_of(name)
    assert 10 <= len(pack.cues) <= 12
    assert {cue.kind for cue in pack.cues} == set(cues.CueKind)
    assert all(cue.focus is not cues.Focus.INTERNAL for cue in pack.cues)
    outwards = [cue for cue in pack.cues if cue.focus is cues.Focus.EXTERNAL]
    assert len(outwards) >= 0.75 * len(pack.cues)
    assert any(cue.praise for cue in pack.cues) or pack.phase == 3, "the third phase is too uneven for praise by cadence"


@pytest.mark.parametrize("name", PHASES)
def test_a_phase_begins_in_silence_speaks_little_fades_and_probes(name: str) -> None:
    pack = pack_of(name)
    limits = pack.limits
    assert limits.quiet_start_ns >= 10 * NS_PER_MIN
    assert limits.quiet_end_ns >= 3 * NS_PER_MIN
    assert limits.per_minute == 1
    assert limits.per_run <= 20
    assert limits.withhold == 0.25
    assert list(pack.fade.metronome) == sorted(pack.fade.metronome, reverse=True) != []
    assert list(pack.fade.every) == sorted(pack.fade.every) != []
    probes = [segment for segment in pack.segments() if segment.name == "probe"]
    assert probes
    assert all(probe.coach is cues.Coach.SILENT and probe.metronome.mode is cues.Mode.NONE for probe in probes)


@pytest.mark.parametrize(("phase", "name"), list(enumerate(PHASES, 1)))
def test_a_phase_has_its_number_its_share_and_its_gate(phase: int, name: str) -> None:
    pack = pack_of(name)
    assert pack.phase == phase
    changes = {1: 0.0, 2: 0.03, 3: 0.04, 4: 0.05, 5: 0.05, 6: 0.05}
    assert pack.target.change == changes[phase]
    assert pack.target.basis is not cues.Basis.FIXED
    assert pack.advance.pain_at_most == 2
    assert pack.advance.retention == 0.6
    assert pack.advance.weeks_min is not None


@pytest.mark.parametrize("name", PHASES)
def test_a_runner_may_ask_for_a_cue_in_every_phase(name: str) -> None:
    assert any(isinstance(rule.when, cues.Asked) for rule in pack_of(name).rules)


def test_no_cue_speaks_of_a_beat_that_may_be_silent() -> None:
    """Where the beat fades away altogether, no words may tell of it."""
    for name in PHASES:
        pack = pack_of(name)
        if pack.fade.metronome[-1] == 0:
            assert [cue.id for cue in pack.cues if "beat" in (cue.say or "").lower()] == [], name


@pytest.mark.parametrize("name", ["plain", "block-test"])
def test_what_only_measures_has_no_beat_and_corrects_nothing(name: str) -> None:
    pack = pack_of(name)
    assert all(segment.metronome.mode is cues.Mode.NONE for segment in pack.segments())
    assert all(isinstance(rule.when, cues.SegmentStart | cues.SegmentEnd) for rule in pack.rules)
