"""One conversation with BlueZ about headphones: search, pair, connect, let go. Each function has a loop of its own and blocks.

All raise HeadphonesError where something has to be mended first.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from types import TracebackType
from typing import Final, Protocol, Self

from dbus_fast import Message, MessageType, Variant, unpack_variants
from dbus_fast.errors import DBusError

from cued.dbus.connection import Connection, alone
from cued.dbus.deadlines import Deadlines
from cued.dbus.faults import NO_ADAPTER, NO_BLUETOOTHD, POWERED_OFF, RETRIED, reason_of
from cued.dbus.names import ADAPTER, AGENT_MANAGER, BLUEZ, BLUEZ_PATH, DBUS, DEVICE, OBJECT_MANAGER, PROPERTIES
from cued.errors import HeadphonesError
from cued.headphones.agent import AGENT_PATH, CAPABILITY, answer
from cued.headphones.known import KnownHeadphones
from cued.headphones.picture import Picture, Seen
from cued.headphones.words import NO_SERVER, NOT_NEAR, connecting_reason, pairing_reason
from cued.units import NS_PER_S

RULES: Final = (
    f"type='signal',sender='{BLUEZ}',interface='{OBJECT_MANAGER}'",
    f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',member='PropertiesChanged'",
    f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
)


@dataclass(frozen=True, slots=True)
class Patience:
    """Every deadline, in nanoseconds."""

    call_ns: int = 3 * NS_PER_S
    """One question to BlueZ that needs no radio: milliseconds."""
    adapter_ns: int = 3 * NS_PER_S
    """For an adapter to come up: bluetoothd takes its name before it has looked for adapters."""
    search_ns: int = 15 * NS_PER_S
    """An inquiry takes 10.24 s (Core Specification Vol 2, Part B 8.4.2), names come after it."""
    more_ns: int = 3 * NS_PER_S
    """After the first headphones in sight, for others to be seen, which would have to be asked about."""
    pair_ns: int = 30 * NS_PER_S
    """The paging (5 s), the exchange of keys, and the services (some seconds)."""
    connect_ns: int = 20 * NS_PER_S
    """Paging takes up to 5 s, each profile a second or two; cheap headphones take their time."""
    stream_ns: int = 8 * NS_PER_S
    """From the connection to the sound server's stream: a second or two."""
    grace_ns: int = NS_PER_S
    """As of `Deadlines`."""

    def divided_by(self, divisor: int) -> Patience:
        """All of it `divisor` times shorter, for tests in real time."""
        return replace(self, **{field.name: getattr(self, field.name) // divisor for field in fields(self)})


USUAL: Final = Patience()
Tell = Callable[[str], None]
"""What is being done just now."""


class Choice(Protocol):
    """Whose headphones are meant. Both are given all that BlueZ knows of and that plays sound, the nearest first."""

    def surely(self, known: Sequence[Seen]) -> Seen | None:
        """The one that is meant, whoever else may be near; None: not to be seen so far."""

    def finally_(self, known: Sequence[Seen]) -> Seen:
        """The one, when nobody else will come; raises HeadphonesError."""


def pair(choice: Choice, tell: Tell, *, patience: Patience = USUAL) -> Seen:
    """Search until one is chosen, pair it, trust it, connect it, and wait until a sound server has taken it.

    What is paired already is connected alone.
    """

    async def pairing() -> Seen:
        async with _Station(patience) as station:
            seen = await station.search(choice, tell)
            return await station.make_own(seen, tell)

    return alone(pairing())


def connect_known(
    known: Sequence[KnownHeadphones], deadline_ns: int | None = None, *, patience: Patience = USUAL
) -> KnownHeadphones | None:
    """Connect the first of `known` that is there, within `deadline_ns` in all; None: none of them is.

    Those that are connected already go before the others. For the daemon, at boot and after a loss. Connecting pages for some
    seconds, in which a pod on the same adapter may be silent; while sound goes out, searches for pods rest by themselves.
    """

    async def connecting() -> KnownHeadphones | None:
        async with _Station(patience) as station:
            return await station.connect_any(known, deadline_ns)

    return alone(connecting())


def let_go(address: str, *, patience: Patience = USUAL) -> bool:
    """Have BlueZ forget the device (it disconnects and unpairs it); False: it did not know it."""

    async def letting_go() -> bool:
        async with _Station(patience, needs_power=False) as station:
            return await station.let_go(address)

    return alone(letting_go())


def states(addresses: Sequence[str], *, patience: Patience = USUAL) -> dict[str, Seen]:
    """What BlueZ knows of each, by address."""

    async def looking() -> dict[str, Seen]:
        async with _Station(patience, needs_power=False) as station:
            found = [station.picture.device(address) for address in addresses]
            return {one.address: one for one in found if one is not None}

    return alone(looking())


class _Station:
    """A connection to BlueZ and a picture of it that is kept true, as a block."""

    def __init__(self, patience: Patience, *, needs_power: bool = True) -> None:
        self._patience = patience
        self._needs_power = needs_power
        self._deadlines = Deadlines(patience.grace_ns)
        self._bus = Connection(self._deadlines, patience.call_ns)
        self._changed = asyncio.Event()
        self._gone = False
        """bluetoothd has left the bus."""
        self._pairs = ""
        """The path of the device that is being paired."""
        self._searches = ""
        """The path of the adapter that searches."""
        self.picture = Picture()

    async def __aenter__(self) -> Self:
        try:
            await self._bus.open(self._heard, RULES)
            (objects,) = await self._bus.call(BLUEZ, "/", OBJECT_MANAGER, "GetManagedObjects")
            self.picture.looked(unpack_variants(objects))
            await self._power()
        except RETRIED as error:
            self._bus.close()
            raise HeadphonesError(NO_BLUETOOTHD if isinstance(error, TimeoutError) else reason_of(error)) from error
        except BaseException:
            self._bus.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop_search()
        self._bus.close()
        await self._bus.ended()

    async def _power(self) -> None:
        """Returns when an adapter is switched on, or with any adapter where that is enough; raises HeadphonesError."""
        tried: set[str] = set()
        until_ns = time.monotonic_ns() + self._patience.adapter_ns
        while True:
            adapters = self.picture.adapters()
            if any(one.powered for one in adapters) or (adapters and not self._needs_power):
                return
            for one in adapters:
                if one.path not in tried:
                    tried.add(one.path)
                    with contextlib.suppress(*RETRIED):
                        body = [ADAPTER, "Powered", Variant("b", True)]
                        await self._bus.call(BLUEZ, one.path, PROPERTIES, "Set", "ssv", body)
            if not await self._news(until_ns):
                raise HeadphonesError(POWERED_OFF if adapters else NO_ADAPTER)

    async def _news(self, until_ns: int) -> bool:
        """Wait for a change of the picture; False: none came in time. Raises HeadphonesError when bluetoothd is gone."""
        if self._gone:
            raise HeadphonesError(NO_BLUETOOTHD)
        left_ns = until_ns - time.monotonic_ns()
        if left_ns <= 0:
            return False
        with contextlib.suppress(TimeoutError):
            await self._deadlines.within(left_ns, self._changed.wait())
        self._changed.clear()
        if self._gone:
            raise HeadphonesError(NO_BLUETOOTHD)
        return True

    # --- searching -------------------------------------------------------------------------------------------------

    async def search(self, choice: Choice, tell: Tell) -> Seen:
        """Until one is chosen; raises HeadphonesError."""
        found = choice.surely(self.picture.sounding())
        if found is not None and found.paired:
            return found
        tell("looking for headphones in pairing mode …")
        await self._begin_search()
        until_ns = time.monotonic_ns() + self._patience.search_ns
        shortened = False
        while True:
            known = self.picture.sounding()
            found = choice.surely(known)
            if found is not None and found.rssi_dbm is not None:
                break
            if not shortened and any(one.rssi_dbm is not None for one in known):
                shortened = True
                until_ns = min(until_ns, time.monotonic_ns() + self._patience.more_ns)
            if not await self._news(until_ns):
                break
        known = self.picture.sounding()  # before the end of the search, which takes the signals' strengths away
        await self._stop_search()  # a search and a connection would take turns on the radio
        return found or choice.finally_(known)

    async def _begin_search(self) -> None:
        adapter = next(one for one in self.picture.adapters() if one.powered)
        # Headphones answer an inquiry (BR/EDR); without this, advertisements of everything else would come too.
        only = {"Transport": Variant("s", "bredr")}
        try:
            await self._bus.call(BLUEZ, adapter.path, ADAPTER, "SetDiscoveryFilter", "a{sv}", [only])
            await self._bus.call(BLUEZ, adapter.path, ADAPTER, "StartDiscovery")
        except RETRIED as error:
            raise HeadphonesError(reason_of(error)) from error
        self._searches = adapter.path

    async def _stop_search(self) -> None:
        path, self._searches = self._searches, ""
        if path:
            with contextlib.suppress(*RETRIED):
                await self._bus.call(BLUEZ, path, ADAPTER, "StopDiscovery")

    # --- one pair of headphones ------------------------------------------------------------------------------------

    async def make_own(self, seen: Seen, tell: Tell) -> Seen:
        """Pair, trust, connect; returns what they are then. Raises HeadphonesError."""
        called = seen.name or seen.address
        if not seen.paired:
            tell(f"pairing {called} …")
            await self._pair(seen)
        with contextlib.suppress(*RETRIED):  # trusted ones may connect by themselves when they are switched on
            await self._bus.call(BLUEZ, seen.path, PROPERTIES, "Set", "ssv", [DEVICE, "Trusted", Variant("b", True)])
        tell(f"connecting {called} …")
        try:
            await self._connect(seen.path, self._patience.connect_ns)
        except RETRIED as error:
            raise HeadphonesError(f"{called}: {connecting_reason(error)}") from error
        tell(f"waiting for the sound server to take {called} …")
        until_ns = time.monotonic_ns() + self._patience.stream_ns
        while not self.picture.streams(seen.path):
            if not await self._news(until_ns):
                raise HeadphonesError(f"{called} is connected, but {NO_SERVER}")
        return self.picture.device(seen.address) or seen

    async def _pair(self, seen: Seen) -> None:
        self._pairs = seen.path
        try:
            await self._bus.call(BLUEZ, BLUEZ_PATH, AGENT_MANAGER, "RegisterAgent", "os", [AGENT_PATH, CAPABILITY])
            await self._bus.call(BLUEZ, seen.path, DEVICE, "Pair", within_ns=self._patience.pair_ns)
        except RETRIED as error:
            if isinstance(error, DBusError) and error.type == "org.bluez.Error.AlreadyExists":
                return
            with contextlib.suppress(*RETRIED):
                await self._bus.call(BLUEZ, seen.path, DEVICE, "CancelPairing")
            raise HeadphonesError(f"{seen.name or seen.address}: {pairing_reason(error)}") from error
        finally:
            self._pairs = ""
            with contextlib.suppress(*RETRIED):
                await self._bus.call(BLUEZ, BLUEZ_PATH, AGENT_MANAGER, "UnregisterAgent", "o", [AGENT_PATH])

    async def _connect(self, path: str, within_ns: int) -> None:
        try:
            await self._bus.call(BLUEZ, path, DEVICE, "Connect", within_ns=within_ns)
        except TimeoutError:
            with contextlib.suppress(*RETRIED):  # BlueZ would go on trying
                await self._bus.call(BLUEZ, path, DEVICE, "Disconnect")
            raise
        except DBusError as error:
            if error.type != "org.bluez.Error.AlreadyConnected":
                raise

    async def connect_any(self, known: Sequence[KnownHeadphones], deadline_ns: int | None) -> KnownHeadphones | None:
        """The first that connects; those that are connected first."""
        until_ns = None if deadline_ns is None else time.monotonic_ns() + deadline_ns
        there = [(one, seen) for one in known if (seen := self.picture.device(one.address)) is not None and seen.paired]
        there.sort(key=lambda pair: not pair[1].connected)
        for one, seen in there:
            limit_ns = self._patience.connect_ns
            if until_ns is not None:
                limit_ns = min(limit_ns, until_ns - time.monotonic_ns())
            if limit_ns <= 0:
                return None
            try:
                await self._connect(seen.path, limit_ns)
            except RETRIED as error:
                reason = connecting_reason(error)
                if reason != NOT_NEAR and len(there) == 1:
                    raise HeadphonesError(f"{one.called}: {reason}") from error
            else:
                return one
        return None

    async def let_go(self, address: str) -> bool:
        """RemoveDevice; False: there was none."""
        seen = self.picture.device(address)
        if seen is None:
            return False
        try:
            await self._bus.call(BLUEZ, seen.adapter, ADAPTER, "RemoveDevice", "o", [seen.path])
        except RETRIED as error:
            raise HeadphonesError(reason_of(error)) from error
        return True

    # --- messages --------------------------------------------------------------------------------------------------

    def _heard(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.SIGNAL:
            return answer(message, self._pairs)
        match message.member:
            case "InterfacesAdded":
                self.picture.added(message.body[0], unpack_variants(message.body[1]))
            case "InterfacesRemoved":
                self.picture.removed(message.body[0], message.body[1])
            case "PropertiesChanged" if message.path is not None:
                interface, values, gone = message.body
                self.picture.changed(message.path, interface, unpack_variants(values), gone)
            case "NameOwnerChanged" if message.body[0] == BLUEZ:
                self._gone = not message.body[2]
            case _:
                return None
        self._changed.set()
        return None
