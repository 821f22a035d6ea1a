"""One value changes in a file; all else stays, letter by letter."""

from __future__ import annotations

import pytest

from cued.yamlread import parse
from cued.yamlread.editing import UneditableError, with_value, without_value

EAR = ("sound", "ear")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "sound:\n  ear: left\n"),
        ("# mine\n", "# mine\nsound:\n  ear: left\n"),
        ("pack: awareness", "pack: awareness\nsound:\n  ear: left\n"),
        ("sound:\n  ear: right  # the road is there\n# end", "sound:\n  ear: left  # the road is there\n# end"),
        ("sound: {ear: right}  # one line\n", "sound: {ear: left}  # one line\n"),
        ("sound: {}\n", "sound: {ear: left}\n"),
        ("sound: {beat_volume: 10%}\n", "sound: {ear: left, beat_volume: 10%}\n"),
        ("{}\n", "{sound: {ear: left}}\n"),
        ("{web: true}\n", "{sound: {ear: left}, web: true}\n"),
        ("sound:\nweb: true\n", "sound:\n  ear: left\nweb: true\n"),
        ("sound:\n  ear:\n", "sound:\n  ear: left\n"),
        ("sound:\n  ear:  # none yet\n", "sound:\n  ear: left  # none yet\n"),
        ("sound:\n    beat_volume: 10%\n\nweb: true\n", "sound:\n    beat_volume: 10%\n    ear: left\n\nweb: true\n"),
        ("sound:\n  #ear: both\n  beat_volume: 10%\n", "sound:\n  #ear: both\n  ear: left\n  beat_volume: 10%\n"),
        ("#sound:\n  #ear: both\n\nweb: true\n", "#sound:\nsound:\n  #ear: both\n  ear: left\n\nweb: true\n"),
        ("---\n# mine\n...\n", "---\n# mine\nsound:\n  ear: left\n...\n"),
        ("web: true\r\nsound:\r\n  beat_volume: 10%\r\n", "web: true\r\nsound:\r\n  beat_volume: 10%\r\n  ear: left\r\n"),
        ("sound:\n  'ear': >\n    right\n  # why\nweb: true\n", "sound:\n  'ear': left\n  # why\nweb: true\n"),
        ("sound:\n  speaker: |\n    en\nweb: true\n", "sound:\n  speaker: |\n    en\n  ear: left\nweb: true\n"),
    ],
)
def test_a_value_goes_where_a_person_would_have_put_it(before: str, after: str) -> None:
    assert with_value(before, EAR, "left") == after


def test_a_resting_line_of_another_part_is_not_taken_for_ones_own() -> None:
    before = "keys:\n  #ear: 3\nsound:\n  beat_volume: 10%\n"
    assert with_value(before, EAR, "left") == f"{before}  ear: left\n"
    assert with_value("keys:\n  #web: 3\n", ("web",), True) == "keys:\n  #web: 3\nweb: true\n"


@pytest.mark.parametrize("value", ["no", "1:30", "USB Audio: 7", "# 1", "é", '"', "80%", "30 s", 12, True, "12"])
def test_what_is_written_reads_back_as_the_same(value: object) -> None:
    read = parse(with_value("sound:\n  ear: both\n", EAR, value).encode())
    assert read.problems == ()
    assert read.value == {"sound": {"ear": value}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sound:\n  ear: left\n  beat_volume: 10%\n", "sound:\n  beat_volume: 10%\n"),
        ("sound:\n  ear: left # the road\n  beat_volume: 10%\n", "sound:\n  # the road\n  beat_volume: 10%\n"),
        ("sound:\n  # mine\n  ear: left\nweb: true\n", "#sound:\n  # mine\nweb: true\n"),
        ("#sound:\nsound:\n  ear: left\n", "#sound:\n"),
        ("web: true\n", "web: true\n"),
        ("sound:\n  ear: left", "#sound:\n"),
    ],
)
def test_a_value_that_is_taken_out_leaves_every_comment(before: str, after: str) -> None:
    assert without_value(before, EAR) == after


def test_setting_and_unsetting_can_go_on_for_ever() -> None:
    text = once = without_value(with_value("# mine\n", EAR, "left"), EAR)
    for _ in range(3):
        text = without_value(with_value(text, EAR, "right"), EAR)
    assert text == once


@pytest.mark.parametrize("text", ["sound: [ear]\n", "sound: &a\n  x: *a\n", "--- |\n", "'", "ear\n"])
def test_what_is_no_map_of_words_is_left_to_an_editor(text: str) -> None:
    with pytest.raises(UneditableError):
        with_value(text, EAR, "left")


def test_what_shares_its_line_is_left_to_an_editor() -> None:
    for text in ("sound: {ear: left}\n", "? sound\n: ? ear\n  : left\n"):
        with pytest.raises(UneditableError):
            without_value(text, EAR)
    with pytest.raises(UneditableError, match="is a map"):
        with_value("sound:\n  ear: left\n", ("sound",), "x")
