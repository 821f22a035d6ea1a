"""`cued setup`: one guided evening at the desk. Each step is a command of its own, too; what is done is remembered."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from cued.cli import configured
from cued.cli.asking import LeftError, Person, SkippedError
from cued.errors import CuedError, UsageError
from cued.runtime.evening import STEPS, Evening, Outcome, Step, lines, rows, to_do

if TYPE_CHECKING:
    from cued.cli.setup_steps import Desk

EXAMPLE = """
cued setup
cued setup --from pod
cued setup --list
"""
INTERRUPTED = 130
"""As `cued.cli.main` has it: what a shell shows for a program that Ctrl-C ended."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to begin."""
    steps = [step.value for step in Step]
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--from", metavar="STEP", dest="begin", choices=steps, help=f"from there on: {', '.join(steps)}")
    where.add_argument("--only", metavar="STEP", choices=steps, help="that one alone")
    where.add_argument("--list", action="store_true", help="the steps, and what became of each")
    parser.add_argument("--json", action="store_true", help="with --list: print it as JSON")
    configured.add_config(parser)


def run(args: argparse.Namespace) -> int:
    """Lead through what is left; 0, or 130 where Ctrl-C ended it."""
    from cued.runtime.safety import Safety

    evening, safety = Evening(), Safety()
    if args.list:
        kept = evening.so_far(safety.accepted())
        print(json.dumps(rows(kept), ensure_ascii=False, indent=2) if args.json else "\n".join(lines(kept)))
        return 0
    if args.json:
        raise UsageError("--json is for --list: an evening is a conversation")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("\n".join(f"{step.value:<10}  {STEPS[step].title}: {STEPS[step].command}" for step in Step))
        raise UsageError("`cued setup` is a conversation and needs a terminal; above is each step as a command of its own")
    configured.configuration(args.config)  # a file that is not right is mended first
    begin, only = (None if word is None else Step(word) for word in (args.begin, args.only))
    steps = to_do(evening.so_far(safety.accepted()), begin=begin, only=only)
    from cued.cli.setup_steps import Desk
    from cued.runtime.live import interruptible

    desk = Desk(Person(), args.config, safety, evening)
    try:
        with interruptible():
            return _lead(desk, steps)
    except (KeyboardInterrupt, LeftError) as left:
        desk.person.say("", "Enough for now. What is done is kept; `cued setup` goes on from here.")
        return 0 if isinstance(left, LeftError) else INTERRUPTED


def _lead(desk: Desk, steps: tuple[Step, ...]) -> int:
    """Through all of `steps`; 0, or 1 where the safety notice is not accepted."""
    from cued.cli.setup_steps import DO

    person = desk.person
    if not steps:
        person.say(*lines(desk.so_far), "", "All is set up. `cued setup --from STEP` goes through it again.")
        return 0
    person.say("Every question has an answer for Enter; s skips a step, q or Ctrl-C leaves, and `cued setup` goes on later.")
    for step in steps:
        about = STEPS[step]
        person.say("", f"--- {list(Step).index(step) + 1} of {len(Step)}: {about.title} ({about.command})")
        try:
            note = DO[step](desk)
        except (SkippedError, CuedError) as why:
            if step is Step.SAFETY:
                if isinstance(why, CuedError):
                    raise
                person.say("Without that cued goes no further: `cued setup` asks again.")
                return 1
            person.say(f"skipped: {why}")
            desk.evening.put(step, Outcome.SKIPPED, str(why).partition("\n")[0])
        else:
            desk.evening.put(step, Outcome.DONE, note)
    return 0
