"""The hour itself: the world is set up, left to itself, and taken down; then journal and recording are read."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.soak.due import Promised, promised
from tests.soak.faults import Havoc
from tests.soak.process import Sampler
from tests.soak.runner import Runner
from tests.soak.steering import Hand
from tests.soak.verdict import Soaked
from tests.soak.witness import Witness
from tests.soak.world import World
from tests.support.bluez import Script
from tests.support.kept_links import Beating
from tests.support.waiting import wait_for

STARTS_S: Final = 30.0
"""A daemon listens within a second or two, and within many on a machine that has much else to do."""
ENDS_S: Final = 2.0
"""How soon a daemon that is told to end has ended."""
POLL_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    program: str
    """`daemon` or `run`."""
    length_s: float
    seed: int
    folder: Path
    """New; takes the home, the sockets, the recording."""


def soak(plan: Plan, say: Callable[[str], None]) -> Soaked:
    """Soak, and gather what was seen."""
    notes: list[str] = []
    never = threading.Event()
    with World(plan.folder, plan.program, say) as world:
        wait_for(lambda: world.socket.exists() or not world.daemon.alive, STARTS_S, "the daemon listens")
        if not world.daemon.alive:
            raise RuntimeError(f"cued {plan.program} ended at once: {world.log.read_text(encoding='utf-8')[-2000:]}")
        began_ns = time.monotonic_ns()
        hand = Hand(world.socket)
        havoc = Havoc(world, hand, plan.length_s, plan.seed, say)
        with (
            Witness() as witness,
            Sampler(world.daemon.pid) as sampler,
            Beating(world.strap, 1.0),
            Runner([Script(world.pod, [])], plan.length_s, plan.seed, say),
            hand,
            havoc,
        ):
            end_s = time.monotonic() + plan.length_s
            with contextlib.suppress(KeyboardInterrupt):  # what was soaked until then is judged
                while (left_s := end_s - time.monotonic()) > 0 and world.daemon.alive:
                    never.wait(min(POLL_S, left_s))
        early = not world.daemon.alive
        ended_ns = time.monotonic_ns()
        world.daemon.end()
        if early:
            notes.append("it ended before it was told to")
        elif world.daemon.ended_in_s is None:
            notes.append("it did not end and was killed")
        elif world.daemon.ended_in_s > ENDS_S:
            notes.append(f"it took {world.daemon.ended_in_s:.1f} s to end")
        if world.daemon.code != 0:
            notes.append(f"exit code {world.daemon.code}")
        words = world.log.read_text(encoding="utf-8", errors="replace")
        if "Traceback" in words:
            notes.append(f"{words.count('Traceback')} tracebacks in its log")
    say("the journal and the recording are read")
    due = promised(world.journal) if world.journal.exists() else Promised()
    if not due.clicks:
        notes.append("not one click was promised")
    return Soaked(
        began_ns,
        ended_ns,
        due,
        world.card.stretches(),
        havoc.done,
        havoc.hostile,
        witness.stood,
        hand.asked,
        sampler.samples,
        notes,
        hand.newest.get("statistics", {}),
    )
