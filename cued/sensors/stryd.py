"""Ground contact time from a Stryd pod, by a characteristic of its own that others have reverse-engineered.

The maker promises nothing of it. So only a frame with both known marks, its length and its first byte, is read: of a
payload that nobody has described, lenience would be guessing. (No pod was at hand to try it on.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.sensors.payload import Payload

CONTACT_TIME_UUID: Final = "7e78aa19-72cd-d3b8-a81f-5b7e589bea0f"
"""Of the private service 7e78aa18-72cd-d3b8-a81f-5b7e589bea0f."""
FRAME_BYTES: Final = 20
MARK: Final = 0x32
"""The first byte of a frame that holds contact time; there are other frames."""
_BEFORE: Final = 3
"""Bytes between the mark and the contact time, meaning unknown."""
_BEHIND: Final = FRAME_BYTES - 1 - _BEFORE - 2


@dataclass(frozen=True, slots=True)
class ContactTime:
    """One frame of contact time."""

    ground_contact_time_ms: int
    """u16 at byte 4, in ms; 0 while there is none."""


def decode_contact_time(data: bytes) -> ContactTime:
    """The contact time of a frame; raises PayloadError for any other frame."""
    payload = Payload("contact-time frame of a Stryd", data)
    if len(data) != FRAME_BYTES:
        raise payload.error("frame", f"it has {len(data)} bytes where {FRAME_BYTES} are needed")
    mark = payload.unsigned(1, "mark")
    if mark != MARK:
        raise payload.error("mark", f"its first byte is 0x{mark:02x} where 0x{MARK:02x} is needed")
    payload.skip(_BEFORE, "unknown bytes")
    return ContactTime(payload.unsigned(2, "contact time"))


def encode_contact_time(value: ContactTime) -> bytes:
    """A frame with that contact time, zeros where the meaning is unknown."""
    return bytes([MARK]) + bytes(_BEFORE) + value.ground_contact_time_ms.to_bytes(2, "little") + bytes(_BEHIND)
