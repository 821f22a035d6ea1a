"""Where a sound server plays a stream: what `pactl` prints, and whether that is where the runner listens. Pure.

PulseAudio, and PipeWire in its place, move a stream without a word when its sink goes away, when the default changes, or when
somebody moves it by hand. PortAudio does not know of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

NOWHERE: Final = "auto_null"
"""The sink that both servers make up where there is no other: nobody hears it."""
WIRELESS: Final = (
    ("device.api", "bluez5"),
    ("device.bus", "bluetooth"),
    ("device.form_factor", "headphone"),
    ("device.form_factor", "headset"),
    ("device.form_factor", "hands-free"),
)
"""Properties of sinks that fall asleep in silence, or may: of headphones a server knows no more."""


@dataclass(frozen=True, slots=True)
class Sink:
    """Something a server plays on."""

    index: int
    name: str
    described: str
    """For people."""
    suspended: bool = False
    dozes: bool = False
    """Bluetooth, or headphones of another kind: their amplifiers may switch off in silence."""


@dataclass(frozen=True, slots=True)
class Input:
    """A stream, as its server sees it."""

    index: int
    sink: int
    pid: int
    """The program's; 0 where it is not told."""


@dataclass(frozen=True, slots=True)
class Server:
    """All that matters of one look."""

    sinks: tuple[Sink, ...]
    inputs: tuple[Input, ...]
    default: str

    @property
    def names(self) -> frozenset[str]:
        """Of the sinks."""
        return frozenset(sink.name for sink in self.sinks)

    def input_of(self, pid: int) -> Input | None:
        """The stream of that program; the newest, for one that is being closed may still be there."""
        return next((one for one in sorted(self.inputs, key=lambda one: -one.index) if pid and one.pid == pid), None)

    def sink_of(self, pid: int) -> Sink | None:
        """Where that program is played."""
        stream = self.input_of(pid)
        return None if stream is None else next((sink for sink in self.sinks if sink.index == stream.sink), None)


def server_of(sinks: str, inputs: str, default: str) -> Server:
    """From `pactl list sinks`, `pactl list sink-inputs` and `pactl get-default-sink`, all in English.

    Its text, not its JSON: that came with version 16, and is broken in some.
    """
    return Server(
        tuple(
            Sink(
                number,
                words.get("Name", ""),
                words.get("Description", ""),
                suspended=words.get("State") == "SUSPENDED",
                dozes=words.get("Name", "").startswith("bluez") or any(words.get(name) == value for name, value in WIRELESS),
            )
            for number, words in _blocks(sinks)
        ),
        tuple(
            Input(number, int(words["Sink"]), int(words.get("application.process.id", "0")))
            for number, words in _blocks(inputs)
            if words.get("Sink", "").isdecimal() and words.get("application.process.id", "0").isdecimal()
        ),
        default.strip(),
    )


def _blocks(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Number, and words by name: `Name: x` and `name = "x"` alike."""
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        head = re.match(r"[^#\n]*#(\d+)\n", block)
        if head is not None:
            pairs = re.findall(r"^\t+([\w.\-][^:=\n\t]*?)(?:: | = )(.*)$", block, re.MULTILINE)
            yield int(head.group(1)), {name: value.strip().strip('"') for name, value in pairs}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stream is, and where it should be."""

    wanted: str = ""
    """The chosen sink: a preferred one, else where the stream began, or where a person has sent everything since. Empty: not
    known yet."""
    here: str = ""
    """Empty: there is no stream now."""
    described: str = ""
    """`here` for people."""
    gone: bool = False
    """The chosen sink is not there now."""
    seen: frozenset[str] = frozenset()
    """The sinks that there were beside the chosen one."""
    takes: frozenset[str] = frozenset()
    """The sinks that are not suspended."""
    dozes: bool = False
    """As of the sink `here`."""
    default: str = ""
    """The server's."""
    stream: int = -1
    """The stream's number."""

    @property
    def elsewhere(self) -> bool:
        """What is played now is not heard where the runner listens."""
        return self.here == NOWHERE or bool(self.here and self.wanted and self.here != self.wanted)


def followed(place: Place, server: Server, pid: int, prefer: tuple[str, ...] = ()) -> Place:
    """After another look. `prefer`: parts of sinks' names, best first; where one is there, it is the chosen one.

    Otherwise a stream that came to the server's default while its old sink stays, or while that one is gone to a sink that was
    not there before, was sent there by somebody who listens there. One that fled from a sink that went away was not.
    """
    sink, stream = server.sink_of(pid), server.input_of(pid)
    number = place.stream if stream is None else stream.index
    here = "" if sink is None else sink.name
    wanted = next((name for part in prefer for name in sorted(server.names) if _within(part, name)), "")
    if not wanted:
        wanted = place.wanted
        stays = wanted in server.names and not place.gone
        news = server.default != place.default or (here != place.here and number == place.stream)
        chosen = here == server.default and ((stays and news) or here not in place.seen)
        if here not in {"", NOWHERE} and (not wanted or chosen):
            wanted = here
    gone = bool(wanted) and wanted not in server.names
    return Place(
        wanted=wanted,
        here=here,
        described="" if sink is None else sink.described or here,
        gone=gone,
        seen=place.seen if gone else server.names,
        takes=frozenset(one.name for one in server.sinks if not one.suspended),
        dozes=place.dozes if sink is None else sink.dozes,
        default=server.default,
        stream=number,
    )


def _within(part: str, name: str) -> bool:
    return part.replace(":", "_").casefold() in name.casefold()


def to_pull(before: Place, now: Place) -> bool:
    """Should the stream be moved to the chosen sink? One of both is new there, and the server plays elsewhere."""
    news = before.gone or before.wanted != now.wanted or before.stream != now.stream
    return now.elsewhere and bool(now.wanted) and not now.gone and news


@dataclass(frozen=True, slots=True)
class Look:
    """What follows from a look at the server."""

    moved: bool = False
    """The stream went elsewhere, or came back, since it was last said."""
    plays_again: bool = False
    """The server is there again, or a sink takes sound that did not: no need to wait any longer for a device."""
    doze_changed: bool = False
    orders: tuple[str, ...] = ()
    """For `pactl`."""


class Whereabouts:
    """The place of one program's streams, one after the other."""

    def __init__(self, prefer: tuple[str, ...]) -> None:
        """`prefer`: as of `followed`."""
        self._prefer = prefer
        self._served = False
        self.place = Place()
        self.elsewhere = False
        """As it was last said; it stays so while there is no stream."""

    def looked(self, server: Server | None, pid: int) -> Look:
        """After a look; None: the server is not there. `pid` 0: no stream is expected."""
        if server is None:
            self._served = False
            return Look()
        before, self.place = self.place, followed(self.place, server, pid, self._prefer)
        now = self.place
        plays_again = not self._served or bool(now.takes - before.takes)
        self._served = True
        stream = server.input_of(pid)
        if stream is None:
            return Look(plays_again=plays_again)
        moved, self.elsewhere = now.elsewhere != self.elsewhere, now.elsewhere
        orders = ("move-sink-input", str(stream.index), now.wanted) if to_pull(before, now) else ()
        return Look(moved, plays_again, now.dozes != before.dozes, orders)
