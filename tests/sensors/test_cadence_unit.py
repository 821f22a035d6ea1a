"""Steps or strides: right for everyone who runs, silent about everyone who does not, and never changed once said."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.sensors.cadence_unit import (
    QUIRKS,
    CadenceUnit,
    Origin,
    UnitState,
    begin,
    judge_count,
    observe,
)
from cued.units import NS_PER_MS, NS_PER_S

Sample = tuple[float | None, int, bool | None]
"""Speed, the raw number, the flag."""

flags = st.sampled_from([None, True])
noise = st.lists(st.integers(-1, 1), min_size=60, max_size=60)


def carried(samples: Iterable[Sample], state: UnitState | None = None, every_ns: int = NS_PER_S) -> list[UnitState]:
    """The state after each sample."""
    state = begin("") if state is None else state
    states = []
    for number, (speed, raw, running) in enumerate(samples):
        state = observe(state, number * every_ns, speed, raw, running)
        states.append(state)
    return states


def latched_s(samples: Iterable[Sample]) -> int | None:
    """The second in which the unit was known; None: never."""
    known = [number for number, state in enumerate(carried(samples)) if state.factor is not None]
    return known[0] if known else None


# --- the order of authority ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "factor"), [(CadenceUnit.STEPS, 1), (CadenceUnit.STRIDES, 2)])
def test_the_runners_word_is_above_all_else(word: CadenceUnit, factor: int) -> None:
    for name in ("", "Zwift RunPod", "TICKR X 12AB"):
        state = begin(name, word)
        assert (state.factor, state.origin) == (factor, Origin.RUNNER)
        assert carried([(3.0, 85, True), (3.0, 170, True)] * 30, state)[-1] == state


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("Zwift RunPod", 2),
        ("ZWIFT RUNPOD OE", 2),
        ("Garmin Foot Pod", 2),
        ("TICKR X 12AB", 1),
        ("Wahoo TICKR X", 1),
        ("Technogym Run", 1),
        ("MYRUN 1234", 1),
        ("Runn 0042", 1),
        ("NPE Runn", 1),
    ],
)
def test_a_device_with_a_known_quirk_needs_no_running(name: str, factor: int) -> None:
    state = begin(name)
    assert (state.factor, state.origin) == (factor, Origin.QUIRK)


@pytest.mark.parametrize(
    "name",
    ["", "Stryd", "Garmin HRM-Pro", "TICKR", "TICKR FIT", "TICKRX2", "Running Pod", "Runner", "Zwift Hub", "My Zwift RunPod"],
)
def test_a_device_of_another_name_is_judged(name: str) -> None:
    assert begin(name) == UnitState()


def test_every_quirk_names_its_source_and_a_unit() -> None:
    for quirk in QUIRKS:
        assert "#" in quirk.source or "sample" in quirk.source
        assert quirk.unit.factor in {1, 2}


# --- judging -------------------------------------------------------------------------------------------------------


@given(st.floats(2.2, 6.0), st.integers(140, 210), st.sampled_from([1, 2]), flags, noise)
def test_everyone_who_runs_is_known_after_twenty_seconds_in_both_units(
    speed: float, spm: int, factor: int, flag: bool | None, off: list[int]
) -> None:
    samples: list[Sample] = [(speed, spm // factor + (wander if factor == 1 else 0), flag) for wander in off]
    states = carried(samples)
    assert [state.factor for state in states] == [None] * 20 + [factor] * 40
    assert states[-1].origin is Origin.JUDGED


@given(st.floats(2.2, 6.0), st.integers(140, 210), st.sampled_from([1, 2]), st.sampled_from([250, 500, 1_000, 2_000]))
def test_a_sensor_may_send_every_quarter_of_a_second_or_every_two(speed: float, spm: int, factor: int, every_ms: int) -> None:
    states = carried([(speed, spm // factor, None)] * 90, every_ns=every_ms * NS_PER_MS)
    known = [number * every_ms for number, state in enumerate(states) if state.factor is not None]
    assert known[0] == 20_000
    assert states[-1].factor == factor


walking = st.tuples(st.floats(0.3, 2.0), st.integers(30, 212), st.sampled_from([None, True, False]))
standing = st.tuples(st.sampled_from([0.0, 0.0, None]), st.integers(0, 130), st.sampled_from([None, True, False]))


@given(st.lists(walking | standing, max_size=120))
def test_walking_and_standing_prove_nothing(samples: list[Sample]) -> None:
    assert latched_s(samples) is None


anything = st.tuples(st.none() | st.floats(0.0, 256.0), st.integers(0, 255), st.none() | st.booleans())


@given(st.lists(anything, max_size=40), st.floats(2.2, 6.0), st.integers(140, 210), st.sampled_from([1, 2]))
def test_once_known_it_never_changes(after: list[Sample], speed: float, spm: int, factor: int) -> None:
    known = carried([(speed, spm // factor, None)] * 25)[-1]
    assert known.factor == factor
    other: list[Sample] = [(speed, spm // (3 - factor), None)] * 40
    assert set(carried([*after, *other], known)) == {known}


def test_a_walk_in_between_stops_the_clock_and_does_not_turn_it_back() -> None:
    run, walk, stand = (3.0, 85, None), (1.4, 55, None), (0.0, 0, None)
    assert latched_s([run] * 11 + [walk] * 30 + [stand] * 30 + [run] * 30) == 71 + 10
    assert latched_s([run] * 11 + [(3.0, 120, None)] + [run] * 30) == 12 + 20


def test_a_gap_between_samples_is_no_evidence() -> None:
    assert [state.factor for state in carried([(3.0, 170, None)] * 100, every_ns=3 * NS_PER_S)][-1] is None


@pytest.mark.parametrize("raw", [0, 20, 31, 60, 110, 120, 130, 230, 255])
def test_a_number_that_is_no_cadence_in_either_unit_is_never_taken_for_one(raw: int) -> None:
    assert latched_s([(3.0, raw, True)] * 200) is None


def test_a_step_longer_or_shorter_than_a_leg_allows_is_no_evidence() -> None:
    assert latched_s([(12.0, 160, True)] * 60) is None
    assert latched_s([(15.0, 90, True)] * 60) is None


def test_a_sensor_that_says_walking_and_means_it_is_not_judged() -> None:
    assert latched_s([(2.4, 70, False)] * 60) is None
    assert latched_s([(2.4, 70, None)] * 60) == 20


@pytest.mark.parametrize("speed", [None, 0.0])
def test_a_sensor_without_speed_is_known_by_its_number_where_only_steps_can_be_meant(speed: float | None) -> None:
    assert carried([(speed, 165, None)] * 21)[-1].factor == 1
    assert latched_s([(speed, 82, None)] * 300) is None


def test_a_technogym_run_that_leaves_its_flag_unset_counts_steps() -> None:
    # Its capture says 161 at 12 km/h with the flag unset; the name is not always told.
    assert carried([(3.359375, 161, None)] * 21)[-1].factor == 1


# --- counting ------------------------------------------------------------------------------------------------------


def count(raw: int | list[int], taken_s: float, counted: int = 20) -> tuple[CadenceUnit | None, str]:
    numbers = raw if isinstance(raw, list) else [raw] * int(taken_s)
    readings = tuple((second * NS_PER_S, number) for second, number in enumerate(numbers))
    judged = judge_count(readings, 0, int(taken_s * NS_PER_S), counted)
    return judged.unit, judged.reason


@given(st.integers(90, 200), st.integers(-1, 1), st.sampled_from([CadenceUnit.STEPS, CadenceUnit.STRIDES]))
def test_twenty_steps_tell_steps_from_strides_though_one_is_miscounted(spm: int, off: int, unit: CadenceUnit) -> None:
    factor = unit.factor
    assert factor is not None
    assert count(spm // factor, (20 + off) * 60 / spm)[0] is unit


def test_the_reason_holds_both_numbers() -> None:
    assert count(83, 7.2) == (CadenceUnit.STRIDES, "you took 167 steps a minute and the sensor said 83: it counts strides")
    assert count(166, 7.2) == (CadenceUnit.STEPS, "you took 167 steps a minute and the sensor said 166: it counts steps")


@pytest.mark.parametrize(
    ("raw", "taken_s", "reason"),
    [
        (170, 0.0, "nothing was counted"),
        (170, 2.0, "no walk and no run"),
        (170, 60.0, "no walk and no run"),
        ([85, 85], 7.0, "sent 2 readings meanwhile, and 3 are needed"),
        (0, 7.0, "said that you stood"),
        ([0, 20, 40, 85, 60, 85, 110], 7.0, "went from 60 to 110: it was no steady gait"),
        (28, 7.0, "neither one to one nor one to two"),
        (120, 7.0, "neither one to one nor one to two"),
    ],
)
def test_what_cannot_be_told_has_its_reason(raw: int | list[int], taken_s: float, reason: str) -> None:
    unit, told = count(raw, taken_s)
    assert unit is None
    assert reason in told


def test_readings_from_before_and_after_the_count_and_a_late_pods_first_half_are_left_out() -> None:
    assert count([0, 10, 30, 84, 85, 85, 84], 7.0)[0] is CadenceUnit.STRIDES
    outside = ((-1 * NS_PER_S, 170), (8 * NS_PER_S, 170))
    inside = tuple((second * NS_PER_S, 85) for second in range(7))
    assert judge_count((outside[0], *inside, outside[1]), 0, 7 * NS_PER_S).unit is CadenceUnit.STRIDES


@given(
    st.lists(st.tuples(st.integers(), st.integers(0, 255)), max_size=20).map(tuple),
    st.integers(-(10**12), 10**12),
    st.integers(-(10**12), 10**12),
)
def test_whatever_was_counted_there_is_an_answer_with_a_reason(
    readings: tuple[tuple[int, int], ...], start_ns: int, end_ns: int
) -> None:
    judged = judge_count(readings, start_ns, end_ns)
    assert judged.reason
    assert judged.unit in {None, CadenceUnit.STEPS, CadenceUnit.STRIDES}
