"""The agent that BlueZ asks while it pairs: headphones can show and type nothing, so it says yes (NoInputNoOutput).

It stands only while somebody pairs, and answers for no other device.
"""

from __future__ import annotations

from typing import Final

from dbus_fast import Message, MessageType

from cued.dbus.names import AGENT

AGENT_PATH: Final = "/org/cued/agent"
CAPABILITY: Final = "NoInputNoOutput"
PIN: Final = "0000"
"""Of headphones older than Simple Pairing (Bluetooth 2.1): the code that nearly all have."""


def answer(message: Message, device: str) -> Message | None:
    """The agent's word on a question about `device` (its path); None: it was not the agent that was asked."""
    if message.message_type is not MessageType.METHOD_CALL or message.path != AGENT_PATH or message.interface != AGENT:
        return None
    if message.member in {"Release", "Cancel"}:
        return Message.new_method_return(message)
    if not message.body or message.body[0] != device:
        return Message.new_error(message, "org.bluez.Error.Rejected", "nobody pairs that now")
    match message.member:
        case "RequestPinCode":
            return Message.new_method_return(message, "s", [PIN])
        case "RequestPasskey":
            return Message.new_method_return(message, "u", [int(PIN)])
        case _:
            # RequestConfirmation, RequestAuthorization, AuthorizeService, DisplayPinCode, DisplayPasskey.
            return Message.new_method_return(message)
