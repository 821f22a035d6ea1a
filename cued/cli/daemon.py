"""`cued daemon`: switch on, run, forget about it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import NoReturn

from cued.audio.commands import KeepAwake
from cued.cli import configured, options
from cued.runtime.request import ToDevice, output_of

EXAMPLE = """
cued daemon
cued daemon --sensor ble:Stryd --output device:pipewire
cued daemon --sensor sim:easy --output null --socket /tmp/cued.sock
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What it listens to and where it is heard; all else is in the configuration."""
    configured.add_config(parser)
    options.add_pack(parser)
    parser.add_argument(
        "--sensor",
        metavar="S",
        help="ble (your pod, or the only one in sight), ble:NAME, ble:ADDRESS, none (by time alone), sim[:PRESET] or file:PATH;"
        " default: the configuration's, else ble",
    )
    parser.add_argument("--output", metavar="O", help="device[:NAME], null or file:PATH; default: the configuration's device")
    options.add_language(parser)
    options.add_volumes(parser)
    options.add_journal(parser, none=True)
    configured.add_socket(parser, none=True)
    parser.add_argument(
        "--questions",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="ask, before a run, whether anything is sore, and after it for pain and effort; your keys answer",
    )


def run(args: argparse.Namespace) -> NoReturn:
    """Serve until it is ended; the process ends with it. Raises PackError for a pack named here that is not right."""
    from cued.runtime.daemon.whole import DaemonWanted, serve
    from cued.runtime.feeding import sensor_of
    from cued.runtime.journalling import journal_path
    from cued.runtime.lastrun import last_cadence_spm

    if args.pack is not None:  # a configuration's is told in the log: a service records without cues rather than not at all
        from cued.packs.catalog import open_pack

        open_pack(args.pack, options.probe_sound)
    args.max_hr = args.keep_awake = None
    typed = configured.Typed.of(args)
    settings = configured.fill(args)
    wanted_settings = typed.over(settings)
    asked = {name: value for name, value in vars(args).items() if value is None or isinstance(value, str | int | float)}
    asked["pack"] = wanted_settings.pack
    wanted = DaemonWanted(
        settings=wanted_settings,
        config=args.config,
        pack=wanted_settings.pack,
        sensor=sensor_of(args.sensor or settings.sensor or "ble"),
        output=ToDevice(settings.sound.device) if args.output is None else output_of(args.output),
        volumes=options.volumes_of(args),
        keep_awake=KeepAwake(args.keep_awake),
        journal=journal_path(args.journal),
        socket=args.socket or os.environ.get("CUED_SOCKET") or settings.files.socket,
        asked=asked,
        beat_spm=last_cadence_spm(),
        asks=args.questions,
    )
    serve(wanted, _log, lambda: typed.over(configured.configuration(args.config).settings))
    # All is written down and closed. What Python would tidy up now is memory alone, and takes longer than all the rest: up to a
    # second on a busy machine, of the two that an end may take.
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(0)


def _log(sentence: str) -> None:
    """To standard error: a service manager stamps each line and keeps it. A terminal that was closed is no end of a run."""
    with contextlib.suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)
