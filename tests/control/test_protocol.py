"""The language of the control socket: strict, total, and the same in both directions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.control import commands
from cued.control.commands import COMMANDS, Command, Part, Rated
from cued.control.protocol import (
    ENDING,
    LINE_BYTES,
    NAME_CHARS,
    Answer,
    Done,
    Fault,
    Malformed,
    Refused,
    Request,
    encode_answer,
    encode_request,
    parse_answer,
    parse_request,
)

words = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=NAME_CHARS)
ids = st.none() | st.integers(-(2**53), 2**53) | st.text(max_size=64)
_BUILT: dict[type, st.SearchStrategy[Any]] = {
    commands.Next: st.builds(commands.Next, st.booleans()),
    commands.PackUse: st.builds(commands.PackUse, words),
    commands.Volume: st.builds(commands.Volume, st.floats(0, 100), st.sampled_from(Part)),
    commands.Mute: st.builds(commands.Mute, st.booleans()),
    commands.Surface: st.builds(commands.Surface, words),
    commands.Rate: st.builds(commands.Rate, st.sampled_from(Rated), words),
}
any_command: st.SearchStrategy[Command] = st.one_of(*(_BUILT.get(cls, st.builds(cls)) for cls in COMMANDS.values()))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
answers: st.SearchStrategy[Answer] = st.builds(Done, st.dictionaries(st.text(), json_values, max_size=5)) | st.builds(
    Refused, st.sampled_from(Fault), st.text()
)


def refused(line: bytes) -> Refused:
    got = parse_request(line)
    assert isinstance(got, Malformed), got
    return got.refused


def asking(**fields: Any) -> bytes:
    return json.dumps({"v": 1, **fields}).encode()


@given(ids, any_command)
def test_a_request_is_read_as_it_was_written(to: Any, command: Command) -> None:
    line = encode_request(Request(to, command))
    assert line.count(b"\n") == 1
    assert parse_request(line) == Request(to, command)


@given(ids, answers)
def test_an_answer_is_read_as_it_was_written(to: Any, answer: Answer) -> None:
    line = encode_answer(to, answer)
    assert line.count(b"\n") == 1
    assert parse_answer(line) == (to, answer)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_get_a_typed_answer_that_can_be_written(line: bytes) -> None:
    got = parse_request(line)
    assert isinstance(got, Malformed)
    assert got.refused.sentence
    assert parse_answer(encode_answer(got.id, got.refused)) == (got.id, got.refused)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_answer_or_none(line: bytes) -> None:
    got = parse_answer(line)
    assert got is None or isinstance(got[1], Done | Refused)


@given(st.dictionaries(st.sampled_from(("v", "id", "do", "percent", "of", "name", "what", "muted")), json_values))
def test_a_request_with_any_fields_is_one_or_says_what_is_wrong(data: dict[str, Any]) -> None:
    got = parse_request(json.dumps(data).encode())
    assert isinstance(got, Request) or got.refused.sentence


@pytest.mark.parametrize(
    ("line", "fault", "part"),
    [
        (b"", Fault.NO_JSON, "one line of JSON"),
        (b"hello\n", Fault.NO_JSON, "one line of JSON"),
        (b"\xff\xfe", Fault.NO_TEXT, "UTF-8"),
        (b" " * LINE_BYTES + b"\n", Fault.TOO_LONG, "65536 bytes"),
        (b"[" * 60_000, Fault.NO_JSON, "one line of JSON"),
        (b'{"v":1,"do":"volume","percent":NaN}', Fault.NO_JSON, "one line of JSON"),
        (b'{"v":1,"do":"volume","percent":' + b"9" * 5_000 + b"}", Fault.NO_JSON, "one line of JSON"),
        (b"[1]", Fault.NO_REQUEST, "an object"),
        (b'{"v":1,"v":1,"do":"status"}', Fault.NO_REQUEST, "each thing once"),
        (asking(), Fault.NO_REQUEST, "what to do"),
        (asking(do=7), Fault.NO_REQUEST, "what to do"),
        (asking(id=[1], do="status"), Fault.NO_REQUEST, "an id is"),
        (asking(id=True, do="status"), Fault.NO_REQUEST, "an id is"),
        (asking(id="x" * 65, do="status"), Fault.NO_REQUEST, "an id is"),
        (b'{"do":"status"}', Fault.VERSION, "no version"),
        (b'{"v":2,"do":"status"}', Fault.VERSION, "you speak version 2"),
        (b'{"v":1.0,"do":"status"}', Fault.VERSION, "version 1.0"),
        (b'{"v":true,"do":"status"}', Fault.VERSION, "version True"),
        (asking(do="paus"), Fault.UNKNOWN, "did you mean pause?"),
        (asking(do="x" * 5_000), Fault.UNKNOWN, "there is no command"),
        (asking(do="pause", now=True), Fault.WRONG, "takes nothing more"),
        (asking(do="volume"), Fault.WRONG, "volume: say percent"),
        (asking(do="volume", percent="60"), Fault.WRONG, "a number from 0 to 100"),
        (asking(do="volume", percent=True), Fault.WRONG, "a number from 0 to 100"),
        (asking(do="volume", percent=100.1), Fault.WRONG, "a number from 0 to 100"),
        (asking(do="volume", percent=10, of="drums"), Fault.WRONG, "one of all, beat, voice"),
        (asking(do="volume", percent=10, loud=1), Fault.WRONG, "it takes percent, of"),
        (asking(do="mute", muted=1), Fault.WRONG, "true or false"),
        (asking(do="next", leave_repeat="yes"), Fault.WRONG, "true or false"),
        (asking(do="pack use"), Fault.WRONG, "say name"),
        (asking(do="surface", surface=" "), Fault.WRONG, "a text"),
        (asking(do="surface", surface="a\nb"), Fault.WRONG, "a text"),
        (asking(do="surface", surface="\ud800"), Fault.WRONG, "a text"),
        (asking(do="rate", what="shoes", answer="1"), Fault.WRONG, "one of helped, effort"),
        (asking(do="rate", what="effort"), Fault.WRONG, "say answer"),
    ],
)
def test_what_is_wrong_is_typed_and_said_in_a_sentence(line: bytes, fault: Fault, part: str) -> None:
    got = refused(line)
    assert got.fault is fault
    assert part in got.sentence


def test_a_wrong_request_gets_its_own_id_back() -> None:
    got = parse_request(asking(id="mine", do="paus"))
    assert isinstance(got, Malformed)
    assert got.id == "mine"


def test_only_what_is_no_request_at_all_ends_a_connection() -> None:
    assert refused(b"GET / HTTP/1.1\r\n").fault in ENDING
    assert refused(asking(do="paus")).fault not in ENDING
    assert refused(asking(do="volume", percent=-1)).fault not in ENDING


def test_a_reason_that_only_a_newer_server_knows_keeps_its_sentence() -> None:
    line = b'{"id":1,"ok":false,"error":{"kind":"too_tired","sentence":"rest first"}}'
    got = parse_answer(line)
    assert got is not None
    assert isinstance(got[1], Refused)
    assert got[1].sentence == "rest first"
