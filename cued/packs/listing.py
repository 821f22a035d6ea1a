"""The catalogue as it is offered: those that lead a run, by their phase, and sets of drills."""

from __future__ import annotations

from dataclasses import dataclass

from cued.core.cues import CuePack
from cued.core.drills import is_set
from cued.errors import PackError
from cued.packs.catalog import catalogue, open_pack
from cued.packs.sounds import Probe


@dataclass(frozen=True, slots=True)
class Listed:
    """A pack that is right, and what it is called."""

    name: str
    title: str
    phase: int | None = None
    is_set: bool = False
    """There is nothing in it but drills."""

    @staticmethod
    def of(name: str, pack: CuePack) -> Listed:
        """`pack`, which is asked for by that name."""
        return Listed(name, pack.title, pack.phase, is_set(pack))


def listed(probe: Probe | None = None) -> tuple[Listed, ...]:
    """Every pack that is right, as `in_order`. Whoever asks for one that is not is told what is wrong with it."""
    found = []
    for one in catalogue():
        try:
            found.append(Listed.of(one.name, open_pack(one.name, probe).pack))
        except PackError:
            continue
    return in_order(found)


def in_order(packs: list[Listed]) -> tuple[Listed, ...]:
    """Those of a phase first, one after the other, then the others by name, sets of drills last."""
    return tuple(sorted(packs, key=lambda one: (one.is_set, one.phase is None, one.phase or 0, one.name)))
