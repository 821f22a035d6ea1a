"""Raw sensor logs made from nothing, the same to the byte everywhere: what pods send in good hours and bad ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from cued.formats.sensor_log import Item, LoggedSensor, Notification, header_line, line_of
from cued.units import NS_PER_MS, NS_PER_S
from tests.support.pods import POD, SPARE, STRAP, battery, in_order, link, pod, strap

WANDER: Final = (0, 1, 1, 0, -1, 0, 2, 1, 0, -1, -1, 0, 1)
"""How far a runner's cadence strays, in strides a minute, over and over."""


def _raw(second: int, usual: int) -> int:
    return usual + WANDER[second % len(WANDER)] - second // 300


def _strap(to_s: int) -> Iterator[Item]:
    for second in range(to_s):
        yield strap(second + 0.4, min(150, 90 + second // 4))


def _one_pod() -> Iterator[Item]:
    yield link(0.1, "up")
    yield battery(0.2, 14)
    for second in range(1, 721):
        at_s = second + 0.25
        if second < 9:
            yield pod(at_s, 0, 0.0, total_m=0.0, running=False)
        elif not (241 <= second < 244 or 360 <= second < 400):
            yield pod(at_s, _raw(second, 83), 2.75, total_m=round((second - 9) * 2.75, 1))
    yield link(240.5, "renewing")
    yield link(243.8, "up")
    yield link(360.2, "down")
    yield link(399.0, "up")
    yield battery(480.0, 10)
    yield battery(600.0, 9)


def _two_pods() -> Iterator[Item]:
    yield link(0.1, "up")
    yield link(0.1, "up", SPARE)
    for second in range(1, 1_201):
        total_m = round(40_000 + second * 2.9, 1)
        yield pod(second + 0.75, 2 * _raw(second, 82), 2.85, address=SPARE, total_m=total_m, running=False)
        if 480 <= second < 720:
            continue
        first = pod(second + 0.25, _raw(second, 82), 2.9, total_m=round(1_000 + second * 2.9, 1))
        copies = 5 if second >= 720 else 1  # a link that came back without the old one having been closed
        yield from (replace(first, at_ns=first.at_ns + copy * 2 * NS_PER_MS) for copy in range(copies))
    yield link(480.0, "down")
    yield link(718.0, "up")
    yield from (Notification(second * NS_PER_S, POD, "2A53", bytes.fromhex("028002b41027")) for second in (100, 101, 900))
    for number in range(600):  # two seconds of a pod gone mad
        yield pod(300 + number / 300, 60 + number % 50, 2.9)


_SENSORS: Final = {
    "one-pod": (LoggedSensor(POD, "Pod"), LoggedSensor(STRAP, "Strap")),
    "two-pods": (LoggedSensor(POD, "Pod", "strides"), LoggedSensor(SPARE, "TICKR X 12AB"), LoggedSensor(STRAP, "Strap")),
}
_ITEMS: Final[dict[str, Callable[[], list[Item]]]] = {
    "one-pod": lambda: in_order(_one_pod(), _strap(720)),
    "two-pods": lambda: in_order(_two_pods(), _strap(1_200)),
}
RAW_RUNS: Final = tuple(_SENSORS)
"""Their names."""


def raw_run(name: str) -> str:
    """The text of one log."""
    return header_line(_SENSORS[name]) + "".join(map(line_of, _ITEMS[name]()))
