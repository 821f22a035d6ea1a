"""The real engine, where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tools import require_tool


@pytest.fixture
def espeak_ng() -> Path:
    """The program, and with it the library that pyttsx3 loads."""
    return require_tool("espeak-ng")
