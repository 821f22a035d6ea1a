"""What the configuration says of when runs begin and end, and of what cued says by itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from cued.config.settings import Announcements, Life, Settings
from cued.core.happening import LifeSettings
from cued.core.sentences import Sentence
from cued.units import MSPM_PER_SPM

_SAID_BY: Final = {
    Sentence.READY: "ready",
    Sentence.READY_PLAIN: "ready",
    Sentence.NO_POD: "ready",
    Sentence.BEGUN: "pauses",
    Sentence.CONTINUED: "pauses",
    Sentence.PAUSED: "pauses",
    Sentence.RESUMED: "pauses",
    Sentence.SUMMARY: "summary",
}
"""Which option of `announcements` a sentence belongs to; what is not here is always said."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How the daemon behaves."""

    life: LifeSettings = field(default_factory=LifeSettings)
    announcements: Announcements = field(default_factory=Announcements)
    asks: bool = True
    """The questions before and after a run."""

    def says(self, sentence: Sentence) -> bool:
        """Is that sentence wanted?"""
        option = _SAID_BY.get(sentence)
        return option is None or bool(getattr(self.announcements, option))


def manners_of(settings: Settings, *, asks: bool = True) -> Manners:
    """As configured."""
    return Manners(life_of(settings.life), settings.announcements, asks)


def life_of(wanted: Life) -> LifeSettings:
    """The thresholds; what is not configured stays as it is."""
    usual = LifeSettings()
    over_spm = wanted.running_over_mspm / MSPM_PER_SPM
    return replace(
        usual,
        run_from_spm=over_spm,
        walk_below_spm=min(usual.walk_below_spm, over_spm),
        begin_ns=wanted.begin_after_ns,
        pause_ns=wanted.pause_after_ns,
        stop_ns=wanted.end_after_ns,
        continue_ns=wanted.continue_within_ns,
    )
