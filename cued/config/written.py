"""The configuration as text: a table of what is in force, data for scripts, and a whole file to begin from."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from cued.config.settings import OPTIONS, Entry
from cued.config.whole import Configuration
from cued.yamlread.scalars import scalar_text


def origin_of(configuration: Configuration, entry: Entry) -> str:
    """`default`, or `file:line:column`."""
    place = configuration.places.get(entry.path)
    return "default" if place is None else f"{configuration.file}:{place.line}:{place.column}"


def lines_of(configuration: Configuration) -> list[str]:
    """Each option, what is in force, and where that comes from."""
    rows = [(entry.name, in_force(configuration, entry), origin_of(configuration, entry)) for entry in OPTIONS]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}" for name, value, origin in rows]


def as_data(configuration: Configuration) -> list[dict[str, Any]]:
    """The same with all that is to be known of each option, for JSON."""
    rows: list[dict[str, Any]] = []
    for entry in OPTIONS:
        place = configuration.places.get(entry.path)
        option = entry.option
        rows.append({
            "option": entry.name,
            "value": entry.text_of(entry.value_in(configuration.settings)),
            "from": "default" if place is None else "file",
            "file": None if place is None else configuration.file,
            "line": None if place is None else place.line,
            "column": None if place is None else place.column,
            "default": entry.text_of(entry.default),
            "kind": option.kind.words.replace("`", ""),
            "about": option.about,
            "example": option.example,
            "read_by": list(option.read_by) or ["daemon"],
        })  # fmt: skip
    return rows


def as_yaml(configuration: Configuration) -> str:
    """A whole file with every option: what is in force, or its example behind a `#` where it has no value."""
    lines = [
        "# The configuration of cued. Remove what you do not want to set; a line that begins with `#` and a name rests.",
        "# `cued config check` tells every mistake, `cued config show` what is in force.",
    ]
    for path, entries in groupby(OPTIONS, lambda entry: entry.path[:-1]):
        inner = [_with_value(configuration, entry) for entry in entries]
        if path:
            rests = all(line.startswith("#") for _, line in inner)
            lines += ["", f"{'#' * rests}{path[0]}:"]
        for described, line in inner:
            lines += [f"  # {described}", f"  {line}"] if path else ["", f"# {described}", line]
    return "\n".join(lines) + "\n"


def _with_value(configuration: Configuration, entry: Entry) -> tuple[str, str]:
    """The two lines of an option: what it is, and its value."""
    value = _value_text(configuration, entry)
    name = entry.path[-1]
    return entry.described, f"#{name}: {entry.option.example}" if value is None else f"{name}: {value}"


def in_force(configuration: Configuration, entry: Entry) -> str:
    """An option's value as a file holds it, or what holds without one."""
    return _value_text(configuration, entry) or entry.option.absent


def _value_text(configuration: Configuration, entry: Entry) -> str | None:
    """As a file holds it; None: no value."""
    value = entry.text_of(entry.value_in(configuration.settings))
    return None if value is None else scalar_text(value)
