"""Files for people: whole or not at all, and never over something that is no file."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cued.errors import OutputError
from cued.runtime.files import TextOut, check_target, open_finished, open_growing, write_finished


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_finished_file_is_not_there_before_it_is_closed(tmp_path: Path) -> None:
    out = open_finished(tmp_path / "a.html")
    out.write("half")
    assert "a.html" not in names(tmp_path)
    out.write(" and half")
    out.close()
    assert names(tmp_path) == ["a.html"]
    assert (tmp_path / "a.html").read_text() == "half and half"


def test_an_aborted_file_leaves_nothing_and_spares_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    target.write_text("before")
    out = open_finished(target)
    out.write("half")
    out.abort()
    assert names(tmp_path) == ["a.html"]
    assert target.read_text() == "before"


def test_a_finished_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write_finished(tmp_path / "new", "x")
    (tmp_path / "plain").write_text("x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_finished_file_keeps_the_permissions_of_the_one_it_replaces(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.write_text("before")
    target.chmod(0o640)
    write_finished(target, "after")
    assert target.stat().st_mode & 0o777 == 0o640


def test_links_are_followed_so_that_the_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "real.html").write_text("before")
    (tmp_path / "link.html").symlink_to("deep/real.html")
    write_finished(tmp_path / "link.html", "after")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "deep" / "real.html").read_text() == "after"
    assert names(tmp_path / "deep") == ["real.html"]


def test_a_link_to_nothing_makes_the_file_it_names(tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to("to-come.html")
    write_finished(tmp_path / "link.html", "x")
    assert (tmp_path / "to-come.html").read_text() == "x"


def test_a_ring_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OutputError, match="a: cannot be written"):
        write_finished(tmp_path / "a", "x")
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("open_out", [open_finished, open_growing])
def test_a_pipe_is_written_in_place_and_stays_a_pipe(tmp_path: Path, open_out: Callable[[Path], TextOut]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()))
    reader.start()
    out = open_out(pipe)
    out.write("one\n")
    out.write("two\n")
    out.close()
    reader.join(5)
    assert heard == ["one\ntwo\n"]
    assert pipe.is_fifo()
    assert names(tmp_path) == ["pipe"]


def test_a_growing_file_can_be_read_while_it_grows(tmp_path: Path) -> None:
    target = tmp_path / "run.jsonl"
    target.write_text("of yesterday, and longer than what comes first\n")
    out = open_growing(target)
    out.write("first\n")
    assert target.read_text() == "first\n"
    out.write("second\n")
    assert target.read_text() == "first\nsecond\n"
    out.abort()
    assert target.read_text() == "first\nsecond\n"


def test_standard_output_is_written_and_left_open(capsys: pytest.CaptureFixture[str]) -> None:
    for open_out in (open_finished, open_growing):
        out = open_out("-")
        out.write("line\n")
        out.close()
    print("still open")
    assert capsys.readouterr().out == "line\nline\nstill open\n"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("there-is-none/a.html", "there is no folder"),
        (".", "folder"),
        ("file/a.html", "is no folder|cannot be written|there is no folder"),
    ],
)
def test_a_place_where_no_file_can_be_is_refused_in_one_sentence(tmp_path: Path, path: str, sentence: str) -> None:
    (tmp_path / "file").write_text("x")
    for act in (check_target, open_finished, open_growing):
        with pytest.raises(OutputError, match=sentence) as caught:
            act(tmp_path / path)
        assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["file"]
