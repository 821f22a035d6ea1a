"""The words after `cued sensors` that need the radio: scan, pair, check, record."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TextIO

from cued.cli import options
from cued.cli.screen import Block, is_terminal, painted, wants_colour
from cued.errors import SensorError
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.cli.keyboard import Enters
    from cued.runtime.lookaround import InView
    from cued.runtime.onair import Scan
    from cued.sensors.air import Sighting
    from cued.sensors.cadence_unit import CadenceUnit
    from cued.sensors.known import KnownSensor, KnownSensors

SCAN_NS: Final = 10 * NS_PER_S
"""A pod on a running foot advertises every 0.1 to 1 s; a strap takes some seconds to wake."""
PAIR_NS: Final = 6 * NS_PER_S
"""Long enough for a second pod to be seen, which would have to be asked about."""
REDRAW_NS: Final = 250 * NS_PER_MS
"""Fast enough to feel alive; advertisements may come a hundred a second."""
STEPS: Final = (10, 500)
"""To count by `check`: fewer are drowned by a miscount, more are not counted by anybody."""


# --- scan ----------------------------------------------------------------------------------------------------------


def scan_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, and what is shown."""
    parser.add_argument(
        "--for", metavar="T", dest="for_ns", type=options.duration, default=SCAN_NS, help="look around for so long; default 10s"
    )
    parser.add_argument("--all", action="store_true", help="show everything in sight, not only what cued can read")
    parser.add_argument("--json", action="store_true", help="print it as JSON, at the end")


def scan(args: argparse.Namespace) -> int:
    """Show what is in sight."""
    from cued.runtime.lookaround import table

    view = look(args.for_ns, sys.stderr if args.json else sys.stdout, everything=args.all)
    rows = view.rows()
    if args.json:
        print(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2))
        return 0
    if rows:
        colour = is_terminal(sys.stdout) and wants_colour()
        for line in table(rows):
            print(painted(line, colour=colour))
    else:
        print("no sensor is in sight: take a few steps so that a pod wakes, and close other apps that hold it")
    if view.hidden:
        print(f"{view.hidden} more in sight that cued cannot read (--all shows them)")
    return 0


def look(for_ns: int, out: TextIO, *, everything: bool = False, enough_ns: int | None = None) -> InView:
    """What is in sight, drawn on `out` while it grows. Raises SensorError.

    `enough_ns`: no longer than this after the first pod.
    """
    from cued.runtime.live import interruptible
    from cued.runtime.lookaround import InView, brief_visit, look_around
    from cued.sensors import looking
    from cued.sensors.known import KnownSensors

    view = InView(KnownSensors().all(), everything=everything)
    window = _ScanWindow(view, for_ns, Block(out))
    with interruptible():
        window.draw()
        try:
            scan = looking.scan if enough_ns is None else _until_enough(looking.scan, enough_ns)
            look_around(view, for_ns, scan, brief_visit, window.changed)
        finally:
            window.block.clear()
    return view


class _EnoughError(Exception):
    """Whoever is in sight has been seen."""


def _until_enough(scan: Scan, enough_ns: int) -> Scan:
    """`scan`, which ends by itself so long after the first pod."""

    def scanning(for_ns: int, seen: Callable[[Sighting], None]) -> None:
        until_ns: list[int] = []

        def watched(sighting: Sighting) -> None:
            seen(sighting)
            if sighting.gives_cadence and not until_ns:
                until_ns.append(time.monotonic_ns() + enough_ns)
            if until_ns and time.monotonic_ns() > until_ns[0]:
                raise _EnoughError

        with suppress(_EnoughError):
            scan(for_ns, watched)

    return scanning


class _ScanWindow:
    """The table while it grows."""

    def __init__(self, view: InView, for_ns: int, block: Block) -> None:
        self._view = view
        self._until_ns = time.monotonic_ns() + for_ns
        self._drawn_ns = 0
        self.block = block

    def changed(self) -> None:
        """Draw it, unless that was just done. A visit begins and ends long after the last drawing."""
        if time.monotonic_ns() - self._drawn_ns >= REDRAW_NS or time.monotonic_ns() > self._until_ns:
            self.draw()

    def draw(self) -> None:
        """Draw the table with what is being done below it."""
        from cued.runtime.lookaround import table
        from cued.runtime.status import Piece, Tone

        self._drawn_ns = time.monotonic_ns()
        left_s = (self._until_ns - self._drawn_ns) // NS_PER_S + 1
        doing = f"looking around, {left_s} s left" if left_s > 0 else "connecting to the nearest pods"
        rows = self._view.rows()
        self.block.draw([*(table(rows) if rows else ()), (Piece(f"{doing} (Ctrl-C ends it)", Tone.FAINT),)])


# --- pair ----------------------------------------------------------------------------------------------------------


def pair_arguments(parser: argparse.ArgumentParser) -> None:
    """Which, and where among the others."""
    parser.add_argument(
        "sensor", metavar="NAME|ADDRESS", nargs="?", default="", help="as `cued sensors scan` shows it; default: the only pod"
    )
    parser.add_argument("--first", action="store_true", help="prefer it to your other sensors")
    parser.add_argument(
        "--for", metavar="T", dest="for_ns", type=options.duration, default=PAIR_NS, help="look around for so long; default 6s"
    )


def pair(args: argparse.Namespace) -> int:
    """Find a sensor, look at it and remember it."""
    from cued.runtime import pairing
    from cued.runtime.live import interruptible
    from cued.runtime.sensorwords import called
    from cued.sensors import looking
    from cued.sensors.known import KnownSensors

    known = KnownSensors()
    block = Block(sys.stdout)
    with interruptible():
        try:
            block.live("looking around …")
            sensor = pairing.find(args.sensor, known, looking.scan, args.for_ns)
            block.live(f"looking at {called(sensor)} …")
            paired = pairing.pair(sensor, known, looking.look_at, first=args.first)
        finally:
            block.clear()
    for line in paired.lines():
        print(line)
    return 0


# --- check ---------------------------------------------------------------------------------------------------------


def check_arguments(parser: argparse.ArgumentParser) -> None:
    """Which, and how it is found out."""
    parser.add_argument("sensor", metavar="NAME|ADDRESS", nargs="?", default="", help="one of yours; default: your first pod")
    parser.add_argument("--steps", metavar="N", type=_steps, default=20, help="so many you count; default 20")
    parser.add_argument(
        "--unit", choices=("steps", "strides", "auto"), help="you know it: keep it without counting (auto: find out on a run)"
    )


def check(args: argparse.Namespace) -> int:
    """Find out by the runner's count what a pod counts; 1 where it cannot be told."""
    from cued.sensors.cadence_unit import CadenceUnit
    from cued.sensors.known import KnownSensors

    known = KnownSensors()
    sensor = _own_pod(args.sensor, known)
    if args.unit is not None:
        keep_unit(sensor, CadenceUnit(args.unit), known)
        return 0
    if count(sensor, known, args.steps):
        return 0
    print("Nothing was kept. Be in a steady stride for ten seconds, then try again; or say it yourself:")
    print(f"  cued sensors check {sensor.address} --unit strides")
    return 1


def count(sensor: KnownSensor, known: KnownSensors, steps: int) -> bool:
    """Have the runner count, and keep what comes of it; False: it cannot be told. Raises SensorError."""
    from cued.cli.keyboard import Enters
    from cued.runtime.checking import count_steps
    from cued.runtime.live import interruptible
    from cued.sensors import looking
    from cued.sensors.ble import Radio

    enters = Enters()
    looking.ready()
    desk = _Desk(enters, Block(sys.stdout))
    with interruptible():
        try:
            found = count_steps(sensor, Radio, desk, steps)
        finally:
            desk.block.clear()
    print(f"{found.reason[:1].upper()}{found.reason[1:]}.")
    if found.unit is None:
        return False
    keep_unit(sensor, found.unit, known)
    return True


class _Desk:
    """A terminal, or a pipe, as `count_steps` wants it."""

    def __init__(self, enters: Enters, block: Block) -> None:
        self._enters = enters
        self.block = block

    def say(self, sentence: str) -> None:
        self.block.line(sentence)

    def live(self, text: str) -> None:
        self.block.live(text)

    def entered(self, within_ns: int) -> int | None:
        return self._enters.next(within_ns)


def _own_pod(word: str, known: KnownSensors) -> KnownSensor:
    """The one of the runner's pods that is meant; raises SensorError."""
    from cued.runtime.sensorwords import called, one_of

    own = known.all()
    if word:
        sensor = one_of(word, own)
        if not sensor.may_give("cadence"):
            raise SensorError(f"{called(sensor)} gives no cadence: there is nothing to check")
        return sensor
    pods = [sensor for sensor in own if sensor.may_give("cadence")]
    if not pods:
        raise SensorError("no pod is yours yet: `cued sensors pair` makes one yours")
    return pods[0]


def keep_unit(sensor: KnownSensor, unit: CadenceUnit, known: KnownSensors) -> None:
    """Remember what a pod counts, by the runner's word; AUTO: nobody's."""
    from dataclasses import replace

    from cued.runtime.sensorwords import called, unit_words
    from cued.sensors.cadence_unit import CadenceUnit, Origin

    said_by = "" if unit is CadenceUnit.AUTO else Origin.RUNNER.value
    sensor = replace(sensor, cadence_unit=unit, said_by=said_by)
    known.put(sensor)
    print(f"{called(sensor)}: {unit_words(sensor)}")


def _steps(word: str) -> int:
    number = options.whole(word)
    low, high = STEPS
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"{word}: count {low} to {high} steps")
    return number


# --- record --------------------------------------------------------------------------------------------------------


def record_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, how long, of whom."""
    parser.add_argument("file", metavar="FILE", help="grows line by line; - for standard output")
    parser.add_argument(
        "--for", metavar="T", dest="stop_ns", type=options.duration, help="stop after so long; default: at Ctrl-C"
    )
    parser.add_argument(
        "--sensor", metavar="NAME|ADDRESS", action="append", default=[], help="this one alone (again for a further one)"
    )
    parser.add_argument("--overwrite", action="store_true", help="FILE may be written over")


def record(args: argparse.Namespace) -> int:
    """Record until Ctrl-C or the given time; 1 where nothing was heard."""
    from cued.runtime import recording
    from cued.runtime.files import check_target, open_growing
    from cued.sensors import looking
    from cued.sensors.ble import Radio
    from cued.sensors.known import KnownSensors

    sensors = _recorded(args.sensor, KnownSensors())
    check_target(args.file)
    if not args.overwrite:
        recording.refuse_existing(args.file)
    looking.ready()
    lines = Block(options.plain_out(args.file))
    out = open_growing(args.file)
    try:
        tally = recording.record(sensors, Radio, out, lines.line, lines.live, args.stop_ns)
    except BaseException:
        out.abort()
        raise
    finally:
        lines.clear()
    out.close()
    lines.line(f"{args.file}: {tally.line(tally.length_ns, live=False)}")
    if not tally.counts:
        lines.line("nothing was heard: take a few steps, and close other apps that hold the sensor")
        return 1
    if args.file != "-":
        lines.line(f"play it by `cued rehearse PACK --run {args.file}` or `cued run --sensor file:{args.file}`")
    return 0


def _recorded(words: list[str], known: KnownSensors) -> tuple[KnownSensor, ...]:
    """Whom to record: all of the runner's own, or those that were named; an address need not be one of them."""
    from cued.dbus.addresses import is_address
    from cued.runtime.sensorwords import one_of
    from cued.sensors.air import parse_address
    from cued.sensors.known import KnownSensor

    own = known.all()
    if not words:
        if not own:
            raise SensorError("no sensor is yours yet: `cued sensors pair` makes one yours, or give --sensor ADDRESS")
        return own
    chosen: dict[str, KnownSensor] = {}
    for word in words:
        mine = is_address(word) and not any(one.address == parse_address(word) for one in own)
        sensor = KnownSensor(parse_address(word)) if mine else one_of(word, own)
        chosen[sensor.address] = sensor
    return tuple(chosen.values())
