"""What a configuration takes and refuses: each problem at its line and column, with its mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from cued.audio.commands import Ear
from cued.config.parse import parse_config
from cued.config.settings import EARS, OPTIONS, Life, Settings
from cued.config.whole import Configuration
from cued.config.written import as_yaml
from cued.errors import ConfigError, Problem
from cued.runtime.feeding import Nobody, OnAir, sensor_of
from cued.units import NS_PER_S
from tests.config.test_docs import RESTING


def parsed(text: str) -> Configuration:
    return parse_config(text.encode(), "config.yaml")


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        parsed(text)
    return caught.value.problems


@pytest.mark.parametrize("text", ["", "# nothing but words\n", "\n\n  \n", "---\n# words\n", "{}\n", "sound: {}\n"])
def test_a_file_that_sets_nothing_leaves_every_default(text: str) -> None:
    assert parsed(text).settings == Settings()
    assert parsed(text).places == {}


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("pack: awareness", "pack", "awareness"),
        ("pack: /tmp/mine.yaml", "pack", "/tmp/mine.yaml"),
        ("sensor: none", "sensor", "none"),
        ("sensor: ble:Stryd 2", "sensor", "ble:Stryd 2"),
        ("sensor: ble:C4:11:22:33:44:55", "sensor", "ble:C4:11:22:33:44:55"),
        ("runner: {max_hr: 188}", "runner.max_hr", 188),
        ("runner: {language: pt-BR}", "runner.language", "pt-BR"),
        ("sound: {device: 'HDA  Intel: ALC (hw:0,0)'}", "sound.device", "HDA  Intel: ALC (hw:0,0)"),
        ("sound: {ear: left}", "sound.ear", "left"),
        ("sound: {beat_volume: 80%}", "sound.beat_volume", 0.8),
        ("sound: {voice_volume: 62.5 %}", "sound.voice_volume", 0.625),
        ("sound: {keep_awake: always}", "sound.keep_awake", "always"),
        ("life: {begin_after: 1 min 30 s}", "life.begin_after", 90 * NS_PER_S),
        ("life: {running_over: 145.5 spm}", "life.running_over", 145_500),
        ("keys: {headset: false}", "keys.headset", False),
        ("keys: {play_pin: 17}", "keys.play_pin", 17),
        ("files: {journal: /var/lib/cued/journal.db}", "files.journal", "/var/lib/cued/journal.db"),
        ("files: {journal: none}", "files.journal", "none"),
        ("files: {journal: ~/runs.db}", "files.journal", str(Path("~/runs.db").expanduser())),
    ],
)
def test_a_value_is_read_with_its_unit_and_its_place(text: str, path: str, value: object) -> None:
    found = parsed(text)
    (entry,) = (entry for entry in OPTIONS if entry.name == path)
    assert entry.value_in(found.settings) == value
    assert found.warnings == ()
    place = found.places[entry.path]
    assert (place.line, place.column) == (1, len(text) - len(text.partition(f"{entry.path[-1]}: ")[2]) + 1)


BAD = [
    # (line 1 of the file, column, words)
    ("pac: metronome", 1, "`pac` is not a word that fits here: there are pack, sensor, runner, sound, life,"),
    ("pac: metronome", 1, "keys, files. Did you mean `pack`?"),
    ("volume: 80%", 1, "`beat_volume` belongs under `sound:`."),
    ("max-hr: 188", 1, "`max_hr` belongs under `runner:`."),
    ("sound: {pack: metronome}", 9, "`pack` belongs at the left edge."),
    ("sound: {sensor: none}", 9, "`sensor` belongs at the left edge."),
    ("sound: {ears: left}", 9, "Did you mean `ear`?"),
    ("zzzzzzzz: 1", 1, "files."),
    ("pack: 5", 7, '`5` is a number, but a text is needed: put it in quotes, "5"'),
    ("pack: mine.yaml", 7, "`mine.yaml` is no pack's name (`cued pack list` shows them): for a file"),
    ("pack: ../mine", 7, "is no pack's name"),
    ("pack: ''", 7, "the text is empty"),
    ("sensor: stryd", 9, "A sensor's name comes after `ble:`."),
    ("sensor: blee", 9, "Did you mean `ble`?"),
    ("sensor: 'ble:'", 9, "write ble, ble:NAME, ble:ADDRESS or none"),
    ("sensor: sim", 9, "is no sensor"),
    ("sensor: [ble]", 9, "is a list, but a text is needed"),
    ("sensor: null", 1, "`sensor` has no value: write one, or remove it"),
    ("runner: {max_hr: 99}", 18, "`99` is outside 100 to 240"),
    ("runner: {max_hr: 188 bpm}", 18, "is a text, but a whole number from 100 to 240 is needed"),
    ("runner: {max_hr: 188.5}", 18, "whole number"),
    ("runner: {max_hr: true}", 18, "is a truth (true or false), but a whole number"),
    ("runner: {language: German}", 20, "is not a language code, such as en, de or pt-BR"),
    ("runner: {language: no}", 20, "`no` without quotes means true or false to some readers"),
    ("runner: 188", 9, "`188` does not fit here: a map `{…}` is needed"),
    ("runner:", 1, "`runner` has no value"),
    ("runner: {}\nrunner: {}", 1, "`runner` is here twice (first in line 1)"),
    ("sound: {ear: lft}", 14, "write one of both, left, right. Did you mean `left`?"),
    ("sound: {beat_volume: 80}", 22, "`80` has no unit: add %"),
    ("sound: {beat_volume: 101%}", 22, "outside 0% to 100%"),
    ("sound: {beat_volume: -3 dB}", 22, "`dB` does not fit here: use %"),
    ("announcements: {ready: yes}", 24, "or true or false for the truth"),
    ("announcements: {ready: 'yes'}", 24, "`yes` is a text: write true or false"),
    ("sound: {speaker: [a]}", 18, "a text is needed"),
    ("sound: {device: " + "x" * 201 + "}", 17, "the name has 201 characters: at most 200 fit here"),
    ("life: {running_over: 140}", 22, "`140` has no unit: add spm"),
    ("life: {running_over: 90 spm}", 22, "outside 100 spm to 200 spm"),
    ("life: {begin_after: 20}", 21, "`20` has no unit: add one of h, min, s"),
    ("life: {begin_after: 20 sec}", 21, "cued writes `s` for `sec`"),
    ("life: {begin_after: 4.9 s}", 21, "outside 5 s to 10 min"),
    ("life: {begin_after: 1:30}", 21, "base 60"),
    ("life: {end_after: 3 h}", 19, "outside 30 s to 2 h"),
    ("life: {end_after: 30 s, pause_after: 30 s}", 19, "let `end_after` be longer than `pause_after`"),
    ("life: {pause_after: 6 min}", 21, "a run would end after 5 min of standing and be paused only after 6 min"),
    ("keys: {play_pin: 1}", 18, "outside 2 to 27"),
    ("keys: {play_pin: 17, next_pin: 22, previous_pin: 17}", 50, "pin 17 is that of `play_pin` already"),
    ("keys: {headset: on}", 17, "or true or false for the truth"),
    ("files: {journal: runs.db}", 18, "is no whole path: write it from / or ~ on"),
    ("files: {journal: /var/lib/}", 18, "is a folder: write a file's name in it"),
    ("files: {journal: ~no-such-user-here/x}", 18, "there is no user of that name"),
    ("files: {socket: none}", 17, "is no whole path"),
    ("files: {socket: /" + "x" * 107 + "}", 17, "has 108 bytes: the system takes at most 107 here"),
    ("keys: {headset: 8080}", 17, "`8080` is a number: write true or false"),
    ("- pack", 1, "a list `[…]` does not fit here: a map `{…}` is needed"),
    ("just words", 1, "`just words` does not fit here: a map `{…}` is needed"),
    ("pack: &a metronome", 7, "`&a` names a value for use elsewhere"),
    ("pack: !x metronome", 7, "is a tag"),
    ("pack: *a", 7, "`*a` repeats another value"),
    ("a: {<<: {}}", 5, "`<<` merges another map"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "words"), BAD, ids=[text[:40] for text, _, _ in BAD])
def test_a_mistake_is_told_at_its_place_with_its_mend(text: str, column: int, words: str) -> None:
    problems = problems_of(text + "\n")
    found = [problem for problem in problems if words in problem.message]
    assert found, problems
    assert found[0].column == column
    assert found[0].line == text.count("\n") + 1


MANY = """\
pac: x
sensor: stryd
sound: {ear: lft, beat_volume: 80, voice_volume: 90%}
life:
  end_after: 30 s
  pause_after: 1 min
keys:
  play_pin: 3
  next_pin: 3
  headset: yes
files:
"""


def test_all_problems_come_at_once_in_the_order_of_the_file_those_between_options_too() -> None:
    assert [(problem.line, problem.column, problem.path) for problem in problems_of(MANY)] == [
        (1, 1, "pac"),
        (2, 9, "sensor"),
        (3, 14, "sound.ear"),
        (3, 32, "sound.beat_volume"),
        (5, 14, "life.end_after"),
        (9, 13, "keys.next_pin"),
        (10, 12, "keys.headset"),
        (11, 1, "files"),
    ]


def test_what_follows_from_a_wrong_value_is_not_told_besides() -> None:
    (only,) = problems_of("life: {end_after: 30, pause_after: 6 min}\n")
    assert only.column == 19
    (only,) = problems_of("keys: {play_pin: 99, next_pin: 99}\nfiles: {}\n")[1:]
    assert "outside 2 to 27" in only.message


def test_a_voice_that_nobody_hears_is_a_doubt_and_no_mistake() -> None:
    found = parsed("sound: {voice_volume: 0%}\n")
    assert found.settings.sound.voice_volume == 0
    assert [(doubt.column, doubt.warning) for doubt in found.warnings] == [(23, True)]


def test_the_file_that_show_full_prints_says_what_is_in_force() -> None:
    defaults = Configuration()
    assert parsed(as_yaml(defaults)).settings == Settings()
    woken = parsed(RESTING.sub(r"\1\2", as_yaml(defaults)))
    assert {entry.name for entry in OPTIONS if entry.value_in(woken.settings) in (None, "")} == set()
    assert parsed(as_yaml(woken)).settings == woken.settings


def test_names_that_need_quotes_come_back_as_they_were() -> None:
    for name in ("a: b # c", 'say "x"', "no", "1:30", "0x10", "Ümläut", "-", "'"):
        found = parsed(f"sound: {{device: {as_quoted(name)}}}\n")
        assert found.settings.sound.device == name
        assert parsed(as_yaml(found)).settings == found.settings


def as_quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def test_the_words_of_other_rooms_are_theirs() -> None:
    assert set(EARS) == {ear.value for ear in Ear}
    assert sensor_of("none") == Nobody()
    assert sensor_of("ble:Stryd") == OnAir("Stryd")


def test_the_default_thresholds_are_those_of_the_design() -> None:
    assert Life() == Life(140_000, 20 * NS_PER_S, 10 * NS_PER_S, 300 * NS_PER_S, 1800 * NS_PER_S)
