"""`cued drills`: the sets there are, what they ask for, and being led through one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.journal.reader import reading
from tests.packs.shipped import SETS
from tests.support.terminal import OnTerminal

Capture = pytest.CaptureFixture[str]


def drills(*words: str, capsys: Capture) -> tuple[int, str, str]:
    code = main(["drills", *words])
    shown = capsys.readouterr()
    assert "fault in cued" not in shown.err
    return code, shown.out, shown.err


def test_list_names_the_sets_and_no_other_pack(capsys: Capture) -> None:
    code, out, _ = drills("list", capsys=capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines() if not line.startswith(" ")] == list(SETS)
    assert "13 min; needs grass" in out
    rows = json.loads(drills("list", "--json", capsys=capsys)[1])
    assert [row["name"] for row in rows] == list(SETS)
    assert all(row["minutes"] <= 15 and row["languages"] == ["de", "en"] for row in rows)


def test_show_tells_each_drill_with_its_dose(capsys: Capture) -> None:
    code, out, _ = drills("show", "a", capsys=capsys)
    assert code == 0
    assert out.startswith("Set A: feet and first springs: 13 min\n")
    assert "Calf raises, both feet. Up one, down three.  (12 times 4 s, to a click at 60, loads the calf)" in out
    assert "grass, 2:19, after a press" in out
    german = drills("show", "set-a", "--language", "de", capsys=capsys)[1]
    assert "Wadenheben, beide Füße." in german
    assert "\nGleichgewicht, " in german


def test_show_as_json_has_every_word_and_click(capsys: Capture) -> None:
    told = json.loads(drills("show", "strength", "--json", capsys=capsys)[1])
    calves = told["segments"][0]
    assert calves["said"][0] == {"t_s": 0.0, "drill": "calf_single", "text": "Calf raises on one leg. Up one, down three."}
    assert {stretch["spm"] for stretch in calves["clicks"]} == {60.0}
    assert [one["text"] for one in calves["said"]].count("Twelve.") == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("show", "integration"), "is no set of drills"),
        (("play", "metronome"), "is no set of drills"),
        (("play", "nonsense"), "there is no set of drills `nonsense`: there are set-a, set-b, strength, or name a file"),
        (("show", "strenght"), "did you mean strength?"),
    ],
)
def test_what_is_no_set_is_refused(words: tuple[str, ...], message: str, capsys: Capture) -> None:
    code, out, err = drills(*words, capsys=capsys)
    assert code in (1, 2)
    assert out == ""
    assert message in err


def test_a_set_is_played_to_its_end_and_kept_as_a_session(tmp_path: Path, capsys: Capture) -> None:
    path = str(tmp_path / "journal.db")
    words = ["play", "strength", "--output", "null", "--rate", "400", "--journal", path, "--socket", "none"]
    code, out, _ = drills(*words, capsys=capsys)
    assert code == 0
    assert out.splitlines()[-1].startswith("1")
    assert f"of drills, kept as session 1 --journal {path}." in out
    assert main(["log", "show", "1", "--journal", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pack"] == "strength"


def test_a_set_is_played_in_german_by_its_german_title(capsys: Capture) -> None:
    words = ["play", "set-b", "--output", "null", "--rate", "1000", "--journal", "none", "--socket", "none", "--keys", "none"]
    code, out, err = drills(*words, "--language", "de", capsys=capsys)
    assert code == 0
    assert "Übungen B: Landen und Hüpfen: 11 min." in err
    assert "has no texts in de" not in err
    assert "Such dir Gras, dann Taste Weiter." in out
    assert "set-b has no texts in fr" in drills(*words, "--language", "fr", capsys=capsys)[2]


@pytest.mark.slow
def test_on_a_terminal_any_key_ends_it(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "cued", "drills", "play", "strength", "--output", "null", "--journal", "none"]
    words += ["--socket", str(tmp_path / "s"), "--keys", "none"]
    with OnTerminal(words) as terminal:
        terminal.expect(lambda: "Calf raises on one leg." in terminal.text, 60.0)
        terminal.press("\n")  # on a terminal that is not its own, keys come by the line
        assert terminal.end() == 0
        assert "of drills" in terminal.text


def test_play_leaves_out_what_loads_an_injured_place_and_says_so_unless_the_whole_set_is_asked_for(
    tmp_path: Path, capsys: Capture
) -> None:
    journal = tmp_path / "journal.db"
    assert main(["plan", "injured", "calf", "--journal", str(journal)]) == 0
    quick = ("--rate", "1000", "--output", "null", "--socket", "none", "--keys", "none")
    words = ("play", "set-a", *quick, "--journal", str(journal))
    code, _, err = drills(*words, capsys=capsys)
    assert code == 0
    assert "left out, for it loads what is sore or injured: calf_raise, grass_jog, ankling, pogo" in err
    with reading(journal) as read:
        assert any("Drills that load what is sore are left out." in line for lines in read.lines(1) for line in lines)
    code, _, err = drills(*words, "--whole", capsys=capsys)
    assert (code, "left out" in err) == (0, False)
