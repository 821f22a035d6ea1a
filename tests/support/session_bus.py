"""A session bus of a test's own, and `playerctl` on it, as a desktop's media keys are."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.bluez.bus import BusDaemon
from tests.support.tools import require_tool


class SessionBus(BusDaemon):
    """`env` leads there."""

    @property
    def env(self) -> dict[str, str]:
        return {"DBUS_SESSION_BUS_ADDRESS": self.address}

    def playerctl(self, *words: str) -> str:
        """What `playerctl` prints; empty where it finds no player."""
        command = [str(require_tool("playerctl")), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | self.env)
        return done.stdout.strip()


@contextmanager
def session_bus(folder: Path) -> Iterator[SessionBus]:
    """Within: it runs. Skips by name without dbus-daemon or playerctl."""
    require_tool("playerctl")
    folder.mkdir(parents=True, exist_ok=True)
    bus = SessionBus(folder)
    bus.start()
    try:
        yield bus
    finally:
        bus.stop()
