"""`cued render`: one sound file per segment, for any phone or watch that plays music."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from cued.cli import configured, options
from cued.cli.progress import Bars
from cued.errors import UsageError
from cued.review.reasons_in_words import rule_words
from cued.runtime.feeding import Nobody, feeding_of
from cued.runtime.live import interruptible
from cued.runtime.rehearsal import Watch
from cued.runtime.request import Request
from cued.runtime.roomwords import room_lines
from cued.runtime.status import clock_text
from cued.runtime.tracks import LeftOut, Rendered, render, without_sensors
from cued.runtime.wording import words_of
from cued.units import NS_PER_S

EXAMPLE = "cued render integration --cadence 166 --length 50min -o tracks"
FORMATS = ("mp3", "ogg", "wav", "flac")
"""What players play; the first is what all of them do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to render, for whom."""
    options.add_pack(parser, needed=True)
    configured.add_config(parser)
    parser.add_argument(
        "--cadence",
        metavar="SPM",
        type=options.beat,
        help="your own, easy one, steps per minute; default: the configuration's",
    )
    parser.add_argument("--length", metavar="T", type=options.duration, required=True, help="of the whole run: 30min, 1h5min")
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="the folder for the files")
    parser.add_argument("--format", choices=FORMATS, default=FORMATS[0], help=f"default {FORMATS[0]}")
    options.add_session(parser, seed=0)
    options.add_volumes(parser)
    parser.add_argument("--json", action="store_true", help="print what was written and left out as JSON")


def run(args: argparse.Namespace) -> int:
    """Render; 0."""
    settings = configured.fill(args)
    cadence = args.cadence or settings.runner.easy_spm
    if cadence is None:
        raise UsageError("--cadence is missing: your own, easy one; `runner.easy_cadence` in the configuration sets it too")
    pack = options.load(args.pack, sys.stderr)
    options.check_language(pack, args.language, sys.stderr)
    value, left_out = without_sensors(pack.value)
    request = Request(
        pack=replace(pack, value=value),
        feeding=feeding_of(Nobody(), args.length, args.seed),
        seed=args.seed,
        session_number=args.session,
        language=args.language,
        max_hr_bpm=args.max_hr,
        beat_spm=cadence,
        baseline_spm=cadence,
        speaker=args.speaker,
        volumes=options.volumes_of(args),
    )
    for sentence in room_lines(value, request.feeding.length_ns, args.session):
        print(sentence, file=sys.stderr)
    with interruptible(), Bars(args.length) as bars:
        watch = Watch(notice=bars.notice, speech=bars.speech, run=bars.run)
        done = render(request, Path(args.output), args.format, watch)
    if args.json:
        print(json.dumps(_as_json(done, left_out), ensure_ascii=False, indent=2))
        return 0
    for track in done.tracks:
        print(f"{clock_text(track.frames * NS_PER_S // done.rate_hz):>7}  {Path(args.output) / track.name}")
    print(f"playlist: {done.playlist}")
    names = words_of(pack.value)
    for left in left_out:
        print(f"left out: {rule_words(left.rule, names)}{f'; {left.says}' if left.says else ''} ({left.reason})")
    return 0


def _as_json(done: Rendered, left_out: tuple[LeftOut, ...]) -> dict[str, object]:
    return {
        "tracks": [{"file": track.name, "length_s": track.frames / done.rate_hz} for track in done.tracks],
        "playlist": str(done.playlist),
        "left_out": [{"rule": left.rule, "reason": left.reason, "says": left.says} for left in left_out],
    }
