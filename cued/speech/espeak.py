"""espeak-ng called directly, a process per phrase: the engine that still works when pyttsx3 does not."""

from __future__ import annotations

import re
import shutil
import threading
from typing import Final

from cued.speech.child import ChildGoneError, ChildLateError, Finished, run
from cued.speech.voice import Pcm, RenderError, UnknownVoiceError, VoiceSettings, VoiceUnavailableError
from cued.speech.wav import read_wav

DEADLINE_S: Final = 3.0
"""12 ms here, for each phrase; as long as pyttsx3 is given."""
ATTEMPTS: Final = 2
"""It was never seen to fail twice."""
OUTPUT_LIMIT: Final = 8_000_000
"""Bytes: three minutes of 22.05 kHz, more than TEXT_LIMIT characters can take at any rate."""

_NO_SUCH_VOICE: Final = "voice does not exist"


class EspeakVoice:
    """A Voice over the program `espeak-ng`; no file is written, so it works on a full disk."""

    name: Final = "espeak-ng"

    def __init__(self, settings: VoiceSettings, *, program: str = "espeak-ng", deadline_s: float = DEADLINE_S) -> None:
        """`program` is looked for on the PATH, each time: installing it while cued runs is enough."""
        self._settings = settings
        self._program = program
        self._deadline_s = deadline_s
        self._version: str | None = None
        self._known: dict[str, str] = {}
        self._closed = threading.Event()

    @property
    def fingerprint(self) -> str:
        """See Voice."""
        if self._version is None:
            try:
                finished = self._run("--version")
            except ChildLateError as late:
                raise VoiceUnavailableError(f"it did not tell its version within {self._deadline_s:g} s") from late
            found = re.search(rb"\d+\.\d[\w.-]*", finished.output)
            if finished.code != 0 or found is None:
                raise VoiceUnavailableError(f"it does not tell its version ({finished.complaint or 'no output'})")
            self._version = found.group().decode()
        return f"espeak-ng {self._version}/{self._settings.key}"

    def warm_up(self) -> None:
        """See Voice: there is nothing to start."""

    def speaks(self, language: str) -> bool:
        """See Voice."""
        try:
            self.render("a", language)
        except UnknownVoiceError:
            return False
        except RenderError as error:
            raise VoiceUnavailableError(str(error)) from error
        return True

    def render(self, text: str, language: str) -> Pcm:
        """See Voice."""
        candidates = self._settings.candidates(language)
        if language in self._known:
            candidates = (self._known[language],)
        for voice in candidates:
            try:
                pcm = self._render(text, voice)
            except UnknownVoiceError:
                continue
            self._known[language] = voice
            return pcm
        raise UnknownVoiceError(f"it has no voice for '{language}'")

    def close(self) -> None:
        """See Voice: a phrase being made ends at its deadline, the next is refused."""
        self._closed.set()

    def _render(self, text: str, voice: str) -> Pcm:
        reason = ""
        for _ in range(ATTEMPTS):
            try:
                # -b 1: the text is UTF-8, whatever the locale. --: a text may begin with a dash.
                finished = self._run("-v", voice, "-s", str(self._settings.wpm), "-b", "1", "--stdout", "--", text)
            except ChildLateError as late:
                raise RenderError(f"it did not finish within {self._deadline_s:g} s") from late
            if finished.code == 0:
                try:
                    return read_wav(finished.output)
                except RenderError as error:
                    reason = str(error)
            elif _NO_SUCH_VOICE in finished.complaint:
                raise UnknownVoiceError(f"it has no voice '{voice}'")
            else:
                reason = finished.complaint or f"it ended with exit code {finished.code}"
        raise RenderError(f"{reason} ({ATTEMPTS} times)")

    def _run(self, *arguments: str) -> Finished:
        path = shutil.which(self._program)
        if path is None or self._closed.is_set():
            raise VoiceUnavailableError("it was closed" if path else "it is not installed")
        words = [argument.encode("utf-8", "replace") for argument in arguments]
        try:
            return run([path, *words], deadline_s=self._deadline_s, max_bytes=OUTPUT_LIMIT)
        except ChildGoneError as error:
            raise VoiceUnavailableError(str(error)) from error
