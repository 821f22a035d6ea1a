"""`cued setup` on a terminal of its own, asked and answered, at a machine that has nothing unless a fixture adds it.

For a test module: `from tests.support.conversation import home, sound`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cued.config.load import load_config
from cued.config.settings import Settings
from cued.headphones.known import KnownHeadphones
from cued.runtime.evening import Evening, Outcome
from cued.runtime.safety import Safety
from tests.support.pulse import pulse_server
from tests.support.terminal import OnTerminal
from tests.support.waiting import DEADLINE_S

CUED: Final = (sys.executable, "-m", "cued")
SHOKZ: Final = KnownHeadphones("C0:FF:EE:00:00:10", "Shokz")
SINK: Final = "bluez_sink.C0_FF_EE_00_00_10.a2dp_sink"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runner with nothing yet, at a machine without Bluetooth and without sound."""
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    nothing = tmp_path / "alsa.conf"
    nothing.write_text("", encoding="utf-8")
    nowhere = {
        "ALSA_CONFIG_PATH": str(nothing),
        "JACK_DEFAULT_SERVER": "none",
        "JACK_NO_START_SERVER": "1",
        "PULSE_SERVER": "/none",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/no-bus",
        "LC_ALL": "C.UTF-8",
    }
    for name, value in nowhere.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def sound(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sound server that has taken the headphones, but plays elsewhere."""
    monkeypatch.delenv("ALSA_CONFIG_PATH")
    (home / "pulse").mkdir()
    with pulse_server(home / "pulse", "jack", SINK):
        yield


class Conversation(OnTerminal):
    """`cued setup`, asked and answered."""

    def __init__(self, *words: str) -> None:
        super().__init__([*CUED, "setup", *words])
        self._read_so_far = 0

    def until(self, question: str, deadline_s: float = DEADLINE_S) -> str:
        """Wait for what comes next; what was written up to there."""
        self.expect(lambda: question in self.text[self._read_so_far :], deadline_s)
        begin, self._read_so_far = self._read_so_far, self.text.index(question, self._read_so_far) + len(question)
        return self.text[begin : self._read_so_far]

    def answer(self, question: str, answer: str = "", deadline_s: float = DEADLINE_S) -> None:
        """Wait for a question, type the answer and Enter."""
        self.until(question, deadline_s)
        self.press(f"{answer}\n")

    def rest(self) -> tuple[int, str]:
        """The exit code, and what was written since."""
        code = self.end()
        assert "Traceback" not in self.text
        return code, self.text[self._read_so_far :]


def accept() -> None:
    """The safety notice was accepted on another evening."""
    Safety().accept("screen")


def settings() -> Settings:
    """What the user's configuration says now."""
    return load_config().settings


def became() -> dict[str, str]:
    """`done`, or why a step was skipped, by its name."""
    return {
        step.value: "done" if kept.outcome is Outcome.DONE else kept.note
        for step, kept in Evening().so_far(Safety().accepted()).items()
    }
