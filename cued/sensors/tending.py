"""One sensor's link, tended: carries out what its machine (`reconnect`) decides, and tells the machine what came of it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from cued.dbus.deadlines import Deadlines
from cued.dbus.faults import NO_ADAPTER
from cued.errors import SensorError
from cued.formats.sensor_log import BatteryRead, Link, LinkIs, Notification
from cued.sensors import link
from cued.sensors.air import BATTERY_LEVEL, Item, Note, Sighting
from cued.sensors.attempt import Attempt, bluez_device
from cued.sensors.bluez import Watch
from cued.sensors.link import Action, Event, Timing
from cued.sensors.reasons import RETRIED, reason_of
from cued.sensors.reconnect import State, due_ns, step
from cued.sensors.scanning import Scanner
from cued.units import NS_PER_S


class Surroundings(Protocol):
    """What all links of one radio share."""

    timing: Timing
    deadlines: Deadlines
    watch: Watch
    scanner: Scanner

    def deliver(self, item: Item) -> None:
        """To the rest of cued."""

    def moving(self, uuid: str, data: bytes) -> bool | None:
        """Does the runner move, as far as this notification tells?"""

    def sounds(self) -> bool:
        """Sound goes out over the adapter."""

    def renew_bus(self) -> None:
        """What is remembered of BlueZ is suspected."""

    @property
    def troubled(self) -> bool:
        """Something is wrong that stops every link, and that was said."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What the machine was last told of its surroundings; it begins by taking them for these."""

    running: bool = True
    present: bool = True
    powered: bool = True
    known: bool = False
    sound: bool = False


class Tender:
    """Lives on the radio's loop. `refresh` it when the surroundings change, `close` it at the end."""

    def __init__(self, address: str, around: Surroundings) -> None:
        self.address = address
        self._around = around
        self._state = State(address, around.timing)
        self._events: deque[Event] = deque()
        self._stepping = False
        self._alarm: asyncio.TimerHandle | None = None
        self._attempt: Attempt | None = None
        self._work: asyncio.Task[None] | None = None
        """What is being done for the present attempt."""
        self._closing: asyncio.Task[None] | None = None
        self._seen_around = _Around()
        self._said: set[str] = set()
        self._battery: int | None = None
        self._closed = False

    def begin(self) -> None:
        """From now on the link is kept."""
        self.refresh()
        self.feed(link.Began(time.monotonic_ns()))

    @property
    def up(self) -> bool:
        """The link stands, as far as is known."""
        return self._state.told is Link.UP

    def refresh(self) -> None:
        """Tell the machine what has changed around it."""
        watch, now_ns = self._around.watch, time.monotonic_ns()
        device, adapters = watch.device(self.address), watch.adapters
        now = _Around(
            watch.running, bool(adapters), any(one.powered for one in adapters), device is not None, self._around.sounds()
        )
        before, self._seen_around = self._seen_around, now
        if before.sound != now.sound:
            self.feed(link.Sound(now_ns, now.sound))
        if before.running and not now.running:
            self.feed(link.BusLost(now_ns))
        if now.running and (before.present, before.powered) != (now.present, now.powered):
            self.feed(link.AdapterIs(now_ns, now.present, now.powered))
        if before.known != now.known:
            self.feed(link.Known(now_ns, now.known))
        if now.running and not before.running:
            self.feed(link.BusBack(now_ns))
        if device is not None and device.battery is not None:
            self._battery_is(device.battery)

    def sighted(self, sighting: Sighting) -> None:
        """A scan saw something."""
        if sighting.address == self.address:
            self.feed(link.Sighted(time.monotonic_ns(), sighting.address))

    def scan_ended(self) -> None:
        self.feed(link.ScanEnded(time.monotonic_ns()))

    def scan_failed(self, reason: str) -> None:
        self._note(reason)
        self.feed(link.ScanFailed(time.monotonic_ns(), reason))

    async def close(self) -> None:
        """Let the device go and be quiet for ever."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._around.scanner.unwant(self)
        for task in (self._work, self._closing):
            if task is not None:
                await self._around.deadlines.end(task)
        if self._attempt is not None:
            try:
                await self._attempt.close(self._around.timing.stop_ns)
            except RETRIED:
                return  # BlueZ goes on with it, or is gone

    # --- the machine -----------------------------------------------------------------------------------------------

    def feed(self, event: Event) -> None:
        """Step the machine and begin what it asks for; an event out of the middle of that waits its turn."""
        if self._closed:
            return
        self._events.append(event)
        if self._stepping:
            return
        self._stepping = True
        try:
            while self._events:
                self._state, actions = step(self._state, self._events.popleft())
                for action in actions:
                    self._carry_out(action)
        finally:
            self._stepping = False
            self._set_alarm()

    def _set_alarm(self) -> None:
        """A `Tick` when the machine wants one. One alarm at most: it looks again when it is early."""
        wants_ns = due_ns(self._state)
        if wants_ns is None:
            return
        loop = asyncio.get_running_loop()
        at_s = loop.time() + max(0, wants_ns - time.monotonic_ns()) / NS_PER_S
        if self._alarm is not None and not self._alarm.cancelled():
            if self._alarm.when() <= at_s:
                return
            self._alarm.cancel()
        self._alarm = loop.call_at(at_s, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self.feed(link.Tick(time.monotonic_ns()))

    def _carry_out(self, action: Action) -> None:
        match action:
            case link.StartScan():
                self._around.scanner.want(self, action.for_ns)
            case link.StopScan():
                self._around.scanner.unwant(self)
            case link.Connect():
                self._work = self._begin(self._connect(action.attempt, action.timeout_ns))
            case link.Subscribe():
                self._work = self._begin(self._subscribe(action.attempt, action.timeout_ns))
            case link.Disconnect():
                attempt, work = self._attempt, self._work
                self._attempt = self._work = None
                self._closing = self._begin(self._disconnect(action, attempt, work))
            case link.RenewBus():
                self._around.renew_bus()
            case link.Tell():
                self._around.deliver(LinkIs(time.monotonic_ns(), self.address, action.link))

    @staticmethod
    def _begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(work)

    # --- what takes time: each ends in one event, whatever happens ----------------------------------------------------

    async def _connect(self, number: int, limit_ns: int) -> None:
        around, before = self._around, self._closing

        def heard(notification: Notification) -> None:
            self._heard(number, notification)

        def dropped() -> None:
            self.feed(link.Dropped(time.monotonic_ns(), number))

        async def connecting() -> None:
            adapter = around.watch.adapter()
            if adapter is None:
                raise SensorError(NO_ADAPTER)
            if before is not None:
                await asyncio.wait({before})
            await around.scanner.settled()
            device = bluez_device(self.address, adapter)
            self._attempt = attempt = Attempt(device, around.timing, around.deadlines, heard, dropped)
            await attempt.connect(limit_ns)

        await self._answer(
            around.deadlines.within(limit_ns, connecting()),
            lambda: link.Connected(time.monotonic_ns(), number),
            lambda reason: link.ConnectFailed(time.monotonic_ns(), number, reason),
        )

    async def _subscribe(self, number: int, limit_ns: int) -> None:
        attempt = self._attempt
        assert attempt is not None
        await self._answer(
            self._around.deadlines.within(limit_ns, attempt.subscribe(limit_ns)),
            lambda: link.Subscribed(time.monotonic_ns(), number),
            lambda reason: link.SubscribeFailed(time.monotonic_ns(), number, reason),
        )
        if self._attempt is not attempt:
            return
        # The battery comes after all that matters, and may fail.
        try:
            level = await attempt.read(BATTERY_LEVEL)
            if level:
                self._battery_is(level[0])
            await attempt.subscribe_battery()
        except RETRIED:
            return

    async def _disconnect(self, asked: link.Disconnect, attempt: Attempt | None, work: asyncio.Task[None] | None) -> None:
        around = self._around

        async def disconnecting() -> None:
            if work is not None:
                await around.deadlines.end(work)
            if attempt is None:
                return
            if attempt.lost:
                self._note(f"{attempt.lost} notifications were a flood and not taken for measurements")
            if not attempt.connected:
                # BlueZ may still be connecting, and would refuse the next attempt until it has given up.
                await around.watch.release(self.address)
            await attempt.close(asked.timeout_ns)

        try:
            await around.deadlines.within(asked.timeout_ns, disconnecting())
        except RETRIED as error:
            self._note(f"its link did not end in order ({reason_of(error)})")
        finally:
            self.feed(link.Closed(time.monotonic_ns(), asked.attempt))

    async def _answer(self, work: Coroutine[Any, Any, None], well: Callable[[], Event], failed: Callable[[str], Event]) -> None:
        try:
            await work
        except (SensorError, *RETRIED) as error:
            reason = str(error) if isinstance(error, SensorError) else reason_of(error)
            self._note(reason)
            self.feed(failed(reason))
        except Exception as error:  # noqa: BLE001 - whatever a library raises, the link has to come back
            self._note(f"something unforeseen happened ({type(error).__name__}: {error})")
            self.feed(failed(str(error)))
        else:
            self.feed(well())

    # --- what is heard -----------------------------------------------------------------------------------------------

    def _heard(self, number: int, notification: Notification) -> None:
        if self._closed:
            return
        if notification.uuid == BATTERY_LEVEL:
            if notification.data:
                self._battery_is(notification.data[0])
            return
        self._around.deliver(notification)
        self._said.clear()
        moving = self._around.moving(notification.uuid, notification.data)
        self.feed(link.Heard(notification.at_ns, number, moving))

    def _battery_is(self, percent: int) -> None:
        if percent != self._battery and percent <= 100:
            self._battery = percent
            self._around.deliver(BatteryRead(time.monotonic_ns(), self.address, percent))

    def _note(self, text: str) -> None:
        """Say it, unless it was said since the sensor was last heard, or is no wonder."""
        if text not in self._said and not self._around.troubled:
            self._said.add(text)
            self._around.deliver(Note(time.monotonic_ns(), self.address, text))
