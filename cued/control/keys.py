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


class Touch(Enum):
    """What a finger does to a button."""

    DOWN = "down"
    LONG = "long"
    """It has been down for so long that it cannot be by chance."""
    UP = "up"


class Grip(Enum):
    """How a button is."""

    FREE = "free"
    DOWN = "down"
    HELD = "held"
    """Down, and taken for held: letting go means nothing more."""


def touched(grip: Grip, touch: Touch, key: Key) -> tuple[Grip, Key | None]:
    """How the button of `key` is after `touch`, and what was pressed by it.

    A short press counts when it ends, for until then it may be a long one. A button that was down before anybody looked (a
    cable crushed, a switch stuck) is not pressed by being let go, nor held.
    """
    match grip, touch:
        case Grip.FREE, Touch.DOWN:
            return Grip.DOWN, None
        case Grip.DOWN, Touch.LONG:
            return Grip.HELD, Key.HELD
        case Grip.DOWN, Touch.UP:
            return Grip.FREE, key
        case _, Touch.UP:
            return Grip.FREE, None
        case _:
            return grip, None


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
