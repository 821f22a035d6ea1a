"""What every benchmark shares: its options, its result as rows, running programs and timing them side by side."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

REPO: Final = Path(__file__).resolve().parents[1]
CUED: Final = (sys.executable, "-m", "cued.cli.main")
RESULTS: Final = REPO / "benchmarks" / "results"


class Skipped(Exception):  # noqa: N818 -- no error: the reason why something was not measured
    """This machine lacks what the benchmark needs."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure."""

    quick: bool = False
    """A first impression in a fraction of the time; its numbers are not judged."""
    say: Callable[[str], None] = print
    """Progress, a line at a time."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured number."""

    what: str
    value: float | None
    """None: nothing to measure it on."""
    unit: str
    target: str = ""
    """In words: `at most 1`."""
    met: bool | None = None
    """None: reported, not judged."""
    details: Mapping[str, object] = field(default_factory=dict)
    """For the JSON file: runs, spreads, versions."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a benchmark found."""

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know to trust the rows."""


class Benchmark(Protocol):
    """A module `bench_*`."""

    NAME: str

    def run(self, options: Options) -> Result:
        """Measure."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A program that was run to its end."""

    wall_s: float
    cpu_s: float
    """User and system time, its children's too."""
    output: str


def require(*programs: str) -> None:
    """Raise Skipped unless all programs are there."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise Skipped(f"no {', '.join(missing)} on this machine")


def run_program(
    command: Sequence[str | os.PathLike[str]], *, deadline_s: float = 600.0, env: Mapping[str, str] | None = None
) -> Ran:
    """Run a program and time it; its failure is an error with what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began_s = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=deadline_s, check=False, env=env, cwd=REPO)
    wall_s = time.perf_counter() - began_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return Ran(wall_s, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout)


def side_by_side(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, tuple[float, ...]]:
    """Each contender's numbers over `rounds`, in turns, so that a noisy minute hits all of them alike."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, measure in contenders.items():
            found[name].append(measure())
    return {name: tuple(values) for name, values in found.items()}


def median(values: Sequence[float]) -> float:
    """The middle one: a noisy machine moves it last."""
    return statistics.median(values)


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    cpu = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cpu": cpu or platform.processor(),
        "cores": os.cpu_count(),
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
