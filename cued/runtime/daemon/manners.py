"""What the configuration says of when runs begin and end, and of what cued says by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cued.config.settings import Announcements, Life, Settings
from cued.core.happening import LifeSettings
from cued.core.sentences import Sentence
from cued.units import MSPM_PER_SPM

_SAID_BY: Final = {
    Sentence.READY: "ready",
    Sentence.READY_PLAIN: "ready",
    Sentence.NO_POD: "ready",
    Sentence.POD_ADDED: "ready",
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
    """The thresholds, every one of which is an option."""
    over_spm = wanted.running_over_mspm / MSPM_PER_SPM
    return LifeSettings(
        run_from_spm=over_spm,
        walk_below_spm=min(wanted.walking_under_mspm / MSPM_PER_SPM, over_spm),
        stand_below_spm=wanted.standing_under_mspm / MSPM_PER_SPM,
        run_from_mps=wanted.fast_over_mps,
        still_below_mps=wanted.still_under_mps,
        begin_ns=wanted.begin_after_ns,
        gap_ns=wanted.silent_after_ns,
        pause_ns=wanted.pause_after_ns,
        resume_ns=wanted.resume_after_ns,
        slept_ns=wanted.asleep_after_ns,
        stop_ns=wanted.end_after_ns,
        walk_ns=wanted.end_after_walking_ns,
        told_pause_ns=wanted.end_after_told_pause_ns,
        forgot_ns=wanted.forgotten_after_ns,
        continue_ns=wanted.continue_within_ns,
        lost_ns=wanted.end_after_silence_ns,
        alone_ns=wanted.end_after_alone_ns,
        no_pod_ns=wanted.no_pod_after_ns,
        ready_apart_ns=wanted.ready_again_after_ns,
    )
