from __future__ import annotations

import re
from typing import Final

import pytest

from cued.core.cues import Effort, Every, ForTime, Limits, Rule, SayCue
from cued.packs.catalog import open_pack
from cued.review.reasons_in_words import PLAIN, RULES_OWN, PackWords, rule_words, told, why
from cued.runtime.wording import words_of
from tests.support.reasons import expiring, skipping, suppressing

MIN: Final = 60 * 10**9
OF_LINES: Final = {"withhold", "cut", "unheard"}
"""What lines and pages add to the core's own reasons."""
ALL: Final = suppressing() | expiring() | skipping() | OF_LINES
RULE: Final = Rule(
    "rules[1]",
    Every(ForTime(2 * MIN)),
    (SayCue("light"),),
    surface="grass",
    effort=Effort.HARD,
    session_at_least=3,
    bursts_at_least=2,
    at_most=1,
    at_most_each=3,
    cooldown_ns=4 * MIN,
)
LIMITS: Final = Limits(
    quiet_start_ns=10 * MIN,
    quiet_end_ns=3 * MIN,
    min_gap_ns=45 * 10**9,
    same_cue_gap_ns=5 * MIN,
    per_minute=4,
    per_run=12,
    themes_per_segment=1,
)
PACK: Final = PackWords(LIMITS, {RULE.id: RULE}, {RULE.id: "second rule: every 2 min"})


def test_every_reason_that_the_core_can_give_has_words_and_no_words_are_for_none() -> None:
    assert PLAIN.keys() == ALL


@pytest.mark.parametrize("reason", sorted(ALL))
def test_a_reason_is_told_in_plain_words_with_and_without_its_pack(reason: str) -> None:
    for line in (why(reason), why(reason, PACK, RULE.id), why(reason, PACK, "session[0].say.end")):
        assert line != reason
        assert not re.search(r"_|^if |coach|\brules?\[", line), line
        assert line[0].islower()
        assert not line.endswith(".")


def test_with_its_pack_a_reason_has_the_packs_own_numbers() -> None:
    assert why("per_minute", PACK) == "already four cues this minute"
    assert why("per_run", PACK) == "already twelve cues in this run"
    assert why("themes_per_segment", PACK) == "already one theme of cues in this segment"
    assert why("quiet_start", PACK) == "the first 10 min of the run are quiet"
    assert why("quiet_end", PACK) == "the last 3 min of the run are quiet"
    assert why("min_gap", PACK) == "less than 45 s after other words"
    assert why("same_cue_gap", PACK) == "the same cue was said less than 5 min before"


def test_with_its_rule_a_reason_has_the_rules_own_numbers() -> None:
    assert why("if bursts_at_least", PACK, RULE.id) == "needs two bursts of beat before it"
    assert why("if session_at_least", PACK, RULE.id) == "only from the third session with this pack on"
    assert why("if surface", PACK, RULE.id) == "only on grass"
    assert why("if effort", PACK, RULE.id) == "only when you say it is hard"
    assert why("at_most", PACK, RULE.id) == "already said once in this run"
    assert why("at_most_each", PACK, RULE.id) == "already said three times in this segment"
    assert why("cooldown", PACK, RULE.id) == "its rule rests for 4 min after each time"
    assert {reason for reason in ALL if why(reason, PACK, RULE.id) != why(reason, PACK)} == RULES_OWN


def test_what_a_speech_engine_said_stays_as_it_is() -> None:
    assert why("no such sound") == "no such sound"
    assert why("/tmp/my_voice does not start") == "/tmp/my_voice does not start"


def test_rules_are_named_by_their_place_in_the_pack() -> None:
    assert rule_words("rules[1]", PACK) == "second rule: every 2 min"
    assert rule_words("rules[0]") == "first rule"
    assert rule_words("rules[20]") == "21st rule"
    assert rule_words("session[1].segments[0].say.start") == "its segment's start"
    assert rule_words("session[2].say.end") == "its segment's end"
    assert rule_words("drills.pogo") == "drill pogo"
    assert rule_words("the beat of hills") == "the beat of hills"
    assert {rule_words(word) for word in ("cued", "key", "press")} & {"cued", "key", "press"} == set()


def test_a_shipped_packs_rules_say_their_place_and_when() -> None:
    names = words_of(open_pack("fatigue").pack).names
    assert names["rules[4]"] == "fifth rule: every 2 km, in tired"
    names = words_of(open_pack("metronome").pack).names
    assert names["session[1].say.end"] == "the end of steady"
    assert names["rules[3]"] == "fourth rule: after 30 s below the band, in steady"


def test_after_another_pack_was_taken_no_line_is_told_with_the_numbers_of_the_one_before() -> None:
    rows = [
        {"kind": "start", "pack": "a", "pack_version": "1"},
        {"kind": "suppressed"},
        {"kind": "pack", "pack": "b", "pack_version": "1"},
        {"kind": "suppressed"},
    ]
    assert [pack for _, pack in told(rows, {("a", "1"): PACK})] == [PACK, PACK, None, None]
