"""The order in which packs are offered, and what is a set of drills."""

from __future__ import annotations

import pytest

from cued.packs.listing import Listed, in_order, listed
from tests.packs.shipped import PHASES, SETS, SHIPPED


@pytest.fixture(scope="module")
def shipped() -> tuple[Listed, ...]:
    return listed()


def test_phases_come_first_in_their_order_and_sets_of_drills_last(shipped: tuple[Listed, ...]) -> None:
    names = [one.name for one in shipped if one.name in SHIPPED]
    assert names[:6] == list(PHASES)
    assert names[-len(SETS) :] == sorted(SETS)
    assert names[6 : -len(SETS)] == sorted(set(SHIPPED) - set(PHASES) - set(SETS))
    assert {one.name for one in shipped if one.is_set} >= set(SETS)
    assert not next(one for one in shipped if one.name == "drills").is_set


def test_a_pack_of_ones_own_stands_where_its_phase_is(shipped: tuple[Listed, ...]) -> None:
    own = [Listed("aaa", "Mine"), Listed("bbb", "My second", phase=2), Listed("ccc", "My set", is_set=True)]
    names = [one.name for one in in_order([*own, *shipped])]
    assert names[:3] == ["awareness", "bbb", "drills"]
    assert names.index("maintenance") < names.index("aaa") < names.index("metronome")
    assert names.index("plain") < names.index("ccc")
