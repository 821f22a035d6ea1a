"""Folders for packs that are nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own packs: none yet. The working folder is the one of the test."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data" / "cued" / "packs"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for packs inside one that must stay as it is; no copy may be left in it either."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "precious").write_text("mine")
    packs = tmp_path / "home" / "packs"
    yield packs
    assert {path.name for path in (tmp_path / "home").iterdir()} <= {"precious", "packs"}
    assert (tmp_path / "home" / "precious").read_text() == "mine"
    assert not packs.exists() or list(packs.iterdir()) == []
