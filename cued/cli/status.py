"""`cued status`: how the run is, or what the daemon waits for."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cued.cli.configured import add_socket
from cued.cli.steer import connected
from cued.control import commands

if TYPE_CHECKING:
    from cued.runtime.status import Piece
    from cued.runtime.statuswire import RunStatus

EXAMPLE = """
cued status
cued status --watch
cued status --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--watch", action="store_true", help="twice a second, until the run ends or you press Ctrl-C")
    parser.add_argument("--json", action="store_true", help="a line of JSON, as docs/control.md describes it")
    add_socket(parser)


def run(args: argparse.Namespace) -> int:
    """Show it once, or until whoever listens has ended; 0."""
    with connected(args) as client:
        answers = client.watch() if args.watch else iter((client.ask(commands.Status()),))
        if args.json:
            for answer in answers:
                print(json.dumps(answer, ensure_ascii=False), flush=True)
        elif args.watch:
            _watch(answers)
        else:
            for answer in answers:
                _show(answer)
    return 0


def _show(answer: Mapping[str, Any]) -> None:
    """The line of the run's own terminal, and what it has no room for."""
    from cued.cli.screen import is_terminal, painted, wants_colour
    from cued.runtime.housestatus import house_from_wire, is_house
    from cued.runtime.housewords import first_line, more_lines
    from cued.runtime.status import status_line
    from cued.runtime.statuswire import from_wire

    if is_house(answer):
        house = house_from_wire(answer)
        first, more = first_line(house), more_lines(house)
    else:
        status = from_wire(answer)
        first, more = status_line(status.view, status.sound), _more(status)
    print(painted(first, colour=is_terminal(sys.stdout) and wants_colour()))
    for line in more:
        print(line)


def _more(status: RunStatus) -> list[str]:
    view = status.view
    said = f"{view.spoken} cue{'' if view.spoken == 1 else 's'} spoken, {view.suppressed} kept back"
    following = f"; next: {view.next_segment}" if view.next_segment else ""
    quiet = f"; silent: {view.silence_reason}" if view.silence_reason else ""
    volumes = f"beat {status.beat_percent:g} %, voice {status.voice_percent:g} %"
    return [
        f"{status.pack}, sensor {status.source}; {said}{following}{quiet}",
        f"sound: {status.sound.device or 'none'}; volume: {volumes}",
    ]


def _watch(answers: Iterator[Mapping[str, Any]]) -> None:
    """One line that lives on a terminal; anywhere else a line whenever it says something new."""
    from cued.cli.screen import PlainScreen, TerminalScreen, is_terminal

    screen = TerminalScreen(sys.stdout) if is_terminal(sys.stdout) else PlainScreen(sys.stdout)
    last, told = "", "the run has ended"
    try:
        for answer in answers:
            pieces, told = _line(answer)
            if isinstance(screen, TerminalScreen):
                screen.draw(pieces)
                continue
            line = "".join(piece.text for piece in pieces)
            if line != last:
                screen.line(line)
            last = line
    finally:
        screen.finish(0)
    screen.line(told)


def _line(answer: Mapping[str, Any]) -> tuple[tuple[Piece, ...], str]:
    """The line to show, and what is said when no more come."""
    from cued.runtime.housestatus import house_from_wire, is_house
    from cued.runtime.housewords import first_line
    from cued.runtime.status import status_line
    from cued.runtime.statuswire import from_wire

    if is_house(answer):
        return first_line(house_from_wire(answer)), "the daemon has ended"
    status = from_wire(answer)
    return status_line(status.view, status.sound), "the run has ended"
