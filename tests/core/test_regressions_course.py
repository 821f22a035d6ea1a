"""What courses of events brought to light, each in its plainest form."""

from __future__ import annotations

from cued.core.cues import Every, ForDistance
from cued.core.events import CadenceSample, LinkState, SensorLink
from cued.units import seconds
from tests.support.run import Run, beat, pack, rule, samples, segment


def test_a_pod_that_reports_next_to_no_speed_cannot_break_a_rule_by_distance() -> None:
    run = Run(pack(rules=[rule(Every(ForDistance(500.0)), "light")]))
    run.to(1.0).send(CadenceSample(seconds(2), 170.0, 5e-324)).to(5.0)
    assert run.said == []


def test_a_fixed_beat_that_plays_on_without_its_sensor_stays_within_ten_per_cent_of_the_cadence_last_seen() -> None:
    run = Run(pack(segment(metronome=beat(beat_spm=200.0))))
    run.send(*samples(0.0, 30.0, 165.0), SensorLink(seconds(30), LinkState.LOST)).to(50.0)
    assert run.clicks_in(49.0, 50.0)
    assert {click.mspm for click in run.clicks_in(10.0, 50.0)} == {181_500}
