"""For a conftest: `from tests.support.bluez.fixtures import bluez`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bluez.virtual import VirtualBluez


@pytest.fixture
def bluez(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualBluez]:
    """A virtual BlueZ where this process, and every child of it, looks for the system's."""
    with VirtualBluez(tmp_path) as virtual:
        for name, value in virtual.env.items():
            monkeypatch.setenv(name, value)
        yield virtual
