"""`cued safety`: the safety notice to read, and whether it is accepted."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import textwrap
from typing import Final

from cued.cli import configured, options
from cued.cli.asking import NO, YES, LeftError, Person, SkippedError
from cued.errors import UsageError
from cued.runtime.safety import EDITION, Safety, thanks, written
from cued.yamlread.readers import LANGUAGE

EXAMPLE = """
cued safety
cued safety --language de --accept
"""

ACCEPT: Final = "\nEnter: I have read this and accept it. n: not now."
WIDEST: Final = 100
"""Columns; longer lines are hard to read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How it is shown."""
    options.add_language(parser)
    configured.add_config(parser)
    parser.add_argument("--accept", action="store_true", help="ask for Enter, and remember that you have accepted it")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(args: argparse.Namespace) -> int:
    """Show it; 0. With `--accept`: 1 where it was not accepted."""
    language = args.language or usual_language(args.config)
    safety = Safety()
    if args.json:
        if args.accept:
            raise UsageError("--accept asks somebody, and --json is for scripts: give one of the two")
        accepted = safety.accepted()
        told = {"edition": EDITION, "accepted": None if accepted is None else accepted.date, "text": list(written(language))}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print("\n".join(shown(language)))
    if not args.accept:
        accepted = safety.accepted()
        print(f"\naccepted on {accepted.date}" if accepted else "\nnot accepted yet: `cued safety --accept`")
        return 0
    if not sys.stdin.isatty():
        raise UsageError("only a person can accept it: this needs a terminal")
    return 0 if accepted_by(Person(), safety, language) else 1


def accepted_by(person: Person, safety: Safety, language: str) -> bool:
    """Ask for the press, and remember it; False: not now."""
    try:
        agrees = agreed(person)
    except (SkippedError, LeftError):
        agrees = False
    if not agrees:
        person.say("not accepted")
        return False
    keep(person, safety, language)
    return True


def agreed(person: Person) -> bool:
    """Enter or a yes, or a no; anything else is asked again. Raises SkippedError, LeftError."""
    while True:
        word = person.line(ACCEPT).casefold()
        if not word or word in YES:
            return True
        if word in NO:
            return False
        person.say("  Enter or y, or n, please")


def keep(person: Person, safety: Safety, language: str) -> None:
    """It is accepted."""
    safety.accept("screen")
    person.say(thanks(language))


def usual_language(config: str | None = None) -> str:
    """What the configuration says, else the terminal's own (locale(7)), else English."""
    chosen = configured.configuration(config).settings.runner.language
    names = [os.environ.get(variable, "") for variable in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next(filter(None, names), "").partition(".")[0].replace("_", "-")
    return chosen or (name if LANGUAGE.fullmatch(name) else "en")


def shown(language: str) -> list[str]:
    """The notice as lines for a terminal."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return [textwrap.fill(sentence, width, initial_indent="  ", subsequent_indent="    ") for sentence in written(language)]
