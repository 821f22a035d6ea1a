"""A Bluetooth of the tests' own."""

from __future__ import annotations

from tests.support.bluez.fixtures import bluez

__all__ = ["bluez"]
