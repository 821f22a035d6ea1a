"""A radio that keeps links over the virtual BlueZ, fifty times as fast as on a run, and all that it delivers."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from cued.formats.sensor_log import BatteryRead, Link, LinkIs, Notification
from cued.sensors.air import Item, Note
from cued.sensors.ble import Radio
from cued.sensors.link import Timing
from cued.units import NS_PER_S
from tests.support.bluez import Peripheral, Pod, Running, Script, VirtualBluez, heart_strap, running_pod
from tests.support.waiting import wait_for

SPEED: Final = 50
"""So much faster than a run is everything here: timing, and the pod's own second."""
FAST: Final = Timing().divided_by(SPEED)
SOON_S: Final = 30.0
"""A link that broke in a healthy world is back: after tens of milliseconds, on a machine that has nothing else to do.

How soon is held to in virtual time (test_reconnect.py): here a machine with too much to do may take its time."""
BOUND_S: Final = 30.0
"""Whatever happened (155 s on a run, 3.1 s here), with much room for a busy machine."""
POD: Final = Peripheral("C0:FF:EE:00:00:01", "Pod", running_pod())
NEIGHBOUR: Final = Peripheral("C0:FF:EE:00:00:02", "Neighbour", running_pod())
STRAP: Final = Peripheral("C0:FF:EE:00:00:03", "Strap", heart_strap())

_HEART_RATE: Final = "2A37"


class Beating:
    """A strap that is worn: heart rate until the block ends."""

    def __init__(self, pod: Pod, hz: float) -> None:
        self._pod = pod
        self._interval_s = 1 / hz
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="virtual-strap", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(self._interval_s):
            self._pod.notify(_HEART_RATE, b"\x00\x90")


_I = TypeVar("_I", bound=Item)


class Kept:
    """A radio as a block, and what it delivered. Its pods run until the block ends."""

    def __init__(self, bluez: VirtualBluez, *pods: Pod, sound: Callable[[], bool] | None = None, timing: Timing = FAST) -> None:
        self.bluez = bluez
        self.pods = pods
        self.items: list[Item] = []
        self.radio = Radio(self.items.append, timing=timing, sound_over_adapter=sound)
        self.runner = Script(pods[0], Running(170), hz=SPEED)
        """Wears the first."""
        self._scripts: list[Script | Beating] = [self.runner]
        for pod in pods[1:]:
            worn = pod.address == STRAP.address
            self._scripts.append(Beating(pod, SPEED) if worn else Script(pod, Running(170), hz=SPEED))

    def __enter__(self) -> Self:
        for script in self._scripts:
            script.__enter__()
        self.radio.start()
        for pod in self.pods:
            self.radio.keep(pod.address)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.radio.stop()
        for script in self._scripts:
            script.__exit__(kind, error, trace)

    def got(self, kind: type[_I], address: str | None = None) -> list[_I]:
        """All items of one kind, of one sensor or of all."""
        return [item for item in list(self.items) if isinstance(item, kind) and address in {None, item.address}]

    def links(self, address: str = POD.address) -> list[Link]:
        return [item.state for item in self.got(LinkIs, address)]

    def notes(self) -> list[str]:
        return [note.text for note in self.got(Note)]

    def battery(self, address: str = POD.address) -> list[int]:
        return [item.percent for item in self.got(BatteryRead, address)]

    def calls(self, method: str) -> list[str]:
        """The paths that a method was called on."""
        return [path for called, path in self.bluez.calls if called == method]

    def expect_heard(self, deadline_s: float = SOON_S, address: str | None = None) -> float:
        """Wait until two more notifications of each sensor (or of one) came; how long the first took, in seconds."""
        began_ns = time.monotonic_ns()
        addresses = [pod.address for pod in self.pods] if address is None else [address]
        before = {one: len(self.got(Notification, one)) for one in addresses}
        try:
            for one in addresses:
                wait_for(lambda one=one: len(self.got(Notification, one)) >= before[one] + 2, deadline_s)  # type: ignore[misc]  # a default binds the loop's value
        except AssertionError as error:
            told = [item for item in self.items[-400:] if not isinstance(item, Notification)]
            raise AssertionError(f"not heard again within {deadline_s} s; lately: {told[-12:]}") from error
        return (max(self.got(Notification, one)[before[one]].at_ns for one in addresses) - began_ns) / NS_PER_S

    def expect_link(self, link: Link, address: str = POD.address) -> None:
        wait_for(lambda: self.links(address)[-1:] == [link], SOON_S, f"{link} of {address}")

    def expect_note(self, part: str) -> None:
        wait_for(lambda: any(part in note for note in self.notes()), SOON_S, f"a note of {part!r}")

    def burdens(self) -> tuple[int, int]:
        """Descriptors of the process, and tasks of the radio's loop."""
        loop = self.radio._loop
        assert loop is not None
        return len(list(Path("/proc/self/fd").iterdir())), len(asyncio.all_tasks(loop))


class Havoc:
    """Random faults, and their end."""

    def __init__(self, bluez: VirtualBluez, pods: tuple[Pod, ...], chance: random.Random) -> None:
        self._bluez = bluez
        self._pods = pods
        self._chance = chance
        self._dead = False
        self.done: list[str] = []
        """What was done, for a failure's message."""

    def strike(self) -> None:
        """One fault of a random kind."""
        chance, bluez = self._chance, self._bluez
        pod = chance.choice(self._pods)
        what = chance.choice(
            (
                "drop",
                "drop",
                "deafen",
                "vanish",
                "forget",
                "off",
                "unplug",
                "pull",
                "kill",
                "restart",
                "bus",
                "method",
                "method",
                "method",
            )
        )
        if self._dead and what in {"kill", "restart", "bus", "off", "unplug", "pull", "forget"}:
            what = "drop"
        match what:
            case "drop":
                pod.drop()
            case "deafen":
                pod.deaf = True
            case "vanish":
                pod.vanish()
                pod.drop()
            case "forget":
                pod.forget()
            case "off":
                bluez.power(on=False)
            case "unplug" | "pull":
                bluez.unplug(silent=what == "pull")
            case "kill":
                bluez.kill()
                self._dead = True
            case "restart":
                bluez.restart()
            case "bus":
                bluez.restart_bus()
            case "method":
                what = self._break_a_method()
        self.done.append(what)

    def _break_a_method(self) -> str:
        chance, bluez = self._chance, self._bluez
        method = chance.choice(
            (
                "Connect",
                "Connect",
                "StartNotify",
                "Disconnect",
                "StartDiscovery",
                "StopDiscovery",
                "ReadValue",
                "GetManagedObjects",
                "ServicesResolved",
            )
        )
        times = chance.choice((1, 2, None))
        how = "hangs" if method == "ServicesResolved" else chance.choice(("fails", "hangs", "dawdles"))
        match how:
            case "fails":
                bluez.fail(
                    method,
                    "org.bluez.Error.Failed",
                    "le-connection-abort-by-local",
                    times=times,
                    bounce=chance.random() < 0.5 and method == "Connect",
                )
            case "hangs":
                bluez.hang(method, times=times)
            case "dawdles":
                bluez.delay(method, 10.0 ** chance.uniform(-2.0, -0.5), times=times)
        return f"{method} {how} {times}"

    def heal(self) -> None:
        """A healthy world. An adapter that someone switched off is switched on."""
        self._bluez.heal()
        if self._dead:
            self._bluez.revive()
            self._dead = False
        self._bluez.plug()
        self._bluez.power(on=True)
        for pod in self._pods:
            pod.deaf = False
            pod.appear()
