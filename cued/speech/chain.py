"""Engines in order of preference: a text goes to the first that can speak it; one that keeps failing is given a rest."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cued.errors import SpeechError
from cued.speech.cache import Cache, cache_key
from cued.speech.shape import shape
from cued.speech.voice import RenderError, UnknownVoiceError, Voice, VoiceUnavailableError, cleaned, has_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FAILURES_BEFORE_REST: Final = 3
"""Texts in a row: fewer could be the texts' fault."""
REST_S: Final = 60.0
"""An engine that hangs costs seconds a text; after a minute it may have been installed, or the machine less busy."""

INSTALL_HINT: Final = "To hear words, install it: sudo apt-get install espeak-ng"


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """What became of a text; without `samples` nothing could speak it."""

    samples: NDArray[np.float32] | None
    engine: str
    from_cache: bool
    reason: str
    """Why engines before this one failed; "" if the first one spoke."""


@dataclass(slots=True)
class _Engine:
    voice: Voice
    failures: int = 0
    resting_until_s: float = field(default=-1.0)
    why_resting: str = ""


class Chain:
    """Engines over one cache. Safe from several threads: one text at a time."""

    def __init__(
        self,
        voices: Sequence[Voice],
        cache: Cache,
        rate_hz: int,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`rate_hz` is the mix's; `clock_s` is for the rests alone."""
        self._engines = [_Engine(voice) for voice in voices]
        self._cache = cache
        self._rate_hz = rate_hz
        self._clock_s = clock_s
        self._busy = threading.Lock()
        self._said: set[str] = set()
        self._notices: deque[str] = deque()
        self.rendered = 0
        self.cached = 0

    def warm_up(self) -> None:
        """Begin to start the first engine; returns at once."""
        if self._engines:
            self._engines[0].voice.warm_up()

    def check(self, language: str, voice: str) -> None:
        """SpeechError if engines work here, but none of them has the runner's `voice`; waits for them."""
        working = False
        for engine in self._engines:
            with contextlib.suppress(VoiceUnavailableError):
                if engine.voice.speaks(language):
                    return
                working = True
        if working:
            raise SpeechError(f"There is no voice '{voice}': `espeak-ng --voices={language}` lists those for '{language}'.")

    def speak(self, text: str, language: str) -> Spoken:
        """From the cache, else rendered, else nothing; never raises for what a text or an engine does."""
        text = cleaned(text)
        if not has_words(text):
            return Spoken(None, "", from_cache=False, reason="there is nothing to speak in it")
        with self._busy:
            return self._speak(text, language)

    def take_notices(self) -> list[str]:
        """Sentences for the runner, each once ever."""
        taken: list[str] = []
        while self._notices:
            taken.append(self._notices.popleft())
        return taken

    def close(self) -> None:
        """End the engines, even one that is at work."""
        for engine in self._engines:
            engine.voice.close()

    def _speak(self, text: str, language: str) -> Spoken:
        reasons: list[str] = []
        ready: list[tuple[_Engine, str]] = []
        for engine in self._engines:  # all of them, before anything is rendered: an earlier fallback is as good as new
            key = self._key(engine, text, language, reasons)
            if key is None:
                continue
            ready.append((engine, key))
            samples = self._cache.load(key, self._rate_hz)
            if samples is not None:
                self.cached += 1
                return Spoken(samples, engine.voice.name, from_cache=True, reason="; ".join(reasons))
        speechless = 0
        for engine, key in ready:
            try:
                samples = self._render(engine, text, language, reasons)
            except UnknownVoiceError as error:
                reasons.append(f"{engine.voice.name}: {error}")
                speechless += 1
                continue
            if samples is not None:
                self._keep(key, samples)
                return Spoken(samples, engine.voice.name, from_cache=False, reason="; ".join(reasons))
        if not ready:
            self._say_once("none", f"No voice works here ({'; '.join(reasons)}): cues sound as a tone. {INSTALL_HINT}.")
        elif speechless == len(ready):
            self._say_once(f"language {language}", f"No voice here speaks '{language}': cues in it sound as a tone.")
        return Spoken(None, "", from_cache=False, reason="; ".join(reasons) or "there is no engine")

    def _key(self, engine: _Engine, text: str, language: str, reasons: list[str]) -> str | None:
        """None if the engine rests or cannot be used."""
        if self._clock_s() < engine.resting_until_s:
            reasons.append(engine.why_resting)
            return None
        try:
            return cache_key(engine.voice.fingerprint, text, language, self._rate_hz)
        except (VoiceUnavailableError, OSError) as error:
            self._rest(engine, str(error), reasons)
            return None

    def _render(self, engine: _Engine, text: str, language: str, reasons: list[str]) -> NDArray[np.float32] | None:
        """None if the engine failed. Raises UnknownVoiceError: that is the language's fault, not the engine's."""
        try:
            samples = shape(engine.voice.render(text, language), self._rate_hz)
        except (VoiceUnavailableError, OSError) as error:
            self._rest(engine, str(error), reasons)
        except RenderError as error:
            engine.failures += 1
            if engine.failures >= FAILURES_BEFORE_REST:
                self._rest(engine, str(error), reasons)
            else:
                reasons.append(f"{engine.voice.name}: {error}")
        else:
            engine.failures = 0
            self.rendered += 1
            return samples
        return None

    def _rest(self, engine: _Engine, why: str, reasons: list[str]) -> None:
        engine.failures = 0
        engine.resting_until_s = self._clock_s() + REST_S
        engine.why_resting = f"{engine.voice.name}: {why}"
        reasons.append(engine.why_resting)
        self._say_once(engine.voice.name, f"{engine.voice.name} cannot speak now: {why}.")

    def _keep(self, key: str, samples: NDArray[np.float32]) -> None:
        self._cache.store(key, samples, self._rate_hz)
        if self._cache.trouble is not None:
            self._say_once("cache", f"Spoken phrases cannot be kept ({self._cache.trouble}): they are rendered anew each time.")

    def _say_once(self, topic: str, sentence: str) -> None:
        if topic not in self._said:
            self._said.add(topic)
            self._notices.append(sentence)
