"""The verbs that steer a run which goes on elsewhere: each asks over the control socket, and prints the answer."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from cued.cli.configured import add_socket, socket_word
from cued.control import commands
from cued.control.commands import Command

if TYPE_CHECKING:
    from cued.control.client import Client

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
        add_socket(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Ask, and print the answer; 0."""
        with connected(args) as client:
            print(client.ask(self.command(args)).get("said", "done"))
        return 0


@contextmanager
def connected(args: argparse.Namespace) -> Iterator[Client]:
    """Whoever listens at `--socket`, else where the environment or the configuration says."""
    from cued.control.address import default_path
    from cued.control.client import Client

    word = args.socket or socket_word()
    with Client(default_path() if word is None else Path(word)) as client:
        yield client


def use_pack(args: argparse.Namespace) -> int:
    """`cued pack use NAME`; 0."""
    return Steering("", lambda _: commands.PackUse(_pack(args.pack))).run(args)


def _pack(word: str | None) -> str:
    """A pack's name, or its whole path: whoever listens stands in another folder."""
    return str(Path(word).absolute()) if word and Path(word).exists() else word or ""


# --- the others ----------------------------------------------------------------------------------------------------


def _start(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pack", metavar="NAME|FILE", help="with this pack; default: today's")


def _next(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--leave-repeat", action="store_true", help="on to what follows the present rounds")


def _mute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("state", metavar="on|off", nargs="?", choices=("on", "off"), default="on", help="default on: silence")


def _volume(parser: argparse.ArgumentParser) -> None:
    from cued.cli.options import share

    parser.add_argument("percent", metavar="PERCENT", type=share, help="0 to 100")
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


START: Final = Steering("cued start\ncued start --pack awareness", lambda args: commands.Start(_pack(args.pack)), _start)
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
