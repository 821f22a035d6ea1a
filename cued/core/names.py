"""What segments are called, as they are spoken and shown to a runner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SEGMENT_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"warmup": "warm-up", "cooldown": "cool-down"},
    "de": {
        "warmup": "Einlaufen",
        "cooldown": "Auslaufen",
        "feeder": "Impuls",
        "steady": "Dauerlauf",
        "tempo": "Tempolauf",
        "probe": "Probe",
        "strides": "Steigerungen",
        "hills": "Hügel",
        "surface": "Untergrund",
        "reactive": "Reaktion",
        "drills": "Übungen",
        "run": "Lauf",
        # of the six phases
        "listen": "Hinhören",
        "beat": "Takt",
        "feel": "Spüren",
        "nudge": "Taktsteigerung",
        "between": "Trabpause",
        "reference": "Vergleichslauf",
        "tired": "müde Beine",
        "recall": "Erinnern",
        "refresh": "Auffrischen",
        "free": "freies Laufen",
        # of the block test and the sets
        "jog": "Traben",
        "light": "leichtes Laufen",
        "brisk": "zügiges Laufen",
        "hard": "hartes Laufen",
        "rest": "Ausruhen",
        "feet": "Füße",
        "grass": "Gras",
        "hips": "Hüfte",
        "balance": "Gleichgewicht",
        "calves": "Waden",
        "hops": "Sprünge",
        "skips": "Hüpfer",
        "springs": "Federn",
    },
}
"""The well-known segments, and those of cued's own packs, whose names are not words of the language as they stand."""
