"""From bytes to text: UTF-8 only, and no character that cannot be seen."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

import yaml

from cued.errors import Problem
from cued.yamlread.document import Place

MAX_NOTED: Final = 100
"""Lines with control characters that are listed; a binary file would fill the screen otherwise."""

_BAD: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends
    "\u2028\u2029"  # line ends to some readers only
    "\u202a-\u202e\u2066-\u2069"  # turn the direction of writing: a file may look other than it is
    "\ufeff\ufffe\uffff]",
)
_LINE_END: Final = re.compile("\r\n|\r|\n")
_DIRECTIVE: Final = re.compile(r"^%.*", re.MULTILINE)
_PLAIN_DIRECTIVE: Final = re.compile(r"%YAML\s+1\.2\s*(?:#.*)?")
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED_CONTROLS: Final = frozenset("0abt\tnvfreNLP")


def clean(data: bytes) -> tuple[str, list[Problem], bool]:
    """The text of `data`, its problems, and whether there is any sense in reading on.

    A byte order mark at the start is dropped. Unseen characters come back as U+FFFD, so that the rest can be read.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [Problem(1, 1, "the file is UTF-16: save it as UTF-8")], False
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = place_of(data[: error.start].decode("utf-8"), error.start)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        return "", [Problem(place.line, place.column, message)], False
    text = text.removeprefix("\ufeff")
    problems = []
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    last = 0
    for match in _BAD.finditer(text):
        line = bisect_right(starts, match.start())
        if line != last:  # one a line
            last = line
            message = f"an invisible character (U+{ord(match[0]):04X}) stands here: remove it"
            problems.append(Problem(line, match.start() - starts[line - 1] + 1, message))
        if len(problems) >= MAX_NOTED:
            break
    text = _BAD.sub("\ufffd", text)
    for match in _DIRECTIVE.finditer(text):
        if not _PLAIN_DIRECTIVE.fullmatch(match[0].rstrip()):
            # Refused before the parser sees it: thousands of %TAG lines cost it a second.
            place = place_of(text, match.start())
            message = "a line that begins with `%` is a YAML directive: remove it, or indent the text"
            return text, [*problems, Problem(place.line, place.column, message)], False
    return text, problems, True


def place_of(text: str, index: int) -> Place:
    """Line and column of the character at `index`."""
    line, start = 1, 0
    for match in _LINE_END.finditer(text, 0, index):
        line, start = line + 1, match.end()
    return Place(line, index - start + 1)


def bad_escapes(event: yaml.ScalarEvent, text: str) -> tuple[tuple[Place, str], ...]:
    """The first escape in a double-quoted scalar that stands for a control character, with its place."""
    start, stop = event.start_mark, event.end_mark
    assert start is not None
    assert stop is not None
    for match in _ESCAPE.finditer(text, start.index, stop.index):
        code = match[1] or match[2] or match[3]
        if code is not None:
            point = int(code, 16)
            bad = point > 0x10FFFF or 0xD800 <= point <= 0xDFFF or chr(point) in "\t\n\r" or bool(_BAD.match(chr(point)))
        else:
            bad = match[4] in _ESCAPED_CONTROLS
        if bad:
            inside = place_of(text[start.index : stop.index], match.start() - start.index)
            column = inside.column + (start.column if inside.line == 1 else 0)
            shown = f"`{match[0].strip()}` is a control character: remove it"
            return ((Place(start.line + inside.line, column), shown),)
    return ()
