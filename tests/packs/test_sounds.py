"""A pack's own sounds: in its folder, no links, short; and a cue's own voice by its file's name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cued.errors import AudioError, PackError
from cued.packs.load import load_pack
from cued.packs.sounds import MAX_BYTES
from tests.packs.samples import SMALLEST


def seconds(folder: Path, name: str) -> float:
    """A stand-in for the reader of sound files: the text in the file is its length."""
    text = (folder / name).read_text()
    if text == "noise":
        raise AudioError(f"{name} is no sound")
    return float(text)


HEARD = "rules: [{when: {segment: start}, say: a}]\n"


def refused(folder: Path, cue: str) -> str:
    (folder / "pack.yaml").write_text(f"{SMALLEST}cues: {{a: {cue}}}\n{HEARD}")
    with pytest.raises(PackError) as caught:
        load_pack(folder, seconds)
    assert [problem.line for problem in caught.value.problems] == [8]
    return caught.value.problems[0].message


def test_a_sound_named_as_a_cue_is_its_voice(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(f"{SMALLEST}cues: {{light: {{say: Light feet.}}, loud: {{say: Loud.}}}}\n")
    for name in ("light.mp3", "light.wav", "other.wav"):
        (tmp_path / name).write_text("1.5")
    loaded = load_pack(tmp_path, seconds)
    assert [cue.voice_file for cue in loaded.pack.cues] == ["light.wav", None]
    assert (loaded.pack.sounds, loaded.folder) == (("light.wav",), tmp_path)


def test_a_folder_may_be_named_by_its_pack_file(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(SMALLEST)
    assert load_pack(tmp_path / "pack.yaml", seconds).folder == tmp_path


@pytest.mark.parametrize("name", ["../x.wav", "/x.wav", "a/../../x.wav", "a\\\\x.wav", ".."])
def test_a_sound_outside_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    assert "outside the pack's folder" in refused(tmp_path, f'{{sound: "{name}"}}')


def test_a_sound_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.wav").write_text("1")
    (tmp_path / "linked").symlink_to("real")
    (tmp_path / "x.wav").symlink_to("real/x.wav")
    assert "it is a link" in refused(tmp_path, "{sound: x.wav}")
    assert "cannot be used" in refused(tmp_path, "{sound: linked/x.wav}")
    (tmp_path / "pack.yaml").write_text(f"{SMALLEST}cues: {{a: {{sound: real/x.wav}}}}\n")
    assert load_pack(tmp_path, seconds).pack.sounds == ("real/x.wav",)


def test_a_pipe_is_no_sound_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.wav")
    assert "not a plain file" in refused(tmp_path, "{sound: x.wav}")


@pytest.mark.parametrize(
    ("content", "words"),
    [("30.5", "at most 30 s"), ("noise", "is no sound"), ("", "is empty"), (" " * (MAX_BYTES + 1), "over 10 MiB")],
)
def test_a_sound_too_long_too_large_or_none_is_refused(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_text(content)
    assert words in refused(tmp_path, "{sound: x.wav}")


def test_a_sound_that_is_not_there_has_its_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "whistle.wav").write_text("1")
    assert "Did you mean `whistle.wav`?" in refused(tmp_path, "{sound: whistl.wav}")
    assert "it must end in .wav" in refused(tmp_path, "{sound: whistle.txt}")


def test_a_sound_that_nothing_plays_is_a_warning_with_the_cue_it_was_probably_for(tmp_path: Path) -> None:
    cues = "cues: {light: {say: Light feet.}, loud: {say: Loud.}}\n"
    rules = "rules: [{when: {segment: start}, say: light}, {when: {segment: end}, say: loud}]\n"
    (tmp_path / "pack.yaml").write_text(f"# A note\n{SMALLEST}{cues}{rules}")
    for name in ("ligth.wav", "loud.wav", "loud.mp3", "whistle.ogg", "._loud.wav", "notes.txt"):
        (tmp_path / name).write_text("1")
    found = [(doubt.line, doubt.column, doubt.message) for doubt in load_pack(tmp_path, seconds).warnings]
    assert found == [
        (1, 1, "nothing plays `whistle.ogg`: name it as a cue to be its voice, or remove it"),
        (9, 8, "`ligth.wav` is no cue's voice: did you mean `light.wav`, for this cue?"),
        (9, 35, "`loud.mp3` is never heard, since `loud.wav` is this cue's voice: remove one of the two"),
    ]
