"""The one scanner, shared by all who look for something: BlueZ takes a second one in the same process for an error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from cued.dbus.addresses import clean_name
from cued.dbus.deadlines import Deadlines
from cued.sensors.air import Sighting
from cued.sensors.bluez import Watch
from cued.sensors.link import Timing
from cued.sensors.reasons import RETRIED, reason_of
from cued.units import NS_PER_S

SESSION_SCANS: Final = 3
"""A scan that several keep going is begun anew after so many lengths: it would not see that its adapter was switched off."""


class Seeker(Protocol):
    """Who looks for a device."""

    def scan_ended(self) -> None:
        """The time asked for is over."""

    def scan_failed(self, reason: str) -> None:
        """There was no scan, or it broke."""


class Scanner:
    """Scans while anybody wants it. Everything seen is told to everybody, through one callback."""

    def __init__(
        self,
        seen: Callable[[Sighting], None],
        watch: Watch,
        timing: Timing,
        deadlines: Deadlines,
        sound_over_adapter: Callable[[], bool] = lambda: False,
    ) -> None:
        self._seen = seen
        self._watch = watch
        self._timing = timing
        self._deadlines = deadlines
        self._sound = sound_over_adapter
        self._wants: dict[Seeker, int] = {}
        """Until when (monotonic ns)."""
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._session: asyncio.Task[None] | None = None
        self._began_ns: int | None = None

    def want(self, who: Seeker, for_ns: int) -> None:
        """Scan for so long; `who` hears of the end, or of a failure."""
        self._wants[who] = time.monotonic_ns() + for_ns
        self._changed.set()
        if self._session is None or self._session.done():
            self._idle.clear()
            self._session = asyncio.get_running_loop().create_task(self._scan())

    def unwant(self, who: Seeker) -> None:
        """No scan on account of `who` any more; not told."""
        self._wants.pop(who, None)
        self._changed.set()

    async def settled(self) -> None:
        """Returns when no scan is about to end. Connecting waits for that: BlueZ would do both badly at once."""
        if not self._wants:
            await self._idle.wait()

    async def close(self) -> None:
        self._wants.clear()
        if self._session is not None:
            await self._deadlines.end(self._session)

    async def _scan(self) -> None:
        try:
            while self._wants:
                await self._scan_once()
        finally:
            self._idle.set()

    async def _scan_once(self) -> None:
        """One session, from StartDiscovery to StopDiscovery; every want ends with it, or outlives it."""
        timing, now_ns = self._timing, time.monotonic_ns()
        longest_ns = timing.scan_ns * SESSION_SCANS
        if self._sound():
            longest_ns = timing.sound_scan_ns
            if self._began_ns is not None and now_ns < self._began_ns + timing.sound_scan_every_ns:
                self._end_wants(None)  # whatever the latest scan saw has been told to all
                return
        self._began_ns = now_ns
        scanner = BleakScanner(self._advertised, bluez=self._bluez())
        try:
            await self._deadlines.within(timing.call_ns, scanner.start())
        except RETRIED as error:
            self._end_wants(reason_of(error))
            return
        try:
            await self._while_wanted(now_ns + longest_ns)
        finally:
            await self._stop(scanner)

    async def _while_wanted(self, until_ns: int) -> None:
        while self._wants:
            now_ns = time.monotonic_ns()
            for who, end_ns in list(self._wants.items()):
                if end_ns <= now_ns:
                    del self._wants[who]
                    who.scan_ended()
            if now_ns >= until_ns or not self._wants:
                return
            next_ns = min(until_ns, *self._wants.values())
            self._changed.clear()
            changed = asyncio.get_running_loop().create_task(self._changed.wait())
            await asyncio.wait({changed}, timeout=(next_ns - now_ns) / NS_PER_S)
            changed.cancel()

    async def _stop(self, scanner: BleakScanner) -> None:
        try:
            await self._deadlines.within(self._timing.call_ns, scanner.stop())
        except RETRIED:
            # "No discovery started", after the adapter was off: what was to be reached.
            return

    def _bluez(self) -> BlueZScannerArgs:
        name = self._watch.adapter()
        return {} if name is None else {"adapter": name}

    def _end_wants(self, reason: str | None) -> None:
        wants, self._wants = list(self._wants), {}
        for who in wants:
            if reason is None:
                who.scan_ended()
            else:
                who.scan_failed(reason)

    def _advertised(self, device: BLEDevice, said: AdvertisementData) -> None:
        _, properties = said.platform_data
        if "RSSI" not in properties:  # a change of something else: it is not on the air
            return
        known = self._watch.device(device.address)
        battery = None if known is None else known.battery
        self._seen(Sighting(device.address, clean_name(device.name), tuple(said.service_uuids), said.rssi, battery))
