"""One known sensor's link as a pure, total state machine: it always comes back, never gives up and does not spin.

Nothing here waits or asks: events go in, actions come out, and `due_ns` says when it next wants a `Tick`. Whatever is
not answered in time counts as failed, whatever comes too late belongs to an earlier attempt and changes nothing, and
each client is disconnected before the next one connects (one left behind multiplies the notifications: bleak#2002).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final, TypeAlias

from cued.formats.sensor_log import Link
from cued.sensors import link
from cued.sensors.link import Action, Event, Timing

RENEW_BUS_EVERY: Final = 5
"""So many failures in a row, and what is remembered of BlueZ is suspected (discovery that stalls silently: bluez#1554)."""
MOST_DOUBLINGS: Final = 16
"""Keeps a rest a small number however often it failed; the longest rest is reached long before."""


class Phase(Enum):
    IDLE = "idle"
    """Not begun."""
    RESTING = "resting"
    SCANNING = "scanning"
    CONNECTING = "connecting"
    SUBSCRIBING = "subscribing"
    LISTENING = "listening"
    CLOSING = "closing"


HAS_CLIENT: Final = frozenset({Phase.CONNECTING, Phase.SUBSCRIBING, Phase.LISTENING})


@dataclass(frozen=True, slots=True)
class State:
    """All that is known of one link. Begin with `State(address)` and `Began`."""

    address: str
    timing: Timing = field(default_factory=Timing)
    phase: Phase = Phase.IDLE
    until_ns: int | None = None
    """When the phase ends by itself: a rest is over, an answer is overdue, a silence is too long."""
    now_ns: int = 0
    """The latest stamp seen; an earlier one counts as this."""
    attempt: int = 0
    """Number of the latest connection, from 1."""
    eager: bool = False
    """The rest is only for want of the device: seeing it ends the rest."""
    sighted: bool = False
    """Seen since the last attempt."""
    known: bool = False
    """BlueZ has an object for it."""
    scan_next: bool = False
    """The last connection without a scan failed: look first, where a scan is allowed."""
    sound: bool = False
    """Sound goes out over the adapter."""
    scanned_ns: int | None = None
    """When the last scan began."""
    present: bool = True
    powered: bool = True
    """Of the adapter; taken for granted until told otherwise."""
    bus: bool = True
    """D-Bus and bluetoothd answer."""
    failures: int = 0
    """In a row, without a steady link between them."""
    told: Link = Link.DOWN
    """What the rest of cued was last told."""
    up_ns: int = 0
    """When the present or latest link was subscribed; 0: there was none yet."""
    ran: bool = False
    """The runner moved, by the last notification that told; kept from link to link."""
    renewals: int = 0
    """In a row, without a notification between them."""

    @property
    def blocked(self) -> bool:
        """Nothing can work before the adapter or the bus is back."""
        return not (self.present and self.powered and self.bus)


Stepped: TypeAlias = tuple[State, tuple[Action, ...]]


def due_ns(state: State) -> int | None:
    """When the machine next wants a `Tick`; None: it waits for an event alone."""
    return state.until_ns


def step(state: State, event: Event) -> Stepped:
    """What `event` means for the link. Total: any event in any state."""
    state = replace(state, now_ns=max(state.now_ns, event.at_ns))
    match event:
        case link.Began():
            return _rest(state, _rest_ns(state)) if state.phase is Phase.IDLE else (state, ())
        case link.Tick():
            overdue = state.until_ns is not None and state.until_ns <= state.now_ns
            return _overdue(state) if overdue else (state, ())
        case link.Sighted() | link.Known():
            return _seen(state, event)
        case link.ScanEnded() | link.ScanFailed():
            return _scanned(state) if state.phase is Phase.SCANNING else (state, ())
        case link.AdapterIs():
            return _circumstances(state, replace(state, present=event.present, powered=event.powered))
        case link.BusLost():
            return _circumstances(state, replace(state, bus=False, known=False))
        case link.BusBack():
            return _circumstances(state, replace(state, bus=True))
        case link.Sound():
            return _sound(replace(state, sound=event.over_adapter))
        case _:
            return _answered(state, event) if event.attempt == state.attempt else (state, ())


def _answered(
    state: State,
    event: link.Connected
    | link.ConnectFailed
    | link.Subscribed
    | link.SubscribeFailed
    | link.Dropped
    | link.Heard
    | link.Closed,
) -> Stepped:
    """The present attempt's client says something."""
    now_ns, timing = state.now_ns, state.timing
    match event, state.phase:
        case link.Connected(), Phase.CONNECTING:
            until_ns = now_ns + timing.subscribe_ns + timing.grace_ns
            subscribing = replace(state, phase=Phase.SUBSCRIBING, until_ns=until_ns)
            return subscribing, (link.Subscribe(state.attempt, timing.subscribe_ns),)
        case link.Subscribed(), Phase.SUBSCRIBING:
            listening = replace(state, phase=Phase.LISTENING, up_ns=now_ns, scan_next=False)
            return _tell(replace(listening, until_ns=now_ns + _patience_ns(listening)), Link.UP)
        case link.ConnectFailed(), Phase.CONNECTING:
            return _fail(replace(state, scan_next=True))
        case (link.SubscribeFailed(), Phase.SUBSCRIBING) | (link.Dropped(), Phase.CONNECTING | Phase.SUBSCRIBING):
            return _fail(state)
        case link.Dropped(), Phase.LISTENING:
            return _dropped(state)
        case link.Heard(), Phase.LISTENING | Phase.SUBSCRIBING:
            return _heard(state, event.moving), ()
        case link.Closed(), Phase.CLOSING:
            return _rest(state, _rest_ns(state))
    return state, ()


def _overdue(state: State) -> Stepped:
    """The phase's time is over."""
    match state.phase:
        case Phase.RESTING:
            return _attempt(state)
        case Phase.SCANNING:
            stopped, actions = _scanned(state)
            return stopped, (link.StopScan(), *actions)
        case Phase.CONNECTING:
            return _fail(replace(state, scan_next=True))
        case Phase.SUBSCRIBING:
            return _fail(state)
        case Phase.LISTENING:
            renewing, told = _tell(replace(state, renewals=state.renewals + 1), Link.RENEWING)
            closing, actions = _close(renewing)
            return closing, (*told, *actions)
        case Phase.CLOSING:
            return _rest(state, _rest_ns(state))
        case Phase.IDLE:
            return state, ()


# --- looking and connecting ----------------------------------------------------------------------------------------


def _attempt(state: State) -> Stepped:
    """Connect where that may work, else look for the device, as far as the sound allows it."""
    now_ns, timing = state.now_ns, state.timing
    if state.sighted or (state.known and (state.sound or not state.scan_next)):
        return _connect(state)
    if not state.sound:
        return _scan(state, timing.scan_ns)
    next_ns = now_ns if state.scanned_ns is None else state.scanned_ns + timing.sound_scan_every_ns
    if now_ns >= next_ns:
        return _scan(state, timing.sound_scan_ns)
    return replace(state, phase=Phase.RESTING, until_ns=next_ns, eager=True), ()


def _connect(state: State) -> Stepped:
    again = state.up_ns > 0 and state.failures == 0
    timeout_ns = state.timing.reconnect_ns if again else state.timing.connect_ns
    attempt = state.attempt + 1
    until_ns = state.now_ns + timeout_ns + state.timing.grace_ns
    state = replace(state, phase=Phase.CONNECTING, until_ns=until_ns, attempt=attempt, sighted=False, eager=False)
    return state, (link.Connect(attempt, timeout_ns),)


def _scan(state: State, for_ns: int) -> Stepped:
    until_ns = state.now_ns + for_ns + state.timing.grace_ns
    state = replace(state, phase=Phase.SCANNING, until_ns=until_ns, scanned_ns=state.now_ns, eager=False)
    return state, (link.StartScan(for_ns),)


def _scanned(state: State) -> Stepped:
    """The scan is over and has not found the device, or found nothing out at all."""
    failed = replace(state, scan_next=False, failures=state.failures + 1)
    down, told = _tell(failed, Link.DOWN)
    resting, actions = _rest(down, _rest_ns(down))
    return replace(resting, eager=not resting.blocked), (*told, *_suspect_bus(failed), *actions)


def _seen(state: State, event: link.Sighted | link.Known) -> Stepped:
    """A scan saw a device, or BlueZ's list of devices changed."""
    if isinstance(event, link.Known):
        appeared = event.known and not state.known
        state = replace(state, known=event.known)
    else:
        appeared = event.address == state.address
        state = replace(state, sighted=state.sighted or (appeared and state.phase not in HAS_CLIENT))
    if not appeared or state.blocked:
        return state, ()
    if state.phase is Phase.SCANNING and state.sighted:
        connecting, actions = _connect(state)
        return connecting, (link.StopScan(), *actions)
    if state.phase is Phase.RESTING and state.eager:
        return _attempt(state)
    return state, ()


def _sound(state: State) -> Stepped:
    """A scan that is under way ends where it would be heard; one that waited for silence may begin."""
    if state.sound and state.phase is Phase.SCANNING:
        stopped, actions = _attempt(replace(state, phase=Phase.RESTING))
        return stopped, (link.StopScan(), *actions)
    if not state.sound and state.phase is Phase.RESTING and state.eager and state.until_ns is not None:
        return replace(state, until_ns=min(state.until_ns, state.now_ns + state.timing.first_rest_ns)), ()
    return state, ()


# --- losing and resting --------------------------------------------------------------------------------------------


def _fail(state: State) -> Stepped:
    """No link came of the attempt, or none that held."""
    failed = replace(state, failures=state.failures + 1)
    down, told = _tell(failed, Link.DOWN)
    closing, actions = _close(down)
    return closing, (*told, *_suspect_bus(failed), *actions)


def _dropped(state: State) -> Stepped:
    if state.now_ns - state.up_ns < state.timing.steady_ns:
        return _fail(state)
    down, told = _tell(state, Link.DOWN)
    closing, actions = _close(replace(down, failures=0))
    return closing, (*told, *actions)


def _close(state: State) -> Stepped:
    timeout_ns = state.timing.leave_ns if state.blocked else state.timing.disconnect_ns
    closing = replace(state, phase=Phase.CLOSING, until_ns=state.now_ns + timeout_ns + state.timing.grace_ns)
    return closing, (link.Disconnect(state.attempt, timeout_ns),)


def _rest(state: State, for_ns: int) -> Stepped:
    """Do nothing for `for_ns`; not even that, where it is 0."""
    resting = replace(state, phase=Phase.RESTING, until_ns=state.now_ns + for_ns, eager=False)
    return _attempt(resting) if for_ns == 0 else (resting, ())


def _rest_ns(state: State) -> int:
    timing = state.timing
    if state.blocked:
        return timing.blocked_rest_ns
    if state.failures == 0:
        return 0
    doublings = min(state.failures - 1, MOST_DOUBLINGS)
    return min(timing.first_rest_ns << doublings, timing.longest_rest_ns)


def _suspect_bus(state: State) -> tuple[Action, ...]:
    return (link.RenewBus(),) if state.failures % RENEW_BUS_EVERY == 0 else ()


def _circumstances(before: State, state: State) -> Stepped:
    """The adapter or the bus came or went; `before` is the state without that news."""
    if before.blocked == state.blocked or state.phase is Phase.IDLE:
        return state, ()
    if not state.blocked:
        if state.phase is not Phase.RESTING:
            return state, ()
        # What has just come back owes nothing to earlier failures.
        until_ns = state.now_ns + state.timing.settle_ns
        return replace(state, until_ns=until_ns, failures=0, scan_next=False, eager=False), ()
    if state.phase in HAS_CLIENT:
        down, told = _tell(state, Link.DOWN)
        closing, actions = _close(down)
        return closing, (*told, *actions)
    resting = replace(state, until_ns=state.now_ns + state.timing.blocked_rest_ns, eager=False)
    if state.phase is Phase.SCANNING:
        return replace(resting, phase=Phase.RESTING, sighted=False), (link.StopScan(),)
    return (resting, ()) if state.phase is Phase.RESTING else (state, ())


# --- listening -----------------------------------------------------------------------------------------------------


def _heard(state: State, moving: bool | None) -> State:
    state = replace(state, renewals=0, ran=state.ran if moving is None else moving)
    if state.phase is not Phase.LISTENING:
        return state
    steady = state.now_ns - state.up_ns >= state.timing.steady_ns
    return replace(state, failures=0 if steady else state.failures, until_ns=state.now_ns + _patience_ns(state))


def _patience_ns(state: State) -> int:
    """How long the link may be silent.

    A silence in the middle of running is a fault, once; if a new subscription is silent too, the runner probably stands,
    and only ever longer silences are doubted.
    """
    if state.ran and state.renewals == 0:
        return state.timing.silence_ns
    quiet_ns = state.timing.quiet_ns
    return quiet_ns[min(state.renewals - 1 if state.ran else state.renewals, len(quiet_ns) - 1)]


def _tell(state: State, to: Link) -> Stepped:
    return (state, ()) if state.told is to else (replace(state, told=to), (link.Tell(to),))
