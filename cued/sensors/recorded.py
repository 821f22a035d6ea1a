"""A recorded run as the events that a live pod would have sent.

A pod notifies once a second; a watch that records smartly leaves gaps. So a record is sent again every second until the
next one, for 30 s at most (its running total of distance growing on the way): only a longer silence outside a pause
is a lost sensor. Nothing is held across a pause, because standing there proves nothing about the pace before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import Final

from cued.core import events
from cued.core.events import Event, LinkState
from cued.formats.activity import Activity, Record
from cued.units import NS_PER_S

HOLD_NS: Final = 30 * NS_PER_S
"""How long a record stands for the runner: above the gaps of every smart recording seen (up to 10 s, FIT's own limit)."""
POD_PERIOD_NS: Final = NS_PER_S
"""Pods notify once a second (RSC profile)."""

# Order within one moment: the clock runs before the sample is seen and stops after it; a loss is what is left.
_RESUME, _LINK_UP, _SAMPLE, _PAUSE, _LINK_LOST = range(5)
_Ranked = tuple[int, int, Event]


def running_length_ns(activity: Activity) -> int:
    """How long the run was, its pauses left out: what a pack's session has to fill."""
    return activity.length_ns - activity.paused_ns


def events_of(activity: Activity) -> Iterator[Event]:
    """The whole run as events, stamps never falling; the first record lies at 0.

    The link is `found` with the first cadence, `lost` 30 s into a silence of the pod, `back` with the next cadence;
    while there is no link, no `CadenceSample` comes. A record without cadence is the watch's own and keeps no link up.
    The run's end is not among the events: its length is `running_length_ns`.
    """
    ranked = merge(_pauses(activity), _records(activity), key=lambda item: item[:2])
    return (event for _, _, event in ranked)


def _pauses(activity: Activity) -> Iterator[_Ranked]:
    for pause in activity.pauses:
        yield pause.start_ns, _PAUSE, events.Pause(pause.start_ns)
        yield pause.end_ns, _RESUME, events.Resume(pause.end_ns)


def _records(activity: Activity) -> Iterator[_Ranked]:
    """Every record when it came and while it holds, and the pod's link between them."""
    link = _Link()
    unpaused = _Unpaused(activity)
    ran_until_ns = 0
    following = (*activity.records[1:], activity.records[-1])
    for record, after in zip(activity.records, following, strict=True):
        if record.cadence_spm is not None:
            yield from link.heard(record.at_ns)
        yield from _events(record, record.at_ns, record.distance_m, link)
        stretches = tuple(unpaused.between(record.at_ns, after.at_ns))
        for start_ns, stop_ns in stretches:
            if start_ns > ran_until_ns:
                link.resumed(start_ns)
            ran_until_ns = stop_ns
            if start_ns == record.at_ns:
                for at_ns in range(start_ns + POD_PERIOD_NS, min(stop_ns, start_ns + HOLD_NS), POD_PERIOD_NS):
                    yield from link.silent_until(at_ns)
                    yield from _events(record, at_ns, _distance_m(record, after, at_ns, stretches), link)
            yield from link.silent_until(stop_ns)


def _distance_m(record: Record, after: Record, at_ns: int, stretches: tuple[tuple[int, int], ...]) -> float | None:
    """The total between two records: it grew evenly, as a pod's own would have; held still where the next is unknown."""
    if record.distance_m is None or after.distance_m is None:
        return record.distance_m
    ran_ns = sum(stop_ns - start_ns for start_ns, stop_ns in stretches)
    return record.distance_m + (after.distance_m - record.distance_m) * (at_ns - record.at_ns) / ran_ns


def _events(record: Record, at_ns: int, distance_m: float | None, link: _Link) -> Iterator[_Ranked]:
    """What `record` says, stamped `at_ns`."""
    if link.up:
        yield at_ns, _SAMPLE, events.CadenceSample(at_ns, record.cadence_spm, record.speed_mps, distance_m)
    if record.heart_rate_bpm is not None:
        yield at_ns, _SAMPLE, events.HeartRate(at_ns, round(record.heart_rate_bpm))
    if record.ground_contact_time_ms is not None:
        yield at_ns, _SAMPLE, events.GroundContactTime(at_ns, record.ground_contact_time_ms)
    if record.vertical_oscillation_mm is not None:
        yield at_ns, _SAMPLE, events.VerticalOscillation(at_ns, record.vertical_oscillation_mm)
    if record.altitude_m is not None:
        yield at_ns, _SAMPLE, events.Altitude(at_ns, record.altitude_m)


class _Link:
    """Whether the pod is there, judged by its cadence alone."""

    def __init__(self) -> None:
        self.up = False
        self._silent_since_ns: int | None = None
        """None: not heard yet."""

    def heard(self, at_ns: int) -> Iterator[_Ranked]:
        """A cadence came."""
        if not self.up:
            state = LinkState.FOUND if self._silent_since_ns is None else LinkState.BACK
            yield at_ns, _LINK_UP, events.SensorLink(at_ns, state)
        self.up = True
        self._silent_since_ns = at_ns

    def resumed(self, at_ns: int) -> None:
        """A pause ended: the pod has a whole hold again to be heard."""
        if self._silent_since_ns is not None:
            self._silent_since_ns = at_ns

    def silent_until(self, at_ns: int) -> Iterator[_Ranked]:
        """No cadence came up to `at_ns`, and no pause explains it."""
        if self.up and self._silent_since_ns is not None and at_ns - self._silent_since_ns > HOLD_NS:
            self.up = False
            lost_ns = self._silent_since_ns + HOLD_NS
            yield lost_ns, _LINK_LOST, events.SensorLink(lost_ns, LinkState.LOST)


class _Unpaused:
    """The stretches between two moments in which the timer ran; to be asked from front to back."""

    def __init__(self, activity: Activity) -> None:
        self._pauses = activity.pauses
        self._first = 0
        """The first pause that does not lie wholly before the question."""

    def between(self, start_ns: int, stop_ns: int) -> Iterator[tuple[int, int]]:
        """(start, stop) of each, none of them empty."""
        while self._first < len(self._pauses) and self._pauses[self._first].end_ns <= start_ns:
            self._first += 1
        for index in range(self._first, len(self._pauses)):
            pause = self._pauses[index]
            if pause.start_ns >= stop_ns:
                break
            if start_ns < pause.start_ns:
                yield start_ns, pause.start_ns
            start_ns = pause.end_ns
        if start_ns < stop_ns:
            yield start_ns, stop_ns
