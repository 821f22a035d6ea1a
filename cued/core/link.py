"""What cued itself says of a pod on the air that goes and comes back: rarely, and only what is true then.

A red light is no loss: many pods fall silent, or go to sleep, when the foot stands still.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from cued.units import NS_PER_MIN, NS_PER_S

DOWN_TOLD_NS: Final = 20 * NS_PER_S
"""A link is down so long before it is worth a word: most come back within seconds."""
SILENT_TOLD_NS: Final = 60 * NS_PER_S
"""The same of a pod that says nothing on a link that is up, or that cued is renewing: longer than a red light."""
APART_NS: Final = 10 * NS_PER_MIN
"""Between two losses that are told: a pod at the edge of its reach must not nag."""


class Own(Enum):
    """What cued says of its own accord in the middle of a run."""

    LOST = "lost"
    LOST_BEAT_STAYS = "lost, the beat goes on"
    BACK = "back"
    BATTERY_LOW = "battery low"
    PAIN = "it hurts"


WORDS: Final = {
    "en": {
        Own.LOST: "No cadence.",
        Own.LOST_BEAT_STAYS: "No cadence. Keeping the beat.",
        Own.BACK: "Cadence is back.",
        Own.BATTERY_LOW: "A sensor's battery is nearly empty.",
        Own.PAIN: "Cueing is over. Walk if it hurts.",
    },
    "de": {
        Own.LOST: "Keine Kadenz.",
        Own.LOST_BEAT_STAYS: "Keine Kadenz. Der Takt bleibt.",
        Own.BACK: "Die Kadenz ist wieder da.",
        Own.BATTERY_LOW: "Die Batterie eines Sensors ist fast leer.",
        Own.PAIN: "Keine Hinweise mehr. Bei Schmerzen gehen, nicht laufen.",
    },
}
"""In the languages that cued speaks itself."""


def own_words(what: Own, language: str) -> str:
    """The sentence in that language ("de-AT" counts as "de"), in English where cued does not speak it."""
    return WORDS.get(language.lower().replace("_", "-").partition("-")[0], WORDS["en"])[what]


@dataclass(frozen=True, slots=True)
class LinkWatch:
    """How long cadence has been away, and what was said of it."""

    down_ns: int | None = None
    """Since when the link is down."""
    told_ns: int | None = None
    """When a loss was last told."""
    lost: bool = False
    """That loss lasts: its end is still to be told."""
    heard_ns: int = 0
    """When a pod last spoke of the feet; the run's start, while none has."""


def loss_due_ns(watch: LinkWatch) -> int | None:
    """When the loss of cadence is to be told, if nothing comes until then; None: not at all."""
    if watch.lost:
        return None
    due_ns = watch.heard_ns + SILENT_TOLD_NS
    if watch.down_ns is not None:
        due_ns = min(due_ns, watch.down_ns + DOWN_TOLD_NS)
    return due_ns if watch.told_ns is None else max(due_ns, watch.told_ns + APART_NS)
