"""What a screen is told of a session, and why nothing is heard just now."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cued.core.cues import At, Coach, EndCues, Every, Remainder, Repeat
from cued.core.events import LinkState, Mute, Pause, SensorLink, Stop
from cued.units import seconds
from tests.support.run import FIXED_172, KNOWN, Run, beat, for_m, for_s, pack, rule, segment

BEAT = beat("fixed", beat_spm=172.0)


def test_a_view_says_where_the_runner_is_and_what_comes() -> None:
    what = pack(segment("warmup", 60), Repeat(3, (segment("on", 60), segment("off", 60))), target=FIXED_172, metronome=BEAT)
    view = Run(what, length_ns=seconds(600)).runs(0, 200, 160.0).view
    assert (view.segment, view.rep, view.reps, view.next_segment) == ("on", 2, 3, "off")
    assert (view.segment_left_ns, view.run_ns, view.length_ns) == (seconds(40), seconds(200), seconds(600))
    assert (view.cadence_spm, view.target_spm, view.band, view.state) == (160.0, 172.0, "low", "running")
    assert view.band_low_spm == pytest.approx(166.84)
    assert view.band_high_spm == pytest.approx(178.88)
    assert (view.mode, view.tempo_mspm) == ("fixed", 172_000)


def test_a_view_counts_metres_and_what_was_said_withheld_and_suppressed() -> None:
    what = pack(segment("a", for_m(400)), rules=[rule(Every(for_s(20)), "tip", at_most=2)])
    view = Run(what).runs(0, 100, speed=2.5).view
    assert view.segment_left_m == pytest.approx(150.0)
    assert view.distance_m == pytest.approx(250.0)
    assert (view.spoken, view.withheld, view.suppressed) == (2, 0, 3)
    assert (view.last_cue, view.last_cue_at_ns) == ("Tip.", seconds(40))


def test_a_view_knows_the_share_of_time_in_the_band() -> None:
    view = Run(pack(target=FIXED_172)).runs(0, 100, lambda t: 172.0 if t < 60 else 160.0).view
    assert view.judged_ns == seconds(99)
    assert view.in_band_ns == pytest.approx(seconds(62), abs=seconds(1))


def test_what_is_left_of_a_segment_that_the_run_breaks_off_is_what_is_left_of_the_run() -> None:
    view = Run(pack(segment("warmup", 600)), length_ns=seconds(300)).to(100).view
    assert view.segment_left_ns == seconds(200)


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (lambda: Run(pack(segment("a", 600, metronome=BEAT)), sensor=False).to(20), ""),
        (lambda: Run(pack(segment("a", 600, metronome=BEAT)), sensor=False).send(Mute(seconds(9), muted=True)).to(20), "muted"),
        (lambda: Run(pack(segment("a", 600, metronome=BEAT)), sensor=False).send(Pause(seconds(9))).to(20), "paused"),
        (lambda: Run(pack(segment("a", 10))).to(20), "the session's segments are over"),
        (lambda: Run(pack(segment("a", 60, starts_on_press=True))).to(20), "waiting for your press"),
        (lambda: Run(pack(metronome=BEAT)).runs(0, 10).runs(10, 20, 0.0, 0.0), "resting until you run"),
        (lambda: Run(pack(rules=[rule(At(for_s(5)), EndCues())])).to(20), "cues are over for this run"),
        (lambda: Run(pack(segment("warmup", 60, coach=Coach.SILENT))).to(20), "quiet warmup"),
        (lambda: Run(pack(metronome=beat("follow"))).to(20), "no cadence yet"),
        (lambda: Run(pack()).send(Stop(seconds(10))).to(20), ""),
    ],
    ids=["sounds", "muted", "paused", "over", "press", "resting", "end_cues", "silent", "no cadence", "ended"],
)
def test_a_silence_has_its_reason(run: Callable[[], Run], reason: str) -> None:
    assert run().view.silence_reason == reason


def test_an_unknown_length_and_a_lost_sensor_are_said_as_such() -> None:
    run = Run(pack(segment("a", Remainder())), runner=KNOWN).runs(0, 20).send(SensorLink(seconds(21), LinkState.LOST))
    view = run.to(30).view
    assert (view.length_ns, view.segment_left_ns, view.state, view.cadence_spm) == (None, None, "lost", None)
