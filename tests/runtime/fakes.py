"""Fakes for the seams of the shell: outputs, sinks, feeds, clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from cued.audio.commands import Clip, Command, Report
from cued.core.effects import Effect
from cued.core.events import Event


class FakeOutput:
    """A device that plays nothing and reports what it is told to."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.clips: list[Clip] = []
        self.to_report: list[Report] = []
        self.closed = False

    def load(self, clip: Clip) -> None:
        self.clips.append(clip)

    def apply(self, command: Command) -> None:
        self.commands.append(command)

    def reports(self) -> list[Report]:
        reports, self.to_report = self.to_report, []
        return reports

    def wait_open(self, deadline_s: float) -> bool:
        return True

    def start_at(self, start_ns: int) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class FakeMix:
    """An offline output that notes the order of what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def load(self, clip: Clip) -> None:
        self.calls.append(("load", clip.clip_id))

    def apply(self, command: Command) -> None:
        self.calls.append(("apply", command))

    def advance(self, to_ns: int) -> None:
        self.calls.append(("advance", to_ns))

    def close(self, end_ns: int) -> None:
        self.calls.append(("close", end_ns))

    def abort(self) -> None:
        self.calls.append(("abort", None))


class MemorySink:
    """A sound file in memory, that exists on disk once it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blocks: list[Any] = []
        self.aborted = False

    def write(self, block: Any) -> None:
        self.blocks.append(block.copy())

    def close(self) -> None:
        import numpy as np

        self.path.write_bytes(np.concatenate(self.blocks).tobytes())

    def abort(self) -> None:
        self.aborted = True


class Ears:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.times: list[int] = []
        self.ended_ns: int | None = None

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        self.effects += effects
        self.times.append(at_ns)

    def finish(self, end_ns: int) -> None:
        self.ended_ns = end_ns


class VirtualClock:
    """Time that jumps to where it is waited for. `script`: (session time, what happens then), in order."""

    def __init__(self, start_ns: int = -500_000_000, script: Sequence[tuple[int, Callable[[], None]]] = ()) -> None:
        self.time_ns = start_ns
        self.script = list(script)
        self.waits = 0

    def now_ns(self) -> int:
        return self.time_ns

    def wait(self, inbox: SimpleQueue[Event], until_ns: int) -> Event | None:
        self.waits += 1
        while True:
            try:
                return inbox.get_nowait()
            except Empty:
                pass
            if self.script and self.script[0][0] <= max(until_ns, self.time_ns):
                at_ns, act = self.script.pop(0)
                self.time_ns = max(self.time_ns, at_ns)
                act()
                continue
            self.time_ns = max(self.time_ns, until_ns)
            return None
