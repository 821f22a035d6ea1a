"""What feeds a run: the words of `--sensor`, `--run` and `--sim` become a stream of events with a known or unknown end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from cued.core.effects import Effect
from cued.core.events import Event
from cued.core.room import USUAL_NS
from cued.errors import UsageError, did_you_mean
from cued.runtime.conductor import Feed, NoFeed, Until

if TYPE_CHECKING:
    from cued.formats.activity import Activity
    from cued.sensors.simulated import SimulatedRunner

DEFAULT_PRESET: Final = "easy"
TOO_SHORT: Final = "the recording is shorter than --length: the run ends where it ends"


@dataclass(frozen=True, slots=True)
class Nobody:
    """By time alone."""


@dataclass(frozen=True, slots=True)
class Simulated:
    preset: str = DEFAULT_PRESET


@dataclass(frozen=True, slots=True)
class Recorded:
    path: str


@dataclass(frozen=True, slots=True)
class OnAir:
    """Bluetooth sensors."""

    word: str = ""
    """A name or an address; empty: the runner's own, else the only pod in sight."""


SensorChoice: TypeAlias = Nobody | Simulated | Recorded | OnAir


def sensor_of(word: str) -> SensorChoice:
    """`ble`, `ble:NAME`, `none`, `sim`, `sim:PRESET` or `file:PATH`; raises UsageError for anything else."""
    kind, colon, rest = word.partition(":")
    if word == "none":
        return Nobody()
    if kind == "ble" and (rest or not colon):
        return OnAir(rest.strip())
    if kind == "sim" and (rest or not colon):
        return Simulated(rest or DEFAULT_PRESET)
    if kind == "file" and rest:
        return Recorded(rest)
    meant = did_you_mean(kind, ("ble", "none", "sim", "file"))
    files = "file:PATH (a run as FIT, CSV or raw sensor log)"
    raise UsageError(f"--sensor {word}: give ble, ble:NAME, ble:ADDRESS, none, sim, sim:PRESET or {files}{meant}")


@dataclass(frozen=True, slots=True)
class Feeding:
    """A run's input, ready to be conducted."""

    feed: Feed
    source: str
    """For the events file: `none`, `sim:easy`, `file:morning.fit`."""
    length_ns: int | None
    """Running time of the whole run; None: unknown."""
    end_ns: int | None
    """Where the feed ends on the session's line, pauses included; None: never."""
    sensor: bool
    simulated: bool
    on_air: bool = False
    """From pods on the air, now or then: cued tells when they are lost."""
    path: str = ""
    """The file that it comes from; empty: none."""
    notes: tuple[str, ...] = ()
    """What had to be mended or guessed in a file, each in one sentence."""


class Recording:
    """A feed of events that are known beforehand."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._next = next(events, None)

    def next_ns(self) -> int | None:
        """The stamp of the next event; None: no more."""
        return None if self._next is None else self._next.at_ns

    def take(self) -> Event:
        """That event."""
        event = self._next
        assert event is not None, "next_ns said that there is one"
        self._next = next(self._events, None)
        return event

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """What is past hears nothing."""


class Runner:
    """A feed with ears: a simulated runner's pod and strap."""

    def __init__(self, runner: SimulatedRunner) -> None:
        self._runner = runner
        self._said: deque[Event] = deque()

    def next_ns(self) -> int:
        """The stamp of the next event: a pod always has one more."""
        return self._said[0].at_ns if self._said else self._runner.next_at_ns()

    def take(self) -> Event:
        """That event."""
        while not self._said:
            self._said.extend(self._runner.sample(self._runner.next_at_ns()))
        return self._said.popleft()

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - each effect has its own time
        """What sounds moves the runner."""
        for effect in effects:
            self._runner.hear(effect)


def feeding_of(choice: SensorChoice, length_ns: int | None, seed: int) -> Feeding:
    """Open what was chosen, for `length_ns` of running (None: its own length).

    Raises FormatError for a file that is no run, SensorError or UsageError for an unknown preset.
    """
    if isinstance(choice, Nobody):
        return Feeding(NoFeed(length_ns), "none", length_ns, length_ns, sensor=False, simulated=False)
    if isinstance(choice, OnAir):
        return Feeding(NoFeed(length_ns), "ble", length_ns, length_ns, sensor=True, simulated=False, on_air=True)
    if isinstance(choice, Simulated):
        return _simulated(choice.preset, USUAL_NS if length_ns is None else length_ns, seed)
    return _recorded(choice.path, length_ns)


def _simulated(preset: str, length_ns: int, seed: int) -> Feeding:
    from cued.sensors.simulated import SimulatedRunner

    feed = Until(Runner(SimulatedRunner(preset, seed)), length_ns)
    return Feeding(feed, f"sim:{preset}", length_ns, length_ns, sensor=True, simulated=True)


def _recorded(path: str, length_ns: int | None) -> Feeding:
    from cued.formats.activity_file import activity_of, read_regular_file
    from cued.formats.sensor_log import is_sensor_log
    from cued.sensors.recorded import events_of, running_length_ns

    data = read_regular_file(path)
    if is_sensor_log(data):
        return _raw(path, data, length_ns)
    activity = activity_of(path, data)
    own_ns = running_length_ns(activity)
    end_ns = activity.length_ns if length_ns is None or length_ns >= own_ns else _reached_ns(activity, length_ns)
    notes = list(activity.notes)
    if length_ns is not None and length_ns > own_ns:
        notes.append(TOO_SHORT)
    return Feeding(
        feed=Until(Recording(events_of(activity)), end_ns),
        source=f"file:{Path(path).name}",
        length_ns=own_ns if length_ns is None else length_ns,
        end_ns=end_ns,
        sensor=True,
        simulated=False,
        path=path,
        notes=tuple(notes),
    )


def _raw(path: str, data: bytes, length_ns: int | None) -> Feeding:
    """What sensors sent, through the hub as in a live run; it knows of no pauses, so its length is its last stamp."""
    from cued.formats.sensor_log import read_sensor_log
    from cued.sensors.replayed import replay

    log = read_sensor_log(path, data)
    replayed = replay(log)
    own_ns = log.length_ns
    wanted_ns = own_ns if length_ns is None else length_ns
    return Feeding(
        feed=Until(Recording(iter(replayed.events)), min(own_ns, wanted_ns)),
        source=f"file:{Path(path).name}",
        length_ns=wanted_ns,
        end_ns=min(own_ns, wanted_ns),
        sensor=True,
        simulated=False,
        on_air=True,
        path=path,
        notes=(*log.notes, *replayed.notes, *((TOO_SHORT,) if wanted_ns > own_ns else ())),
    )


def _reached_ns(activity: Activity, running_ns: int) -> int:
    """When the recording has run for `running_ns`, its pauses not counted."""
    at_ns = running_ns
    for pause in activity.pauses:
        if pause.start_ns >= at_ns:
            break
        at_ns += pause.end_ns - pause.start_ns
    return at_ns
