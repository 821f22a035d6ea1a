"""Bluetooth headphones (BR/EDR) as bluetoothd shows them: found by an inquiry, paired by an agent, streaming when connected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from dbus_fast import Variant

from tests.support.bluez.device import CONNECT_S, Device
from tests.support.bluez.faults import Faults, bluez_error, forever, pause
from tests.support.bluez.peripherals import Peripheral, full
from tests.support.bluez.tree import ADAPTER_PATH, DEVICE, TRANSPORT, Tree

WEARABLE: Final = 0x240404
"""Class of device: Audio/Video, wearable headset; services rendering and audio."""
SERVICES: Final = tuple(full(uuid) for uuid in ("110B", "110C", "110E", "111E"))
"""Audio sink, remote control target and controller, hands-free: known once services were asked for."""

AskAgent = Callable[[str, str], Awaitable[None]]
"""A question to the client's agent about a path; raises DBusError for a no."""


class Headphones(Device):
    """`on_air` means pairing mode: they answer an inquiry. `switched_on` ones can be connected."""

    def __init__(self, peripheral: Peripheral, tree: Tree, faults: Faults) -> None:
        super().__init__(peripheral, tree, faults)
        self.switched_on = True
        self.paired = False
        self.trusted = False
        self.sound_server = True
        """Somebody has registered an endpoint, as a sound server with its Bluetooth part does."""

    async def pair(self, ask_agent: AskAgent | None) -> None:
        """Pair: the link, the agent's yes, the services."""
        if self.paired:
            raise bluez_error("AlreadyExists", "Already Exists")
        await pause(CONNECT_S)
        if not self.on_air:
            raise bluez_error("ConnectionAttemptFailed", "Page Timeout")
        if ask_agent is None:
            raise bluez_error("AuthenticationFailed", "Authentication Failed")
        await ask_agent("RequestConfirmation", self.path)
        self.paired = self.kept = True
        services = Variant("as", list(SERVICES))
        self._tree.change(self.path, DEVICE, Paired=Variant("b", True), Bonded=Variant("b", True), UUIDs=services)

    async def connect(self, *, hopeless: bool = False) -> None:
        """Connect: the link, and a stream where a sound server has registered."""
        if self.connected:
            return
        await (forever() if hopeless else pause(CONNECT_S))
        if not self.switched_on:
            raise bluez_error("Failed", "br-connection-page-timeout")
        if not self.sound_server:
            raise bluez_error("Failed", "br-connection-profile-unavailable")
        self.connected = self.kept = True
        self._tree.change(self.path, DEVICE, Connected=Variant("b", True))
        self._tree.add(f"{self.path}/fd0", TRANSPORT, {"State": Variant("s", "idle")})

    def drop(self) -> None:
        """Switched off, out of reach, or disconnected."""
        self._tree.remove(f"{self.path}/fd0")
        super().drop()

    async def disconnect(self) -> None:
        """Disconnect."""
        self.drop()

    def _properties(self) -> dict[str, Variant]:
        properties = super()._properties()
        properties |= {
            "AddressType": Variant("s", "public"),
            "Class": Variant("u", WEARABLE),
            "Icon": Variant("s", "audio-headset"),
            "Paired": Variant("b", self.paired),
            "Bonded": Variant("b", self.paired),
            "Trusted": Variant("b", self.trusted),
            "UUIDs": Variant("as", list(SERVICES) if self.paired else []),
            "Adapter": Variant("o", ADAPTER_PATH),
        }
        return properties

    def forget(self) -> None:
        """RemoveDevice takes the keys, too."""
        self.paired = self.trusted = False
        super().forget()
