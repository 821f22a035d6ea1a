"""Hops and barefoot minutes by the plan's dose; and a set of drills as the plan has it today."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.coaching.dosing import HOPS_FROM_MSPM, dosed
from cued.coaching.fitting import exercised, left_out
from cued.coaching.phases import BAREFOOT_FIRST_S, BAREFOOT_MOST_S, HOPS_FIRST, HOPS_MOST
from cued.coaching.today import Dose, Ease, RunKind, Today
from cued.core.cues import CuePack, Tissue
from cued.core.drills import plan
from cued.packs.catalog import open_pack
from cued.units import NS_PER_S
from tests.packs.shipped import SETS

FIRST = Dose(HOPS_FIRST, BAREFOOT_FIRST_S)
CALM = Today(0, RunKind.PLAIN, "plain", 35, 3, "a test")


def contacts(pack: CuePack) -> float:
    """As the clicks of the set have it."""
    return sum(
        (stretch.end_ns - stretch.start_ns) / 60e9 * (stretch.metronome.beat_mspm or 0) / 1000
        for segment in pack.segments()
        for stretch in plan(pack, segment).clicks
        if (stretch.metronome.beat_mspm or 0) >= HOPS_FROM_MSPM
    )


def barefoot_s(pack: CuePack) -> float:
    times = {drill.id: (drill.for_ns or 0) / NS_PER_S for drill in pack.drills if drill.needs == "grass"}
    return sum(times.get(name, 0.0) for segment in pack.segments() for name in segment.drills)


def loads(pack: CuePack) -> set[Tissue | None]:
    by_id = {drill.id: drill.loads for drill in pack.drills}
    return {by_id[name] for segment in pack.segments() for name in segment.drills}


@pytest.mark.parametrize("name", [*SETS, "drills", "maintenance"])
def test_the_first_dose_is_what_packs_are_written_for(name: str) -> None:
    pack = open_pack(name).pack
    assert dosed(pack, FIRST) == pack


def test_hops_and_barefoot_minutes_grow_with_the_dose() -> None:
    pack = open_pack("set-a").pack
    doses = [Dose(60 + 20 * step, 120 + 60 * step) for step in range(7)]
    grown = [dosed(pack, dose) for dose in doses]
    assert [round(contacts(one)) for one in grown] == [47, 70, 93, 117, 140, 140, 163]
    assert [barefoot_s(one) for one in grown] == [120, 180, 240, 300, 360, 420, 480]


@pytest.mark.parametrize("name", SETS)
@given(hops=st.integers(0, HOPS_MOST), seconds=st.integers(0, BAREFOOT_MOST_S))
def test_no_set_goes_beyond_its_dose_and_all_else_is_as_it_was(name: str, hops: int, seconds: int) -> None:
    pack = open_pack(name).pack
    fit = exercised(pack, replace(CALM, dose=Dose(hops, seconds)))
    assert contacts(fit) <= hops
    assert barefoot_s(fit) <= seconds
    was = {drill.id: drill for drill in pack.drills}
    for drill in fit.drills:
        same = replace(was[drill.id], reps=drill.reps, for_ns=drill.for_ns)
        assert drill == same  # both sides as before: one length for both
    others = [one for one in pack.drills if one.needs != "grass" and (one.beat_mspm or 0) < HOPS_FROM_MSPM]
    assert [one for one in fit.drills if one in others] == others


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("place", Tissue)
def test_a_sore_place_is_loaded_by_no_drill_and_what_is_left_out_is_told(name: str, place: Tissue) -> None:
    pack = open_pack(name).pack
    sore = replace(CALM, dose=Dose(0, 0), ease=Ease(beat=False, drills=False, barred=(place,)))
    fit = exercised(pack, sore)
    assert place not in loads(fit)
    assert contacts(fit) == barefoot_s(fit) == 0
    gone = left_out(pack, replace(sore, ease=replace(sore.ease, drills=True)))
    assert {drill.id for drill in pack.drills if drill.loads is place} <= set(gone)
    assert any(segment.drills for segment in fit.segments())


def test_a_day_on_which_nothing_hurts_leaves_nothing_out_for_its_sake() -> None:
    assert left_out(open_pack("set-a").pack, replace(CALM, dose=Dose(10, 120))) == ()
