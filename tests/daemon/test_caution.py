"""The safety notice before a runner's first run, in a daemon of its own; how it is spoken and pressed: `days/`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from cued.control import commands
from tests.support.daemons import STARTS_S, RunningDaemon
from tests.support.waiting import wait_for

NO_SOUND: Final = {"JACK_DEFAULT_SERVER": "none", "JACK_NO_START_SERVER": "1", "PULSE_SERVER": "/none"}
FIRST: Final = "the safety notice comes first: press play while no run is on, or `cued safety --accept`"


def test_until_it_is_accepted_runs_are_recorded_without_beat_and_cues(tmp_path: Path) -> None:
    if Path("/proc/asound/cards").exists() and "[" in Path("/proc/asound/cards").read_text(encoding="utf-8"):
        pytest.skip("this machine has a sound card")
    with RunningDaemon(tmp_path / "home", "--output", "device", "--no-questions", env=NO_SOUND, accepted=False) as daemon:
        wait_for(lambda: "READY=1" in daemon.told(), STARTS_S, "READY=1")
        wait_for(lambda: daemon.status()["today"]["pack"] == "plain", STARTS_S, "the plain run")
        assert daemon.status()["today"]["unwarned"] is True
        assert "no beat and no cues yet" in daemon.cued("status").stdout
        assert FIRST in daemon.cued("start").stdout
        assert daemon.cued("pack", "use", "awareness").stderr == f"cued: {FIRST}\n"
        assert daemon.status()["pack"] == "plain"
        daemon.ask(commands.Stop())
        daemon.safety.accept("screen")
        wait_for(lambda: daemon.status()["today"]["pack"] == "metronome", STARTS_S, "the pack with its cues")
        assert daemon.status()["today"]["unwarned"] is False
        assert daemon.cued("start").stdout.startswith("begun: metronome, warmup")


def test_where_nothing_is_heard_nobody_is_to_be_warned(tmp_path: Path) -> None:
    with RunningDaemon(tmp_path / "home", "--no-questions", accepted=False) as daemon:
        daemon.wait_ready()
        today = daemon.status()["today"]
        assert (today["pack"], today["unwarned"]) == ("metronome", False)
