"""The beat through a real PulseAudio server into its null sink, recorded by its own recorder."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.audio_clicks import Feeder, environment
from cued.audio.commands import Heartbeat, MixFormat
from cued.audio.devices import find_device
from cued.audio.player import LiveOutput
from cued.units import NS_PER_S
from tests.support.tools import require_tool
from tests.support.tries import faults, undisturbed
from tests.support.waiting import wait_for

if TYPE_CHECKING:
    from benchmarks.audio_jack import Frames

RATE_HZ = 48_000
SPM = 180.0
BEATS = 15


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Path]:
    """A server of the test's own with one null sink, and an environment in which ALSA's default leads to it."""
    require_tool("pulseaudio")
    require_tool("parec")
    server = f"unix:{tmp_path}/p.sock"
    (tmp_path / ".asoundrc").write_text(
        f'pcm.!default {{ type pulse server "{server}" hint {{ show on description "default" }} }}\n', encoding="utf-8"
    )
    words = ("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no")
    modules = (
        "module-null-sink sink_name=cued rate=48000 channels=2 format=float32le",
        f"module-native-protocol-unix auth-anonymous=1 socket={tmp_path}/p.sock",
    )
    own = {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PULSE_SERVER": server,
        "JACK_DEFAULT_SERVER": "cued-no-such-server",
        "JACK_NO_START_SERVER": "1",
    }
    with environment(own), ExitStack() as closing:
        command = [*words, *(word for module in modules for word in ("-L", module))]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        closing.callback(process.wait, 10)
        closing.callback(process.terminate)
        wait_for((tmp_path / "p.sock").exists, 10.0, "PulseAudio opens its socket")
        yield tmp_path


def played(pulse: Path) -> tuple[Heartbeat, Frames]:
    """The last counts of `BEATS` clicks played live, and the frames at which the recorder heard them begin."""
    recorded = pulse / "recorded.f32"
    recorded.unlink(missing_ok=True)
    words = ("parec", "-d", "cued.monitor", "--format=float32le", f"--rate={RATE_HZ}", "--channels=2", "--raw", str(recorded))
    recorder = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: recorded.exists() and recorded.stat().st_size > 0, 10.0, "the recorder records")
        device = find_device(None)
        assert device is not None
        output = LiveOutput(MixFormat(channels=2), device, time.monotonic_ns())
        with contextlib.closing(output):
            assert output.wait_open(15.0)
            start_ns = time.monotonic_ns() + NS_PER_S // 2
            output.start_at(start_ns)
            feeder = Feeder(output, start_ns, SPM, BEATS)
            feeder.feed()
    finally:
        recorder.send_signal(signal.SIGTERM)
        recorder.wait(10)
    pcm = np.fromfile(recorded, np.float32)
    left = pcm[: pcm.size // 2 * 2].reshape(-1, 2)[:, 0]
    loud = np.flatnonzero(np.abs(left) > 1e-4)
    return feeder.played.last, loud[np.concatenate(([True], np.diff(loud) > RATE_HZ // 10))]


@pytest.mark.audio
def test_a_beat_through_pulseaudio_is_whole_and_even_to_half_a_millisecond(pulse: Path) -> None:
    last, onsets = undisturbed(lambda: played(pulse), lambda found: faults(found[0]))
    assert (last.underruns, last.late_clicks, last.restarts) == (0, 0, 0)
    assert onsets.size == BEATS
    assert (
        np.abs(np.diff(onsets) - RATE_HZ * 60 / SPM).max() <= RATE_HZ / 2000
    )  # the mix follows the server's clock, a little at a time
