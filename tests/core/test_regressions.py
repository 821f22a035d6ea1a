"""What once went wrong, found by chance or by search, in its plainest form."""

from __future__ import annotations

from cued.core.cues import Every, ForDistance, ForTime, OffBand, Repeat, Side
from cued.core.fading import scaled
from cued.core.words import Fade
from cued.units import NS_PER_S
from tests.support.run import KNOWN, Run, beat, for_s, pack, rule, segment


def test_a_cooldown_of_a_nanosecond_does_not_stop_the_clock() -> None:
    again = rule(OffBand(Side.EITHER), "low", cooldown_ns=1, at_most=1)
    run = Run(pack(rules=[again]), runner=KNOWN).runs(0, 60, 150.0)
    assert 10 < len(run.refused) <= 60


def test_a_fade_never_makes_an_interval_shorter_than_a_pack_may_write() -> None:
    fade = Fade(every=(0.01,))
    assert scaled(ForTime(NS_PER_S), fade, 1) == ForTime(NS_PER_S)
    assert scaled(ForDistance(1.0), fade, 1) == ForDistance(1.0)
    run = Run(pack(rules=[rule(Every(for_s(1)), "light")], fade=fade)).to(10)
    assert len(run.said) + len(run.refused) + len(run.given_up) <= 10


def test_a_desk_run_of_a_pack_whose_rounds_are_all_silent_begins_nevertheless() -> None:
    silent = Repeat(None, (segment("a", 60), segment("b", 60)))
    assert Run(pack(silent), desk=True).to(1).segments == [(0.0, "a")]
    sounding = segment("c", 60, metronome=beat(beat_spm=120.0))
    assert Run(pack(silent, sounding), desk=True).to(1).segments == [(0.0, "c")]
