"""The loop over PyYAML's event stream: bytes in, values with their places out, every hazard a problem.

The events come from libyaml where PyYAML has it. Its composer and its parser at great depth are neither safe nor
quick, so nothing is composed and reading ends at the first level too deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml

from cued.errors import Problem
from cued.yamlread.characters import bad_escapes, clean
from cued.yamlread.document import Document, Path, Place, Value, path_text
from cued.yamlread.files import MAX_BYTES
from cued.yamlread.quoting import quoted
from cued.yamlread.scalars import UnclearScalarError, resolve
from cued.yamlread.syntax import explain

MAX_DEPTH: Final = 20
"""Maps and lists inside each other; a pack needs 6."""
MAX_VALUES: Final = 20_000
"""Values of a file (keys not counted); a pack of 1,000 cues has 5,000."""
MAX_PROBLEMS: Final = 1_000
"""Of a file that are listed: whoever mends these will see the next ones."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Level:
    """A map or list that is still open."""

    container: dict[str, Value] | list[Value]
    path: Path
    key: str | None = None
    """Of a map: the key whose value comes next; None: a key comes next."""
    skip_value: bool = False
    """The value that comes next belongs to a key that is refused."""
    seen: dict[str, int] = field(default_factory=dict)
    """Key → line of its first use."""


class _TooMuchError(Exception):
    """Reading must end here; the problem is already noted."""


def parse(data: bytes, *, pure: bool = False) -> Document:
    """The one document of `data`, with all its problems. Never raises, whatever the bytes.

    `pure` reads with PyYAML's own parser instead of libyaml's.
    """
    if len(data) > MAX_BYTES:
        return Document(problems=(Problem(1, 1, f"the file is over {MAX_BYTES // 1024} KiB: split it"),), complete=False)
    text, problems, go_on = clean(data)
    if not go_on:
        return Document(problems=tuple(problems), complete=False)
    reader = _Reader(text, problems)
    complete = reader.read(yaml.SafeLoader if pure else _LOADER)
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.column))
    return Document(reader.root, tuple(ordered), complete, reader.empty, reader.values, reader.keys, frozenset(reader.broken))


class _Reader:
    def __init__(self, text: str, problems: list[Problem]) -> None:
        self.text = text
        self.problems = problems
        self.root: Value = None
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.broken: set[Path] = set()
        self.empty = False
        self._levels: list[_Level] = []
        self._count = 0
        self._documents = 0

    def read(self, loader: type) -> bool:
        """Reads everything; False where it had to stop half-way."""
        try:
            for event in _events(self.text, loader):
                self._take(event)
        except yaml.YAMLError as error:
            self.problems.append(explain(error, self.text))
            return False
        except _TooMuchError:
            return False
        self.empty = self._documents == 0
        if self.empty:
            self.problems.append(Problem(1, 1, "the file is empty: nothing in it but comments or spaces"))
            return False
        return True

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._note(_place(event), (), "a second document begins here: one file holds one, so remove the `---`")
                raise _TooMuchError
        elif isinstance(event, yaml.CollectionEndEvent):
            self._levels.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)

    def _node(self, event: yaml.NodeEvent) -> None:
        level = self._levels[-1] if self._levels else None
        if level is not None and isinstance(level.container, dict) and level.key is None and not level.skip_value:
            self._key(event, level)
            return
        self._count += 1
        place = _place(event)
        if self._count > MAX_VALUES:
            self._note(place, (), f"the file holds more than {MAX_VALUES} values: split it")
            raise _TooMuchError
        path, kept = self._path_of_next(level)
        if kept:
            self.values[path] = place
        sound = self._sound(event, place, path)
        value: Value = None
        if isinstance(event, yaml.ScalarEvent):
            value, clear = self._scalar(event, place, path)
            sound = sound and clear
        elif isinstance(event, yaml.MappingStartEvent):
            value = {}
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
        if kept and not sound:
            self.broken.add(path)
        self._put(level, value, kept=kept)
        if isinstance(value, dict | list) and isinstance(event, yaml.CollectionStartEvent):
            self._open(value, path, place)

    def _open(self, container: dict[str, Value] | list[Value], path: Path, place: Place) -> None:
        if len(self._levels) >= MAX_DEPTH:
            self._note(place, path[:3], f"maps and lists are nested more than {MAX_DEPTH} deep: flatten them")
            raise _TooMuchError
        self._levels.append(_Level(container, path))

    @staticmethod
    def _path_of_next(level: _Level | None) -> tuple[Path, bool]:
        """Where the next value belongs, and whether it is kept at all."""
        if level is None:
            return (), True
        if isinstance(level.container, list):
            return (*level.path, len(level.container)), True
        if level.skip_value or level.key is None:
            return (*level.path, "?"), False
        return (*level.path, level.key), True

    def _put(self, level: _Level | None, value: Value, *, kept: bool) -> None:
        if level is None:
            self.root = value
        elif isinstance(level.container, list):
            level.container.append(value)
        else:
            if kept and level.key is not None:
                level.container[level.key] = value
            level.key = None
            level.skip_value = False

    def _key(self, event: yaml.NodeEvent, level: _Level) -> None:
        assert isinstance(level.container, dict)
        place = _place(event)
        self._sound(event, place, level.path)
        level.skip_value = True
        if not isinstance(event, yaml.ScalarEvent):
            if isinstance(event, yaml.CollectionStartEvent):
                self._note(place, level.path, "a map or list cannot be a key: write a word")
                self._open({} if isinstance(event, yaml.MappingStartEvent) else [], (*level.path, "?"), place)
            return
        path = (*level.path, event.value)
        if not event.style and event.value == "<<":  # libyaml says '' for unquoted, PyYAML None
            self._note(place, level.path, "`<<` merges another map: write its entries out here")
            return
        word, clear = self._scalar(event, place, path)
        if not clear:
            return
        if not isinstance(word, str):
            shown = quoted(event.value) if event.value else "an empty key"
            self._note(place, level.path, f"{shown} is not a word: put the key in quotes, or write a word")
            return
        if word in level.seen:
            self._note(place, path, f"{quoted(word)} is here twice (first in line {level.seen[word]}): remove one of the two")
            return
        level.seen[word] = place.line
        level.key, level.skip_value = word, False
        self.keys[path] = place

    def _sound(self, event: yaml.NodeEvent, place: Place, path: Path) -> bool:
        """Notes anchors, aliases and tags; False if there was one that leaves the value unknown."""
        if isinstance(event, yaml.AliasEvent):
            self._note(place, path, f"`*{event.anchor}` repeats another value: write the value out here (or quote the text)")
            return False
        if event.anchor is not None:
            self._note(place, path, f"`&{event.anchor}` names a value for use elsewhere: remove it (or quote the text)")
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = quoted(tag.replace("tag:yaml.org,2002:", "!!"))
            self._note(place, path, f"{shown} is a tag: remove it (or quote the text)")
            return False
        return True

    def _scalar(self, event: yaml.ScalarEvent, place: Place, path: Path) -> tuple[Value, bool]:
        """The value of a scalar, and whether it is clear."""
        if event.style:
            escapes = bad_escapes(event, self.text) if event.style == '"' else ()
            for problem_place, message in escapes:
                self._note(problem_place, path, message)
            return event.value, not escapes
        try:
            return resolve(event.value), True
        except UnclearScalarError as unclear:
            self._note(place, path, str(unclear))
            return None, False

    def _note(self, place: Place, path: Path, message: str) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            message = f"more than {MAX_PROBLEMS} problems: mend those above first"
            self.problems.append(Problem(place.line, place.column, message))
            raise _TooMuchError
        self.problems.append(Problem(place.line, place.column, message, path_text(path)))


def _events(text: str, loader: type) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=loader)


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)
