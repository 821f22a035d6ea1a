"""The seam between texts and whatever speaks them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from cued.errors import SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_WPM: Final = 165
"""Words per minute: espeak-ng's own 175 is lost in wind and breath, under 150 a cue of eight words takes too many steps."""
WPM_RANGE: Final = (80, 400)
"""What espeak-ng accepts at the low end, and beyond what anybody understands at the high one."""
TEXT_LIMIT: Final = 500
"""Characters: a pack's text is at most 200 before its words are filled in; 20,000 characters once made 50 MB of sound."""

_VOICE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+/-]{0,79}")
_CONTROL: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


class VoiceUnavailableError(SpeechError):
    """An engine cannot be used here at all: not installed, or it does not start."""


class UnknownVoiceError(SpeechError):
    """The engine works, but has no voice of that name or language."""


class RenderError(SpeechError):
    """The engine works, but this text did not become sound."""


@dataclass(frozen=True, slots=True, eq=False)
class Pcm:
    """Sound as an engine made it."""

    samples: NDArray[np.float32]
    """Mono, −1 to 1."""
    rate_hz: int


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """What a runner chose; `SpeechError` if it cannot be a voice or a rate."""

    language: str = "en"
    """The language that `voice` is meant for (RFC 5646: "en", "de-AT")."""
    voice: str | None = None
    """An engine's own name ("en-us", "en-gb-scotland", "en-us+f3"); None = the language's usual voice."""
    wpm: int = DEFAULT_WPM

    def __post_init__(self) -> None:
        low, high = WPM_RANGE
        if not low <= self.wpm <= high:
            raise SpeechError(f"A speaking rate of {self.wpm} words per minute is not possible: choose {low} to {high}.")
        for name in (self.language, self.voice or "en"):
            if not _is_voice_name(name):
                raise SpeechError(f"{name!r} is no voice: `espeak-ng --voices` lists those that there are.")

    def candidates(self, language: str) -> tuple[str, ...]:
        """Names of voices to try for a text in `language`, best first; none for what cannot be a language."""
        if self.voice is not None and primary(language) == primary(self.language):
            return (self.voice,)
        names = (language.lower().replace("_", "-"), primary(language))
        return tuple(name for name in dict.fromkeys(names) if _is_voice_name(name))

    @property
    def key(self) -> str:
        """What of these settings changes the sound, for a fingerprint."""
        return f"{self.voice or ''}@{primary(self.language)}/{self.wpm}"


class Voice(Protocol):
    """An engine with its settings. Used from one thread at a time, but for `close`."""

    @property
    def name(self) -> str:
        """For people: "pyttsx3", "espeak-ng"."""

    @property
    def fingerprint(self) -> str:
        """Engine, version, voice and rate: the same fingerprint, text and language give the same words.

        Raises VoiceUnavailableError.
        """

    def warm_up(self) -> None:
        """Begin to get ready; returns at once, raises nothing."""

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for `language`. Raises VoiceUnavailableError."""

    def render(self, text: str, language: str) -> Pcm:
        """Sound for a text that `cleaned` has seen; at least one frame, within the engine's deadline.

        Raises VoiceUnavailableError, UnknownVoiceError, RenderError.
        """

    def close(self) -> None:
        """End every process and remove every file; safe from any thread, and twice."""


def primary(language: str) -> str:
    """The primary subtag of a language (RFC 5646): "de" of "de-AT"."""
    return re.split("[-_]", language.lower(), maxsplit=1)[0]


def _is_voice_name(name: str) -> bool:
    """An engine takes a voice's name for a path: it must not lead out of the folder of voices."""
    return _VOICE_NAME.fullmatch(name) is not None and ".." not in name


def cleaned(text: str) -> str:
    """`text` on one line, without control characters, at most TEXT_LIMIT long, without espeak's phoneme brackets."""
    return _CONTROL.sub(" ", text).replace("[[", "[ [").strip()[:TEXT_LIMIT]


def has_words(text: str) -> bool:
    """False for texts such as "…" that no engine can make a sound of."""
    return any(character.isalnum() for character in text)
