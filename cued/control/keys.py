"""The few keys of a headset or a board, as plain values, and what a screen beside them may show. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Key(Enum):
    """What was pressed. Headsets have one to three of these; which one they send for their middle button they decide."""

    PLAY_PAUSE = "play/pause"
    """The one button of a desktop, a cable, a board."""
    PLAY = "play"
    """What a headset sends that takes the sound for paused."""
    PAUSE = "pause"
    """What a headset sends that takes the sound for playing, or that was taken off the ears."""
    STOP = "stop"
    NEXT = "next"
    PREVIOUS = "previous"
    HELD = "held"
    """The play key of a board, held for long."""


Pressed: TypeAlias = Callable[[Key], None]
"""Called on the keys' own thread; it must not wait."""


class Playback(Enum):
    """As MPRIS and AVRCP name it."""

    PLAYING = "Playing"
    PAUSED = "Paused"
    STOPPED = "Stopped"


@dataclass(frozen=True, slots=True)
class Shown:
    """What headsets, watches and desktops show of a run."""

    playback: Playback = Playback.STOPPED
    title: str = ""
    """What is said now, else the segment."""
    segment: str = ""
    pack: str = ""
