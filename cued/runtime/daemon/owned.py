"""Pods that are paired, renamed or forgotten while the daemon runs: taken up once nobody runs with the old ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from cued.errors import SensorError
from cued.runtime.daemon.feet import AirFeet
from cued.runtime.daemon.ports import Notice, Work
from cued.sensors.known import KnownSensor, KnownSensors
from cued.units import NS_PER_S

LOOK_NS: Final = 2 * NS_PER_S
"""Between two looks at the file of sensors."""


class OwnPods:
    """Belongs to the loop's thread."""

    def __init__(
        self, feet: AirFeet, known: KnownSensors, work: Work, notice: Notice, is_free: Callable[[], bool], added: Notice
    ) -> None:
        """`is_free`: no run needs the links that there are. `added`: told the name of each pod that is new."""
        self._feet = feet
        self._known = known
        self._work = work
        self._notice = notice
        self._is_free = is_free
        self._added = added
        self._lock = threading.Lock()
        self._mark = known.mark()
        self._mine = self._all()
        self._looked_ns = 0
        self._due = False

    def _all(self) -> tuple[KnownSensor, ...]:
        try:
            return self._known.all()
        except SensorError:  # whoever chose the pods has said it
            return ()

    def look(self, now_ns: int) -> None:
        """Once a second or so."""
        if now_ns - self._looked_ns < LOOK_NS:
            return
        self._looked_ns = now_ns
        mark = self._known.mark()
        if mark != self._mark:
            self._mark, self._due = mark, True
        if self._due and self._feet.listening.is_set() and self._is_free():
            self._due = False
            self._work.do(self._take_up)

    def _take_up(self) -> Callable[[], None]:
        """A job: links may take seconds to end."""
        with self._lock:
            try:
                now = self._known.all()
                self._feet.choose_anew()
            except SensorError as error:
                told = f"{error}; the pods stay as they were"
                return lambda: self._notice(told)
            before, self._mine = {one.address: one for one in self._mine}, now
        added = [_called(one) for one in now if one.address not in before]
        gone = [_called(one) for address, one in before.items() if address not in {one.address for one in now}]

        def tell() -> None:
            for name in added:
                self._added(name)
            for name in gone:
                self._notice(f"{name} is not yours any more")

        return tell


def _called(sensor: KnownSensor) -> str:
    return sensor.name or sensor.address
