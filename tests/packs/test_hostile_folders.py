"""A folder or file from a stranger: no link is followed, no device opened, and what was checked is what is taken."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from cued.errors import CuedError, PackError
from cued.packs import own
from cued.packs.contained import MAX_ENTRIES
from cued.packs.sources import Source, opened
from cued.packs.taking import MAX_HEARD_S, taken
from tests.packs.samples import SMALLEST
from tests.packs.strangers import SOUND, names_of, refused, second
from tests.packs.zips import Part, packed_text


def pack_folder(tmp_path: Path, text: str = SOUND) -> Path:
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "pack.yaml").write_text(text)
    return folder


@pytest.mark.parametrize("name", ["a.wav", "notes.txt", "sounds"])
def test_a_link_in_a_folder_is_refused_whatever_it_is_called(name: str, tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    (folder / name).symlink_to("/etc")
    assert f"`{name}` is a link" in refused(folder, home)


def test_a_pack_file_that_is_a_link_is_refused_and_not_shown(tmp_path: Path, home: Path) -> None:
    (tmp_path / "secret").write_text("password: 123\n")
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "pack.yaml").symlink_to(tmp_path / "secret")
    told = refused(folder, home)
    assert "is a link" in told
    assert "123" not in told


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_a_pipe_or_socket_in_a_folder_is_refused_and_not_opened(kind: str, tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    if kind == "pipe":
        os.mkfifo(folder / "a.wav")
    else:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(folder / "a.wav"))
    assert "device, pipe or socket" in refused(folder, home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device")
def test_a_device_in_a_folder_is_refused(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    try:
        os.mknod(folder / "a.wav", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this machine lets nobody make devices")
    assert "device, pipe or socket" in refused(folder, home)


def test_a_hard_link_becomes_a_file_of_its_own(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    (tmp_path / "elsewhere.wav").write_bytes(b"x")
    os.link(tmp_path / "elsewhere.wav", folder / "a.wav")
    with taken(folder, home, second, second) as coming:
        assert not (coming.content / "a.wav").samefile(tmp_path / "elsewhere.wav")


def test_a_file_with_a_hole_is_read_up_to_its_limit_only(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    with (folder / "a.wav").open("wb") as file:
        file.truncate(2**40)  # takes no room
    assert "over 10 MiB" in refused(folder, home)


def test_a_folder_of_many_files_or_levels_is_refused(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    deep = folder / "a/b/c/d/e/f"
    deep.mkdir(parents=True)
    assert "folders deep" in refused(folder, home)
    (folder / "a").rename(tmp_path / "away")
    for number in range(MAX_ENTRIES + 1):
        (folder / f"{number}.txt").touch()
    assert f"more than {MAX_ENTRIES} files" in refused(folder, home)


def test_names_in_a_folder_are_judged_as_in_a_zip(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    (folder / "a.wav").touch()
    (folder / "A.wav").touch()
    assert "one name to some computers" in refused(folder, home)
    (folder / "A.wav").rename(folder / "\x1b[2J.wav")
    assert "cannot be seen" in refused(folder, home)


def test_hidden_things_are_passed_by(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path, SMALLEST)
    (folder / ".git").mkdir()
    (folder / ".git" / "hooks").symlink_to("/etc")
    assert names_of(folder, home)[0] == ["pack.yaml"]


@pytest.mark.parametrize("kind", ["nothing", "pipe", "loop", "long"])
def test_what_is_no_file_is_refused_in_a_sentence(kind: str, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "stranger.zip"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "long":
        path = tmp_path / ("x" * 5000)
    assert refused(path, home).count("\n") == 0


def test_a_zip_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "stranger.zip"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert "over 64 MiB" in refused(path, home)


def test_a_file_that_changes_after_the_check_is_taken_as_it_was_checked(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path)
    (folder / "a.wav").write_bytes(b"right")
    with taken(folder, home, second, second) as coming:
        (folder / "pack.yaml").write_text("name: evil\n")
        (folder / "a.wav").unlink()
        (folder / "a.wav").symlink_to("/etc/passwd")
        target = own.put(coming.content, coming.loaded.pack.name, home)
    assert (target / "pack.yaml").read_text() == SOUND == coming.loaded.text
    assert (target / "a.wav").read_bytes() == b"right"
    own.remove(target)


def test_a_folder_that_becomes_a_link_while_it_is_read_is_not_followed(tmp_path: Path, home: Path) -> None:
    folder = pack_folder(tmp_path, SOUND.replace("a.wav", "s/a.wav"))
    (folder / "s").mkdir()
    (folder / "s" / "a.wav").write_bytes(b"x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.wav").write_bytes(b"secret")

    def swapped(source: Source) -> bytes:
        (folder / "s").rename(tmp_path / "away")
        (folder / "s").symlink_to(tmp_path / "other")
        return source.read("s/a.wav", 100)

    with pytest.raises(PackError, match="cannot be read"), opened(folder) as source:
        swapped(source)


def test_sounds_that_are_long_together_are_refused_before_they_are_decoded(tmp_path: Path, home: Path) -> None:
    count = MAX_HEARD_S // 30 + 1
    text = SMALLEST + "cues:\n" + "".join(f"  c{n}: {{sound: {n}.wav}}\n" for n in range(count))
    path = tmp_path / "long.zip"
    path.write_bytes(packed_text(text, *(Part(f"{n}.wav", b"x") for n in range(count))))
    decoded: list[str] = []

    def measure(_folder: Path, name: str) -> float:
        decoded.append(name)
        return 30.0

    with pytest.raises(CuedError, match="minutes in all"), taken(path, home, lambda _folder, _name: 30.0, measure):
        pass
    assert decoded == []
