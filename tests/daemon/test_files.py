"""Packs on the disk: found, read whole, noticed when they change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cued.errors import PackError
from cued.runtime.daemon.files import PackFiles
from cued.runtime.daemon.today import MOST_READ, read_whole
from cued.runtime.request import Pack

TEXT = """format: 1
name: mine
version: {version}
title: "Mine"
language: en
license: CC0-1.0
session: [{{segment: easy, for: 30 min}}]
"""


def write(path: Path, version: str) -> None:
    path.write_text(TEXT.format(version=version), encoding="utf-8")


def test_a_pack_that_is_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="there is no such pack"):
        PackFiles().find("nonesuch")
    with pytest.raises(PackError, match="there is no pack there"):
        PackFiles().find(str(tmp_path / "gone.yaml"))
    assert PackFiles().find("metronome").exists()


def test_every_way_to_change_a_file_changes_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    write(path, "1.0.0")
    pack, _ = PackFiles().load(str(path))
    marks = [PackFiles().mark(pack)]
    os.utime(path, ns=(1, 1))
    marks.append(PackFiles().mark(pack))
    write(path, "10.0.0")
    marks.append(PackFiles().mark(pack))
    write(tmp_path / "new.yaml", "10.0.0")
    (tmp_path / "new.yaml").replace(path)
    marks.append(PackFiles().mark(pack))
    path.unlink()
    marks.append(PackFiles().mark(pack))
    assert len(set(marks)) == len(marks)


class Written(PackFiles):
    """Somebody writes the file again while it is read, so many times."""

    def __init__(self, path: Path, times: int) -> None:
        self._path = path
        self._times = times
        self.reads = 0

    def load(self, word: str) -> tuple[Pack, tuple[str, ...]]:
        found = super().load(word)
        self.reads += 1
        if self.reads <= self._times:
            write(self._path, f"1.0.{self.reads}{'0' * self.reads}")
        return found


@pytest.mark.parametrize("times", [0, 1, 3])
def test_a_pack_that_is_written_while_it_is_read_is_read_again(times: int, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    write(path, "1.0.0")
    files = Written(path, times)
    pack, _, mark = read_whole(files, str(path))
    assert mark == files.mark(pack)
    assert pack.value.version == PackFiles().load(str(path))[0].value.version


def test_who_never_stops_writing_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    write(path, "1.0.0")
    files = Written(path, 1_000)
    read_whole(files, str(path))
    assert files.reads == MOST_READ + 1
