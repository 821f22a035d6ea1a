"""Twenty-four weeks of six runners, every run through the real core with the shipped packs: where each ends, and by what."""

from __future__ import annotations

import difflib
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import pytest

from cued.coaching.happening import Kind
from cued.coaching.today import RunKind
from tests.coaching.runners import FOLDER, RUNNERS, START, WEEKS, Season, lived, told


@pytest.fixture(scope="module")
def seasons() -> dict[str, Season]:
    names = [runner.name for runner in RUNNERS]
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        return dict(zip(names, pool.map(lived, names), strict=True))


@pytest.fixture(params=[runner.name for runner in RUNNERS])
def season(request: pytest.FixtureRequest, seasons: dict[str, Season]) -> Season:
    return seasons[request.param]


@pytest.mark.slow
class TestASeason:
    def test_ends_in_the_phase_it_should(self, season: Season) -> None:
        assert season.state.phase == season.runner.ends_in, season.runner.why

    def test_never_has_cue_days_side_by_side(self, season: Season) -> None:
        days = [ran.day for ran in season.ran if ran.answer.cued]
        assert all(later - earlier > 1 for earlier, later in pairwise(days))
        assert not any(one.answer.cued and other.answer.cued for one, other in pairwise(season.ran))

    def test_keeps_every_cap_of_the_week(self, season: Season) -> None:
        minutes: defaultdict[int, float] = defaultdict(float)
        cues: defaultdict[int, int] = defaultdict(int)
        changes: dict[int, float] = {}
        for ran in season.ran:
            minutes[ran.week] += ran.answer.minutes
            cues[ran.week] += ran.answer.cued
            assert ran.minutes_before + ran.answer.minutes <= ran.cap + 1e-9
            if ran.answer.cued:
                changes[ran.week] = max(changes.get(ran.week, 0.0), ran.answer.change)
        for week, total in minutes.items():
            assert total <= max(140.0, *(1.1 * minutes.get(week - back, 0.0) for back in range(1, 5))) + 1e-9
        assert max(cues.values()) <= 2
        before = 0.0
        for _, change in sorted(changes.items()):
            assert change <= before + 0.02 + 1e-9
            before = change
        assert all(ran.outcome.change <= 0.10 for ran in season.ran)

    def test_never_advances_on_pain_or_unknown_pain(self, season: Season) -> None:
        for decision in season.decided:
            if decision.kind is Kind.ADVANCE:
                (pain,) = [reason for reason in decision.reasons if reason.what == "pain"]
                assert pain.met is True

    def test_explains_every_decision_with_its_numbers(self, season: Season) -> None:
        for decision in season.decided:
            assert decision.text
            if decision.kind in {Kind.ADVANCE, Kind.HOLD, Kind.BACK}:
                assert any(letter.isdigit() for letter in decision.text), decision.text
        assert all(ran.answer.reason for ran in season.ran)

    def test_is_decided_as_before(self, season: Season) -> None:
        file = FOLDER / f"{season.runner.name}.txt"
        now = told(season).splitlines()
        before = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        diff = "\n".join(difflib.unified_diff(before, now, "expected", "decided now", n=1, lineterm=""))
        assert now == before, f"{diff}\nIf that is meant: `make golden`, review it, and commit it with the change."


@pytest.mark.slow
def test_a_compliant_runner_ends_each_feeder_in_the_band_and_keeps_it(seasons: dict[str, Season]) -> None:
    runs = [ran for ran in seasons["compliant"].ran if ran.answer.pack == "integration"]
    assert len(runs) >= 8
    for ran in runs:
        outcome = ran.outcome
        assert outcome.feeder is not None
        assert outcome.steady is not None
        assert outcome.in_band is not None
        assert outcome.in_band > 0.9
        assert outcome.steady.spm > 0.98 * outcome.feeder.spm


@pytest.mark.slow
def test_the_sore_runner_is_eased_and_never_sent_back(seasons: dict[str, Season]) -> None:
    season = seasons["sore"]
    sore = [decision for decision in season.decided if decision.kind is Kind.SORE]
    assert len(sore) >= 4
    assert not [decision for decision in season.decided if decision.kind is Kind.BACK]
    eased = [ran for ran in season.ran if ran.answer.cued and not ran.answer.ease.beat]
    assert eased
    assert all(ran.answer.change == 0.0 for ran in eased)


@pytest.mark.slow
def test_the_racing_runner_has_nothing_new_before_a_race_and_three_plain_days(seasons: dict[str, Season]) -> None:
    season = seasons["racing"]
    races = [word.on - START for _, word in season.runner.words if word.on is not None]
    for race in races:
        near = [ran for ran in season.ran if race - 7 <= ran.day <= race + 2]
        before = {ran.answer.pack for ran in season.ran if ran.day < race - 7}
        assert near
        assert all(ran.answer.pack in before | {"plain"} for ran in near)
        assert all(ran.answer.kind is RunKind.PLAIN for ran in near if ran.day >= race)


def test_every_season_has_its_file() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(runner.name for runner in RUNNERS)
    assert WEEKS == 24
