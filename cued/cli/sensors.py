"""`cued sensors`: find, pair and check sensors; a sub-verb each, in the table `_SUBVERBS`."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cued.cli import options
from cued.cli import sensors_air as air
from cued.errors import UsageError

EXAMPLE = """
cued sensors scan
cued sensors pair
cued sensors check
"""


@dataclass(frozen=True, slots=True)
class SubVerb:
    """One word after `cued sensors`."""

    name: str
    summary: str
    """One line for the list in `cued sensors --help`."""
    example: str
    """A command line that works as it stands."""
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The things that can be done with sensors."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    for sub in _SUBVERBS:
        child = options.add_subverb(verbs, sub.name, sub.summary, sub.example)
        sub.add_arguments(child)


def run(args: argparse.Namespace) -> int:
    """Do one of them; its own exit code."""
    (chosen,) = (sub for sub in _SUBVERBS if sub.name == args.what)
    return chosen.run(args)


# --- decode --------------------------------------------------------------------------------------------------------

_BETWEEN: Final = re.compile(r"\(0x\)|0x|[\s:,-]", re.IGNORECASE)
"""What tools write between, before and around bytes: `07:85`, `0x07 0x85`, `(0x) 07-85`."""


def _decode_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("uuid", metavar="UUID", help="the characteristic: 2A53, or in full")
    parser.add_argument("hex", metavar="HEX", nargs="+", help="the bytes; spaces, colons and 0x do not matter")


def _decode(args: argparse.Namespace) -> int:
    """Print the value of one payload as a line of JSON."""
    from dataclasses import asdict

    from cued.sensors.decoders import decoder_of

    decoder = decoder_of(args.uuid)
    print(json.dumps(asdict(decoder.decode(_bytes_of(" ".join(args.hex))))))
    return 0


def _bytes_of(text: str) -> bytes:
    digits = _BETWEEN.sub("", text)
    if re.fullmatch(r"(?:[0-9a-fA-F]{2})*", digits) is None:
        raise UsageError(f"{text[:60]!r} is no row of bytes: give two hexadecimal digits for each, as in 07 85 02")
    return bytes.fromhex(digits)


# --- the runner's own ----------------------------------------------------------------------------------------------


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _list(args: argparse.Namespace) -> int:
    """Print the runner's sensors, a line each."""
    from cued.runtime.sensorwords import own_lines, own_rows
    from cued.sensors.known import KnownSensors

    sensors = KnownSensors().all()
    if args.json:
        print(json.dumps(own_rows(sensors), ensure_ascii=False, indent=2))
        return 0
    for line in own_lines(sensors):
        print(line)
    if not sensors:
        print("no sensor is yours yet: `cued sensors pair` makes one yours")
    return 0


def _forget_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sensor", metavar="NAME|ADDRESS", help="one of yours, as `cued sensors list` shows it")


def _forget(args: argparse.Namespace) -> int:
    """Forget one of the runner's sensors."""
    from cued.runtime.sensorwords import called, one_of
    from cued.sensors.known import KnownSensors

    known = KnownSensors()
    sensor = one_of(args.sensor, known.all())
    known.forget(sensor)
    print(f"{called(sensor)} is forgotten")
    return 0


_SUBVERBS: Final = (
    SubVerb("scan", "what is in sight: a live table", "cued sensors scan --for 10s", air.scan_arguments, air.scan),
    SubVerb("pair", "make a sensor yours", "cued sensors pair Stryd", air.pair_arguments, air.pair),
    SubVerb("list", "your sensors, the preferred first", "cued sensors list", _list_arguments, _list),
    SubVerb("forget", "a sensor is yours no more", "cued sensors forget Stryd", _forget_arguments, _forget),
    SubVerb(
        "check",
        "does it count steps or strides? you count 20 steps",
        "cued sensors check Stryd",
        air.check_arguments,
        air.check,
    ),
    SubVerb(
        "record",
        "keep what your sensors send, byte for byte",
        "cued sensors record my-run.jsonl --for 30min",
        air.record_arguments,
        air.record,
    ),
    SubVerb(
        "decode",
        "what do these bytes of a sensor say?",
        "cued sensors decode 2A53 07:85:02:52:6e:00:fc:03:00:00",
        _decode_arguments,
        _decode,
    ),
)
