"""Core values to lines and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.cues import (
    Cue,
    CuePack,
    EndCues,
    ForTime,
    Metronome,
    OffBand,
    Priority,
    Remainder,
    Repeat,
    Rule,
    SayCue,
    Segment,
    Side,
)
from cued.core.effects import Effect, PlayClick, SegmentBegan, Suppressed
from cued.core.events import Announce, CadenceSample, Event, HeartRate, LinkState, Pain, SensorLink
from cued.core.start import Start
from cued.errors import FormatError
from cued.formats.event_codec import decode_as, decode_effect, decode_event, encode, kind_of
from tests.support.strategies import packs


@dataclass(frozen=True)
class Part:
    """A type with an opinion about its values."""

    share: int

    def __post_init__(self) -> None:
        if self.share < 0:
            raise ValueError("a share cannot be negative")


EVENTS: tuple[type, ...] = get_args(Event)
EFFECTS: tuple[type, ...] = get_args(Effect)

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(CuePack, packs())
events = st.one_of([st.builds(cls) for cls in EVENTS])
effects = st.one_of([st.builds(cls) for cls in EFFECTS])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(events)
def test_every_event_comes_back_as_it_went(event: Event) -> None:
    line = encode(event)
    assert "\n" not in line
    assert decode_event(line) == event


@given(effects)
def test_every_effect_comes_back_as_it_went(effect: Effect) -> None:
    line = encode(effect)
    assert "\n" not in line
    assert decode_effect(line) == effect


def test_no_two_kinds_share_a_name() -> None:
    kinds = [kind_of(cls) for cls in EVENTS + EFFECTS]
    assert len(kinds) == len(set(kinds))


def test_a_line_reads_as_documented() -> None:
    assert encode(HeartRate(5_000_000_000, 142)) == '{"v":1,"kind":"heart_rate","at_ns":5000000000,"bpm":142}'
    assert encode(SensorLink(0, LinkState.FOUND)) == '{"v":1,"kind":"sensor_link","at_ns":0,"state":"found"}'
    suppressed = Suppressed(7, "light", "Light feet.", "rules[0]", Priority.BAND, "min_gap")
    assert json.loads(encode(suppressed))["priority"] == "band"


def test_a_whole_pack_and_a_start_come_back_as_they_went() -> None:
    pack = CuePack(
        name="beat",
        version="1.0.0",
        title="Beat",
        language="en",
        license="CC0-1.0",
        session=(
            Segment(0, "run", ForTime(60_000_000_000), metronome=Metronome(beat_mspm=172_000)),
            Repeat(None, (Segment(1, "rest", Remainder()),)),
        ),
        cues=(Cue("light", "Light feet.", say_in=(("de", "Leichte Füße."),)),),
        rules=(Rule("rules[0]", OffBand(Side.LOW, 5), (SayCue("light"), EndCues())),),
        title_in=(("de", "Takt"), ("fr", "Rythme")),
        summary_in=(("de", "Ein Takt, sonst nichts."),),
    )
    start = Start(pack, seed=7, speech=(("say:Light feet.", 1_015_000_000),))
    assert decode_as(encode(start), Start) == start


def test_a_field_that_came_later_takes_its_default() -> None:
    assert decode_event('{"v":1,"kind":"cadence_sample","at_ns":1,"spm":164}') == CadenceSample(1, 164.0)


def test_a_pack_that_an_older_cued_wrote_has_its_title_in_one_language() -> None:
    pack = CuePack("beat", "1.0.0", "Beat", "en", "CC0-1.0", (Segment(0, "run", Remainder()),), summary="A beat.")
    data = json.loads(encode(pack))
    del data["title_in"], data["summary_in"]
    assert decode_as(json.dumps(data), CuePack) == pack
    assert (pack.title_for("de"), pack.summary_for("de")) == ("Beat", "A beat.")


def test_what_an_older_cued_wrote_of_a_key_or_a_segment_is_still_read() -> None:
    assert decode_event('{"v":1,"kind":"announce","at_ns":1,"text":"Hello."}') == Announce(1, "Hello.", asked=False)
    assert decode_event('{"v":1,"kind":"pain","at_ns":1}') == Pain(1, told=False)
    old = '{"v":1,"kind":"segment_began","at_ns":1,"segment":"run","index":0,"rep":1,"reps":1,"ends_ns":null}'
    assert decode_effect(old) == SegmentBegan(1, "run", 0, 1, 1, None, low=None, high=None)


def test_a_whole_number_is_a_float_where_one_is_due() -> None:
    event = decode_event('{"v":1,"kind":"altitude","at_ns":1,"m":12}')
    assert isinstance(getattr(event, "m", None), float)


REFUSED = {
    "no JSON": ("Hello", "not JSON"),
    "an empty line": ("", "not JSON"),
    "a list": ("[1]", "not a JSON object"),
    "no version": ('{"kind":"stop","at_ns":1}', "version None"),
    "a version to come": ('{"v":2,"kind":"stop","at_ns":1}', "of version 2; this cued reads version 1"),
    "true for 1": ('{"v":true,"kind":"stop","at_ns":1}', "version True"),
    "no kind": ('{"v":1,"at_ns":1}', "unknown kind"),
    "an effect for an event": ('{"v":1,"kind":"run_ended","at_ns":1,"reason":""}', "unknown kind 'run_ended'"),
    "a kind that is a list": ('{"v":1,"kind":["stop"],"at_ns":1}', "unknown kind"),
    "a field too many": ('{"v":1,"kind":"stop","at_ns":1,"why":2}', "stop has no field 'why'"),
    "a field too few": ('{"v":1,"kind":"heart_rate","at_ns":1}', "heart_rate lacks the field 'bpm'"),
    "a name twice": ('{"v":1,"kind":"stop","at_ns":1,"at_ns":2}', "twice"),
    "a float for a whole number": ('{"v":1,"kind":"stop","at_ns":1.5}', "stop.at_ns cannot be '1.5'"),
    "a flag for a number": ('{"v":1,"kind":"stop","at_ns":true}', "stop.at_ns cannot be"),
    "a text for a number": ('{"v":1,"kind":"altitude","at_ns":1,"m":"12"}', "altitude.m cannot be"),
    "null where something is due": ('{"v":1,"kind":"altitude","at_ns":1,"m":null}', "altitude.m cannot be"),
    "NaN": ('{"v":1,"kind":"altitude","at_ns":1,"m":NaN}', "NaN is no JSON number"),
    "a number beyond floats": ('{"v":1,"kind":"altitude","at_ns":1,"m":1' + "0" * 400 + "}", "too large"),
    "a float beyond floats": ('{"v":1,"kind":"altitude","at_ns":1,"m":1e999}', "altitude.m cannot be"),
    "an unknown word of an enum": ('{"v":1,"kind":"sensor_link","at_ns":1,"state":"gone"}', "sensor_link.state cannot be"),
    "an enum in capitals": ('{"v":1,"kind":"sensor_link","at_ns":1,"state":"FOUND"}', "sensor_link.state cannot be"),
    "an object for a number": ('{"v":1,"kind":"cadence_sample","at_ns":1,"spm":{"is":"stop"}}', "unknown kind"),
    "endless nesting": ('{"v":1,"kind":' + "[" * 100_000, "not JSON"),
    "a number of endless digits": ('{"v":1,"kind":"stop","at_ns":' + "1" * 10_000 + "}", "not JSON"),
}


@pytest.mark.parametrize(("line", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_line_that_is_not_exactly_an_event_is_refused(line: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        decode_event(line)


@given(st.sampled_from([encode(HeartRate(5, 142)), encode(CadenceSample(1, 164.5))]), st.text(max_size=8), json_values)
def test_whatever_is_put_into_a_line_nothing_but_format_error_comes_out(line: str, name: str, value: object) -> None:
    fields = json.loads(line)
    place = name or "at_ns"
    for key in (place, *fields):
        try:
            event = decode_event(json.dumps(fields | {key: value}))
        except FormatError:
            continue
        assert decode_event(encode(event)) == event


def test_a_float_that_is_not_finite_cannot_be_written() -> None:
    with pytest.raises(FormatError, match="cadence_sample cannot be written"):
        encode(CadenceSample(1, float("nan")))


def test_only_dataclasses_have_lines() -> None:
    with pytest.raises(TypeError, match="not int"):
        encode(5)


def test_a_type_that_refuses_a_value_refuses_its_line() -> None:
    assert decode_as('{"v":1,"kind":"part","share":3}', Part) == Part(3)
    with pytest.raises(FormatError, match="part cannot be: a share cannot be negative"):
        decode_as('{"v":1,"kind":"part","share":-3}', Part)


def test_a_click_line_stays_short() -> None:
    assert len(encode(PlayClick(1_000_000_000, 5, 172_000, accent=False, sound="wood", volume=0.8, gain_db=0.0))) < 200
