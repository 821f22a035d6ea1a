"""`cued doctor`: what of this machine works, and what to do about the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cued.runtime.doctor.check import Check, State

EXAMPLE = """
cued doctor
cued doctor --json | jq '.checks[] | select(.state == "fail")'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `cued doctor`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines for people")
    parser.add_argument("--quick", action="store_true", help="look only at what can be played on and at the Bluetooth adapter")


def run(args: argparse.Namespace) -> int:
    """Print what was found; 0 if nothing fails, else 1."""
    from cued.runtime.doctor.examine import EXAMINATIONS, examine, quick
    from cued.runtime.doctor.machine import RealMachine

    checks = examine(RealMachine(), examinations=quick() if args.quick else EXAMINATIONS)
    if args.json:
        print(as_json(checks))
    else:
        print(as_lines(checks, colour=sys.stdout.isatty()))
    return 1 if any(check.state is State.FAIL for check in checks) else 0


def as_json(checks: Sequence[Check]) -> str:
    """The checks for programs: `{"checks": [{"name", "state", "what", "mend"}, …]}`."""
    import json
    from dataclasses import asdict

    return json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False, indent=2)


def as_lines(checks: Sequence[Check], *, colour: bool) -> str:
    """The checks for people: a line each, what to do below those that are not well, and a summary."""
    signs = {State.OK: "ok", State.WARN: "look", State.FAIL: "FAIL", State.UNKNOWN: "?"}
    colours = {State.OK: "32", State.WARN: "33", State.FAIL: "31;1", State.UNKNOWN: "2"}
    width = max((len(check.name) for check in checks), default=0)
    lines = []
    for check in checks:
        sign = f"{signs[check.state]:<4}"
        if colour:
            sign = f"\x1b[{colours[check.state]}m{sign}\x1b[0m"
        lines.append(f"{sign}  {check.name:<{width}}  {check.what}")
        if check.mend and check.state is not State.OK:
            lines.append(f"{'':4}  {'':<{width}}  to do: {check.mend}")
    well, look, failing, unknown = (sum(check.state is state for check in checks) for state in State)
    lines += ["", f"{well} well, {look} to look at, {failing} failing, {unknown} not known."]
    return "\n".join(lines)
