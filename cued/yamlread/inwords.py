"""What probably made a YAML parser stop, told with the words of the very line: a text without its quotes, a line too far in."""

from __future__ import annotations

import json
import re
from typing import Final

from cued.errors import Problem
from cued.yamlread.quoting import clip

REACH: Final = 300
"""Characters on either side of a place that are looked at: a spoken text has at most 200."""

_KEY_AND_TEXT: Final = re.compile(r"([\w-]+): +([^\s\"'{}\[\],][^\"{}\[\],]*)$")
_KEY_AND_QUOTED: Final = re.compile(r"([\w-]+): +'([^']*)'$")
_REST_OF_TEXT: Final = re.compile(r"[^{}\[\]]*?(?=, *[\w-]+: |[{}\[\]]|$)")
_KEY_ALONE: Final = re.compile(r"(?:- +)*([\w-]+)")
_KEY_FIRST: Final = re.compile(r"\s*(?:- +)*\{?([\w-]+):(?: |$)")


def likely_cause(lines: list[str], line: int, column: int, *, in_brackets: bool) -> Problem | None:
    """The problem behind a parser's stop at `line` and `column` (both from 0), where the words there give it away.

    `in_brackets`: it stopped because a `{` or `[` is not closed.
    """
    note = _note(lines, line, column) if in_brackets else None
    if note is not None or line >= len(lines):
        return note
    before, after = lines[line][max(0, column - REACH) : column], lines[line][column : column + REACH]
    if after.startswith(":"):
        return _colon(lines, line, column)
    quoted = _KEY_AND_QUOTED.search(before)
    if quoted is not None and after[:1].isalpha():
        such_as = _such_as(quoted[1], "'".join((quoted[2], after.partition("'")[0])))
        message = f"the `'` before this ends the text: put the text in double quotes, {such_as}"
        return Problem(line + 1, column + 1, message)
    return None


def _colon(lines: list[str], line: int, column: int) -> Problem | None:
    found = _KEY_AND_TEXT.search(lines[line][max(0, column - REACH) : column])
    if found is not None:
        rest = _REST_OF_TEXT.match(lines[line][column : column + REACH])
        words = found[2] + (rest[0] if rest is not None else "")
        return Problem(line + 1, column + 1, f"a text with a `: ` in it needs quotes, {_such_as(found[1], words)}")
    key = _KEY_ALONE.fullmatch(lines[line][:column].strip()[:REACH])
    above = next((number for number in range(line - 1, -1, -1) if lines[number].strip()), None)
    if key is None or above is None:
        return None
    indent = len(lines[line]) - len(lines[line].lstrip())
    neighbour = _KEY_FIRST.match(lines[above][:REACH])
    if neighbour is None or neighbour.start(1) >= key.start(1) + indent:
        return None
    message = (
        f"this line begins too far to the right: line up `{clip(key[1])}` with `{clip(neighbour[1])}` above it "
        f"(column {neighbour.start(1) + 1}); if it goes on with the text above, put that text in quotes"
    )
    return Problem(line + 1, indent + 1, message)


def _note(lines: list[str], line: int, column: int) -> Problem | None:
    """A ` #` that took the end of its line, and the bracket in it, out of what is read."""
    here = lines[line][:column] if line < len(lines) else ""
    while not here.strip() or here.lstrip().startswith("#"):
        line -= 1
        if line < 0:
            return None
        here = lines[line]
    at = _begins_note(here)
    if at is None or not set("}]") & set(here[at:]):
        return None
    text, such_as = here[max(0, at - REACH) : at], ""
    found, rest = _KEY_AND_TEXT.search(text.rstrip()), _REST_OF_TEXT.match(here[at : at + REACH])
    if found is not None and rest is not None:
        such_as = f", {_such_as(found[1], text[found.start(2) :] + rest[0])}"
    message = f"a ` #` begins a note, and all that follows it in the line is not read: put the text in quotes{such_as}"
    return Problem(line + 1, at + 1, message)


def _begins_note(line: str) -> int | None:
    """Where a `#` outside quotes begins a note."""
    quote = ""
    last = " "
    for number, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and last in " {[,":
            quote = char
        elif char == "#" and last in " \t":
            return number
        last = char
    return None


def _such_as(key: str, words: str) -> str:
    return f"such as `{clip(key)}: {json.dumps(clip(words), ensure_ascii=False)}`"
