"""From the foot to the ear: a pod over the real bleak, cued as a program, real PortAudio, and what a recorder heard."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from benchmarks.audio_jack import RATE_HZ, Recorder, Recording, Server
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from cued.units import NS_PER_S
from tests.support.bluez import Pod, Running, Script, VirtualBluez
from tests.support.kept_links import POD
from tests.support.live_runs import TONE_S, LiveRun, tone_pack
from tests.support.tries import undisturbed

pytestmark = pytest.mark.audio

MINE: Final = KnownSensor(POD.address, "Pod", ("cadence",), CadenceUnit.STRIDES, "runner")
HELD_S: Final = 3.0
"""The rule of the pack: so long under the band."""
EVEN_S: Final = 0.005
"""Clicks of one stream lie on one line but for the card's clock, which is followed a little at a time."""
MIXED_S: Final = 0.3
"""What is decided now sounds after what has been mixed already (a quarter of a second)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One run: what it wrote, and what was recorded of it."""

    rows: list[dict[str, Any]]
    recording: Recording

    def times_s(self, kind: str, **fields: object) -> list[float]:
        """Session times of the lines of that kind with those fields."""
        wanted = {"kind": kind, **fields}.items()
        return [row["t_ns"] / NS_PER_S for row in self.rows if wanted <= row.items()]

    @property
    def slips(self) -> int:
        """What the machine lost of the sound while this was recorded, as far as anybody counted."""
        return self.recording.xruns + self.recording.lost_frames + len(self.times_s("counted"))


def run_until_the_tone(pod: Pod, jack: Server, folder: Path) -> Heard:
    """The runner keeps to the band until the beat rests, and then grows slow."""
    folder.mkdir()
    beat = "mode: fixed, beat: 170 spm, play: 4 s, pause: 60 s"
    pack = tone_pack(folder / "pack", f"off_band: low, for: {HELD_S:g} s", beat)
    recorder = Recorder(jack.env, 60.0)
    run = LiveRun(folder / "home", "--sensor", "ble", "--output", f"device:{recorder.name}", "--pack", pack).knows(MINE)
    with Script(pod, Running(170), hz=5, factor=2) as runner, run:
        run.expect_rows("cadence", band="in")  # asleep as long as the beat is new
        runner.say(Running(156))
        run.expect_rows("say", cue="tone")
        run.press_ctrl_c()
        assert run.end() == 0
    return Heard(run.rows(), recorder.finish())


def test_the_cue_is_heard_within_a_second_of_its_rule_when_the_pods_cadence_has_left_the_band(
    bluez: VirtualBluez, unhurried_jack: Server, tmp_path: Path
) -> None:
    pod, number = bluez.add(POD), itertools.count()
    heard = undisturbed(
        lambda: run_until_the_tone(pod, unhurried_jack, tmp_path / f"try{next(number)}"), lambda heard: heard.slips
    )
    *onsets, tone = (heard.recording.onsets() / RATE_HZ).tolist()
    assert np.flatnonzero(heard.recording.pcm)[-1] / RATE_HZ - tone == pytest.approx(TONE_S, abs=0.02)
    # Recorded frames become session time by the beat: the events file says when each click was to sound, and all that sounds
    # is mixed into one stream by the frame, so the card's own delay is in the clicks as in the tone, and drops out. The clicks
    # are the last sounds before the tone (before them cued itself speaks). Were one missing or one too many among them, a
    # word or a beat's length would stand where the distance to the file is the same for all.
    clicks = heard.times_s("click")
    assert len(clicks) > 9
    distances = np.array(onsets[-len(clicks) :]) - np.array(clicks)
    assert np.ptp(distances) < EVEN_S
    tone_s = tone - float(np.median(distances))
    (said_s,) = heard.times_s("say", cue="tone")
    rule_s = heard.times_s("band", state="low")[0] + HELD_S
    assert rule_s - 0.001 < said_s < tone_s < said_s + MIXED_S
    assert tone_s < rule_s + 1.0
