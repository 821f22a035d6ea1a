"""`cued pack`: what it prints, and what it ends with."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.packs.catalog import own_folder
from cued.packs.load import parse_pack
from cued.yamlread import MAX_BYTES
from tests.packs.samples import SMALLEST
from tests.packs.shipped import SHIPPED

WARNING = SMALLEST + "cues: {a: {say: one two three four five six seven eight nine}}\n"


def pack(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["pack", *words])
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "fault in cued" not in shown.err
    return code, shown.out, shown.err


def test_list_names_the_shipped_packs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = pack("list", capsys=capsys)
    assert code == 0
    assert all(name in out for name in (*SHIPPED, str(own_folder())))
    code, out, _ = pack("list", "--json", capsys=capsys)
    assert {row["name"]: row["right"] for row in json.loads(out)} == dict.fromkeys(SHIPPED, True)


def test_a_pack_of_ones_own_is_listed_and_wins(capsys: pytest.CaptureFixture[str]) -> None:
    folder = own_folder()
    folder.mkdir(parents=True)
    try:
        (folder / "metronome.yaml").write_text(SMALLEST.replace("Your own beat", "Mine"))
        (folder / "broken.yaml").write_text("format: 2\n")
        _, out, _ = pack("list", capsys=capsys)
        assert "Mine (your own)" in out
        assert "`cued pack check broken` says why" in out
        assert pack("show", "metronome", capsys=capsys)[1].startswith("Mine\n")
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_show_reads_aloud_and_draws(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = pack("show", "integration", "--length", "44min", capsys=capsys)
    assert code == 0
    assert out.startswith("Phase 5: integration\n")
    assert "A run of 44 min" in out
    assert out.count("│fe") == 3
    assert "“Cues off. Just run.”" in out


@pytest.mark.parametrize(("name", "minutes"), [("plain", 45), ("integration", 40)])
def test_the_length_that_show_chooses_is_filled_by_the_pack(
    name: str, minutes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    out = pack("show", name, capsys=capsys)[1]
    assert f"A run of {minutes} min\n" in out
    ruler = next(line for line in out.splitlines() if line.startswith(" minutes"))
    assert minutes - 5 <= int(ruler.split()[-1]) < minutes
    assert "the plan of" not in out
    assert "quiet_end" not in out


def test_a_set_of_drills_is_shown_without_what_does_not_apply_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    out = pack("show", "set-a", capsys=capsys)[1]
    assert "A run of 12 min 50 s, and the time until you press (twice)" in out
    assert next(line for line in out.splitlines() if line.startswith("   words")).count("●") == 11
    assert "▄" in next(line for line in out.splitlines() if line.startswith("    beat"))
    assert "What is aimed at" not in out
    assert "How much it speaks" not in out


def test_limits_are_shown_where_something_stands_under_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert "How much it speaks" in pack("show", "integration", capsys=capsys)[1]
    assert "How much it speaks" not in pack("show", "plain", capsys=capsys)[1]


def test_show_names_the_language_that_it_reads_in(capsys: pytest.CaptureFixture[str]) -> None:
    for wished, shown in (("de", "de"), ("en", "en"), ("fr", "en")):
        assert f"awareness 1.1.0, in {shown}, " in pack("show", "awareness", "--language", wished, capsys=capsys)[1]


def test_show_full_prints_a_pack_file(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = pack("show", "awareness", "--full", capsys=capsys)
    assert code == 0
    assert parse_pack(out.encode(), "full").pack.name == "awareness"


def test_show_json_holds_the_pack_and_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = pack("show", "awareness", "--json", capsys=capsys)
    shown = json.loads(out)
    assert (code, shown["pack"]["name"], shown["warnings"]) == (0, "awareness", [])
    assert pack("show", "awareness", "--json", "--full", capsys=capsys)[0] == 2


def test_schema_prints_a_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = pack("schema", capsys=capsys)
    assert (code, json.loads(out)["$schema"]) == (0, "http://json-schema.org/draft-07/schema#")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "say what: list, show, check"),
        (["shw"], "there is no `cued pack shw`; did you mean show?"),
        (["show"], "PACK"),
        (["show", "integratoin"], "Did you mean `integration`?"),
        (["check"], "FILE"),
        (["check", "--stict", "x"], "did you mean --strict"),
        (["show", "awareness", "--length", "5"], "has no unit"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = pack(*words, capsys=capsys)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_check_says_that_a_pack_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SMALLEST)
    assert pack("check", str(path), "integration", capsys=capsys)[0] == 0


def test_check_lists_every_problem_of_every_file_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, good = (tmp_path / name for name in ("one.yaml", "two.yaml", "good.yaml"))
    one.write_text(SMALLEST + "limits: {min_gap: 30}\nphase: 9\n")
    two.write_text(SMALLEST + "a: no\n")
    good.write_text(SMALLEST)
    code, out, _ = pack("check", str(one), str(two), str(good), capsys=capsys)
    assert code == 1
    assert f"{one}:8:19: `30` has no unit" in out
    assert f"{one}:9:8: " in out
    assert f"{two}:8:4: `no` without quotes" in out
    assert f"{good}: beat 1.0.0 is right\n" in out
    code, out, _ = pack("check", "--json", str(one), capsys=capsys)
    shown = json.loads(out)
    assert code == 1
    assert [(row["line"], row["column"], row["path"]) for row in shown[0]["problems"]] == [
        (8, 19, "limits.min_gap"),
        (9, 8, "phase"),
    ]


def test_a_warning_passes_unless_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "long.yaml"
    path.write_text(WARNING)
    code, out, _ = pack("check", str(path), capsys=capsys)
    assert (code, f"{path}:8:17: warning: 9 words" in out) == (0, True)
    assert pack("check", str(path), "--strict", capsys=capsys)[0] == 1


def made(kind: str, folder: Path) -> Path:
    """Something that is no pack file."""
    path = folder / "pack-of-some-kind.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "dangling link":
        path.symlink_to("nowhere.yaml")
    elif kind == "empty":
        path.touch()
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(2**40)  # a hole: takes no room
    elif kind == "just too large":
        path.write_bytes(b"#" * (MAX_BYTES + 1))
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("folder", "this folder has no pack.yaml: put one into it, or name a YAML file"),
        ("pipe", "this is a pipe, not a file"),
        ("socket", "this is a socket, not a file"),
        ("loop", "cannot be read"),
        ("dangling link", "no such file"),
        ("empty", "the file is empty"),
        ("huge", "over 256 KiB"),
        ("just too large", "over 256 KiB"),
        ("nothing", "no such file"),
    ],
)
def test_what_is_no_pack_file_is_refused_at_once(
    kind: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(kind, tmp_path)
    code, out, err = pack("check", str(path), capsys=capsys)
    assert (code, err) == (1, "")
    assert words in out
    assert out.count("\n") == 1
    assert main(["pack", "show", str(path)]) == 2


@pytest.mark.parametrize(
    ("word", "start"),
    [
        ("intgration", "intgration: there is no pack `intgration`"),
        ("nope.yaml", "nope.yaml: there is no such file"),
        ("/dev/null", "/dev/null: this is a device"),
    ],
)
def test_what_is_no_file_has_no_line(word: str, start: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert pack("check", word, capsys=capsys)[1].startswith(start)


def test_a_folder_without_a_pack_is_named_without_a_file_or_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pack("check", str(tmp_path), capsys=capsys)[1].startswith(f"{tmp_path}: this folder has no pack.yaml")


@pytest.mark.parametrize(
    "word", ["", " ", "\0", "a\0b.yaml", "x" * 5000, "x/" * 3000, "~nobody-of-this-name/x.yaml", "\udcff.yaml"]
)
def test_an_impossible_name_is_one_sentence(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = pack("check", word, capsys=capsys)
    assert (code, err) == (1, "")
    assert out.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SMALLEST)
    path.chmod(0)
    assert "may not be read" in pack("check", str(path), capsys=capsys)[1]


def test_a_character_device_is_refused_without_being_opened(capsys: pytest.CaptureFixture[str]) -> None:
    master, slave = os.openpty()  # a device of our own
    try:
        code, out, _ = pack("check", os.ttyname(slave), capsys=capsys)
    finally:
        os.close(master)
        os.close(slave)
    assert (code, "this is a device, not a file" in out) == (1, True)


def test_a_pipe_that_somebody_writes_to_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = threading.Thread(target=lambda: path.write_text(SMALLEST))
    writer.start()
    try:
        assert pack("check", str(path), capsys=capsys)[0] == 1
    finally:
        writer.join()
        kept = os.read(reader, 65536)
        os.close(reader)
    assert kept.decode() == SMALLEST
