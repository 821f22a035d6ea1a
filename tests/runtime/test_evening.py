"""The evening at the desk: what is left of it, and that it is remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cued.runtime.evening import STEPS, Evening, Kept, Outcome, Step, lines, rows, to_do
from cued.runtime.safety import Accepted

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
ACCEPTED = Accepted("2026-03-14", "screen")
SAFE = {Step.SAFETY: Kept(Outcome.DONE, "accepted", "2026-03-14")}


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path / "state" / "setup.json")


def kept(done: str = "", skipped: str = "") -> dict[Step, Kept]:
    named = {Outcome.DONE: done, Outcome.SKIPPED: skipped}
    return {Step(name): Kept(outcome, "", "") for outcome, names in named.items() for name in names.split()}


ALL = "safety headphones pod sound voice runner try next"


@pytest.mark.parametrize(
    ("so_far", "left"),
    [
        (kept(), ALL),
        (kept("safety headphones"), "pod sound voice runner try next"),
        (kept("safety headphones sound", "pod"), "voice runner try next"),
        (kept("safety headphones voice runner next", "pod sound try"), "pod sound try"),
        (kept(ALL), ""),
        (kept("headphones pod"), "safety sound voice runner try next"),
        (kept("headphones pod sound voice runner try next"), "safety"),
    ],
)
def test_it_goes_on_where_it_stopped_and_comes_back_to_what_was_skipped(so_far: dict[Step, Kept], left: str) -> None:
    assert " ".join(step.value for step in to_do(so_far)) == left


def test_one_step_or_all_from_one_on_can_be_asked_for_again() -> None:
    assert to_do(kept(ALL), only=Step.POD) == (Step.POD,)
    assert to_do(kept(ALL), begin=Step.RUNNER) == (Step.RUNNER, Step.TRY, Step.NEXT)
    assert to_do(kept(ALL), begin=Step.SAFETY) == tuple(Step)


def test_the_safety_notice_comes_before_anything_until_it_is_accepted() -> None:
    assert to_do(kept(), only=Step.POD) == (Step.SAFETY, Step.POD)
    assert to_do(kept(), begin=Step.TRY) == (Step.SAFETY, Step.TRY, Step.NEXT)
    assert to_do(SAFE, only=Step.SAFETY) == (Step.SAFETY,)


def test_what_became_of_a_step_is_remembered_and_can_change(evening: Evening) -> None:
    assert evening.steps() == {}
    evening.put(Step.POD, Outcome.SKIPPED, "no Bluetooth", NOON)
    evening.put(Step.HEADPHONES, Outcome.DONE, "Shokz", NOON)
    evening.put(Step.POD, Outcome.DONE, "Pod", NOON)
    assert evening.steps() == {
        Step.HEADPHONES: Kept(Outcome.DONE, "Shokz", "2026-03-14"),
        Step.POD: Kept(Outcome.DONE, "Pod", "2026-03-14"),
    }


def test_the_notice_counts_by_its_own_file_whichever_command_it_was_accepted_by(evening: Evening) -> None:
    assert evening.so_far(ACCEPTED) == SAFE
    evening.put(Step.SAFETY, Outcome.DONE, "accepted", NOON)
    assert evening.so_far(None) == {}


@pytest.mark.parametrize("held", ["", "[]", "{}", '{"format": 1, "steps": 3}', '{"format": 2, "steps": {"pod": {}}}', "\x00"])
def test_a_file_that_cannot_be_read_begins_anew(held: str, evening: Evening) -> None:
    evening.path.parent.mkdir()
    evening.path.write_text(held, encoding="utf-8")
    assert evening.steps() == {}
    evening.put(Step.POD, Outcome.DONE, "Pod", NOON)
    assert list(evening.steps()) == [Step.POD]


def test_every_step_has_a_title_and_a_command_and_is_listed() -> None:
    assert list(STEPS) == list(Step)
    told = rows(SAFE | kept("pod", "try"))
    assert [row["state"] for row in told] == ["done", "to do", "done", "to do", "to do", "to do", "skipped", "to do"]
    assert lines(SAFE)[0] == "safety      done   Before you run      accepted"
