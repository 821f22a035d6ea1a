"""Who speaks a run's texts: a voice, or only their lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from cued.core.effects import Render
from cued.core.events import Event, SpeechReady
from cued.core.phrases import nominal_duration_ns
from cued.core.start import Text
from cued.units import seconds

if TYPE_CHECKING:
    from cued.audio.commands import Clip
    from cued.speech.store import Rendered, SpeechStore

NOMINAL: Final = "nominal"
REAL: Final = "real"

Progress = Callable[[int, int, str], None]
"""done, total, text."""
Load = Callable[["Clip"], None]
"""Where a clip goes: every output of the run."""


class Voice(Protocol):
    """Knows how long a text lasts, and maybe how it sounds."""

    name: str
    """`real` or `nominal`, for the events file."""

    @property
    def pending(self) -> bool:
        """True while texts are being rendered in the background."""

    def prepare(self, texts: Sequence[Text], progress: Progress | None = None) -> tuple[tuple[str, int], ...]:
        """(text_id, dur_ns) of each; raises AudioError for a sound of the pack that cannot be played."""

    def answer(self, render: Render) -> Event:
        """The text, rendered at once; stamped as the `Render` was."""

    def ask(self, render: Render) -> None:
        """Begin to render the text; `collect` will tell."""

    def collect(self, now_ns: int) -> list[Event]:
        """The texts that have become ready, stamped `now_ns`. Never blocks."""

    def notices(self) -> list[str]:
        """What the runner should know about the voice; each sentence once."""


class NominalVoice:
    """Every text has its nominal length and is silent; the pack's own sounds are themselves."""

    name = NOMINAL
    pending = False

    def __init__(self, folder: Path | None, load: Load | None = None, rate_hz: int = 0) -> None:
        """`folder`: where the pack's sounds lie; None for a pack without. `load`: who mixes at `rate_hz`, if somebody does."""
        self._folder = folder
        self._load = load
        self._rate_hz = rate_hz
        self._ready: list[SpeechReady] = []

    def prepare(self, texts: Sequence[Text], progress: Progress | None = None) -> tuple[tuple[str, int], ...]:
        """Lengths of all `texts`."""
        del progress  # it is done before a bar could be drawn
        return tuple((text.text_id, self._length_ns(text)) for text in texts)

    def _length_ns(self, text: Text) -> int:
        if not text.file:
            return self._silence_ns(text.text_id, text.text)
        assert self._folder is not None, "only a pack in a folder has sounds"
        from cued.audio.soundfile_in import load, probe

        if self._load is None:
            return seconds(probe(self._folder, text.file))
        clip = load(self._folder, text.file, self._rate_hz, text.text_id)
        self._load(clip)
        return clip.dur_ns

    def _silence_ns(self, text_id: str, text: str) -> int:
        dur_ns = nominal_duration_ns(text)
        if self._load is not None:
            from cued.audio.commands import Clip
            from cued.audio.tones import silence

            self._load(Clip(text_id, self._rate_hz, silence(dur_ns, self._rate_hz)))
        return dur_ns

    def answer(self, render: Render) -> SpeechReady:
        """The text's nominal length."""
        return SpeechReady(render.at_ns, render.text_id, self._silence_ns(render.text_id, render.text))

    def ask(self, render: Render) -> None:
        """Ready as soon as somebody asks."""
        self._ready.append(self.answer(render))

    def collect(self, now_ns: int) -> list[Event]:
        """What was asked for."""
        ready: list[Event] = [SpeechReady(max(0, now_ns), event.text_id, event.dur_ns) for event in self._ready]
        self._ready.clear()
        return ready

    def notices(self) -> list[str]:
        """Nothing to tell."""
        return []


class RealVoice:
    """Texts are spoken by the speech store; the pack's own sounds are read from its folder."""

    name = REAL

    def __init__(self, store: SpeechStore, folder: Path | None, rate_hz: int, load: Load) -> None:
        """`load` gets every clip as soon as it exists."""
        self._store = store
        self._folder = folder
        self._rate_hz = rate_hz
        self._load = load
        self._asked: dict[str, list[str]] = {}

    @property
    def pending(self) -> bool:
        """True while the store renders in the background."""
        return self._store.pending > 0

    def prepare(self, texts: Sequence[Text], progress: Progress | None = None) -> tuple[tuple[str, int], ...]:
        """Render (or fetch) and load all `texts`; blocks."""
        lengths: dict[str, int] = {}
        for text in texts:
            if text.file:
                lengths[text.text_id] = self._load_file(text)
        by_language: dict[str, list[Text]] = {}
        for text in texts:
            if not text.file:
                by_language.setdefault(text.language, []).append(text)
        for language, spoken in by_language.items():
            rendered = self._store.prepare([(text.text, language) for text in spoken], progress)
            for text in spoken:
                lengths[text.text_id] = self._load_speech(text.text_id, rendered[text.text])
        return tuple((text.text_id, lengths[text.text_id]) for text in texts)

    def _load_file(self, text: Text) -> int:
        from cued.audio.soundfile_in import load

        assert self._folder is not None, "only a pack in a folder has sounds"
        clip = load(self._folder, text.file, self._rate_hz, text.text_id)
        self._load(clip)
        return clip.dur_ns

    def _load_speech(self, text_id: str, rendered: Rendered) -> int:
        if rendered.tone:
            from cued.audio.tones import fallback_tone

            pcm, rate_hz = fallback_tone(self._rate_hz).pcm, self._rate_hz
        else:
            pcm, rate_hz = rendered.pcm, rendered.rate_hz
        from cued.audio.commands import Clip

        clip = Clip(text_id, rate_hz, pcm)
        self._load(clip)
        return clip.dur_ns

    def answer(self, render: Render) -> Event:
        """The text, rendered now; blocks."""
        rendered = self._store.prepare([(render.text, render.language)])[render.text]
        return SpeechReady(render.at_ns, render.text_id, self._load_speech(render.text_id, rendered))

    def ask(self, render: Render) -> None:
        """Render in the background."""
        self._asked.setdefault(render.text, []).append(render.text_id)
        self._store.submit(render.text, render.language)

    def collect(self, now_ns: int) -> list[Event]:
        """What has been rendered since the last call."""
        ready: list[Event] = []
        for rendered in self._store.poll():
            asked = self._asked.pop(rendered.text, [])
            ready += [SpeechReady(max(0, now_ns), text_id, self._load_speech(text_id, rendered)) for text_id in asked]
        return ready

    def notices(self) -> list[str]:
        """What the store has to tell."""
        return self._store.take_notices()
