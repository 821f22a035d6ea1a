"""A pack may make a phase stricter, and never easier; what counts as a cue session."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cued.coaching.phases import PHASES, PLAIN, teaches, tightened
from cued.core.cues import Advance, Target
from cued.packs.catalog import open_pack
from cued.packs.load import parse_pack

DRILLS = PHASES[1]


def asked(**changes: object) -> Advance:
    return Advance(**changes)  # type: ignore[arg-type]  # an Advance's own fields


@pytest.mark.parametrize("rules", PHASES, ids=lambda rules: rules.pack)
def test_the_shipped_packs_ask_for_what_the_plan_has(rules: object) -> None:
    (own,) = [one for one in PHASES if one is rules]
    assert tightened(own, open_pack(own.pack).pack) == own


def test_a_stricter_pack_is_heeded() -> None:
    pack = open_pack("drills").pack
    strict = asked(weeks_min=6, cue_sessions=9, in_band=0.8, retention=0.9, pain_at_most=1, per_week_cue=1, per_week_plain=3)
    rules = tightened(DRILLS, replace(pack, advance=strict))
    assert (rules.weeks_min, rules.weeks_usual, rules.weeks_max) == (6, 6, 6)
    assert (rules.cue_sessions, rules.in_band, rules.retention, rules.pain_at_most) == (9, 0.8, 0.9, 1)
    assert (rules.cue, rules.plain) == (1, 3)


def test_an_easier_one_is_not() -> None:
    pack = open_pack("drills").pack
    easy = asked(weeks_min=1, cue_sessions=1, in_band=0.1, retention=0.1, pain_at_most=6, per_week_cue=7, per_week_plain=0)
    rules = tightened(DRILLS, replace(pack, advance=easy))
    assert rules == replace(tightened(DRILLS, replace(pack, advance=Advance())), weeks_max=rules.weeks_max)
    assert (rules.weeks_min, rules.cue_sessions, rules.cue, rules.plain) == (3, 5, 2, 2)


def test_a_pack_that_asks_for_less_cadence_lowers_where_the_phase_leads_and_one_that_asks_for_more_does_not() -> None:
    pack = open_pack("drills").pack
    for change, goal in ((0.01, 0.01), (0.09, 0.03), (-0.05, 0.0)):
        session = tuple(replace(one, target=Target(pack.target.basis, change)) for one in pack.segments())
        assert tightened(DRILLS, replace(pack, session=session)).change == goal


def test_a_beat_or_a_phase_makes_a_cue_session_and_a_test_is_none() -> None:
    taught = {name: teaches(open_pack(name).pack) for name in ("awareness", "maintenance", "metronome", PLAIN, "block-test")}
    assert taught == {"awareness": True, "maintenance": True, "metronome": True, PLAIN: False, "block-test": False}


SILENT = """
format: 1
name: NAME
version: 1.0.0
title: "Mine"
language: en
license: CC0-1.0
session: [{segment: run, for: 30 min}]
cues: {go: {say: "Go."}}
rules: [RULE]
"""


@pytest.mark.parametrize("name", [PLAIN, "block-test", "mine"])
@pytest.mark.parametrize(
    "rule",
    [
        "{when: {every: 2 min}, say: go}",
        "{when: {off_band: low, for: 20 s}, metronome: {mode: burst}}",
        "{when: {segment: start}, say: go, metronome: {mode: follow}}",
    ],
)
def test_what_beats_or_speaks_is_a_cue_session_whatever_it_is_called(name: str, rule: str) -> None:
    assert teaches(parse_pack(SILENT.replace("NAME", name).replace("RULE", rule).encode(), "mine.yaml").pack)


def test_a_set_of_drills_is_none() -> None:
    assert [teaches(open_pack(name).pack) for name in ("set-a", "set-b", "strength")] == [False] * 3
