"""docs/configuration.md and configs/ say what the options are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.config.parse import parse_config
from cued.config.settings import OPTIONS, Entry
from tests.support.tools import REPO

DOCS = (REPO / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = sorted((REPO / "configs").glob("*.yaml"))
RESTING = re.compile(r"^( *)#(\w+:)", re.MULTILINE)
"""An option, or a part, that its `#` puts to rest."""


def table() -> str:
    """The options as docs/configuration.md shows them."""
    rows = [
        f"| `{entry.name}` | {entry.option.about} | {entry.option.kind.words} | {entry.default_text} "
        f"| `{entry.option.example}` | {readers(entry)} |"
        for entry in OPTIONS
    ]
    return "\n".join(["| option | | what stands there | default | example | read by |", "|---|---|---|---|---|---|", *rows])


def readers(entry: Entry) -> str:
    return ", ".join(f"`{verb}`" for verb in entry.option.read_by) or "for `cued daemon`"


def test_the_table_of_options_is_that_of_the_code() -> None:
    assert DOCS.partition("<!-- options -->\n\n")[2].partition("\n\n")[0] == table()


def test_every_example_in_the_text_is_right() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    assert examples
    for example in examples:
        assert parse_config(example.encode(), "docs").warnings == ()


def test_there_is_a_configuration_for_each_kind_of_set_up() -> None:
    assert [path.stem for path in EXAMPLES] == ["desk", "linux-phone", "raspberry-pi"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_shipped_configuration_passes_the_strict_check(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", "--strict", str(path)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_shipped_configuration_holds_every_option_and_tells_what_it_is(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for entry in OPTIONS:
        indent = "  " * (len(entry.path) - 1)
        described = lines.index(f"{indent}# {entry.described}")
        below = next(line for line in lines[described:] if not line.startswith(f"{indent}# "))
        assert re.match(rf"{indent}#?{entry.path[-1]}: ", below), entry.name


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_rests_in_a_shipped_configuration_is_right_once_it_is_woken(path: Path) -> None:
    woken = parse_config(RESTING.sub(r"\1\2", path.read_text(encoding="utf-8")).encode(), path.name)
    assert woken.warnings == ()
    assert set(woken.places) == {entry.path for entry in OPTIONS}
