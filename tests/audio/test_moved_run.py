"""`cued run` on a real PulseAudio whose headphones go and come back, and which is killed and started again under it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live_runs import LiveRun, tone_pack
from tests.support.pulse import Pulse, pulse_server
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.audio, pytest.mark.slow]


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    folder = tmp_path / "server"
    folder.mkdir()
    with pulse_server(folder, "phones", "built_in") as server:
        yield server


@pytest.fixture
def run(pulse: Pulse, tmp_path: Path) -> Iterator[LiveRun]:
    """A tone every two seconds, and a beat; two of them have been heard."""
    pack = tone_pack(tmp_path / "pack", "every: 2 s", "mode: fixed, beat: 180 spm")
    words = ("--pack", pack, "--sensor", "sim", "--socket", "none", "--keys", "none", "--journal", "none")
    with LiveRun(tmp_path / "home", *words) as live:
        live.expect_rows("say", 2)
        yield live


def heard_after(run: LiveRun) -> None:
    """Cues are heard again, and those that were not lie in one stretch: nobody has doubted any before or after it."""

    def said() -> list[int]:
        return sorted(row["t_ns"] for row in run.rows("say"))

    def lost() -> set[int]:
        return {row["said_ns"] for row in run.rows("unheard")}

    wait_for(lambda: lost().isdisjoint(said()[-4:-1]) and max(lost()) < said()[-4], what="three cues that are heard")
    run.press_ctrl_c()
    assert run.end() == 0
    assert lost() == {onset for onset in said() if min(lost()) <= onset <= max(lost())}
    assert f"{len(said()) - len(lost())} cues heard, {len(lost())} said where nobody heard them" in run.text


@pytest.mark.soak
def test_cues_on_another_device_than_the_chosen_one_do_not_count_and_that_is_told_once_each_way(
    pulse: Pulse, run: LiveRun
) -> None:
    pulse.remove_sink("phones")
    run.expect_rows("unheard", 2)
    pulse.add_sink("phones")
    run.expect_printed("the sound is back on Phones")
    heard_after(run)
    assert run.text.count("the sound went to Built_In: cues there do not count") == 1
    assert run.text.count("the sound is back on") == 1


def test_a_server_that_dies_costs_the_cues_of_its_absence_and_nothing_after_it(pulse: Pulse, run: LiveRun) -> None:
    pulse.kill()
    run.expect_rows("unheard", 2)
    pulse.start()
    run.expect_printed("the sound is back on")
    heard_after(run)
    assert run.text.count("no sound now") == 1
    assert run.text.count("the sound is back on") == 1
