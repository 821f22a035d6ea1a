"""A raw sensor log through the hub: the events that the same bytes would have given live."""

from __future__ import annotations

from dataclasses import dataclass

from cued.core.events import CadenceSample, Event
from cued.formats.sensor_log import SensorLog
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.hub import NoteKind, Sensor, start, take


@dataclass(frozen=True, slots=True)
class Replayed:
    """All that came of a log."""

    events: tuple[Event, ...]
    """Stamps never fall."""
    notes: tuple[str, ...]
    """What a person should know of it, each in one sentence."""


def replay(log: SensorLog) -> Replayed:
    """Every item of `log` in the order in which it came."""
    hub = start([Sensor(one.address, one.name, CadenceUnit(one.cadence_unit)) for one in log.sensors])
    events: list[Event] = []
    notes: list[str] = []
    for item in log.items:
        hub, more, said = take(hub, item)
        events += more
        notes += [note.text for note in said if note.kind is not NoteKind.DROPPED]
    for (address, reason), count in hub.counts.items():
        notes.append(f"{address}: {count} {'notification was' if count == 1 else 'notifications were'} dropped: {reason}")
    samples = [event for event in events if isinstance(event, CadenceSample)]
    if not any(sample.spm for sample in samples):
        why = "nobody knows whether its pod counts steps or strides" if any(s.raw for s in samples) else "no pod sent any"
        notes.append(f"it gives no cadence: {why}")
    return Replayed(tuple(events), tuple(notes))
