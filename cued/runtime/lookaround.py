"""What `cued sensors scan` shows: everything in sight as a table that grows, then a brief visit to the nearest pods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cued.errors import SensorError
from cued.runtime.sensorwords import battery_words, cadence_words, raw_cadence, service_words, signal_words
from cued.runtime.status import Piece, Tone, cut
from cued.sensors.air import NO_SIGNAL
from cued.sensors.known import KnownSensor
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.runtime.onair import Scan
    from cued.sensors.air import Look, Sighting

VISITED: Final = 3
"""At most so many pods are connected to: each costs some seconds, and at a race start there are dozens."""
VISIT_NS: Final = 3 * NS_PER_S
"""Pods speak once a second, and a runner who scans waits."""
CONNECT_NS: Final = 5 * NS_PER_S
"""For one attempt; a link is made in 0.3 to 2 s."""
ATTEMPTS: Final = 2
"""A first connection is aborted now and then; a pod that another app holds refuses them all."""
BUSY: Final = "busy: another app holds it"
SILENT: Final = "silent: take a few steps"
VISITING: Final = "connecting"
LINKED: Final = "in use on this machine"
"""By another program, or left so by one that crashed. It is not visited: the end of a visit ends the link for everybody."""
LONGEST_NAME: Final = 24
"""Columns of the table that a name may take."""


@dataclass(frozen=True, slots=True)
class Row:
    """One device as far as it is known."""

    address: str
    name: str = ""
    services: tuple[str, ...] = ()
    """UUIDs that its advertisement names."""
    rssi_dbm: int = 0
    """0: it has a link already, and no signal is measured (`air.NO_SIGNAL`)."""
    is_sensor: bool = False
    """It advertises what cued reads."""
    gives_cadence: bool = False
    battery: int | None = None
    """Percent."""
    yours: int | None = None
    """Its place among the runner's own, from 0; None: it is not one of them."""
    cadence_raw: int | None = None
    """Per minute, steps or strides; None: it was not heard."""
    remark: str = ""
    """Stands where the cadence would."""

    def cadence(self) -> str:
        """The cell of the table."""
        return self.remark if self.cadence_raw is None else cadence_words(self.cadence_raw)

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "address": self.address,
            "name": self.name or None,
            "offers": service_words(self.services),
            "services": list(self.services),
            "rssi_dbm": self.rssi_dbm or None,
            "battery_percent": self.battery,
            "cadence_raw": self.cadence_raw,
            "remark": self.remark or None,
            "yours": self.yours is not None,
        }


class InView:
    """All devices seen so far. Their order never changes but by new ones, so that an eye finds its row again."""

    def __init__(self, own: Sequence[KnownSensor], *, everything: bool = False) -> None:
        """`own`: the runner's, the preferred first. `everything`: show devices, too, that cued cannot read."""
        self._places = {sensor.address: place for place, sensor in enumerate(own)}
        self._everything = everything
        self._rows: dict[str, Row] = {}

    def note(self, sighting: Sighting) -> None:
        """One advertisement."""
        row = self._rows.get(sighting.address, Row(sighting.address, yours=self._places.get(sighting.address)))
        linked = sighting.rssi_dbm == NO_SIGNAL
        self._rows[sighting.address] = replace(
            row,
            name=sighting.name or row.name,
            services=sighting.services or row.services,
            rssi_dbm=sighting.rssi_dbm,
            is_sensor=sighting.is_sensor or row.is_sensor,
            gives_cadence=sighting.gives_cadence or row.gives_cadence,
            battery=row.battery if sighting.battery is None else sighting.battery,
            remark=LINKED if linked else "" if row.remark == LINKED else row.remark,
        )

    def rows(self) -> list[Row]:
        """What is shown: the runner's own in their order, then pods, then the rest, each as first seen."""
        shown = [row for row in self._rows.values() if self._everything or row.is_sensor or row.yours is not None]
        return sorted(shown, key=_rank)

    @property
    def hidden(self) -> int:
        """Devices in sight that cued cannot read and that are not shown."""
        return len(self._rows) - len(self.rows())

    def nearest_pods(self) -> list[str]:
        """Addresses of the pods to visit, the strongest first."""
        pods = [row for row in self._rows.values() if row.gives_cadence and row.remark != LINKED]
        return [row.address for row in sorted(pods, key=lambda row: -row.rssi_dbm)[:VISITED]]

    def remark(self, address: str, text: str) -> None:
        """Write `text` where the cadence would stand."""
        self._rows[address] = replace(self._rows[address], remark=text)

    def visited(self, look: Look) -> None:
        """What a visit has shown."""
        row = self._rows[look.address]
        heard = [raw for raw in map(raw_cadence, look.notifications) if raw is not None]
        self._rows[look.address] = replace(
            row,
            name=look.name or row.name,
            battery=row.battery if look.battery is None else look.battery,
            cadence_raw=heard[-1] if heard else None,
            remark="" if heard else SILENT,
        )


def _rank(row: Row) -> tuple[int, int]:
    if row.yours is not None:
        return 0, row.yours
    return (1, 0) if row.gives_cadence else (2, 0) if row.is_sensor else (3, 0)


Visit: TypeAlias = "Callable[[str], Look]"
"""Connect once to an address and listen; raises SensorError."""


def look_around(view: InView, for_ns: int, scan: Scan, visit: Visit, changed: Callable[[], None]) -> None:
    """Fill `view`, first by a scan, then by visits; `changed` is called after each bit of news. Raises SensorError."""

    def seen(sighting: Sighting) -> None:
        view.note(sighting)
        changed()

    scan(for_ns, seen)
    for address in view.nearest_pods():
        view.remark(address, VISITING)
        changed()
        try:
            view.visited(visit(address))
        except SensorError as error:
            if not str(error).startswith(address):
                raise  # it is the machine's Bluetooth, not the device
            view.remark(address, _refusal(str(error)))
        changed()


def brief_visit(address: str) -> Look:
    """One visit as `look_around` wants it; raises SensorError."""
    from cued.sensors.link import Timing
    from cued.sensors.looking import look_at

    timing = replace(Timing(), connect_ns=CONNECT_NS)
    return look_at(address, listen_ns=VISIT_NS, enough=2, attempts=ATTEMPTS, timing=timing)


def _refusal(sentence: str) -> str:
    from cued.dbus.faults import FORGOTTEN
    from cued.sensors.reasons import NOTHING_TO_READ, UNKNOWN

    if sentence.endswith(NOTHING_TO_READ):
        return "offers nothing that cued reads"
    return "gone" if sentence.endswith((UNKNOWN, FORGOTTEN)) else BUSY


# --- the table -----------------------------------------------------------------------------------------------------

HEADS: Final = ("NAME", "ADDRESS", "OFFERS", "SIGNAL", "BATTERY", "CADENCE", "")
_TONES: Final = (Tone.STRONG, Tone.FAINT, Tone.PLAIN, Tone.PLAIN, Tone.PLAIN, Tone.GOOD, Tone.STRONG)


def table(rows: Sequence[Row], width: int | None = None) -> list[tuple[Piece, ...]]:
    """Lines for `rows` with a head, cut to `width` letters (None: as long as they are)."""
    cells = [_cells(row) for row in rows]
    widths = [max(len(line[column]) for line in (HEADS, *cells)) for column in range(len(HEADS))]
    lines = [tuple(Piece(f"{text:<{wide}}  ", Tone.FAINT) for text, wide in zip(HEADS, widths, strict=True))]
    for row, line in zip(rows, cells, strict=True):
        tones = _TONES if not row.remark else (*_TONES[:5], Tone.LOW, _TONES[6])
        lines.append(tuple(Piece(f"{text:<{wide}}  ", tone) for text, wide, tone in zip(line, widths, tones, strict=True)))
    return [_trimmed(line) if width is None else cut(_trimmed(line), width) for line in lines]


def _cells(row: Row) -> tuple[str, ...]:
    name = row.name or "(no name)"
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    offers, yours = service_words(row.services), "" if row.yours is None else "yours"
    return short, row.address, offers, signal_words(row.rssi_dbm), battery_words(row.battery), row.cadence(), yours


def _trimmed(line: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Without the blanks at its end."""
    kept = list(line)
    while kept and not kept[-1].text.strip():
        kept.pop()
    return (*kept[:-1], replace(kept[-1], text=kept[-1].text.rstrip())) if kept else ()
