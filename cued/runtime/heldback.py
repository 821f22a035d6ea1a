"""A run for which a pack was named, on a day on which cues would harm: what keeps it plain, or eases it, and how it says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cued.coaching.fitting import fitted
from cued.coaching.today import Today, binding
from cued.core.sentences import sentence
from cued.runtime.planning import spoken, today_of

if TYPE_CHECKING:
    from pathlib import Path

    from cued.core.cues import CuePack
    from cued.journal.wall import Moment
    from cued.runtime.request import Request


def held_back(path: Path | None, now: Moment, *, hurts: bool = False, sore: bool = False) -> Today | None:
    """What a run is held to for which a pack was named (`binding`); None: that pack it is, whole.

    `path`: None, there is no journal. `hurts`, `sore`: as in `binding`. Blocks while the journal is read. Raises JournalError.
    """
    if path is None or not path.exists():  # nothing was ever told: no plan need be lived through
        return binding(None, hurts=hurts, sore=sore)
    return binding(today_of(path, now), hurts=hurts, sore=sore)


def telling(pack: CuePack, answer: Today, language: str) -> CuePack:
    """The plain pack, which says why instead of what it says else."""
    own, why = (" ".join(sentence(one, language=code) for one in spoken(answer)) for code in (pack.language, language))
    others = ((language, why),) if why != own else ()
    return replace(pack, cues=tuple(replace(cue, say=own, say_in=others) for cue in pack.cues))


def eased(request: Request, answer: Today) -> Request:
    """The run with the pack that was named, without what loads what is sore."""
    return replace(request, pack=replace(request.pack, value=fitted(request.pack.value, answer)))
