"""What feeds the daemon's sessions: nobody, a recording, a simulated runner, or pods on the air."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from cued.core.effects import Effect
from cued.core.events import CadenceSample, Event, Stop
from cued.core.happening import PodIs
from cued.formats.sensor_log import BatteryRead, Item, Link, LinkIs
from cued.runtime.conductor import Feed
from cued.runtime.daemon.ports import Felt, Inbox, Notice, Time, Woken
from cued.runtime.feeding import Nobody, Recorded, SensorChoice, Simulated, feeding_of
from cued.units import NS_PER_H, NS_PER_S

if TYPE_CHECKING:
    from cued.runtime.onair import OnAirRun
    from cued.sensors.known import KnownSensor

NAMED_NS: Final = 3 * NS_PER_S
"""A pod that has not told its battery by then does not tell it; what is said of it waits so long."""
SIMULATED_NS: Final = 24 * NS_PER_H
"""A simulated runner runs on until somebody ends the run."""


class NoFeet:
    """By time alone: whoever goes without a pod has one that is always there and says nothing."""

    source = "none"
    sensor = False
    simulated = False
    on_air = False

    def __init__(self) -> None:
        self._told = False

    def next_ns(self) -> int | None:
        """As `ports.Feet`, and the rest."""
        return None

    def collect(self, now_ns: int) -> list[Felt]:
        if self._told:
            return []
        self._told = True
        return [PodIs(now_ns, up=True)]

    def hear(self, effects: Sequence[Effect]) -> None:
        pass

    def record(self, listener: Callable[[Item], None] | None) -> None:
        pass

    def close(self) -> None:
        pass


class FedFeet:
    """A recording or a simulated runner, from the daemon's start on; afterwards the pod is still there, and still."""

    on_air = False
    sensor = True

    def __init__(self, feed: Feed, source: str, *, simulated: bool) -> None:
        self._feed = feed
        self.source = source
        self.simulated = simulated
        self._told = False
        self._over = False

    def next_ns(self) -> int | None:
        """As `ports.Feet`, and the rest."""
        return None if self._over else self._feed.next_ns()

    def collect(self, now_ns: int) -> list[Felt]:
        found: list[Felt] = []
        while not self._over and (next_ns := self._feed.next_ns()) is not None and next_ns <= now_ns:
            event = self._feed.take()
            if isinstance(event, Stop):
                self._over = True
            elif not self._told and isinstance(event, CadenceSample):
                self._told = True
                name = "A simulated pod" if self.simulated else "A recorded pod"
                found += [PodIs(event.at_ns, up=True, name=name), event]
            else:
                found.append(event)
        return found

    def hear(self, effects: Sequence[Effect]) -> None:
        self._feed.hear(effects, 0)

    def record(self, listener: Callable[[Item], None] | None) -> None:
        pass

    def close(self) -> None:
        pass


def fed(choice: SensorChoice, seed: int) -> NoFeet | FedFeet:
    """The feet that need no radio; raises CuedError for a file that is no run, or an unknown preset."""
    if isinstance(choice, Nobody):
        return NoFeet()
    length_ns = SIMULATED_NS if isinstance(choice, Simulated) else None
    assert isinstance(choice, Simulated | Recorded), "pods on the air have feet of their own"
    feeding = feeding_of(choice, length_ns, seed)
    return FedFeet(feeding.feed, feeding.source, simulated=feeding.simulated)


class AirFeet:
    """The runner's own pods, or the only one in sight; looked for until one is there."""

    source = "ble"
    sensor = True
    simulated = False
    on_air = True

    def __init__(self, make: Callable[[], OnAirRun], time: Time, inbox: Inbox, notice: Notice) -> None:
        """`make` chooses the sensors that are the runner's just then; raises SensorError."""
        self._make = make
        self._run = make()
        self._time = time
        self._inbox = inbox
        self._notice = notice
        self._came: SimpleQueue[Event | PodIs] = SimpleQueue()
        self._listener: Callable[[Item], None] | None = None
        self._up: dict[str, int] = {}
        """Cadence pods with a link, and since when."""
        self._battery: dict[str, int] = {}
        self._told: tuple[bool, str | None, int | None] | None = None
        self._start_ns = time.start_ns
        self._lock = threading.Lock()
        self._closed = False
        self.listening = threading.Event()
        """It is known which pods it is about, and they are heard."""
        self._begin()

    def _begin(self) -> None:
        threading.Thread(target=self._find, args=(self._run,), name="cued-pods", daemon=True).start()

    def _find(self, run: OnAirRun) -> None:
        run.start()
        run.find()
        run.record(self._heard)
        self._start_ns = self._time.start_ns
        run.begin(self._start_ns, self._felt)
        for address in run.linked():
            self._heard(LinkIs(self._time.now_ns() + self._time.start_ns, address, Link.UP))
        self.listening.set()

    def choose_anew(self) -> None:
        """Other sensors may be the runner's now: keep the links that are right, else begin with the new ones.

        Any thread but the loop's, for links take their time to end, and only once `listening` is set. Raises SensorError, and
        then all is as it was.
        """
        if self._run.keep():
            return
        new, old = self._make(), self._run
        self.listening.clear()
        old.close()
        with self._lock:
            self._up.clear()
            if self._closed:
                return
            self._run = new
        self._begin()
        self._inbox.put(Woken())

    # --- the radio's thread ----------------------------------------------------------------------------------------

    def _felt(self, event: Event) -> None:
        self._came.put(event)
        self._inbox.put(Woken())

    def _heard(self, item: Item) -> None:
        """Everything as it came over the air."""
        listener = self._listener
        if listener is not None:
            listener(item)
        if not isinstance(item, LinkIs | BatteryRead):
            return
        with self._lock:
            if isinstance(item, BatteryRead):
                self._battery[item.address] = item.percent
            elif item.state is Link.UP:
                self._up.setdefault(item.address, item.at_ns)
            elif item.state is Link.DOWN:
                self._up.pop(item.address, None)
        self._inbox.put(Woken())

    # --- the loop's thread -----------------------------------------------------------------------------------------

    def next_ns(self) -> int | None:
        """As `ports.Feet`, and the rest."""
        return None

    def collect(self, now_ns: int) -> list[Felt]:
        self._run.collect(now_ns)
        found: list[Felt] = []
        while True:
            try:
                event = self._came.get_nowait()
            except Empty:
                break
            by_ns = self._start_ns - self._time.start_ns  # it may have slept since
            found.append(replace(event, at_ns=max(0, event.at_ns + by_ns)))
        pod = self._pod(now_ns)
        return found if pod is None else [pod, *found]

    def _pod(self, now_ns: int) -> PodIs | None:
        """The link's state, if that is news."""
        pods = {one.address: one for one in self._pods()}
        with self._lock:
            up = [(since_ns, address) for address, since_ns in self._up.items() if address in pods]
            if not up:
                state: tuple[bool, str | None, int | None] = (False, None, None)
            else:
                since_ns, address = min(up)
                battery = self._battery.get(address)
                if battery is None and now_ns + self._time.start_ns - since_ns < NAMED_NS:
                    return None
                state = (True, pods[address].name or None, battery)
        if state == self._told or (self._told is None and not state[0]):
            return None
        self._told = state
        return PodIs(now_ns, *state)

    @property
    def sensors(self) -> tuple[KnownSensor, ...]:
        """All whose links are kept, the preferred first."""
        return self._run.sensors

    def _pods(self) -> tuple[KnownSensor, ...]:
        return tuple(one for one in self.sensors if one.may_give("cadence"))

    def hear(self, effects: Sequence[Effect]) -> None:
        pass

    def record(self, listener: Callable[[Item], None] | None) -> None:
        self._listener = listener

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._run.close()
