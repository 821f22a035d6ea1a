"""systemd's unit files, read as far as the tests need: each setting with the comment above it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.support.tools import REPO

FOLDER = REPO / "systemd"
USER = FOLDER / "cued.service"
SYSTEM = FOLDER / "cued-system.service"
DROP_INS = tuple(sorted((FOLDER / "cued.service.d").glob("*.conf")))


@dataclass(frozen=True, slots=True)
class Setting:
    section: str
    name: str
    value: str
    reason: str
    """The comment directly above; empty: none."""


def settings(file: Path) -> list[Setting]:
    found: list[Setting] = []
    section, reason = "", []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            reason.append(line.lstrip("# "))
        elif line.startswith("["):
            section, reason = line.strip("[]"), []
        elif "=" in line:
            name, _, value = line.partition("=")
            found.append(Setting(section, name, value, " ".join(reason)))
            reason = []
        else:
            reason = []
    return found


def values(file: Path, name: str) -> list[str]:
    return [setting.value for setting in settings(file) if setting.name == name]


def seconds(text: str) -> int:
    """`5s`, `10min`."""
    number = text.rstrip("smin")
    return int(number) * {"s": 1, "min": 60}[text.removeprefix(number)]
