"""The safety notice: what it says, to read and to hear, and whether the runner has accepted it.

A run may begin only after that: `Safety().accepted()` is what to ask before the first session, `spoken` what to say then, and
`Safety().accept` what to call at the press.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Final

from cued.runtime.files import write_json

EDITION: Final = 1
"""Raised when what it asks of a runner changes: then it has to be accepted again."""


class Notice(Enum):
    """Its sentences, in their order."""

    # to read
    WHAT = "what cued is"
    MEASURES = "what it measures"
    NO_NEED = "most need no change"
    LOAD = "load moves"
    NOT_WHEN = "when not to start"
    STOP = "when to stop"
    HOLD = "when to hold"
    CALVES = "calves"
    ONE = "one thing at a time"
    TRAFFIC = "traffic"
    BAREFOOT = "barefoot"
    # to hear
    SAY_WHAT = "said: what cued is"
    SAY_NOT_WHEN = "said: when not to start"
    SAY_STOP = "said: when to stop"
    SAY_ONE = "said: one thing at a time"
    SAY_TRAFFIC = "said: traffic"
    # the press
    ASK = "said: press to accept"
    THANKS = "said: accepted"


_WRITTEN: Final = tuple(one for one in Notice if not one.value.startswith("said: "))
_SPOKEN: Final = (Notice.SAY_WHAT, Notice.SAY_NOT_WHEN, Notice.SAY_STOP, Notice.SAY_ONE, Notice.SAY_TRAFFIC)

WORDS: Final[Mapping[str, Mapping[Notice, str]]] = {
    "en": {
        Notice.WHAT: "cued is a training aid, not medical advice.",
        Notice.MEASURES: "It measures cadence and speed. It does not know how your foot lands, what loads your joints, or"
        " whether you will get hurt.",
        Notice.NO_NEED: "Most runners without pain need no new gait: there is little evidence that a change of cadence or foot"
        " strike prevents injuries or saves energy.",
        Notice.LOAD: "A change only moves load: less at the knee, more at calf, Achilles tendon and forefoot.",
        Notice.NOT_WHEN: "Do not start when injured, within 6 weeks of a bone stress injury, pregnant with restrictions, or"
        " when told not to run: ask a clinician.",
        Notice.STOP: "Stop on sharp or rising pain, a limp, or pain of 5 or more out of 10.",
        Notice.HOLD: "At pain of 3 or 4, or when stiff next morning, change nothing further.",
        Notice.CALVES: "Tight calves are to be expected; if that lasts over two days, take a step back.",
        Notice.ONE: "Change one thing at a time, in small steps.",
        Notice.TRAFFIC: "Keep it so low that you hear traffic: one ear or open headphones, and no sound on roads.",
        Notice.BAREFOOT: "Barefoot drills: on clean grass only, and in shoes with neuropathy or diabetes.",
        Notice.SAY_WHAT: "Before your first run: cued is a training aid, not medical advice.",
        Notice.SAY_NOT_WHEN: "Do not start when injured, or when told not to run.",
        Notice.SAY_STOP: "Stop on sharp or rising pain, a limp, or pain of five or more out of ten.",
        Notice.SAY_ONE: "Change one thing at a time.",
        Notice.SAY_TRAFFIC: "Keep it so low that you hear traffic.",
        Notice.ASK: "Press play if you have understood this and accept it.",
        Notice.THANKS: "Thank you.",
    },
    "de": {
        Notice.WHAT: "cued ist eine Trainingshilfe, kein ärztlicher Rat.",
        Notice.MEASURES: "Es misst Kadenz und Tempo. Es weiß nicht, wie dein Fuß aufsetzt, was deine Gelenke belastet oder ob"
        " du dich verletzen wirst.",
        Notice.NO_NEED: "Die meisten Läufer ohne Schmerzen brauchen keinen neuen Laufstil: Es gibt wenig Belege, dass eine"
        " andere Kadenz oder ein anderer Fußaufsatz Verletzungen verhindert oder Kraft spart.",
        Notice.LOAD: "Eine Änderung verschiebt Belastung nur: weniger am Knie, mehr an Wade, Achillessehne und Vorfuß.",
        Notice.NOT_WHEN: "Fang nicht an, wenn du verletzt bist, in den 6 Wochen nach einem Ermüdungsbruch, schwanger mit"
        " Einschränkungen, oder wenn dir vom Laufen abgeraten wurde: Frag eine Ärztin oder einen Arzt.",
        Notice.STOP: "Hör auf bei stechendem oder wachsendem Schmerz, wenn du hinkst, oder bei Schmerz ab 5 von 10.",
        Notice.HOLD: "Bei Schmerz von 3 oder 4, oder wenn du am Morgen danach steif bist, ändere nichts weiter.",
        Notice.CALVES: "Feste Waden sind zu erwarten; dauert das länger als zwei Tage, geh einen Schritt zurück.",
        Notice.ONE: "Ändere eine Sache auf einmal, in kleinen Schritten.",
        Notice.TRAFFIC: "Stell es so leise, dass du den Verkehr hörst: ein Ohr oder offene Kopfhörer, kein Ton auf Straßen.",
        Notice.BAREFOOT: "Barfußübungen: nur auf sauberem Gras, und in Schuhen bei Neuropathie oder Diabetes.",
        Notice.SAY_WHAT: "Vor deinem ersten Lauf: cued ist eine Trainingshilfe, kein ärztlicher Rat.",
        Notice.SAY_NOT_WHEN: "Fang nicht an, wenn du verletzt bist, oder wenn dir vom Laufen abgeraten wurde.",
        Notice.SAY_STOP: "Hör auf bei stechendem oder wachsendem Schmerz, wenn du hinkst, oder bei Schmerz ab fünf von zehn.",
        Notice.SAY_ONE: "Ändere eine Sache auf einmal.",
        Notice.SAY_TRAFFIC: "Stell es so leise, dass du den Verkehr hörst.",
        Notice.ASK: "Drück Play, wenn du das verstanden hast und annimmst.",
        Notice.THANKS: "Danke.",
    },
}


def written(language: str = "en") -> tuple[str, ...]:
    """The whole notice, a sentence each, in English where cued does not speak `language` ("de-AT" counts as "de")."""
    return tuple(WORDS[_known(language)][one] for one in _WRITTEN)


def spoken(language: str = "en") -> tuple[str, ...]:
    """The short one that is heard before the first session; its last sentence asks for the press."""
    return tuple(WORDS[_known(language)][one] for one in (*_SPOKEN, Notice.ASK))


def thanks(language: str = "en") -> str:
    """What is said after the press."""
    return WORDS[_known(language)][Notice.THANKS]


def _known(language: str) -> str:
    primary = re.split("[-_]", language.lower(), maxsplit=1)[0]
    return primary if primary in WORDS else "en"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A runner's press."""

    date: str
    """Local, ISO 8601: 2026-03-14. As far as the machine knew it."""
    how: str
    """`screen` or `key`."""
    edition: int = EDITION


class Safety:
    """The file that remembers it; every change is written whole or not at all."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: None is the user's own, in the state folder."""
        self._path = path

    @property
    def path(self) -> Path:
        """Where it is."""
        if self._path is None:
            from platformdirs import user_state_path

            self._path = user_state_path("cued") / "safety.json"
        return self._path

    def accepted(self) -> Accepted | None:
        """The press for this edition; None: there was none, or none that can be read, and the runner has to be asked."""
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            found = Accepted(str(held["date"]), str(held["how"]), int(held["edition"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if found.edition == EDITION else None

    def accept(self, how: str, now: datetime | None = None) -> Accepted:
        """Remember a press of just now (or `now`). Raises OutputError where that cannot be kept."""
        when = (now or datetime.now(UTC)).astimezone()
        accepted = Accepted(when.date().isoformat(), how)
        write_json(self.path, asdict(accepted))
        return accepted
