"""`cued try`: 90 seconds, or as long as you say, at the desk with a simulated runner, and something to keep."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from cued.audio.commands import KeepAwake
from cued.cli import configured, options
from cued.cli.keyboard import unechoed
from cued.cli.progress import Bars
from cued.cli.report import print_summary
from cued.cli.run import screen_for
from cued.errors import OutputError
from cued.runtime.conductor import Until
from cued.runtime.feeding import DEFAULT_PRESET, Feeding, Simulated, feeding_of
from cued.runtime.files import make_folder
from cued.runtime.live import interruptible
from cued.runtime.liverun import LiveWanted, live
from cued.runtime.rehearsal import Wanted, Watch, rehearse
from cued.runtime.request import Request, ToDevice
from cued.runtime.sounding import Search
from cued.runtime.voice import REAL
from cued.units import NS_PER_S
from cued.yamlread.quantities import time_text

EXAMPLE = """
cued try
cued try --pack integration
"""

TRY_NS = 90 * NS_PER_S
"""Long enough for a few cues and a change of the beat, short enough to listen to the end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to try, and where to leave it."""
    options.add_pack(parser)
    configured.add_config(parser)
    parser.add_argument("--for", metavar="T", dest="for_ns", type=options.duration, default=TRY_NS, help="so long; default 90s")
    parser.add_argument("--sim", metavar="PRESET", default=DEFAULT_PRESET, help=f"who runs; default {DEFAULT_PRESET}")
    parser.add_argument("--seed", metavar="N", type=options.whole, default=0, help="another runner, other draws; default 0")
    options.add_language(parser)
    options.add_volumes(parser)
    parser.add_argument("-o", "--output", metavar="DIR", help="where the sound and the page go; default: cued's data folder")
    options.add_journal(parser, none=True)
    parser.add_argument("--fast", action="store_true", help="play nothing, leave the files at once")


def run(args: argparse.Namespace) -> int:
    """Try; 0."""
    settings = configured.fill(args).sound
    search = None if args.fast else Search(ToDevice(settings.device))
    request = asked(args)
    pack = request.pack.value
    folder = _folder(args.output)
    stem = folder / f"try-{pack.name}"
    sound, timeline = f"{stem}.wav", f"{stem}.html"
    print(f"{request.title}: {time_text(args.for_ns)} with a simulated runner ({args.sim}). Ctrl-C ends it.", file=sys.stderr)
    if args.fast:
        with interruptible(), Bars(request.feeding.end_ns) as bars:
            watch = Watch(notice=bars.notice, speech=bars.speech, run=bars.run)
            rehearsed = rehearse(request, Wanted(REAL, sound=sound, timeline=timeline), watch)
        print_summary(rehearsed.log, None, rehearsed.written, sys.stdout)
        return 0
    wanted = LiveWanted(
        also_sound=sound,
        timeline=timeline,
        keep_awake=KeepAwake(settings.keep_awake),
        journal=options.journal_wanted(args),
    )
    screen = screen_for(sys.stdout)
    with interruptible(), unechoed(), Bars() as bars:
        lived = live(request, wanted, screen, bars.speech, bars.close, search)
    print_summary(lived.log, lived.sound, lived.written, sys.stdout)
    return 0


def asked(args: argparse.Namespace) -> Request:
    """The run that is tried."""
    pack = options.load(args.pack, sys.stderr)
    options.check_language(pack, args.language, sys.stderr)
    return Request(
        pack=pack,
        feeding=_a_while(feeding_of(Simulated(args.sim), None, args.seed), args.for_ns),
        seed=args.seed,
        language=args.language,
        desk=True,
        speaker=args.speaker,
        volumes=options.volumes_of(args),
    )


def _a_while(feeding: Feeding, for_ns: int) -> Feeding:
    """The beginning of a whole run: rounds that fill it are there to be heard, which a run of 90 s has no room for."""
    return replace(feeding, feed=Until(feeding.feed, for_ns), end_ns=for_ns)


def _folder(asked: str | None) -> Path:
    """Where the files go; made if it is not there yet. Raises OutputError."""
    if asked is not None:
        folder = Path(asked)
    else:
        from platformdirs import user_data_path

        folder = user_data_path("cued") / "try"
    try:
        make_folder(folder)
    except OutputError as error:
        raise OutputError(f"{error}; -o names another") from error
    return folder
