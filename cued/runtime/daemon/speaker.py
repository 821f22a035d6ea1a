"""cued's own sentences: through the session while one is on, else straight to the sound, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cued.core.arbiter import CUT_FADE_NS, FIRST_WORDS_NS
from cued.core.cues import Priority
from cued.core.effects import CutSpeech, Effect, Render, Say
from cued.core.events import Event, SpeechFailed, SpeechReady
from cued.core.start import say_id
from cued.runtime.daemon.onerun import OneRun
from cued.runtime.daemon.ports import Mouth
from cued.units import NS_PER_S

STALE_NS: Final = 4 * NS_PER_S
"""A sentence decided so long ago (the machine slept, or was stuck) is no longer true, or nobody waits for it."""
QUEUE_NS: Final = 20 * NS_PER_S
"""So long a sentence waits for others to be said, and for its voice: three of the longest."""
BREATH_NS: Final = 250 * 1_000_000
"""Between two sentences, as people do."""


@dataclass(frozen=True, slots=True)
class _Wish:
    at_ns: int
    text: str
    asked: bool


class Speaker:
    """Texts in, sound out. Belongs to the loop's thread."""

    def __init__(self, mouth: Mouth, language: str) -> None:
        self._mouth = mouth
        self.language = language
        self.lengths: dict[str, int] = {}
        """Text id → length of every sound that can be played."""
        self._asked_for: set[str] = set()
        self._queue: list[_Wish] = []
        self._said: Say | None = None
        self._last_ns = 0
        self.dropped = 0
        """Sentences that came too late."""
        self.title = ""
        """What was said last, for whoever shows it."""

    def say(self, text: str, decided_ns: int, now_ns: int, *, asked: bool, run: OneRun | None) -> None:
        """Have it heard. `asked`: it answers a key, so it is heard while all else is muted, and at once."""
        if not text:
            return
        if now_ns - decided_ns > STALE_NS:
            self.dropped += 1
            return
        self.title = text
        if run is not None:
            run.announce(now_ns, text, asked=asked)
            return
        if asked:
            self._queue.clear()
            self._cut(now_ns)
        self._queue.append(_Wish(now_ns, text, asked))
        self.attend(now_ns, 0)

    def play(self, said: Say, now_ns: int) -> None:
        """A sound that is ready, once more."""
        self._cut(now_ns)
        self._begin(said.text_id, said.text, now_ns)

    def hear(self, effects: Sequence[Effect]) -> None:
        """What a session says, so that nothing else is said into it, also when it is over."""
        for effect in effects:
            if isinstance(effect, Say):
                self._said, self._last_ns = effect, effect.at_ns + effect.dur_ns
            elif isinstance(effect, CutSpeech):
                self._last_ns = min(self._last_ns, effect.at_ns + effect.fade_ns)

    def ask(self, render: Render) -> Event | None:
        """For a session that needs a text: its length if it is there, else it comes by `ready`."""
        length_ns = self.lengths.get(render.text_id)
        if length_ns is not None and self._mouth.has(render.text_id):
            return SpeechReady(render.at_ns, render.text_id, length_ns)
        if render.text_id not in self._asked_for:
            self._asked_for.add(render.text_id)
            self._mouth.ask(render)
        return None

    def foresee(self, text: str, now_ns: int) -> None:
        """It may be said soon: have it rendered."""
        self.ask(Render(now_ns, say_id(text), text, self.language))

    def ready(self, event: SpeechReady | SpeechFailed) -> None:
        """A text that was asked for is there, or will never be."""
        self._asked_for.discard(event.text_id)
        if isinstance(event, SpeechReady):
            self.lengths[event.text_id] = event.dur_ns
        else:
            self._queue = [wish for wish in self._queue if say_id(wish.text) != event.text_id]

    def hush(self, now_ns: int) -> None:
        """Nothing more is said."""
        self._queue.clear()
        self._cut(now_ns)

    def is_silent(self, now_ns: int, busy_ns: int = 0) -> bool:
        """Nothing is being said, and nothing waits; `busy_ns`: of the session."""
        return not self._queue and now_ns >= max(busy_ns, self.busy_ns) + BREATH_NS

    @property
    def busy_ns(self) -> int:
        """Something is said until then."""
        return self._last_ns

    def due_ns(self, busy_ns: int) -> int | None:
        """When `attend` is next wanted."""
        if not self._queue:
            return None
        first = self._queue[0]
        free_ns = max(busy_ns, self.busy_ns) + BREATH_NS
        stale_ns = first.at_ns + QUEUE_NS
        return min(free_ns, stale_ns) if say_id(first.text) in self.lengths else stale_ns

    def attend(self, now_ns: int, busy_ns: int) -> None:
        """Say what waits, if nothing else is being said."""
        while self._queue and now_ns - self._queue[0].at_ns >= QUEUE_NS:
            self._queue.pop(0)
            self.dropped += 1
        if not self._queue:
            return
        text_id = say_id(self._queue[0].text)
        if text_id not in self.lengths or not self._mouth.has(text_id):
            ready = self.ask(Render(now_ns, text_id, self._queue[0].text, self.language))
            if not isinstance(ready, SpeechReady):
                return
        if self._queue[0].asked or now_ns >= max(busy_ns, self._last_ns and self._last_ns + BREATH_NS):
            wish = self._queue.pop(0)
            self._begin(text_id, wish.text, now_ns)

    def _begin(self, text_id: str, text: str, now_ns: int) -> None:
        rise_ns = FIRST_WORDS_NS if self._said is None else 0
        said = Say(now_ns, text_id, "cued", text, "cued", Priority.SAFETY, self.lengths.get(text_id, 0), 0.0, rise_ns)
        self._said = said
        self._last_ns = now_ns + said.dur_ns
        self._mouth.play([said])

    def _cut(self, now_ns: int) -> None:
        if self._said is not None and self._last_ns > now_ns + CUT_FADE_NS:
            self._mouth.play([CutSpeech(now_ns, self._said.text_id, CUT_FADE_NS)])
            self._last_ns = now_ns + CUT_FADE_NS
