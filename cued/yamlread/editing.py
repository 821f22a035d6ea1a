"""One value in a YAML file of words is changed; every other character stays as its author wrote it.

Where things stand comes from the parser, what is put there is text. A file can be written in ways that this does not see
through: an edited text has to be read again before it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from cued.yamlread.scalars import scalar_text

_STEP: Final = 2
"""Columns by which a part's entries are indented where it has none to go by."""
_BREAK: Final = re.compile("\r\n|\r|\n")
_LINE: Final = re.compile("([^\r\n]*)(\r\n|\r|\n|$)")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UneditableError(ValueError):
    """The file is written in a way that is better edited by hand; the text says in which."""


@dataclass(slots=True)
class _Node:
    """A map's entry, or the root. Indices are those of the text."""

    start: int = 0
    """Of the value; of an empty one, where it would be."""
    end: int = 0
    """Behind the value's last letter."""
    key: int = 0
    column: int = -_STEP
    """Of the key, from 0; of the root, so that its entries come to 0."""
    flow: bool = False
    """A map in braces."""
    entries: dict[str, _Node] | None = None
    """Of a map; None: no map."""

    def at(self, path: tuple[str, ...]) -> _Node | None:
        """What stands there."""
        here: _Node | None = self
        for step in path:
            here = None if here is None or here.entries is None else here.entries.get(step)
        return here

    @property
    def inside(self) -> int:
        """The column of its entries."""
        return next((entry.column for entry in (self.entries or {}).values()), self.column + _STEP)

    @property
    def last(self) -> int:
        """Behind the last letter of it or of an entry."""
        return max((entry.last for entry in (self.entries or {}).values()), default=self.end)


def with_value(text: str, path: tuple[str, ...], value: object) -> str:
    """`text` with the scalar `value` at `path`; a part that is not there yet is made.

    A line `#name: …` in which the option rests stays, and the new one goes under it. Raises UneditableError.
    """
    root, end = _tree(text)
    written = scalar_text(value)
    there = root.at(path)
    if there is not None:
        if there.entries is not None:
            raise UneditableError(f"`{path[-1]}` is a map")
        glue = " " if text[there.start - 1 : there.start] == ":" else ""
        return f"{text[: there.start]}{glue}{written}{text[there.end :]}"
    line = f"{path[-1]}: {written}"
    for depth in range(len(path)):
        part = root.at(path[:depth])
        if part is None:
            made = _with_line(text, root, (), f"{path[0]}:", end)
            if _tree(made)[0].at(path[:1]) is None:
                raise UneditableError("a new part would become part of something else")
            return with_value(made, path, value)
        if part.flow:
            parts = path[depth:-1]
            line = "".join(f"{step}: {{" for step in parts) + line + "}" * len(parts)
            more = ", " if part.entries else ""
            return f"{text[: part.start + 1]}{line}{more}{text[part.start + 1 :]}"
    return _with_line(text, root, path[:-1], line, end)


def without_value(text: str, path: tuple[str, ...]) -> str:
    """`text` without what stands at `path`; a comment on its line stays. A part that would be empty is put to rest by a `#`.

    Raises UneditableError.
    """
    root, _ = _tree(text)
    node, part = root.at(path), root.at(path[:-1])
    if node is None or part is None:
        return text
    if part.flow:
        raise UneditableError(f"`{path[-1]}` stands in braces")
    text = _cut(text, node)
    if part is root or len(part.entries or {}) > 1:
        return text
    begin = max(text.rfind("\n", 0, part.key), text.rfind("\r", 0, part.key)) + 1
    above = text[:begin].splitlines()[-1:]
    if above == [f"#{text[part.key :].splitlines()[0].partition(':')[0]}:"]:  # it has rested before
        colon = text.index(":", part.key) + 1
        return _cut(text, _Node(part.key, colon, part.key))
    return f"{text[: part.key]}#{text[part.key :]}"


def _tree(text: str) -> tuple[_Node, int]:
    """The root, a map or nothing so far, and where more may be written: before a `...`, else at the very end."""
    root, end = _Node(entries={}), len(text)
    maps: list[_Node] = []
    key: yaml.ScalarEvent | None = None
    for event in _events(text):
        first, behind = event.start_mark, event.end_mark
        assert first is not None
        assert behind is not None
        if isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            end = first.index
        elif isinstance(event, yaml.MappingEndEvent):
            maps.pop()
        elif isinstance(event, yaml.ScalarEvent) and maps and key is None:
            key = event
        elif isinstance(event, yaml.ScalarEvent | yaml.MappingStartEvent):
            letters = text[first.index : behind.index]
            node = _Node(first.index, first.index + len(letters.rstrip()))
            if key is not None and key.start_mark is not None:
                node.key, node.column = key.start_mark.index, key.start_mark.column
                entries = maps[-1].entries
                assert entries is not None
                entries[key.value] = node
            key = None
            if isinstance(event, yaml.MappingStartEvent):
                node.entries, node.flow = {}, bool(event.flow_style)
                root = root if maps else node
                maps.append(node)
        elif isinstance(event, yaml.NodeEvent):
            raise UneditableError("it holds a list, or a name for another value")
    return root, end


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise UneditableError("it is no YAML as it stands") from error


def _with_line(text: str, root: _Node, path: tuple[str, ...], line: str, end: int) -> str:
    """`line` as one more entry of the part at `path`: under the line in which it rests, else behind the last entry."""
    part = root.at(path)
    assert part is not None
    column = part.inside
    name = re.escape(line.partition(":")[0])
    indent = " *" if path else " " * column
    resting = re.compile(rf"{indent}# ?{name}:(?: |$)")
    lines = [found for found in _LINE.finditer(text[:end]) if found[0]]
    begin = next((at for at, found in enumerate(lines) if found.end() > part.key), 0) if path else 0
    usual = begin if path else len(lines) - 1
    place = None
    for at in range(begin + bool(path), len(lines)):
        words = lines[at][1]
        if path and words.strip() and len(words) - len(words.lstrip()) <= part.column:
            break  # the next part
        if resting.match(words):
            place = at
        if path and lines[at].start() < part.last:
            usual = at
    at = usual if place is None else place
    found = _BREAK.search(text)
    stop = found[0] if found else "\n"
    if at < 0:
        return f"{' ' * column}{line}{stop}{text}"
    index = lines[at].end()
    glue = "" if lines[at][2] else stop
    return f"{text[:index]}{glue}{' ' * column}{line}{stop}{text[index:]}"


def _cut(text: str, node: _Node) -> str:
    """`text` without an entry's key and value, and without their line where nothing but them was on it."""
    begin = max(text.rfind("\n", 0, node.key), text.rfind("\r", 0, node.key)) + 1
    behind = _LINE.match(text, node.end)
    assert behind is not None
    before, after = text[begin : node.key], behind[1].strip()
    if before.strip() or (after and not after.startswith("#")):
        raise UneditableError("it stands on one line with something else")
    kept = f"{before}{after}{behind[2]}" if after else ""
    return text[:begin] + kept + text[behind.end() :]
