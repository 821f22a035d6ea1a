"""The words of a sensor's link: what can happen to it, what is to be done about it, and how long everything may take.

Pure values; `cued.sensors.reconnect` decides with them, `cued.sensors.ble` carries out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeAlias

from cued.formats.sensor_log import Link
from cued.units import NS_PER_MS, NS_PER_S


@dataclass(frozen=True, slots=True)
class Timing:
    """Every deadline and every rest of a link, in nanoseconds."""

    connect_ns: int = 10 * NS_PER_S
    """A link is made in 0.3 to 2 s; the kernel gives up after 20 s, and a silent device costs all that it is given."""
    reconnect_ns: int = 5 * NS_PER_S
    """The same for the first try after a link that held: what the device offers is known then, and most are made in half a
    second. An abort that BlueZ tells only half of costs bleak all that it is given."""
    subscribe_ns: int = 8 * NS_PER_S
    """Some reads and a subscription for each characteristic: a second in all, unless the radio is busy."""
    disconnect_ns: int = 5 * NS_PER_S
    """BlueZ answers after 2.6 s, once the link is really gone."""
    leave_ns: int = NS_PER_S
    """To disconnect where adapter or bluetoothd are gone: the link is no more, and only the bus is to be left."""
    grace_ns: int = NS_PER_S
    """So long after a deadline an answer that it has passed is waited for; then the machine goes on without."""
    scan_ns: int = 5 * NS_PER_S
    """Pods advertise every 0.1 to 1 s. Short, because a scan does not see that its adapter was switched off."""
    first_rest_ns: int = NS_PER_S // 2
    """After the first failure; each further one in a row doubles the rest."""
    longest_rest_ns: int = 8 * NS_PER_S
    """So a sensor that comes back is met within half a minute, and one left at home costs little."""
    steady_ns: int = 5 * NS_PER_S
    """A link that held for less counts as a failure: otherwise one that breaks at once would be made without a rest."""
    silence_ns: int = 5 * NS_PER_S
    """Without a notification while the runner ran, a subscription is taken for dead: pods speak once a second."""
    quiet_ns: tuple[int, ...] = (30 * NS_PER_S, 60 * NS_PER_S, 120 * NS_PER_S)
    """Silences after which a link is renewed that may be silent rightly (many pods are, while the runner stands): one
    after the other, the last for ever."""
    sound_scan_ns: int = NS_PER_S
    """A scan while sound goes out over the same adapter: longer ones make headphones stutter."""
    sound_scan_every_ns: int = 30 * NS_PER_S
    """From one such scan's start to the next one's."""
    settle_ns: int = NS_PER_S // 2
    """What has just appeared (adapter, bluetoothd, bus) is given so long to become whole."""
    blocked_rest_ns: int = 10 * NS_PER_S
    """Without adapter or bus, cued tries all the same now and then: whoever should tell of them may be dead too."""
    watch_ns: int = NS_PER_S
    """How often the shell looks at what tells nothing by itself: a sound route, a bus that may be back."""
    call_ns: int = 3 * NS_PER_S
    """One question to BlueZ that needs no radio: milliseconds."""
    stop_ns: int = 1_200 * NS_PER_MS
    """For all links together, when cued ends: BlueZ goes on disconnecting by itself."""

    def divided_by(self, divisor: int) -> Timing:
        """All of it `divisor` times shorter, for tests in real time."""
        changes: dict[str, int | tuple[int, ...]] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            changes[field.name] = tuple(part // divisor for part in value) if isinstance(value, tuple) else value // divisor
        return replace(self, **changes)  # type: ignore[arg-type]  # each field keeps the type it had


# --- what can happen -----------------------------------------------------------------------------------------------
# `attempt` names the connection that an answer belongs to; one that belongs to an earlier one changes nothing.


@dataclass(frozen=True, slots=True)
class Began:
    """The link is wanted from now on, for ever."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Sighted:
    """A scan (anyone's) saw a device."""

    at_ns: int
    address: str


@dataclass(frozen=True, slots=True)
class Known:
    """Whether BlueZ has an object for the device: then it can be connected without a scan."""

    at_ns: int
    known: bool


@dataclass(frozen=True, slots=True)
class ScanEnded:
    at_ns: int


@dataclass(frozen=True, slots=True)
class ScanFailed:
    at_ns: int
    reason: str


@dataclass(frozen=True, slots=True)
class Connected:
    at_ns: int
    attempt: int


@dataclass(frozen=True, slots=True)
class ConnectFailed:
    at_ns: int
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    at_ns: int
    attempt: int


@dataclass(frozen=True, slots=True)
class SubscribeFailed:
    at_ns: int
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    at_ns: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A notification came."""

    at_ns: int
    attempt: int
    moving: bool | None = None
    """The runner moves, as far as this notification tells; None: it does not tell."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The client of this attempt is gone, whatever that took."""

    at_ns: int
    attempt: int


@dataclass(frozen=True, slots=True)
class AdapterIs:
    at_ns: int
    present: bool
    powered: bool


@dataclass(frozen=True, slots=True)
class BusLost:
    """D-Bus or bluetoothd is gone."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class BusBack:
    at_ns: int


@dataclass(frozen=True, slots=True)
class Sound:
    """Whether sound goes out over the adapter that the sensor's link uses."""

    at_ns: int
    over_adapter: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; nothing else."""

    at_ns: int


Event: TypeAlias = (
    Began | Sighted | Known | ScanEnded | ScanFailed | Connected | ConnectFailed | Subscribed | SubscribeFailed
    | Dropped | Heard | Closed | AdapterIs | BusLost | BusBack | Sound | Tick
)  # fmt: skip


# --- what is to be done --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartScan:
    """Answered by `Sighted` at any time, and by `ScanEnded` or `ScanFailed`."""

    for_ns: int


@dataclass(frozen=True, slots=True)
class StopScan:
    """This link needs the scan no longer. Not answered."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Answered by `Connected` or `ConnectFailed`."""

    attempt: int
    timeout_ns: int


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Answered by `Subscribed` or `SubscribeFailed`."""

    attempt: int
    timeout_ns: int


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Drop this attempt's client, whatever it is doing. Answered by `Closed`."""

    attempt: int
    timeout_ns: int


@dataclass(frozen=True, slots=True)
class RenewBus:
    """Read everything about BlueZ anew: what is remembered of it may be wrong. Not answered."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the rest of cued."""

    link: Link


Action: TypeAlias = StartScan | StopScan | Connect | Subscribe | Disconnect | RenewBus | Tell
