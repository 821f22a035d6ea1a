"""Options that several verbs share, each parsed once into a value."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cued.audio.commands import Ear
from cued.cli.configured import journal_word
from cued.config.settings import BEAT_SPM, MAX_HR_BPM, USUAL_PACK
from cued.core.cues import HeartRateAbove
from cued.errors import Problem
from cued.runtime.request import Pack, Volumes

if TYPE_CHECKING:
    from cued.runtime.journalling import JournalWanted


USUAL = "; default: the configuration's, else"
"""Before what holds where neither the command line nor the configuration says anything."""


DEVICE_HELP = "device[:NAME]; default: the configuration's device, else the best there is"
"""Of an output that has to be heard now."""


def add_pack(parser: argparse.ArgumentParser, *, needed: bool = False) -> None:
    """`--pack NAME|FILE`, or a plain word `PACK` where one is needed and only the configuration can stand in for it."""
    what = "a pack's name (`cued pack list`), its file or its folder"
    if needed:
        parser.add_argument("pack", metavar="PACK", nargs="?", help=f"{what}; default: the configuration's")
    else:
        parser.add_argument("--pack", metavar="NAME|FILE", help=f"{what}{USUAL} {USUAL_PACK}")
    parser.set_defaults(pack_needed=needed)


def add_subverb(
    verbs: argparse._SubParsersAction[Any],
    name: str,
    summary: str,
    example: str,
) -> argparse.ArgumentParser:
    """A word after the verb, with a help of its own that ends in a command line that works as it stands."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=summary[:1].upper() + summary[1:],
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def add_session(parser: argparse.ArgumentParser, *, seed: int | None) -> None:
    """What a session starts with."""
    seeds = f"default {seed}" if seed is not None else "default: another one each time"
    parser.add_argument("--seed", metavar="N", type=whole, default=seed, help=f"decides every draw of chance; {seeds}")
    counted = "1" if seed is not None else "one more than the journal has"
    parser.add_argument(
        "--session",
        metavar="N",
        type=counting,
        default=1 if seed is not None else None,
        help=f"your n-th session with this pack: cues and beat fade with it; default {counted}",
    )
    add_language(parser)
    parser.add_argument("--max-hr", metavar="BPM", type=max_hr, help="your highest heart rate, for cues that watch it")


def add_language(parser: argparse.ArgumentParser) -> None:
    """What is spoken."""
    parser.add_argument("--language", metavar="L", help="speak this language where the pack has it (de, fr, …)")


def add_volumes(parser: argparse.ArgumentParser) -> None:
    """How loud, in which voice, and in which ear."""
    parser.add_argument("--volume", metavar="PERCENT", type=share, help=f"of the beat: 0 to 100{USUAL} 100")
    parser.add_argument("--voice-volume", metavar="PERCENT", type=share, help=f"of the voice: 0 to 100{USUAL} 100")
    parser.add_argument("--speaker", metavar="NAME", help="another voice of your speech engine, by its name")
    ears = [ear.value for ear in Ear]
    parser.add_argument("--ear", choices=ears, help=f"where it sounds, so that one ear hears traffic{USUAL} both")


def add_journal(parser: argparse.ArgumentParser, *, none: bool = False) -> None:
    """`--journal PATH`, or `none` where a run may be kept nowhere."""
    what = "where the run is kept, or none" if none else "the journal to read"
    parser.add_argument("--journal", metavar="PATH|none" if none else "PATH", help=f"{what}{USUAL} your own")


def add_conditions(parser: argparse.ArgumentParser) -> None:
    """How things stand before a run; each may be left out."""
    from cued.journal.answers import BEFORE

    group = parser.add_argument_group("how things stand, for the journal (all of it can be left out)")
    for question in BEFORE:
        group.add_argument(f"--{question.name.replace('_', '-')}", metavar="X", dest=question.name, help=question.what)


def conditions_of(args: argparse.Namespace) -> tuple[tuple[str, str | float], ...]:
    """What was answered of `add_conditions`; raises JournalError for what is no answer."""
    from cued.journal.answers import BEFORE

    given = ((question, getattr(args, question.name, None)) for question in BEFORE)
    return tuple((question.name, question.answer(word)) for question, word in given if word is not None)


def session_number(args: argparse.Namespace, pack: Pack, notice: TextIO) -> int:
    """The number that was asked for, else one more than the journal has cue sessions with that pack."""
    from cued.errors import JournalError
    from cued.runtime.journalling import journal_path

    path = journal_path(args.journal)
    if args.session is not None:
        return int(args.session)
    if path is None:
        return 1
    from cued.journal.reader import reading

    try:
        with reading(path) as journal:
            number = journal.cue_sessions(pack.value.name) + 1
    except JournalError:  # the run will say what is wrong with it
        return 1
    if number > 1:
        print(f"this is session {number} with {pack.value.name} (--session sets another)", file=notice)
    return number


def add_recorded(parser: argparse.ArgumentParser) -> None:
    """`SESSION`: a run out of the journal."""
    parser.add_argument("session", metavar="SESSION", help="its number (`cued log list`), or `last`")


def journal(word: str | None) -> Path:
    """The journal that a verb is about."""
    from cued.errors import UsageError
    from cued.runtime.journalling import journal_path

    path = journal_path(word or journal_word())
    if path is None:
        raise UsageError("the journal is `none`: --journal names one")
    return path


def journal_option(word: str | None) -> str:
    """` --journal PATH` for a command that is to find the journal `word`; empty where it does by itself."""
    from cued.errors import UsageError
    from cued.runtime.journalling import journal_path

    path = journal_path(word)
    try:
        usual = journal_path(journal_word())
    except UsageError:  # a configuration that is not right names none
        usual = None
    return "" if path in (None, usual) else f" --journal {shlex.quote(str(path))}"


def journal_wanted(args: argparse.Namespace) -> JournalWanted | None:
    """Where the live run of `args` is kept; None: nowhere."""
    from cued.runtime.journalling import JournalWanted, journal_path

    path = journal_path(args.journal)
    asked = {name: value for name, value in vars(args).items() if value is None or isinstance(value, str | int | float)}
    return None if path is None else JournalWanted(path, asked, conditions_of(args), anew=getattr(args, "new", False))


def volumes_of(args: argparse.Namespace) -> Volumes:
    """The value of `add_volumes`."""
    return Volumes(args.volume, args.voice_volume, Ear(args.ear))


def load(word: str, notice: TextIO) -> Pack:
    """The pack of that name or path; its warnings go to `notice`. Raises PackError."""
    from cued.packs.catalog import open_pack

    loaded = open_pack(word, probe_sound)
    for problem in loaded.warnings:
        print(problem.at(loaded.file), file=notice)
    return Pack(loaded.pack, loaded.folder, loaded.file)


def probe_sound(folder: Path, name: str) -> float:
    """Seconds of a pack's sound; raises AudioError for what is no sound. For `cued.packs`, which knows nothing of sound."""
    from cued.audio.soundfile_in import probe

    return probe(folder, name)


def check_heart_rate(pack: Pack, max_hr_bpm: int | None, notice: TextIO) -> None:
    """Say so if rules watch the heart rate and nobody has said what the highest is: they sleep."""
    if max_hr_bpm is None and any(isinstance(rule.when, HeartRateAbove) for rule in pack.value.rules):
        print(f"{pack.value.name} watches your heart rate and does not know your highest: --max-hr tells it", file=notice)


def check_language(pack: Pack, language: str, notice: TextIO) -> None:
    """Say so if the pack does not know the language: its own is heard instead."""
    said_in = [*(cue.say_in for cue in pack.value.cues), *(drill.say_in for drill in pack.value.drills)]
    known = {code for others in said_in for code, _ in others} | {pack.value.language}
    if language and language not in known:
        print(f"{pack.value.name} has no texts in {language}: you will hear {pack.value.language}", file=notice)


def problems_data(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """The problems of a YAML file, for JSON."""
    return [
        {
            "line": problem.line,
            "column": problem.column,
            "path": problem.path,
            "warning": problem.warning,
            "message": problem.message,
        }
        for problem in problems
    ]


def but(warnings: tuple[Problem, ...]) -> str:
    """The end of "… is right" for a file with warnings."""
    return "" if not warnings else f", with {len(warnings)} warning{'s' * (len(warnings) > 1)}"


def whole(word: str) -> int:
    """A number without a point, not negative."""
    return _whole(word, 0)


def _whole(word: str, least: int) -> int:
    digits = word.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(word) <= 18 and int(word) < least:
        raise argparse.ArgumentTypeError(f"{word} is less than {least}")
    if not word.isascii() or not word.isdigit() or len(word) > 18:
        raise argparse.ArgumentTypeError(f"{word!r} is no whole number")
    return int(word)


def counting(word: str) -> int:
    """A whole number from 1."""
    return _whole(word, 1)


def max_hr(word: str) -> int:
    """Beats per minute."""
    number = whole(word)
    low, high = MAX_HR_BPM
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"{word}: a highest heart rate lies between {low} and {high} beats a minute")
    return number


def beat(word: str) -> float:
    """Steps per minute, with or without the unit."""
    number = decimal(word.removesuffix("spm").strip())
    low, high = BEAT_SPM
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"{word}: a beat lies between {low} and {high} steps a minute")
    return number


def share(word: str) -> float:
    """A percentage as a fraction."""
    with contextlib.suppress(argparse.ArgumentTypeError):
        number = decimal(word.removesuffix("%").strip())
        if number <= 100:
            return number / 100
    raise argparse.ArgumentTypeError(f"{word}: give 0 to 100 (per cent)")


def rate(word: str) -> float:
    """How many times as fast."""
    number = decimal(word.removesuffix("x"))
    if not 0.01 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{word}: give 0.01 to 1000 times")
    return number


def decimal(word: str) -> float:
    """A number as people write it: digits, perhaps a point."""
    digits = word.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise argparse.ArgumentTypeError(f"{word!r} is no number")
    return float(word)


def duration(word: str) -> int:
    """`90s`, `10 min`, `1h5min` in nanoseconds."""
    from cued.yamlread.quantities import QuantityError, time

    try:
        return time(word)
    except QuantityError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def plain_out(*files: str) -> TextIO:
    """Where people's lines go: standard output, unless one of `files` is `-` and has it."""
    return sys.stderr if "-" in files else sys.stdout


def page(word: str) -> str:
    """The name of a page."""
    if word != "-" and "." in word.rpartition("/")[2] and not word.lower().endswith((".html", ".htm")):
        raise argparse.ArgumentTypeError(f"{word}: this is a page for a browser; let its name end in .html")
    return word
