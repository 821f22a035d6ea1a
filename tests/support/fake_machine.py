"""A machine for the doctor that is whatever a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from cued.runtime.doctor.check import Answer, Outcome
from cued.runtime.doctor.sound import LIST_DEVICES

ABSENT = Answer(Outcome.ABSENT)
SILENT = Answer(Outcome.SILENT)


def said(out: str = "", err: str = "", code: int = 0) -> Answer:
    """A program ended by itself with these words."""
    return Answer(Outcome.ENDED, code, out, err)


@dataclass
class FakeMachine:
    """A healthy, bare PC on which no program is installed; each field makes it another."""

    env: Mapping[str, str] = field(default_factory=dict)
    uid: int = 1000
    user: str = "runner"
    pointer_bits: int = 64
    processor: str = "aarch64"
    realtime_priority_limit: int = 0
    programs: Mapping[str, Answer] = field(default_factory=dict)
    """Answers by the beginning of the command line; the longest match wins."""
    devices: Answer = ABSENT
    """Of the Python program that lists PortAudio's devices."""
    voices: Answer = ABSENT
    """Of the Python program that counts pyttsx3's voices."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Text by path; `~` stands as it is."""
    sockets: frozenset[str] = frozenset()
    """Where somebody listens."""
    free: int | None = 10_000_000_000
    can_write: bool = True

    def ask(self, *words: str, deadline_s: float = 3.0) -> Answer:
        line = " ".join(words)
        matches = [begin for begin in self.programs if line.startswith(begin)]
        return self.programs[max(matches, key=len)] if matches else ABSENT

    def ask_python(self, program: str, deadline_s: float) -> Answer:
        return self.devices if program == LIST_DEVICES else self.voices

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def find(self, pattern: str) -> tuple[str, ...]:
        paths = set(self.files) | set(self.sockets)
        folders = {path.rsplit("/", depth)[0] for path in paths for depth in range(1, path.count("/"))}
        flat = pattern.replace("/**/", "/*")
        return tuple(sorted(path for path in paths | folders if fnmatchcase(path, flat) and _as_deep(path, pattern)))

    def connects(self, socket_path: str) -> bool:
        return socket_path in self.sockets

    def data_folder(self) -> str:
        return "/home/runner/.local/share"

    def free_bytes(self, folder: str) -> int | None:
        return self.free

    def writable(self, folder: str) -> bool:
        return self.can_write


def _as_deep(path: str, pattern: str) -> bool:
    """A star in a shell's pattern does not cross a slash."""
    return "**" in pattern or path.count("/") == pattern.count("/")
