"""`cued run` as a program that listens to the virtual BlueZ, and a small pack that needs no speech engine."""

from __future__ import annotations

import json
import math
import os
import signal
import struct
import subprocess
import sys
import threading
import wave
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from cued.runtime.safety import Safety
from cued.sensors.known import KnownSensor, KnownSensors
from tests.support.waiting import DEADLINE_S, wait_for

CUED: Final = (sys.executable, "-m", "cued")
STARTS_S: Final = DEADLINE_S
"""A process is there after a second, and after many on a machine that has much else to do."""
TONE_S: Final = 0.5
TONE_HZ: Final = 1_000
RATE_HZ: Final = 48_000

_PACK: Final = """format: 1
name: tone
version: 1.0.0
title: "A tone for the slow"
language: en
license: CC0-1.0
target: {{basis: fixed, spm: 170}}
band: {{low: 3%, high: 3%, hysteresis: 1%, window: 2 s}}
limits: {{quiet_start: 0 s, quiet_end: 0 s, min_gap: 0 s, same_cue_gap: 0 s, per_minute: 60, per_run: 100, withhold: 0%}}
metronome: {{{metronome}}}
session: [{{segment: steady, for: 30 min}}]
cues: {{tone: {{sound: tone.wav}}}}
rules:
  - {{when: {{{when}}}, say: tone}}
"""


def tone_pack(folder: Path, when: str, metronome: str = "mode: none") -> Path:
    """A pack in a new folder: its one rule plays half a second of a tone `when`; about 170 spm, without limits."""
    folder.mkdir()
    (folder / "pack.yaml").write_text(_PACK.format(when=when, metronome=metronome), encoding="utf-8")
    wavelength = RATE_HZ / TONE_HZ
    samples = [round(9_000 * math.sin(2 * math.pi * n / wavelength)) for n in range(round(TONE_S * RATE_HZ))]
    with wave.open(str(folder / "tone.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return folder


class LiveRun:
    """One `cued run` with a home of its own, from its start to its end; killed if the block ends earlier."""

    def __init__(self, home: Path, *words: str | os.PathLike[str], env: Mapping[str, str] | None = None) -> None:
        """`home` takes the user's folders and the events file; `env` is added to the environment."""
        home.mkdir(exist_ok=True)
        self.events = home / "run.jsonl"
        self.known = KnownSensors(home / "data" / "cued" / "sensors.json")
        Safety(home / "state" / "cued" / "safety.json").accept("screen")
        # The cache is everybody's: else each renders the same sentences anew, for a second or two.
        own = {f"XDG_{kind.upper()}_HOME": str(home / kind) for kind in ("config", "data", "state")}
        self._command = [*CUED, "run", "--events", str(self.events), *(os.fspath(word) for word in words)]
        self._env = {**os.environ, **own, **(env or {})}
        self._lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)

    def knows(self, *sensors: KnownSensor) -> Self:
        """They are the runner's."""
        for sensor in sensors:
            self.known.put(sensor)
        return self

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        process = self._running
        if process.poll() is None:
            process.kill()
        process.wait()
        self._reader.join()
        assert process.stdout is not None
        process.stdout.close()

    @property
    def _running(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def _read(self) -> None:
        assert self._running.stdout is not None
        for line in self._running.stdout:
            self._lines.append(line)

    @property
    def text(self) -> str:
        """All that it has printed."""
        return "".join(list(self._lines))

    def rows(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The whole lines of the events file so far."""
        text = self.events.read_text(encoding="utf-8") if self.events.exists() else ""
        whole = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        return [row for row in whole if kind in {None, row["kind"]}]

    def expect_printed(self, part: str, deadline_s: float = STARTS_S) -> None:
        wait_for(lambda: part in self.text or self._ended, deadline_s, f"{part!r} printed")
        assert part in self.text, self.text

    def expect_rows(self, kind: str, number: int = 1, deadline_s: float = STARTS_S, **fields: object) -> list[dict[str, Any]]:
        """Wait for so many lines of that kind with those fields."""

        def found() -> list[dict[str, Any]]:
            return [row for row in self.rows(kind) if fields.items() <= row.items()]

        wait_for(lambda: len(found()) >= number or self._ended, deadline_s, f"{number} of {kind} {fields}")
        assert len(found()) >= number, self.text
        return found()

    @property
    def _ended(self) -> bool:
        return self._running.poll() is not None

    def press_ctrl_c(self) -> None:
        self._running.send_signal(signal.SIGINT)

    def end(self, deadline_s: float = STARTS_S) -> int:
        """Wait for its end; the exit code."""
        code = self._running.wait(deadline_s)
        self._reader.join()
        assert "Traceback" not in self.text
        return code
