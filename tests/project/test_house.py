"""The house rules that a machine can see."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import cued
from tests.support.tools import REPO

MAX_LINES = 400
"""Of a module: what a reader keeps in mind at once."""


def files(*patterns: str) -> list[Path]:
    """The repository's own files, those not yet committed included."""
    words = ["git", "-C", str(REPO), "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    found = sorted({REPO / name for name in names})
    return [file for file in found if file.is_file()]


def trees(*patterns: str) -> list[tuple[str, ast.Module]]:
    return [(str(file.relative_to(REPO)), ast.parse(file.read_text())) for file in files(*patterns)]


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    lengths = {file: len(file.read_text().splitlines()) for file in files("*.py")}
    assert lengths
    assert {str(file.relative_to(REPO)): length for file, length in lengths.items() if length > MAX_LINES} == {}


def test_every_package_says_what_may_live_in_it() -> None:
    said = {name: ast.get_docstring(tree) or "" for name, tree in trees("cued/**/__init__.py", "cued/__init__.py")}
    assert said
    assert [name for name, text in said.items() if not 1 <= len(text.splitlines()) <= 6] == []


def test_no_test_sleeps_and_none_replaces_parts_behind_the_programs_back() -> None:
    forbidden = re.compile(r"^(time|asyncio)\.sleep$|^(unittest\.)?mock\b|^MagicMock$|^monkeypatch\.setattr$")
    found = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, tree in trees("tests/*.py", "tests/**/*.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and forbidden.search(ast.unparse(node.func))
    ]
    assert found == []


def test_every_test_asserts_something() -> None:
    words = ("assert", "wait_for", "raises", "check", "expect", "warns", "fail")

    def asserts(node: ast.AST) -> bool:
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        return isinstance(node, ast.Assert) or any(word in called for word in words)

    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees("tests/**/test_*.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test")
        and not any(asserts(inner) for inner in ast.walk(node))
    ]
    assert silent == []


def test_the_core_the_plan_and_the_simulated_runner_add_up_the_same_everywhere() -> None:
    found = []
    for pattern in ("cued/core/*.py", "cued/coaching/*.py", "cued/sensors/simulated.py", "cued/sensors/runner_presets.py"):
        for name, tree in trees(pattern):
            for node in ast.walk(tree):
                powers = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow)
                sums = isinstance(node, ast.Call) and ast.unparse(node.func) in {
                    "sum",
                    "pow",
                    "math.exp",
                    "math.fsum",
                    "math.sin",
                }
                imports = isinstance(node, ast.Import | ast.ImportFrom) and "math" in ast.unparse(node)
                if powers or sums or imports:
                    found.append(f"{name}:{getattr(node, 'lineno', 0)} {ast.unparse(node)}")
    assert found == []


def test_every_silenced_warning_has_its_reason_beside_it() -> None:
    mark = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?::\s*[A-Z0-9, ]+|\[[a-z-, ]+\])?(.*)$")
    bare = []
    for file in files("cued/**.py", "tests/**.py", "benchmarks/**.py", "*.py"):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            found = mark.search(line)
            if found and "re.compile" not in line and not re.search(r"[-#:(]?\s*\w.{4,}", found[1]):
                bare.append(f"{file.relative_to(REPO)}:{number} {line.strip()}")
    assert bare == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a person's own folder", r"(?:/home/|/Users/|C:\\Users\\)(?!(?:runner|pi|you|user|USER)\b)[a-z]"),
        ("root's own folder", r"(?<![\w.$}])/root/"),
        ("a place that no other machine has", r"(?<![\w.])/(?:mnt|media|srv|opt|workspace|builds?)/\w+/\w+"),
        ("a promise instead of a piece of work", r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
        ("a number that only a tracker knows", r"(?i)\bissue\s+#?\d+"),
        ("a secret", r"-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{20}|\bAKIA[A-Z0-9]{16}\b"),
    ],
)
def test_the_repository_speaks_of_the_project_alone(what: str, pattern: str) -> None:
    expression = re.compile(pattern)
    found = []
    for file in files():
        if file == Path(__file__):
            continue
        try:
            text = file.read_text()
        except UnicodeDecodeError:  # a sound, a picture
            continue
        found += [f"{file.relative_to(REPO)}: {match[0]}" for match in expression.finditer(text)]
    assert found == [], what


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## \[([^\]]+)\]", (REPO / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] in {"Unreleased", version}
    assert version in {heading.removesuffix(" - unreleased") for heading in headings}
    assert cued.__version__ == version


def test_the_rules_of_purity_name_every_pure_room_there_is() -> None:
    contracts = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (pure,) = [contract for contract in contracts if contract["id"] == "pure"]
    rooms = {f"cued.{room}" for room in ("core", "coaching") if (REPO / "cued" / room).is_dir()}
    assert rooms == set(pure["source_modules"])


def test_every_link_in_the_documents_leads_to_a_file() -> None:
    links = [
        (file, target) for file in files("*.md") for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", file.read_text())
    ]
    inner = [(file, target) for file, target in links if "://" not in target]
    assert [(file.name, target) for file, target in inner if not (file.parent / target).exists()] == []
