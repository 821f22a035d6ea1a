from __future__ import annotations

from dataclasses import replace

import pytest

from cued.core import engine
from cued.core.start import Start
from cued.core.view import View
from cued.core.words import Silence
from cued.runtime.status import SoundState, clock_text, cut, gauge, status_line
from cued.units import NS_PER_S
from tests.runtime.packs import small_pack

WELL = SoundState(device="headphones")


def running(**changes: object) -> View:
    """Half a minute into the first segment, at 170 steps a minute and on the target, with a beat."""
    fresh = engine.view(engine.start(Start(small_pack(), seed=0)))
    known = {
        "at_ns": 30 * NS_PER_S,
        "run_ns": 30 * NS_PER_S,
        "segment": "warmup",
        "rep": 1,
        "reps": 1,
        "segment_left_ns": 10 * NS_PER_S,
        "coach": "normal",
        "mode": "lead",
        "tempo_mspm": 172_000,
        "state": "running",
        "cadence_spm": 170.0,
        "target_spm": 170.0,
        "band": "in",
        "band_low_spm": 164.8,
        "band_high_spm": 177.0,
    }
    return replace(fresh, **(known | changes))  # type: ignore[arg-type]  # a table of names and values


def line(view: View, sound: SoundState = WELL) -> str:
    return "".join(piece.text for piece in status_line(view, sound))


def test_the_line_tells_clock_segment_rest_cadence_band_target_and_beat() -> None:
    assert line(running()) == "0:30  warmup −0:10  170 ▕·····───●────····▏ 170 spm  ♪ 172"


def test_before_the_start_it_says_that_it_is_starting_and_no_more() -> None:
    assert line(running(at_ns=-1, run_ns=0, segment="")) == "0:00  starting"


def test_after_the_last_segment_it_says_so_once() -> None:
    told = line(running(segment="", segment_left_ns=None, tempo_mspm=0, mode="none", silence=Silence.OVER))
    assert told == "0:30  session done, recording  170 ▕·····───●────····▏ 170 spm"


def test_a_silent_segment_is_called_quiet() -> None:
    told = line(running(coach="silent", mode="none", tempo_mspm=0, silence=Silence.QUIET))
    assert told.endswith("170 spm  quiet")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"paused": True}, "warmup −0:10  paused"),
        ({"muted": True}, "170 spm  muted"),
        ({"tempo_mspm": 0}, "♪ rests"),
        ({"state": "standing"}, "−0:10  standing  ♪"),
        ({"state": "lost"}, "−0:10  pod lost  ♪"),
        ({"cadence_spm": None}, "−0:10  no cadence yet  ♪"),
        ({"target_spm": None}, "−0:10  170 spm  ♪"),
        ({"rep": 2, "reps": 4}, "warmup 2/4 −0:10"),
        ({"rep": 2, "reps": 0}, "warmup 2 −0:10"),
        ({"waiting": True}, "warmup: press when ready"),
        ({"segment_left_ns": None, "segment_left_m": 420.0}, "warmup −0.42 km"),
        ({"last_cue": "Light feet.", "last_cue_at_ns": 29 * NS_PER_S}, "♪ 172  “Light feet.”"),
    ],
)
def test_each_state_has_its_words(changes: dict[str, object], part: str) -> None:
    assert part in line(running(**changes))


def test_troubles_of_the_sound_come_first_so_that_no_narrow_terminal_hides_them() -> None:
    troubled = replace(WELL, underruns=2, restarts=1)
    assert line(running(), troubled).startswith("0:30  2 underruns, 1 restart  warmup")
    assert line(running(), replace(WELL, absent=True)).startswith("0:30  no sound device  warmup")
    fled = replace(WELL, elsewhere="Built-in Audio", underruns=2)
    assert line(running(), fled).startswith("0:30  sound is on Built-in Audio  warmup")


@pytest.mark.parametrize(
    ("own", "mark", "place"), [(1.0, "●", 8), (0.96, "●", 4), (1.07, "●", 15), (1.2, "▸", 16), (0.5, "◂", 0)]
)
def test_the_gauge_marks_the_runner_and_keeps_its_width(own: float, mark: str, place: int) -> None:
    before, found, after = gauge(own, 0.97, 1.04)
    assert (found, len(before), len(before + found + after)) == (mark, place, 17)


def test_a_line_too_long_ends_in_an_ellipsis_at_the_width() -> None:
    view = running(last_cue="A long cue that no narrow terminal holds.", last_cue_at_ns=0)
    short = "".join(piece.text for piece in cut(status_line(view, WELL), 40))
    assert len(short) == 40
    assert short.endswith("…")


@pytest.mark.parametrize(("ns", "text"), [(0, "0:00"), (65 * NS_PER_S, "1:05"), (3665 * NS_PER_S, "1:01:05"), (-5, "0:00")])
def test_times_read_as_on_a_watch(ns: int, text: str) -> None:
    assert clock_text(ns) == text


def test_a_cue_of_long_ago_is_no_longer_shown() -> None:
    view = running(last_cue="Light feet.", last_cue_at_ns=0)
    assert "Light feet." in line(replace(view, at_ns=29 * NS_PER_S), WELL)
    assert "Light feet." not in line(replace(view, at_ns=30 * NS_PER_S), WELL)
