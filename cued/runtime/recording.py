"""`cued sensors record`: everything that the runner's sensors send, byte for byte, into a file that grows as it comes."""

from __future__ import annotations

import stat
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from cued.errors import OutputError
from cued.formats.activity import MAX_LENGTH_NS
from cued.formats.sensor_log import BatteryRead, Item, Link, LinkIs, LoggedSensor, Notification, header_line, line_of
from cued.runtime.files import TextOut
from cued.runtime.live import ending
from cued.runtime.status import clock_text
from cued.sensors.known import KnownSensor
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.runtime.pods import MakeRadio
    from cued.sensors.air import Note

SHOW_NS: Final = NS_PER_S // 2
"""How often the live line is drawn anew."""


def refuse_existing(path: str) -> None:
    """Raises OutputError where a recording would be lost."""
    try:
        found = Path(path).stat()
    except OSError:
        return  # there is none, or `open_growing` will say what is wrong
    if stat.S_ISREG(found.st_mode) and found.st_size:
        raise OutputError(f"{path}: there is a file already; give another name, or --overwrite if it may go")


@dataclass(slots=True)
class Tally:
    """What has come so far."""

    sensors: tuple[KnownSensor, ...]
    counts: Counter[str] = field(default_factory=Counter)
    """Notifications by address."""
    up: set[str] = field(default_factory=set)
    """Addresses of those that are connected."""
    length_ns: int = 0
    """How long was recorded, once that is over."""

    def note(self, item: Item) -> None:
        """One item that was written."""
        if isinstance(item, Notification):
            self.counts[item.address] += 1
        elif isinstance(item, LinkIs) and item.state is Link.UP:
            self.up.add(item.address)
        elif isinstance(item, LinkIs):
            self.up.discard(item.address)

    def line(self, at_ns: int, *, live: bool = True) -> str:
        """`1:05  Stryd 64 · Strap 61 (not connected)`; when it is over nobody cares for links."""
        parts = [
            f"{sensor.name or sensor.address} {self.counts[sensor.address]}"
            + (" (not connected)" if live and sensor.address not in self.up else "")
            for sensor in self.sensors
        ]
        return f"{clock_text(at_ns)}  {' · '.join(parts)}"


def record(
    sensors: Sequence[KnownSensor],
    make_radio: MakeRadio,
    out: TextOut,
    notice: Callable[[str], None],
    live: Callable[[str], None],
    stop_ns: int | None = None,
) -> Tally:
    """Record until Ctrl-C or `stop_ns` after the start; `out` is whole after every line. Raises OutputError.

    `notice` gets what concerns the runner, `live` a line that replaces the last.
    """
    came: SimpleQueue[Item | Note | None] = SimpleQueue()
    tally = Tally(tuple(sensors))
    length_ns = MAX_LENGTH_NS if stop_ns is None else min(stop_ns, MAX_LENGTH_NS)  # a reader takes no longer one
    out.write(header_line([LoggedSensor(one.address, one.name, one.cadence_unit.value) for one in sensors]))
    radio = make_radio(came.put)
    start_ns = time.monotonic_ns()
    with ending(lambda: came.put(None)):  # SimpleQueue.put is made to be safe in a signal handler
        radio.start()
        try:
            for sensor in sensors:
                radio.keep(sensor.address)
            _keep(came, tally, out, notice, live, start_ns, length_ns)
        finally:
            tally.length_ns = min(time.monotonic_ns() - start_ns, length_ns)
            radio.stop()
    return tally


def _keep(
    came: SimpleQueue[Item | Note | None],
    tally: Tally,
    out: TextOut,
    notice: Callable[[str], None],
    live: Callable[[str], None],
    start_ns: int,
    length_ns: int,
) -> None:
    names = {sensor.address: sensor.name or sensor.address for sensor in tally.sensors}
    shown_ns = 0
    while (now_ns := time.monotonic_ns()) < start_ns + length_ns:
        if now_ns - shown_ns >= SHOW_NS:
            shown_ns = now_ns
            live(tally.line(now_ns - start_ns))
        try:
            item = came.get(timeout=(min(shown_ns + SHOW_NS, start_ns + length_ns) - now_ns) / NS_PER_S)
        except Empty:
            continue
        if item is None:
            return
        if isinstance(item, Notification | LinkIs | BatteryRead):
            item = replace(item, at_ns=max(0, item.at_ns - start_ns))
            out.write(line_of(item))
            tally.note(item)
            if isinstance(item, LinkIs):
                notice(f"{clock_text(item.at_ns)}  {names.get(item.address, item.address)}: {_LINK_WORDS[item.state]}")
        else:
            who = names.get(item.address or "", item.address)
            notice(f"{who}: {item.text}" if who else item.text)


_LINK_WORDS: Final = {Link.UP: "connected", Link.DOWN: "link lost, looking for it", Link.RENEWING: "renewing the link"}
