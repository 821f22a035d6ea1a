"""What a check finds, and what it may ask of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARN = "warn"
    """cued runs, but something is lost or at risk."""
    FAIL = "fail"
    """A runner would not hear or get what they expect."""
    UNKNOWN = "unknown"
    """Not asked, or no answer."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    state: State
    what: str
    """What was found, in one sentence without a full stop."""
    mend: str = ""
    """What to do about it; empty where nothing is to be done."""


class Outcome(StrEnum):
    """How asking a program ended."""

    ENDED = "ended"
    """By itself, well or not: see the exit code."""
    ABSENT = "absent"
    """There is no such program."""
    SILENT = "silent"
    """It did not end within the deadline and was killed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said."""

    outcome: Outcome
    code: int = 0
    """Exit code; negative: the signal that ended it. 0 unless `outcome` is ENDED."""
    out: str = ""
    err: str = ""

    @property
    def well(self) -> bool:
        """True: it ended by itself with exit code 0."""
        return self.outcome is Outcome.ENDED and self.code == 0


class Machine(Protocol):
    """The machine as the checks see it. No method raises or waits past its deadline."""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment's variables."""

    @property
    def uid(self) -> int:
        """The user's number; 0 is root."""

    @property
    def user(self) -> str:
        """The user's name; empty where the system has none for the number."""

    @property
    def pointer_bits(self) -> int:
        """64 in a 64-bit Python."""

    @property
    def processor(self) -> str:
        """As the kernel names it: `x86_64`, `aarch64`, `armv7l`."""

    @property
    def realtime_priority_limit(self) -> int:
        """RLIMIT_RTPRIO; 0 where real-time scheduling is not allowed."""

    def ask(self, *words: str, deadline_s: float = 3.0) -> Answer:
        """Run a program with no input and no shell."""

    def ask_python(self, program: str, deadline_s: float) -> Answer:
        """Run a Python program in a process of its own, where a hang or a crash harms nobody."""

    def read(self, path: str) -> str | None:
        """A small file's text without the white space around it; None if it cannot be read."""

    def find(self, pattern: str) -> tuple[str, ...]:
        """The paths that match a shell pattern (`~` is the user's home), sorted."""

    def connects(self, socket_path: str) -> bool:
        """True: somebody listens at that Unix socket."""

    def data_folder(self) -> str:
        """Where cued keeps runs and voices: the nearest folder on that way which exists."""

    def free_bytes(self, folder: str) -> int | None:
        """Bytes that this user may still write there; None if that cannot be told."""

    def writable(self, folder: str) -> bool:
        """True: this user may make files there."""
