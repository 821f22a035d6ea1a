"""`cued rehearse`: what would this pack have said on that run? As fast as possible, the same core to the byte."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from cued.cli import configured, options
from cued.cli.progress import Bars
from cued.cli.report import print_story, summary_json
from cued.core.cues import CuePack
from cued.core.room import usual_ns
from cued.runtime.feeding import DEFAULT_PRESET, Feeding, Recorded, SensorChoice, Simulated, feeding_of
from cued.runtime.live import interruptible
from cued.runtime.pressing import PRESS_AFTER_NS, Presser
from cued.runtime.rehearsal import Rehearsed, Wanted, Watch, rehearse
from cued.runtime.request import Request
from cued.runtime.roomwords import length_line, quiet_lines, room_lines, unmet_lines
from cued.runtime.voice import NOMINAL, REAL
from cued.units import NS_PER_S

EXAMPLE = """
cued rehearse fatigue --sim tired
cued rehearse integration --sim tired --length 50min
cued rehearse drills --no-press
cued rehearse awareness --run morning.fit -o morning.wav --timeline morning.html
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to rehearse, on which run, and what to leave behind."""
    options.add_pack(parser, needed=True)
    configured.add_config(parser)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--run", metavar="FILE", help="a run: FIT, CSV, a raw sensor log, or a session of `cued log list`")
    source.add_argument("--sim", metavar="PRESET", default=None, help=f"a simulated runner; default {DEFAULT_PRESET}")
    parser.add_argument(
        "--length",
        metavar="T",
        type=options.duration,
        help="running time: 90s, 50min, 1h5min; default: all of a run, or what PACK needs",
    )
    options.add_session(parser, seed=0)
    parser.add_argument(
        "--no-press",
        dest="press",
        action="store_false",
        help="nobody presses for what waits for a press; "
        f"default: the key is pressed {PRESS_AFTER_NS // NS_PER_S} s after the words that ask for it",
    )
    parser.add_argument("--voice", choices=(REAL, NOMINAL), help="real speech, or only its length; default: real with -o")
    parser.add_argument("-o", "--output", metavar="FILE", default="", help="what is heard: .wav, .flac, .ogg or .mp3")
    parser.add_argument("--timeline", metavar="FILE", type=options.page, default="", help="a page that shows it: .html")
    parser.add_argument(
        "--events", metavar="FILE", default="", help="every decision, a line of JSON each; - for standard output"
    )
    options.add_volumes(parser)
    options.add_journal(parser)
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(args: argparse.Namespace) -> int:
    """Rehearse; 0."""
    configured.fill(args)
    pack = options.load(args.pack, sys.stderr)
    options.check_language(pack, args.language, sys.stderr)
    options.check_heart_rate(pack, args.max_hr, sys.stderr)
    feeding = _feeding(args, pack.value)
    presser = Presser(feeding.feed)
    if args.press:
        feeding = replace(feeding, feed=presser)
    request = Request(
        pack=pack,
        feeding=feeding,
        seed=args.seed,
        session_number=args.session,
        language=args.language,
        max_hr_bpm=args.max_hr,
        speaker=args.speaker,
        volumes=options.volumes_of(args),
    )
    voice = args.voice or (REAL if args.output else NOMINAL)
    for sentence in room_lines(pack.value, request.feeding.length_ns, args.session):
        print(sentence, file=sys.stderr)
    with interruptible(), Bars(feeding.end_ns) as bars:
        watch = Watch(notice=bars.notice, speech=bars.speech, run=bars.run)
        done = rehearse(request, Wanted(voice, args.output, args.timeline, args.events), watch)
    if args.json:
        print(
            json.dumps(_as_json(feeding, done), ensure_ascii=False, indent=2),
            file=options.plain_out(args.events, args.output, args.timeline),
        )
    elif "-" not in (args.events, args.output, args.timeline):
        figures = print_story(done.log, feeding.notes, sys.stdout, presser.pressed_ns)
        for line in quiet_lines(pack.value, figures, feeding.length_ns, args.session):
            print(line)
        if feeding.simulated and figures.heard:
            for line in unmet_lines(pack.value, {row["rule"] for row in done.log.rows() if "rule" in row}):
                print(line)
        for path in done.written:
            print(f"written: {path}")
    return 0


def _feeding(args: argparse.Namespace, pack: CuePack) -> Feeding:
    """A file, a session out of the journal, or a simulated runner, who runs as long as the pack needs where nobody says it."""
    if args.run is not None and (args.run == "last" or args.run.isdigit()) and not Path(args.run).exists():
        from cued.cli.log_files import tell_missing
        from cued.journal.reader import reading
        from cued.runtime.past import feeding, past_of

        with reading(options.journal(args.journal)) as journal:
            past = past_of(journal, args.run)
            tell_missing(journal, past.session.id)
            return feeding(past, args.length)
    choice: SensorChoice = Simulated(args.sim or DEFAULT_PRESET) if args.run is None else Recorded(args.run)
    if args.length is not None or args.run is not None:
        return feeding_of(choice, args.length, args.seed)
    length_ns = usual_ns(pack, args.session)
    simulated = feeding_of(choice, length_ns, args.seed)
    return replace(simulated, notes=(*simulated.notes, length_line(pack, length_ns)))


def _as_json(feeding: Feeding, done: Rehearsed) -> dict[str, Any]:
    return summary_json(done.log) | {"source": feeding.source, "notes": list(feeding.notes), "written": list(done.written)}
