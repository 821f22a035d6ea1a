"""Targets in real runs: each runner's own, and following the speed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cued.coaching.model import Model, learned, runner_of
from cued.coaching.today import RunKind, Today
from cued.core.effects import CadenceSeen, Effect
from cued.packs.catalog import open_pack
from tests.support.legs import Legs, run_today


class Targets:
    """A listener that keeps (speed, target)."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, float]] = []

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        for effect in effects:
            if isinstance(effect, CadenceSeen) and effect.target_spm is not None and effect.speed_mps is not None:
                self.seen.append((effect.speed_mps, effect.target_spm))

    def finish(self, end_ns: int) -> None:
        """Nothing is left to hear."""


def known(legs: Legs) -> Model:
    """After three easy runs on these legs."""
    model = Model()
    answer = Today(0, RunKind.PLAIN, "plain", 35, 1, "an easy run")
    for seed in range(3):
        model = learned(model, run_today(open_pack("plain").pack, answer, legs, seed).easy)
    return model


def targets(legs: Legs) -> list[tuple[float, float]]:
    """Of a run of phase 5."""
    found = Targets()
    answer = Today(0, RunKind.CUE, "integration", 25, 5, "a test", change=0.05, runner=runner_of(known(legs), 0.05))
    run_today(open_pack("integration").pack, answer, legs, 9, found)
    return found.seen


def test_two_runners_with_the_same_pack_get_targets_of_their_own() -> None:
    small = targets(Legs(spm=176.0, mps=2.8, slope=5.0))
    tall = targets(Legs(spm=158.0, mps=2.8, slope=7.0))
    assert len(small) == len(tall) > 100
    assert min(spm for _, spm in small) > max(spm for _, spm in tall)
    assert sum(spm for _, spm in tall) / len(tall) == pytest.approx(1.05 * 158.0, rel=0.01)
    assert sum(spm for _, spm in small) / len(small) == pytest.approx(1.05 * 176.0, rel=0.01)


def test_a_target_follows_the_speed_by_what_is_known_of_the_runner() -> None:
    seen = targets(Legs(spm=164.0, mps=2.8, slope=9.0))
    slow = [spm for speed, spm in seen if speed <= 2.7]
    quick = [spm for speed, spm in seen if speed >= 2.9]
    assert slow
    assert quick
    assert sum(quick) / len(quick) - sum(slow) / len(slow) > 1.0


def test_the_model_finds_three_runs_worth_of_the_runner() -> None:
    baseline = known(Legs(spm=164.0, mps=2.8)).baseline
    assert baseline is not None
    assert baseline.spm == pytest.approx(164.0, abs=1.0)
    assert baseline.speed_mps == pytest.approx(2.8, abs=0.05)
