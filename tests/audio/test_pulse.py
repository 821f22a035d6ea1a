"""The beat through a real PulseAudio server into its null sink, recorded by its own recorder."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.audio_clicks import Feeder
from cued.audio.commands import Heartbeat, MixFormat
from cued.audio.devices import find_device
from cued.audio.player import LiveOutput
from cued.units import NS_PER_S
from tests.support.pulse import RATE_HZ, Parec, pulse_server
from tests.support.tries import faults, undisturbed

if TYPE_CHECKING:
    from benchmarks.audio_jack import Frames

SPM = 180.0
BEATS = 15


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Path]:
    """A server of the test's own with one null sink, and an environment in which ALSA's default leads to it."""
    with pulse_server(tmp_path, "cued"):
        yield tmp_path


def played(pulse: Path) -> tuple[Heartbeat, Frames]:
    """The last counts of `BEATS` clicks played live, and the frames at which the recorder heard them begin."""
    with Parec(pulse, "cued") as recorder:
        device = find_device(None)
        assert device is not None
        output = LiveOutput(MixFormat(channels=2), device, time.monotonic_ns())
        with contextlib.closing(output):
            assert output.wait_open(60.0)
            start_ns = time.monotonic_ns() + NS_PER_S // 2
            output.start_at(start_ns)
            feeder = Feeder(output, start_ns, SPM, BEATS)
            feeder.feed()
    loud = np.flatnonzero(np.abs(recorder.stereo[:, 0]) > 1e-4)
    return feeder.played.last, loud[np.concatenate(([True], np.diff(loud) > RATE_HZ // 10))]


@pytest.mark.audio
def test_a_beat_through_pulseaudio_is_whole_and_even_to_half_a_millisecond(pulse: Path) -> None:
    last, onsets = undisturbed(lambda: played(pulse), lambda found: faults(found[0]))
    assert (last.underruns, last.late_clicks, last.restarts) == (0, 0, 0)
    assert onsets.size == BEATS
    assert (
        np.abs(np.diff(onsets) - RATE_HZ * 60 / SPM).max() <= RATE_HZ / 2000
    )  # the mix follows the server's clock, a little at a time
