"""Runs that happened, kept by `cued log golden`, are decided today as they were then."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from cued.runtime.golden import decided_today

FOLDER = Path(__file__).with_name("sessions")
KEPT = sorted(FOLDER.glob("*.txt"))
MOST_LINES = 80


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_run_that_happened_is_decided_as_it_was(path: Path) -> None:
    expected = path.read_text(encoding="utf-8")
    decided = decided_today(expected)
    if decided == expected:
        return
    diff = list(difflib.unified_diff(expected.splitlines(), decided.splitlines(), "then", "today", n=0, lineterm=""))
    pytest.fail("\n".join([f"{path.name} is decided otherwise than then", *diff[:MOST_LINES], "", MEANT]), pytrace=False)


MEANT = "If that is meant: `make golden`, review it by `git diff tests/golden`, and commit it with the change."


def test_there_is_one_that_broke_off_and_went_on() -> None:
    texts = [path.read_text(encoding="utf-8") for path in KEPT]
    assert any('<{"v":1,"kind":"resume"' in text for text in texts)
