"""`cued config`, and what the other verbs take from the configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import soundfile

from cued.audio.commands import Ear
from cued.cli import configured, options
from cued.cli.main import VERBS, load, main, parser_of
from cued.config.load import load_config, own_path
from cued.config.settings import OPTIONS, Settings
from cued.runtime.request import Volumes
from tests.config.test_parse import MANY

GOOD = """\
pack: awareness
sensor: none
runner: {max_hr: 188, language: de}
sound: {ear: left, beat_volume: 40%, voice_volume: 50%, speaker: Anna, keep_awake: always, device: no such device}
"""


def config(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["config", *words])
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "fault in cued" not in shown.err
    return code, shown.out, shown.err


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.yaml"
    path.write_text(MANY, encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own file, which is not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "cued" / "config.yaml"
    path.parent.mkdir()
    return path


# --- the verb ------------------------------------------------------------------------------------------------------


def test_path_is_the_one_of_the_option_of_the_environment_or_ones_own(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert config("path", capsys=capsys) == (0, f"{own}\n", "")
    monkeypatch.setenv("CUED_CONFIG", "/tmp/other.yaml")
    assert config("path", capsys=capsys)[1] == "/tmp/other.yaml\n"
    assert config("path", "--config", "mine.yaml", capsys=capsys)[1] == "mine.yaml\n"
    monkeypatch.setenv("CUED_CONFIG", "")
    assert config("path", capsys=capsys)[1] == f"{own}\n"


def test_show_tells_every_value_and_where_it_comes_from(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = config("show", "--config", str(good), capsys=capsys)
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert code == 0
    assert list(rows) == [entry.name for entry in OPTIONS]
    assert rows["sound.ear"] == ["left", f"{good}:4:14"]
    assert rows["sound.beat_volume"] == ["40%", f"{good}:4:33"]
    assert rows["runner.max_hr"] == ["188", f"{good}:3:18"]
    assert rows["life.begin_after"] == ["20", "s", "default"]


def test_show_without_a_file_tells_the_defaults_and_where_a_file_would_be(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = config("show", capsys=capsys)
    assert code == 0
    assert out.count("  default\n") == len(OPTIONS)
    assert str(own) in out


def test_show_full_prints_a_file_that_passes_the_check(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "full.yaml"
    path.write_text(config("show", "--full", "--config", str(good), capsys=capsys)[1], encoding="utf-8")
    assert load_config(str(path)).settings == load_config(str(good)).settings
    assert config("check", str(path), "--strict", capsys=capsys) == (0, f"{path} is right\n", "")


def test_show_json_holds_all_that_is_to_be_known(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(config("show", "--json", "--config", str(good), capsys=capsys)[1])
    (ear,) = (row for row in rows if row["option"] == "sound.ear")
    assert (ear["value"], ear["default"], ear["from"]) == ("left", "both", "file")
    assert (ear["file"], ear["line"], ear["column"]) == (str(good), 4, 14)
    assert ear["read_by"] == ["run", "daemon", "try", "rehearse", "render"]
    (ready,) = (row for row in rows if row["option"] == "announcements.ready")
    assert (ready["value"], ready["from"], ready["line"], ready["read_by"]) == (True, "default", None, ["daemon"])
    assert config("show", "--json", "--full", capsys=capsys)[0] == 2


def test_check_says_that_a_file_is_right_or_lists_every_problem(
    good: Path, bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert config("check", str(good), "--strict", capsys=capsys) == (0, f"{good} is right\n", "")
    code, out, err = config("check", str(bad), capsys=capsys)
    assert (code, err, len(out.splitlines())) == (1, "", 8)
    assert f"{bad}:3:14: `lft` does not fit here" in out
    told = json.loads(config("check", str(bad), "--json", capsys=capsys)[1])
    assert (told["file"], told["right"], told["problems"][0]["path"]) == (str(bad), False, "pac")


def test_check_takes_the_file_in_force_and_none_at_all_is_right(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config("check", capsys=capsys) == (0, f"there is no {own}: the defaults hold\n", "")
    own.write_text("keys: {headset: 1}\n", encoding="utf-8")
    assert config("check", capsys=capsys) == (1, f"{own}:1:17: `1` is a number: write true or false\n", "")


def test_a_doubt_passes_unless_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("sound: {voice_volume: 0%}\npack: metronom\n", encoding="utf-8")
    code, out, _ = config("check", str(path), capsys=capsys)
    assert (code, out.count("warning: ")) == (0, 2)
    assert f"{path}:2:7: warning: the pack cannot be used: there is no such pack. Did you mean `metronome`? There are" in out
    assert config("check", str(path), "--strict", capsys=capsys)[0] == 1


def test_a_mistake_with_a_guess_ends_with_one_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("sound: {ears: left}\n", encoding="utf-8")
    assert "Did you mean `ear`? `cued config check" in config("show", "--config", str(path), capsys=capsys)[2]


def test_a_broken_file_is_one_sentence_everywhere_but_in_check(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["config", "show", "--config"],
        ["run", "--output", "null", "--config"],
        ["try", "--fast", "--config"],
        ["rehearse", "metronome", "--config"],
        ["render", "metronome", "--cadence", "166", "--length", "30min", "-o", "x", "--config"],
    ):
        assert main([*words, str(bad)]) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"cued: the configuration is not right: {bad}:1:1: `pac` is not a word that fits here")
        assert said.endswith(f"(and 7 more). `cued config check {bad}` tells all of it\n")
        assert said.count("\n") == 1


def test_ones_own_broken_file_is_told_without_its_name_twice(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.write_text("keys: {headset: 1}\n", encoding="utf-8")
    assert main(["log", "list"]) == 2
    assert capsys.readouterr().err == (
        f"cued: the configuration is not right: {own}:1:17: `1` is a number: write true or false. "
        "`cued config check` tells all of it\n"
    )


@pytest.mark.parametrize("word", ["", "\0", "x" * 5000, "~nobody-of-this-name/x.yaml", "/", "/nowhere/x.yaml", "\udcff.yaml"])
def test_a_file_that_is_not_there_is_told_if_somebody_named_it(
    word: str, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = config("show", "--config", word, capsys=capsys)
    assert (code, err.count("\n")) == (2, 1)
    code, out, err = config("check", word, capsys=capsys)
    assert (code, out.count("\n"), err) == (1, 1, "")


def test_a_link_that_leads_nowhere_is_no_absent_file(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.symlink_to("nowhere.yaml")
    assert "there is no such file" in config("show", capsys=capsys)[2]


def test_schema_prints_a_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = config("schema", capsys=capsys)
    schema = json.loads(out)
    jsonschema.Draft7Validator.check_schema(schema)
    assert code == 0
    assert "Default: 20 s." in schema["definitions"]["Life"]["properties"]["begin_after"]["description"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "say what: show, check, path, set, unset or schema"),
        (["shw"], "there is no `cued config shw`; did you mean show?"),
        (["show", "x"], "one word too many"),
        (["check", "--stict"], "--strict"),
    ],
)
def test_wrong_use_is_one_sentence(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = config(*words, capsys=capsys)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


# --- the other verbs -----------------------------------------------------------------------------------------------


def filled(*words: str) -> tuple[Any, Settings]:
    """The arguments of `cued WORDS` as the verb gets to see them, and the settings."""
    verb = next(verb for verb in VERBS if verb.name == words[0])
    args = parser_of(verb, load(verb)).parse_args(words[1:])
    return args, configured.fill(args)


def test_without_a_file_everything_is_as_the_help_says(own: Path) -> None:
    args, settings = filled("run")
    assert settings == Settings()
    assert (args.pack, args.language, args.max_hr, args.speaker) == ("metronome", "", None, None)
    assert (options.volumes_of(args), args.keep_awake, args.journal) == (Volumes(1.0, 1.0, Ear.BOTH), "auto", None)
    assert own.exists() is False


@pytest.mark.parametrize("verb", ["run", "try"])
def test_a_silent_command_line_takes_what_the_file_says(verb: str, good: Path) -> None:
    args, settings = filled(verb, "--config", str(good))
    assert (args.pack, args.language, args.speaker) == ("awareness", "de", "Anna")
    assert options.volumes_of(args) == Volumes(0.4, 0.5, Ear.LEFT)
    assert (settings.sound.keep_awake, settings.sound.device, settings.sensor) == ("always", "no such device", "none")


def test_what_is_typed_goes_before_the_file(good: Path) -> None:
    words = ["--pack", "integration", "--language", "en", "--max-hr", "170", "--speaker", "Bob", "--volume", "0"]
    args, _ = filled("run", "--config", str(good), *words, "--voice-volume", "90", "--ear", "both", "--no-keep-awake")
    assert (args.pack, args.language, args.max_hr, args.speaker) == ("integration", "en", 170, "Bob")
    assert (options.volumes_of(args), args.keep_awake) == (Volumes(0.0, 0.9, Ear.BOTH), "never")


def test_the_journal_of_the_file_comes_after_that_of_the_environment(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = tmp_path / "mine.db", tmp_path / "other.db"
    for path in (mine, other):
        path.write_text("no journal", encoding="utf-8")
    own.write_text(f"files: {{journal: {mine}}}\n", encoding="utf-8")
    monkeypatch.delenv("CUED_JOURNAL", raising=False)
    assert filled("run")[0].journal == str(mine)
    assert filled("run", "--journal", "x.db")[0].journal == "x.db"
    assert main(["log", "list"]) == 2
    assert str(mine) in capsys.readouterr().err
    monkeypatch.setenv("CUED_JOURNAL", str(other))
    assert filled("run")[0].journal is None
    assert main(["log", "list"]) == 2
    assert str(other) in capsys.readouterr().err


def first_row(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """The first line of the events file, and what was said."""
    assert main([*words, "--events", "-"]) == 0
    told = capsys.readouterr()
    row: dict[str, Any] = json.loads(told.out.splitlines()[0])
    return row, told.err


def test_a_rehearsal_needs_no_packs_name_where_the_file_has_one(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUED_CONFIG", str(good))
    row, said = first_row(["rehearse", "--length", "60s", "--voice", "nominal"], capsys)
    assert row["pack"] == "awareness"
    assert "awareness has no texts in de" in said or row["language"] == "de"
    assert first_row(["rehearse", "metronome", "--length", "60s", "--language", "en"], capsys)[0]["pack"] == "metronome"
    monkeypatch.setenv("CUED_CONFIG", str(tmp_path / "empty.yaml"))
    (tmp_path / "empty.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert main(["rehearse"]) == 2
    assert "PACK is missing" in capsys.readouterr().err


def test_the_ear_of_the_file_is_heard_in_a_rehearsed_sound_file(good: Path, tmp_path: Path) -> None:
    sound = tmp_path / "run.wav"
    words = ["rehearse", "metronome", "--length", "5s", "--voice", "nominal", "-o", str(sound), "--config", str(good)]
    assert main(words) == 0
    left, right = soundfile.read(sound)[0].T
    assert abs(left).max() > 0.01
    assert abs(right).max() == 0.0
    assert main([*words, "--ear", "both"]) == 0
    assert soundfile.info(sound).channels == 1


def test_a_run_goes_by_time_alone_as_the_file_says_and_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("sensor: none\npack: awareness\n", encoding="utf-8")
    words = ["run", "--journal", "none", "--output", "null", "--for", "0.2s", "--config", str(path)]
    row, said = first_row(words, capsys)
    assert (row["pack"], row["sensor"], row["simulated"]) == ("awareness", False, False)
    assert "no sensor" not in said


def test_a_beat_or_another_speed_goes_before_the_sensor_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("sensor: ble:Stryd\nsound: {device: no such device}\n", encoding="utf-8")
    words = ["run", "--journal", "none", "--rate", "100", "--for", "0.2s", "--config", str(path)]
    assert first_row(words, capsys)[0]["source"] == "none"
    assert first_row([*words, "--sensor", "sim:tired"], capsys)[0]["source"] == "sim:tired"


@pytest.mark.parametrize("words", [["run", "--for", "1s"], ["try", "-o", "."]])
def test_the_device_of_the_file_is_the_one_that_is_looked_for(
    words: list[str], good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*words, "--journal", "none", "--config", str(good)]) == 2
    assert "no such device" in capsys.readouterr().err


def test_a_beat_without_a_pod_begins_from_the_easy_cadence_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("runner: {easy_cadence: 172 spm}\nsensor: none\n", encoding="utf-8")
    words = ["run", "--journal", "none", "--output", "null", "--rate", "100", "--for", "3s", "--config", str(path)]

    def tempo(*more: str) -> float:
        assert main([*words, *more, "--events", "-"]) == 0
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return next(float(row["spm"]) for row in rows if row["kind"] == "tempo")

    assert tempo() == 172.0
    assert tempo("--beat", "160") == 160.0


def test_tracks_are_rendered_for_the_easy_cadence_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    words = ["render", "metronome", "--length", "10s", "--format", "wav", "-o", str(tmp_path / "out"), "--config", str(path)]
    path.write_text("# nothing yet\n", encoding="utf-8")
    assert main(words) == 2
    assert "--cadence is missing" in capsys.readouterr().err
    path.write_text("runner: {easy_cadence: 172 spm}\n", encoding="utf-8")
    assert main(words) == 0


# --- what it costs -------------------------------------------------------------------------------------------------


def test_no_file_means_no_pydantic(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from cued.config.load import load_config\n"
        "load_config()\n"
        "print('pydantic' in sys.modules)\n"
        "open(sys.argv[1], 'w').write('keys: {headset: false}')\n"
        "load_config(sys.argv[1])\n"
        "print('pydantic' in sys.modules)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "config.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_ones_own_file_is_where_xdg_has_it(own: Path) -> None:
    assert own_path() == own
