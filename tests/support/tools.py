"""Programs and data that a machine may lack: a test that needs one is skipped by its name, and fails where CI must have it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
"""The checkout under test."""


def in_ci() -> bool:
    """True where nothing may be missing: `CI=true`, as every CI sets it."""
    return os.environ.get("CI", "").lower() == "true"


def require_tool(*names: str) -> Path:
    """The path of the first program in `names` that is there; else the test is skipped, or fails under CI."""
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    missing(f"no {' or '.join(names)} on this machine: `make test` installs it where it may")
    raise AssertionError  # `missing` never returns


def missing(reason: str) -> None:
    """Skip the running test for `reason`; under CI fail it, since a skipped test there checks nothing."""
    if in_ci():
        pytest.fail(f"{reason} (under CI nothing may be skipped)", pytrace=False)
    pytest.skip(reason)


def data_folder() -> Path | None:
    """The shared recordings (`CUED_TEST_DATA`, default `../shared/data` beside the checkout), or None."""
    folder = Path(os.environ.get("CUED_TEST_DATA") or REPO.parent / "shared" / "data")
    return folder if folder.is_dir() else None
