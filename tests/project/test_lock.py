"""The lock files are true: in step with pyproject.toml, complete, hashed, and without any address."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.tools import REPO

LOCKS = {"requirements.lock": "build", "requirements-dev.lock": "dev"}
"""Lock file → the dependency group it holds beside the program's own dependencies."""


def project() -> dict[str, Any]:
    return tomllib.loads((REPO / "pyproject.toml").read_text())


def pins(lock: str) -> list[Requirement]:
    text = (REPO / lock).read_text().replace("\\\n", " ")
    return [Requirement(line.split("--hash", maxsplit=1)[0]) for line in text.splitlines() if line.strip()]


def wanted(group: str) -> list[Requirement]:
    """What pyproject.toml asks for directly."""
    content = project()
    words = [*content["project"]["dependencies"], *_group(content["dependency-groups"], group)]
    return [Requirement(word) for word in words]


def _group(groups: dict[str, list[Any]], name: str) -> Iterator[str]:
    for entry in groups[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from _group(groups, entry["include-group"])


def here(requirements: Iterable[Requirement]) -> dict[str, Requirement]:
    """By name, those that hold on this machine."""
    held = (one for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""}))
    return {canonicalize_name(one.name): one for one in held}


def closure(roots: Iterable[Requirement]) -> set[str]:
    """Names of all packages that `roots` need on this machine, by what the installed ones say of themselves."""
    known: set[str] = set()
    ahead = [(root.name, extra) for root in here(roots).values() for extra in ("", *sorted(root.extras))]
    seen = set(ahead)
    while ahead:
        name, extra = ahead.pop()
        known.add(canonicalize_name(name))
        for text in metadata.requires(name) or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                more = {(need.name, one) for one in ("", *need.extras)} - seen
                seen |= more
                ahead += more
    return known


@pytest.mark.parametrize(("lock", "group"), LOCKS.items())
def test_the_lock_holds_exactly_what_pyproject_needs(lock: str, group: str) -> None:
    assert set(here(pins(lock))) == closure(wanted(group))


@pytest.mark.parametrize(("lock", "group"), LOCKS.items())
def test_every_pin_is_a_version_that_pyproject_allows(lock: str, group: str) -> None:
    allowed = {canonicalize_name(one.name): one.specifier for one in wanted(group)}
    for pin in pins(lock):
        (version,) = [one.version for one in pin.specifier if one.operator == "=="]
        assert allowed.get(canonicalize_name(pin.name), pin.specifier).contains(version), pin


def test_the_environment_under_test_is_the_locked_one() -> None:
    installed = {name: metadata.version(pin.name) for name, pin in here(pins("requirements-dev.lock")).items()}
    assert installed == {
        name: str(pin.specifier).removeprefix("==") for name, pin in here(pins("requirements-dev.lock")).items()
    }


def test_the_lock_for_tests_holds_the_same_versions_as_the_one_for_runners() -> None:
    assert {str(pin) for pin in pins("requirements.lock")} <= {str(pin) for pin in pins("requirements-dev.lock")}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_line_an_address(lock: str) -> None:
    text = (REPO / lock).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) == len(pins(lock))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_one_for_all_processors(lock: str) -> None:
    assert not [str(pin) for pin in pins(lock) if "platform_machine" in str(pin.marker)]
