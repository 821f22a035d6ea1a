"""docs/phases.md reads the packs aloud as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cued.core import cues
from cued.packs.catalog import open_pack
from cued.packs.full import length_text
from tests.packs.shipped import PHASES, SETS, SHIPPED

DOCS = (Path(__file__).parents[2] / "docs" / "phases.md").read_text(encoding="utf-8")


def shown(mark: str) -> str:
    return DOCS.partition(f"<!-- {mark} -->\n\n")[2].partition("\n\n")[0].rstrip()


def cue_table(name: str) -> str:
    """The cues of a pack, in two languages."""
    pack = open_pack(name).pack
    rows = ["| cue | German | kind, focus |", "|---|---|---|"]
    for cue in pack.cues:
        loads = f"; loads the {cue.loads.value}" if cue.loads is not None else ""
        rows.append(f"| {cue.say} | {dict(cue.say_in)['de']} | {cue.kind.value}, {cue.focus.value}{loads} |")
    return "\n".join(rows)


def drill_table(name: str) -> str:
    """The drills of a set, in two languages."""
    rows = [
        f"| {drill.say} | {dict(drill.say_in)['de']} | {drill.loads.value if drill.loads is not None else '–'} |"
        for drill in open_pack(name).pack.drills
    ]
    return "\n".join(["| instruction | German | loads |", "|---|---|---|", *rows])


def session_line(name: str) -> str:
    """`warmup 10 min · (feeder 90 s · steady 6 min 30 s) again and again · …`"""
    parts = []
    for part in open_pack(name).pack.session:
        if isinstance(part, cues.Segment):
            parts.append(f"{part.name} {length_text(part.length)}")
        else:
            inner = " · ".join(f"{segment.name} {length_text(segment.length)}" for segment in part.segments)
            parts.append(f"({inner}) {'again and again' if part.times is None else f'{part.times} times'}")
    return f"Session: {' · '.join(parts)}."


def source_lines(name: str) -> str:
    """What is known, and by whom."""
    return "\n".join(f"- {source.cite}: {source.says}." for source in open_pack(name).pack.sources)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in SETS])
def test_the_cues_on_the_page_are_those_of_the_pack(name: str) -> None:
    assert shown(f"cues: {name}") == cue_table(name)


@pytest.mark.parametrize("name", SETS)
def test_the_drills_on_the_page_are_those_of_the_set(name: str) -> None:
    assert shown(f"drills: {name}") == drill_table(name)


@pytest.mark.parametrize("name", [*PHASES, "metronome", "plain", "block-test", *SETS])
def test_session_and_sources_on_the_page_are_those_of_the_pack(name: str) -> None:
    assert session_line(name) in DOCS
    assert source_lines(name) in DOCS


def test_the_marks_of_evidence_are_explained_and_used() -> None:
    assert "(design)" in DOCS
    assert "(prior)" in DOCS
    assert re.search(r"abstract or an excerpt", DOCS)
