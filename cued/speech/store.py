"""What the rest of cued knows of speech: a pack's texts ahead of time, texts with numbers in the background."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from cued.speech.cache import Cache
from cued.speech.chain import Chain, Spoken
from cued.speech.espeak import EspeakVoice
from cued.speech.pyttsx import PyttsxVoice
from cued.speech.voice import DEFAULT_WPM, VoiceSettings
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

TONE_NS: Final = 600 * NS_PER_MS
"""How long a text counts that nothing can speak: about as long as a one-word cue."""
_JOIN_S: Final = 2.0
"""The background thread ends as soon as its engine is killed; nobody waits longer for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A text as sound."""

    text: str
    """As it was given."""
    language: str
    pcm: NDArray[np.float32]
    """Mono at `rate_hz`, read-only, about −18 LUFS, peak at most 0.9; zeros if `tone`."""
    rate_hz: int
    dur_ns: int
    """`len(pcm) / rate_hz`, rounded to the nearest nanosecond."""
    engine: str
    """ "pyttsx3", "espeak-ng", or "tone"."""
    tone: bool
    """Nothing could speak it: play a tone in its place."""
    from_cache: bool
    reason: str
    """Why engines before `engine` failed for it; "" if the first choice spoke."""


class SpeechStore:
    """Texts become sound, each once; never raises for a text. A context manager."""

    def __init__(self, chain: Chain, rate_hz: int, language: str) -> None:
        """`rate_hz` as the chain's; `language` is that of texts submitted without one."""
        self._chain = chain
        self._rate_hz = rate_hz
        self._language = language
        self._prepared: dict[tuple[str, str], Rendered] = {}
        self._jobs: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Rendered] = queue.SimpleQueue()
        self._pending = 0
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def rendered(self) -> int:
        """Texts that an engine had to speak; 0 when a pack is prepared for the second time."""
        return self._chain.rendered

    @property
    def from_cache(self) -> int:
        """Texts taken from the disk."""
        return self._chain.cached

    @property
    def pending(self) -> int:
        """Texts submitted and not yet polled."""
        return self._pending

    def prepare(
        self,
        texts: Iterable[tuple[str, str]],
        progress: Callable[[int, int, str], None] | None = None,
    ) -> dict[str, Rendered]:
        """Sound for each (text, language), by text; blocks. `progress` is told (done, total, text) after each."""
        wanted = list(dict.fromkeys(texts))
        wanted_in_turn = sorted(wanted, key=lambda pair: pair[1])  # a change of language starts another worker
        for done, (text, language) in enumerate(wanted_in_turn, start=1):
            known = self._prepared.get((text, language))
            if known is None or known.tone:  # a voice may have come since
                self._prepared[text, language] = self._make(text, language)
            if progress is not None:
                progress(done, len(wanted), text)
        return {text: self._prepared[text, language] for text, language in wanted}

    def get(self, text: str, language: str | None = None) -> Rendered | None:
        """What `prepare` made of a text; never blocks."""
        return self._prepared.get((text, language or self._language))

    def submit(self, text: str, language: str | None = None) -> None:
        """Have a text rendered in the background; never blocks. What `prepare` has made is there at the next `poll`."""
        self._pending += 1
        pair = (text, language or self._language)
        ready = self._prepared.get(pair)
        if ready is not None and not ready.tone:
            self._done.put(ready)
            return
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name="cued-speech", daemon=True)
            self._thread.start()
        self._jobs.put(pair)

    def poll(self) -> list[Rendered]:
        """Texts finished since the last call, in order; never blocks."""
        finished: list[Rendered] = []
        while not self._done.empty():
            finished.append(self._done.get_nowait())
        self._pending -= len(finished)
        return finished

    def take_notices(self) -> list[str]:
        """Sentences for the runner, each once ever: no voice, an engine that failed, a cache that cannot be written."""
        return self._chain.take_notices()

    def close(self) -> None:
        """End the background thread and every engine's process; twice is fine."""
        self._closed = True
        self._jobs.put(None)
        self._chain.close()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _work(self) -> None:
        while not self._closed:
            job = self._jobs.get()
            if job is None:
                return
            try:
                made = self._make(*job)
            except Exception as error:  # noqa: BLE001 - a run that waits for a text must hear of its end, whatever it was
                made = self._result(*job, Spoken(None, "", from_cache=False, reason=f"{type(error).__name__}: {error}"))
            self._done.put(made)

    def _make(self, text: str, language: str) -> Rendered:
        return self._result(text, language, self._chain.speak(text, language))

    def _result(self, text: str, language: str, spoken: Spoken) -> Rendered:
        tone = spoken.samples is None
        pcm = np.zeros(TONE_NS * self._rate_hz // NS_PER_S, np.float32) if spoken.samples is None else spoken.samples
        pcm.flags.writeable = False
        return Rendered(
            text=text,
            language=language,
            pcm=pcm,
            rate_hz=self._rate_hz,
            dur_ns=(2 * len(pcm) * NS_PER_S + self._rate_hz) // (2 * self._rate_hz),
            engine="tone" if tone else spoken.engine,
            tone=tone,
            from_cache=spoken.from_cache,
            reason=spoken.reason,
        )


def open_store(
    rate_hz: int,
    language: str = "en",
    *,
    voice: str | None = None,
    wpm: int | None = None,
    cache_dir: Path | None = None,
) -> SpeechStore:
    """The speech of this machine: pyttsx3, then espeak-ng, over the user's cache; begins to start the first and returns.

    `cache_dir` None = `cued/speech` in the user's cache folder (XDG). Raises SpeechError for an impossible `wpm`,
    or for a `voice` that no working engine has (this one waits for the engines).
    """
    settings = VoiceSettings(language, voice, DEFAULT_WPM if wpm is None else wpm)
    if cache_dir is None:
        import platformdirs

        cache_dir = platformdirs.user_cache_path("cued") / "speech"
    chain = Chain([PyttsxVoice(settings), EspeakVoice(settings)], Cache(cache_dir), rate_hz)
    chain.warm_up()
    if voice is not None:
        try:
            chain.check(language, voice)
        except BaseException:
            chain.close()
            raise
    return SpeechStore(chain, rate_hz, language)
