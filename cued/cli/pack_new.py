"""`cued pack new`: a few questions in plain words, and a commented pack is there; with options, without questions."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cued.cli import options
from cued.errors import CuedError, UsageError

if TYPE_CHECKING:
    from cued.packs.newpack import Answers

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

EXAMPLE = 'cued pack new hills --beat target --change 3 --cue "Quick and light." --cue "Push the hill away."'
_GIVEN: Final = ("title", "way", "beat", "change", "phase", "language", "license", "author")
_LENGTHS: Final = ("warmup", "feeder", "steady", "every", "cooldown")
_PHASES: Final = "1 awareness, 2 drills, 3 variability, 4 fatigue, 5 integration, 6 maintenance"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is asked otherwise, an option each."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="what it is called by: a-z, 0-9 and -")
    parser.add_argument("--title", metavar="TEXT", help="what people read in a list; default: the name")
    parser.add_argument(
        "--cue", metavar="TEXT", action="append", default=[], help="what is said, up to 8 words; once for each cue"
    )
    parser.add_argument(
        "--way", choices=("throughout", "feeder"), help="cues now and then, or short feeders; default throughout"
    )
    parser.add_argument("--beat", choices=("none", "own", "target"), help="no beat, the runner's own tempo, or to the target")
    parser.add_argument("--change", metavar="PERCENT", type=_change, help="the target over the runner's own cadence; default 0")
    parser.add_argument("--phase", metavar="N", type=_phase, help=_PHASES)
    parser.add_argument("--language", metavar="L", help="of the texts; default en")
    parser.add_argument("--license", metavar="TEXT", help="what others may do with it; default CC-BY-4.0")
    parser.add_argument("--author", metavar="NAME", help="who wrote it")
    for word, what in (
        ("warmup", "before the first cue; default 10min"),
        ("feeder", "a feeder with cues; default 90s"),
        ("steady", "what follows each feeder; default 6min30s"),
        ("every", "from cue to cue, with --way throughout; default 3min, 6min for a single cue"),
        ("cooldown", "after the last cue; default 5min"),
    ):
        parser.add_argument(f"--{word}", metavar="T", type=options.duration, help=what)
    parser.add_argument("-o", "--output", metavar="FILE", help="where it goes; default: your own packs' folder")


def run(args: argparse.Namespace) -> int:
    """Ask, write, and say what to do next; 0."""
    from cued.packs import own
    from cued.packs.catalog import own_folder
    from cued.packs.newpack import pack_text

    given = bool(args.cue) or any(getattr(args, word) is not None for word in (*_GIVEN, *_LENGTHS))
    asking = not given and sys.stdin.isatty()
    if args.name is None and not asking:
        raise UsageError(f"NAME is missing, such as: {EXAMPLE}")
    if args.name is not None:
        _check_free(args.name, args.output)
        if not given and not asking:
            raise UsageError(
                "a pack without a cue and without a beat would be silent: give a --cue or a --beat "
                f"(on a terminal `cued pack new {args.name}` asks for them)"
            )
    answers = _asked(args) if asking else _from(args)
    path = Path(args.output).expanduser() if args.output else own_folder() / f"{answers.name}.yaml"
    word = shlex.quote(str(path)) if args.output else answers.name
    text = pack_text(answers, word)
    if not args.output:
        _check_free(answers.name, None)
        path.parent.mkdir(parents=True, exist_ok=True)
    own.write_new(path, text.encode())
    print(f"{path} is written: open it in an editor, every line says what it is for")
    print(f"`cued pack show {word}` reads it aloud, `cued rehearse {word} --sim tired` tells what it would have said")
    return 0


def _check_free(name: str, output: str | None) -> None:
    """Raises UsageError where something would be overwritten; says so where a pack of cued's would be hidden."""
    import os

    from cued.packs import own
    from cued.packs.catalog import own_folder, ships
    from cued.packs.newpack import check_name

    check_name(name)
    there = [Path(output)] if output and os.path.lexists(output) else [] if output else own.places(name, own_folder())
    if there:
        raise UsageError(f"{there[0]}: there is such a pack already, and nothing is overwritten: give another name")
    if ships(name) and not output:
        raise UsageError(f"cued has a pack {name} of its own, which yours would hide: give another name, such as my-{name}")


def _from(args: argparse.Namespace) -> Answers:
    """The answers that the options are."""
    from cued.packs.newpack import Answers, Beat, Way, usual_every_ns

    answers = Answers(args.name, args.title or args.name, tuple(args.cue), every_ns=usual_every_ns(len(args.cue)))
    values: dict[str, Any] = {word: getattr(args, word) for word in _GIVEN if getattr(args, word) is not None}
    values |= {f"{word}_ns": getattr(args, word) for word in _LENGTHS if getattr(args, word) is not None}
    values |= {word: kind(values[word]) for word, kind in (("way", Way), ("beat", Beat)) if word in values}
    return replace(answers, **values)


# --- asking --------------------------------------------------------------------------------------------------------


def _asked(args: argparse.Namespace) -> Answers:
    """The answers of somebody at a terminal; what is not understood is asked again."""
    from cued.packs.newpack import MAX_CUES, Answers, Beat, Way, check_name, usual_every_ns

    print("A few questions; Enter takes what stands in brackets. Everything can be changed in the file afterwards.\n")
    name = args.name or _ask("What is it called by, in one word (a-z, 0-9, -)?", "my-pack", _free(check_name))
    title = _ask("Its title, as people read it in a list?", name.replace("-", " ").capitalize(), _tried("title"))
    way = _ask("Cues now and then all through the run (1), or short feeders, then running without (2)?", "1", _choice(Way))
    beat = _ask("A beat: none (1), at the runner's own tempo (2), or one that leads to a target (3)?", "1", _choice(Beat))
    change = 0.0
    if beat is Beat.TARGET:
        change = _ask("How many per cent is the target over the runner's own cadence (-50 to 10)?", "3", _change)
    phase = _ask(f"A phase of the plan ({_PHASES}), or none?", "none", lambda word: None if word == "none" else _phase(word))
    language = _ask("The language of its texts (en, de, …)?", "en", _tried("language"))
    print(f"What is said? A cue a line, up to 8 words each, up to {MAX_CUES}; an empty line ends them.")
    cues: list[str] = []
    while len(cues) < MAX_CUES and (cue := _ask("  ", "", _cue(cues, needed=beat is Beat.NONE))):
        cues.append(cue)
    lengths = {"warmup": "How long is the warm-up, in which nothing is said?"}
    if way is Way.FEEDER:
        lengths |= {"feeder": "How long is a feeder, with cues?", "steady": "How long is the running after it, without?"}
    elif cues:
        lengths |= {"every": "How long is it from cue to cue?"}
    lengths |= {"cooldown": "How long is the cool-down, in which nothing is said?"}
    every_ns = usual_every_ns(len(cues))
    answers = Answers(name, title, tuple(cues), way, beat, change, phase, language, every_ns=every_ns)
    for word, question in lengths.items():
        field = f"{word}_ns"
        answers = _with(answers, field, _length(question, answers, field))
    author = _ask("Who wrote it?", "nobody", _tried("author"))
    return replace(answers, author="" if author == "nobody" else author)


def _with(answers: Answers, field: str, value: str | int) -> Answers:
    changed: dict[str, Any] = {field: value}
    return replace(answers, **changed)


def _tried(field: str) -> Callable[[str], str]:
    """A text as it is, if a pack can hold it there: a mistake is mended where it is made, not after the last question."""
    from cued.packs.newpack import Answers, pack_text

    def read(word: str) -> str:
        pack_text(_with(Answers("trial", "Trial", ("Run.",)), field, word))
        return word

    return read


def _cue(others: list[str], *, needed: bool) -> Callable[[str], str]:
    from cued.packs.newpack import Answers, pack_text

    def read(word: str) -> str:
        if word:
            pack_text(Answers("trial", "Trial", (*others, word)))
        elif needed and not others:
            raise UsageError("without a beat it needs a cue at least, or it would be silent")
        return word

    return read


def _ask(question: str, usual: str, read: Callable[[str], T]) -> T:
    """The answer as `read` takes it. Raises UsageError when no more answers will come."""
    while True:
        shown = f" [{usual}]" if usual else ""
        try:
            word = input(f"{question}{shown} ").strip()
        except EOFError:
            raise UsageError("no more answers came: nothing was written") from None
        try:
            return read(word or usual)
        except (CuedError, argparse.ArgumentTypeError) as error:
            print(f"  {error}")


def _length(question: str, answers: Answers, field: str) -> int:
    from cued.packs.newpack import pack_text
    from cued.yamlread.quantities import time_text

    def read(word: str) -> int:
        length_ns = options.duration(word)
        pack_text(_with(answers, field, length_ns))
        return length_ns

    return _ask(question, time_text(getattr(answers, field)), read)


def _free(check: Callable[[str], None]) -> Callable[[str], str]:
    def read(word: str) -> str:
        check(word)
        _check_free(word, None)
        return word

    return read


def _choice(kind: type[E]) -> Callable[[str], E]:
    """One of an enum's members, by its number from 1 or its word."""
    members = list(kind)

    def read(word: str) -> E:
        for number, member in enumerate(members, 1):
            if word in {str(number), member.value}:
                return member
        raise argparse.ArgumentTypeError(f"give a number from 1 to {len(members)}")

    return read


def _change(word: str) -> float:
    number = options.decimal(word.removesuffix("%").strip().removeprefix("+").removeprefix("-"))
    number = -number if word.strip().startswith("-") else number
    if not -50 <= number <= 10:
        raise argparse.ArgumentTypeError(f"{word}: a target lies between 50 per cent under and 10 over the runner's own")
    return number / 100


def _phase(word: str) -> int:
    number = options.whole(word)
    if not 1 <= number <= 6:
        raise argparse.ArgumentTypeError(f"{word}: a phase is 1 to 6 ({_PHASES})")
    return number
