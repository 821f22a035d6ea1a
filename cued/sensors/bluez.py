"""What BlueZ has to tell: whether it runs, its adapters, the devices that it knows. Over a D-Bus connection of cued's own.

bleak does not notice that bluetoothd was killed and started again, and goes on believing what it remembers; the bus tells
of it (NameOwnerChanged).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from dbus_fast import BusType, Message, MessageType, Variant, unpack_variants
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusError

from cued.dbus.connection import end_of
from cued.dbus.deadlines import Deadlines
from cued.dbus.faults import NO_ADAPTER, NO_BLUETOOTHD, NO_BUS, POWERED_OFF
from cued.dbus.names import ADAPTER, BLUEZ, DBUS, DEVICE, OBJECT_MANAGER, PROPERTIES, TRANSPORT
from cued.sensors.bleaks import forget_bleaks_picture
from cued.sensors.link import Timing
from cued.sensors.reasons import RETRIED, reason_of
from cued.units import NS_PER_S

BATTERY: Final = "org.bluez.Battery1"

RULES: Final = (
    f"type='signal',sender='{DBUS}',interface='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECT_MANAGER}'",
    *(
        f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',member='PropertiesChanged',arg0='{name}'"
        for name in (ADAPTER, BATTERY, TRANSPORT)
    ),
)
"""Not Device1's properties: they change with every advertisement."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """One of BlueZ's adapters."""

    path: str
    """`/org/bluez/hci0`."""
    powered: bool

    @property
    def name(self) -> str:
        """`hci0`."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that BlueZ has an object for, so that it can be connected without a scan."""

    path: str
    address: str
    name: str | None
    battery: int | None = None
    """Percent, as BlueZ knows it; only while it is connected."""
    services: tuple[str, ...] = ()
    """UUIDs that it advertised or offers, as of the latest look at everything, as the next field."""
    connected: bool = False


class Watch:
    """Keeps a picture of BlueZ, and keeps it true through every restart. Lives on one loop."""

    def __init__(
        self,
        changed: Callable[[], None],
        trouble: Callable[[str, str | None], None],
        timing: Timing,
        deadlines: Deadlines,
        adapter: str | None = None,
    ) -> None:
        """`changed`: look again. `trouble(about, sentence)`: what is wrong with `about`; None: it is well again.

        `adapter`: the only one to use, as `hci0`; None: any that is switched on.
        """
        self._changed = changed
        self._trouble = trouble
        self._timing = timing
        self._deadlines = deadlines
        self._wanted = adapter
        self._bus: MessageBus | None = None
        self._look_serial: int | None = None
        """Of the latest question for everything."""
        self._owned = False
        """Somebody has BlueZ's name on the bus."""
        self.running = False
        """BlueZ answers, and the picture is of now."""
        self.settled = asyncio.Event()
        """The first look is over, however it ended."""
        self._adapters: dict[str, Adapter] = {}
        self._devices: dict[str, KnownDevice] = {}
        self._flowing: dict[str, bool] = {}
        """Streams of sound by path: does it flow?"""
        self._tried: set[str] = set()
        """Adapters that cued has tried to switch on since they appeared."""
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def adapters(self) -> tuple[Adapter, ...]:
        """Those that may be used, by name."""
        usable = (one for one in self._adapters.values() if self._wanted in {None, one.name})
        return tuple(sorted(usable, key=lambda one: one.path))

    def adapter(self) -> str | None:
        """The name of the one to use now: the first that is switched on."""
        return next((one.name for one in self.adapters if one.powered), None)

    def sounds(self) -> bool:
        """Does sound go out over the adapter in use just now?"""
        name = self.adapter()
        return any(flows and path.split("/")[3] == name for path, flows in self._flowing.items())

    def device(self, address: str) -> KnownDevice | None:
        """The device as a usable adapter that is switched on knows it."""
        powered = [one.path for one in self.adapters if one.powered]
        known = (self._devices.get(f"{path}/dev_{address.replace(':', '_')}") for path in powered)
        return next((device for device in known if device is not None), None)

    def connected(self) -> tuple[KnownDevice, ...]:
        """Devices that had a link over the adapter in use when everything was last looked at: no scan shows them."""
        under = f"/org/bluez/{self.adapter()}/"
        return tuple(one for one in self._devices.values() if one.connected and one.path.startswith(under))

    async def keep(self) -> None:
        """Look and listen for ever."""
        while True:
            try:
                await self._look_and_listen()
            except RETRIED as error:
                self._lost("bus", reason_of(error))
            finally:
                self.close()
            await asyncio.sleep(self._timing.settle_ns / NS_PER_S)

    async def _look_and_listen(self) -> None:
        """Returns when the bus is gone."""
        self._bus = bus = MessageBus(bus_type=BusType.SYSTEM)
        await self._deadlines.within(self._timing.call_ns, bus.connect())
        bus.add_message_handler(self._heard)
        for rule in RULES:
            await self._call(DBUS, "/org/freedesktop/DBus", DBUS, "AddMatch", "s", [rule])
        self._trouble("bus", None)
        self._owned = True
        gone = asyncio.get_running_loop().create_task(end_of(bus))
        try:
            while not gone.done():
                if self._owned and not self.running:
                    await self._look()
                await asyncio.wait({gone}, timeout=self._timing.watch_ns / NS_PER_S)
        finally:
            gone.cancel()
        self._lost("bus", NO_BUS)

    async def _look(self) -> None:
        """Ask for everything there is."""
        assert self._bus is not None
        self._look_serial = serial = self._bus.next_serial()
        try:
            await self._call(BLUEZ, "/", OBJECT_MANAGER, "GetManagedObjects", serial=serial)
        except DBusError as error:
            self._owned = reason_of(error) != NO_BLUETOOTHD
            self._lost("bluez", reason_of(error))

    def _looked(self, objects: Mapping[str, Mapping[str, Mapping[str, Variant]]]) -> None:
        """The answer; taken up as it comes in, for the signals after it are newer."""
        self._adapters.clear()
        self._devices.clear()
        self._flowing.clear()
        for path, interfaces in objects.items():
            self._added(path, interfaces)
        self.running = True
        self._trouble("bluez", None)
        self.settled.set()
        self._review()

    def _review(self) -> None:
        """The picture has changed: tell it, and what is wrong in it."""
        if self.running:
            if self.adapters:
                self._trouble("adapter", None)
            else:
                # bluetoothd takes its name before it has looked for adapters.
                asyncio.get_running_loop().call_later(self._timing.settle_ns / NS_PER_S, self._miss_adapter)
            if self.adapter() is not None:
                self._trouble("power", None)
            elif self.adapters:
                first = self.adapters[0].path
                if first in self._tried:
                    self._trouble("power", POWERED_OFF)
                else:
                    # One that was plugged in comes up switched off. One that goes off later was switched off by someone.
                    self._tried.add(first)
                    self._soon(self._switch_on(first))
        self._tried.update(one.path for one in self.adapters if one.powered)
        self._changed()

    def _miss_adapter(self) -> None:
        if self.running and not self.adapters:
            self._trouble("adapter", NO_ADAPTER)

    async def _switch_on(self, path: str) -> None:
        try:
            await self._call(BLUEZ, path, PROPERTIES, "Set", "ssv", [ADAPTER, "Powered", Variant("b", True)])
        except RETRIED:
            self._trouble("power", POWERED_OFF)

    async def release(self, address: str) -> None:
        """Have BlueZ give up whatever it is doing with a device."""
        device = self.device(address)
        if device is not None:
            with contextlib.suppress(*RETRIED):
                await self._call(BLUEZ, device.path, DEVICE, "Disconnect")

    async def _call(
        self,
        to: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: list[Any] | None = None,
        *,
        serial: int = 0,
    ) -> None:
        """Raises DBusError for an error as the answer, and all else of `RETRIED`."""
        assert self._bus is not None
        message = Message(
            destination=to, path=path, interface=interface, member=member, signature=signature, body=body or [], serial=serial
        )
        reply = await self._deadlines.within(self._timing.call_ns, self._bus.call(message))
        if reply.message_type is MessageType.ERROR:
            raise DBusError(reply.error_name or "org.bluez.Error.Failed", str(reply.body[0]) if reply.body else "")

    # --- signals ---------------------------------------------------------------------------------------------------

    def _heard(self, message: Message) -> None:
        if message.message_type is MessageType.METHOD_RETURN and message.reply_serial == self._look_serial:
            self._looked(message.body[0])
        if message.message_type is not MessageType.SIGNAL:
            return
        match message.member:
            case "NameOwnerChanged" if message.body[0] == BLUEZ:
                if message.body[1]:
                    self._owned = False
                    self._lost("bluez", NO_BLUETOOTHD)
                if message.body[2]:
                    self._owned = True
                    forget_bleaks_picture()
                    self._soon(self._look())
                return
            case "InterfacesAdded":
                self._added(message.body[0], message.body[1])
            case "InterfacesRemoved":
                self._removed(message.body[0], message.body[1])
            case "PropertiesChanged" if message.path is not None:
                self._added(message.path, {message.body[0]: message.body[1]})
            case _:
                return
        self._review()

    def _added(self, path: str, interfaces: Mapping[str, Mapping[str, Variant]]) -> None:
        adapter, device, battery, stream = (
            unpack_variants(interfaces.get(name, {})) for name in (ADAPTER, DEVICE, BATTERY, TRANSPORT)
        )
        if "Powered" in adapter:
            self._adapters[path] = Adapter(path, bool(adapter["Powered"]))
        if "Address" in device:
            alias = device.get("Alias")
            name = None if alias == device["Address"].replace(":", "-") else alias
            services, linked = tuple(device.get("UUIDs", ())), bool(device.get("Connected"))
            self._devices[path] = KnownDevice(path, device["Address"], name, services=services, connected=linked)
        if "State" in stream:
            self._flowing[path] = stream["State"] == "active"
        if "Percentage" in battery and path in self._devices:
            self._devices[path] = replace(self._devices[path], battery=int(battery["Percentage"]))

    def _removed(self, path: str, interfaces: list[str]) -> None:
        if ADAPTER in interfaces:
            self._adapters.pop(path, None)
            self._tried.discard(path)
        if TRANSPORT in interfaces:
            self._flowing.pop(path, None)
        if DEVICE in interfaces:
            self._devices.pop(path, None)
        elif BATTERY in interfaces and path in self._devices:
            self._devices[path] = replace(self._devices[path], battery=None)

    def _lost(self, about: str, sentence: str) -> None:
        self._trouble(about, sentence)
        self._adapters.clear()
        self._devices.clear()
        self._flowing.clear()
        self._tried.clear()
        self.running = False
        self.settled.set()
        self._changed()

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        """An errand of its own; one that fails is made good by the next look."""

        async def errand() -> None:
            with contextlib.suppress(*RETRIED):
                await work

        task = asyncio.get_running_loop().create_task(errand())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def close(self) -> None:
        """Leave the bus."""
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()
