"""A small world in virtual time around one link's machine: a pod, an adapter, bluetoothd, and all that goes wrong.

It carries out what the machine asks, and fails at once where the machine does what it never may: connect while a client
is still there, wait for ever, scan through the runner's music.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from cued.formats.sensor_log import Link
from cued.sensors import link
from cued.sensors.link import Action, Event, Timing
from cued.sensors.reconnect import Phase, State, due_ns, step
from cued.units import NS_PER_MIN, NS_PER_MS, NS_PER_S

POD = "C0:FF:EE:00:00:01"
MOST_ACTIONS_A_MINUTE = 150
"""Far above what a healthy minute needs (none), far below a spin."""


@dataclass
class Faults:
    """What is wrong at present; the defaults are a healthy world."""

    in_reach: bool = True
    present: bool = True
    powered: bool = True
    bluez: bool = True
    told: bool = True
    """The watch tells of the adapter and of bluetoothd."""
    connects: str = "well"
    """`well`, `aborts`, `hangs` or `late`."""
    subscribes: str = "well"
    """`well`, `fails` or `hangs`."""
    disconnects: str = "well"
    """`well` or `hangs`."""
    scans: str = "well"
    """`well`, `fails` or `blind`."""
    stands: bool = False
    """The runner stands, and the pod says nothing then."""
    speaks: str = "once"
    """`once`, `twice`, `same stamp`, `out of order` or `storm`."""


class World:
    """Drive it with `run_for` and `expect`; change `faults` (by `set`) as you like."""

    def __init__(self, timing: Timing | None = None, *, known: bool = False, sound: bool = False) -> None:
        self.state = State(POD, timing or Timing())
        self.now_ns = 0
        self.faults = Faults()
        self.known = known
        self.sound = sound
        self.log: list[tuple[int, Action]] = []
        self.told: list[tuple[int, Link]] = []
        self.heard: list[int] = []
        """When notifications reached a machine that listens."""
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._client: int | None = None
        """The attempt whose client is not closed yet."""
        self._linked: int | None = None
        """The attempt whose link stands in the radio."""
        self._subscribed = False
        self._connecting: int | None = None
        self._scan: int | None = None
        self._scan_number = 0
        self._recent: deque[int] = deque()
        self._speak()
        self.feed(link.Known(0, known))
        self.feed(link.Sound(0, sound))
        self.feed(link.Began(0))

    # --- for tests -------------------------------------------------------------------------------------------------

    def set(self, **changes: object) -> None:
        """From now on the world is so; what the real watch would tell of it is told."""
        before, self.faults = self.faults, replace(self.faults, **changes)  # type: ignore[arg-type]  # tests name fields
        faults = self.faults
        radio = faults.present and faults.powered and faults.bluez
        if not radio:
            self._scan = None
        if not (radio and faults.in_reach):
            self._break()
        if faults.bluez != before.bluez and faults.told:
            self.feed(link.BusBack(self.now_ns) if faults.bluez else link.BusLost(self.now_ns))
            self.feed(link.Known(self.now_ns, self.known and faults.bluez))
        if (faults.present, faults.powered) != (before.present, before.powered) and faults.told:
            self.feed(link.AdapterIs(self.now_ns, faults.present, faults.powered))

    def heal(self) -> None:
        """Nothing is wrong any more. What broke meanwhile stays broken until someone mends it."""
        self.set(told=True)
        self.set(**{name: getattr(Faults(), name) for name in Faults.__dataclass_fields__})
        self.feed(link.AdapterIs(self.now_ns, present=True, powered=True))
        self.feed(link.BusBack(self.now_ns))
        self.feed(link.Known(self.now_ns, self.known))

    def drop(self) -> None:
        """The radio loses the link."""
        self._break()

    def kill_subscription(self) -> None:
        """The link stands, and no notification comes over it any more."""
        self._subscribed = False

    def know(self, *, known: bool) -> None:
        """bluetoothd's list of devices changes."""
        self.known = known
        self.feed(link.Known(self.now_ns, known))

    def set_sound(self, over_adapter: bool) -> None:
        self.sound = over_adapter
        self.feed(link.Sound(self.now_ns, over_adapter))

    def hears(self) -> bool:
        """Up, and a notification within the last second and a half."""
        recent = bool(self.heard) and self.now_ns - self.heard[-1] < 1_500 * NS_PER_MS
        return recent and self.told[-1:] != [] and self.told[-1][1] is Link.UP

    def run_for(self, for_ns: int) -> None:
        self._run(self.now_ns + for_ns, lambda: False)

    def expect(self, holds: Callable[[], bool], within_ns: int) -> int:
        """How long it took, in nanoseconds; AssertionError if it took longer."""
        began_ns = self.now_ns
        self._run(began_ns + within_ns, holds)
        assert holds(), f"not within {within_ns / NS_PER_S} s: {self.state}"
        return self.now_ns - began_ns

    def counts(self) -> Counter[str]:
        return Counter(type(action).__name__ for _, action in self.log)

    def scans(self) -> list[tuple[int, int]]:
        """When each scan began and how long it was to last."""
        return [(at_ns, action.for_ns) for at_ns, action in self.log if isinstance(action, link.StartScan)]

    def feed(self, event: Event) -> None:
        self.state, actions = step(self.state, event)
        wants_ns = due_ns(self.state)
        assert wants_ns is not None or self.state.phase is Phase.IDLE, "waits for ever"
        for action in actions:
            self._bound(action)
            self.log.append((self.now_ns, action))
            self._carry_out(action)

    # --- the world's own course ------------------------------------------------------------------------------------

    def _run(self, until_ns: int, stop: Callable[[], bool]) -> None:
        ticks = 0
        while not stop():
            wants_ns = due_ns(self.state)
            next_ns = min(self._heap[0][0], until_ns + 1 if wants_ns is None else max(wants_ns, self.now_ns))
            if next_ns > until_ns:
                self.now_ns = until_ns
                return
            ticks = ticks + 1 if next_ns == self.now_ns else 0
            assert ticks < 1_000, "spins"
            self.now_ns = next_ns
            if self._heap[0][0] <= next_ns:
                heapq.heappop(self._heap)[2]()
            else:
                self.feed(link.Tick(next_ns))

    def _later(self, in_ns: int, do: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.now_ns + in_ns, next(self._order), do))

    def _bound(self, action: Action) -> None:
        if isinstance(action, link.Tell):
            return
        self._recent.append(self.now_ns)
        while self._recent[0] < self.now_ns - NS_PER_MIN:
            self._recent.popleft()
        assert len(self._recent) <= MOST_ACTIONS_A_MINUTE, "spins"

    @property
    def _radio(self) -> bool:
        return self.faults.present and self.faults.powered and self.faults.bluez

    def _break(self) -> None:
        attempt, self._linked, self._subscribed = self._linked, None, False
        if attempt is not None and self.faults.bluez:  # a killed bluetoothd tells nobody
            self._later(NS_PER_MS, lambda: self.feed(link.Dropped(self.now_ns, attempt)))

    def _speak(self) -> None:
        """The pod's own second."""
        self._later(NS_PER_S, self._speak)
        attempt = self._linked
        if attempt is None or not self._subscribed or self.faults.stands:
            return
        stamps = {
            "once": (0,),
            "twice": (0, 1),
            "same stamp": (0, 0),
            "out of order": (0, -NS_PER_S // 2),
            "storm": tuple(range(100)),
        }[self.faults.speaks]
        for offset_ns in stamps:
            self.feed(link.Heard(self.now_ns + offset_ns, attempt, moving=True))
        if attempt == self.state.attempt:
            self.heard.append(self.now_ns)

    def _carry_out(self, action: Action) -> None:
        match action:
            case link.StartScan():
                self._start_scan(action.for_ns)
            case link.StopScan():
                self._scan = None
            case link.Connect():
                self._connect(action.attempt)
            case link.Subscribe():
                self._subscribe(action.attempt)
            case link.Disconnect():
                self._disconnect(action)
            case link.Tell():
                self.told.append((self.now_ns, action.link))
            case link.RenewBus():
                pass

    def _start_scan(self, for_ns: int) -> None:
        assert self._scan is None, "a second scan beside the first"
        if self.sound:
            assert not self.state.known, "scans through the music for a device that BlueZ knows"
            assert for_ns <= NS_PER_S
        if self.faults.scans == "fails" or not self._radio:
            self._later(NS_PER_MS, lambda: self.feed(link.ScanFailed(self.now_ns, "not ready")))
            return
        self._scan_number += 1
        number = self._scan = self._scan_number

        def see() -> None:
            seen = self._radio and self.faults.in_reach and self.faults.scans == "well" and self._linked is None
            if self._scan == number and seen:
                self.know(known=True)
                self.feed(link.Sighted(self.now_ns, POD))

        def end() -> None:
            if self._scan == number:
                self._scan = None
                self.feed(link.ScanEnded(self.now_ns))

        self._later(300 * NS_PER_MS, see)
        self._later(for_ns, end)

    def _connect(self, attempt: int) -> None:
        assert self._client is None, "connects while an old client is still there"
        assert self._connecting is None, "connects twice"
        self._client = self._connecting = attempt

        def well() -> None:
            if self._client != attempt:
                return
            self._connecting = None
            if self._radio and self.faults.in_reach:
                self._linked = attempt
                self.feed(link.Connected(self.now_ns, attempt))
            else:
                self.feed(link.ConnectFailed(self.now_ns, attempt, "not there"))

        def abort() -> None:
            if self._client == attempt:
                self._connecting = None
            self.feed(link.ConnectFailed(self.now_ns, attempt, "le-connection-abort-by-local"))

        match self.faults.connects:
            case "aborts":
                self._later(100 * NS_PER_MS, abort)
            case "late":
                self._later(25 * NS_PER_S, lambda: self.feed(link.Connected(self.now_ns, attempt)))
            case "well" if self._radio and self.faults.in_reach:
                self._later(400 * NS_PER_MS, well)
            case "well" if not self._radio:
                self._later(5 * NS_PER_MS, well)
            case "well":
                self._later(9 * NS_PER_S, well)

    def _subscribe(self, attempt: int) -> None:
        if self.faults.subscribes == "hangs":
            return

        def answer() -> None:
            if self.faults.subscribes == "well" and self._linked == attempt:
                self._subscribed = True
                self.feed(link.Subscribed(self.now_ns, attempt))
            else:
                self.feed(link.SubscribeFailed(self.now_ns, attempt, "not connected"))

        self._later(200 * NS_PER_MS, answer)

    def _disconnect(self, asked: link.Disconnect) -> None:
        attempt, limit_ns = asked.attempt, asked.timeout_ns
        assert self._client == attempt, "disconnects what is not there"
        slow = self._linked == attempt

        def close() -> None:
            if self._client == attempt:
                self._client = self._connecting = None
            if self._linked == attempt:
                self._linked, self._subscribed = None, False
            self.feed(link.Closed(self.now_ns, attempt))

        if self.faults.disconnects == "hangs":
            # The shell keeps its own deadline: then the client is torn down whatever BlueZ says.
            self._later(limit_ns, close)
        else:
            self._later(min(limit_ns, (2_600 if slow else 5) * NS_PER_MS), close)
