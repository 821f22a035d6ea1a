"""Which cues work, on simulated runners whose answer to each cue is known: through the same windows as a real run's."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from cued.core.cues import Cue, CuePack, Expect, Priority
from cued.core.effects import CadenceSeen, CutSpeech, Effect, Say, TempoChanged, Unheard, Withheld
from cued.core.events import Event, SurfaceIs
from cued.core.start import Runner, Start
from cued.packs.catalog import open_pack
from cued.review.cue_effects import CueEffect, Verdict, cue_effects
from cued.review.responses import Heard, Response, responses_of
from cued.units import NS_PER_S

OWN_SPM = 168.0
CUES = ("strong", "weak", "idle")
TRUE = {"strong": 0.02, "weak": 0.01, "idle": 0.0}


@cache
def pack() -> CuePack:
    """Three cues of which cadence tells, one of which it does not; a quarter is withheld."""
    whole = open_pack("integration").pack
    cues = [Cue(name, f"Say {name}.", expect=Expect.UP) for name in CUES]
    return replace(whole, cues=(*cues, Cue("tall", "Run tall.")), limits=replace(whole.limits, withhold=0.25))


@cache
def start() -> Start:
    return Start(pack(), runner=Runner(OWN_SPM, 3.0, 5.6))


def say(cue: str, at_s: float, priority: Priority = Priority.BAND) -> Say:
    return Say(round(at_s * NS_PER_S), cue, cue, f"Say {cue}.", "rules[0]", priority, 2 * NS_PER_S, 12.0, 0)


def withheld(cue: str, at_s: float, priority: Priority = Priority.BAND) -> Withheld:
    return Withheld(round(at_s * NS_PER_S), cue, f"Say {cue}.", "rules[0]", priority, 2 * NS_PER_S)


def seen(second: int, spm: float, speed: float = 3.0, band: str = "in", state: str = "running") -> CadenceSeen:
    return CadenceSeen(second * NS_PER_S, spm, spm, OWN_SPM, band, state, speed_mps=speed)


# --- by hand -------------------------------------------------------------------------------------------------------


def even(rise: float = 0.0, speed_rise: float = 0.0, cue_at_s: int = 100) -> list[Effect | Event]:
    """Three minutes at one cadence, and another from ten seconds after the cue on."""
    late = cue_at_s + 10
    return [seen(at, OWN_SPM + (rise if at > late else 0.0), 3.0 + (speed_rise if at > late else 0.0)) for at in range(180)]


def with_point(steps: list[Effect | Event], *more: Effect | Event) -> Heard:
    return responses_of(start(), sorted([*steps, *more], key=lambda one: one.at_ns), 7)


def test_a_response_is_cadence_after_less_cadence_before() -> None:
    (one,) = with_point(even(rise=2.0), say("strong", 100)).responses
    assert (one.session, one.trigger, one.cue, one.heard, one.up) == (7, "band", "strong", True, True)
    assert one.spm == pytest.approx(2.0)
    assert one.before_spm == pytest.approx(OWN_SPM)


def test_a_response_is_reckoned_at_the_same_speed() -> None:
    (one,) = with_point(even(rise=5.6 * 0.1, speed_rise=0.1), withheld("weak", 100)).responses
    assert not one.heard
    assert one.spm == pytest.approx(0.0, abs=1e-9)


def spoilt(steps: list[Effect | Event]) -> str:
    heard = with_point(steps, say("strong", 100))
    assert heard.responses == ()
    (left,) = heard.left
    assert (left.cue, left.heard) == ("strong", True)
    return left.reason


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ([say("weak", 60)], "another cue"),
        ([say("weak", 125)], "another cue"),
        ([TempoChanged(90 * NS_PER_S, 170_000, "nudge", "start")], "beat began or ended"),
        ([SurfaceIs(50 * NS_PER_S, "grass")], "new ground"),
        ([CutSpeech(101 * NS_PER_S, "strong", 0)], "cut short"),
        ([Unheard(104 * NS_PER_S, 100 * NS_PER_S, "strong", "", "rules[0]", Priority.BAND, 0)], "reached nobody"),
        ([seen(95, 60.0, state="walking")], "not running"),
        ([seen(95, OWN_SPM, band="asleep")], "hill or unsteady"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_spoils_the_comparison_leaves_the_point_out_with_its_reason(more: list[Effect | Event], reason: str) -> None:
    steps = [*even(), *more]
    heard = with_point(steps, say("strong", 100))
    assert [one.reason for one in heard.left if one.cue == "strong"] == [reason]
    assert all(one.cue != "strong" for one in heard.responses)


def test_gaps_and_changes_of_speed_leave_the_point_out() -> None:
    assert spoilt([one for one in even() if not 105 * NS_PER_S < one.at_ns < 110 * NS_PER_S]) == "sensor gap"
    assert spoilt(even(speed_rise=0.3)) == "speed changed"
    assert spoilt([one for one in even() if one.at_ns < 125 * NS_PER_S]) == "sensor gap"


def test_a_cue_without_an_expectation_or_without_a_draw_is_counted_and_not_judged() -> None:
    heard = with_point(even(), say("tall", 40), say("strong", 120, Priority.SEGMENT))
    assert heard.responses == ()
    assert [(one.cue, one.measurable) for one in heard.unmeasured] == [("tall", False), ("strong", True)]
    assert heard.left == ()


def test_without_withholding_nothing_is_judged() -> None:
    sure = replace(start(), pack=replace(pack(), limits=replace(pack().limits, withhold=0.0)))
    heard = responses_of(sure, sorted([*even(), say("strong", 100)], key=lambda one: one.at_ns), 1)
    assert heard.responses == ()
    assert len(heard.unmeasured) == 1


# --- by simulation -------------------------------------------------------------------------------------------------


def a_run(rng: np.random.Generator, session: int, points: int, true: dict[str, float]) -> tuple[Response, ...]:
    """Cadence that wanders and a pod that lags; a cue is wanted after 20 s under the usual, and one in four is withheld."""
    seconds = 120 + 150 * points
    noise = rng.normal(0.0, 0.4, seconds).tolist()
    usual = OWN_SPM + float(rng.normal(0.0, 1.5))
    steps: list[float] = []
    wander = 0.0
    for at in range(seconds):
        wander = 0.97 * wander + noise[at]
        steps.append(usual + wander)
    shown, low, last, total = steps[:10], 0, 0, sum(steps[:10])
    told: list[Effect] = []
    for at in range(10, seconds):
        total += steps[at] - steps[at - 10]
        shown.append(total / 10)  # a pod's mean of the last ten seconds
        low = low + 1 if shown[at] < usual - 0.6 else 0
        if low < 20 or at - last < 80 or at >= seconds - 60:
            continue
        cue = CUES[int(rng.integers(len(CUES)))]
        silent = rng.random() < 0.25
        told.append(withheld(cue, at) if silent else say(cue, at))
        last = at
        if not silent:
            steps[at + 1 : at + 46] = [spm + OWN_SPM * true[cue] for spm in steps[at + 1 : at + 46]]
    samples = [seen(at, float(round(shown[at]))) for at in range(seconds)]
    return responses_of(start(), sorted([*samples, *told], key=lambda one: one.at_ns), session).responses


def a_block(seed: int, true: dict[str, float], runs: int = 0, points: int = 17) -> list[Response]:
    """So many runs, or as many as it takes to deliver each cue forty times."""
    rng = np.random.default_rng(seed)
    found: list[Response] = []
    session = 0
    while session < runs or (not runs and min(sum(one.heard and one.cue == cue for one in found) for cue in CUES) < 40):
        found += a_run(rng, session, points, true)
        session += 1
    return found


SEEDS = range(1000, 1100)


@cache
def block_of(seed: int) -> list[Response]:
    return a_block(seed, TRUE)


@cache
def judged(seed: int) -> dict[str, CueEffect]:
    return {one.cue: one for one in cue_effects(block_of(seed))}


def test_three_cues_of_two_one_and_no_per_cent_are_put_in_their_order() -> None:
    right = 0
    for seed in SEEDS:
        found = judged(seed)
        assert min(one.heard for one in found.values()) >= 40
        right += [*found] == ["strong", "weak", "idle"]
    assert right / len(SEEDS) >= 0.80


def test_their_size_is_recovered_too() -> None:
    # The windows see the middle of the answer: all of it but for the pod's last ten seconds of lag.
    strong = [judged(seed)["strong"].effect or 0.0 for seed in SEEDS]
    assert np.mean(strong) == pytest.approx(0.02, abs=0.003)
    assert sum(judged(seed)["strong"].verdict is Verdict.HELPS for seed in SEEDS) >= 0.9 * len(SEEDS)


def test_a_cue_without_effect_has_0_in_its_interval_though_cadence_rises_after_it() -> None:
    held, raw = 0, []
    for seed in SEEDS:
        idle = judged(seed)["idle"]
        assert idle.low is not None
        assert idle.high is not None
        held += idle.low <= 0.0 <= idle.high
        raw.append(np.mean([one.spm for one in block_of(seed) if one.heard and one.cue == "idle"]))
    assert held / len(SEEDS) >= 0.90
    # Raw before and after: half a step a minute out of nothing, and many standard errors away from it.
    assert np.mean(raw) > 0.4
    assert np.mean(raw) / (np.std(raw) / len(raw) ** 0.5) > 10.0


def test_with_few_runs_chance_is_dealt_anew_within_each() -> None:
    found = {one.cue: one for one in cue_effects(a_block(3, TRUE, runs=4, points=42))}
    assert found["strong"].sessions == 4
    assert found["strong"].verdict is Verdict.HELPS
    assert found["idle"].low is not None
    assert found["idle"].low < 0.0


def test_the_same_answers_give_the_same_figures() -> None:
    block = a_block(2, TRUE, runs=6)
    assert cue_effects(block) == cue_effects(block)


# --- counts --------------------------------------------------------------------------------------------------------


def answers(heard: int, silent: int, cue: str = "strong") -> list[Response]:
    """So many, alternately in eight runs, a step apart."""
    found = [
        Response(number % 8, "p", "band", True, cue, "S", True, 2.0 + number % 3, 168.0, 0.1 * (number % 5), 0.0, 1.0)
        for number in range(heard)
    ]
    return found + [
        Response(number % 8, "p", "band", True, cue, "S", False, number % 3, 168.0, 0.1 * (number % 5), 0.0, 1.0)
        for number in range(silent)
    ]


@pytest.mark.parametrize(("heard", "silent"), [(11, 60), (60, 23)], ids=["too few heard", "too few withheld"])
def test_with_too_few_there_are_counts_and_nothing_else(heard: int, silent: int) -> None:
    (one,) = cue_effects(answers(heard, silent))
    assert (one.heard, one.withheld, one.verdict) == (heard, silent, Verdict.LITTLE)
    assert (one.effect, one.low, one.high, one.shrunk, one.best) == (None, None, None, None, None)


def test_with_enough_there_is_a_verdict() -> None:
    (one,) = cue_effects(answers(12, 24))
    assert one.effect == pytest.approx(2.0 / 168.0, rel=0.1)
    assert one.verdict is Verdict.HELPS
    assert one.best is None  # nothing to be better than


def test_a_cue_that_shall_lower_cadence_helps_by_lowering_it() -> None:
    down = [replace(one, up=False, spm=-one.spm) for one in answers(20, 30)]
    (one,) = cue_effects(down)
    assert one.effect is not None
    assert one.effect > 0.0


def test_packs_and_triggers_are_never_thrown_together() -> None:
    other = [replace(one, pack="q") for one in answers(0, 40)]
    (one, _) = cue_effects([*answers(20, 5), *other])
    assert (one.pack, one.withheld, one.verdict) == ("p", 5, Verdict.LITTLE)
