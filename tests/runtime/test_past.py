"""What is read back of a run that is kept."""

from __future__ import annotations

from cued.core.events import EffortIs, Event, HeartRate, Pain, SurfaceIs
from cued.runtime.past import told_on_the_way
from tests.support.pressing import taken


def test_what_the_runner_said_of_ground_and_pain_on_the_way_is_told_in_order() -> None:
    events: list[Event] = [SurfaceIs(5, "grass"), HeartRate(6, 140), Pain(7), SurfaceIs(9, "road")]
    assert told_on_the_way(events) == [(5, "surface", "grass"), (7, "pain", "beat and cues ended"), (9, "surface", "road")]
    assert told_on_the_way([HeartRate(6, 140)]) == []
    assert told_on_the_way([EffortIs(4, "hard")]) == [(4, "effort", "hard")]
    assert told_on_the_way([taken(8, "awareness")]) == [(8, "pack", "awareness")]
