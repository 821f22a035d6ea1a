"""Dates in words and in figures, without a clock or a calendar of the machine's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.dates import (
    civil,
    date_words,
    monday,
    week_words,
    weekday,
    weekday_called,
    weekday_name,
    weekday_words,
    written,
    written_short,
)
from tests.support.driving import examples

EPOCH = date(1970, 1, 1)


def day_of(year: int, month: int, number: int) -> int:
    return (date(year, month, number) - EPOCH).days


@examples(300)
@given(st.dates())
def test_the_calendar_is_everybodys(found: date) -> None:
    day = (found - EPOCH).days
    assert civil(day) == (found.year, found.month, found.day)
    assert weekday(day) == found.weekday()
    assert EPOCH + timedelta(monday(day)) == found - timedelta(found.weekday())


@given(st.integers(), st.sampled_from(("en", "de", "fr", "")))
def test_any_day_at_all_has_words(day: int, language: str) -> None:
    assert date_words(day, language).startswith(weekday_words(day, language))
    assert written(day).startswith(weekday_words(day, "en"))


@pytest.mark.parametrize(
    ("day", "english", "german"),
    [
        (day_of(2026, 12, 5), "Saturday, the fifth of December", "Samstag, dem fünften Dezember"),
        (day_of(2026, 12, 1), "Tuesday, the first of December", "Dienstag, dem ersten Dezember"),
        (day_of(2027, 1, 2), "Saturday, the second of January", "Samstag, dem zweiten Januar"),
        (day_of(2027, 3, 3), "Wednesday, the third of March", "Mittwoch, dem dritten März"),
        (day_of(2027, 3, 7), "Sunday, the seventh of March", "Sonntag, dem siebten März"),
        (day_of(2027, 3, 8), "Monday, the eighth of March", "Montag, dem achten März"),
        (day_of(2028, 2, 29), "Tuesday, the twenty-ninth of February", "Dienstag, dem neunundzwanzigsten Februar"),
        (day_of(2026, 5, 12), "Tuesday, the twelfth of May", "Dienstag, dem zwölften Mai"),
        (day_of(2026, 5, 20), "Wednesday, the twentieth of May", "Mittwoch, dem zwanzigsten Mai"),
        (day_of(2026, 5, 30), "Saturday, the thirtieth of May", "Samstag, dem dreißigsten Mai"),
    ],
)
def test_a_date_is_said_as_people_say_it(day: int, english: str, german: str) -> None:
    assert (date_words(day, "en"), date_words(day, "de-AT")) == (english, german)


def test_a_date_is_written_in_english_with_its_year() -> None:
    assert written(day_of(2026, 12, 5)) == "Saturday 5 December 2026"
    assert written_short(day_of(2026, 11, 28)) == "28 November"


def test_weeks_are_counted_from_this_one() -> None:
    assert [week_words(ahead, "en") for ahead in (0, 1, 2, 12)] == ["this week", "next week", "in two weeks", "in twelve weeks"]
    assert [week_words(ahead, "de") for ahead in (0, 1, 3)] == ["diese Woche", "nächste Woche", "in drei Wochen"]


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("mon", 0), ("Monday", 0), ("mo", 0), ("dienstag", 1), ("mi", 2), ("DO", 3), ("fr", 4), ("sa", 5), ("so", 6),
        ("sun", 6), ("s", None), ("d", None), ("", None), ("monday ", None), ("claf", None),
    ],
)  # fmt: skip
def test_a_day_of_the_week_is_known_by_the_beginning_of_its_name(word: str, number: int | None) -> None:
    assert weekday_called(word) == number
    assert number is None or weekday_called(weekday_name(number)) == number
