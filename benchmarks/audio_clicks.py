"""Clicks played live and recorded: what was promised beside what arrived."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from benchmarks.audio_jack import Recorder, Recording
from cued.audio.commands import Click, Heartbeat, MixFormat, NoDevice, Promised, Report, Restarted
from cued.audio.devices import find_device
from cued.audio.player import LiveOutput
from cued.units import NS_PER_MIN, NS_PER_S

if TYPE_CHECKING:
    from benchmarks.audio_jack import Frames

COMMIT_NS: Final = 400_000_000
"""How far ahead the core commits a click."""
FEED_S: Final = 0.02
OPEN_S: Final = 10.0


@dataclass(slots=True)
class Played:
    """What an output was given, and what it said."""

    onsets_ns: list[int] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    @property
    def promised(self) -> dict[int, int]:
        """Stream frames by onset."""
        return {report.onset_ns: report.frame for report in self.reports if isinstance(report, Promised)}

    @property
    def last(self) -> Heartbeat:
        """The final counts."""
        return next(report for report in reversed(self.reports) if isinstance(report, Heartbeat))

    @property
    def troubles(self) -> int:
        """Children replaced and times without a device."""
        return sum(isinstance(report, Restarted | NoDevice) for report in self.reports)


class Feeder:
    """Gives an output a steady beat, each click 400 ms ahead, as the core does."""

    def __init__(self, output: LiveOutput, start_ns: int, spm: float, beats: int) -> None:
        self.played = Played()
        self._output = output
        self._start_ns = start_ns
        self._onsets = [round(beat * NS_PER_MIN / spm) for beat in range(beats)]

    def feed(self, until_ns: int | None = None) -> None:
        """Feed until all is given and has sounded, or until that moment of the run."""
        end_ns = self._onsets[-1] + NS_PER_S if until_ns is None else until_ns
        while (now_ns := time.monotonic_ns() - self._start_ns) < end_ns:
            given = len(self.played.onsets_ns)
            for onset_ns in self._onsets[given:]:
                if onset_ns > now_ns + COMMIT_NS:
                    break
                self._output.apply(Click(onset_ns))
                self.played.onsets_ns.append(onset_ns)
            self.played.reports += self._output.reports()
            time.sleep(FEED_S)
        self.played.reports += self._output.reports()


def play_clicks(env: Mapping[str, str], spm: float, seconds: float) -> tuple[Played, Recording]:
    """A steady beat by the real output into a recorder, for so long."""
    with environment(env), ExitStack() as closing:
        recorder = Recorder(env, seconds + OPEN_S + 10.0)
        closing.callback(recorder.discard)
        device = find_device(recorder.name)
        assert device is not None
        output = LiveOutput(MixFormat(channels=1), device, time.monotonic_ns(), promises=True)
        with contextlib.closing(output):
            if not output.wait_open(OPEN_S):
                raise RuntimeError("the device does not open")
            start_ns = time.monotonic_ns() + NS_PER_S // 2
            output.start_at(start_ns)
            feeder = Feeder(output, start_ns, spm, round(seconds * spm / 60))
            feeder.feed()
        feeder.played.reports += output.reports()
        recording = recorder.finish()
        closing.pop_all()
        return feeder.played, recording


@dataclass(frozen=True, slots=True)
class Errors:
    """Recorded frames against expected ones, after one linear fit."""

    frames: tuple[float, ...]
    """Per matched click: how far off the line, in frames."""
    missing: int
    extra: int
    rate: float
    """Recorded frames per expected frame; 1 is the same clock."""

    @property
    def worst(self) -> float:
        """The largest of them, either way."""
        return max((abs(error) for error in self.frames), default=float("nan"))


def compare(recorded: Frames, expected: Sequence[int], apart: float) -> Errors:
    """Match what was recorded to what was expected; `apart`: frames between two beats."""
    import numpy as np

    want, got = np.array(sorted(expected), np.float64), recorded.astype(np.float64)
    if not want.size or not got.size:
        return Errors((), int(want.size), int(got.size), float("nan"))
    best: list[tuple[int, int]] = []
    # The recording's zero is another: try what each of the first clicks would make of it.
    for guess in range(min(want.size, 8)):
        for heard in range(min(got.size, 8)):
            shift = got[heard] - want[guess]
            nearest = np.clip(np.searchsorted(got, want + shift - apart / 4), 0, got.size - 1)
            off = np.abs(got[nearest] - want - shift)
            pairs = [(i, int(j)) for i, j in enumerate(nearest) if off[i] < apart / 4]
            if len(pairs) > len(best):
                best = pairs
    i, j = np.array(best).T
    slope, constant = np.polyfit(want[i], got[j], 1) if len(best) > 1 else (1.0, got[j[0]] - want[i[0]])
    off = got[j] - (slope * want[i] + constant)
    return Errors(tuple(off.tolist()), int(want.size - len(best)), int(got.size - len(set(j.tolist()))), float(slope))


@contextmanager
def environment(env: Mapping[str, str]) -> Iterator[None]:
    """Within: what this process starts finds the virtual card."""
    before = dict(os.environ)
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def busy_thread() -> Iterator[None]:
    """Within: a thread of this process computes without a pause."""
    done = threading.Event()

    def spin() -> None:
        while not done.is_set():
            pass

    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def busy_cores() -> Iterator[None]:
    """Within: a process for every core computes without a pause."""
    hogs = [subprocess.Popen((sys.executable, "-c", "while True: pass")) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
