"""The FIT protocol's checksum (CRC-16/ARC)."""

from __future__ import annotations

from typing import Final


def crc(data: bytes) -> int:
    """Of `data`; 0 over data that ends in its own checksum."""
    value = 0
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_TABLE: Final = tuple(_entry(byte) for byte in range(256))
