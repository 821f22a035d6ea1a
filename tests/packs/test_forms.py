"""The other forms of a pack: whole with its defaults, as a JSON Schema, read aloud, drawn."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core import cues
from cued.core.room import own_length_ns
from cued.errors import PackError
from cued.packs import aloud, drawing, full
from cued.packs.catalog import catalogue, open_pack
from cued.packs.hints import HINTS, NEEDED, NONE
from cued.packs.jsonschema import json_schema
from cued.packs.load import parse_pack
from cued.packs.schema import Pack
from cued.packs.schema_when import TRIGGERS
from cued.units import NS_PER_MIN
from cued.yamlread import parse
from cued.yamlread.misfits import known_words
from tests.packs.samples import HEAD, RUN, SMALLEST, WHOLE
from tests.packs.shipped import SHIPPED

ALL = [*SHIPPED, "whole", "smallest"]


def text_of(name: str) -> str:
    return {"whole": WHOLE, "smallest": SMALLEST}.get(name) or open_pack(name).text


def pack_of(name: str) -> cues.CuePack:
    return parse_pack(text_of(name).encode(), name).pack


def test_the_shipped_packs_are_those_of_the_catalogue_and_have_no_warning() -> None:
    assert tuple(found.name for found in catalogue() if not found.own) == tuple(sorted(SHIPPED))
    assert all(open_pack(name).warnings == () for name in SHIPPED)


@pytest.mark.parametrize("name", ALL)
def test_the_full_form_loads_to_the_same_pack(name: str) -> None:
    pack = pack_of(name)
    written = full.to_yaml(full.as_data(pack))
    assert parse_pack(written.encode(), "full.yaml").pack == pack


def test_the_full_form_holds_every_default() -> None:
    data = full.as_data(pack_of("smallest"))
    assert set(data["limits"]) == set(HINTS["Limits"])
    assert {"mode", "tick", "sound", "volume", "duck", "hint"} == set(data["metronome"])
    assert data["session"][0]["target"] == {"basis": "baseline", "change": "+0%"}
    assert data["fade"] == {"metronome": ["100%"], "every": [1]}


@given(text=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30).map(lambda word: f"a {word}"))
def test_any_text_comes_back_from_the_full_form(text: str) -> None:
    data = full.as_data(pack_of("smallest")) | {"title": text, "authors": [text]}
    pack = parse_pack(full.to_yaml(data).encode(), "full.yaml").pack
    assert (pack.title, pack.authors) == (text, (text,))


# --- the JSON Schema -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


@pytest.mark.parametrize("name", ALL)
def test_a_good_pack_is_valid_by_the_json_schema(name: str, validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(parse(text_of(name).encode()).value)] == []
    assert [error.message for error in validator.iter_errors(full.as_data(pack_of(name)))] == []


@pytest.mark.parametrize(
    "line",
    [
        "limits: {min_gap: 30}",
        "limits: {min_gap: 30 spm}",
        "limts: {}",
        "cues: {a: {sya: hi}}",
        "cues: {'a b': {say: hi}}",
        "cues: {a: {say: hi, kind: null}}",
        "cues: {a: {say: ''}}",
        "rules: [{when: {every: 90 s, at: 5 min}, next_segment: true}]",
        "rules: [{when: {evry: 90 s}, next_segment: true}]",
        "rules: [{next_segment: true}]",
        "metronome: {mode: metronom}",
        "metronome: {tick: 0}",
        "target: {basis: fixed, spm: 240}",
        "phase: 7",
        "name: My pack",
        "language: English",
        "session: []",
        "session: [{segment: a, for: 5}]",
        "session: [{repeat: 101, segments: [{segment: a, for: 5 s}]}]",
    ],
)
def test_a_bad_pack_is_bad_by_the_json_schema_and_by_the_loader(line: str, validator: Any) -> None:
    key = line.partition(":")[0]
    text = "".join(f"{old}\n" for old in SMALLEST.splitlines() if not old.startswith(f"{key}:")) + f"{line}\n"
    assert list(validator.iter_errors(parse(text.encode()).value))
    with pytest.raises(PackError):
        parse_pack(text.encode(), "pack.yaml")


def test_the_json_schema_is_draft_7_as_editors_want_it_and_explains_every_key() -> None:
    schema = json_schema()
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    text = str(schema)
    for word in ("$defs", "prefixItems", "'null'", "discriminator"):
        assert word not in text
    for name, model in [("Pack", schema), *schema["definitions"].items()]:
        lacking = [key for key, shape in model["properties"].items() if "description" not in shape]
        assert lacking == [], name


# --- hints and defaults --------------------------------------------------------------------------------------------


def test_every_key_of_the_format_has_a_hint_and_every_hint_a_key() -> None:
    definitions = {"Pack": json_schema(), **json_schema()["definitions"]}
    whens = {key for name, model in definitions.items() if name.endswith("When") for key in model["properties"]}
    assert set(HINTS["When"]) == whens
    assert set(TRIGGERS) <= whens
    named = {name: set(model["properties"]) for name, model in definitions.items() if not name.endswith("When")}
    assert {name: set(hints) for name, hints in HINTS.items() if name != "When"} == named


def test_what_the_hints_call_needed_is_needed() -> None:
    for name, model in {"Pack": json_schema(), **json_schema()["definitions"]}.items():
        if not name.endswith("When"):
            needed = {key for key, hint in HINTS[name].items() if hint.default == NEEDED}
            assert needed == set(model.get("required", ())), name


@pytest.mark.parametrize(
    ("name", "where"),
    [("Target", "target"), ("Band", "band"), ("Limits", "limits"), ("Metronome", "metronome"), ("Fade", "fade")],
)
def test_the_defaults_in_the_hints_are_those_a_pack_gets(name: str, where: str) -> None:
    data = full.as_data(pack_of("smallest"))[where]
    for key, value in data.items():
        shown = str(value).lower() if isinstance(value, bool) else str(value).replace("'", "")
        assert HINTS[name][key].default == shown, key
    assert all(HINTS[name][key].default in {NONE, "the target", "60 s"} for key in set(HINTS[name]) - set(data))


def test_did_you_mean_knows_the_words_of_every_map() -> None:
    assert known_words(("session", 0, "?segment", "metronome"), Pack) == list(HINTS["Metronome"])
    assert known_words(("rules", 0, "when", "?every"), Pack) == ["every", "jitter"]
    assert known_words(("cues", "light", "expect"), Pack) == ["cadence"]


# --- aloud and drawn -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_read_aloud_a_pack_names_each_segment_and_each_cue_that_is_used(name: str) -> None:
    pack = pack_of(name)
    text = "\n".join(aloud.lines_of(pack))
    assert all(segment.name in text for segment in pack.segments())
    spoken = {action.cue for rule in pack.rules for action in rule.then if isinstance(action, cues.SayCue)}
    assert all(f"“{pack.cue(cue).say}”" in text for cue in spoken)


def test_the_rules_read_as_a_coach_says_them() -> None:
    pack = pack_of("whole")
    lines = [aloud.rule_line(pack, rule) for rule in pack.rules]
    assert lines[0] == "At the start of feeder: “Light feet, one minute.”"
    often = "at most 9 times in a run; at most twice a segment; not again within 2 min."
    assert f"After 20 s below the band: “Light feet, one minute.”; {often}" in lines
    assert len(set(lines)) == len(lines)


def test_the_drawing_shows_the_segments_of_the_run_at_their_places() -> None:
    names, beat, words, ruler = drawing.draw(pack_of("integration"), 44 * NS_PER_MIN, 98)[:4]
    assert [names.count(f"│{word}") for word in ("warmup", "fe", "steady", "cooldown")] == [1, 3, 3, 1]
    assert names.index("│fe") == beat.index("▄") == words.index("●") == 10 + 88 * 10 // 40
    assert ruler.split() == ["minutes", "0", "5", "10", "15", "20", "25", "30", "35"]
    assert max(map(len, (names, beat, words, ruler))) <= 98


def test_the_drawing_knows_that_the_beat_fades_from_session_to_session() -> None:
    pack = pack_of("integration")
    counts = [drawing.draw(pack, 44 * NS_PER_MIN, 120, number)[1].count("▄") for number in (1, 4, 7)]
    assert counts[0] > counts[1] > counts[2] == 0


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("minutes", [1, 10, 45, 1440])
def test_any_length_can_be_drawn(name: str, minutes: int) -> None:
    assert all(len(line) <= 90 for line in drawing.draw(pack_of(name), minutes * NS_PER_MIN, 90)[:4])


def test_a_session_without_an_elastic_part_has_its_own_length() -> None:
    assert own_length_ns(pack_of("awareness")) == 34 * NS_PER_MIN
    assert own_length_ns(pack_of("integration")) is None
    assert own_length_ns(parse_pack((HEAD + RUN).encode(), "p").pack) == 30 * NS_PER_MIN
