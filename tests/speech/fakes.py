"""Engines that fail in the ways that real ones were seen to, as programs of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from cued.speech.pyttsx import WORKER
from cued.speech.voice import Pcm, RenderError, UnknownVoiceError, VoiceUnavailableError

FAKE_PYTTSX3 = '''
import os, pathlib, subprocess, time, wave

HERE = pathlib.Path(__file__).parent
print("hello from the import")


class Engine:
    """Does to each text what the text says."""

    todo = None
    speaking_rate = None

    def connect(self, topic, callback):
        self.callback = callback

    def setProperty(self, name, value):
        if name == "voice" and value not in ("en", "de"):
            self.callback(name=None, exception=ValueError(value))

    def save_to_file(self, text, path):
        self.todo = (text, path)

    def runAndWait(self):
        if self.todo is None:
            return
        text, path = self.todo
        with (HERE / "asked").open("a") as file:
            file.write(text + "\\n")
        print('{"id": 1, "error": "noise"}')
        os.write(1, b"noise\\n")
        frames = 4410
        if text == "hang":
            helper = subprocess.Popen(["sleep", "600"])
            (HERE / "helper").write_text(str(helper.pid))
            time.sleep(600)
        elif text == "crash":
            os.kill(os.getpid(), 9)
        elif text == "raise":
            raise RuntimeError("the engine is\\ncross")
        elif text == "empty" or (text == "empty once" and (HERE / "asked").read_text().count("empty once") == 1):
            frames = 0
        elif text == "nothing":
            return
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", "none"))
            file.writeframes(b"\\x00\\x10\\x00\\xf0" * (frames // 2))


def init(driver):
    if (HERE / "broken").exists():
        raise RuntimeError("no eSpeak here")
    if (HERE / "slow").exists():
        time.sleep(600)
    return Engine()
'''


def fake_pyttsx3_command(folder: Path) -> tuple[str, ...]:
    """The real worker over a false pyttsx3 in `folder`, which notes there what it was asked."""
    package = folder / "pyttsx3"
    package.mkdir()
    (package / "__init__.py").write_text(FAKE_PYTTSX3)
    return ("env", f"PYTHONPATH={folder}", sys.executable, "-P", str(WORKER))


def fake_program(path: Path, script: str) -> str:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def is_running(pid: int) -> bool:
    """False for a process that is gone, or dead and not yet buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def is_over(note: Path) -> bool:
    """Has the process ended whose number `note` holds? On a busy machine it may have been killed before it wrote one."""
    number = note.read_text() if note.exists() else ""
    return not (number and is_running(int(number)))


class FakeVoice:
    """A Voice that hums, and fails as it is told: texts named in `fails`, everything while `gone`, all but `languages`."""

    def __init__(self, name: str = "fake", *, languages: tuple[str, ...] = ("en",)) -> None:
        self.name = name
        self.fingerprint_asked = 0
        self.asked: list[str] = []
        self.fails: set[str] = set()
        self.gone = ""
        self.languages = languages
        self.closed = 0

    @property
    def fingerprint(self) -> str:
        self.fingerprint_asked += 1
        if self.gone:
            raise VoiceUnavailableError(self.gone)
        return f"{self.name} 1"

    def warm_up(self) -> None:
        pass

    def speaks(self, language: str) -> bool:
        if self.gone:
            raise VoiceUnavailableError(self.gone)
        return language in self.languages

    def render(self, text: str, language: str) -> Pcm:
        self.asked.append(text)
        if self.gone:
            raise VoiceUnavailableError(self.gone)
        if language not in self.languages:
            raise UnknownVoiceError(f"it has no voice for '{language}'")
        if text in self.fails:
            raise RenderError("it would not")
        time_s = np.arange(8_000 + 400 * len(text)) / 16_000
        return Pcm((0.3 * np.sin(2 * np.pi * 300 * time_s)).astype(np.float32), 16_000)

    def close(self) -> None:
        self.closed += 1
