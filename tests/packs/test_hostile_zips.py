"""A zip from a stranger: whatever is in it, nothing leaves the pack's folder, and no more is unpacked than it says."""

from __future__ import annotations

import io
import os
import stat
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.packs.contained import MAX_ENTRIES, MAX_TOTAL_BYTES, RefusedError, check_names
from cued.packs.zipread import read_zip, unpacked
from tests.packs.samples import SMALLEST
from tests.packs.strangers import SOUND, names_of, refused
from tests.packs.zips import Part, deflated, make_zip, packed_text

MOST_S: Final = 2.0
MOST_BYTES: Final = 3 * MAX_TOTAL_BYTES
LINK: Final = (stat.S_IFLNK | 0o777) << 16
DEVICE: Final = (stat.S_IFCHR | 0o666) << 16
PIPE: Final = (stat.S_IFIFO | 0o666) << 16


HONEST: Final = Part("pack.yaml", SMALLEST.encode())

ZIPS: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "a way up": (lambda: make_zip(HONEST, Part("../evil.wav")), "leads out"),
    "a way up that is hidden in the middle": (lambda: make_zip(HONEST, Part("a/../../evil.wav")), "leads out"),
    "the root": (lambda: make_zip(HONEST, Part("/etc/evil.wav")), "leads out"),
    "a drive": (lambda: make_zip(HONEST, Part("C:/evil.wav")), "leads elsewhere"),
    "a drive without a slash": (lambda: make_zip(HONEST, Part("C:evil.wav")), "leads elsewhere"),
    "backslashes": (lambda: make_zip(HONEST, Part("..\\evil.wav")), "leads elsewhere"),
    "a network share": (lambda: make_zip(HONEST, Part("//server/evil.wav")), "leads out"),
    "a folder that leads up": (lambda: make_zip(HONEST, Part("../x/")), "leads out"),
    "this folder": (lambda: make_zip(HONEST, Part("./a.wav")), "leads out"),
    "no name": (lambda: make_zip(HONEST, Part("")), "cannot be seen"),
    "a NUL": (lambda: make_zip(HONEST, Part("a.wav\0.txt")), "cannot be seen"),
    "a terminal's escape": (lambda: make_zip(HONEST, Part("\x1b]0;owned\x07.wav")), "cannot be seen"),
    "a newline": (lambda: make_zip(HONEST, Part("a\nb.wav")), "cannot be seen"),
    "a name that is turned around": (lambda: make_zip(HONEST, Part("a\u202evaw.exe")), "cannot be seen"),
    "a name without end": (lambda: make_zip(HONEST, Part("a" * 60_000 + ".wav")), "too long"),
    "folders without end": (lambda: make_zip(HONEST, Part("a/" * 30_000 + "a.wav")), "folders deep"),
    "a wrong UTF-8": (lambda: make_zip(HONEST, Part(b"\xff.wav", flags=0x800)), "damaged"),
    "the same name twice": (lambda: make_zip(HONEST, HONEST), "twice"),
    "the same name but for case": (lambda: make_zip(HONEST, Part("Pack.yaml")), "one name to some computers"),
    "the same name in two spellings": (lambda: make_zip(HONEST, Part("ü.wav"), Part("u\u0308.wav")), "one name to some"),
    "the same name but for a ligature": (lambda: make_zip(HONEST, Part("ﬁ.wav"), Part("fi.wav")), "one name to some"),
    "folders that differ by case": (lambda: make_zip(HONEST, Part("A/a.wav"), Part("a/b.wav")), "one name to some"),
    "a file that is a folder": (lambda: make_zip(HONEST, Part("a.wav"), Part("a.wav/b.wav")), "a file and a folder"),
    "a folder that is a file": (lambda: make_zip(HONEST, Part("a.wav"), Part("a.wav/")), "a file and a folder"),
    "a link": (lambda: packed_text(SOUND, Part("a.wav", b"/etc/passwd", attributes=LINK)), "is a link"),
    "a link that is no part of a pack": (lambda: make_zip(HONEST, Part("x", b"/", attributes=LINK)), "is a link"),
    "a link for a pack": (lambda: make_zip(Part("pack.yaml", b"/etc/passwd", attributes=LINK)), "is a link"),
    "a device": (lambda: packed_text(SOUND, Part("a.wav", attributes=DEVICE)), "device or pipe"),
    "a pipe": (lambda: packed_text(SOUND, Part("a.wav", attributes=PIPE)), "device or pipe"),
    "a password": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), flags=1)), "password"),
    "strong encryption": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), flags=0x41)), "password"),
    "another packer": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), method=14, packed=b"")), "method 14"),
    "64-bit sizes": (lambda: make_zip(Part("pack.yaml", b"", size=0xFFFFFFFF)), "huge files"),
    "a 64-bit list": (lambda: make_zip(HONEST, count=0xFFFF), "huge files"),
    "one part of several": (lambda: make_zip(HONEST, disk=3), "in several"),
    "a list that says too little": (lambda: make_zip(HONEST, Part("a.wav", b"x"), count=1), "damaged"),
    "a list that says too much": (lambda: make_zip(HONEST, count=2), "damaged"),
    "many files": (lambda: make_zip(HONEST, *(Part(f"{n}.wav") for n in range(MAX_ENTRIES))), "at most 500"),
    "a list of 65,534 files": (lambda: make_zip(HONEST, count=65_534), "at most 500"),
    "something before it": (lambda: make_zip(HONEST, before=b"#!/bin/sh\nrm -rf ~\n"), "damaged"),
    "cut short": (lambda: make_zip(HONEST)[:-30], "cut short"),
    "cut to its first bytes": (lambda: make_zip(HONEST)[:4], "cut short"),
    "no list": (lambda: b"PK\3\4" + bytes(1000), "cut short"),
    "ends without end": (lambda: b"PK\3\4" + b"PK\5\6" * 16_000, "cut short"),
    "nothing in it": (make_zip, "no pack.yaml"),
    "no pack in it": (lambda: make_zip(Part("notes.txt", b"x")), "no pack.yaml"),
    "two packs": (lambda: make_zip(Part("a/pack.yaml"), Part("b/pack.yaml")), "several packs"),
    "two YAML files": (lambda: make_zip(Part("a.yaml"), Part("b.yml")), "several packs"),
    "a zip in a zip": (lambda: make_zip(Part("pack.zip", make_zip(HONEST))), "no pack.yaml"),
    "overlapping files": (lambda: make_zip(HONEST, Part("pack.yaml", SMALLEST.encode(), at=0)), "overlap"),
    "a file in the list": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), at=10_000)), "damaged"),
    "a wrong sum": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), crc=7)), "not what the zip says"),
    "a size that is told too small": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), size=10)), "not what the zip"),
    "a size that is told too large": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), size=9999)), "not what the zip"),
    "a stored file of two sizes": (lambda: make_zip(Part("pack.yaml", b"x" * 9, method=0, size=5)), "damaged"),
    "two sizes": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), local_size=1)), "damaged"),
    "two names": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), local_name=b"../k.yaml")), "damaged"),
    "what is no deflated data": (lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), packed=b"\xff" * 50)), "damaged"),
    "data behind the data": (
        lambda: make_zip(Part("pack.yaml", SMALLEST.encode(), packed=deflated(SMALLEST.encode()) + b"more")), "not what"
    ),
    "a bomb that tells its size": (lambda: packed_text(SOUND, Part("a.wav", bytes(70 * 2**20))), "unpacked it would have"),
    "a bomb of a sound": (lambda: packed_text(SOUND, Part("a.wav", bytes(11 * 2**20))), "over 10 MiB"),
    "a bomb of a pack": (lambda: make_zip(Part("pack.yaml", b"#" * (60 * 2**20))), "over 256 KiB"),
    "a bomb of a licence": (lambda: make_zip(HONEST, Part("LICENSE", b"x" * (1 * 2**20))), "over 64 KiB"),
    "a bomb that tells a small size": (lambda: packed_text(SOUND, Part("a.wav", bytes(60 * 2**20), size=9)), "not what"),
    "many bombs": (
        lambda: make_zip(HONEST, *(Part(f"{n}.wav", b"", size=10 * 2**20) for n in range(400))), "unpacked it would have"
    ),
    "YAML that is an alias bomb": (lambda: packed_text("a: &a [x, x]\n" + "b: [*a, *a]\n" * 9000), "more than 1000 problems"),
    "YAML that nests": (lambda: packed_text("[" * 200_000), "nested more than 20 deep"),
    "YAML with a tag": (lambda: packed_text(SMALLEST + "summary: !!python/object:os.system x\n"), "is a tag"),
    "a title that steers a terminal": (lambda: packed_text(SMALLEST.replace("Your own", "\\e]0;x")), "control character"),
    "a title that steers a terminal by itself": (lambda: packed_text(SMALLEST.replace("Your own", "\x9b2J")), "invisible"),
    "a name that is a path": (lambda: packed_text(SMALLEST.replace("name: beat", "name: ../../evil")), "not a pack's name"),
    "a sound elsewhere": (lambda: packed_text(SOUND.replace("a.wav", "../precious.wav")), "outside the pack's folder"),
    "a sound that is not there": (lambda: packed_text(SOUND), "there is no file `a.wav`"),
    "hours of words in many languages": (
        lambda: packed_text(
            SMALLEST
            + "cues:\n  a: {say: a, say_in: {"
            + "".join(f"a{chr(97 + n // 676)}{chr(97 + n // 26 % 26)}-{n:04}: b, " for n in range(6000))
            + "}}\n"
            + "".join(f"  c{n}: {{say: '{n} {'a' * 20}'}}\n" for n in range(1500))
        ),
        "minutes in all",
    ),
    "hours of words": (
        lambda: packed_text(
            SMALLEST + "cues:\n" + "".join(f"  c{n}: {{say: '{n} {'a' * 150}'}}\n" for n in range(1000))
        ),
        "minutes in all",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ZIPS)
def test_a_hostile_zip_is_refused_in_a_sentence_soon_and_in_little_memory(what: str, tmp_path: Path, home: Path) -> None:
    make, words = ZIPS[what]
    path = tmp_path / "stranger.zip"
    path.write_bytes(make())
    tracemalloc.start()
    begun = time.process_time()
    try:
        told = refused(path, home)
        spent_s, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert words in told
    assert told.startswith(str(path))
    assert spent_s < MOST_S * 3  # tracemalloc makes it slower
    assert peak < MOST_BYTES


def test_a_bomb_that_tells_a_small_size_is_inflated_by_one_byte_more_than_it_tells() -> None:
    whole = read_zip(make_zip(Part("a.wav", bytes(60 * 2**20), size=9)))
    tracemalloc.start()
    try:
        with pytest.raises(RefusedError, match="not what the zip says"):
            unpacked(whole, whole.entries[0])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20


def test_an_honest_zip_is_taken_with_what_a_pack_is_made_of_and_nothing_else(tmp_path: Path, home: Path) -> None:
    others = ("LICENSE.txt", "a.wav", "b.wav", "notes.pdf", "sounds/c.ogg", ".DS_Store", "run.sh")
    text = SMALLEST + "cues: {a: {sound: a.wav}, c: {sound: sounds/c.ogg}}\nrules:\n" + "".join(
        f"  - {{when: {{segment: start}}, say: {cue}}}\n" for cue in "ac"
    )  # fmt: skip
    path = tmp_path / "stranger.zip"
    parts = [Part(f"mine/{name}", b"x") for name in others]
    path.write_bytes(make_zip(Part("mine/"), Part("mine/pack.yaml", text.encode()), *parts, Part("__MACOSX/mine/._a.wav")))
    names, coming = names_of(path, home)
    assert names == ["LICENSE.txt", "a.wav", "pack.yaml", "sounds/c.ogg"]
    assert coming.left_out == ("b.wav", "mine/notes.pdf", "mine/run.sh")
    assert [one.name for one in coming.sounds] == ["a.wav", "sounds/c.ogg"]


@pytest.mark.parametrize("flags", [0, 0x800, 8])
def test_what_zip_programs_write_is_read(flags: int, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "x.zip"
    text = SOUND.replace("a.wav", "tür.wav").encode()
    told = 0 if flags == 8 else None  # after the data only
    path.write_bytes(
        make_zip(Part("pack.yaml", text, flags=flags, local_size=told), Part("tür.wav", b"x", flags=flags, method=0))
    )
    assert names_of(path, home)[0] == ["pack.yaml", "tür.wav"]


def test_a_name_that_dos_wrote_is_read_as_dos_meant_it(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(
        make_zip(Part("pack.yaml", SOUND.replace("a.wav", "tür.wav").encode()), Part("tür.wav".encode("cp437"), b"x"))
    )
    assert names_of(path, home)[0] == ["pack.yaml", "tür.wav"]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_another_zip_writer_makes_is_read(method: int, streamed: bool, tmp_path: Path, home: Path) -> None:
    class OneWay(io.RawIOBase):
        """A pipe: nothing that was written can be mended."""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            made.write(data)
            return len(data)

    made = io.BytesIO()
    with zipfile.ZipFile(OneWay() if streamed else made, "w", method) as out:
        out.mkdir("beat")
        out.writestr("beat/pack.yaml", SOUND.replace("a.wav", "tür.wav"))
        out.writestr("beat/tür.wav", b"x" * 1000)
    (tmp_path / "x.zip").write_bytes(made.getvalue())
    assert names_of(tmp_path / "x.zip", home)[0] == ["pack.yaml", "tür.wav"]


def test_the_umlaut_of_a_mac_is_the_umlaut_of_the_pack(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(packed_text(SOUND.replace("a.wav", "tür.wav"), Part("tu\u0308r.wav", b"x")))
    assert names_of(path, home)[0] == ["pack.yaml", "tür.wav"]


@given(data=st.binary(max_size=300), cut=st.floats(0, 1), where=st.floats(0, 1))
def test_any_damage_to_a_zip_is_refused_or_changes_nothing(data: bytes, cut: float, where: float) -> None:
    good = make_zip(Part("pack.yaml", SOUND.encode()), Part("a.wav", b"x" * 50), comment=b"For: Anna")
    at = int(where * len(good))
    broken = good[:at] + data + good[at + int(cut * 40) :]
    try:
        whole = read_zip(broken)
        contents = {entry.name: unpacked(whole, entry) for entry in whole.entries}
        check_names(contents)
    except RefusedError:
        return
    assert all(zlib.crc32(content) in {zlib.crc32(SOUND.encode()), zlib.crc32(b"x" * 50)} for content in contents.values())


@given(names=st.lists(st.text(alphabet="aAäÄ./\\: \0\u202e\u0308ﬁfi", max_size=8), max_size=5))
def test_names_that_pass_stay_inside_and_differ_on_every_computer(names: list[str]) -> None:
    try:
        check_names(names)
    except RefusedError:
        return
    root = Path("/somewhere/pack")
    assert all(Path(os.path.normpath(root / name)).is_relative_to(root) and name.isprintable() for name in names)
    assert len({name.casefold() for name in names}) == len(names)


def test_what_the_dos_attributes_of_a_zip_say_is_no_link() -> None:
    whole = read_zip(make_zip(Part("a.wav", b"x", attributes=0x20)))
    assert [entry.name for entry in whole.entries] == ["a.wav"]
