"""The runner's other hand: commands over the real socket, each with the time that its answer took."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from cued.control.client import Client
from cued.control.commands import WORDS, Command, Status
from cued.errors import ControlError

EVERY_S: Final = 1.0
PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One command."""

    at_ns: int
    """When, on the monotonic clock."""
    word: str
    took_ms: float
    """From connecting to the answer."""
    ok: bool
    said: str
    """Its sentence, or why not."""
    answered: bool = True
    """False: nothing came; the sentence is the client's own."""
    result: Mapping[str, Any] | None = None


class Hand:
    """Asks; safe from any thread. As a block it also asks for the status every second, in one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.asked: list[Asked] = []
        self.statuses: list[tuple[int, Mapping[str, Any]]] = []
        """(when, what): about every tenth."""
        self.newest: Mapping[str, Any] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="status", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def ask(self, command: Command) -> Asked:
        """Ask, and wait for the answer."""
        began_ns = time.monotonic_ns()
        result: Mapping[str, Any] | None = None
        said, answered = "", True
        try:
            with Client(self._path, PATIENCE_S) as client:
                result = client.ask(command)
                said = str(result.get("said", ""))
        except ControlError as error:
            said = str(error)
            answered = not said.startswith((str(self._path), "nobody listens"))
        took_ms = (time.monotonic_ns() - began_ns) / 1e6
        asked = Asked(began_ns, WORDS[type(command)], took_ms, result is not None, said, answered, result)
        self.asked.append(replace(asked, result=None))
        return asked

    def _poll(self) -> None:
        while not self._over.wait(EVERY_S):
            status = self.ask(Status()).result
            if status is not None:
                self.newest = status
                if len(self.asked) % 10 == 0:
                    self.statuses.append((time.monotonic_ns(), status))
