"""Run benchmarks, print a table, write JSON: `python -m benchmarks [NAME…] [--json FILE] [--quick] [--list]`."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import cast

import benchmarks
from benchmarks.harness import RESULTS, Benchmark, Options, Result, Row, Skipped, machine


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; default all")
    parser.add_argument("--json", type=Path, metavar="FILE", help=f"default: a dated file in {RESULTS.name}/")
    parser.add_argument("--quick", action="store_true", help="a first impression; nothing is judged")
    parser.add_argument("--list", action="store_true", help="only name them")
    args = parser.parse_args()
    known = {bench.NAME: bench for bench in _all()}
    if args.list:
        print("\n".join(known))
        return 0
    unknown = [name for name in args.names if name not in known]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    options = Options(quick=args.quick, say=lambda line: print(f"  … {line}", file=sys.stderr, flush=True))
    results, skipped = [], {}
    for name in args.names or known:
        print(f"== {name}", file=sys.stderr, flush=True)
        try:
            results.append(known[name].run(options))
        except Skipped as reason:
            skipped[name] = str(reason)
    for result in results:
        print(table(result))
    for name, why in skipped.items():
        print(f"{name}: not measured: {why}")
    path = args.json or RESULTS / f"{time.strftime('%Y-%m-%d-%H%M%S')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {"machine": machine(), "quick": args.quick, "results": [asdict(result) for result in results], "skipped": skipped}
    path.write_text(json.dumps(report, indent=1, default=str) + "\n", encoding="utf-8")
    print(f"\n{path}")
    unmet = not args.quick and any(row.met is False for result in results for row in result.rows)
    return 1 if unmet else 0


def _all() -> list[Benchmark]:
    names = sorted(info.name for info in pkgutil.iter_modules(benchmarks.__path__) if info.name.startswith("bench_"))
    return [cast(Benchmark, importlib.import_module(f"benchmarks.{name}")) for name in names]


def table(result: Result) -> str:
    """A result as text, a row a line."""
    cells = [
        (row.what, _number(row), row.unit, row.target, {None: "", True: "yes", False: "NO"}[row.met]) for row in result.rows
    ]
    head = (result.name, "", "", "target", "met")
    widths = [max(len(line[i]) for line in [head, *cells]) for i in range(len(head))]
    lines = []
    for line in [head, *cells]:
        padded = [
            cell.rjust(width) if i == 1 else cell.ljust(width) for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(["", *lines, *(f"  {note}" for note in result.notes)])


def _number(row: Row) -> str:
    return "–" if row.value is None else f"{row.value:.4g}" if abs(row.value) < 1000 else f"{row.value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
