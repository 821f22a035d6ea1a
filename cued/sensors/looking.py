"""Looking around once: who is on the air, and what one device has to say. Each call has a loop of its own and blocks.

Unlike the radio, these raise SensorError at once where something has to be mended first.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from cued.dbus.addresses import clean_name
from cued.dbus.connection import alone
from cued.dbus.deadlines import Deadlines
from cued.dbus.faults import NO_ADAPTER, NO_BLUETOOTHD, POWERED_OFF
from cued.errors import SensorError
from cued.formats.sensor_log import Notification
from cued.sensors.air import (
    BATTERY_LEVEL,
    MEASURED,
    NO_SIGNAL,
    RSC_FEATURE,
    SENSOR_LOCATION,
    Look,
    Sighting,
    parse_address,
)
from cued.sensors.attempt import Attempt, bluez_device
from cued.sensors.bleaks import close_bleak, know_bleaks_version
from cued.sensors.bluez import Watch
from cued.sensors.link import Timing
from cued.sensors.reasons import NOTHING_TO_READ, RETRIED, UNKNOWN, reason_of
from cued.sensors.scanning import Scanner
from cued.units import NS_PER_S

USUAL: Final = Timing()
ATTEMPTS: Final = 3
"""At one visit: a first connection is aborted now and then where WiFi and Bluetooth share an antenna."""


def ready(*, adapter: str | None = None, timing: Timing = USUAL) -> None:
    """Returns when there is an adapter that is switched on; raises SensorError where something has to be mended first."""

    async def looking() -> None:
        async with _Station(adapter, timing, lambda _: None):
            pass

    alone(looking())


def scan(for_ns: int, seen: Callable[[Sighting], None], *, adapter: str | None = None, timing: Timing = USUAL) -> None:
    """Tell every advertisement as it comes (so that a list of them is live), for `for_ns`; raises SensorError.

    `seen` may raise to end the scan early.
    """

    async def scanning() -> None:
        async with _Station(adapter, timing, seen) as station:
            await station.scan(for_ns)

    alone(scanning())


def glance(for_ns: int, seen: Callable[[Sighting], None], *, adapter: str | None = None, timing: Timing = USUAL) -> int:
    """As `scan`, but considerate: short while sound goes out over the adapter, which a search makes stutter.

    Returns for how long, in ns, nobody should look again. Raises SensorError.
    """

    async def glancing() -> int:
        async with _Station(adapter, timing, seen) as station:
            if not station.sounds():
                await station.scan(for_ns)
                return 0
            await station.scan(min(for_ns, timing.sound_scan_ns))
            return timing.sound_scan_every_ns

    return alone(glancing())


def look_at(
    address: str,
    *,
    listen_ns: int = 5 * NS_PER_S,
    enough: int = 3,
    attempts: int = ATTEMPTS,
    adapter: str | None = None,
    timing: Timing = USUAL,
) -> Look:
    """Connect once, read what the device tells of itself and listen, until `enough` notifications came or `listen_ns` is over.

    `attempts`: so often a connection is tried. Raises SensorError where the device is not in reach, lets nobody connect, or
    offers nothing that cued reads.
    """
    wanted = parse_address(address)

    async def looking() -> Look:
        async with _Station(adapter, timing, lambda _: None) as station:
            return await station.look_at(wanted, listen_ns, enough, attempts)

    return alone(looking())


class _Station:
    """The watch and the scanner for one look around, as a block."""

    def __init__(self, adapter: str | None, timing: Timing, seen: Callable[[Sighting], None]) -> None:
        self._timing = timing
        self._seen = seen
        self._deadlines = Deadlines(timing.grace_ns)
        self._troubles: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._watch = Watch(self._changed.set, self._trouble, timing, self._deadlines, adapter)
        self._scanner = Scanner(self._sighted, self._watch, timing, self._deadlines)
        self._keeping: asyncio.Task[None] | None = None
        self._over: asyncio.Future[None] | None = None
        """Ends with the scan."""
        self._wanted: str | None = None
        """The address that ends a scan."""
        self._found = False
        """It was seen, which bleak may know a moment before the watch does."""

    async def __aenter__(self) -> Self:
        self._keeping = asyncio.get_running_loop().create_task(self._watch.keep())
        try:
            await know_bleaks_version(self._deadlines, self._timing)
            await self._ready()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        await self._scanner.close()
        if self._keeping is not None:
            await self._deadlines.end(self._keeping)
        await close_bleak(self._deadlines, self._timing.settle_ns)

    async def _ready(self) -> None:
        """Returns when there is an adapter that is switched on; raises SensorError where there will be none."""
        until_ns = time.monotonic_ns() + self._timing.call_ns
        while self._watch.adapter() is None:
            if self._troubles and self._watch.settled.is_set():
                raise SensorError(next(iter(self._troubles.values())))
            left_ns = until_ns - time.monotonic_ns()
            if left_ns <= 0:
                raise SensorError(POWERED_OFF if self._watch.adapters else NO_ADAPTER if self._watch.running else NO_BLUETOOTHD)
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await self._deadlines.within(left_ns, self._changed.wait())

    def _trouble(self, about: str, sentence: str | None) -> None:
        if sentence is None:
            self._troubles.pop(about, None)
        else:
            self._troubles[about] = sentence
        self._changed.set()

    def sounds(self) -> bool:
        """Does sound go out over the adapter?"""
        return self._watch.sounds()

    # --- scanning --------------------------------------------------------------------------------------------------

    async def scan(self, for_ns: int, wanted: str | None = None) -> None:
        """Scan for so long, or until `wanted` is seen; raises SensorError."""
        self._over = asyncio.get_running_loop().create_future()
        self._wanted = wanted
        self._scanner.want(self, for_ns)
        self._tell_connected()
        await asyncio.wait({self._over}, timeout=(for_ns + 2 * self._timing.call_ns) / NS_PER_S)
        self._scanner.unwant(self)
        if self._over.done():
            self._over.result()

    def _tell_connected(self) -> None:
        """Sensors that a crashed cued left connected, or another program reads: they are here and advertise nothing."""
        for one in self._watch.connected():
            sighting = Sighting(one.address, clean_name(one.name), one.services, NO_SIGNAL, one.battery)
            if sighting.is_sensor:
                self._sighted(sighting)

    def scan_ended(self) -> None:
        self._end_scan(None)

    def scan_failed(self, reason: str) -> None:
        self._end_scan(SensorError(reason))

    def _sighted(self, sighting: Sighting) -> None:
        try:
            self._seen(sighting)
        except Exception as error:  # noqa: BLE001 - the caller's own error, which goes back to the caller
            self._end_scan(error)
        if sighting.address == self._wanted:
            self._found = True
            self._end_scan(None)

    def _end_scan(self, error: Exception | None) -> None:
        if self._over is None or self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)

    # --- one device ------------------------------------------------------------------------------------------------

    async def look_at(self, address: str, listen_ns: int, enough: int, attempts: int) -> Look:
        for left in reversed(range(attempts)):  # those that are left after this one
            if self._watch.device(address) is None or left < attempts - 1:
                await self.scan(self._timing.connect_ns, address)
            if self._watch.device(address) is None and not self._found:
                raise SensorError(f"{address}: {UNKNOWN}")
            try:
                return await self._visit(address, listen_ns, enough)
            except RETRIED as error:
                if not left:
                    raise SensorError(f"{address}: {reason_of(error)}") from error
        raise AssertionError("every attempt returns or raises")

    async def _visit(self, address: str, listen_ns: int, enough: int) -> Look:
        adapter, timing = self._watch.adapter(), self._timing
        if adapter is None:
            raise SensorError(POWERED_OFF)
        heard: list[Notification] = []
        full = asyncio.Event()

        def hear(notification: Notification) -> None:
            heard.append(notification)
            if len(heard) >= enough:
                full.set()

        attempt = Attempt(bluez_device(address, adapter), timing, self._deadlines, hear, full.set)
        try:
            with contextlib.suppress(TimeoutError):
                await self._deadlines.within(timing.call_ns, self._scanner.settled())
            await attempt.connect(timing.connect_ns)
            offers = attempt.offers
            if not set(offers) & set(MEASURED):
                raise SensorError(f"{address}: {NOTHING_TO_READ}")
            level = await self._read(attempt, BATTERY_LEVEL)
            feature = await self._read(attempt, RSC_FEATURE)
            location = await self._read(attempt, SENSOR_LOCATION)
            await attempt.subscribe(timing.subscribe_ns)
            with contextlib.suppress(TimeoutError):
                await self._deadlines.within(listen_ns, full.wait())
            known = self._watch.device(address)
            name, battery = (None, None) if known is None else (clean_name(known.name), known.battery)
            return Look(address, name, offers, level[0] if level else battery, feature, location, tuple(heard))
        finally:
            with contextlib.suppress(*RETRIED):
                if not attempt.connected:
                    await self._watch.release(address)
                await attempt.close(timing.disconnect_ns)

    @staticmethod
    async def _read(attempt: Attempt, uuid: str) -> bytes | None:
        """A value that is good to have and no reason to fail."""
        try:
            return await attempt.read(uuid)
        except RETRIED:
            return None
