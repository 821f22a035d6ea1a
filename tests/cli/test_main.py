from __future__ import annotations

import argparse
import shlex
import subprocess
import sys

import pytest

import cued
from cued.cli.main import VERBS, Verb, load, main, parser_of

ODD = (
    Verb("odd", "tests.support.fake_verb", "an odd verb", first=True),
    Verb("even", "tests.support.no_such_module", "never imported"),
    Verb("hidden", "tests.support.fake_verb", "not shown", listed=False),
)
HEAVY = ("numpy", "sounddevice", "soundfile", "soxr", "pydantic", "rich", "yaml", "bleak", "asyncio", "subprocess", "cued.core")


def run(*words: str) -> int:
    return main(words, ODD)


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_the_help_lists_verbs_with_the_first_ones_first(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 0
    text = capsys.readouterr().out
    assert text.index("an odd verb") < text.index("never imported")
    assert "hidden" not in text


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"cued {cued.__version__}\n"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["odd", "--end", "wrong"], 2, "that cannot be"),
        (["odd", "--end", "bad"], 2, "run.fit is empty"),
        (["odd", "--end", "full"], 2, "out.wav: No space left on device"),
        (
            ["odd", "--end", "broken"],
            2,
            "a fault in cued itself: ZeroDivisionError: division by zero. CUED_DEBUG=1 shows where.",
        ),
        (["odd", "--edn=well"], 2, "there is no option --edn; did you mean --end? `cued odd --help` lists them."),
        (["odd", "sub", "--dep=3"], 2, "there is no option --dep; did you mean --deep? `cued odd sub --help` lists them."),
        (["odd", "--zzzzzz"], 2, "there is no option --zzzzzz. `cued odd --help` lists them."),
        (["odd", "--en=well"], 2, "there is no option --en; did you mean --end? `cued odd --help` lists them."),
        (["od"], 2, "there is no verb od; did you mean odd? `cued --help` lists them."),
        (["--hepl"], 2, "there is no option --hepl; did you mean --help? `cued --help` lists them."),
        (["odd", "--lines", "many"], 2, "--lines: invalid int value: 'many'. `cued odd --help` shows how."),
    ],
)
def test_a_mistake_is_one_sentence_and_an_exit_code(
    words: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == code
    assert capsys.readouterr().err == f"cued: {sentence}\n"


@pytest.mark.parametrize(("end", "code"), [("well", 0), ("checked", 1), ("interrupted", 130), ("pipe", 141)])
def test_an_end_without_a_mistake_says_nothing(end: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("odd", "--end", end) == code
    assert capsys.readouterr().err == ""


def test_the_traceback_of_a_fault_is_there_for_who_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUED_DEBUG", "1")
    assert run("odd", "--end", "broken") == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_goes_away_ends_the_program_quietly(lines: int) -> None:
    program = (
        "import sys; from cued.cli.main import main; from tests.cli.test_main import ODD\n"
        "sys.stdin.read()\n"  # until the test has closed the other end
        f"sys.exit(main(['odd', '--lines', '{lines}'], ODD))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        child.stdin.close()
        assert (child.wait(60), child.stderr.read()) == (141, b"")


def test_the_help_of_cued_imports_no_verb_and_nothing_heavy() -> None:
    program = "import sys; from cued.cli.main import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "cued.cli.main" in loaded
    assert not loaded & {*HEAVY, *(verb.module.partition(":")[0] for verb in VERBS)}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_has_a_help_that_ends_in_an_example(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb.name, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: cued {verb.name}")
    assert text.rstrip().splitlines()[-1].strip().startswith("cued ")


def subverbs(verb: Verb) -> dict[str, argparse.ArgumentParser]:
    """The words after a verb, each with its parser."""
    parser = parser_of(verb, load(verb))
    tables = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(tables[0]) if tables else {}


SUBVERBS = [(verb, name) for verb in VERBS for name in subverbs(verb)]


@pytest.mark.parametrize(("verb", "name"), SUBVERBS, ids=lambda part: part if isinstance(part, str) else part.name)
def test_every_word_after_a_verb_has_a_help_that_ends_in_an_example_it_understands(verb: Verb, name: str) -> None:
    child = subverbs(verb)[name]
    example = child.format_help().rstrip().splitlines()[-1].strip()
    command = shlex.split(example.partition(" > ")[0])
    assert command[:3] == ["cued", verb.name, name]
    child.parse_args(command[3:])


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_help_of_every_verb_imports_no_heavy_library(verb: Verb) -> None:
    program = f"import sys; from cued.cli.main import main; code = main([{verb.name!r}, '--help'])"
    program += "; print(*sys.modules, file=sys.stderr); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"numpy", "sounddevice", "soundfile", "soxr", "pydantic", "rich", "bleak"}
    assert not set(done.stderr.split()) & heavy


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_line_of_an_example_is_one_that_the_verb_understands(verb: Verb) -> None:
    module = load(verb)
    for line in module.EXAMPLE.strip().splitlines():
        command = shlex.split(line.partition(" | ")[0], comments=True)
        assert command[:2] == ["cued", verb.name]
        args, unknown = parser_of(verb, module).parse_known_args(command[2:])
        assert args is not None
        assert unknown == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("pack chek", "there is no `cued pack chek`; did you mean check? `cued pack --help` lists what there is."),
        ("log lst", "there is no `cued log lst`; did you mean list? `cued log --help` lists what there is."),
        ("log zzzz", "there is no `cued log zzzz`. `cued log --help` lists what there is."),
        ("run --ear lft", "--ear lft: give left, right or both; did you mean left?"),
        ("run --output nul", "--output nul: give device, device:NAME, null or file:PATH; did you mean null?"),
        ("run --sensor bel", "did you mean ble?"),
        ("render x --cadence 166 --length 9min -o x --format mp4", "give mp3, ogg, wav or flac; did you mean mp3?"),
        ("pack", "say what: list, show, check,"),
        ("setup --from", "cued: --from: say what: safety, "),
        ("run --length", "cued: --length wants its T. `cued run --help` shows how."),
        ("log list --limit -3", "cued: --limit: -3 is less than 1. `cued log list --help` shows how."),
        ("log list --limit 0", "cued: --limit: 0 is less than 1. "),
        ("log list --limit x", "cued: --limit: 'x' is no whole number. "),
        ("volume +5", "cued: PERCENT: +5: give 0 to 100 (per cent). "),
        ("plan target 180", "cued: 180: give keep or raise\n"),
        ("config set", "OPTION and VALUE are missing. `cued config set --help` shows how."),
        (
            "run integration",
            "'integration' is one word too many; did you mean --pack integration? `cued run --help` shows how.",
        ),
        ("run integratoin", "did you mean --pack integration?"),
        ("run mine.yaml", "did you mean --pack mine.yaml?"),
        ("run 30min", "'30min' is one word too many; did you mean --length 30min? `cued run --help` shows how."),
        ("run zzzz", "'zzzz' is one word too many. `cued run --help` shows how."),
    ],
)
def test_a_word_that_does_not_fit_is_told_with_what_was_probably_meant(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == 2
    assert sentence in capsys.readouterr().err
