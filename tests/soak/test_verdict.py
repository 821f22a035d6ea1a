"""What is forgiven and what is not: windows of announced faults, and rows that can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cued.errors import CuedError
from cued.packs.load import load_pack
from cued.units import NS_PER_S
from tests.soak import packs
from tests.soak.due import Promised
from tests.soak.faults import Done
from tests.soak.process import One, Sample
from tests.soak.steering import Asked
from tests.soak.test_listening import BEGAN_NS, CUE, DUE, LENGTH_S, mixed, recorded
from tests.soak.verdict import Row, Soaked, Window, between, judge_sound, rows_of, windows_of

END_NS = BEGAN_NS + (LENGTH_S - 1) * NS_PER_S


def at(second: float) -> int:
    return BEGAN_NS + round(second * NS_PER_S)


def soaked(*, pcm: object = None, done: tuple[Done, ...] = (), leak: float = 0.0, took_ms: float = 2.0, fds: int = 0) -> Soaked:
    """A soak in which all went well, but for what is said."""
    due = Promised(list(DUE), [CUE], sessions=1)
    samples = []
    for n in range(720):
        memory = 50.0 + leak * n / 720 + 0.01 * (n % 7)
        main = One(1, 0, memory, 80.0, 30 + fds * (n > 400), 8, 0.02 * n)
        samples.append(Sample(n * 5.0, main, memory + 40.0, 200.0, 3, 0.03 * n))
    asked = [Asked(at(n), "status", took_ms, ok=True, said="") for n in range(100)]
    stretch = recorded(mixed() if pcm is None else pcm)
    return Soaked(at(0.5), END_NS, due, [stretch], done, [], [], asked, samples)


def not_held(found: Soaked) -> list[str]:
    return [row.what for row in rows(found) if row.met is False]


def rows(found: Soaked) -> list[Row]:
    return rows_of(found, judge_sound(found))


def without(*indices: int) -> object:
    return mixed(tuple(click for index, click in enumerate(DUE) if index not in indices))


def test_a_good_soak_holds_everything() -> None:
    found = soaked()
    assert not_held(found) == []
    sound = judge_sound(found)
    assert (sound.clicks_due, sound.clicks_heard, sound.clicks_excused) == (len(DUE), len(DUE), 0)
    assert (sound.cues_due, sound.cues_heard, sound.cues_excused) == (1, 1, 0)


def test_one_missing_click_fails_it() -> None:
    assert not_held(soaked(pcm=without(60))) == ["clicks missing outside of them"]


def test_one_missing_in_an_announced_fault_is_forgiven_and_one_beside_it_is_not() -> None:
    second = (DUE[60].at_ns - BEGAN_NS) / NS_PER_S
    fault = Done("sound server: killed", at(second - 0.3), at(second + 0.3), sound=True)
    found = soaked(pcm=without(60), done=(fault,))
    assert not_held(found) == []
    assert 3 <= judge_sound(found).clicks_excused <= 6
    assert not_held(soaked(pcm=without(60, 70), done=(fault,))) == ["clicks missing outside of them"]


def test_a_fault_that_touches_no_sound_forgives_nothing() -> None:
    second = (DUE[60].at_ns - BEGAN_NS) / NS_PER_S
    fault = Done("pod: link lost", at(second - 1), at(second + 1))
    assert not_held(soaked(pcm=without(60), done=(fault,))) == ["clicks missing outside of them"]


def test_a_soak_that_is_one_long_fault_is_none() -> None:
    fault = Done("sound server: killed", at(5), at(25), sound=True)
    assert not_held(soaked(done=(fault,))) == ["share of the time in such windows"]


def test_a_time_that_nobody_recorded_forgives_nothing_either() -> None:
    found = soaked()
    found.stretches = []
    assert "clicks missing outside of them" in not_held(found)


def test_clicks_skipped_by_a_stalled_loop_are_missing() -> None:
    found = soaked()
    found.promised.skipped = [(at(12), 2)]
    assert not_held(found) == ["clicks missing outside of them"]
    found.stood = [(at(11.5), at(11.9))]  # unless the machine itself stood still
    assert not_held(found) == []


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"leak": 2.7}, "memory growth, main process"),
        ({"took_ms": 120.0}, "answered in, p50 / p99 / longest"),
        ({"fds": 1}, "descriptors: growth, now, most"),
        ({"done": (Done("pack: a bad one", at(3), at(4), failed="it was taken"),)}, "faults injected"),
    ],
    ids=["a leak", "slow answers", "a descriptor left open", "a bad pack that was taken"],
)
def test_each_other_fault_fails_the_row_it_belongs_to(change: dict[str, object], row: str) -> None:
    assert row in not_held(soaked(**change))  # type: ignore[arg-type]  # the names are those of `soaked`


def test_a_command_without_an_answer_fails_it() -> None:
    found = soaked()
    found.asked = [*found.asked, Asked(at(5), "next", 5_000.0, ok=False, said="no answer", answered=False)]
    assert "commands without an answer" in not_held(found)


def test_a_restart_that_cued_announced_alone_is_a_window_and_is_named() -> None:
    found = soaked(done=(Done("sound process: killed", at(5), at(6), sound=True),))
    found.promised.restarts_ns = [at(6.3), at(20)]
    assert [one.why for one in windows_of(found)] == ["sound process: killed", "announced by cued alone"]


def test_what_lies_between_windows_is_judged() -> None:
    windows = [Window(10, 20, ""), Window(15, 30, ""), Window(50, 60, "")]
    assert between(windows, 0, 100) == [(0, 10), (30, 50), (60, 100)]
    assert between(windows, 12, 55) == [(30, 50)]
    assert between(windows, 52, 58) == []
    assert between([], 1, 2) == [(1, 2)]


def test_silence_where_much_was_due_is_seen() -> None:
    found = soaked(pcm=np.zeros(LENGTH_S * 48_000, np.int16))
    assert len(judge_sound(found).missing) == len(DUE)
    assert replace(CUE) in judge_sound(found).cues_missing


@pytest.mark.parametrize("name", packs.GOOD)
def test_the_good_packs_are_packs_and_their_halves_are_not(name: str, tmp_path: Path) -> None:
    packs.write_good(tmp_path, name, version=3)
    assert load_pack(tmp_path / f"{name}.yaml").pack.name == name
    packs.write_half(tmp_path, name)
    with pytest.raises(CuedError):
        load_pack(tmp_path / f"{name}.yaml")


@pytest.mark.parametrize("name", packs.BAD)
def test_the_bad_packs_are_none(name: str, tmp_path: Path) -> None:
    packs.write_bad(tmp_path, name)
    with pytest.raises(CuedError):
        load_pack(tmp_path / f"{name}.yaml")
