"""`cued pack new`: a few answers become a commented pack that passes every check."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cued.cli.main import main
from cued.errors import UsageError
from cued.packs.load import parse_pack
from cued.packs.newpack import MINUTE_NS, Answers, Beat, Way, pack_text
from tests.support.terminal import OnTerminal

CUED = (sys.executable, "-m", "cued", "pack")


CUES = st.lists(
    st.sampled_from(["Light feet.", "no", 'Yes: #1 "now"', "Füße!", "1:30", "it's", "{cadence} steps", "a \\ b", "null"]),
    unique=True,
    max_size=10,
)  # fmt: skip
LENGTH = st.integers(1, 60).map(lambda minutes: minutes * MINUTE_NS)


@settings(max_examples=150)
@given(
    cues=CUES,
    way=st.sampled_from(Way),
    beat=st.sampled_from(Beat),
    change=st.integers(-50, 10).map(lambda percent: percent / 100),
    phase=st.none() | st.integers(1, 6),
    title=st.sampled_from(["Hills", "yes", "Phase: #2", "\"Quoted\" 'twice'", "1.0"]),
    author=st.sampled_from(["", "Anna", "no", 'O\'Neill, "Bo": # 1']),
    lengths=st.tuples(LENGTH, LENGTH, LENGTH, LENGTH, LENGTH),
)
def test_every_answer_makes_a_pack_that_passes_the_strict_check(
    cues: list[str],
    way: Way,
    beat: Beat,
    change: float,
    phase: int | None,
    title: str,
    author: str,
    lengths: tuple[int, int, int, int, int],
) -> None:
    answers = Answers("hills", title, tuple(cues), way, beat, change, phase, "en", "CC-BY-4.0", author, *lengths)
    if not cues and beat is Beat.NONE:
        with pytest.raises(UsageError, match="silent"):
            pack_text(answers)
        return
    text = pack_text(answers)
    loaded = parse_pack(text.encode(), "hills.yaml")
    assert loaded.warnings == ()
    assert (loaded.pack.name, loaded.pack.title, loaded.pack.phase) == ("hills", title, phase)
    assert [cue.say for cue in loaded.pack.cues] == cues
    assert loaded.pack.authors == ((author,) if author else ())
    assert text.count("#") >= 8
    assert max(len(line) for line in text.splitlines()) < 160


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (Answers("../x", "X", ("Light.",)), "no pack's name"),
        (Answers("a\nb", "X", ("Light.",)), "no pack's name"),
        (Answers("x" * 65, "X", ("Light.",)), "no pack's name"),
        (Answers("x", "X", ("one two three four five six seven eight nine",)), "9 words"),
        (Answers("x", "X", ("{cadance}",)), "Did you mean `cadence`"),
        (Answers("x", "X", ("a" * 201,)), "at most 200"),
        (Answers("x", "X", ("Light.", "Light.")), "twice"),
        (Answers("x", "X", tuple(f"Cue {n}." for n in range(13))), "at most 12"),
        (Answers("x", "", ("Light.",)), "the text is empty"),
        (Answers("x", "X", ("Light.",), language="English"), "language code"),
        (Answers("x", "X\x1b[2J", ("Light.",)), "control character"),
    ],
)
def test_answers_that_make_no_pack_are_refused_with_the_reason(answers: Answers, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        pack_text(answers)


def test_options_make_a_pack_without_questions(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--cue", "Quick and light.", "--beat", "target", "--change", "+3%", "--way", "feeder", "--feeder", "60s"]
    assert main(["pack", "new", "hills", *words]) == 0
    assert "cued pack show hills" in capsys.readouterr().out
    pack = parse_pack((packs / "hills.yaml").read_bytes(), "hills.yaml").pack
    assert pack.target.change == pytest.approx(0.03)
    assert [segment.name for segment in pack.segments()] == ["warmup", "feeder", "steady", "cooldown"]
    assert main(["pack", "check", "hills", "--strict"]) == 0


@pytest.mark.parametrize("words", [["--cue", "One."], ["--cue", "One.", "--every", "3min"], ["--cue", "One.", "--cue", "Two."]])
def test_every_cue_of_a_new_pack_can_be_said_when_its_turn_comes(
    packs: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "new", "hills", *words]) == 0
    assert main(["rehearse", "hills", "--length", "60min"]) == 0
    out = capsys.readouterr().out
    assert "“One.”" in out
    assert "not said" not in out


def test_a_new_pack_names_the_file_that_it_is_found_by(packs: Path, tmp_path: Path) -> None:
    path = tmp_path / "my hills.yaml"
    assert main(["pack", "new", "hills", "--cue", "One.", "-o", str(path)]) == 0
    assert f"`cued pack check '{path}'` finds" in path.read_text()


def test_the_running_between_feeders_has_no_words_and_says_so(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "new", "hills", "--cue", "One.", "--way", "feeder"]) == 0
    assert main(["pack", "show", "hills"]) == 0
    assert "6 min 30 s steady: no words" in capsys.readouterr().out


def test_nothing_is_overwritten(packs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "new", "hills", "--beat", "own"]) == 0
    before = (packs / "hills.yaml").read_bytes()
    assert main(["pack", "new", "hills", "--cue", "Other."]) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert (packs / "hills.yaml").read_bytes() == before
    (tmp_path / "mine.yaml").symlink_to(tmp_path / "nowhere")
    assert main(["pack", "new", "other", "--beat", "own", "-o", str(tmp_path / "mine.yaml")]) == 2
    assert not (tmp_path / "nowhere").exists()
    assert main(["pack", "new", "integration", "--beat", "own"]) == 2
    assert "would hide" in capsys.readouterr().err
    assert main(["pack", "new", "other", "--beat", "own", "-o", str(tmp_path / "other.yaml")]) == 0
    assert main(["pack", "check", str(tmp_path / "other.yaml"), "--strict"]) == 0


def test_without_a_terminal_what_is_missing_is_said(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "new"]) == 2
    assert "NAME is missing" in capsys.readouterr().err
    assert main(["pack", "new", "hills"]) == 2
    assert "give a --cue or a --beat (on a terminal `cued pack new hills` asks" in capsys.readouterr().err
    assert main(["pack", "new", "hills", "--beat", "own", "--change", "40"]) == 2
    assert "between 50 per cent under and 10 over" in capsys.readouterr().err
    assert not packs.exists()


def test_on_a_terminal_it_asks_in_plain_words_and_asks_again_what_it_does_not_understand(packs: Path) -> None:
    answers = {
        "called by": ["Bad Name", "hills"],
        "Its title": ["Up and down"],
        "short feeders": ["2"],
        "A beat": ["seven", "3"],
        "How many per cent": ["40", "4"],
        "A phase": [""],
        "language": [""],
        "  ": ["one two three four five six seven eight nine", "Push the hill away.", "Push the hill away.", ""],
        "warm-up": ["5 minutes", "5 min"],
        "is a feeder": ["1 min"],
        "after it": [""],
        "cool-down": [""],
        "Who wrote": ["Anna"],
    }
    with OnTerminal([*CUED, "new"]) as terminal:
        for question, given in answers.items():
            for answer in given:
                before = len(terminal.text)
                terminal.expect(lambda q=question: q in terminal.text.replace("\r\n", "\n"))  # type: ignore[misc]  # bound now
                terminal.press(f"{answer}\n")
                terminal.expect(lambda size=before: len(terminal.text) > size)  # type: ignore[misc]  # likewise
        assert terminal.end() == 0
        assert "9 words" in terminal.text
        assert "a cue is there twice" in terminal.text
    pack = parse_pack((packs / "hills.yaml").read_bytes(), "hills.yaml").pack
    assert (pack.title, pack.authors, [cue.say for cue in pack.cues]) == ("Up and down", ("Anna",), ["Push the hill away."])
    assert [segment.name for segment in pack.segments()] == ["warmup", "feeder", "steady", "cooldown"]
    assert pack.target.change == pytest.approx(0.04)
    assert pack.limits.quiet_start_ns == 5 * MINUTE_NS


def test_a_pack_that_would_be_silent_is_not_asked_for_to_the_end(packs: Path) -> None:
    with OnTerminal([*CUED, "new", "hills"]) as terminal:
        terminal.expect(lambda: "Its title" in terminal.text)
        terminal.press("\n" * 6)  # every usual answer, and no cue
        terminal.expect(lambda: "without a beat it needs a cue" in terminal.text)
        terminal.press("Light feet.\n" + "\n" * 6)
        assert terminal.end() == 0
    assert [cue.say for cue in parse_pack((packs / "hills.yaml").read_bytes(), "hills.yaml").pack.cues] == ["Light feet."]


def test_an_end_of_answers_writes_nothing(packs: Path) -> None:
    with OnTerminal([*CUED, "new", "hills"]) as terminal:
        terminal.expect(lambda: "Its title" in terminal.text)
        terminal.press("\x04")
        assert terminal.end() == 2
        assert "nothing was written" in terminal.text
    assert not packs.exists()
