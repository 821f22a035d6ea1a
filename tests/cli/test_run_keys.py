"""`cued run` under real keys: `playerctl` on a session bus, a headset through the virtual BlueZ."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.bluez import VirtualBluez
from tests.support.session_bus import SessionBus, session_bus
from tests.support.waiting import wait_for

CUED: Final = (sys.executable, "-m", "cued", "run", "--output", "null", "--beat", "170", "--journal", "none")


@pytest.fixture
def bus(bluez: VirtualBluez, tmp_path: Path) -> Iterator[SessionBus]:
    with session_bus(tmp_path / "session") as one:
        yield one


def segments(events: Path) -> list[str]:
    lines = events.read_text(encoding="utf-8").splitlines(keepends=True) if events.exists() else []
    rows = [json.loads(line) for line in lines if line.endswith("\n")]
    return [row["segment"] for row in rows if row["kind"] == "segment"]


def test_a_run_is_muted_and_moved_on_by_a_desktops_keys_and_by_a_headsets(
    bluez: VirtualBluez, bus: SessionBus, tmp_path: Path
) -> None:
    events = tmp_path / "run.jsonl"
    words = [*CUED, "--events", str(events)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | bus.env
    ) as child:
        try:
            wait_for(lambda: bus.playerctl("-p", "cued", "status") == "Playing", 60.0)
            wait_for(lambda: bus.playerctl("metadata", "album") == "A steady beat · warmup")
            bus.playerctl("play-pause")
            wait_for(lambda: bus.playerctl("status") == "Paused")
            wait_for(lambda: [one["PlaybackStatus"] for one in bluez.players] == ["Paused"])
            bluez.press("Play")
            wait_for(lambda: bus.playerctl("status") == "Playing")
            bluez.press("Next")
            wait_for(lambda: segments(events) == ["warmup", "steady"])
            wait_for(lambda: bus.playerctl("metadata", "title") == "steady")
            bus.playerctl("previous")  # back to steady's start, or to warmup where this comes within seconds
            wait_for(lambda: len(segments(events)) == 3)
            child.send_signal(signal.SIGINT)
            told, _ = child.communicate(timeout=60)
        finally:
            child.kill()
    assert child.returncode == 0, told
    assert "back to the start of" in told
    assert bus.playerctl("-l") == ""


def test_without_keys_there_is_no_player(bluez: VirtualBluez, bus: SessionBus, tmp_path: Path) -> None:
    events = tmp_path / "run.jsonl"
    with subprocess.Popen(
        [*CUED, "--keys", "none", "--events", str(events)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | bus.env,
    ) as child:
        wait_for(lambda: len(segments(events)) > 0, 60.0)
        assert (bus.playerctl("-l"), bluez.players) == ("", [])
        child.send_signal(signal.SIGINT)
    assert child.returncode == 0


@pytest.mark.parametrize("pins", ["17,17", "1", "x"])
def test_pins_that_are_none_are_refused_at_once(pins: str) -> None:
    done = subprocess.run([*CUED, "--gpio", pins], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"cued: --gpio {pins}: give one to three different pins")
