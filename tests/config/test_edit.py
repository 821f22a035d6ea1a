"""`cued config set` and what else writes the user's file: it stays loadable, and every comment stays in it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.cli.main import main
from cued.config.edit import edited, entry_of, value_of
from cued.config.parse import parse_config
from cued.config.settings import OPTIONS, Entry, Settings
from cued.config.whole import Configuration
from cued.config.written import as_yaml
from cued.errors import ConfigError, OutputError, UsageError
from cued.runtime.configuring import set_options
from tests.config.test_docs import EXAMPLES, RESTING
from tests.support.driving import examples

CUED = (sys.executable, "-m", "cued", "config")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration of somebody without one would be."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "cued" / "config.yaml"


# --- any sequence --------------------------------------------------------------------------------------------------

FREE = [entry for entry in OPTIONS if not entry.path[-1].endswith("_pin") and entry.path[0] != "life"]
"""Options that stand alone: what holds between pins, and between times, is another matter."""
STARTS = ["", "# mine\n", "---\n# mine\n", "sound: {ear: both}  # here\n", "pack: awareness # no newline at the end"]
STARTS += [path.read_text(encoding="utf-8") for path in EXAMPLES]
STARTS += [as_yaml(Configuration()), RESTING.sub(r"\1\2", as_yaml(Configuration())), STARTS[5].replace("\n", "\r\n")]


def words_of(entry: Entry) -> st.SearchStrategy[str | None]:
    """Values as a person types them; None: back to the default."""
    typed = [entry.option.example]
    default = entry.text_of(entry.default)
    if default is not None:
        typed.append("true" if default is True else "false" if default is False else str(default))
    if entry.path[-1] in {"device", "speaker"}:
        typed += ["no", "12", "Ünser: Gerät #2", "'", '"{', "- x", "a\tb c"]
    return st.sampled_from([*(word for word in typed if word.isprintable()), None])


CHANGES = st.sampled_from(FREE).flatmap(lambda entry: st.tuples(st.just(entry), words_of(entry)))


@given(st.sampled_from(STARTS), st.lists(CHANGES, max_size=8))
@examples(60)
def test_any_sequence_of_changes_leaves_a_right_file_with_every_comment_and_no_other_value_changed(
    start: str, changes: list[tuple[Entry, str | None]]
) -> None:
    text = start
    for entry, word in changes:
        value = None if word is None else value_of(entry, word)
        before = parse_config(text.encode(), "mine.yaml")
        if value is None and "sound: {" in text and entry.path[0] == "sound" and before.says(*entry.path):
            with pytest.raises(UsageError, match="change it in an editor"):
                edited(text.encode(), "mine.yaml", entry, None)
            continue
        after = edited(text.encode(), "mine.yaml", entry, value)
        assert lost(text, after.text) == []
        assert parse_config(after.text.encode(), "mine.yaml") == after.configuration
        wanted = entry.default if value is None else entry.option.kind.read(value)
        for one in OPTIONS:
            now = one.value_in(after.configuration.settings)
            assert now == (wanted if one is entry else one.value_in(before.settings)), one.name
        text = after.text


WORDS = [
    "sound",
    "ear",
    "pack",
    "left",
    ": ",
    ":",
    "\n",
    "\n  ",
    "{",
    "}",
    ", ",
    " # why\n",
    "'",
    '"',
    "- ",
    "? ",
    "|",
    ">",
    "\t",
]
WORDS += ["&a ", "*a", "!x ", "---\n", "...\n", "%YAML 1.2\n", "\x07", "\r\n", "\r", "[", "]", "~", "é", "  ", "@", "\ufeff"]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join), st.sampled_from(FREE).flatmap(words_of).filter(bool))
@examples(300)
def test_a_file_of_any_make_is_changed_rightly_or_refused_with_a_reason(text: str, device: str) -> None:
    entry = entry_of("sound.device")
    value = value_of(entry, device)
    try:
        before = parse_config(text.encode(), "mine.yaml")
    except ConfigError:
        before = None
    try:
        after = edited(text.encode(), "mine.yaml", entry, value)
    except (ConfigError, UsageError) as refused:
        assert str(refused).startswith("mine.yaml:")  # noqa: PT017 - either outcome is right, and each has its check
        return
    assert after.configuration.settings.sound.device == entry.option.kind.read(value)
    assert before is None or after.configuration.settings.pack == before.settings.pack


COMMENT = re.compile(r"""(?:"(?:\\.|[^"\\])*"|[^"#])*?(?:(?<=\s)|^)(#.*)""")
"""On a line, what follows a `#` that is not in quotes."""


def comments(text: str) -> list[str]:
    return [found[1].strip() for found in map(COMMENT.match, text.splitlines()) if found]


def lost(before: str, after: str) -> list[str]:
    """The comments of `before` that are not in `after`, or not in their order."""
    left = iter(comments(after))
    return [comment for comment in comments(before) if comment not in left]


@pytest.mark.parametrize("entry", OPTIONS, ids=lambda entry: entry.name)
def test_every_option_takes_its_example_by_its_name(entry: Entry) -> None:
    found = entry_of(entry.name)
    assert found is entry
    value = value_of(found, entry.option.example)
    done = edited(b"# mine\n", "mine.yaml", found, value)
    assert entry.value_in(done.configuration.settings) == entry.option.kind.read(value)


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sound.ear", "lft"), "sound.ear: `lft` does not fit here: write one of both, left, right. Did you mean `left`?"),
        (("sound.beat_volume", "80"), 'sound.beat_volume: `80` has no unit: add %, such as "5%"'),
        (("runner.max_hr", "1888"), "runner.max_hr: `1888` is outside 100 to 240"),
        (("keys.headset", "yes"), "keys.headset: `yes` is a text: write true or false"),
        (("sound.device", " "), "sound.device: the text is empty: write something, or remove the line"),
        (("sound.eer", "left"), "there is no option sound.eer; did you mean sound.ear? `cued config show` lists them all"),
        (("nothing", "left"), "there is no option nothing. `cued config show` lists them all"),
        (("life.end_after", "5 s"), "life.end_after: `5 s` is outside 30 s to 2 h"),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_changes_nothing(
    words: tuple[str, str], sentence: str, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config", "set", *words]) == 2
    assert capsys.readouterr() == ("", f"cued: {sentence}\n")
    assert not own.exists()


def test_what_would_not_hold_beside_another_option_is_refused(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.parent.mkdir(parents=True)
    own.write_text("life:\n  end_after: 1 min  # mine\n", encoding="utf-8")
    assert main(["config", "set", "life.pause_after", "2 min"]) == 2
    assert "let `end_after` be longer than `pause_after`" in capsys.readouterr().err
    assert own.read_text(encoding="utf-8") == "life:\n  end_after: 1 min  # mine\n"
    with pytest.raises(ConfigError):
        set_options({"sound.ear": "left", "life.pause_after": "2 min"})
    assert own.read_text(encoding="utf-8") == "life:\n  end_after: 1 min  # mine\n"


def test_a_mistake_elsewhere_is_told_where_it_stands_in_the_file(own: Path) -> None:
    text = "sound:\n  ear: left\nrunner:\n  max_hr: 3\n"
    with pytest.raises(ConfigError, match=r"mine.yaml:4:11: `3` is outside"):
        edited(text.encode(), "mine.yaml", entry_of("sound.speaker"), "en-gb")


@pytest.mark.parametrize("broken", ["sound:\n  ear: lft\n", "nix: 3\n", "sound: [\n", "\xff", "pack: x\npack: x\n"])
def test_a_file_that_is_not_right_is_mended_first(broken: str, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.parent.mkdir(parents=True)
    own.write_bytes(broken.encode("latin-1"))
    assert main(["config", "set", "pack", "awareness"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("cued: the configuration is not right: ")
    assert err.count("\n") == 1
    assert own.read_bytes() == broken.encode("latin-1")


def test_a_wrong_value_is_mended_by_setting_it(own: Path) -> None:
    own.parent.mkdir(parents=True)
    own.write_text("sound:\n  ear: lft  # mine\n", encoding="utf-8")
    assert main(["config", "set", "sound.ear", "left"]) == 0
    assert own.read_text(encoding="utf-8") == "sound:\n  ear: left  # mine\n"


def test_what_stands_in_braces_is_left_to_an_editor(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.parent.mkdir(parents=True)
    own.write_text("sound: {ear: left}\n", encoding="utf-8")
    assert main(["config", "unset", "sound.ear"]) == 2
    assert "sound.ear cannot be changed from here (`ear` stands in braces): change it in an editor" in capsys.readouterr().err
    assert own.read_text(encoding="utf-8") == "sound: {ear: left}\n"


def test_a_pack_that_is_not_there_is_set_and_doubted(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "set", "pack", "awarness"]) == 0
    doubt = f"{own}:2:7: warning: the pack cannot be used: there is no such pack. Did you mean `awareness`?"
    assert capsys.readouterr().err.startswith(doubt)
    assert main(["config", "set", "sound.ear", "left"]) == 0
    assert main(["config", "set", "pack", "awareness"]) == 0
    assert not capsys.readouterr().err


# --- the file ------------------------------------------------------------------------------------------------------


def test_the_first_option_makes_the_file_and_says_what_holds(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "set", "sound.device", "12"]) == 0
    assert capsys.readouterr().out == f'sound.device: "12"  ({own})\n'
    assert main(["config", "set", "voice-volume", "0%"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("sound.voice_volume: 0%")
    assert "at 0% you hear no cue" in err
    assert main(["config", "unset", "sound.device"]) == 0
    assert capsys.readouterr().out.startswith("sound.device: the best there is")
    assert own.read_text(encoding="utf-8").splitlines()[1:] == ["sound:", "  voice_volume: 0%"]
    assert [path.name for path in own.parent.iterdir()] == ["config.yaml"]


def test_a_byte_order_mark_a_link_and_the_permissions_stay(tmp_path: Path, own: Path) -> None:
    real = tmp_path / "dotfiles.yaml"
    real.write_bytes(b"\xef\xbb\xbfpack: metronome\n")
    real.chmod(0o600)
    own.parent.mkdir(parents=True)
    own.symlink_to(real)
    set_options({"pack": "awareness"})
    assert real.read_bytes() == b"\xef\xbb\xbfpack: awareness\n"
    assert own.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_nothing_is_written_where_nothing_changes(own: Path) -> None:
    set_options({"sound.ear": "left"})
    before = own.stat()
    assert set_options({"sound.ear": "left", "sound.speaker": None}).configuration.settings.sound.ear == "left"
    assert (own.stat().st_ino, own.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path, own: Path) -> None:
    own.parent.parent.mkdir()
    own.parent.write_text("a file where the folder would be", encoding="utf-8")
    with pytest.raises(OutputError, match="no folder can be made there"):
        set_options({"pack": "awareness"})
    (tmp_path / "readonly.yaml").write_text("pack: metronome\n", encoding="utf-8")
    (tmp_path / "readonly.yaml").chmod(0o444)
    with pytest.raises(OutputError, match="write-protected"):
        set_options({"pack": "awareness"}, str(tmp_path / "readonly.yaml"))


def test_two_that_write_at_once_lose_nothing_of_each_other(own: Path) -> None:
    names = ["sound.ear", "sound.speaker", "runner.language", "runner.max_hr", "pack", "sound.device"]
    values = ["left", "en-gb", "de", "188", "awareness", "USB"]
    threads = [threading.Thread(target=set_options, args=({name: value},)) for name, value in zip(names, values, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = parse_config(own.read_bytes(), "mine.yaml")
    assert {".".join(map(str, path)) for path in held.places} == set(names)


def test_another_file_is_named_by_an_option_or_the_environment(tmp_path: Path, own: Path) -> None:
    other = tmp_path / "other.yaml"
    assert main(["config", "set", "pack", "awareness", "--config", str(other)]) == 0
    assert parse_config(other.read_bytes(), "other").settings == Settings(pack="awareness")
    done = subprocess.run([*CUED, "unset", "pack"], env=os.environ | {"CUED_CONFIG": str(other)}, check=False)
    assert done.returncode == 0
    assert parse_config(other.read_bytes(), "other").settings == Settings()
    assert not own.exists()
