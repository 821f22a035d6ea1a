"""`cued make-run`, for `make run`: a run where there are a sound card and a pod; else it says what is missing, and tries."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator
from typing import Final

from cued.errors import SensorError
from cued.runtime.doctor.check import Check, State
from cued.units import NS_PER_S

EXAMPLE = "cued make-run"
LOOK_NS: Final = 6 * NS_PER_S
"""A pod that was just woken advertises within a second or two; the first look ends this."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`cued make-run` decides by itself; it has no options."""


def run(_args: argparse.Namespace) -> int:
    """Run, or say what is missing for a run and try at the desk; the exit code of that."""
    from cued.cli import main
    from cued.runtime.doctor.examine import examine, quick
    from cued.runtime.doctor.machine import RealMachine

    lacks = False
    for line in missing(examine(RealMachine(), examinations=quick()), pod_missing):
        lacks = True
        print(line, flush=True)
    code = main.main(["try"] if lacks else ["run"])
    if code == 0:
        print(next_step(known=shutil.which("cued") is not None))
    return code


def next_step(*, known: bool) -> str:
    """What to do after this; `known`: the shell finds `cued` by itself."""
    command = "" if known else "`. .venv/bin/activate` makes `cued` a command in this terminal, "
    rest = "`cued setup` gets headphones and pod ready, `cued run --length 30min` is a run, `cued --help` lists the rest"
    return f"next: {command}{rest}"


def missing(checks: tuple[Check, ...], pod: Callable[[], str]) -> Iterator[str]:
    """Why this is a try and not a run, in sentences, as they become known; none: it is a run. `pod` takes a while to answer.

    That there is no sound the try itself will say: here is what to do about it.
    """
    silent = [check for check in checks if check.state is State.FAIL and _sounds(check)]
    for check in silent:
        yield f"For sound: {check.mend or check.what}."
    why = pod()
    if why:
        yield f"No pod here: {why}."
    if silent or why:
        yield "So a simulated runner runs for 90 seconds:"


def _sounds(check: Check) -> bool:
    return check.name in {"PortAudio", "sound devices"}


def pod_missing(look_ns: int = LOOK_NS) -> str:
    """Why there is no pod; empty: one of the runner's own is in sight, or where there is none of these, any."""
    from cued.sensors.air import Sighting
    from cued.sensors.known import KnownSensors
    from cued.sensors.looking import scan

    class Found(Exception):  # noqa: N818 -- no error: it ends the look around
        """There it is."""

    try:
        mine = {sensor.address for sensor in KnownSensors().all() if sensor.may_give("cadence")}

        def look(sighting: Sighting) -> None:
            if sighting.address in mine or (not mine and sighting.gives_cadence):
                raise Found

        scan(look_ns, look)
    except Found:
        return ""
    except SensorError as error:
        return str(error)
    return "your pod is not in sight; take a few steps to wake it" if mine else "none is in sight; take a few steps to wake it"
