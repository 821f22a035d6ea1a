"""The verbs that steer a run which goes on elsewhere: each asks over the control socket, and prints the answer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cued.cli import options
from cued.control import commands
from cued.control.commands import Command

if TYPE_CHECKING:
    from cued.control.client import Client
    from cued.runtime.statuswire import RunStatus

Declare: TypeAlias = Callable[[argparse.ArgumentParser], None]
Make: TypeAlias = Callable[[argparse.Namespace], Command]


@dataclass(frozen=True, slots=True)
class Steering:
    """A verb that asks one thing and prints the sentence that comes back."""

    EXAMPLE: str
    command: Make
    declare: Declare | None = None
    """Declares what the verb takes besides the socket."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        if self.declare is not None:
            self.declare(parser)
        options.add_socket(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Ask, and print the answer; 0."""
        with _connected(args) as client:
            print(client.ask(self.command(args)).get("said", "done"))
        return 0


@contextmanager
def _connected(args: argparse.Namespace) -> Iterator[Client]:
    """Whoever listens at `--socket`."""
    from cued.control.address import default_path
    from cued.control.client import Client

    with Client(default_path() if args.socket is None else Path(args.socket)) as client:
        yield client


def use_pack(args: argparse.Namespace) -> int:
    """`cued pack use NAME`; 0."""
    path = Path(args.pack)  # whoever listens stands in another folder
    name = str(path.absolute()) if path.exists() else args.pack
    return Steering("", lambda _: commands.PackUse(name)).run(args)


# --- status --------------------------------------------------------------------------------------------------------


class _Status:
    """`cued status`."""

    EXAMPLE = """
    cued status
    cued status --watch
    cued status --json
    """

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--watch", action="store_true", help="twice a second, until the run ends or you press Ctrl-C")
        parser.add_argument("--json", action="store_true", help="a line of JSON, as docs/control.md describes it")
        options.add_socket(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Show it once, or until the run ends; 0."""
        from cued.runtime.statuswire import from_wire

        with _connected(args) as client:
            answers = client.watch() if args.watch else iter((client.ask(commands.Status()),))
            if args.json:
                for answer in answers:
                    print(json.dumps(answer, ensure_ascii=False), flush=True)
            elif args.watch:
                _watch(answers)
            else:
                for answer in answers:
                    _show(from_wire(answer))
        return 0


def _show(status: RunStatus) -> None:
    """The line of the run's own terminal, and what it has no room for."""
    from cued.cli.screen import is_terminal, painted, wants_colour
    from cued.runtime.status import status_line

    print(painted(status_line(status.view, status.sound), colour=is_terminal(sys.stdout) and wants_colour()))
    view = status.view
    said = f"{view.spoken} cue{'' if view.spoken == 1 else 's'} spoken, {view.suppressed} kept back"
    following = f"; next: {view.next_segment}" if view.next_segment else ""
    quiet = f"; silent: {view.silence_reason}" if view.silence_reason else ""
    print(f"{status.pack}, sensor {status.source}; {said}{following}{quiet}")
    print(f"sound: {status.sound.device or 'none'}; volume: beat {status.beat_percent:g} %, voice {status.voice_percent:g} %")


def _watch(answers: Iterator[Mapping[str, Any]]) -> None:
    """One line that lives on a terminal; anywhere else a line whenever it says something new."""
    from cued.cli.screen import PlainScreen, TerminalScreen, is_terminal
    from cued.runtime.status import status_line
    from cued.runtime.statuswire import from_wire

    screen = TerminalScreen(sys.stdout) if is_terminal(sys.stdout) else PlainScreen(sys.stdout)
    last = ""
    try:
        for answer in answers:
            status = from_wire(answer)
            screen.show(status.view, status.sound)
            line = "".join(piece.text for piece in status_line(status.view, status.sound))
            if line != last and not isinstance(screen, TerminalScreen):
                screen.line(line)
            last = line
    finally:
        screen.finish(0)
    screen.line("the run has ended")


# --- the others ----------------------------------------------------------------------------------------------------


def _next(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--leave-repeat", action="store_true", help="on to what follows the present rounds")


def _mute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("state", metavar="on|off", nargs="?", choices=("on", "off"), default="on", help="default on: silence")


def _volume(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("percent", metavar="PERCENT", type=options.share, help="0 to 100")
    parts = [part.value for part in commands.Part]
    parser.add_argument("--of", choices=parts, default=commands.Part.ALL.value, help="whose; default all")


def _surface(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("surface", metavar="WORD", help="as your pack calls it: road, trail, grass, track")


def _rate(parser: argparse.ArgumentParser) -> None:
    what = [rated.value for rated in commands.Rated]
    parser.add_argument("what", choices=what, help="did the last cue help, how hard is it, how does the landing feel, pain")
    parser.add_argument(
        "answer",
        metavar="ANSWER",
        help="helped: yes or no; effort: 0 to 10, or easy, moderate, hard; landing: 1 to 5; pain: 0 to 10",
    )


STATUS: Final = _Status()
START: Final = Steering("cued start", lambda _: commands.Start())
STOP: Final = Steering("cued stop", lambda _: commands.Stop())
PAUSE: Final = Steering("cued pause", lambda _: commands.Pause())
RESUME: Final = Steering("cued resume", lambda _: commands.Resume())
NEXT: Final = Steering("cued next", lambda args: commands.Next(leave_repeat=args.leave_repeat), _next)
BACK: Final = Steering("cued back", lambda _: commands.Back())
CUE: Final = Steering("cued cue", lambda _: commands.Cue())
MUTE: Final = Steering("cued mute\ncued mute off", lambda args: commands.Mute(muted=args.state == "on"), _mute)
VOLUME: Final = Steering(
    "cued volume 60\ncued volume 40 --of beat",
    lambda args: commands.Volume(round(args.percent * 100, 3), commands.Part(args.of)),
    _volume,
)
SURFACE: Final = Steering("cued surface trail", lambda args: commands.Surface(args.surface), _surface)
RATE: Final = Steering(
    "cued rate helped yes\ncued rate effort hard", lambda args: commands.Rate(commands.Rated(args.what), args.answer), _rate
)
PAIN: Final = Steering("cued pain", lambda _: commands.Pain())
RELOAD: Final = Steering("cued reload", lambda _: commands.Reload())
