"""The kinds of value that options have: how each is read from a file, written back, and called."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cued.units import NS_PER_S
from cued.yamlread import clip, did_you_mean, quantities, quoted, readers
from cued.yamlread.quantities import QuantityError, share_text, speed_text, tempo_text, time_text
from cued.yamlread.readers import LANGUAGE, MAX_WORD, UnfitError

MAX_NAME: Final = 200
"""Characters of a device's or a voice's name: ALSA's longest have some 80."""
MAX_PATH_BYTES: Final = 4095
"""Linux takes no longer path."""
MAX_SOCKET_BYTES: Final = 107
"""Of a Unix socket's path: `sun_path` has 108 with the zero at its end (unix(7))."""
_PACK_NAME: Final = re.compile(r"[^\W_][\w.-]*")
_SENSOR: Final = re.compile(r"none|ble(:.+)?")


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What may stand after an option's name."""

    words: str
    """For people: `per cent`, `true or false`."""
    read: Callable[[object], object]
    """The value of what stood in the file. Raises UnfitError with the mend."""
    text: Callable[[Any], object]
    """A value as a file holds it: a scalar that reads back as the same."""
    schema: dict[str, Any]
    """As a JSON Schema."""


def _itself(value: object) -> object:
    return value


def _pattern(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^ *{pattern} *$"}


# --- numbers, truths and choices -----------------------------------------------------------------------------------


def whole(low: int, high: int, unit: str) -> Kind:
    """A whole number of something that has no unit in a file."""
    return Kind(
        f"whole number, {low} to {high} {unit}",
        lambda value: readers.whole(value, low, high),
        _itself,
        {"type": "integer", "minimum": low, "maximum": high},
    )


def truth() -> Kind:
    """On or off."""
    return Kind("`true` or `false`", readers.truth, _itself, {"type": "boolean"})


def one_of(words: Sequence[str]) -> Kind:
    """One word of a closed choice."""
    members = readers.members_of(words)
    listed = ", ".join(f"`{word}`" for word in words)
    return Kind(listed, lambda value: readers.choose(value, members), _itself, {"enum": list(words)})


# --- quantities ----------------------------------------------------------------------------------------------------


def share() -> Kind:
    """A fraction, in a file per cent."""
    return Kind("0% to 100%", lambda value: quantities.share(value, 0, 100), share_text, _pattern(quantities.SHARE_PATTERN))


def time(low_s: int, high_s: int) -> Kind:
    """Nanoseconds, in a file with units."""
    low_ns, high_ns = low_s * NS_PER_S, high_s * NS_PER_S
    limits = f"{time_text(low_ns)} to {time_text(high_ns)}"

    def read(value: object) -> int:
        ns = quantities.time(value)
        if not low_ns <= ns <= high_ns:
            raise QuantityError(f"{quoted(value)} is outside {limits}")
        return ns

    return Kind(f"time, {limits}", read, time_text, _pattern(quantities.TIME_PATTERN))


def tempo(low_spm: int, high_spm: int) -> Kind:
    """Thousandths of steps per minute, in a file `140 spm`."""
    return Kind(
        f"{low_spm} spm to {high_spm} spm",
        lambda value: quantities.tempo(value, low_spm, high_spm),
        tempo_text,
        _pattern(quantities.TEMPO_PATTERN),
    )


def speed(low_mps: float, high_mps: float) -> Kind:
    """Metres per second, in a file `2.2 m/s`."""
    return Kind(
        f"{speed_text(low_mps)} to {speed_text(high_mps)}",
        lambda value: quantities.speed(value, low_mps, high_mps),
        speed_text,
        _pattern(quantities.SPEED_PATTERN),
    )


# --- texts ---------------------------------------------------------------------------------------------------------


def language() -> Kind:
    """A language code."""
    schema = {"type": "string", "pattern": f"^{LANGUAGE.pattern}$", "maxLength": MAX_WORD}
    return Kind("language code", readers.language, _itself, schema)


def _name(value: object) -> str:
    readers.text(value)  # what is no text, or empty, is refused there
    text = str(value).strip()  # spaces inside may be the device's own
    if len(text) > MAX_NAME:
        raise UnfitError(f"the name has {len(text)} characters: at most {MAX_NAME} fit here")
    if not text.isprintable():
        raise UnfitError(f"{quoted(text)} holds characters that no name has: write it on one line, as it is shown")
    return text


def name() -> Kind:
    """What a device or a voice is called."""
    return Kind("name", _name, _itself, {"type": "string", "pattern": r"\S", "maxLength": MAX_NAME})


def _sensor(value: object) -> str:
    word = _name(value)
    if not _SENSOR.fullmatch(word):
        hint = did_you_mean(word, ("ble", "none")) or " A sensor's name comes after `ble:`."
        raise UnfitError(f"{quoted(word)} is no sensor: write ble, ble:NAME, ble:ADDRESS or none.{hint}")
    return word


def sensor() -> Kind:
    """Whom to listen to on the air."""
    words = "`ble`, `ble:NAME`, `ble:ADDRESS`, `none`"
    return Kind(words, _sensor, _itself, {"type": "string", "pattern": r"^ *(none|ble(:.+)?) *$", "maxLength": MAX_NAME})


def _pack(value: object) -> str:
    text = _name(value)
    if text.startswith(("/", "~")):
        return _path(text, MAX_PATH_BYTES)
    if not _PACK_NAME.fullmatch(text) or text.endswith((".yaml", ".yml")):
        raise UnfitError(
            f"{quoted(text)} is no pack's name (`cued pack list` shows them): for a file or folder write its whole path, "
            "from / or ~"
        )
    return text


def pack() -> Kind:
    """A pack in the catalogue, or where one is."""
    return Kind("pack's name, or path", _pack, _itself, {"type": "string", "pattern": r"\S", "maxLength": MAX_NAME})


def _path(value: object, max_bytes: int) -> str:
    text = readers.text(value)
    if not text.isprintable():
        raise UnfitError(f"{quoted(text)} holds characters that no file's name should: write a plain path")
    if not text.startswith(("/", "~")):
        raise UnfitError(f"{quoted(text)} is no whole path: write it from / or ~ on")
    path = os.path.expanduser(text)  # noqa: PTH111 - Path's own raises where there is no such user
    if not path.startswith("/"):
        raise UnfitError(f"{quoted(text)}: there is no user of that name: write the whole path")
    size = len(os.fsencode(path))
    if size > max_bytes:
        raise UnfitError(f"{clip(text)} has {size} bytes: the system takes at most {max_bytes} here, so choose a shorter one")
    if text.endswith("/"):
        raise UnfitError(f"{quoted(text)} is a folder: write a file's name in it")
    return path


def socket() -> Kind:
    """Where a Unix socket will be."""
    schema = {"type": "string", "pattern": "^ *[/~]", "maxLength": MAX_SOCKET_BYTES}
    return Kind("path from `/` or `~` on", lambda value: _path(value, MAX_SOCKET_BYTES), _itself, schema)


def path_or_none() -> Kind:
    """Where a file is or will be, or that there is to be none."""
    schema = {"type": "string", "pattern": "^ *([/~].*|none *$)", "maxLength": MAX_PATH_BYTES}
    return Kind(
        "path from `/` or `~` on, or `none`",
        lambda value: value if value == "none" else _path(value, MAX_PATH_BYTES),
        _itself,
        schema,
    )
