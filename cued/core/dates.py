"""Dates as people say and write them. A day is the number of days since 1970-01-01, and is told from outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cued.core.phrases import number_words

WEEK_DAYS: Final = 7
_THURSDAY: Final = 3
"""1970-01-01 was one; 0 is Monday."""
_YEARS_400: Final = 146_097
"""Days of four hundred years, after which the calendar repeats itself."""
_MARCH_0: Final = 719_468
"""Days from 0000-03-01 to 1970-01-01: years that begin in March have their odd day at their end."""


def weekday(day: int) -> int:
    """0 is Monday."""
    return (day + _THURSDAY) % WEEK_DAYS


def monday(day: int) -> int:
    """The first day of that day's week."""
    return day - weekday(day)


def civil(day: int) -> tuple[int, int, int]:
    """Year, month (1 to 12) and day of the month, by the Gregorian calendar; for any number, which `datetime` is not."""
    era, of_era = divmod(day + _MARCH_0, _YEARS_400)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    from_march = (5 * of_year + 2) // 153
    month = from_march + 3 if from_march < 10 else from_march - 9
    return 400 * era + year + (month <= 2), month, of_year - (153 * from_march + 2) // 5 + 1


def written(day: int) -> str:
    """`Saturday 5 December 2026`, in English, as all that cued writes."""
    year, month, number = civil(day)
    return f"{_ENGLISH.weekdays[weekday(day)]} {number} {_ENGLISH.months[month - 1]} {year}"


def written_short(day: int) -> str:
    """`28 November`."""
    _, month, number = civil(day)
    return f"{number} {_ENGLISH.months[month - 1]}"


def weekday_name(number: int) -> str:
    """`Monday` for 0, in English."""
    return _ENGLISH.weekdays[number]


def weekday_called(word: str) -> int | None:
    """0 is Monday: by its name, or at least two letters of its beginning that no other day has; None: there is none such."""
    word = word.casefold()
    found = {
        number
        for words in _LANGUAGES.values()
        for number, name in enumerate(words.weekdays)
        if len(word) >= 2 and name.casefold().startswith(word)
    }
    return found.pop() if len(found) == 1 else None


# --- aloud ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    """How one language says a date."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    weeks: tuple[str, str, str]
    """This one, the next, and those after it, with their number."""
    ordinal: Callable[[int], str]
    date: str


_EN_ORDINALS: Final = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}


def _en_ordinal(number: int) -> str:
    """`twenty-first`."""
    tens, ones = divmod(number, 10)
    if number > 20 and ones:
        return f"{number_words(10 * tens, 'en')}-{_en_ordinal(ones)}"
    words = number_words(number, "en")
    return _EN_ORDINALS.get(number) or (f"{words[:-1]}ieth" if words.endswith("y") else f"{words}th")


def _de_ordinal(number: int) -> str:
    """`fünften`, after "dem"."""
    odd = {1: "ersten", 3: "dritten", 7: "siebten", 8: "achten"}
    return odd.get(number) or number_words(number, "de") + ("ten" if number < 20 else "sten")


_ENGLISH: Final = _Words(
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    ("this week", "next week", "in {} weeks"),
    _en_ordinal,
    "{weekday}, the {ordinal} of {month}",
)
_LANGUAGES: Final = {
    "en": _ENGLISH,
    "de": _Words(
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        (
            *("Januar", "Februar", "März", "April", "Mai", "Juni"),
            *("Juli", "August", "September", "Oktober", "November", "Dezember"),
        ),
        ("diese Woche", "nächste Woche", "in {} Wochen"),
        _de_ordinal,
        "{weekday}, dem {ordinal} {month}",
    ),
}


def _words_of(language: str) -> _Words:
    """In English where cued does not speak it, as `sentences`."""
    return _LANGUAGES.get(re.split("[-_]", language.lower(), maxsplit=1)[0], _ENGLISH)


def weekday_words(day: int, language: str) -> str:
    """`Saturday`."""
    return _words_of(language).weekdays[weekday(day)]


def week_words(ahead: int, language: str) -> str:
    """`this week`, `next week`, `in two weeks`."""
    weeks = _words_of(language).weeks
    return weeks[min(max(ahead, 0), 2)].format(number_words(ahead, language))


def date_words(day: int, language: str) -> str:
    """`Saturday, the fifth of December`: as it stands after "on", in German after "am"."""
    words = _words_of(language)
    _, month, number = civil(day)
    return words.date.format(weekday=words.weekdays[weekday(day)], ordinal=words.ordinal(number), month=words.months[month - 1])
