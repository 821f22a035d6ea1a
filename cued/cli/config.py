"""`cued config`: what is in force and where it comes from, what is wrong in a file, where the file is, its options set."""

from __future__ import annotations

import argparse
import json
import sys

from cued.cli import configured, options
from cued.config.whole import Configuration
from cued.errors import ConfigError, PackError, Problem, UsageError

EXAMPLE = """
cued config show
cued config set sound.ear left
cued config check my-config.yaml --strict
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The things that can be done with a configuration."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    showing = options.add_subverb(verbs, "show", "what is in force, and where each value comes from", "cued config show")
    showing.add_argument("--full", action="store_true", help="print it as a file with every option explained, to begin from")
    checking = options.add_subverb(
        verbs, "check", "is a configuration right? all its problems at once", "cued config check my-config.yaml --strict"
    )
    checking.add_argument("file", metavar="FILE", nargs="?", help="default: the one in force")
    checking.add_argument("--strict", action="store_true", help="warnings count as problems")
    for sub in (showing, checking):
        sub.add_argument("--json", action="store_true", help="print it as JSON")
    finding = options.add_subverb(verbs, "path", "where the configuration is, or would be", "cued config path")
    setting = options.add_subverb(
        verbs, "set", "set an option in the file; its comments and its order stay", "cued config set sound.beat_volume 80%"
    )
    setting.add_argument("option", metavar="OPTION", help="as `cued config show` names it: sound.ear")
    setting.add_argument("value", metavar="VALUE", help="as it would stand in the file: left, 80%%, 188, true, USB Audio")
    unsetting = options.add_subverb(verbs, "unset", "leave an option to its default again", "cued config unset sound.speaker")
    unsetting.add_argument("option", metavar="OPTION", help="as `cued config show` names it")
    for sub in (showing, finding, setting, unsetting):
        configured.add_config(sub)
    options.add_subverb(verbs, "schema", "the options as a JSON Schema, for editors", "cued config schema > cued-config.json")


def run(args: argparse.Namespace) -> int:
    """Do one of them; 1 for a file that is not right in `check`."""
    if args.what in {"set", "unset"}:
        return _set(args.option, getattr(args, "value", None), args.config)
    if args.what == "show":
        return _show(args)
    if args.what == "check":
        return _check(args.file, strict=args.strict, as_json=args.json)
    if args.what == "path":
        from cued.config.load import config_path

        print(config_path(args.config))
        return 0
    from cued.config.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0


def _set(option: str, value: str | None, named: str | None) -> int:
    """Set one option, or leave it to its default; says what is in force then."""
    from cued.config.edit import entry_of
    from cued.config.written import in_force
    from cued.runtime.configuring import set_options

    with configured.explained(named):
        done = set_options({option: value}, named).configuration
    entry = entry_of(option)
    print(f"{entry.name}: {in_force(done, entry)}  ({done.file})")
    for problem in (*done.warnings, *(_pack_problem(done) if entry.name == "pack" else ())):
        print(problem.at(done.file), file=sys.stderr)
    return 0


def _show(args: argparse.Namespace) -> int:
    from cued.config.load import own_path
    from cued.config.written import as_data, as_yaml, lines_of

    if args.full and args.json:
        raise UsageError("--full prints a file and --json prints JSON (which is full anyway): give one of the two")
    found = configured.configuration(args.config)
    for problem in found.warnings:
        print(problem.at(found.file), file=sys.stderr)
    if args.full:
        print(as_yaml(found), end="")
        return 0
    if args.json:
        print(json.dumps(as_data(found), indent=2, ensure_ascii=False))
        return 0
    for line in lines_of(found):
        print(line)
    if not found.file:
        print(f"\nYour own would be {own_path()}; `cued config show --full` prints one to begin from")
    return 0


def _check(word: str | None, *, strict: bool, as_json: bool) -> int:
    from cued.config.load import load_config, own_path

    name, problems = "", tuple[Problem, ...]()
    try:
        found = load_config(word)
        doubts = (*found.warnings, *_pack_problem(found))
        name, problems = found.file, tuple(sorted(doubts, key=lambda doubt: (doubt.line, doubt.column)))
    except ConfigError as error:
        name, problems = error.file, error.problems
    wrong = any(strict or not problem.warning for problem in problems)
    if as_json:
        told = options.problems_data(problems)
        print(json.dumps({"file": name or None, "right": not wrong, "problems": told}, indent=2, ensure_ascii=False))
        return int(wrong)
    for problem in problems:
        print(problem.at(name))
    if not name:
        print(f"there is no {own_path()}: the defaults hold")
    elif not wrong:
        print(f"{name} is right{options.but(problems)}")
    elif all(problem.warning for problem in problems):
        print(f"{name} has warnings, which --strict does not let pass")
    return int(wrong)


def _pack_problem(found: Configuration) -> tuple[Problem, ...]:
    """A doubt where the pack is not there, or not right; the file itself may be."""
    pack = found.settings.pack
    if pack is None or not found.says("pack"):
        return ()
    from cued.packs.catalog import open_pack

    try:
        open_pack(pack)
    except PackError as error:
        first = error.problems[0].message if len(error.problems) == 1 else f"`cued pack check {pack}` says what is wrong in it"
        place = found.places["pack",]
        return (Problem(place.line, place.column, f"the pack cannot be used: {first}", "pack", warning=True),)
    return ()
