"""docs/events.md says what stands in an events file: held against the reader, the code's own words and whole runs."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pytest

from cued.core import beating, cadence, course, engine, sensing
from cued.core.cues import Mode, Priority
from cued.core.target import BandIs
from cued.formats.events_file import FORMAT
from cued.formats.events_reader import _FIELDS
from tests.review.plausible import plausible_rows
from tests.support.reasons import expiring, passed, returned, skipping, suppressing
from tests.support.tools import REPO

DOCS: Final = REPO / "docs" / "events.md"
TYPES: Final = {
    (str,): "text",
    (int,): "whole number",
    (bool,): "true or false",
    (int, float): "number",
    (int, float, type(None)): "number or null",
    (int, type(None)): "whole number or null",
}


@cache
def text() -> str:
    return DOCS.read_text(encoding="utf-8")


@cache
def tables() -> dict[str, dict[str, tuple[str, str, str]]]:
    """Kind → field → (type, `always` or `sometimes`, meaning)."""
    found: dict[str, dict[str, tuple[str, str, str]]] = {}
    for kind, body in re.findall(r"<!-- kind: (\w+) -->\n\n((?:\|.*\n)+)", text()):
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (\w+) \| (.+) \|$", body, re.MULTILINE)
        found[kind] = {name: (typed, when, meaning) for name, typed, when, meaning in rows}
        assert len(found[kind]) == body.count("\n") - 2, (
            f"a row of `{kind}` is not of the form | `field` | type | when | meaning |"
        )
    return found


def words(kind: str, field: str) -> set[str]:
    """Everything in backquotes that the page says of a field."""
    said = tables()[kind][field][2]
    if said == "see below":
        own = text().partition(f"<!-- kind: {kind} -->")[2].partition("\n### ")[0]
        said = "".join(re.findall(r"^\| (`[^|]+`) \|", own.partition(f"| {field} |")[2], re.MULTILINE))
    return set(re.findall(r"`([^`]+)`", said))


def test_every_kind_is_on_the_page_and_no_other() -> None:
    assert sorted(tables()) == sorted(_FIELDS)
    assert set(re.findall(r"^### `(\w+)`", text(), re.MULTILINE)) == set(_FIELDS)


@pytest.mark.parametrize("kind", _FIELDS)
def test_what_always_stands_in_a_line_is_what_the_reader_insists_on(kind: str) -> None:
    always = {field: typed for field, (typed, when, _) in tables()[kind].items() if when == "always"}
    assert always == {field: TYPES[types] for field, types in _FIELDS[kind].items()}


def test_every_field_of_a_whole_run_is_on_the_page_with_its_type() -> None:
    for row in plausible_rows():
        for field, value in row.items():
            if field in {"kind", "t_ns"}:
                continue
            typed, when, _ = tables()[row["kind"]][field]
            assert when in {"always", "sometimes"}
            assert any(typed == name and type(value) in types for types, name in TYPES.items()), (row["kind"], field)


def test_every_value_of_a_closed_choice_in_a_whole_run_is_on_the_page() -> None:
    closed = {("cadence", "band"), ("cadence", "state"), ("tempo", "mode"), ("tempo", "reason"), ("sensor", "state")}
    closed |= {("band", "state"), ("counted", "what"), ("end", "reason"), ("suppressed", "reason"), ("expired", "reason")}
    for row in plausible_rows():
        for kind, field in closed:
            if row["kind"] == kind:
                known = words(kind, field) | (words("tempo", "mode") if kind == "tempo" else set())
                assert row[field] in known, (kind, field, row[field])


def test_every_reason_for_silence_is_on_the_page() -> None:
    assert suppressing() == words("suppressed", "reason")
    assert expiring() == words("expired", "reason")


def test_every_reason_of_the_beat_is_on_the_page() -> None:
    closes = {*returned(beating._blocked), *passed(beating, "_close", 2)} - {""}
    begins = {*passed(beating, "TempoChanged", 3)}
    assert len(closes) > 6
    assert closes | begins <= words("tempo", "reason")
    assert {mode.value for mode in Mode} == words("tempo", "mode")


def test_the_other_choices_on_the_page_are_those_of_the_code() -> None:
    assert words("say", "priority") == {priority.name.lower() for priority in Priority}
    assert words("cadence", "state") == {gait.value for gait in cadence.Gait}
    assert words("band", "state") == {state.value for state in BandIs}
    assert words("cadence", "band") == {state.value for state in BandIs} | {"asleep"}
    assert words("segment_skipped", "reason") == skipping()
    assert words("end", "reason") == {*passed(course, "finish", 1), *passed(engine, "finish", 1)}
    assert words("counted", "what") == set(passed(engine, "Counted", 1))
    assert {*passed(sensing, "SensorWas", 1), *passed(sensing, "_sensor", 1)} - {""} == words("sensor", "state")
    assert set(passed(sensing, "Measured", 1)) - {"reference "} < words("measured", "what")
    assert set(returned(cadence._surprise)) - {""} | {"spike"} == words("cadence", "artefact")


def test_the_format_is_the_one_that_is_written() -> None:
    assert f"Its `format` is {FORMAT};" in text()
    assert tables()["start"]["format"][2] == str(FORMAT)
