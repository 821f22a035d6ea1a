"""`python -m tests.soak [--time 1h] [--seed N]`: the real daemon at real speed, a table, and exit code 0 if all held."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cued.cli.options import duration
from cued.units import NS_PER_S
from tests.soak.soak import Plan, soak
from tests.soak.verdict import Row, Soaked, Sound, judge_sound, rows_of
from tests.support.tools import REPO

RESULTS: Final = REPO / "tests" / "soak" / "results"
NEEDED: Final = ("jackd", "jack_wait", "dbus-daemon")
"""`playerctl` is used where it is there."""
SAYS_EVERY_S: Final = 60.0
"""Without a terminal: a line so often."""


class Teller(Protocol):
    """Where progress goes."""

    def __call__(self, sentence: str) -> None:
        """What happens now."""


def main() -> int:
    """Soak, judge, print; 0 where all held, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--time", metavar="T", type=duration, default=duration("1h"), help="how long: 5min, 1h; default 1h")
    parser.add_argument("--seed", metavar="N", type=int, default=None, help="what happens when; default: another each time")
    parser.add_argument("--program", choices=("daemon", "run"), default="daemon", help="what is soaked")
    parser.add_argument("--keep", action="store_true", help="keep recording, journal and log, whatever comes of it")
    args = parser.parse_args()
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        print(f"a soak needs {', '.join(missing)}: `sudo apt install jackd2 dbus`", file=sys.stderr)
        return 2
    seed = int(time.time()) % 100_000 if args.seed is None else args.seed
    folder = Path(tempfile.mkdtemp(prefix="cued-soak-"))
    plan = Plan(args.program, args.time / NS_PER_S, seed, folder)
    with _progress(plan.length_s) as say:
        soaked = soak(plan, say)
    sound = judge_sound(soaked)
    rows = rows_of(soaked, sound)
    _print(rows, plan, sound)
    file = _write(rows, plan, soaked, sound)
    held = all(row.met is not False for row in rows)
    kept = f"; recording, journal and log are kept in {folder}" if args.keep or not held else ""
    print(f"{'all held' if held else 'NOT all held'}: {file}{kept}")
    if not kept:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if held else 1


@contextmanager
def _progress(length_s: float) -> Iterator[Teller]:
    console = Console(stderr=True)
    began_s = time.monotonic()
    if not console.is_terminal:
        told_s = -SAYS_EVERY_S

        def tell(sentence: str) -> None:
            nonlocal told_s
            passed_s = time.monotonic() - began_s
            if passed_s - told_s >= SAYS_EVERY_S:
                told_s = passed_s
                print(f"{passed_s / 60:6.1f} of {length_s / 60:.0f} min  {sentence}", file=sys.stderr, flush=True)

        yield tell
        return
    columns = (BarColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("begins", total=length_s)
        over = threading.Event()

        def move() -> None:
            while not over.wait(1.0):
                bar.update(task, completed=min(length_s, time.monotonic() - began_s))

        thread = threading.Thread(target=move, daemon=True)
        thread.start()
        try:
            yield lambda sentence: bar.update(task, description=sentence)
        finally:
            over.set()
            thread.join()


def _print(rows: list[Row], plan: Plan, sound: Sound) -> None:
    title = f"cued {plan.program} at {_commit()}, {plan.length_s / 60:.0f} min, seed {plan.seed}"
    table = Table(title=title, title_justify="left", show_edge=False)
    for name in ("", "", "wanted", ""):
        table.add_column(name)
    for row in rows:
        table.add_row(row.what, row.value, row.target, {True: "held", False: "NOT HELD", None: ""}[row.met])
    Console(width=160).print(table)
    kinds: dict[str, list[float]] = {}
    for window in sound.windows:
        kinds.setdefault(window.why, []).append((window.to_ns - window.from_ns) / NS_PER_S)
    for kind, lengths in sorted(kinds.items()):
        print(f"  window  {kind}: {len(lengths)}, longest {max(lengths):.1f} s, together {sum(lengths):.1f} s")


def _write(rows: list[Row], plan: Plan, soaked: Soaked, sound: Sound) -> Path:
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}-{plan.program}-{plan.seed}.json"

    def at_s(at_ns: float) -> float:
        return round((at_ns - soaked.began_ns) / NS_PER_S, 3)

    about = {
        "program": plan.program,
        "commit": _commit(),
        "length_s": plan.length_s,
        "seed": plan.seed,
        "rows": [asdict(row) for row in rows],
        "windows": [{"from_s": at_s(w.from_ns), "to_s": at_s(w.to_ns), "why": w.why} for w in sound.windows],
        "done": [
            {"kind": one.kind, "from_s": at_s(one.from_ns), "to_s": at_s(one.to_ns), "detail": one.detail, "failed": one.failed}
            for one in soaked.done
        ],
        "missing_s": [at_s(click.at_ns) for click in sound.missing],
        "skipped": [[at_s(when), count] for when, count in soaked.promised.skipped],
        "extra_s": [at_s(when) for when in sound.extra_ns],
        "cues_missing": [{"at_s": at_s(cue.at_ns), "text": cue.text} for cue in sound.cues_missing],
        "slowest": [
            {"at_s": at_s(one.at_ns), "word": one.word, "ms": round(one.took_ms, 1), "said": one.said}
            for one in sorted(soaked.asked, key=lambda one: -one.took_ms)[:20]
        ],
        "refused": [
            {"at_s": at_s(one.at_ns), "word": one.word, "said": one.said} for one in soaked.asked if not one.ok
        ][:200],
        "counts": soaked.promised.counts,
        "own_statistics": dict(soaked.own),
        "samples": [
            [
                at_s(one.at_s * NS_PER_S), round(one.main.own_mib, 3), round(one.own_mib, 3), round(one.main.rss_mib, 1),
                one.main.descriptors, one.main.threads, one.processes, round(one.cpu_s, 2),
            ]
            for one in soaked.samples
        ],
    }  # fmt: skip
    file.write_text(json.dumps(about, indent=1), encoding="utf-8")
    return file


def _commit() -> str:
    """What was soaked; `+` where files differ from it."""
    words = ("git", "-C", str(REPO), "describe", "--always", "--dirty=+", "--abbrev=10")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "an unknown commit"


if __name__ == "__main__":
    sys.exit(main())
