"""What packs lend to the words in which people read why something was not said (`review.reasons_in_words`)."""

from __future__ import annotations

from collections.abc import Iterable

from cued.core.cues import CuePack
from cued.review.reasons_in_words import PackWords, Wording


def words_of(pack: CuePack) -> PackWords:
    """Its limits, its rules and their names."""
    from cued.packs.aloud import rule_names

    return PackWords(pack.limits, {rule.id: rule for rule in pack.rules}, rule_names(pack))


def wording_of(packs: Iterable[CuePack]) -> Wording:
    """Of all packs of a run."""
    return {(pack.name, pack.version): words_of(pack) for pack in packs}
