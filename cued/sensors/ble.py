"""The radio: keeps the links to all sensors of a run, in a thread of its own, and hands over what they send.

A shell: what a link does next is decided in `reconnect`; here are the loop, the one scanner and the watch on BlueZ.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from cued.dbus.connection import end_loop
from cued.dbus.deadlines import Deadlines
from cued.sensors.air import Item, Note, Sighting, parse_address, tells_moving
from cued.sensors.bleaks import close_bleak, forget_bleaks_picture, know_bleaks_version
from cued.sensors.bluez import Watch
from cued.sensors.link import Timing
from cued.sensors.reasons import RETRIED
from cued.sensors.scanning import Scanner
from cued.sensors.tending import Tender
from cued.units import NS_PER_S

STOPS_WITHIN_S: Final = 2.0
"""The thread is given so long to end; its links are asked to end earlier (`Timing.stop_ns`)."""
USUAL: Final = Timing()


class Radio:
    """Begin with `start`, end with `stop` (or use it as a block); `keep` and `let_go` at any time, from any thread.

    It never fails: what is wrong is told by `Note`s, and tried again for ever.
    """

    def __init__(
        self,
        sink: Callable[[Item], None],
        *,
        timing: Timing = USUAL,
        adapter: str | None = None,
        sound_over_adapter: Callable[[], bool] | None = None,
        moving: Callable[[str, bytes], bool | None] = tells_moving,
    ) -> None:
        """`sink` gets everything, on the radio's thread; it has to be quick and may not raise (a queue's `put`).

        `adapter`: the one to use, as `hci0`; None: the first that is switched on. `sound_over_adapter`: does sound go out over
        that adapter now? Asked about once a second, and before each scan; None: as BlueZ says. `moving`: see `tells_moving`.
        """
        self.timing = timing
        self.moving = moving
        self._sink = sink
        self.deadlines = Deadlines(timing.grace_ns // 2)  # so that an answer comes before its machine stops waiting
        self.watch = Watch(self._refresh, self._trouble, timing, self.deadlines, adapter)
        self.sounds = self.watch.sounds if sound_over_adapter is None else sound_over_adapter
        self.scanner = Scanner(self._sighted, self.watch, timing, self.deadlines, self.sounds)
        self._tenders: dict[str, Tender] = {}
        self._farewells: set[asyncio.Task[None]] = set()
        self._troubles: dict[str, str] = {}
        self._unforeseen: set[str] = set()
        self._renewed_ns: int | None = None
        self._awake = asyncio.Event()
        self._stopping = False
        self._quiet = False
        self._lock = threading.Lock()
        """Over the two below, which other threads touch."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """From the start until nobody can be asked any more."""
        self._wanted: list[str] = []
        self._thread = threading.Thread(target=self._run, name="cued-radio", daemon=True)

    # --- from any thread -------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Begin; returns at once. A radio is started once."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        """End all links; returns within two seconds, and nothing is delivered afterwards."""
        with self._lock:
            self._stopping = True
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._awake.set)
        self._thread.join(STOPS_WITHIN_S)
        self._quiet = True

    def keep(self, address: str) -> None:
        """Keep a link to this sensor from now on; raises SensorError for what is no address."""
        self._want(parse_address(address), wanted=True)

    def let_go(self, address: str) -> None:
        """No link to this sensor any more; raises SensorError for what is no address."""
        self._want(parse_address(address), wanted=False)

    def _want(self, address: str, *, wanted: bool) -> None:
        with self._lock:
            if wanted and address not in self._wanted:
                self._wanted.append(address)
            if not wanted and address in self._wanted:
                self._wanted.remove(address)
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._awake.set)

    # --- what links ask for (on the radio's thread, as all below) ------------------------------------------------------

    def deliver(self, item: Item) -> None:
        """To the rest of cued."""
        if not self._quiet:
            self._sink(item)

    def renew_bus(self) -> None:
        """Have bleak look at BlueZ anew, unless a link stands (then BlueZ is well) or that was just done."""
        now_ns = time.monotonic_ns()
        recently = self._renewed_ns is not None and now_ns - self._renewed_ns < self.timing.sound_scan_every_ns
        if not recently and not any(tender.up for tender in self._tenders.values()):
            self._renewed_ns = now_ns
            forget_bleaks_picture()

    @property
    def troubled(self) -> bool:
        """Something is wrong that stops every link, and that was said."""
        return bool(self._troubles)

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        loop = self._loop
        assert loop is not None
        loop.set_exception_handler(self._unhandled)
        try:
            loop.run_until_complete(self._live())
        finally:
            with self._lock:
                self._loop = None
            end_loop(loop)

    async def _live(self) -> None:
        keeping = asyncio.get_running_loop().create_task(self.watch.keep())
        preparing = asyncio.get_running_loop().create_task(self._prepare())
        preparing.add_done_callback(lambda _: self._awake.set())
        while not self._stopping and not preparing.done():
            await self._nap()
        await self.deadlines.end(preparing)
        while not self._stopping:
            self._follow()
            self._refresh()
            self.deadlines.chase()
            if keeping.done():  # by an error that nobody foresaw
                keeping = asyncio.get_running_loop().create_task(self.watch.keep())
            await self._nap()
        farewells = {asyncio.get_running_loop().create_task(tender.close()) for tender in self._tenders.values()}
        farewells |= self._farewells
        if farewells:
            await asyncio.wait(farewells, timeout=self.timing.stop_ns / NS_PER_S)
        await self.scanner.close()
        await self.deadlines.end(keeping)
        await close_bleak(self.deadlines, self.timing.settle_ns)

    async def _prepare(self) -> None:
        """What has to be known before the first link is made."""
        await know_bleaks_version(self.deadlines, self.timing)
        with contextlib.suppress(TimeoutError):
            await self.deadlines.within(self.timing.call_ns, self.watch.settled.wait())

    async def _nap(self) -> None:
        """Until somebody wakes the radio, or it is time to look around."""
        self._awake.clear()
        with contextlib.suppress(TimeoutError):
            await self.deadlines.within(self.timing.watch_ns, self._awake.wait())

    def _follow(self) -> None:
        """Have a link for each sensor that is wanted, and no other."""
        with self._lock:
            wanted = list(self._wanted)
        for address in [address for address in self._tenders if address not in wanted]:
            task = asyncio.get_running_loop().create_task(self._tenders.pop(address).close())
            self._farewells.add(task)
            task.add_done_callback(self._farewells.discard)
        for address in wanted:
            if address not in self._tenders:
                self._tenders[address] = Tender(address, self)
                self._tenders[address].begin()

    def _refresh(self) -> None:
        for tender in self._tenders.values():
            tender.refresh()

    def _sighted(self, sighting: Sighting) -> None:
        for tender in self._tenders.values():
            tender.sighted(sighting)

    def _trouble(self, about: str, sentence: str | None) -> None:
        """What is wrong with the bus, BlueZ, the adapter or its power; said once, until it is over."""
        before = self._troubles.get(about)
        if sentence is None:
            self._troubles.pop(about, None)
            if before is not None:
                self.deliver(Note(time.monotonic_ns(), None, f"that is over: {before}"))
        elif before != sentence:
            self._troubles[about] = sentence
            self.deliver(Note(time.monotonic_ns(), None, sentence))

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A future that failed and was asked by nobody: when D-Bus dies, dbus-fast leaves some."""
        del loop
        error = context.get("exception")
        text = f"the radio met something unforeseen ({context.get('message')}: {error!r})"
        if not isinstance(error, RETRIED) and text not in self._unforeseen:
            self._unforeseen.add(text)
            self.deliver(Note(time.monotonic_ns(), None, text))
