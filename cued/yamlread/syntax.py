"""A YAML parser's complaint, said so that somebody who does not program can mend it."""

from __future__ import annotations

from typing import Final

import yaml

from cued.errors import Problem
from cued.yamlread import inwords
from cued.yamlread.quoting import clip

_COLON: Final = "a `: ` stands where no value can begin: put text that holds a colon in quotes, or mend the indentation"
_INDENTATION: Final = "the indentation does not fit the lines above: line it up with its neighbours"
_ESCAPE: Final = "in double quotes a `\\` begins an escape: use single quotes for this text"
_MISSING: Final = "a value is missing here: write one, or remove the comma or key"
_MENDS: Final = (
    # (part of the parser's words, what to say, whether the place is where the thing began)
    ("mapping values are not allowed", _COLON, False),
    ("expected ',' or '}'", "a `{` is not closed: end it with `}`, and put a `,` between its entries", True),
    ("expected ',' or ']'", "a `[` is not closed: end it with `]`, and put a `,` between its entries", True),
    ("found unexpected end of stream", "a quote is opened here and never closed: close it", True),
    ("unknown escape character", _ESCAPE, False),
    ("expected escape sequence", _ESCAPE, False),
    ("invalid Unicode character escape", "this escape is no character: write the character itself", False),
    ("not find expected ':'", "a key stands here without its `:`: write `key: value`, or mend the indentation", True),
    ("undefined tag handle", "a text that begins with `!` is a tag: put it in quotes", False),
    ("expected the node content", _MISSING, False),
    ("expected node content", _MISSING, False),
    ("block end", _INDENTATION, False),
    ("expected key", _INDENTATION, False),
    ("expected '-' indicator", _INDENTATION, False),
    ("document start", "something stands here after the end: mend the indentation, or put the text in quotes", False),
    ("block sequence entries are not allowed", "a list cannot begin here: put the `-` on a line of its own", False),
)


def explain(error: yaml.YAMLError, text: str) -> Problem:
    """The parser's error as a problem with its place and mend."""
    mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None)
    words = str(getattr(error, "problem", None) or error)
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if "start any token" in words:
        return Problem(line + 1, column + 1, _cannot_start(lines, line, column))
    likely = inwords.likely_cause(lines, line, column, in_brackets="expected ',' or" in words)
    if likely is not None:
        return likely
    for part, message, at_start in _MENDS:
        if part in words:
            if at_start and context_mark is not None:
                line, column = context_mark.line, context_mark.column
            return Problem(line + 1, column + 1, message)
    return Problem(line + 1, column + 1, f"this is not YAML ({clip(words)}): mend or quote it")


def _cannot_start(lines: list[str], line: int, column: int) -> str:
    char = lines[line][column : column + 1] if line < len(lines) else ""
    if char == "\t":
        return "a tab cannot indent YAML: use spaces"
    return f"a text cannot begin with `{char}`: put it in quotes"
