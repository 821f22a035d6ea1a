"""Bluetooth addresses, names and UUIDs as text. Pure."""

from __future__ import annotations

import re
from typing import Final

BASE_UUID: Final = "0000{}-0000-1000-8000-00805f9b34fb"
"""The long form of a 16-bit number (Core Specification Vol 3, Part B: UUIDs), as BlueZ writes it."""


def full_uuid(number: str) -> str:
    """`2A53` as `00002a53-0000-1000-8000-00805f9b34fb`."""
    return BASE_UUID.format(number.lower())


LONGEST_NAME: Final = 64
"""Letters of an advertised name that are kept; an advertisement holds 29 bytes, a device's own name up to 248."""


def clean_name(name: str | None) -> str | None:
    """A name as a terminal may show it: whoever is on the air chooses the letters, escape sequences too."""
    if name is None:
        return None
    shown = "".join(letter if letter.isprintable() else "?" for letter in name).strip()
    return shown[:LONGEST_NAME] or None


_ADDRESS: Final = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}")
_MEANT: Final = re.compile(r"[0-9A-Fa-f]{1,3}(?:[:-][0-9A-Fa-f]{0,3}){2,}|\w{1,3}(?:[:-]\w{0,3}){4,}")
"""What somebody types who means an address, perhaps not all of it, or with an O for a 0. No device has been seen with such a
name, but some are called as `CAD-1`."""


def means_address(text: str) -> bool:
    """Is `text` an address, or a slip in writing one?"""
    return _MEANT.fullmatch(text.strip()) is not None


def is_address(text: str) -> bool:
    """Is `text` written as a Bluetooth address?"""
    return _ADDRESS.fullmatch(written_address(text)) is not None


def written_address(text: str) -> str:
    """An address as BlueZ writes it: in capitals, with colons."""
    return text.strip().upper().replace("-", ":")
