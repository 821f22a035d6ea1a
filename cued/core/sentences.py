"""What cued says of its own accord around a run and in answer to the keys: the sentences by name, their values, and the words.

A decision names a sentence and holds what is known; words are put together here, in the languages that cued speaks itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from cued.core.dates import WEEK_DAYS
from cued.core.values import NOTHING, PLACES, RACE_WEEKS, SURFACES, Values, filled
from cued.core.words import Silence


class Sentence(Enum):
    """Everything that may be said, by what it means."""

    # around a run
    READY = "ready"
    READY_PLAIN = "ready, no cues today"
    NO_POD = "no pod yet"
    POD_ADDED = "pod added"
    REST_TODAY = "rest today"
    NOT_INJURED = "no cues while injured"
    REST_FIRST = "rest first"
    """Before the next run, where nobody knows the date."""
    TODAY = "today is"
    """What the plan has come to, where that is another than was said."""
    TODAY_PLAIN = "today is plain"
    SPARED = "drills left out"
    """For the sake of what is sore."""
    EASED = "a pack without what loads"
    """That was named, while something is sore."""
    BEGUN = "begun"
    UNWARNED = "begun without cues, before the safety notice"
    LEARNING = "learning"
    """The runner's own cadence is not known yet."""
    CONTINUED = "continued"
    PAUSED = "paused"
    RESUMED = "resumed"
    SUMMARY = "summary"
    UNRECORDED = "begun, and kept nowhere"
    UNSAVED = "summary of a run that is kept nowhere"
    LATE = "summary of a run that is not saved yet"
    LATE_FULL = "summary of a run for which there is no room yet"
    PARTLY = "summary of a run whose end is missing"
    SAVED = "saved"
    """All is on the disk, and the power may go."""
    # status: why nothing is heard, or where the run is
    SOUNDING = "sounding"
    QUIET = "quiet"
    RESTING = "resting"
    WAITING = "waiting"
    NO_CADENCE = "no cadence"
    CUES_OVER = "cues over"
    SESSION_OVER = "session over"
    STATUS_PAUSED = "status: paused"
    STATUS_READY = "status: ready"
    STATUS_IDLE = "status: idle"
    STATUS_ENDED = "status: ended"
    # announced, and done three seconds later
    NEXT_IS = "next is"
    NEXT_NOTHING = "next is nothing"
    NEXT_GO_ON = "next is to go on"
    NEXT_START = "next is to start"
    NEXT_END = "next is to end"
    STAYS = "stays"
    NO_NEXT = "no next"
    # the menu, and what was picked
    PAIN = "pain"
    REPEAT = "repeat"
    HELPED = "that helped"
    SURFACE = "surface"
    BACK = "back"
    END = "end"
    PACK = "pack"
    PLAIN_TODAY = "plain today"
    LENGTH = "length"
    INJURED = "injured"
    ILL = "ill"
    AWAY = "away"
    WELL = "well"
    RACE = "race"
    TITLE = "title"
    GROUND = "ground"
    PLACE = "place"
    TIME = "time"
    NO_RACE = "no race"
    WEEK = "week"
    WEEKDAY = "weekday"
    CLOSED = "closed"
    PICKED = "picked"
    RACE_ON = "race on"
    NO_DATE = "no date"
    """What day it is, nobody knows for sure."""
    NOTHING_TO_PICK = "nothing to pick"
    NO_CUE = "no cue yet"
    NOT_SWAPPED = "pack not taken"
    PAIN_OVER = "cueing is over"
    # prompts
    ASK_SORE = "ask: sore"
    SORE = "sore"
    NOT_SORE = "not sore"
    ASK_PLACE = "ask: place"
    ASK_PAIN = "ask: pain"
    ASK_EFFORT = "ask: effort"
    NUMBER = "number"
    THANKS = "thanks"
    SKIPPED = "skipped"


STATUS: Final = {
    Silence.NONE: Sentence.SOUNDING,
    Silence.PAUSED: Sentence.STATUS_PAUSED,
    Silence.OVER: Sentence.SESSION_OVER,
    Silence.WAITING: Sentence.WAITING,
    Silence.RESTING: Sentence.RESTING,
    Silence.CUES_OVER: Sentence.CUES_OVER,
    Silence.HURTS: Sentence.CUES_OVER,
    Silence.QUIET: Sentence.QUIET,
    Silence.NO_CADENCE: Sentence.NO_CADENCE,
}
"""The sentence for each reason of silence in a run."""

_FIGURES_EN: Final = "[ {time}.][ Cadence {cadence}.][ {share} percent in the band.][ {cues}.]"
_FIGURES_DE: Final = "[ {time}.][ Kadenz {cadence}.][ {share} Prozent im Band.][ {cues}.]"

WORDS: Final[Mapping[str, Mapping[Sentence, str]]] = {
    "en": {
        Sentence.READY: "Ready.[ {pod}.][ Battery {battery} percent.][ {title}.]",
        Sentence.READY_PLAIN: "Plain run.[ {pod}.][ Battery {battery} percent.] Recording. No cues today.",
        Sentence.NO_POD: "No pod yet. Move your foot, or press next to start without.",
        Sentence.POD_ADDED: "Pod added[: {pod}].",
        Sentence.REST_TODAY: "The plan has a rest day. If you run, it is plain.",
        Sentence.NOT_INJURED: "No cues while you are injured.",
        Sentence.REST_FIRST: "Rest a day first.",
        Sentence.TODAY: "Today: {title}.",
        Sentence.TODAY_PLAIN: "Today a plain run. No cues.",
        Sentence.SPARED: "Drills that load what is sore are left out.",
        Sentence.EASED: "Something is sore: no beat, no drills.",
        Sentence.BEGUN: "Recording.",
        Sentence.UNWARNED: "Recording, without cues. To change that, press play after the run.",
        Sentence.LEARNING: "Learning your rhythm.",
        Sentence.CONTINUED: "Going on with your run.",
        Sentence.PAUSED: "Paused.",
        Sentence.RESUMED: "Going on.",
        Sentence.SUMMARY: "Run saved." + _FIGURES_EN,
        Sentence.UNRECORDED: "Running, but not recorded.",
        Sentence.UNSAVED: "Run over, and not saved." + _FIGURES_EN,
        Sentence.LATE: "Not saved yet." + _FIGURES_EN,
        Sentence.LATE_FULL: "Not saved yet: the disk is full." + _FIGURES_EN,
        Sentence.PARTLY: "Saved, but not to its end." + _FIGURES_EN,
        Sentence.SAVED: "Saved. Safe to unplug.",
        Sentence.SOUNDING: "Sound is on.[ {where}.]",
        Sentence.QUIET: "Quiet[ {where}].",
        Sentence.RESTING: "The beat rests until you run.[ {where}.]",
        Sentence.WAITING: "Press next to begin[ {segment}].",
        Sentence.NO_CADENCE: "No cadence yet.[ {where}.]",
        Sentence.CUES_OVER: "Cues are over for this run. Recording.",
        Sentence.SESSION_OVER: "The session is done. Recording.",
        Sentence.STATUS_PAUSED: "Paused. Run, or press next to go on.",
        Sentence.STATUS_READY: "Ready. Run, or press next to start.",
        Sentence.STATUS_IDLE: "No pod yet. Press next to start without.",
        Sentence.STATUS_ENDED: "The run has ended.",
        Sentence.NEXT_IS: "Next: {segment}.",
        Sentence.NEXT_NOTHING: "Next: recording only.",
        Sentence.NEXT_GO_ON: "Next: going on.",
        Sentence.NEXT_START: "Next: start.",
        Sentence.NEXT_END: "Ending the run. Press any key to stay.",
        Sentence.STAYS: "Staying.",
        Sentence.NO_NEXT: "Nothing follows.",
        Sentence.PAIN: "Pain.",
        Sentence.REPEAT: "Repeat.",
        Sentence.HELPED: "That helped.",
        Sentence.SURFACE: "Surface.",
        Sentence.BACK: "Back.",
        Sentence.END: "End.",
        Sentence.PACK: "Pack.",
        Sentence.PLAIN_TODAY: "Plain today.",
        Sentence.LENGTH: "Length.",
        Sentence.INJURED: "Injured.",
        Sentence.ILL: "Ill.",
        Sentence.AWAY: "Away.",
        Sentence.WELL: "Well again.",
        Sentence.RACE: "Race.",
        Sentence.TITLE: "{title}.",
        Sentence.GROUND: "{ground}.",
        Sentence.PLACE: "{place}.",
        Sentence.TIME: "{time}.",
        Sentence.NO_RACE: "No race.",
        Sentence.WEEK: "{week}.",
        Sentence.WEEKDAY: "{weekday}.",
        Sentence.CLOSED: "Closed.",
        Sentence.PICKED: "Done.[ {title}.][ {ground}.][ {place}.][ {time}.]",
        Sentence.RACE_ON: "Race on {date}.",
        Sentence.NO_DATE: "Today's date is not known yet, so no race is noted.",
        Sentence.NOTHING_TO_PICK: "Nothing to choose from.",
        Sentence.NO_CUE: "No cue yet.",
        Sentence.NOT_SWAPPED: "That pack is not right. The old one goes on.",
        Sentence.PAIN_OVER: "Cueing is over. Walk if it hurts.",
        Sentence.ASK_SORE: "Anything sore this morning? Play for yes, next for no.",
        Sentence.SORE: "Noted. Take it easy.",
        Sentence.NOT_SORE: "Good.",
        Sentence.ASK_PLACE: "Where? Press at the place.",
        Sentence.ASK_PAIN: "Pain: press at your number.",
        Sentence.ASK_EFFORT: "[Pain {number}. ]Effort: press at your number.",
        Sentence.NUMBER: "{number}.",
        Sentence.THANKS: "[Effort {number}. ]Thank you.",
        Sentence.SKIPPED: "Skipped.",
    },
    "de": {
        Sentence.READY: "Bereit.[ {pod}.][ Batterie {battery} Prozent.][ {title}.]",
        Sentence.READY_PLAIN: "Einfacher Lauf.[ {pod}.][ Batterie {battery} Prozent.] Aufnahme läuft. Heute keine Hinweise.",
        Sentence.NO_POD: "Noch kein Sensor. Beweg den Fuß, oder starte ohne: Taste Weiter.",
        Sentence.POD_ADDED: "Neuer Sensor[: {pod}].",
        Sentence.REST_TODAY: "Der Plan sieht heute Ruhe vor. Wenn du läufst, wird es ein einfacher Lauf.",
        Sentence.NOT_INJURED: "Keine Hinweise, solange du verletzt bist.",
        Sentence.REST_FIRST: "Mach erst einen Tag Pause.",
        Sentence.TODAY: "Heute: {title}.",
        Sentence.TODAY_PLAIN: "Heute ein einfacher Lauf. Keine Hinweise.",
        Sentence.SPARED: "Übungen, die belasten, was wehtut, fallen aus.",
        Sentence.EASED: "Etwas tut weh: kein Takt, keine Übungen.",
        Sentence.BEGUN: "Aufnahme läuft.",
        Sentence.UNWARNED: "Aufnahme läuft, ohne Hinweise. Um das zu ändern, drück nach dem Lauf Play.",
        Sentence.LEARNING: "Ich lerne deinen Rhythmus.",
        Sentence.CONTINUED: "Dein Lauf geht weiter.",
        Sentence.PAUSED: "Pause.",
        Sentence.RESUMED: "Es geht weiter.",
        Sentence.SUMMARY: "Lauf gespeichert." + _FIGURES_DE,
        Sentence.UNRECORDED: "Der Lauf wird nicht aufgenommen.",
        Sentence.UNSAVED: "Lauf zu Ende, nicht gespeichert." + _FIGURES_DE,
        Sentence.LATE: "Noch nicht gespeichert." + _FIGURES_DE,
        Sentence.LATE_FULL: "Noch nicht gespeichert: der Speicher ist voll." + _FIGURES_DE,
        Sentence.PARTLY: "Gespeichert, aber nicht bis zum Ende." + _FIGURES_DE,
        Sentence.SAVED: "Gespeichert. Du kannst ausstecken.",
        Sentence.SOUNDING: "Der Ton ist an.[ {where}.]",
        Sentence.QUIET: "Stille[: {where}].",
        Sentence.RESTING: "Der Takt ruht, bis du läufst.[ {where}.]",
        Sentence.WAITING: "[Für {segment}: ]Taste Weiter.",
        Sentence.NO_CADENCE: "Noch keine Kadenz.[ {where}.]",
        Sentence.CUES_OVER: "Keine Hinweise mehr in diesem Lauf. Aufnahme läuft.",
        Sentence.SESSION_OVER: "Die Einheit ist fertig. Aufnahme läuft.",
        Sentence.STATUS_PAUSED: "Pause. Lauf los, oder drück die Taste Weiter.",
        Sentence.STATUS_READY: "Bereit. Lauf los, oder drück die Taste Weiter.",
        Sentence.STATUS_IDLE: "Noch kein Sensor. Starte ohne: Taste Weiter.",
        Sentence.STATUS_ENDED: "Der Lauf ist zu Ende.",
        Sentence.NEXT_IS: "Weiter: {segment}.",
        Sentence.NEXT_NOTHING: "Weiter: nur Aufnahme.",
        Sentence.NEXT_GO_ON: "Weiter: es geht weiter.",
        Sentence.NEXT_START: "Weiter: Start.",
        Sentence.NEXT_END: "Der Lauf endet. Drück eine Taste, um zu bleiben.",
        Sentence.STAYS: "Es bleibt so.",
        Sentence.NO_NEXT: "Es kommt nichts mehr.",
        Sentence.PAIN: "Schmerz.",
        Sentence.REPEAT: "Wiederholen.",
        Sentence.HELPED: "Das half.",
        Sentence.SURFACE: "Untergrund.",
        Sentence.BACK: "Zurück.",
        Sentence.END: "Ende.",
        Sentence.PACK: "Paket.",
        Sentence.PLAIN_TODAY: "Heute einfach.",
        Sentence.LENGTH: "Länge.",
        Sentence.INJURED: "Verletzt.",
        Sentence.ILL: "Krank.",
        Sentence.AWAY: "Verreist.",
        Sentence.WELL: "Wieder gesund.",
        Sentence.RACE: "Rennen.",
        Sentence.TITLE: "{title}.",
        Sentence.GROUND: "{ground}.",
        Sentence.PLACE: "{place}.",
        Sentence.TIME: "{time}.",
        Sentence.NO_RACE: "Kein Rennen.",
        Sentence.WEEK: "{week}.",
        Sentence.WEEKDAY: "{weekday}.",
        Sentence.CLOSED: "Zu.",
        Sentence.PICKED: "Gut.[ {title}.][ {ground}.][ {place}.][ {time}.]",
        Sentence.RACE_ON: "Rennen am {date}.",
        Sentence.NO_DATE: "Das heutige Datum ist noch nicht bekannt, darum wird kein Rennen notiert.",
        Sentence.NOTHING_TO_PICK: "Es gibt nichts zu wählen.",
        Sentence.NO_CUE: "Noch kein Hinweis.",
        Sentence.NOT_SWAPPED: "Das Paket ist nicht in Ordnung. Es geht mit dem alten weiter.",
        Sentence.PAIN_OVER: "Keine Hinweise mehr. Bei Schmerzen gehen, nicht laufen.",
        Sentence.ASK_SORE: "Tut heute früh etwas weh? Play für ja, Weiter für nein.",
        Sentence.SORE: "Notiert. Lass es ruhig angehen.",
        Sentence.NOT_SORE: "Gut.",
        Sentence.ASK_PLACE: "Wo? Drück, wenn deine Stelle kommt.",
        Sentence.ASK_PAIN: "Schmerz: drück bei deiner Zahl.",
        Sentence.ASK_EFFORT: "[Schmerz {number}. ]Anstrengung: drück bei deiner Zahl.",
        Sentence.NUMBER: "{number}.",
        Sentence.THANKS: "[Anstrengung {number}. ]Danke.",
        Sentence.SKIPPED: "Übersprungen.",
    },
}
"""`{…}` is a value; `[…]` is left out where its value is not known."""

_GROUP: Final = re.compile(r"\[([^\[\]]*)\]")
_NAME: Final = re.compile(r"\{([a-z]+)\}")
_BEGINS: Final = re.compile(r"(?:^|(?<=[.!?] ))\w")


def sentence(what: Sentence, values: Values = NOTHING, language: str = "en") -> str:
    """The words of `what` in `language` ("de-AT" counts as "de"), in English where cued does not speak it; never raises."""
    language = _spoken(language)
    words = filled(values, language)
    text = _GROUP.sub(lambda group: _put(group[1], words) or "", WORDS[language][what])
    return _BEGINS.sub(lambda first: first[0].upper(), _put(text, words) or "")


def known_texts(language: str = "en") -> tuple[str, ...]:
    """Every text whose words are known beforehand, each once: a menu waits for no voice if these are rendered at the start."""
    spoken = _spoken(language)
    plain = [sentence(what, NOTHING, spoken) for what, text in WORDS[spoken].items() if "{" not in text or "[" in text]
    counted = [sentence(Sentence.NUMBER, Values(number=number), spoken) for number in range(11)]
    grounds = [sentence(Sentence.GROUND, Values(ground=ground), spoken) for ground in SURFACES]
    places = [sentence(Sentence.PLACE, Values(place=place), spoken) for place in PLACES]
    weeks = [sentence(Sentence.WEEK, Values(weeks=ahead), spoken) for ahead in range(RACE_WEEKS + 1)]
    weekdays = [sentence(Sentence.WEEKDAY, Values(day=day), spoken) for day in range(WEEK_DAYS)]
    return tuple(dict.fromkeys((*plain, *counted, *grounds, *places, *weeks, *weekdays)))


def _spoken(language: str) -> str:
    primary = re.split("[-_]", language.lower(), maxsplit=1)[0]
    return primary if primary in WORDS else "en"


def _put(text: str, words: Mapping[str, str]) -> str | None:
    """`text` with its values; None where one of them is not known."""
    names = _NAME.findall(text)
    return _NAME.sub(lambda name: words[name[1]], text) if all(name in words for name in names) else None
