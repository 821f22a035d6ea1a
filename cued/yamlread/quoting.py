"""A file's own words inside our sentences: short, in backticks, and unable to steer a terminal."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

MAX_SHOWN: Final = 60
"""Characters of a value that a message repeats: enough to find it by, and one line of a terminal."""
MAX_PATH: Final = 4096
"""Characters of a path: Linux takes no more."""
CLOSE_ENOUGH: Final = 0.6
"""Ratio from which difflib calls two words alike: its own default, which `metronom` and `metronome` pass easily."""


def clip(text: str) -> str:
    """`text` on one line, printable, cut to `MAX_SHOWN` characters."""
    flat = "".join(char if char.isprintable() else " " for char in text[: MAX_SHOWN + 1]).strip()
    return flat if len(text) <= MAX_SHOWN else flat[: MAX_SHOWN - 1].rstrip() + "…"


def clip_path(text: str) -> str:
    """A file's name on one line, printable, whole: editors jump to it. Only what no file can be called is cut."""
    flat = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[: MAX_PATH + 1])
    return flat if len(text) <= MAX_PATH else clip(flat)


def quoted(value: object) -> str:
    """`value` in backticks, as a YAML file would hold it."""
    if value is True or value is False:
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a map `{…}`"
    if isinstance(value, list):
        return "a list `[…]`"
    return f"`{clip(str(value))}`"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is near, if one is."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word[:MAX_SHOWN], words, n=1, cutoff=CLOSE_ENOUGH)
    if not near:
        folded = {known_word.casefold(): known_word for known_word in words}
        return folded.get(word.casefold())
    return near[0]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean …?` (with its leading space) where a known word is near, else nothing."""
    near = nearest(word, known)
    return "" if near is None else f" Did you mean `{clip(near)}`?"
