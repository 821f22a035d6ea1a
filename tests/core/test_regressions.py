"""What once went wrong, found by chance or by search, in its plainest form."""

from __future__ import annotations

from cued.core.cues import Every, ForDistance
from cued.core.events import CadenceSample
from cued.units import seconds
from tests.support.run import Run, pack, rule


def test_a_pod_that_reports_next_to_no_speed_cannot_break_a_rule_by_distance() -> None:
    run = Run(pack(rules=[rule(Every(ForDistance(500.0)), "light")]))
    run.to(1.0).send(CadenceSample(seconds(2), 170.0, 5e-324)).to(5.0)
    assert run.said == []
