"""What may be given as a run, and what is refused before a byte of it is read."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
from pathlib import Path

import pytest

from cued.errors import FormatError
from cued.formats.activity_file import MAX_BYTES, read_activity
from tests.support.fit_encoder import fit_run, steady

CSV = b"t_s,cadence_spm\n0,164\n1,165\n"


def refusal(path: Path | str) -> str:
    with pytest.raises(FormatError) as caught:
        read_activity(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(path) in sentence
    return sentence


def test_content_tells_the_format_and_the_name_does_not(tmp_path: Path) -> None:
    fit, csv = tmp_path / "a.csv", tmp_path / "b.fit"
    fit.write_bytes(fit_run(steady(5)))
    csv.write_bytes(CSV)
    assert read_activity(fit).device == "stryd"
    assert len(read_activity(csv).records) == 2


def test_an_activity_names_its_source_and_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(CSV)
    activity = read_activity(str(path))
    assert activity.source == str(path)
    assert activity.sha256 == hashlib.sha256(CSV).hexdigest()


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_bytes(CSV)
    (tmp_path / "link").symlink_to("run.csv")
    assert len(read_activity(tmp_path / "link").records) == 2


def test_a_missing_file_a_dangling_link_and_a_directory_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    assert "no such file" in refusal(tmp_path / "none.fit")
    assert "no such file" in refusal(tmp_path / "dangling")
    assert "a directory, not a file" in refusal(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "a pipe, not a file" in refusal(tmp_path / "pipe")


def test_a_socket_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        assert "a socket, not a file" in refusal(tmp_path / "socket")


def test_a_character_device_is_refused_without_being_read() -> None:
    # The controlling side of a pseudo-terminal: a device of this test's own, on which a read would wait for ever.
    controller, terminal = os.openpty()
    try:
        assert "a device, not a file" in refusal(os.ttyname(terminal))
    finally:
        os.close(controller)
        os.close(terminal)


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(FormatError, match="cannot be a file's name"):
        read_activity("run\0.fit")


def test_a_name_too_long_is_refused() -> None:
    assert "cannot be read" in refusal("r" * 5_000)


def test_a_file_over_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "64 at most" in refusal(path)


OTHER_CONTENT = {
    "nothing": (b"", "the file is empty"),
    "a compressed file": (gzip.compress(fit_run(steady(2))), "unpack it first"),
    "an archive": (b"PK\x03\x04" + bytes(60), "archive or a spreadsheet"),
    "GPX": (b'<?xml version="1.0"?><gpx></gpx>', "export the original file .FIT."),
    "bytes of something else": (b"RIFF\x00\x01\x02\x03WAVEfmt ", "neither a FIT file"),
    "a text that is no table": (b"Dear diary,\ntoday I ran.\n", "does not name the column"),
    "a swim": (fit_run(steady(3), sports=[(5, 0)]), "recording of swimming"),
    "a FIT file without records": (fit_run([]), "holds no records"),
}


@pytest.mark.parametrize(("data", "reason"), OTHER_CONTENT.values(), ids=OTHER_CONTENT.keys())
def test_a_file_without_a_run_is_refused_by_name_and_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "run"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=reason):
        read_activity(path)
    assert refusal(path).startswith(f"{path}: ")
