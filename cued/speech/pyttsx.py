"""The parent's side of the pyttsx3 worker: started ahead, asked one text at a time, killed at a deadline, started anew."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cued.speech.child import ChildGoneError, ChildLateError, LineChild
from cued.speech.voice import Pcm, RenderError, UnknownVoiceError, VoiceSettings, VoiceUnavailableError
from cued.speech.wav import read_wav

WORKER: Final = Path(__file__).resolve().with_name("worker.py")
"""Run, never imported: what it needs is not needed here."""
START_DEADLINE_S: Final = 10.0
"""0.15 s here; a Pi that reads Python from a cold SD card takes seconds."""
RENDER_DEADLINE_S: Final = 3.0
"""12 ms here; late enough for a loaded Pi, early enough for the next engine to speak before a cue expires (5 s)."""
ATTEMPTS: Final = 3
"""One phrase in 60 came out empty without an error; three in a row would be one in 200,000."""


class PyttsxVoice:
    """A Voice over pyttsx3 and espeak-ng's library, in a process of its own."""

    name: Final = "pyttsx3"

    def __init__(
        self,
        settings: VoiceSettings,
        *,
        command: Sequence[str] | None = None,
        start_deadline_s: float = START_DEADLINE_S,
        render_deadline_s: float = RENDER_DEADLINE_S,
    ) -> None:
        """`command` starts the worker; None = the one of this package, found by its path, whatever the working folder."""
        self._settings = settings
        # -P: a `pyttsx3.py` in the folder that cued was called from is not the engine.
        self._command = tuple(command or (sys.executable, "-P", str(WORKER)))
        self._start_deadline_s = start_deadline_s
        self._render_deadline_s = render_deadline_s
        self._busy = threading.RLock()
        self._closed = False
        self._child: LineChild | None = None
        self._folder: Path | None = None
        self._ready: dict[str, object] | None = None
        self._language = settings.language
        self._requests = 0

    @property
    def fingerprint(self) -> str:
        """See Voice."""
        with self._busy:
            ready = self._wait_until_ready()
            return f"pyttsx3 {ready['pyttsx3']}/espeak {ready['espeak']}/{self._settings.key}"

    def warm_up(self) -> None:
        """See Voice: start the worker without waiting for it."""
        with self._busy, contextlib.suppress(VoiceUnavailableError):
            self._start()

    def speaks(self, language: str) -> bool:
        """See Voice."""
        with self._busy:
            self._use(language)
            return self._wait_until_ready()["voice"] is not None

    def render(self, text: str, language: str) -> Pcm:
        """See Voice. An empty file or a crash is tried again in a new worker; a hang is not, as time is short."""
        with self._busy:
            reason = ""
            for _ in range(ATTEMPTS):
                try:
                    if not self.speaks(language):
                        raise UnknownVoiceError(f"it has no voice for '{language}'")
                    return self._ask(text)
                except ChildLateError as late:
                    self._stop()
                    raise RenderError(f"it did not answer within {self._render_deadline_s:g} s") from late
                except (ChildGoneError, RenderError) as error:
                    reason = str(error)
                    self._stop()
            raise RenderError(f"{reason} ({ATTEMPTS} times)")

    def close(self) -> None:
        """See Voice."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()  # whoever waits for its answer gets ChildGoneError, and lets go of the lock
        with self._busy:
            self._stop()

    def _use(self, language: str) -> None:
        """A worker's voice is set once: another language needs another worker."""
        if self._settings.candidates(language) != self._settings.candidates(self._language):
            self._stop()
        self._language = language

    def _start(self) -> LineChild:
        if self._closed:
            raise VoiceUnavailableError("it was closed")
        if self._child is not None:
            return self._child
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="cued-speech-"))
            self._child = LineChild(self._command)
            voices = self._settings.candidates(self._language)
            self._child.send(json.dumps({"voices": voices, "wpm": self._settings.wpm, "folder": str(self._folder)}))
        except (ChildGoneError, OSError) as error:
            self._stop()
            raise VoiceUnavailableError(f"its worker does not start: {error}") from error
        return self._child

    def _wait_until_ready(self) -> dict[str, object]:
        child = self._start()
        if self._ready is None:
            try:
                ready = _answer(child, self._start_deadline_s)
                if ready.get("ready") is not True:
                    raise ChildGoneError(str(ready.get("error", "it said nothing sensible")))
            except ChildLateError as late:
                self._stop()
                raise VoiceUnavailableError(f"its worker was not ready within {self._start_deadline_s:g} s") from late
            except ChildGoneError as error:
                self._stop()
                raise VoiceUnavailableError(f"its worker does not work: {error}") from error
            self._ready = ready
        return self._ready

    def _ask(self, text: str) -> Pcm:
        child = self._start()
        self._requests += 1
        child.send(json.dumps({"id": self._requests, "text": text}))
        while True:
            answer = _answer(child, self._render_deadline_s)
            if answer.get("id") == self._requests:  # another number: a request that Ctrl-C broke off
                break
        if "error" in answer:
            raise RenderError(str(answer["error"]))
        path = Path(str(answer["path"]))
        try:
            with path.open("rb") as file:
                return read_wav(file)
        except OSError as error:
            raise RenderError(f"its WAV file cannot be read ({error.strerror})") from error
        finally:
            with contextlib.suppress(OSError):
                path.unlink()

    def _stop(self) -> None:
        if self._child is not None:
            self._child.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._child = self._folder = self._ready = None


def _answer(child: LineChild, deadline_s: float) -> dict[str, object]:
    """One JSON object. Raises ChildLateError, ChildGoneError."""
    try:
        answer = json.loads(child.receive(deadline_s))
    except ValueError as error:
        raise ChildGoneError("its answer is not JSON") from error
    if not isinstance(answer, dict):
        raise ChildGoneError("its answer is no JSON object")
    return answer
