"""What is known of the placeholders of cued's own sentences, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cued.core.dates import date_words, week_words, weekday_words
from cued.core.phrases import distance_words, number_words, segment_words, spm_words, time_words


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of a sentence's placeholders; None: not known, and its part of the sentence is left out."""

    pod: str | None = None
    """The pod's name."""
    battery_percent: int | None = None
    title: str | None = None
    """A pack's title."""
    segment: str | None = None
    """A segment's bare name."""
    left_ns: int | None = None
    """To the segment's end; wins over `left_m`."""
    left_m: int | None = None
    ground: str | None = None
    """What is underfoot."""
    place: str | None = None
    """Of the body."""
    time_ns: int | None = None
    mean_spm: int | None = None
    in_band_percent: int | None = None
    """Share of the judged time within the band."""
    cues: int | None = None
    """How many were heard."""
    number: int | None = None
    day: int | None = None
    """Since 1970-01-01."""
    weeks: int | None = None
    """0 is this one."""


NOTHING: Final = Values()

SURFACES: Final = ("road", "trail", "grass", "gravel", "track", "treadmill")
"""What a runner is offered as ground; packs may name any other."""

_GROUNDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {},
    "de": {"road": "Straße", "trail": "Waldweg", "grass": "Gras", "gravel": "Kies", "track": "Bahn", "treadmill": "Laufband"},
}
PLACES: Final = ("calf", "achilles", "shin", "foot", "knee", "hip")
"""Where it may hurt (`cues.Tissue`)."""
RACE_WEEKS: Final = 12
"""So many weeks ahead of this one a race is offered. Nothing changes before its last week, so a later one can be told later."""
_PLACES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"achilles": "Achilles tendon"},
    "de": {"calf": "Wade", "achilles": "Achillessehne", "shin": "Schienbein", "foot": "Fuß", "knee": "Knie", "hip": "Hüfte"},
}
_CUES: Final[Mapping[str, tuple[str, str, str]]] = {
    "en": ("no cues", "one cue", "cues"),
    "de": ("keine Hinweise", "ein Hinweis", "Hinweise"),
}
"""None, one, and the word after a number."""
_LEFT: Final[Mapping[str, str]] = {"en": "{} left", "de": "noch {}"}


def filled(values: Values, language: str) -> dict[str, str]:
    """The words of every value that is known, by its placeholder."""
    segment = segment_words(values.segment, language) if values.segment else None
    found: dict[str, str | None] = {
        "pod": _name(values.pod),
        "title": _name(values.title),
        "segment": segment,
        "ground": None if not values.ground else _GROUNDS[language].get(values.ground, values.ground.replace("_", " ")),
        "place": None if not values.place else _PLACES[language].get(values.place, values.place),
        "battery": _number(values.battery_percent, language),
        "share": _number(values.in_band_percent, language),
        "number": _number(values.number, language),
        "cues": None if values.cues is None else _cues(values.cues, language),
        "cadence": None if values.mean_spm is None else spm_words(values.mean_spm, language),
        "time": None if values.time_ns is None else time_words(values.time_ns, language),
        "week": None if values.weeks is None else week_words(values.weeks, language),
        "weekday": None if values.day is None else weekday_words(values.day, language),
        "date": None if values.day is None else date_words(values.day, language),
        "where": ", ".join(part for part in (segment, _left(values, language)) if part),
    }
    return {name: word for name, word in found.items() if word}


def _name(text: str | None) -> str | None:
    """A name out of a file or of the air, as part of a sentence of cued's own."""
    return None if text is None else text.strip().rstrip(".")


def _left(values: Values, language: str) -> str | None:
    if values.left_ns is not None:
        return _LEFT[language].format(time_words(values.left_ns, language))
    return None if values.left_m is None else _LEFT[language].format(distance_words(values.left_m, language))


def _number(value: int | None, language: str) -> str | None:
    return None if value is None else number_words(value, language)


def _cues(number: int, language: str) -> str:
    none, one, many = _CUES[language]
    return none if number == 0 else one if number == 1 else f"{number_words(number, language)} {many}"
