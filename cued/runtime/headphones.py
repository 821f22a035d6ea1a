"""Bluetooth headphones from the search to the sound: which are meant, where cued plays then, and whether they are heard."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from threading import Event as Moment
from typing import TYPE_CHECKING, Any, Final

from cued.dbus.addresses import is_address, means_address, written_address
from cued.errors import HeadphonesError
from cued.headphones.known import KnownHeadphones
from cued.headphones.words import NONE_IN_SIGHT, NOT_PAIRING
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.audio.devices import Device
    from cued.headphones.picture import Seen
    from cued.runtime.doctor.check import Machine

SINK_NS: Final = 6 * NS_PER_S
"""From BlueZ's stream to the sound server's device: mostly at once, a second or two where a profile is chosen first."""
LOOK_NS: Final = 250 * NS_PER_MS
"""Between two looks at the sound server."""


class Meant:
    """`headphones.station.Choice` by a word: a name, an address; empty: the only ones in pairing mode."""

    def __init__(self, word: str) -> None:
        """Raises HeadphonesError for half an address."""
        self._word = word.strip()
        if means_address(word) and not is_address(word):
            raise HeadphonesError(f"{word!r} is no Bluetooth address such as C0:FF:EE:00:00:10")

    def surely(self, known: Sequence[Seen]) -> Seen | None:
        """By address, or by name where only one has it."""
        if is_address(self._word):
            return next((one for one in known if one.address == written_address(self._word)), None)
        same = [one for one in known if self._word and one.name.casefold() == self._word.casefold()]
        return same[0] if len(same) == 1 else None

    def finally_(self, known: Sequence[Seen]) -> Seen:
        """The only ones in sight where no word was given; raises HeadphonesError that says what to type."""
        near = [one for one in known if one.rssi_dbm is not None]
        if not self._word:
            if len(near) == 1:
                return near[0]
            if not near:
                raise HeadphonesError(NONE_IN_SIGHT)
            raise HeadphonesError(f"{len(near)} headphones are in sight; say which:\n{_which(near)}")
        same = [one for one in near if one.name.casefold() == self._word.casefold()]
        if same:
            raise HeadphonesError(f"{len(same)} headphones called {self._word} are in sight; say which:\n{_which(same)}")
        if is_address(self._word):
            raise HeadphonesError(f"{written_address(self._word)}: {NOT_PAIRING}")
        names = {one.name.casefold(): one.name for one in near if one.name}
        alike = get_close_matches(self._word.casefold(), names, n=1)
        if alike:
            raise HeadphonesError(f"no headphones called {self._word!r} are in sight; did you mean {names[alike[0]]!r}?")
        others = f" (in sight: {', '.join(sorted(names.values()))})" if names else ""
        raise HeadphonesError(f"no headphones called {self._word!r} are in sight{others}: {NOT_PAIRING}")


def _which(seen: Sequence[Seen]) -> str:
    return "\n".join(f"  cued headphones pair {one.address}   {one.name or 'no name'}" for one in seen)


def one_of(word: str, own: Sequence[KnownHeadphones]) -> KnownHeadphones:
    """The runner's headphones that `word` names; raises HeadphonesError that says what to type."""
    wanted = written_address(word) if is_address(word) else word
    found = [one for one in own if one.is_called(wanted)]
    if len(found) == 1:
        return found[0]
    if not own:
        raise HeadphonesError("no headphones are yours yet: `cued headphones pair` makes some yours")
    if found:
        either = " or ".join(one.address for one in found)
        raise HeadphonesError(f"{len(found)} of yours are called {word}: give an address, {either}")
    raise HeadphonesError(f"none of yours are called {word!r}; yours: " + ", ".join(one.called for one in own))


def rows(own: Sequence[KnownHeadphones], states: dict[str, Seen] | None) -> list[dict[str, Any]]:
    """The runner's headphones for scripts, the preferred first; `state` is null where BlueZ was not to be asked."""
    return [{"address": one.address, "name": one.name or None, "state": _state(one, states)} for one in own]


def _state(one: KnownHeadphones, states: dict[str, Seen] | None) -> str | None:
    if states is None:
        return None
    seen = states.get(one.address)
    if seen is None or not seen.paired:
        return "not paired any more"
    return "connected" if seen.connected else "paired"


# --- where cued plays on them --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sink:
    """Where the sound server plays on the headphones."""

    name: str
    """As `pactl` calls it; empty: PortAudio itself has a device of their name."""
    output: str
    """For `--output`."""
    default: bool
    """What plays on the sound server's default goes there."""


def sink_of(address: str, name: str, devices: Sequence[Device], sinks: str, default: str) -> Sink | None:
    """Where headphones are played on; None: nowhere.

    `devices`: PortAudio's. `sinks`: what `pactl list short sinks` prints, `default`: what `pactl get-default-sink` does.
    """
    from cued.audio.devices import ALSA, SERVERS

    wanted = {address.casefold(), address.replace(":", "_").casefold(), name.casefold()} - {""}
    for device in devices:
        if any(word in device.name.casefold() for word in wanted):
            return Sink("", f"device:{device.name}", default=False)
    there = [line.split("\t")[1] for line in sinks.splitlines() if line.count("\t") >= 1]
    sink = next((one for one in there if address.replace(":", "_") in one), None)
    server = next((one for one in SERVERS if any(x.host_api == ALSA and x.name == one for x in devices)), None)
    if sink is None or server is None:
        return None
    return Sink(sink, f"device:{server}", default=sink == default.strip())


def find_sink(
    headphones: KnownHeadphones,
    machine: Machine,
    devices: Callable[[], Sequence[Device]],
    *,
    within_ns: int = SINK_NS,
) -> Sink | None:
    """Wait until the sound server has a device for them, and make it the server's default; None: it has none in time."""
    until_ns = time.monotonic_ns() + within_ns
    while True:
        told = machine.ask("pactl", "list", "short", "sinks")
        default = machine.ask("pactl", "get-default-sink")
        sink = sink_of(headphones.address, headphones.name, devices(), told.out, default.out)
        if sink is not None:
            if sink.name and not sink.default and machine.ask("pactl", "set-default-sink", sink.name).well:
                return Sink(sink.name, sink.output, default=True)
            return sink
        if time.monotonic_ns() >= until_ns:
            return None
        Moment().wait(LOOK_NS / NS_PER_S)


def sink_lines(headphones: KnownHeadphones, sink: Sink | None) -> list[str]:
    """What a runner is told of where cued plays."""
    if sink is None:
        return [
            f"{headphones.called} is paired and connected, but no sound device of that name is there: `cued doctor` says more"
        ]
    if not sink.name:
        return [f"cued plays on them by `--output {sink.output}`"]
    if sink.default:
        return [f"cued plays on them by itself, as everything else does now (`--output {sink.output}` says it aloud)"]
    return [f"they are there as {sink.name}, but not where sound goes: `pactl set-default-sink {sink.name}`"]
