"""docs/requirements.md read by a machine: its rows, whether the tests it names exist, and whether they ran.

Existence is looked up in the source, so that it is known whatever part of the tests is run. That they *ran* can only be
known at the end of a run of everything: `Witness` hears every report. Where pytest-xdist is at work the reports of all
workers arrive at the controller, which alone has a witness. At the end the witness asks for each named test whether at least
one of its cases passed and none failed; one that was skipped whole (a tool or recording that is not there) is named, and no
failure. A run of a part (files, `-k`, `-x`, `--lf`, …) is not judged: it cannot know.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import pytest

TABLE: Final = Path("docs/requirements.md")
COUNT: Final = 52
_ROW: Final = re.compile(r"^\|\s*R(\d+)\s*\|(.*)\|(.*)\|(.*)\|\s*$", re.MULTILINE)
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py::[\w:]+)`")
WHOLE_MARKS: Final = frozenset(
    {"", "not soak", "not audio and not soak", "not audio and not alone and not soak", "soak or not soak"}
)
"""What `make test`, `make soak-tests` and a bare `pytest` select by: no named test is of sound, wants the machine for itself or
takes minutes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement."""

    number: int
    what: str
    where: str
    tests: tuple[str, ...]
    """Node ids without parameters."""


def rows(text: str) -> tuple[Row, ...]:
    """Every row of the page's tables, in order."""
    return tuple(
        Row(int(number), what.strip(), where.strip(), tuple(_TEST.findall(shown)))
        for number, what, where, shown in _ROW.findall(text)
    )


def exists(root: Path, node: str) -> bool:
    """Is there such a test: a function of that name, in that class if one is named, in that file?"""
    file, *inner = node.split("::")
    return tuple(inner) in _tests_in(root / file)


@lru_cache
def _tests_in(file: Path) -> frozenset[tuple[str, ...]]:
    if not file.is_file() or not file.name.startswith("test_"):
        return frozenset()
    found: set[tuple[str, ...]] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found.add((node.name,))
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found |= {
                (node.name, inner.name)
                for inner in node.body
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test_")
            }
    return frozenset(found)


def is_whole(config: pytest.Config) -> bool:
    """Was everything asked for: no files, no words, no selection but by the marks that `make test` leaves out?"""
    option = config.option
    asked = [Path(str(one)).resolve() for one in config.args]
    places = [(config.rootpath / one).resolve() for one in config.getini("testpaths")]
    chosen = [
        option.keyword,
        option.collectonly,
        *(getattr(option, name, None) for name in ("deselect", "ignore", "ignore_glob")),
    ]
    chosen += [getattr(option, name, None) for name in ("lf", "stepwise", "stepwise_skip", "maxfail")]
    return asked == places and option.markexpr in WHOLE_MARKS and not any(chosen)


class Witness:
    """A plugin that hears which tests ran, and ends a whole run badly where a named one did not pass."""

    def __init__(self, root: Path) -> None:
        table = root / TABLE
        named = rows(table.read_text(encoding="utf-8")) if table.is_file() else ()
        self.named = tuple(dict.fromkeys(test for row in named for test in row.tests))
        self.ends: defaultdict[str, set[str]] = defaultdict(set)
        self.missing: list[str] = []
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a case is over; a case that is skipped is so in its setup, one that passes in its call."""
        if report.when == "call" or report.outcome != "passed":
            self.ends[report.nodeid.partition("[")[0]].add(report.outcome)

    def judge(self) -> None:
        """What of the named tests did not pass, and what was skipped whole."""
        for test in self.named:
            ends = self.ends.get(test, set())
            if ends == {"skipped"}:
                self.skipped.append(test)
            elif "passed" not in ends or "failed" in ends:
                self.missing.append(f"{test} {'failed' if 'failed' in ends else 'did not run'}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Judge a whole run; one that was broken off is bad already."""
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and is_whole(session.config):
            self.judge()
            if self.missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what is missing."""
        for words, tests in (("did not pass", self.missing), ("was skipped here", self.skipped)):
            if tests:
                terminalreporter.write_sep("=", f"named in {TABLE}, and {words}", red=tests is self.missing)
                for test in tests:
                    terminalreporter.write_line(test)


def watch(config: pytest.Config) -> None:
    """Register a witness: in the controller of a run, never in its workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Witness(config.rootpath), "requirements")
