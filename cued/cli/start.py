"""`cued start`, for `make run`: say what is missing for a run (no version reads a pod yet), then try at the desk."""

from __future__ import annotations

import argparse

from cued.runtime.doctor.check import Check, State

EXAMPLE = "cued start"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`cued start` decides by itself; it has no options."""


def run(_args: argparse.Namespace) -> int:
    """Say what is missing for a run, then try at the desk; the exit code of that."""
    from cued.cli import main
    from cued.runtime.doctor.examine import examine, quick
    from cued.runtime.doctor.machine import RealMachine

    for line in missing(examine(RealMachine(), examinations=quick())):
        print(line, flush=True)
    return main.main(["try"])


def missing(checks: tuple[Check, ...]) -> list[str]:
    """Why this is a try and not a run, in sentences for the runner."""
    lines = [
        f"No sound here: {check.what}. To do: {check.mend}." for check in checks if check.state is State.FAIL and _sounds(check)
    ]
    return [*lines, "No pod is read by this version, so a simulated runner runs for 90 seconds:"]


def _sounds(check: Check) -> bool:
    return check.name in {"PortAudio", "sound devices"}
