"""The machine's Bluetooth as a test holds it: synchronous, from any thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from dbus_fast import Variant

from tests.support.bluez.bus import BusDaemon
from tests.support.bluez.device import Device
from tests.support.bluez.faults import Fault
from tests.support.bluez.headphones import Headphones
from tests.support.bluez.peripherals import Peripheral, full
from tests.support.bluez.service import Bluetoothd
from tests.support.bluez.tree import HEADPHONES, TRANSPORT

DEADLINE_S: Final = 60.0
"""For one command to the service; they take well under a millisecond, unless the machine has too much to do."""

_T = TypeVar("_T")


class VirtualBluez:
    """A bus, a bluetoothd and an adapter of the test's own; gone with the block."""

    def __init__(self, folder: Path) -> None:
        """`folder` takes the bus's socket and configuration. Skips the test where dbus-daemon is missing."""
        self._bus = BusDaemon(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="virtual-bluez", daemon=True)
        self._service = Bluetoothd(self._bus.address)
        self.env: dict[str, str] = {"DBUS_SYSTEM_BUS_ADDRESS": self._bus.address}
        """What makes bleak, or a child process, find this bus."""

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._do(self._bus.start)
            self._await(self._service.start())
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        try:
            self._await(self._service.kill())
        finally:
            self._bus.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(DEADLINE_S)
            self._loop.close()

    def add(self, peripheral: Peripheral) -> Pod:
        """Put a thing on the air; it advertises at once."""
        return Pod(self, self._do(lambda: self._service.add(peripheral)))

    def add_headphones(self, address: str, name: str | None = "Shokz") -> Headset:
        """Put headphones on the air, in pairing mode."""
        peripheral = Peripheral(address, name, (), advertised=())
        return Headset(self, self._do(lambda: self._service.add_headphones(peripheral)))

    # --- keys of a headset ---

    @property
    def players(self) -> list[dict[str, Any]]:
        """What each registered player has told of itself."""
        return self._do(lambda: [dict(player) for player in self._service.media.players.values()])

    def press(self, method: str) -> None:
        """A button of a headset: `Play`, `Pause`, `Stop`, `Next`, `Previous`."""
        self._do(lambda: self._service.press(method))

    # --- what happens to the machine ---

    def power(self, on: bool) -> None:
        """Switch the adapter, as rfkill or a settings page does."""
        self._do(lambda: self._service.adapter.power(on=on))

    def unplug(self, *, silent: bool = False) -> None:
        """Pull the dongle; `silent`: its devices go without a word about their links."""
        self._do(lambda: self._service.unplug(silent=silent))

    def plug(self) -> None:
        """Put it back: it is off until somebody sets `Powered`."""
        self._do(self._service.adapter.plug)

    def kill(self) -> None:
        """bluetoothd dies: links go, and nobody is told but by the bus (NameOwnerChanged)."""
        self._await(self._service.kill())

    def revive(self) -> None:
        """bluetoothd starts again and knows what was connected once."""
        self._await(self._service.start())

    def restart(self) -> None:
        self.kill()
        self.revive()

    def restart_bus(self) -> None:
        """The bus dies with everybody's connection and comes back at its address; bluetoothd follows."""
        self._bus.stop()
        self._await(self._service.kill())
        self._do(self._bus.start)
        self._await(self._service.start())

    def sound(self, state: str) -> None:
        """The stream to headphones on this adapter: `idle`, `active`, or empty when they are gone."""

        def change() -> None:
            if not state:
                self._service.tree.remove(HEADPHONES)
            elif self._service.tree.has(HEADPHONES, TRANSPORT):
                self._service.tree.change(HEADPHONES, TRANSPORT, State=Variant("s", state))
            else:
                self._service.tree.add(HEADPHONES, TRANSPORT, {"State": Variant("s", state)})

        self._do(change)

    # --- what goes wrong ---

    def fail(self, method: str, error: str, message: str = "", *, times: int | None = 1, bounce: bool = False) -> None:
        """The next `times` calls of `method` (None: all) get this error; `bounce`: after the link came and went."""
        self._plan(method, Fault(times, error=error, message=message, bounce=bounce))

    def delay(self, method: str, seconds: float, *, times: int | None = 1) -> None:
        """They are answered that much later. `ServicesResolved` is a method here too."""
        self._plan(method, Fault(times, delay_s=seconds))

    def hang(self, method: str, *, times: int | None = 1) -> None:
        """They are never answered; a `Connect` ends when the client says Disconnect."""
        self._plan(method, Fault(times, hang=True))

    def heal(self) -> None:
        """No planned fault is left."""
        self._do(self._service.faults.clear)

    def _plan(self, method: str, fault: Fault) -> None:
        self._do(lambda: self._service.faults.plan(method, fault))

    # --- what is seen ---

    @property
    def calls(self) -> list[tuple[str, str]]:
        """(method, path) of every call so far; a property's is `Set Powered`."""
        return list(self._service.calls)

    @property
    def discovering(self) -> bool:
        return self._service.adapter.discovering

    @property
    def powered(self) -> bool:
        return self._service.adapter.powered

    # --- the service's thread ---

    def _do(self, act: Callable[[], _T]) -> _T:
        async def acting() -> _T:
            return act()

        return self._await(acting())

    def _await(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_S)


class Pod:
    """One thing on the air, in a test's hands."""

    def __init__(self, bluez: VirtualBluez, device: Device) -> None:
        self._bluez = bluez
        self._device = device

    @property
    def address(self) -> str:
        return self._device.peripheral.address

    @property
    def path(self) -> str:
        """Of its D-Bus object, as `VirtualBluez.calls` names it."""
        return self._device.path

    def notify(self, uuid: str, value: bytes) -> int:
        """A value to every registration; returns how many there were to hear it."""
        return self._bluez._do(lambda: self._device.notify(uuid, value))

    def set_value(self, uuid: str, value: bytes) -> None:
        """What ReadValue gives from now on; a battery level shows in Battery1 too."""
        self._bluez._do(lambda: self._device.set_value(uuid, value))

    def drop(self) -> None:
        """The link is lost; it advertises again unless it has vanished."""
        self._bluez._do(self._device.drop)

    def vanish(self) -> None:
        """It stops advertising; a link it has stays."""
        self._bluez._do(self._device.vanish)

    def appear(self) -> None:
        self._bluez._do(self._device.appear)

    def forget(self) -> None:
        """bluetoothd removes the device, as it does with those it has only seen a while ago."""
        self._bluez._do(self._device.forget)

    @property
    def deaf(self) -> bool:
        """Linked and subscribed, and yet nothing is delivered."""
        return self._device.deaf

    @deaf.setter
    def deaf(self, deaf: bool) -> None:
        self._device.deaf = deaf

    @property
    def rssi(self) -> int:
        return self._device.rssi

    @rssi.setter
    def rssi(self, dbm: int) -> None:
        self._device.rssi = dbm

    @property
    def connected(self) -> bool:
        return self._device.connected

    def subscriptions(self, uuid: str) -> int:
        """How many D-Bus clients are registered for it, those of lost links included."""
        return self._device.gatt.subscriptions(full(uuid))

    @property
    def written(self) -> list[tuple[str, bytes]]:
        """(UUID, value) of what clients wrote."""
        return list(self._device.gatt.written)


class Headset:
    """Headphones in a test's hands."""

    def __init__(self, bluez: VirtualBluez, headphones: Headphones) -> None:
        self._bluez = bluez
        self._headphones = headphones

    @property
    def address(self) -> str:
        return self._headphones.peripheral.address

    @property
    def path(self) -> str:
        return self._headphones.path

    @property
    def paired(self) -> bool:
        return self._headphones.paired

    @property
    def trusted(self) -> bool:
        return self._headphones.trusted

    @property
    def connected(self) -> bool:
        return self._headphones.connected

    def pairing_mode(self, on: bool) -> None:
        """Do they answer an inquiry?"""
        self._bluez._do(self._headphones.appear if on else self._headphones.vanish)

    def switch(self, on: bool) -> None:
        """Their own switch; off ends the link."""

        def switch() -> None:
            self._headphones.switched_on = on
            if not on:
                self._headphones.vanish()
                self._headphones.drop()

        self._bluez._do(switch)

    def sound_server(self, there: bool) -> None:
        """Would somebody take their sound?"""
        self._headphones.sound_server = there

    def own(self) -> None:
        """Paired long ago, and not in pairing mode now."""

        def own() -> None:
            self._headphones.paired = self._headphones.kept = True
            self._headphones.vanish()
            self._headphones.remember()

        self._bluez._do(own)
