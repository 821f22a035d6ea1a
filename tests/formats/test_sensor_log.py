"""Raw sensor logs: lines to values and back, and what is refused with its place."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.errors import FormatError
from cued.formats.activity import MAX_LENGTH_NS
from cued.formats.sensor_log import (
    BatteryRead,
    Item,
    Link,
    LinkIs,
    LoggedSensor,
    Notification,
    SensorLog,
    header_line,
    is_sensor_log,
    line_of,
    read_sensor_log,
)
from tests.support.tools import REPO

POD, STRAP = "AA:BB:CC:00:00:01", "AA:BB:CC:00:00:02"
HEADER = header_line([LoggedSensor(POD, "Pod", "strides"), LoggedSensor(STRAP)])
SAMPLE = line_of(Notification(10**9, POD, "2A53", bytes.fromhex("00910155")))

addresses = st.sampled_from([POD, STRAP])
stamps = st.integers(0, MAX_LENGTH_NS)
uuids = st.sampled_from(["2A53", "0x2a37", "7e78aa19-72cd-d3b8-a81f-5b7e589bea0f"])
items = st.one_of(
    st.builds(Notification, stamps, addresses, uuids, st.binary(max_size=20)),
    st.builds(LinkIs, stamps, addresses, st.sampled_from(Link)),
    st.builds(BatteryRead, stamps, addresses, st.integers(0, 100)),
)


def read(text: str) -> SensorLog:
    return read_sensor_log("run.jsonl", text.encode())


def with_row(**fields: object) -> str:
    row = {"kind": "notification", "t_ns": 5, "address": POD, "uuid": "2A53", "hex": "00"} | fields
    return HEADER + SAMPLE + json.dumps(row) + "\n"


@given(st.lists(items, min_size=1, max_size=20).filter(lambda some: any(item.at_ns for item in some)))
def test_a_log_comes_back_as_it_went(some: list[Item]) -> None:
    text = HEADER + "".join(map(line_of, some))
    assert is_sensor_log(text.encode())
    log = read(text)
    assert log == SensorLog((LoggedSensor(POD, "Pod", "strides"), LoggedSensor(STRAP)), tuple(some))
    assert log.length_ns == max(item.at_ns for item in some)
    assert read(text.rstrip("\n")) == log


def test_a_line_reads_as_documented() -> None:
    assert SAMPLE == (
        '{"kind": "notification", "t_ns": 1000000000, "address": "AA:BB:CC:00:00:01", "uuid": "2A53", "hex": "00910155"}\n'
    )


def test_the_example_in_the_documents_is_a_log() -> None:
    page = (REPO / "docs" / "run-files.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```jsonl\n(.*?)```", page, re.DOTALL)
    log = read(example)
    assert [type(item) for item in log.items] == [LinkIs, BatteryRead, Notification]
    assert log.notes == ()


def test_names_and_words_may_be_missing_and_addresses_are_in_any_case() -> None:
    head = json.dumps({"kind": "sensor_log", "format": 1, "sensors": [{"address": POD.lower()}]}) + "\n"
    log = read(head + SAMPLE.replace(POD, POD.lower()))
    assert log.sensors == (LoggedSensor(POD),)
    assert log.items[0].address == POD


@given(st.integers(1, len(SAMPLE) - 2))
def test_a_last_line_that_was_cut_off_is_left_out_and_told(length: int) -> None:
    log = read(HEADER + SAMPLE + SAMPLE[:length])
    assert len(log.items) == 1
    assert log.notes == ("its last line was cut off and left out",)


def test_a_letter_cut_in_half_is_a_line_cut_off() -> None:
    log = read_sensor_log("run.jsonl", (HEADER + SAMPLE).encode() + '{"kind": "ü'.encode()[:-1])
    assert log.notes == ("its last line was cut off and left out",)


REFUSED = {
    "nothing": ("{", r"run\.jsonl:1: not a whole line of JSON"),
    "a list": ("[1]\n", r"run\.jsonl:1: a line holds one object"),
    "decisions": ('{"kind": "start", "t_ns": 0}\n', "this is a file of cued's decisions"),
    "another kind": ('{"kind": "pod"}\n', "the first line should be of kind `sensor_log`, not 'pod'"),
    "a format to come": ('{"kind": "sensor_log", "format": 2}\n', "format '2'; this cued reads format 1"),
    "no sensors": ('{"kind": "sensor_log", "format": 1}\n', "`sensors` should be a list of objects"),
    "none named": ('{"kind": "sensor_log", "format": 1, "sensors": []}\n', "`sensors` names none"),
    "no address": ('{"kind": "sensor_log", "format": 1, "sensors": [{}]}\n', "`address` should be a text"),
    "an empty address": ('{"kind": "sensor_log", "format": 1, "sensors": [{"address": " "}]}\n', "`address` is empty"),
    "one sensor twice": (header_line([LoggedSensor(POD), LoggedSensor(POD.lower())]), "two sensors have the address"),
    "an odd unit": (header_line([LoggedSensor(POD, "", "spm")]), "`cadence_unit` should be one of auto, steps, strides"),
    "no run": (HEADER, r"run\.jsonl: it holds nothing that a sensor sent"),
    "garbage in the middle": (HEADER + "Hello\n" + SAMPLE, r"run\.jsonl:2: not a whole line of JSON"),
    "an empty line": (HEADER + "\n" + SAMPLE, r"run\.jsonl:2: not a whole line of JSON"),
    "NaN": (HEADER + '{"t_ns": NaN}\n', r"run\.jsonl:2: not a whole line of JSON \(NaN is no JSON number"),
    "no stamp": (with_row(t_ns=None), r"run\.jsonl:3: `t_ns` should be a whole number from 0"),
    "a stamp before the start": (with_row(t_ns=-1), "`t_ns` should be a whole number"),
    "a stamp in seconds": (with_row(t_ns=1.5), "`t_ns` should be a whole number"),
    "a flag for a stamp": (with_row(t_ns=True), "`t_ns` should be a whole number"),
    "a stamp beyond a day": (with_row(t_ns=MAX_LENGTH_NS + 1), "`t_ns` should be a whole number"),
    "a stranger": (with_row(address="FF:FF"), "there is no sensor FF:FF in the first line"),
    "an odd uuid": (with_row(uuid="pod"), "`uuid` should be as 2A53 or in full, not 'pod'"),
    "half a byte": (with_row(hex="0"), "`hex` should be two digits for each"),
    "bytes as numbers": (with_row(hex=[0, 1]), "`hex` should be two digits for each"),
    "too many bytes": (with_row(hex="00" * 513), "`hex` should be two digits for each of 512 bytes at most"),
    "an odd link": (with_row(kind="link", state="gone"), "`state` should be one of up, down, renewing, not 'gone'"),
    "too full a battery": (with_row(kind="battery", percent=101), "`percent` should be a whole number from 0 to 100"),
    "an odd kind": (with_row(kind="pod"), "unknown kind 'pod'; this cued reads format 1"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_log_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        read(text)
    assert str(caught.value).startswith("run.jsonl")
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_log_or_a_format_error(data: bytes) -> None:
    for text in (data, HEADER.encode() + data, HEADER.encode() + SAMPLE.encode() + data):
        try:
            log = read_sensor_log("run.jsonl", text)
        except FormatError:
            continue
        assert log.items


def test_no_activity_file_looks_like_a_log() -> None:
    for data in (b"t_s,cadence_spm\n0,164\n", b"\x0e\x10\x00\x00.FIT", b"", b"\xef\xbb\xbft_s"):
        assert not is_sensor_log(data)
    assert is_sensor_log(b'\xef\xbb\xbf{"kind"')
