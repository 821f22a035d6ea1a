"""`cued pack`: list, show and check cue packs, make and share them, and print the format as a JSON Schema."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

from cued.cli import configured, options, pack_new, pack_share
from cued.errors import PackError, UsageError

if TYPE_CHECKING:
    from cued.packs.load import LoadedPack

EXAMPLE = """
cued pack list
cued pack show integration --length 50min
cued pack check my-pack.yaml --strict
cued pack new hills
cued pack install hills.zip
"""
WIDEST = 120
"""Columns of a drawing: wider than this a line is hard to follow."""
NARROWEST = 50
"""Columns: less shows nothing."""

_SHARING = (
    ("new", "make a pack: a few questions, and a commented file is there", pack_new.EXAMPLE, pack_new.add_arguments),
    (
        "install",
        "take a pack from somebody else: checked, shown, and only then taken",
        "cued pack install hills.zip",
        pack_share.add_install,
    ),
    (
        "export",
        "one zip of a pack, to hand on",
        'cued pack export hills --for Anna --note "Easy days only."',
        pack_share.add_export,
    ),
    ("remove", "remove a pack of your own", "cued pack remove hills", pack_share.add_remove),
    ("diff", "what two packs have otherwise, in words", "cued pack diff integration my-integration.yaml", pack_share.add_diff),
)
_RUNS = {
    "new": pack_new.run,
    "install": pack_share.install,
    "export": pack_share.export,
    "remove": pack_share.remove,
    "diff": pack_share.diff,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The things that can be done with packs."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = options.add_subverb(verbs, "list", "the packs there are", "cued pack list")
    showing = options.add_subverb(
        verbs, "show", "read a pack aloud, with its timeline", "cued pack show integration --length 50min"
    )
    showing.add_argument("pack", metavar="PACK", help="a pack's name, its file, its folder or its zip")
    showing.add_argument("--full", action="store_true", help="print the pack with every default in its place, as a pack file")
    showing.add_argument(
        "--length", metavar="T", type=options.duration, help="the run that is drawn: 50min; default: its own, or 45 min"
    )
    showing.add_argument(
        "--session", metavar="N", type=options.counting, default=1, help="your n-th session with it; default 1"
    )
    checking = options.add_subverb(
        verbs, "check", "is a pack right? all its problems at once", "cued pack check my-pack.yaml --strict"
    )
    checking.add_argument("files", metavar="FILE", nargs="+", help="a pack's file, folder, zip or name")
    checking.add_argument("--strict", action="store_true", help="warnings count as problems")
    for sub in (listing, showing):
        configured.add_read_in(sub)
    for sub in (listing, showing, checking):
        sub.add_argument("--json", action="store_true", help="print it as JSON")
    for word, summary, example, add in _SHARING:
        add(options.add_subverb(verbs, word, summary, example))
    using = options.add_subverb(verbs, "use", "swap to another pack in the session that goes on", "cued pack use integration")
    using.add_argument("pack", metavar="PACK", help="a pack's name, its file or its folder")
    configured.add_socket(using)
    options.add_subverb(verbs, "schema", "the format as a JSON Schema, for editors", "cued pack schema > cued-pack.json")


def run(args: argparse.Namespace) -> int:
    """Do one of them; 1 for a pack that is not right in `check`."""
    if args.what == "list":
        return _list(configured.read_in(args), as_json=args.json)
    if args.what == "show":
        return _show(args)
    if args.what == "check":
        return _check(args.files, strict=args.strict, as_json=args.json)
    if args.what in _RUNS:
        return _RUNS[args.what](args)
    if args.what == "use":
        from cued.cli.steer import use_pack

        return use_pack(args)
    from cued.packs.jsonschema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0


# --- list ----------------------------------------------------------------------------------------------------------


def _list(language: str, *, as_json: bool) -> int:
    from cued.packs.catalog import catalogue, own_folder
    from cued.packs.load import load_pack

    rows: list[dict[str, Any]] = []
    for found in catalogue():
        row: dict[str, Any] = {"name": found.name, "path": str(found.path), "own": found.own}
        try:
            pack = load_pack(found.path).pack
            row |= {"title": pack.title_for(language), "version": pack.version, "phase": pack.phase, "language": pack.language}
            row |= {"license": pack.license, "summary": pack.summary_for(language), "right": True}
        except PackError as error:
            row |= {"right": False, "problems": options.problems_data(error.problems)}
        rows.append(row)
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        mine = " (your own)" if row["own"] else ""
        told = f"{row['title']}{mine}" if row["right"] else f"not right{mine}: `cued pack check {row['name']}` says why"
        print(f"{row['name']:<{width}}  {told}")
        if row["right"] and row["summary"]:
            print(f"{'':<{width}}  {row['summary']}")
    if not rows:
        print("there are no packs")
    print(f"\nYour own packs go into {own_folder()}")
    return 0


# --- show ----------------------------------------------------------------------------------------------------------


def _show(args: argparse.Namespace) -> int:
    if args.full and args.json:
        raise UsageError("--full prints a pack file and --json prints JSON (which is full anyway): give one of the two")
    with pack_share.opened_pack(args.pack) as loaded:
        return _shown(args, loaded)


def _shown(args: argparse.Namespace, loaded: LoadedPack) -> int:
    if args.full:
        from cued.packs.full import as_data, to_yaml

        print(to_yaml(as_data(loaded.pack)), end="")
        return 0
    for problem in loaded.warnings:
        print(problem.at(loaded.file), file=sys.stderr)
    lines = _aloud(loaded, args.length, args.session, configured.read_in(args))
    if args.json:
        from cued.packs.full import as_data

        whole = {
            "file": loaded.file,
            "warnings": options.problems_data(loaded.warnings),
            "pack": as_data(loaded.pack),
            "aloud": lines,
        }
        print(json.dumps(whole, indent=2, ensure_ascii=False))
        return 0
    for line in lines:
        print(_wrapped(line))
    return 0


def _wrapped(line: str) -> str:
    """`line` as wide as the terminal, what follows indented; drawings are as wide as that already."""
    import textwrap

    if len(line) <= _width():
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(), _width(), initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False
    )


def _width() -> int:
    return min(WIDEST, max(NARROWEST, shutil.get_terminal_size((100, 24)).columns))


def _aloud(loaded: LoadedPack, length_ns: int | None, session_number: int, language: str) -> list[str]:
    from cued.core.room import own_length_ns, usual_ns
    from cued.packs import aloud, drawing
    from cued.runtime.roomwords import room_lines
    from cued.units import NS_PER_S
    from cued.yamlread.quantities import time_text

    pack = aloud.in_language(loaded.pack, language)
    lines = [pack.title, f"{pack.name} {pack.version}, in {aloud.read_in(loaded.pack, language)}, {pack.license}"]
    if pack.authors:
        lines[-1] += f", by {', '.join(pack.authors)}"
    lines += [pack.summary] if pack.summary else []
    own_ns = own_length_ns(pack)
    drawn_ns = length_ns or own_ns or usual_ns(pack, session_number)
    waits = sum(segment.starts_on_press for segment in pack.segments())
    often = {1: "once", 2: "twice"}.get(waits, f"{waits} times")
    what = f"A run of {time_text(-(-drawn_ns // NS_PER_S) * NS_PER_S)}"
    what += f", and the time until you press ({often})" if waits else ""
    lines += ["", what + (f", session {session_number}" if session_number > 1 else "")]
    lines += drawing.draw(pack, drawn_ns, _width(), session_number)
    lines += [f"{'':8}  {line}" for line in room_lines(pack, drawn_ns, session_number)]
    if own_ns is None and length_ns is None:
        lines.append(
            f"{'':8}  Without a known length (--length) the run goes on until you end it, "
            "and nothing can be timed from its end: no quiet last minutes, no word before the end, no time that is left."
        )
    return [*lines, *aloud.lines_of(pack)]


# --- check ---------------------------------------------------------------------------------------------------------


def _check(words: list[str], *, strict: bool, as_json: bool) -> int:
    rows = []
    for word in words:
        try:
            with pack_share.opened_pack(word) as loaded:
                bad = strict and bool(loaded.warnings)
                rows.append((loaded.file, loaded.warnings, bad, f"{loaded.pack.name} {loaded.pack.version}"))
        except PackError as error:
            rows.append((error.file, error.problems, True, ""))
    if as_json:
        told = [
            {"file": file, "right": not bad, "problems": options.problems_data(problems)} for file, problems, bad, _ in rows
        ]
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        for file, problems, bad, name in rows:
            for problem in problems:
                print(problem.at(file))
            if not bad:
                print(f"{file}: {name} is right{options.but(problems)}")
            elif name:
                print(f"{file}: {name} has warnings, which --strict does not let pass")
    return 1 if any(bad for _, _, bad, _ in rows) else 0
