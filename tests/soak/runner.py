"""Somebody who runs for an hour as people do: a cadence that drifts, traffic lights, a sprint, a café."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from tests.support.bluez import Running, Script

EVERY_S: Final = 5.0
"""Between two changes of pace."""
EASY_SPM: Final = 168.0
SWING_SPM: Final = 6.0
"""Cadence wanders by so much about the easy one in minutes, with a step or two of noise."""
STANDING: Final = Running(0.0, 0.0)
LIGHTS_EVERY_S: Final = (150.0, 420.0)
LIGHTS_S: Final = (14.0, 45.0)
"""Over the 10 s after which a run pauses."""
SPRINT_S: Final = 8.0
CAFE_S: Final = 330.0
"""Over the 5 min after which a run ends."""
CAFE_AT: Final = 0.55
"""Of a long soak: one café, in its second half."""
CAFE_FROM_S: Final = 40 * 60.0
"""In a shorter soak nobody goes to a café: too little would be left."""
BUS_S: Final = 20.0
"""Before the run: standing, a sprint for the bus (no run yet), standing again."""


class Runner:
    """Wears pods; lives while the block lasts, from a thread."""

    def __init__(self, scripts: list[Script], length_s: float, seed: int, say: Callable[[str], None]) -> None:
        self._scripts = scripts
        self._length_s = length_s
        self._chance = random.Random(f"runner {seed}")
        self._say = say
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="runner", daemon=True)
        self.stops = 0

    def __enter__(self) -> Self:
        self._move(STANDING)
        for script in self._scripts:
            script.__enter__()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        for script in self._scripts:
            script.__exit__(kind, error, trace)

    def _move(self, how: Running) -> None:
        for script in self._scripts:
            script.say(how)

    def _for(self, how: Running, seconds: float, why: str) -> bool:
        """False: it is over."""
        self._say(why)
        self._move(how)
        return not self._over.wait(seconds)

    def _run(self) -> None:
        began_s = time.monotonic()
        chance = self._chance
        if not (self._for(STANDING, BUS_S / 2, "stands") and self._for(Running(182, 4.0), SPRINT_S, "sprints for a bus")):
            return
        if not self._for(STANDING, BUS_S, "stands"):
            return
        self._say("runs")
        lights_s = time.monotonic() + chance.uniform(*LIGHTS_EVERY_S)
        cafe_s = began_s + CAFE_AT * self._length_s if self._length_s >= CAFE_FROM_S else float("inf")
        swing = 0.0
        while True:
            swing = max(-SWING_SPM, min(SWING_SPM, swing + chance.gauss(0.0, 1.0)))
            spm = EASY_SPM + swing + chance.gauss(0.0, 0.7)
            self._move(Running(spm, spm / 60.0 * 1.02))
            if self._over.wait(EVERY_S):
                return
            now_s = time.monotonic()
            if now_s >= cafe_s:
                cafe_s = float("inf")
                if not self._for(STANDING, CAFE_S, "sits in a café"):
                    return
                self._say("runs again")
            elif now_s >= lights_s:
                self.stops += 1
                if not self._for(STANDING, chance.uniform(*LIGHTS_S), "waits at traffic lights"):
                    return
                self._say("runs on")
                lights_s = time.monotonic() + chance.uniform(*LIGHTS_EVERY_S)
