"""One option of a configuration's text is set or left to its default; what comes out is a configuration, or nothing does."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Final

from cued.config.parse import parse_config
from cued.config.settings import OPTIONS, Entry
from cued.config.whole import Configuration
from cued.errors import ConfigError, UsageError, did_you_mean
from cued.yamlread import Path, clip, parse
from cued.yamlread.editing import UneditableError, with_value, without_value
from cued.yamlread.readers import UnfitError
from cued.yamlread.scalars import UnclearScalarError, resolve

_MARK: Final = "\ufeff"
"""Some editors begin a file with it; it stays."""
NEW: Final = (
    "# The configuration of cued: `cued config show --full` prints every option with what it does, `cued config check` every"
    " mistake.\n"
)
"""How a file begins that was not there."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A file's new text, and what it means."""

    text: str
    configuration: Configuration


def entry_of(name: str) -> Entry:
    """The option of that name, `sound.ear`; a last word that only one option has will do. Raises UsageError."""
    word = name.strip().replace("-", "_")
    found = [entry for entry in OPTIONS if entry.name == word] or [entry for entry in OPTIONS if entry.path[-1] == word]
    if len(found) == 1:
        return found[0]
    names = {entry.path[-1]: entry.name for entry in OPTIONS} | {entry.name: entry.name for entry in OPTIONS}
    meant = did_you_mean(word, names)
    raise UsageError(f"there is no option {clip(name)}{meant or '.'} `cued config show` lists them all")


def value_of(entry: Entry, word: str) -> object:
    """`word` as a file holds it for that option: a text, a number or a truth. Raises UsageError with the mend."""
    word = word.strip()
    reason = ""
    for value in _readings(word):
        try:
            entry.option.kind.read(value)
        except UnfitError as error:
            reason = reason or str(error)
        else:
            return value
    raise UsageError(f"{entry.name}: {reason}")


def _readings(word: str) -> list[object]:
    """What a word may be: what it would mean in a file, else its letters."""
    readings: list[object] = []
    with contextlib.suppress(UnclearScalarError):
        readings.append(resolve(word))
    return [*(one for one in readings if one is not None and one != word), word]


def edited(data: bytes, file: str, entry: Entry, value: object | None) -> Edited:
    """`data` with the option set to `value` (as `value_of` gives it; None: left to its default), every comment kept.

    Raises ConfigError where the file would not be right then, UsageError where it has to be edited by hand.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        parse_config(data, file)  # says where, and what to do
        raise
    mark = _MARK if text.startswith(_MARK) else ""
    before = parse(data)
    if before.problems and not before.empty:
        parse_config(data, file)  # tells all of them
    try:
        plain = text[len(mark) :]
        changed = mark + (without_value(plain, entry.path) if value is None else with_value(plain, entry.path, value))
    except UneditableError as why:
        parse_config(data, file)  # a mistake of the file's own goes before
        raise _by_hand(file, entry, str(why)) from why
    try:
        after = parse_config(changed.encode(), file)
    except ConfigError:
        parse_config(data, file)  # as above, and at the place where it stands
        raise
    if _values(changed) != _wanted(before.value, entry.path, value):
        raise _by_hand(file, entry, "it is written in a way that cued cannot edit")
    return Edited(changed, after)


def _by_hand(file: str, entry: Entry, why: str) -> UsageError:
    return UsageError(f"{file}: {entry.name} cannot be changed from here ({why}): change it in an editor")


def _values(text: str) -> dict[Path, object]:
    return _flat(parse(text.encode()).value, ())


def _wanted(value: object, path: Path, new: object | None) -> dict[Path, object]:
    """What the file has to hold afterwards: one value more, another one, or one less."""
    held = _flat(value, ())
    held.pop(path, None)
    return held if new is None else held | {path: new}


def _flat(value: object, path: Path) -> dict[Path, object]:
    """Every value that is no map and not nothing, by its path."""
    if isinstance(value, dict):
        return {way: one for key, inner in value.items() for way, one in _flat(inner, (*path, key)).items()}
    return {} if value is None else {path: value}
