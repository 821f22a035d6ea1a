"""Words filled into texts are those that a coach would say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.phrases import (
    PLACEHOLDERS,
    PhraseValues,
    Unknown,
    distance_words,
    fill,
    nominal_duration_ns,
    number_words,
    placeholders,
    segment_words,
    spm_words,
    time_words,
    unknown_placeholders,
)
from cued.units import NS_PER_MS, NS_PER_S

KNOWN = PhraseValues(
    cadence_spm=164,
    target_spm=172,
    segment="warmup",
    next_segment="long_run",
    remaining_ns=180 * NS_PER_S,
    remaining_m=400,
    rep=2,
    reps=4,
)


@pytest.mark.parametrize(
    ("spm", "english", "german"),
    [
        (95, "ninety-five", "fünfundneunzig"),
        (100, "one hundred", "einhundert"),
        (105, "one oh five", "einhundertfünf"),
        (110, "one ten", "einhundertzehn"),
        (160, "one sixty", "einhundertsechzig"),
        (172, "one seventy-two", "einhundertzweiundsiebzig"),
        (180, "one eighty", "einhundertachtzig"),
        (181, "one eighty-one", "einhunderteinundachtzig"),
        (200, "two hundred", "zweihundert"),
        (205, "two oh five", "zweihundertfünf"),
        (230, "two thirty", "zweihundertdreißig"),
    ],
)
def test_a_cadence_is_said_as_runners_say_it(spm: int, english: str, german: str) -> None:
    assert spm_words(spm) == english
    assert spm_words(spm, "de") == german


@pytest.mark.parametrize(
    ("time_s", "english", "german"),
    [
        (0, "no time", "keine Zeit"),
        (1, "one second", "eine Sekunde"),
        (7, "seven seconds", "sieben Sekunden"),
        (29, "thirty seconds", "dreißig Sekunden"),
        (45, "forty-five seconds", "fünfundvierzig Sekunden"),
        (58, "one minute", "eine Minute"),
        (60, "one minute", "eine Minute"),
        (64, "one minute", "eine Minute"),
        (90, "ninety seconds", "neunzig Sekunden"),
        (97, "one and a half minutes", "anderthalb Minuten"),
        (120, "two minutes", "zwei Minuten"),
        (150, "two and a half minutes", "zweieinhalb Minuten"),
        (163, "two and a half minutes", "zweieinhalb Minuten"),
        (180, "three minutes", "drei Minuten"),
        (240, "four minutes", "vier Minuten"),
        (599, "ten minutes", "zehn Minuten"),
        (1275, "twenty-one minutes", "einundzwanzig Minuten"),
        (3600, "one hour", "eine Stunde"),
        (3900, "one hour five minutes", "eine Stunde fünf Minuten"),
        (7260, "two hours one minute", "zwei Stunden eine Minute"),
    ],
)
def test_a_time_is_rounded_to_what_a_coach_calls_out(time_s: int, english: str, german: str) -> None:
    assert time_words(time_s * NS_PER_S) == english
    assert time_words(time_s * NS_PER_S, "de") == german


@pytest.mark.parametrize(
    ("metres", "english", "german"),
    [
        (3, "a few metres", "wenige Meter"),
        (47, "fifty metres", "fünfzig Meter"),
        (100, "one hundred metres", "einhundert Meter"),
        (412, "four hundred metres", "vierhundert Meter"),
        (450, "four hundred and fifty metres", "vierhundertfünfzig Meter"),
        (980, "one kilometre", "ein Kilometer"),
        (1100, "one point one kilometres", "eins Komma eins Kilometer"),
        (1500, "one point five kilometres", "eins Komma fünf Kilometer"),
        (2000, "two kilometres", "zwei Kilometer"),
        (9960, "ten kilometres", "zehn Kilometer"),
        (12_400, "twelve point five kilometres", "zwölf Komma fünf Kilometer"),
        (42_195, "forty-two kilometres", "zweiundvierzig Kilometer"),
    ],
)
def test_a_distance_is_rounded_to_what_a_coach_calls_out(metres: int, english: str, german: str) -> None:
    assert distance_words(metres) == english
    assert distance_words(metres, "de") == german


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [
        (0, "zero", "null"),
        (1, "one", "eins"),
        (12, "twelve", "zwölf"),
        (21, "twenty-one", "einundzwanzig"),
        (101, "one hundred and one", "einhunderteins"),
        (1001, "one thousand and one", "eintausendeins"),
        (2345, "two thousand three hundred and forty-five", "zweitausenddreihundertfünfundvierzig"),
        (12_345, "12345", "12345"),
        (-3, "minus three", "minus drei"),
    ],
)
def test_numbers_are_counted_in_words(number: int, english: str, german: str) -> None:
    assert number_words(number) == english
    assert number_words(number, "de") == german


def test_segment_names_are_spoken_without_underscores() -> None:
    assert segment_words("long_run") == "long run"
    assert segment_words("cooldown") == "cool-down"
    assert segment_words("cooldown", "de") == "Auslaufen"
    assert segment_words("cooldown", "fr") == "cooldown"


def test_every_placeholder_is_filled() -> None:
    text = "Now {cadence} of {target} in {segment}, then {next_segment} in {remaining}, {rep} of {reps}."
    assert fill(text, KNOWN) == (
        "Now one sixty-four of one seventy-two in warm-up, then long run in three minutes, two of four."
    )
    assert fill(text, KNOWN, "de-AT") == (
        "Now einhundertvierundsechzig of einhundertzweiundsiebzig in Einlaufen, then long run in drei Minuten, zwei of vier."
    )


def test_a_word_that_begins_a_sentence_is_capitalised() -> None:
    assert fill("{remaining} to go. {target}, hold {target}.", KNOWN) == (
        "Three minutes to go. One seventy-two, hold one seventy-two."
    )


def test_remaining_is_a_distance_where_no_time_is_known() -> None:
    assert fill("Still {remaining}.", PhraseValues(remaining_m=400)) == "Still four hundred metres."


def test_a_language_without_words_gets_digits_for_its_voice() -> None:
    assert fill("{cadence}, {remaining}", KNOWN, "fr") == "164, 3 min"
    assert fill("{remaining}", PhraseValues(remaining_m=1500), "fr") == "1.5 km"


def test_an_unknown_value_is_named_and_nothing_is_filled() -> None:
    unknown = fill("At {cadence}, then {next_segment}. {cadence}!", PhraseValues(target_spm=172))
    assert unknown == Unknown(("cadence", "next_segment"))
    assert unknown.reason == "cadence and next segment unknown"


def test_a_text_without_placeholders_comes_back_as_it_is() -> None:
    text = "Light {feet}, one minute {."
    assert fill(text, PhraseValues()) == text
    assert not placeholders(text)
    assert unknown_placeholders(text) == ("feet",)


def test_placeholders_are_listed_once_and_in_order() -> None:
    text = "{reps} {rep} {reps} {cadance}"
    assert placeholders(text) == ("reps", "rep")
    assert unknown_placeholders(text) == ("cadance",)
    assert placeholders(text)


def test_the_nominal_voice_takes_a_fixed_time_per_character() -> None:
    assert nominal_duration_ns("") == 300 * NS_PER_MS
    assert nominal_duration_ns("Feel the rebound.") == (300 + 17 * 65) * NS_PER_MS


@given(
    st.lists(st.sampled_from([*(f"{{{name}}}" for name in PLACEHOLDERS), " ", "Go.", "{x}"]), max_size=8),
    st.sampled_from(["en", "de", "fr", ""]),
    st.integers(0, 400),
    st.integers(0, 90_000),
)
def test_a_filled_text_holds_no_placeholder_and_in_words_no_digit(
    parts: list[str], language: str, spm: int, time_s: int
) -> None:
    values = PhraseValues(spm, spm, "run", "walk", time_s * NS_PER_S, None, 1, 9)
    filled = fill("".join(parts), values, language)
    assert isinstance(filled, str)
    assert placeholders(filled) == ()
    if language in ("en", "de"):
        assert re.search(r"\d", filled) is None


@given(st.integers(0, 30_000), st.integers(0, 30_000))
def test_a_longer_distance_is_never_said_as_a_shorter_one(first_m: int, second_m: int) -> None:
    near, far = sorted((first_m, second_m))
    assert _metres(distance_words(near, "x")) <= _metres(distance_words(far, "x"))


def _metres(text: str) -> float:
    number, unit = text.split()
    return float(number) * (1000 if unit == "km" else 1)
