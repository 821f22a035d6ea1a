"""What came out of a YAML file: plain values, and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from cued.errors import Problem
from cued.yamlread.quoting import clip

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
"""A YAML 1.2 core value; numbers are finite."""
Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys and positions in lists, from the root."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the file, both counted from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document."""

    value: Value = None
    problems: tuple[Problem, ...] = ()
    """In file order; empty: the file is sound as YAML (what its words mean is another matter)."""
    complete: bool = True
    """False: reading stopped half-way, so what `value` lacks says nothing."""
    empty: bool = False
    """True: nothing in it but comments or spaces."""
    values: dict[Path, Place] = field(default_factory=dict)
    """Where each value begins."""
    keys: dict[Path, Place] = field(default_factory=dict)
    """Where the key of each map entry begins."""
    broken: frozenset[Path] = frozenset()
    """Values that already have a problem and hold None in their place."""

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where `path` stands (its key, if `key`), or the nearest thing above it that the file does hold."""
        if key and path in self.keys:
            return self.keys[path]
        while path:
            if path in self.values:
                return self.values[path]
            path = path[:-1]
        return self.values.get((), Place())

    def problem(self, path: Path, message: str, *, key: bool = False, warning: bool = False) -> Problem:
        """A problem at `path`."""
        place = self.place(path, key=key)
        return Problem(place.line, place.column, message, path_text(path), warning)

    def is_broken(self, path: Path) -> bool:
        """Whether `path`, or anything above it, already has a problem as YAML."""
        return bool(self.broken) and any(path[:end] in self.broken for end in range(len(path) + 1))


def path_text(path: Path) -> str:
    """`session[2].segments[0].for`: a path as a person writes it."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{clip(step)}" if text else clip(step)
    return text
