"""What a live minute costs: processor time and memory of all of cued's processes, beside klick's."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.audio_jack import Server
from benchmarks.harness import CUED, REPO, Options, Result, Row, Skipped, median, require

NAME: Final = "cpu"
SETTLED_S: Final = 8.0
"""From here on a run is only a run: everything is imported, rendered and open."""
WATCHED_S: Final = 30.0
ROUNDS: Final = 3
SPM: Final = 180
_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stretch of a run took."""

    cpu_s_per_min: float
    """User and system time of the process and all it started."""
    pss_mib: float
    """Shared pages counted in shares."""
    processes: int


def run(options: Options) -> Result:
    require("jackd", "jack_wait")
    rounds = 1 if options.quick else ROUNDS
    with Server() as server, tempfile.TemporaryDirectory(prefix="cued-bench-") as home:
        own = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        env = {**os.environ, **server.env, **own}
        commands: dict[str, Sequence[str]] = {
            "cued": (*CUED, "run", "--sensor", "sim", "--output", "device", "--seed", "1"),
            "cued, to nowhere": (*CUED, "run", "--sensor", "sim", "--output", "null", "--seed", "1"),
        }
        try:
            require("klick")
            commands["klick"] = ("klick", "-P", str(SPM))
        except Skipped as reason:  # the peer is absent, cued is measured all the same
            options.say(str(reason))
        found: dict[str, list[Cost]] = {name: [] for name in commands}
        for turn in range(rounds):
            for name, command in commands.items():
                options.say(f"{name}, round {turn + 1} of {rounds}")
                found[name].append(watched(command, env))
    rows: list[Row] = []
    for name, costs in found.items():
        per_min = [cost.cpu_s_per_min for cost in costs]
        details = {"rounds": per_min, "processes": costs[0].processes}
        rows += [
            Row(f"{name}: processor time per live minute", median(per_min), "s", details=details),
            Row(f"{name}: memory (PSS)", median([cost.pss_mib for cost in costs]), "MiB"),
        ]
    if "klick" in found:
        cued, klick = (median([cost.cpu_s_per_min for cost in found[name]]) for name in ("cued", "klick"))
        rows.append(Row("cued / klick: processor time", cued / klick, "times"))
    note = f"JACK dummy -S -p 1024; {WATCHED_S:.0f} s of a run from its {SETTLED_S:.0f}th second on; median of {rounds}."
    return Result(NAME, tuple(rows), (note,))


def watched(command: Sequence[str], env: Mapping[str, str]) -> Cost:
    """Let it play, and look at it from when it has settled."""
    process = subprocess.Popen(
        command, env=env, cwd=REPO, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(SETTLED_S)
        before_s, began_s = _cpu_s(process.pid), time.monotonic()
        time.sleep(WATCHED_S)
        after_s, passed_s = _cpu_s(process.pid), time.monotonic() - began_s
        family = _family(process.pid)
        pss_kib = sum(map(_pss_kib, family))
        if process.poll() is not None:
            raise RuntimeError(f"{' '.join(command)} ended before it was looked at")
    finally:
        process.terminate()
        process.wait()
    return Cost((after_s - before_s) * 60 / passed_s, pss_kib / 1024, len(family))


def _cpu_s(pid: int) -> float:
    """Processor time of a process and all that it started so far."""
    total = 0
    for member in _family(pid):
        with contextlib.suppress(OSError):  # it has just ended
            fields = Path(f"/proc/{member}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15])  # own user and system time, and that of children gone
    return total * _TICK_S


def _family(pid: int) -> list[int]:
    """The process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text(encoding="ascii").split():
            found += _family(int(child))
    return found


def _pss_kib(pid: int) -> int:
    with contextlib.suppress(OSError):  # it has just ended
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
