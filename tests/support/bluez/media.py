"""bluetoothd's Media1: players that register, the keys that headsets send them, and what they tell of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from dbus_fast import Message, MessageType, unpack_variants

from tests.support.bluez.faults import bluez_error

MEDIA: Final = "org.bluez.Media1"
PLAYER: Final = "org.mpris.MediaPlayer2.Player"


@dataclass(slots=True)
class Media:
    """The players of one adapter, by client and path; the first that registered has the keys."""

    players: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def answer(self, method: str, body: list[Any], client: str) -> None:
        """RegisterPlayer, UnregisterPlayer (doc/org.bluez.Media.rst)."""
        key = (client, str(body[0]))
        if method == "RegisterPlayer":
            if key in self.players:
                raise bluez_error("AlreadyExists", "Already Exists")
            self.players[key] = unpack_variants(body[1])
        elif method == "UnregisterPlayer":
            if self.players.pop(key, None) is None:
                raise bluez_error("DoesNotExist", "Does Not Exist")
        else:
            raise bluez_error("NotSupported", method)

    def heard(self, message: Message) -> None:
        """A player tells what has changed."""
        if message.message_type is MessageType.SIGNAL and message.member == "PropertiesChanged":
            player = self.players.get((message.sender or "", message.path or ""))
            if player is not None and message.body[0] == PLAYER:
                player.update(unpack_variants(message.body[1]))

    def client_gone(self, client: str) -> None:
        self.players = {key: player for key, player in self.players.items() if key[0] != client}

    def press(self, method: str) -> Message:
        """What bluetoothd sends for a headset's button."""
        (client, path), _ = next(iter(self.players.items()))
        return Message(destination=client, path=path, interface=PLAYER, member=method)
