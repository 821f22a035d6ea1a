"""docs/packs.md says what the loader does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cued.core.cues import BURST_NS, Limits
from cued.core.metronome import NUDGE_SLEW_PER_S, SLEW_PER_S
from cued.packs.hints import HINTS, table
from cued.packs.lint import MAX_WORDS, SHORTEST_M
from cued.packs.load import parse_pack
from cued.units import NS_PER_S
from cued.yamlread import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, MAX_VALUES

DOCS = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HINTS)
def test_the_table_of_keys_is_that_of_the_schema(name: str) -> None:
    shown = DOCS.partition(f"<!-- keys: {name} -->\n\n")[2].partition("\n\n")[0].rstrip()
    assert shown == table(name)
    assert "``" not in shown  # a code span with nothing in it


def test_no_cell_holds_a_code_span_without_code() -> None:
    assert not re.search(r"\| *`` *\|", DOCS)


def test_no_table_is_for_a_map_that_is_not_there() -> None:
    assert sorted(re.findall(r"<!-- keys: (\w+) -->", DOCS)) == sorted(HINTS)


def test_every_example_loads_without_a_warning() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        assert parse_pack(example.encode(), "docs").warnings == ()


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    assert f"{SLEW_PER_S:.3%} a second".replace("%", " %") in DOCS
    assert f"{NUDGE_SLEW_PER_S:.3%} a second".replace("%", " %") in DOCS
    assert f"{MAX_BYTES // 1024} KiB, {MAX_VALUES:,} values, {MAX_DEPTH} levels" in DOCS
    assert f"At most {MAX_PROBLEMS:,} problems" in DOCS
    assert f"more than {MAX_WORDS} words" in DOCS
    assert f"less than {SHORTEST_M:g} m (" in DOCS
    assert HINTS["Metronome"]["for"].default == f"{BURST_NS // NS_PER_S} s"
    assert HINTS["Limits"]["per_run"].default == str(Limits().per_run)
