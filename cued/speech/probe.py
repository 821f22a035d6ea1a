"""Which engines speak on this machine: for `cued doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.errors import SpeechError
from cued.speech.chain import INSTALL_HINT
from cued.speech.espeak import EspeakVoice
from cued.speech.pyttsx import PyttsxVoice
from cued.speech.shape import shape
from cued.speech.voice import Voice, VoiceSettings

_PHRASE: Final = "one two three"
_RATE_HZ: Final = 48_000


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What one engine can do here."""

    name: str
    works: bool
    detail: str
    """Its version and how long a phrase became, or what is wrong."""
    mend: str
    """What to do; "" if it works."""


def probe(language: str = "en", voice: str | None = None) -> tuple[EngineReport, ...]:
    """Have every engine speak a phrase, in order of preference; nothing is kept. Raises SpeechError if `voice` is no name."""
    settings = VoiceSettings(language, voice)
    return tuple(_report(engine, language) for engine in (PyttsxVoice(settings), EspeakVoice(settings)))


def _report(engine: Voice, language: str) -> EngineReport:
    try:
        version = engine.fingerprint.split("/", 1)[0] if engine.name == "espeak-ng" else engine.fingerprint.rsplit("/", 2)[0]
        samples = shape(engine.render(_PHRASE, language), _RATE_HZ)
    except SpeechError as error:
        return EngineReport(engine.name, works=False, detail=str(error), mend=f"{INSTALL_HINT}.")
    finally:
        engine.close()
    detail = f"{version.replace('/', ' over ')}: '{_PHRASE}' takes {len(samples) / _RATE_HZ:.1f} s"
    return EngineReport(engine.name, works=True, detail=detail, mend="")
