"""Which of a characteristic's notifications are worth looking at: each once, in order, and no faster than any sensor speaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from cued.units import NS_PER_MS

DOUBLED_NS: Final = 50 * NS_PER_MS
"""The same bytes again so soon are one notification delivered twice: BlueZ multiplies them after a reconnect (5, 10, 15, 20
times), each set within milliseconds. The fastest honest sensors speak every 100 ms, and theirs lose nothing by it: the
value is the same."""
PERIOD_NS: Final = 100 * NS_PER_MS
"""Ten a second is what is let through for long: no pod, strap or treadmill sends more, and cadence is judged over seconds."""
AHEAD_NS: Final = 4 * PERIOD_NS
"""So far a sensor may run ahead of that: five at once, since a busy radio holds some back and delivers them in one go."""


class Refusal(Enum):
    """Why a notification was dropped."""

    DOUBLED = "doubled"
    OUT_OF_ORDER = "out of order"
    THINNED = "more than ten a second"


@dataclass(frozen=True, slots=True)
class Flow:
    """What one characteristic has sent. What was dropped leaves no trace, so that a doubled stream is as the single one."""

    at_ns: int | None = None
    """Stamp of the last that was let through; None: none yet."""
    data: bytes = b""
    """Its bytes."""
    paid_ns: int = 0
    """Up to here the sensor has used the time that is allowed it."""


def admit(flow: Flow, at_ns: int, data: bytes) -> tuple[Flow, Refusal | None]:
    """The flow after one more notification, and why that one is dropped; None: it is let through."""
    if flow.at_ns is None:
        return Flow(at_ns, data, at_ns + PERIOD_NS), None
    if at_ns < flow.at_ns:
        return flow, Refusal.OUT_OF_ORDER
    if at_ns == flow.at_ns or (data == flow.data and at_ns - flow.at_ns < DOUBLED_NS):
        return flow, Refusal.DOUBLED
    if flow.paid_ns - at_ns > AHEAD_NS:
        return flow, Refusal.THINNED
    return Flow(at_ns, data, max(flow.paid_ns, at_ns) + PERIOD_NS), None
