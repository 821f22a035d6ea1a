"""What the tests of packs from strangers share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from cued.errors import PackError
from cued.packs.taking import Taken, taken
from tests.packs.samples import SMALLEST

SOUND: Final = SMALLEST + "cues: {a: {sound: a.wav}}\nrules: [{when: {segment: start}, say: a}]\n"


def second(_folder: Path, _name: str) -> float:
    """A stand-in for the reader of sound files: everything is a sound of a second."""
    return 1.0


def refused(path: Path, home: Path) -> str:
    """Why it is not taken, in sentences that cannot steer a terminal."""
    with pytest.raises(PackError) as caught, taken(path, home, second, second):
        pass
    told = str(caught.value)
    assert all(line.isprintable() for line in told.splitlines())
    return told


def names_of(path: Path, home: Path) -> tuple[list[str], Taken]:
    """The files that would be taken."""
    with taken(path, home, second, second) as coming:
        if coming.content.is_file():
            return [coming.content.name], coming
        return sorted(one.relative_to(coming.content).as_posix() for one in coming.content.rglob("*") if one.is_file()), coming
