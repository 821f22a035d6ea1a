"""The catalogue as it is offered: those that lead a run, by their phase, and sets of drills."""

from __future__ import annotations

from dataclasses import dataclass

from cued.core.cues import CuePack, said_in
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
    language: str = ""
    """Of the title."""
    title_in: tuple[tuple[str, str], ...] = ()
    """(language, title)."""

    def title_for(self, language: str) -> str:
        """As `CuePack.title_for`."""
        return said_in(language, self.title, self.language, self.title_in) or self.title

    @staticmethod
    def of(name: str, pack: CuePack) -> Listed:
        """`pack`, which is asked for by that name."""
        return Listed(name, pack.title, pack.phase, is_set(pack), pack.language, pack.title_in)


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
