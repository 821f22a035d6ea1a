"""The board of a virtual day: an LED that remembers, and a switch that only tells."""

from __future__ import annotations

from cued.control.lights import Light
from tests.support.day_world import Table


class VirtualLed:
    def __init__(self) -> None:
        self.shown: list[Light] = []

    def show(self, light: Light) -> None:
        if self.shown[-1:] != [light]:
            self.shown.append(light)

    def close(self) -> None:
        self.shown.append(Light.OFF)


class VirtualPower:
    def __init__(self, table: Table) -> None:
        self._table = table

    def settle(self) -> bool:
        self._table.note("settles")
        return True

    def ask(self) -> str:
        self._table.note("switched off")
        return ""
