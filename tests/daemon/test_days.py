"""Virtual days: numbered scenarios, each with what is expected beside it (`days/*.txt`; the words: `tests/support/day.py`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.day import House, read_day

DAYS = sorted(Path(__file__).with_name("days").glob("*.txt"))


@pytest.mark.parametrize("file", DAYS, ids=lambda file: file.stem)
def test_a_day_goes_as_its_table_says(file: Path, tmp_path: Path) -> None:
    day = read_day(file.read_text(encoding="utf-8"))
    house = House(day, tmp_path)
    lines = house.live()
    assert "\n".join(lines) == "\n".join(day.expected), "\n".join(["what came of it:", *lines])
    assert house.mouth.late_clicks == []


def test_the_days_are_numbered_without_a_gap() -> None:
    assert [int(re.match(r"\d+", file.name)[0]) for file in DAYS] == list(range(1, len(DAYS) + 1))  # type: ignore[index]  # all have one
