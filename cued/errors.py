"""One base error and one child per layer; each says what is wrong, where, and what to do.

`exit_code` is what a command ends with: 1 = the checked thing is not right, 2 = wrong use or impossible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class CuedError(Exception):
    """Base of every error that a user may see; `str()` is one plain sentence (or one line a problem)."""

    exit_code: int = 2


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What a sentence about an unknown `word` ends with, if one of `known` is near: `; did you mean left?`"""
    from difflib import get_close_matches  # a few ms that only a mistake costs

    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


class UsageError(CuedError):
    """A command was given words or values it cannot use."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or doubtful) in a YAML file, with its place and its mend."""

    line: int
    """1-based; 1 where the file has no place for it."""
    column: int
    """1-based."""
    message: str
    """What is wrong, and what to do, in one sentence."""
    path: str = ""
    """Where in the document, as a person writes it: `session[2].segments[0].for`."""
    warning: bool = False
    """True: the file loads all the same."""

    def at(self, file: str) -> str:
        """`file:line:column: message`, the form editors jump to."""
        kind = "warning: " if self.warning else ""
        return f"{file}:{self.line}:{self.column}: {kind}{self.message}"


class YamlError(CuedError):
    """A YAML file cannot be read; `problems` holds all of them."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(problem.at(file) for problem in problems))


class PackError(YamlError):
    """A cue pack is missing, broken or beyond what cued allows."""


class ConfigError(YamlError):
    """A configuration is missing or broken."""


class FormatError(CuedError):
    """A run file (FIT, CSV, events) cannot be read."""


class SensorError(CuedError):
    """A sensor cannot be used as asked."""


class HeadphonesError(CuedError):
    """Headphones cannot be paired, connected or played on as asked."""


class SpeechError(CuedError):
    """No voice, or a voice that failed."""


class AudioError(CuedError):
    """No sound device as asked, or one that failed."""


class OutputError(CuedError):
    """A file cannot be written."""


class JournalError(CuedError):
    """A journal, or a session in it, cannot be read or written."""


class ControlError(CuedError):
    """Nobody can be steered as asked, or a socket cannot be listened on."""
