"""Sensors on the air: from a notification to the core's decision, what listening costs, and how soon a link is back."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.audio_clicks import environment
from benchmarks.ble_world import FAULTS, HZ, MILL, POD, SENSORS, SPARE, STRAP, World
from benchmarks.harness import Options, Result, Row, median, require
from cued.core.effects import Effect
from cued.core.events import Event
from cued.core.view import View
from cued.formats.sensor_log import Item, Link, LinkIs, Notification
from cued.packs.catalog import open_pack
from cued.runtime.feeding import OnAir, feeding_of
from cued.runtime.liverun import LiveWanted, live
from cued.runtime.pods import Pods
from cued.runtime.request import Pack, Request, ToNothing
from cued.runtime.status import SoundState
from cued.sensors.ble import Radio
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor
from cued.units import NS_PER_MS, NS_PER_S, seconds

NAME: Final = "ble"
LISTENED_S: Final = 60.0
ROUNDS: Final = 3
SETTLED_S: Final = 6.0
"""A link that breaks within five seconds is made again after a rest; these have held."""
BACK_WITHIN_S: Final = 60.0
OFFERS: Final = ((POD, "cadence"), (SPARE, "cadence"), (STRAP, "heart rate"), (MILL, "treadmill speed"))
WORDS: Final = {
    "drop": "the link drops",
    "hang": "the link drops and the first Connect hangs",
    "adapter": "the adapter is switched off and on",
    "bluetoothd": "bluetoothd restarts",
    "bus": "D-Bus restarts, and bluetoothd after it",
}


def run(options: Options) -> Result:
    require("dbus-daemon")
    listened_s, rounds = (10.0, 1) if options.quick else (LISTENED_S, ROUNDS)
    with tempfile.TemporaryDirectory(prefix="cued-bench-") as home:
        own = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        with World() as world, environment({**os.environ, **own, **world.env}):
            options.say(f"{len(SENSORS)} sensors at {HZ} Hz for {listened_s:g} s")
            rows = _listened(world, listened_s)
        with World() as world, environment({**os.environ, **own, **world.env}):
            rows += _reconnects(world, rounds, options)
    notes = (
        "The virtual BlueZ runs in a process of its own; a notification passes its loop, a real dbus-daemon, dbus-fast, bleak.",
        f"Processor share: cued's process alone, {len(SENSORS)} sensors (pod, spare, strap, treadmill) at {HZ} Hz, silent.",
        "Back: from the fault to the next notification, of which there is one every 0.1 s; with a run's deadlines and rests.",
        "The virtual BlueZ makes a link in 10 ms, a real one takes 0.3 to 2 s; a Connect that hangs costs its 10 s.",
    )
    return Result(NAME, tuple(rows), notes)


# --- listening -----------------------------------------------------------------------------------------------------


class Watcher:
    """A screen that notes when the session has taken in an event, and what the process had used by then."""

    every_ns = NS_PER_S

    def __init__(self) -> None:
        self.decided_ns: dict[int, int] = {}
        """By session time of the event."""
        self.used_s: list[tuple[float, float]] = []
        """(monotonic, processor) once a second."""

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 -- each step counts, whatever came of it
        self.decided_ns.setdefault(at_ns, time.monotonic_ns())

    def show(self, view: View, sound: SoundState) -> None:  # noqa: ARG002 -- only its rhythm is of use
        self.used_s.append((time.monotonic(), time.process_time()))

    def notice(self, sentence: str) -> None:
        pass

    def finish(self, end_ns: int) -> None:
        pass


class Listening:
    """The sensors of a run, which begins when all of them have been heard."""

    pending = False

    def __init__(self) -> None:
        sensors = [KnownSensor(one.address, one.name or "", (what,), CadenceUnit.STEPS) for one, what in OFFERS]
        self.items: list[Notification] = []
        self.start_ns = 0
        self._pods = Pods(sensors, Radio, lambda _: None)
        self._pods.listeners.append(self._note)
        self._pods.start()

    def _note(self, item: Item) -> None:
        if isinstance(item, Notification):
            self.items.append(item)

    def wait(self, speak: Callable[[str], None], language: str) -> None:
        end_s = time.monotonic() + BACK_WITHIN_S
        while {item.address for item in list(self.items)} < {one.address for one in SENSORS}:
            if time.monotonic() > end_s:
                raise RuntimeError("not all sensors are heard")
            time.sleep(0.05)
        self._pods.wait(speak, language)

    def record(self, listener: Callable[[Item], None]) -> None:
        self._pods.listeners.append(listener)

    def begin(self, start_ns: int, put: Callable[[Event], None]) -> None:
        self.start_ns = start_ns
        self._pods.begin(start_ns, put)

    def collect(self, now_ns: int) -> list[Event]:
        return self._pods.collect(now_ns)

    def close(self) -> None:
        self._pods.close()


def _listened(world: World, for_s: float) -> list[Row]:
    watcher, sensors = Watcher(), Listening()
    world.do("on")
    try:
        loaded = open_pack("metronome")
        request = Request(pack=Pack(loaded.pack, loaded.folder, loaded.file), feeding=feeding_of(OnAir(), None, 1), seed=1)
        live(request, LiveWanted(ToNothing(), stop_ns=seconds(for_s)), watcher, sensors=sensors)
    finally:
        sensors.close()
    sent = world.sent()
    whole_ms, own_ms = [], []
    for item in sensors.items:
        decided_ns = watcher.decided_ns.get(item.at_ns - sensors.start_ns)
        if decided_ns is not None and item.address in {POD.address, STRAP.address}:
            whole_ms.append((decided_ns - sent[item.address, item.data]) / NS_PER_MS)
            own_ms.append((decided_ns - item.at_ns) / NS_PER_MS)
    wanted = 2 * HZ * for_s
    if len(whole_ms) < 0.9 * wanted:
        raise RuntimeError(f"{len(whole_ms)} of {wanted:.0f} notifications of pod and strap were decided on")
    (began_s, before_s), (ended_s, after_s) = watcher.used_s[1], watcher.used_s[-1]
    share = (after_s - before_s) / (ended_s - began_s)
    details = {"notifications": len(whole_ms)}
    return [
        Row("notification to decision: median", median(whole_ms), "ms", details=details),
        Row("notification to decision: p99", _p99(whole_ms), "ms", details=details),
        Row("of which in cued, from bleak's callback: median", median(own_ms), "ms", details=details),
        Row("of which in cued, from bleak's callback: p99", _p99(own_ms), "ms", details=details),
        Row("processor share of cued, 4 sensors at 10 Hz", 100 * share, "% of a core"),
    ]


def _p99(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[-1]


# --- coming back ---------------------------------------------------------------------------------------------------


class Ear:
    """Waits for the pod."""

    def __init__(self) -> None:
        self._lost_ns = self._heard_ns = 0
        self._changed = threading.Condition()

    def take(self, item: object) -> None:
        with self._changed:
            if isinstance(item, Notification) and item.address == POD.address:
                self._heard_ns = item.at_ns
            elif isinstance(item, LinkIs) and item.address == POD.address and item.state is Link.DOWN:
                self._lost_ns = item.at_ns
            self._changed.notify_all()

    def back(self, since_ns: int) -> int:
        """Stamp of the first notification after the link was lost, which happens after `since_ns`."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._heard_ns > self._lost_ns > since_ns, BACK_WITHIN_S):
                raise RuntimeError(f"the pod was not lost and back within {BACK_WITHIN_S:g} s")
            return self._heard_ns

    def hear(self) -> None:
        """Return when it is heard at all."""
        with self._changed:
            self._changed.wait_for(lambda: self._heard_ns > 0, BACK_WITHIN_S)


def _reconnects(world: World, rounds: int, options: Options) -> list[Row]:
    ear = Ear()
    took_s: dict[str, list[float]] = {fault: [] for fault in FAULTS}
    with Radio(ear.take) as radio:
        for one in SENSORS:
            radio.keep(one.address)
        world.do("on")
        ear.hear()
        for turn in range(rounds):
            for fault, took in took_s.items():
                options.say(f"{WORDS[fault]}, round {turn + 1} of {rounds}")
                time.sleep(SETTLED_S)
                began_ns = time.monotonic_ns()
                world.do(fault)
                took.append((ear.back(began_ns) - began_ns) / NS_PER_S)
    return [
        Row(f"back when {WORDS[fault]}: median", median(took), "s", details={"rounds": took}) for fault, took in took_s.items()
    ]
