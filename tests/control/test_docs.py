"""docs/control.md and the code say the same."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields
from enum import Enum

from cued.control.commands import COMMANDS
from cued.control.protocol import (
    ENDING,
    ID_CHARS,
    LINE_BYTES,
    VERSION,
    Answer,
    Done,
    Fault,
    Refused,
    encode_answer,
    parse_request,
)
from cued.control.server import BURST, MOST_CLIENTS, UNREAD_BYTES
from cued.core.cues import Coach
from cued.core.happening import Phase
from cued.core.view import View
from cued.runtime.housestatus import HouseStatus, PodState, Statistics, TodayState, house_to_wire
from cued.runtime.status import SoundState
from tests.support.tools import REPO

TEXT = (REPO / "docs" / "control.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, ...]]:
    """The cells of the table that begins with that heading."""
    (body,) = re.findall(rf"^\| `{heading}` \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    return [tuple(cell.strip() for cell in line.strip("|").split(" |")) for line in body.splitlines()]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_command_is_on_the_page_with_its_fields_choices_and_defaults() -> None:
    found = {named(row[0])[0]: row[1] for row in rows("do")}
    assert list(found) == list(COMMANDS)
    for name, cls in COMMANDS.items():
        told = dict(re.findall(r"`(\w+)` \(([^)]*)\)", found[name]))
        assert list(told) == [item.name for item in fields(cls)], name
        for item in fields(cls):
            kind = inspect.get_annotations(cls, eval_str=True)[item.name]
            if issubclass(kind, Enum):
                assert {choice.value for choice in kind} == set(named(told[item.name])), item.name
            default = "" if item.default is MISSING else item.default
            default = default.value if isinstance(default, Enum) else default
            said = re.search(r"default `?(\w+)", told[item.name])
            assert (said[1] if said else "") == (str(default).lower() if default != "" else ""), item.name


def test_every_kind_of_error_is_on_the_page_and_those_that_end_a_connection() -> None:
    told = {named(row[0])[0]: row[1] for row in rows("kind")}
    assert list(told) == [fault.value for fault in Fault]
    assert {kind for kind, text in told.items() if "the connection ends" in text} == {fault.value for fault in ENDING}


def test_the_state_of_a_run_is_told_field_by_field() -> None:
    assert [name for row in rows("run") for name in named(row[0])] == [item.name for item in fields(View)]
    assert [name for row in rows("sound") for name in named(row[0])] == [item.name for item in fields(SoundState)]
    (coach,) = (row[1] for row in rows("run") if row[0] == "`coach`")
    assert set(named(coach)) == {one.value for one in Coach}


def test_the_state_of_the_daemon_is_told_field_by_field() -> None:
    told = house_to_wire(HouseStatus(Phase.READY, 0))
    above = {"is", "pack", "source", "run", "sound", "volume"}
    assert [name for row in rows("state") for name in named(row[0])] == [name for name in told if name not in above]
    assert sorted(name for row in rows("today") for name in named(row[0])) == sorted(item.name for item in fields(TodayState))
    names = [name for row in rows("statistics") for name in named(row[0])]
    assert sorted(names) == sorted(item.name for item in fields(Statistics))
    (pod,) = (row[1] for row in rows("state") if row[0] == "`pod`")
    assert named(pod) == [item.name for item in fields(PodState)]


def test_the_examples_are_of_this_protocol() -> None:
    request, *answers = [line.encode() for line in re.findall(r"^\{.*\}$", TEXT, re.MULTILINE)]
    expected: list[Answer] = [
        Done({"said": "beat at 60 %"}),
        Refused(Fault.WRONG, "volume: percent is a number from 0 to 100"),
    ]
    assert not hasattr(parse_request(request), "refused")
    assert [line + b"\n" for line in answers] == [encode_answer(7, answer) for answer in expected]


def test_the_limits_are_those_of_the_code() -> None:
    assert f"Version {VERSION}." in TEXT
    assert f"up to {LINE_BYTES} bytes" in TEXT
    assert f"up to {ID_CHARS} characters" in TEXT
    assert f"{UNREAD_BYTES // 1024} KiB of answers" in TEXT
    assert (MOST_CLIENTS, BURST) == (100, 50)
    assert "A hundred clients" in TEXT
    assert "Fifty\nrequests at once, and fifty a second" in TEXT
