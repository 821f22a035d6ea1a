"""A pack comes into the user's folder whole or not at all, and goes the same way."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from cued.errors import OutputError
from cued.packs import own


def content(folder: Path, text: str) -> Path:
    made = folder / "pack"
    made.mkdir()
    (made / "pack.yaml").write_text(text)
    return made


@pytest.mark.parametrize("old", ["nothing", "a folder", "a file", "a link", "all of them"])
def test_a_pack_takes_the_place_of_whatever_had_its_name(old: str, tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    folder.mkdir()
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "kept").touch()
    if old in {"a folder", "all of them"}:
        (folder / "hills").mkdir()
        (folder / "hills" / "old.wav").touch()
    if old in {"a file", "all of them"}:
        (folder / "hills.yaml").touch()
        (folder / "hills.yml").touch()
    if old == "a link":
        (folder / "hills").symlink_to(tmp_path / "else")
    with own.scratch(folder) as room:
        assert own.put(content(room, "new"), "hills", folder) == folder / "hills"
    assert [path.name for path in folder.iterdir()] == ["hills"]
    assert [path.name for path in (folder / "hills").iterdir()] == ["pack.yaml"]
    assert (tmp_path / "else" / "kept").exists()


def test_a_single_file_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "hills").mkdir()
    with own.scratch(tmp_path) as room:
        (room / "pack.yaml").write_text("new")
        assert own.put(room / "pack.yaml", "hills", tmp_path) == tmp_path / "hills.yaml"
    assert [path.name for path in tmp_path.iterdir()] == ["hills.yaml"]


def test_whoever_looks_sees_the_old_pack_or_the_new_one(tmp_path: Path) -> None:
    with own.scratch(tmp_path) as room:
        own.put(content(room, "0"), "hills", tmp_path)
    seen: set[str] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add((tmp_path / "hills" / "pack.yaml").read_text() if (tmp_path / "hills").exists() else "nothing")

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for number in range(1, 40):
            with own.scratch(tmp_path) as room:
                own.put(content(room, str(number)), "hills", tmp_path)
    finally:
        stop.set()
        looker.join()
    assert seen
    assert "nothing" not in seen
    assert (tmp_path / "hills" / "pack.yaml").read_text() == "39"


def test_removing_a_link_leaves_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "kept").touch()
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "hills").symlink_to(tmp_path / "else")
    own.remove(tmp_path / "packs" / "hills")
    assert list((tmp_path / "packs").iterdir()) == []
    assert (tmp_path / "else" / "kept").exists()


def test_a_copy_that_a_crash_left_goes_after_a_day(tmp_path: Path) -> None:
    for name, age_s in ((".new-old", 2 * 24 * 3600), (".new-fresh", 60)):
        (tmp_path / name / "pack").mkdir(parents=True)
        then = (tmp_path / name).stat().st_mtime - age_s
        os.utime(tmp_path / name, (then, then))
    with own.scratch(tmp_path):
        assert {path.name for path in tmp_path.iterdir()} >= {".new-fresh"}
    assert [path.name for path in tmp_path.iterdir()] == [".new-fresh"]


def test_nothing_is_overwritten_by_a_new_file(tmp_path: Path) -> None:
    own.write_new(tmp_path / "a", b"first")
    with pytest.raises(OutputError, match="nothing was overwritten"):
        own.write_new(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    (tmp_path / "b").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="nothing was overwritten"):
        own.write_new(tmp_path / "b", b"through a link")
    assert not (tmp_path / "nowhere").exists()


def test_a_place_that_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "packs").touch()
    with pytest.raises(OutputError, match="cannot be written"), own.scratch(tmp_path / "packs"):
        pass


def test_where_names_cannot_be_exchanged_the_old_pack_steps_aside_and_comes_back_if_need_be(tmp_path: Path) -> None:
    (tmp_path / "hills").mkdir()
    (tmp_path / "hills" / "old.wav").touch()
    (tmp_path / "room").mkdir()
    with pytest.raises(FileNotFoundError):
        own.in_two_steps(tmp_path / "room" / "nothing", tmp_path / "hills")
    assert (tmp_path / "hills" / "old.wav").exists()
    own.in_two_steps(content(tmp_path / "room", "new"), tmp_path / "hills")
    assert (tmp_path / "hills" / "pack.yaml").read_text() == "new"
