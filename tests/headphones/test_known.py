"""The runner's headphones are remembered, the latest paired first."""

from __future__ import annotations

from pathlib import Path

import pytest

from cued.errors import HeadphonesError
from cued.headphones.known import KnownHeadphones, OwnHeadphones

SHOKZ = KnownHeadphones("C0:FF:EE:00:00:10", "Shokz")
BUDS = KnownHeadphones("C0:FF:EE:00:00:11")


@pytest.fixture
def own(tmp_path: Path) -> OwnHeadphones:
    return OwnHeadphones(tmp_path / "data" / "headphones.json")


def test_the_latest_paired_come_first_and_once(own: OwnHeadphones) -> None:
    for one in (SHOKZ, BUDS, SHOKZ):
        own.put(one)
    assert own.all() == (SHOKZ, BUDS)
    own.forget(SHOKZ)
    assert own.all() == (BUDS,)
    assert BUDS.called == BUDS.address


def test_a_broken_file_is_one_sentence(own: OwnHeadphones) -> None:
    own.path.parent.mkdir()
    own.path.write_text('{"format": 99, "headphones": []}', encoding="utf-8")
    with pytest.raises(HeadphonesError, match="your headphones cannot be read \\(it was written by a newer cued\\)"):
        own.put(SHOKZ)
