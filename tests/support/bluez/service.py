"""bluetoothd's stand-in: answers org.bluez on the bus as the real one does. Everything here runs on one asyncio loop."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import Any, Final, TypeVar

from dbus_fast import DBusError, Message, MessageType, RequestNameReply, Variant
from dbus_fast.aio import MessageBus

from tests.support.bluez.adapter import Adapter
from tests.support.bluez.device import Device
from tests.support.bluez.faults import Faults, bluez_error, forever, pause
from tests.support.bluez.gatt import MTU
from tests.support.bluez.headphones import AskAgent, Headphones
from tests.support.bluez.media import MEDIA, PLAYER, Media
from tests.support.bluez.peripherals import Peripheral
from tests.support.bluez.tree import ADAPTER, DEVICE, GATT_CHARACTERISTIC, OBJECT_MANAGER, PROPERTIES, Tree

NAME: Final = "org.bluez"
UNKNOWN_METHOD: Final = "org.freedesktop.DBus.Error.UnknownMethod"
UNKNOWN_OBJECT: Final = "org.freedesktop.DBus.Error.UnknownObject"
INVALID_ARGUMENTS: Final = "org.freedesktop.DBus.Error.InvalidArgs"
AGENT: Final = "org.bluez.Agent1"
AGENT_MANAGER: Final = "org.bluez.AgentManager1"
PLAYER_RULE: Final = f"type='signal',interface='{PROPERTIES}',member='PropertiesChanged',arg0='{PLAYER}'"
GONE_RULE: Final = (
    "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''"
)
"""Names that lose their owner: clients that leave the bus."""

Answer = tuple[str, list[Any]]
"""A D-Bus signature and a body."""
NOTHING: Final[Answer] = ("", [])
_D = TypeVar("_D", bound=Device)


class Bluetoothd:
    """`start` and `kill` are a process's beginning and end; adapter and peripherals outlive it, as hardware does."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._bus: MessageBus | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.calls: list[tuple[str, str]] = []
        """(method, path) of every call that a client made; setting a property is `Set Powered`."""
        self.faults = Faults()
        self.tree = Tree(self._send)
        self.devices: dict[str, Device] = {}
        self.adapter = Adapter(self.tree, self.devices)
        self.agents: dict[str, str] = {}
        """Paths of the clients' agents."""
        self.media = Media()

    async def start(self) -> None:
        """Take the name and tell what there is, as bluetoothd does when it starts."""
        bus = await MessageBus(bus_address=self._address, negotiate_unix_fd=True).connect()
        bus.add_message_handler(self._receive)
        for rule in (GONE_RULE, PLAYER_RULE):
            asked = Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=[rule],
            )
            await bus.call(asked)
        self._bus = bus
        taken = await bus.request_name(NAME)
        assert taken is RequestNameReply.PRIMARY_OWNER, taken
        if self.adapter.plugged:
            self.adapter.show()

    async def kill(self) -> None:
        """End without a word: the bus tells of the lost name, and nobody tells anything else."""
        bus, self._bus = self._bus, None
        if bus is None:
            return
        for task in self._tasks:
            task.cancel()
        bus.disconnect()
        ended = bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast gives it no type
        await asyncio.gather(ended, *self._tasks, return_exceptions=True)
        self.adapter.die()
        self.tree.clear()
        self.agents.clear()
        self.media.players.clear()

    def add(self, peripheral: Peripheral) -> Device:
        return self._put(Device(peripheral, self.tree, self.faults))

    def add_headphones(self, peripheral: Peripheral) -> Headphones:
        return self._put(Headphones(peripheral, self.tree, self.faults))

    def _put(self, device: _D) -> _D:
        peripheral = device.peripheral
        assert device.path not in self.devices, f"two with one address: {peripheral.address}"
        self.devices[device.path] = device
        return device

    # --- messages ---

    def _send(self, message: Message) -> None:
        if self._bus is not None and self._bus.connected:
            try:
                sent = self._bus.send(message)
            except OSError:  # the bus died a moment ago, and nobody has been told yet
                return
            sent.add_done_callback(_retrieve)
            for fd in message.unix_fds:
                sent.add_done_callback(partial(_close, fd))

    def _receive(self, message: Message) -> bool | None:
        if message.message_type is MessageType.SIGNAL:
            if message.member == "NameOwnerChanged" and message.body[0].startswith(":"):
                self._client_gone(message.body[0])
            self.media.heard(message)
            return None
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        assert message.member is not None
        assert message.path is not None
        member = message.member
        if message.interface == PROPERTIES and member == "Set":
            member = f"Set {message.body[1]}"
        self.calls.append((member, message.path))
        task = asyncio.get_running_loop().create_task(self._serve(message, member))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    def _client_gone(self, client: str) -> None:
        self.adapter.client_gone(client)
        self.agents.pop(client, None)
        self.media.client_gone(client)
        for device in self.devices.values():
            device.gatt.client_gone(client)

    async def _serve(self, message: Message, member: str) -> None:
        fds: list[int] = []
        try:
            fault = self.faults.meet(member)
            hopeless = False
            if fault is not None:
                await pause(fault.delay_s)
                if fault.error:
                    if fault.bounce and message.path in self.devices:
                        self.devices[message.path].bounce()
                    raise DBusError(fault.error, fault.message)
                hopeless = fault.hang
            signature, body = await self._answer(message, fds, hopeless=hopeless)
        except DBusError as error:
            self._send(Message.new_error(message, error.type, error.text))
        else:
            self._send(Message.new_method_return(message, signature, body, fds))

    async def _answer(self, message: Message, fds: list[int], *, hopeless: bool) -> Answer:
        path, client = message.path or "", message.sender or ""
        if hopeless and message.member != "Connect":
            await forever()
        match (message.interface, message.member):
            case (interface, "GetManagedObjects") if interface == OBJECT_MANAGER and path == "/":
                return ("a{oa{sa{sv}}}", [self.tree.objects])
            case (interface, _) if interface == PROPERTIES:
                return await self._properties(message, path)
            case (interface, method) if interface is not None and method is not None:
                if not self.tree.has(path, interface):
                    raise DBusError(UNKNOWN_OBJECT, f'Method "{method}" with interface "{interface}" on {path} doesn\'t exist')
                if interface == ADAPTER:
                    return await self.adapter.answer(method, message.body, client)
                if interface == DEVICE and method == "Pair":
                    return await self._pair(self.devices[path], client)
                if interface == DEVICE:
                    return await self._of_device(method, self.devices[path], hopeless=hopeless)
                if interface == AGENT_MANAGER:
                    return self._of_agents(method, client, message.body)
                if interface == MEDIA:
                    self.media.answer(method, message.body, client)
                    return NOTHING
                if interface == GATT_CHARACTERISTIC:
                    return await self._of_characteristic(method, path, client, message.body, fds)
        raise DBusError(UNKNOWN_METHOD, f"{message.interface}.{message.member} on {path}")

    async def _properties(self, message: Message, path: str) -> Answer:
        interface = message.body[0]
        if not self.tree.has(path, interface):
            raise DBusError(UNKNOWN_OBJECT, f"no {interface} at {path}")
        properties = self.tree.objects[path][interface]
        match message.member:
            case "GetAll":
                return ("a{sv}", [properties])
            case "Get" if message.body[1] in properties:
                return ("v", [properties[message.body[1]]])
            case "Set" if (interface, message.body[1]) == (ADAPTER, "Powered"):
                await pause(0)
                self.adapter.power(on=bool(message.body[2].value))
                return NOTHING
            case "Set" if (interface, message.body[1]) == (DEVICE, "Trusted"):
                self.devices[path].trusted = bool(message.body[2].value)
                self.tree.change(path, DEVICE, Trusted=Variant("b", self.devices[path].trusted))
                return NOTHING
        raise DBusError(INVALID_ARGUMENTS, f"{message.member} of {message.body[1:2]}")

    async def _of_device(self, method: str, device: Device, *, hopeless: bool) -> Answer:
        match method:
            case "Connect":
                if not self.adapter.powered:
                    raise bluez_error("NotReady", "br-connection-adapter-not-powered")
                await device.connect(hopeless=hopeless)
            case "Disconnect":
                await device.disconnect()
            case _:
                raise DBusError(UNKNOWN_METHOD, f"{DEVICE}.{method}")
        return NOTHING

    def _of_agents(self, method: str, client: str, body: list[Any]) -> Answer:
        if method == "RegisterAgent":
            if client in self.agents:
                raise bluez_error("AlreadyExists", "Already Exists")
            self.agents[client] = body[0]
        elif self.agents.pop(client, None) is None:
            raise bluez_error("DoesNotExist", "Does Not Exist")
        return NOTHING

    async def _pair(self, device: Device, client: str) -> Answer:
        if not isinstance(device, Headphones):
            raise DBusError(UNKNOWN_METHOD, f"{DEVICE}.Pair")
        agent = self.agents.get(client)
        await device.pair(None if agent is None else self._asking(client, agent))
        return NOTHING

    def _asking(self, client: str, agent: str) -> AskAgent:
        async def ask(method: str, device: str) -> None:
            bus = self._bus
            assert bus is not None
            question = Message(
                destination=client, path=agent, interface=AGENT, member=method, signature="ou", body=[device, 123456]
            )
            reply = await bus.call(question)
            if reply.message_type is MessageType.ERROR:
                raise bluez_error("AuthenticationRejected", "Authentication Rejected")

        return ask

    def unplug(self, *, silent: bool) -> None:
        """The adapter goes, and with it whoever was registered there."""
        self.adapter.unplug(silent=silent)
        self.media.players.clear()

    def press(self, method: str) -> None:
        """A headset's button, for the player that has the keys."""
        self._send(self.media.press(method))

    async def _of_characteristic(self, method: str, path: str, client: str, body: list[Any], fds: list[int]) -> Answer:
        device = next(device for device in self.devices.values() if device.gatt.holds(path))
        # A registration is taken even without a link: bluetoothd makes it good when the link comes.
        if not device.connected and method not in {"StartNotify", "StopNotify"}:
            raise bluez_error("Failed", "Not connected")
        await pause(0.001)
        if not device.gatt.holds(path):  # the adapter was pulled meanwhile
            raise DBusError(UNKNOWN_OBJECT, f"no {GATT_CHARACTERISTIC} at {path}")
        match method:
            case "StartNotify":
                device.gatt.start_notify(path, client)
            case "StopNotify":
                device.gatt.stop_notify(path, client)
            case "AcquireNotify":
                fds.append(device.gatt.acquire_notify(path))
                return ("hq", [0, MTU])
            case "ReadValue":
                return ("ay", [device.gatt.read(path)])
            case "WriteValue":
                device.gatt.write(path, bytes(body[0]))
            case _:
                raise DBusError(UNKNOWN_METHOD, f"{GATT_CHARACTERISTIC}.{method}")
        return NOTHING


def _close(fd: int, _: asyncio.Future[Any]) -> None:
    os.close(fd)


def _retrieve(sent: asyncio.Future[Any]) -> None:
    """A bus that died while we wrote is no surprise here."""
    if not sent.cancelled():
        sent.exception()
