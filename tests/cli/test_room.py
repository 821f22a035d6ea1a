"""A run that has no room for its pack is told so wherever a length is asked for, before anything else happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.packs.catalog import catalogue, shipped_folder

TOO_SHORT = "a run of 20 min has no room for a round of feeder and steady: no beat, no cues. integration needs 24 min"
ENDS = "the plan of integration ends at 16:00, the run at 20:00"
LENGTH = ("--length", "20min")


def test_the_start_of_a_run_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--pack", "integration", "--sensor", "none", "--beat", "164", "--rate", "1000", "--journal", "none")
    assert main(["run", *words, *LENGTH]) == 0
    err = capsys.readouterr().err.splitlines()
    assert TOO_SHORT in err
    assert ENDS in err


def test_a_rehearsal_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "integration", *LENGTH]) == 0
    assert TOO_SHORT in capsys.readouterr().err


def test_a_rendering_tells_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["render", "integration", "--cadence", "166", "--format", "wav", "-o", str(tmp_path / "t"), *LENGTH]) == 0
    assert TOO_SHORT in capsys.readouterr().err


def test_a_pack_that_is_shown_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "show", "integration", *LENGTH]) == 0
    assert TOO_SHORT in " ".join(capsys.readouterr().out.split())


def test_a_pack_that_is_shown_for_a_known_length_says_nothing_of_an_unknown_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "show", "integration", *LENGTH]) == 0
    assert "Without a known length" not in capsys.readouterr().out
    assert main(["pack", "show", "integration"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "the run goes on until you end it" in out


def test_a_run_that_breaks_the_plan_off_is_told_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "awareness", "--length", "20min"]) == 0
    assert "a run of 20 min ends in the middle of beat, before probe, feel and cooldown" in capsys.readouterr().err


def test_dropped_rounds_are_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pack = tmp_path / "hills.yaml"
    pack.write_text(
        'format: 1\nname: hills\nversion: 1.0.0\ntitle: "Hills"\nlanguage: en\nlicense: CC0-1.0\nsession:\n'
        "  - {segment: warmup, for: 5 min}\n"
        "  - repeat: 3\n    segments: [{segment: up, for: 1 min, metronome: {mode: follow}}, {segment: down, for: 4 min}]\n"
        "  - {segment: cooldown, for: 5 min, optional: true}\n"
    )
    assert main(["rehearse", str(pack), "--length", "15min"]) == 0
    assert (
        "a run of 15 min has no room for 1 of the 3 rounds of up and down, and ends before cooldown" in capsys.readouterr().err
    )
    assert main(["rehearse", str(pack), "--length", "30min"]) == 0
    assert "no room" not in capsys.readouterr().err


def test_a_rehearsal_without_a_length_takes_what_the_pack_needs_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "fatigue", "--sim", "tired"]) == 0
    out = capsys.readouterr().out
    needs = "No length was given: 1 h 5 min, so that what fatigue waits for has time to come. --length 50min takes another."
    assert needs in out.splitlines()
    assert "Rhythm dropped." in out
    assert main(["rehearse", "fatigue", "--sim", "tired", "--length", "50min"]) == 0
    assert "No length was given" not in capsys.readouterr().out


@pytest.mark.parametrize("pack", [found.name for found in catalogue(((shipped_folder(), True),))])
def test_no_pack_rehearses_to_silence_without_a_word_why(pack: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", pack, "--json"]) == 0
    run = json.loads(capsys.readouterr().out)
    assert any(note.startswith("No length was given: ") for note in run["notes"])
    assert run["clicks"] or run["heard"]
    if not run["clicks"] and run["heard"] < 2:
        assert main(["rehearse", pack]) == 0
        out = capsys.readouterr().out
        assert f"{pack} is silent on purpose" in out or pack == "fatigue"


def test_a_runner_who_gives_a_pack_no_occasion_is_told_what_it_waits_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pack = tmp_path / "late.yaml"
    head = 'format: 1\nname: late\nversion: 1.0.0\ntitle: "Late"\nlanguage: en\nlicense: CC0-1.0\n'
    run = 'session:\n  - {segment: run, for: 20 min}\ncues:\n  slow: {say: "Ease off."}\n'
    pack.write_text(f"{head}{run}rules:\n  - {{when: {{pace_drop: 20%, for: 20 s}}, say: slow}}\n")
    assert main(["rehearse", str(pack)]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith("Nothing was heard: late speaks when you have been 20% slower than")
    pack.write_text(head + run.partition("cues:")[0])
    assert main(["rehearse", str(pack)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "late has no cues on purpose: it only records."
