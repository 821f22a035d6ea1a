"""`cued pack install`, `export`, `remove`: what is shown, what is asked, and what is there afterwards."""

from __future__ import annotations

import json
import os
import sys
import wave
import zipfile
from pathlib import Path

import pytest

from cued.audio.soundfile_in import load
from cued.cli.main import main
from cued.packs.catalog import catalogue
from tests.packs.samples import SMALLEST
from tests.packs.zips import Part, make_zip
from tests.support.terminal import OnTerminal

CUED = (sys.executable, "-m", "cued", "pack")
RULES = "rules: [{when: {segment: start}, say: light}, {when: {segment: end}, say: loud}]\n"
CUES = "authors: [Anna]\ncues: {light: {say: Light feet.}, loud: {say: Loud.}}\n"
VOICED = SMALLEST.replace("CC0-1.0", "CC-BY-4.0") + CUES + RULES


def pack(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["pack", *words])
    shown = capsys.readouterr()
    assert "fault in cued" not in shown.err
    return code, shown.out, shown.err


def tone(path: Path, frames: int = 4_800) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(b"\1\0" * frames)


def voiced(folder: Path, text: str = VOICED) -> Path:
    folder.mkdir()
    (folder / "pack.yaml").write_text(text)
    tone(folder / "light.wav")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- install -------------------------------------------------------------------------------------------------------


def test_install_shows_the_pack_and_takes_it(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = voiced(tmp_path / "from-anna")
    (folder / "notes.pdf").touch()
    code, out, _ = pack("install", str(folder), "--yes", capsys=capsys)
    assert code == 0
    for line in (
        "Your own beat\n",
        "licence CC-BY-4.0",
        "by      Anna",
        "30 min run",
        "“Light feet.”",
        "light.wav, 0.1 s, 10 KiB",
        "notes.pdf",
    ):
        assert line in out
    assert sorted(contents(packs)) == ["beat/light.wav", "beat/pack.yaml"]
    assert pack("check", "beat", "--strict", capsys=capsys)[0] == 0


def test_a_single_file_is_taken_as_one(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "whatever.yaml").write_text(SMALLEST)
    assert pack("install", "whatever.yaml", "--yes", capsys=capsys)[0] == 0
    assert contents(packs) == {"beat.yaml": SMALLEST.encode()}


def test_without_a_terminal_and_without_yes_nothing_is_taken(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.yaml").write_text(SMALLEST)
    code, out, err = pack("install", "x.yaml", capsys=capsys)
    assert (code, contents(packs)) == (2, {})
    assert "Your own beat" in out
    assert "say --yes" in err


@pytest.mark.parametrize(("answer", "code", "files"), [("y", 0, ["beat.yaml"]), ("n", 1, []), ("", 1, [])])
def test_on_a_terminal_the_runner_decides(packs: Path, tmp_path: Path, answer: str, code: int, files: list[str]) -> None:
    (tmp_path / "x.yaml").write_text(SMALLEST)
    with OnTerminal([*CUED, "install", str(tmp_path / "x.yaml")]) as terminal:
        terminal.expect(lambda: "Take it? [y/n]" in terminal.text)
        assert [found.name for found in catalogue(((packs, True),))] == []  # what is not taken yet is no pack
        terminal.press(f"{answer}\n")
        assert terminal.end() == code
    assert sorted(contents(packs)) == files


def test_a_pack_that_is_not_right_is_refused_with_its_lines(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.zip").write_bytes(make_zip(Part("hills/pack.yaml", (SMALLEST + "phase: 9\na: 1\n").encode())))
    code, out, err = pack("install", "x.zip", "--yes", capsys=capsys)
    assert (code, out, contents(packs)) == (2, "", {})
    assert "x.zip/hills/pack.yaml:8:8: " in err
    assert "x.zip/hills/pack.yaml:9:1: " in err


def test_a_newer_pack_is_told_in_words_before_it_takes_the_place(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = voiced(tmp_path / "one")
    assert pack("install", "one", "--yes", capsys=capsys)[0] == 0
    code, out, _ = pack("install", "one", "--yes", capsys=capsys)
    assert (code, "this very pack already" in out) == (0, True)
    (folder / "pack.yaml").write_text(VOICED.replace("1.0.0", "1.1.0").replace("Light feet.", "Feet of feathers."))
    tone(folder / "light.wav", 9_600)
    _, out, _ = pack("install", "one", "--yes", capsys=capsys)
    assert "takes the place of your own beat 1.0.0\n" in out
    voice = ", in the voice of light.wav"
    assert f"in your pack the cue `light` is “Light feet.”{voice}; in the new one it is “Feet of feathers.”{voice}" in out
    assert "light.wav is another recording" in out
    (folder / "pack.yaml").write_text(VOICED + "# older, and with a note\n")
    _, out, _ = pack("install", "one", "--yes", capsys=capsys)
    assert "your own beat 1.1.0, which is newer" in out
    (folder / "pack.yaml").write_text(VOICED)
    _, out, _ = pack("install", "one", "--yes", capsys=capsys)
    assert "in all but its comments" in out


def test_a_pack_that_hides_one_of_cueds_says_so(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.yaml").write_text(SMALLEST.replace("name: beat", "name: metronome"))
    _, out, _ = pack("install", "x.yaml", "--yes", capsys=capsys)
    assert "instead of cued's own" in out
    code, out, _ = pack("remove", "metronome", "--yes", capsys=capsys)
    assert (code, "cued's own is used again" in out) == (0, True)
    assert contents(packs) == {}


def test_install_as_json(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    voiced(tmp_path / "one")
    code, out, _ = pack("install", "one", "--json", "--yes", capsys=capsys)
    told = json.loads(out)
    assert (code, told["name"], told["license"], told["says"]) == (0, "beat", "CC-BY-4.0", ["Light feet.", "Loud."])
    assert [(one["name"], one["seconds"]) for one in told["sounds"]] == [("light.wav", 0.1)]
    assert pack("install", "one", "--json", capsys=capsys)[0] == 2


def test_a_zip_can_be_read_and_checked_without_being_taken(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.zip").write_bytes(make_zip(Part("hills/pack.yaml", SMALLEST.encode())))
    (tmp_path / "y.zip").write_bytes(make_zip(Part("hills/pack.yaml", b"a: no\n")))
    assert pack("show", "x.zip", capsys=capsys)[1].startswith("Your own beat\n")
    code, out, _ = pack("check", "x.zip", "y.zip", capsys=capsys)
    assert code == 1
    assert "x.zip/hills/pack.yaml: beat 1.0.0 is right\n" in out
    assert "y.zip/hills/pack.yaml:1:4: " in out
    assert contents(packs) == {}


def test_nothing_is_fetched(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = pack("install", "https://example.org/x.zip", "--yes", capsys=capsys)
    assert (code, "fetches nothing" in err, contents(packs)) == (2, True, {})


def test_no_letter_of_a_pack_steers_the_terminal(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SMALLEST.replace("Your own beat", "a\u200b\u00ad\U000e0041b").replace("CC0-1.0", "x" * 100_000)
    comment = "For: \x1b]0;owned\x07\nNote: \x1b[2J\r\x9b1A".encode()
    (tmp_path / "x.zip").write_bytes(make_zip(Part("pack.yaml", text.encode()), comment=comment))
    code, out, err = pack("install", "x.zip", "--yes", capsys=capsys)
    assert code == 0
    assert all(line.isprintable() and len(line) < 400 for line in (out + err).splitlines())
    assert "owned" in out


def flac(path: Path, seconds: float, rate_hz: int, channels: int, told_frames: int | None = None) -> None:
    """Silence, of which a few bytes hold much; its head says how many frames there are."""
    import numpy as np
    import soundfile

    soundfile.write(path, np.zeros((int(seconds * rate_hz), channels), np.float32), rate_hz)
    if told_frames is not None:
        data = bytearray(path.read_bytes())
        data[21] = data[21] & 0xF0 | told_frames >> 32  # 36 bits from the low half of this byte on
        data[22:26] = (told_frames & 0xFFFFFFFF).to_bytes(4, "big")
        path.write_bytes(data)


@pytest.mark.parametrize(
    ("seconds", "rate_hz", "channels", "told", "words"),
    [
        (40, 8_000, 1, None, "at most 30 s"),
        (1, 8_000, 1, 8_000 * 3600 * 10, "at most 30 s"),  # hours that are only told
        (10, 96_000, 8, None, "more sound than can be played"),  # a few kilobytes, and 30 MiB decoded
        (1, 8_000, 1, 0, "light.flac"),
    ],
)
def test_a_sound_that_decodes_to_too_much_is_refused(
    seconds: float, rate_hz: int, channels: int, told: int | None, words: str, packs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = voiced(packs.parents[2] / "one")
    (folder / "light.wav").unlink()
    flac(folder / "light.flac", seconds, rate_hz, channels, told)
    code, _, err = pack("install", "one", "--yes", capsys=capsys)
    assert (code, contents(packs)) == (2, {})
    assert words in err
    assert err.count("\n") == 1


def test_a_sound_that_tells_less_than_it_holds_is_as_long_as_it_tells(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = voiced(packs.parents[2] / "one")
    (folder / "light.wav").unlink()
    flac(folder / "light.flac", 60, 8_000, 1, 4_000)
    _, out, _ = pack("install", "one", "--yes", capsys=capsys)
    assert "light.flac, 0.5 s" in out
    assert load(packs / "beat", "light.flac", 48_000, "light").pcm.size == 24_000


# --- export --------------------------------------------------------------------------------------------------------


def test_an_export_is_the_same_bytes_every_time_and_comes_back_as_it_went(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = voiced(tmp_path / "one")
    assert pack("export", "one", "-o", "a.zip", capsys=capsys)[0] == 0
    os.utime(folder / "light.wav", (0, 0))
    (folder / "light.wav").chmod(0o600)
    (folder / "stranger.txt").write_text("mine alone")
    assert pack("export", "one", "-o", "b.zip", capsys=capsys)[0] == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile("a.zip") as zipped:
        assert zipped.testzip() is None
        assert zipped.namelist() == ["beat/LICENSE.txt", "beat/light.wav", "beat/pack.yaml"]
        assert zipped.read("beat/LICENSE.txt").decode() == "Your own beat: a cue pack for cued by Anna.\nLicence: CC-BY-4.0\n"
    assert pack("install", "a.zip", "--yes", capsys=capsys)[0] == 0
    assert (packs / "beat" / "light.wav").read_bytes() == (folder / "light.wav").read_bytes()
    assert pack("export", "beat", "-o", "c.zip", capsys=capsys)[0] == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_every_shipped_pack_can_be_handed_on(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [row["name"] for row in json.loads(pack("list", "--json", capsys=capsys)[1])]
    assert names
    for name in names:
        assert pack("export", name, "-o", f"{name}.zip", capsys=capsys)[0] == 0
        assert pack("diff", name, f"{name}.zip", capsys=capsys)[1] == "there is no difference\n"
        assert pack("install", f"{name}.zip", "--yes", capsys=capsys)[0] == 0
    assert {path.name for path in packs.iterdir()} == set(names)


def test_a_personal_copy_says_for_whom_it_is_and_holds_nothing_else(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voiced(tmp_path / "one")
    code, out, _ = pack("export", "one", "--for", "Zoë B.", "--note", "Easy days only.", capsys=capsys)
    assert (code, out.partition(":")[0]) == (0, "beat-1.0.0-zoë-b.zip")
    with zipfile.ZipFile("beat-1.0.0-zoë-b.zip") as zipped:
        assert zipped.comment.decode().splitlines()[1:] == ["For: Zoë B.", "Note: Easy days only."]
        assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in zipped.infolist())
    _, out, _ = pack("install", "beat-1.0.0-zoë-b.zip", "--yes", capsys=capsys)
    assert "for     Zoë B.\n" in out
    assert "note    Easy days only.\n" in out
    assert pack("export", "one", "--for", "a\nb", capsys=capsys)[0] == 2


def test_an_export_overwrites_nothing_unless_it_is_named(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = voiced(tmp_path / "one")
    (tmp_path / "beat-1.0.0.zip").write_text("something else")
    assert pack("export", "one", capsys=capsys)[0] == 2
    assert (tmp_path / "beat-1.0.0.zip").read_text() == "something else"
    assert pack("export", "one", "-o", "one/pack.yaml", capsys=capsys)[0] == 2
    assert (folder / "pack.yaml").read_text() == VOICED


def test_what_nobody_would_take_is_not_exported(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = voiced(tmp_path / "one")
    (folder / "secret.txt").symlink_to("/etc/passwd")
    assert pack("export", "one", capsys=capsys)[0] == 2
    assert not list(tmp_path.glob("*.zip"))


# --- remove --------------------------------------------------------------------------------------------------------


def test_remove_asks_and_takes_only_ones_own(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packs.mkdir(parents=True)
    (packs / "beat.yaml").write_text(SMALLEST)
    code, _, err = pack("remove", "metronome", "--yes", capsys=capsys)
    assert (code, "is cued's own, which stays" in err) == (2, True)
    code, _, err = pack("remove", "baet", "--yes", capsys=capsys)
    assert (code, "did you mean beat?" in err) == (2, True)
    for word in ("../beat", "", ".", "beat.yaml", str(packs / "beat.yaml")):
        assert pack("remove", word, "--yes", capsys=capsys)[0] == 2
    assert pack("remove", "beat", capsys=capsys)[0] == 2
    assert sorted(contents(packs)) == ["beat.yaml"]
    code, out, _ = pack("remove", "beat", "--yes", capsys=capsys)
    assert (code, "beat is removed" in out, contents(packs)) == (0, True, {})


def test_remove_tells_that_the_configuration_names_the_pack(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packs.mkdir(parents=True)
    (packs / "beat.yaml").write_text(SMALLEST)
    (tmp_path / "config" / "cued").mkdir(parents=True)
    (tmp_path / "config" / "cued" / "config.yaml").write_text("pack: beat\n")
    _, out, _ = pack("remove", "beat", "--yes", capsys=capsys)
    assert "your configuration names it" in out


def test_remove_tells_that_the_plan_has_the_pack_for_today(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packs.mkdir(parents=True)
    (packs / "awareness.yaml").write_text(SMALLEST.replace("name: beat", "name: awareness"))
    _, out, _ = pack("remove", "awareness", "--yes", capsys=capsys)
    assert "the plan has it for today's run: cued's own of that name is taken then" in out


def test_a_broken_pack_of_ones_own_can_be_replaced_and_removed(
    packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packs.mkdir(parents=True)
    (packs / "beat.yaml").write_text("broken: [")
    (tmp_path / "x.yaml").write_text(SMALLEST)
    assert "which is not right" in pack("install", "x.yaml", "--yes", capsys=capsys)[1]
    (packs / "beat.yaml").write_text("broken: [")
    assert pack("remove", "beat", "--yes", capsys=capsys)[0] == 0
