"""Which voices this machine has for a language, by the names that a runner may choose."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import Final

from cued.errors import SpeechError
from cued.speech.chain import INSTALL_HINT
from cued.speech.child import ChildGoneError, ChildLateError, run
from cued.speech.voice import VoiceSettings, primary

DEADLINE_S: Final = 3.0
"""30 ms here; a Pi that reads it from a cold SD card takes longer."""
OUTPUT_LIMIT: Final = 1_000_000
"""Bytes: all 130 voices take 12 kB."""
_LINE: Final = re.compile(r"\s*\d+\s+(?P<name>\S+)\s+\S+\s+(?P<called>\S+)\s+(?P<file>\S+)")
"""Priority, language, age and gender, name, file (espeak-ng(1), `--voices`)."""
_OTHERS: Final = ("mb/", "!v/")
"""Voices that need data which is mostly not there (MBROLA), and variants of others."""


@dataclass(frozen=True, slots=True)
class Speaker:
    name: str
    """What to choose it by: `en-gb`."""
    called: str
    """For people: `English (Great Britain)`."""


def speakers(language: str, *, program: str = "espeak-ng") -> tuple[Speaker, ...]:
    """The voices for a language, the usual one first; empty: none speaks it. Raises SpeechError without an engine."""
    VoiceSettings(language, language)  # raises for what can be none
    path = shutil.which(program)
    if path is None:
        raise SpeechError(f"espeak-ng is not installed. {INSTALL_HINT}.")
    try:
        told = run([path, f"--voices={primary(language)}"], deadline_s=DEADLINE_S, max_bytes=OUTPUT_LIMIT)
    except (ChildLateError, ChildGoneError) as error:
        raise SpeechError(f"espeak-ng does not tell its voices ({str(error) or 'it did not answer in time'}).") from error
    return parsed(told.output.decode("utf-8", "replace"))


def parsed(table: str) -> tuple[Speaker, ...]:
    """The voices out of `espeak-ng --voices`, each name once."""
    found: dict[str, Speaker] = {}
    for line in table.splitlines():
        match = _LINE.match(line)
        if match is not None and not match["file"].startswith(_OTHERS):
            called = match["called"].replace("_", " ")
            found.setdefault(match["name"], Speaker(match["name"], called))
    return tuple(found.values())
