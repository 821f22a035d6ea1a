"""What can be asked over the control socket, as values; docs/control.md is their reference. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias


class Part(Enum):
    """Whose volume."""

    ALL = "all"
    BEAT = "beat"
    VOICE = "voice"


class Rated(Enum):
    """What a runner can say of how it is, or was."""

    HELPED = "helped"
    """Did the last cue help?"""
    EFFORT = "effort"
    LANDING = "landing"
    PAIN = "pain"


@dataclass(frozen=True, slots=True)
class Hello:
    """Who listens?"""


@dataclass(frozen=True, slots=True)
class Status:
    """How is the run?"""


@dataclass(frozen=True, slots=True)
class Watch:
    """Status now and whenever half a second has passed, until the client goes."""


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a session now."""

    pack: str = ""
    """Its pack's name or path; empty: today's."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the session."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Sound and session time rest."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on where it rested."""


@dataclass(frozen=True, slots=True)
class Next:
    """On to the next segment."""

    leave_repeat: bool = False
    """On to what follows the present rounds."""


@dataclass(frozen=True, slots=True)
class Back:
    """The segment before this one once more."""


@dataclass(frozen=True, slots=True)
class PackUse:
    """Run with another pack from the next beat on."""

    name: str


@dataclass(frozen=True, slots=True)
class Volume:
    """How loud."""

    percent: float
    """0 to 100."""
    of: Part = Part.ALL


@dataclass(frozen=True, slots=True)
class Mute:
    """All sound off or on; the run goes on being recorded."""

    muted: bool = True


@dataclass(frozen=True, slots=True)
class Cue:
    """Say a cue now."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What the ground is from here on."""

    surface: str


@dataclass(frozen=True, slots=True)
class Rate:
    """How it is, or was."""

    what: Rated
    answer: str
    """A word or a number."""


@dataclass(frozen=True, slots=True)
class Pain:
    """It hurts: beat and cues are over for this run, and for today."""


@dataclass(frozen=True, slots=True)
class Reload:
    """Read the configuration again."""


Command: TypeAlias = (
    Hello
    | Status
    | Watch
    | Start
    | Stop
    | Pause
    | Resume
    | Next
    | Back
    | PackUse
    | Volume
    | Mute
    | Cue
    | Surface
    | Rate
    | Pain
    | Reload
)

COMMANDS: Final[dict[str, type[Command]]] = {
    "hello": Hello,
    "status": Status,
    "watch": Watch,
    "start": Start,
    "stop": Stop,
    "pause": Pause,
    "resume": Resume,
    "next": Next,
    "back": Back,
    "pack use": PackUse,
    "volume": Volume,
    "mute": Mute,
    "cue": Cue,
    "surface": Surface,
    "rate": Rate,
    "pain": Pain,
    "reload": Reload,
}
"""What `do` may say."""
WORDS: Final = {cls: word for word, cls in COMMANDS.items()}
"""How `do` says it."""
