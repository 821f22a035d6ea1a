"""Words filled into a cue's text, as a voice reads them well: "one seventy-two", "three minutes", "warm-up".

Rounding follows what a coach calls out, not what a watch shows: nobody says "two minutes and forty-three seconds".
English and German have words; any other language gets digits and unit signs, which its voice reads in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cued.units import NS_PER_MS, NS_PER_S, Ns

PLACEHOLDERS: Final = ("cadence", "target", "segment", "next_segment", "remaining", "rep", "reps")
"""The names that a cue's text may hold in braces."""

_BRACED: Final = re.compile(r"\{([A-Za-z_]+)\}")
_PLACES: Final = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?]\s+)$")

NOMINAL_BASE_NS: Final = 300 * NS_PER_MS
NOMINAL_PER_CHARACTER_NS: Final = 65 * NS_PER_MS
"""The voice `nominal`: near what espeak-ng takes at 165 words per minute, and the same on every machine."""


@dataclass(frozen=True, slots=True)
class PhraseValues:
    """What is known at the moment a text is filled; None = not known."""

    cadence_spm: int | None = None
    """Smoothed cadence, steps per minute."""
    target_spm: int | None = None
    """Target cadence, steps per minute."""
    segment: str | None = None
    """The bare name of the present segment."""
    next_segment: str | None = None
    """The bare name of the segment that follows; None in the last one."""
    remaining_ns: int | None = None
    """Time to the segment's end; wins over `remaining_m`."""
    remaining_m: int | None = None
    """Distance to the segment's end, metres."""
    rep: int | None = None
    """Which repetition, from 1."""
    reps: int | None = None
    """How many repetitions."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text that cannot be filled now, because nobody knows what it asks for."""

    names: tuple[str, ...]
    """The placeholders without a value, in the text's order."""

    @property
    def reason(self) -> str:
        """For the journal: "cadence unknown", "cadence and next segment unknown"."""
        return " and ".join(name.replace("_", " ") for name in self.names) + " unknown"


def placeholders(text: str) -> tuple[str, ...]:
    """The known placeholders of `text`, each once, in order."""
    return tuple(name for name in _braced_names(text) if name in PLACEHOLDERS)


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Words in braces that no value can fill ("cadance"), each once, in order: a pack's mistake."""
    return tuple(name for name in _braced_names(text) if name not in PLACEHOLDERS)


def nominal_duration_ns(text: str) -> Ns:
    """How long the voice `nominal` takes over `text`."""
    return Ns(NOMINAL_BASE_NS + len(text) * NOMINAL_PER_CHARACTER_NS)


def fill(text: str, values: PhraseValues, language: str = "en") -> str | Unknown:
    """`text` with every placeholder in words of `language` ("de-AT" counts as "de"), or what is not known.

    A filled word that begins a sentence is capitalised, as it is also shown. Other words in braces stay as they are.
    """
    spoken = {name: _spoken(name, values, language) for name in placeholders(text)}
    missing = tuple(name for name, word in spoken.items() if word is None)
    if missing:
        return Unknown(missing)

    def put(match: re.Match[str]) -> str:
        word = spoken.get(match.group(1))
        if word is None:
            return match.group(0)
        begins = _SENTENCE_START.search(text[: match.start()])
        return word[:1].upper() + word[1:] if begins else word

    return _BRACED.sub(put, text)


def number_words(value: int, language: str = "en") -> str:
    """A whole number as counted: "four", "one hundred and five"; from 10,000 on in digits."""
    return _words_of(language).number(value)


def ordinal(number: int) -> str:
    """A place in a row, in English: "second"; from thirteen on "13th"."""
    if 1 <= number <= len(_PLACES):
        return _PLACES[number - 1]
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def spm_words(value_spm: int, language: str = "en") -> str:
    """A cadence as runners say it: "one seventy-two", "two oh five", "ninety-five"."""
    return _words_of(language).spm(value_spm)


def time_words(value_ns: int, language: str = "en") -> str:
    """A length of time as a coach calls it out: "thirty seconds", "four minutes", "one hour five minutes".

    Rounded: to 1 s up to 10 s, to 5 s under a minute, to 10 s under 95 s, to half minutes under ten minutes, then to minutes.
    """
    words = _words_of(language)
    time_s = _rounded(max(value_ns, 0), NS_PER_S)
    if time_s == 0:
        return words.no_time
    if time_s > 10:
        time_s = 5 * _rounded(time_s, 5) if time_s < 60 else time_s
    if time_s < 60:
        return words.counted(time_s, "second")
    if time_s < 95:
        tens_s = 10 * _rounded(time_s, 10)
        return words.counted(1, "minute") if tens_s == 60 else words.counted(tens_s, "second")
    halves = _rounded(time_s, 30)
    if halves < 20:
        minutes, half = divmod(halves, 2)
        return words.and_a_half(minutes) if half else words.counted(minutes, "minute")
    hours, minutes = divmod(_rounded(time_s, 60), 60)
    parts = (words.counted(n, unit) for n, unit in ((hours, "hour"), (minutes, "minute")) if n)
    return " ".join(parts)


def distance_words(value_m: int, language: str = "en") -> str:
    """A distance as a coach calls it out: "four hundred metres", "one point five kilometres".

    Rounded: to 10 m under 100 m, to 50 m under 1 km, to 100 m under 10 km, then to 500 m.
    """
    words = _words_of(language)
    if value_m < 5:
        return words.no_distance
    rounded_m = 10 * _rounded(value_m, 10) if value_m < 95 else 50 * _rounded(value_m, 50)
    if rounded_m < 1000:
        return words.counted(rounded_m, "metre")
    rounded_m = 100 * _rounded(value_m, 100) if value_m < 9950 else 500 * _rounded(value_m, 500)
    whole, rest_m = divmod(rounded_m, 1000)
    return words.counted(whole, "kilometre") if rest_m == 0 else words.decimal_km(whole, rest_m // 100)


def segment_words(name: str, language: str = "en") -> str:
    """A segment's name as spoken: "warmup" → "warm-up", "long_run" → "long run"."""
    return _words_of(language).segments.get(name, name.replace("_", " "))


@dataclass(frozen=True, slots=True)
class _Words:
    """One language's words and ways of counting."""

    number: Callable[[int], str]
    spm: Callable[[int], str]
    counted: Callable[[int, str], str]
    """A number with its unit: `second`, `minute`, `hour`, `metre` or `kilometre`."""
    and_a_half: Callable[[int], str]
    """n and a half minutes."""
    decimal_km: Callable[[int, int], str]
    """Whole kilometres and tenths."""
    no_time: str
    no_distance: str
    segments: Mapping[str, str]
    """The well-known segments whose names are not words of the language as they stand."""


def _braced_names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_BRACED.findall(text)))


def _rounded(value: int, step: int) -> int:
    """`value / step`, rounded half up in whole numbers."""
    return (2 * value + step) // (2 * step)


def _spoken(name: str, values: PhraseValues, language: str) -> str | None:
    """The words for one of PLACEHOLDERS, None if its value is not known."""
    if name == "remaining":
        if values.remaining_ns is not None:
            return time_words(values.remaining_ns, language)
        return None if values.remaining_m is None else distance_words(values.remaining_m, language)
    if name in ("segment", "next_segment"):
        bare = values.segment if name == "segment" else values.next_segment
        return None if bare is None else segment_words(bare, language)
    number, say = {
        "cadence": (values.cadence_spm, spm_words),
        "target": (values.target_spm, spm_words),
        "rep": (values.rep, number_words),
        "reps": (values.reps, number_words),
    }[name]
    return None if number is None else say(number, language)


# --- English -------------------------------------------------------------------------------------------------

_EN_SMALL: Final = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_EN_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def _en_number(value: int) -> str:
    if value < 0:
        return "minus " + _en_number(-value)
    if value < 20:
        return _EN_SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _EN_TENS[tens] + (f"-{_EN_SMALL[ones]}" if ones else "")
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_EN_SMALL[hundreds]} hundred" + (f" and {_en_number(rest)}" if rest else "")
    if value < 10_000:
        thousands, rest = divmod(value, 1000)
        joint = " " if rest >= 100 else " and "
        return f"{_EN_SMALL[thousands]} thousand" + (joint + _en_number(rest) if rest else "")
    return str(value)


def _en_spm(value: int) -> str:
    if not 100 <= value < 1000:
        return _en_number(value)
    hundreds, rest = divmod(value, 100)
    if rest == 0:
        return f"{_EN_SMALL[hundreds]} hundred"
    return f"{_EN_SMALL[hundreds]} {'oh ' if rest < 10 else ''}{_en_number(rest)}"


def _en_counted(value: int, unit: str) -> str:
    return f"{_en_number(value)} {unit}" + ("" if value == 1 else "s")


_ENGLISH: Final = _Words(
    number=_en_number,
    spm=_en_spm,
    counted=_en_counted,
    and_a_half=lambda minutes: f"{_en_number(minutes)} and a half minutes",
    decimal_km=lambda whole, tenths: f"{_en_number(whole)} point {_en_number(tenths)} kilometres",
    no_time="no time",
    no_distance="a few metres",
    segments={"warmup": "warm-up", "cooldown": "cool-down"},
)


# --- German --------------------------------------------------------------------------------------------------

_DE_SMALL: Final = (
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
)
_DE_TENS: Final = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_DE_UNITS: Final = {
    "second": ("eine Sekunde", "Sekunden"),
    "minute": ("eine Minute", "Minuten"),
    "hour": ("eine Stunde", "Stunden"),
    "metre": ("ein Meter", "Meter"),
    "kilometre": ("ein Kilometer", "Kilometer"),
}


def _de_stem(value: int) -> str:
    """A digit inside a longer word: "ein" in "einhundert", "einundzwanzig"."""
    return "ein" if value == 1 else _DE_SMALL[value]


def _de_number(value: int) -> str:
    if value < 0:
        return "minus " + _de_number(-value)
    if value < 20:
        return _DE_SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return (f"{_de_stem(ones)}und" if ones else "") + _DE_TENS[tens]
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_de_stem(hundreds)}hundert" + (_de_number(rest) if rest else "")
    if value < 10_000:
        thousands, rest = divmod(value, 1000)
        return f"{_de_stem(thousands)}tausend" + (_de_number(rest) if rest else "")
    return str(value)


def _de_counted(value: int, unit: str) -> str:
    one, many = _DE_UNITS[unit]
    return one if value == 1 else f"{_de_number(value)} {many}"


_GERMAN: Final = _Words(
    number=_de_number,
    spm=_de_number,
    counted=_de_counted,
    and_a_half=lambda minutes: "anderthalb Minuten" if minutes == 1 else f"{_de_number(minutes)}einhalb Minuten",
    decimal_km=lambda whole, tenths: f"{_de_number(whole)} Komma {_de_number(tenths)} Kilometer",
    no_time="keine Zeit",
    no_distance="wenige Meter",
    segments={
        "warmup": "Einlaufen",
        "cooldown": "Auslaufen",
        "steady": "Dauerlauf",
        "tempo": "Tempolauf",
        "strides": "Steigerungen",
        "hills": "Hügel",
        "drills": "Übungen",
        "balance": "Gleichgewicht",
        "calves": "Waden",
        "hops": "Sprünge",
        "skips": "Hüpfer",
        "springs": "Federn",
    },
)


# --- any other: digits and signs -------------------------------------------------------------------------------

_SIGNS: Final = {"second": "s", "minute": "min", "hour": "h", "metre": "m", "kilometre": "km"}
_DIGITS: Final = _Words(
    number=str,
    spm=str,
    counted=lambda value, unit: f"{value} {_SIGNS[unit]}",
    and_a_half=lambda minutes: f"{minutes} min 30 s",
    decimal_km=lambda whole, tenths: f"{whole}.{tenths} km",
    no_time="0 s",
    no_distance="0 m",
    segments={},
)

_LANGUAGES: Final = {"en": _ENGLISH, "de": _GERMAN}


def _words_of(language: str) -> _Words:
    """The words for a language tag, by its primary part (RFC 5646)."""
    return _LANGUAGES.get(re.split("[-_]", language.lower(), maxsplit=1)[0], _DIGITS)
