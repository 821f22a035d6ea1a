"""`cued pack install | export | remove | diff`: packs from others, for others, and what has changed."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cued.cli import options
from cued.errors import ConfigError, PackError, UsageError

if TYPE_CHECKING:
    from cued.core.cues import CuePack
    from cued.packs.differences import Difference
    from cued.packs.load import LoadedPack
    from cued.packs.taking import Taken

MAX_SHOWN: Final = 60
"""Cues, sounds or differences that are listed: two screens, which is what somebody reads before saying yes."""
MAX_LINE: Final = 200
"""Characters of a title or text: a cue has no more."""
MAX_CHANGE: Final = 1_000
"""Characters of a difference: it holds two texts and a rule's names."""
YOURS: Final = "your pack"
ITS_NEW: Final = "the new one"
"""What the two are called where one is about to take the other's place."""
YES: Final = frozenset({"y", "yes"})


def add_install(parser: argparse.ArgumentParser) -> None:
    """`install`."""
    parser.add_argument("file", metavar="FILE", help="a zip, a folder or a YAML file")
    _add_yes(parser)
    parser.add_argument("--json", action="store_true", help="print what came as JSON (with --yes)")


def add_export(parser: argparse.ArgumentParser) -> None:
    """`export`."""
    parser.add_argument("pack", metavar="PACK", help="a pack's name, its file or its folder")
    parser.add_argument(
        "--for", dest="made_for", metavar="NAME", default="", help="whom this copy is for: it is told when it is taken"
    )
    parser.add_argument("--note", metavar="TEXT", default="", help="a line to whom it is for")
    parser.add_argument("-o", "--output", metavar="FILE", help="the zip; default: NAME-VERSION.zip, here")


def add_remove(parser: argparse.ArgumentParser) -> None:
    """`remove`."""
    parser.add_argument("name", metavar="NAME", help="one of your own packs")
    _add_yes(parser)


def add_diff(parser: argparse.ArgumentParser) -> None:
    """`diff`."""
    parser.add_argument("old", metavar="A", help="a pack's name, its file, its folder or its zip")
    parser.add_argument("new", metavar="B", help="the other one")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _agreed(question: str, *, yes: bool) -> bool:
    """What somebody at the terminal says. Raises UsageError where nobody is and `--yes` was not given."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("nobody is here to ask: say --yes if you want it. Nothing was changed")
    try:
        return input(f"{question} [y/n] ").strip().casefold() in YES
    except EOFError:
        return False


def plain(text: str, most: int = MAX_LINE) -> str:
    """Somebody else's text on one line that cannot steer a terminal, in at most so many characters."""
    flat = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[: most + 1])
    return flat if len(flat) <= most else flat[: most - 1] + "…"


# --- install -------------------------------------------------------------------------------------------------------


def install(args: argparse.Namespace) -> int:
    """Check, show, ask, take; 1 if it was not wanted."""
    from cued.packs import own
    from cued.packs.catalog import own_folder
    from cued.packs.taking import taken

    if "://" in args.file:
        raise UsageError(f"{plain(args.file)}: cued fetches nothing from a network. Download it, and install the file")
    if args.json and not args.yes:
        raise UsageError("--json asks nothing: say --yes, too")
    folder = own_folder()
    with taken(Path(args.file).expanduser(), folder, options.probe_sound, _measure) as coming:
        name = coming.loaded.pack.name
        there = own.places(name, folder)
        old = _loaded(there[-1]) if there else None
        changes = _changes(old, coming.loaded, YOURS, ITS_NEW) if old is not None else []
        same = old is not None and not changes and len(there) == 1 and old.text == coming.loaded.text
        if args.json:
            print(json.dumps(_data(coming, there, changes), indent=2, ensure_ascii=False))
        else:
            _show(coming)
            _tell_place(coming.loaded, there, old, changes)
        if same:
            print("you have this very pack already: nothing was changed", file=options.plain_out("-" if args.json else ""))
            return 0
        if not _agreed("Take it?", yes=args.yes):
            print("nothing was changed")
            return 1
        target = own.put(coming.content, name, folder)
    if not args.json:
        print(f"{name} is one of your packs now, in {target}: `cued run --pack {name}`")
    return 0


def _measure(folder: Path, name: str) -> float:
    from cued.audio.soundfile_in import measured

    return measured(folder, name)


def _loaded(path: Path) -> LoadedPack | None:
    """The pack at `path`; None for one that is not right."""
    from cued.packs.load import load_pack

    try:
        return load_pack(path)
    except PackError:
        return None


def _show(coming: Taken) -> None:
    """What is about to be taken, before anybody says yes."""
    from cued.packs import aloud

    pack = coming.loaded.pack
    print(plain(pack.title))
    lines = [
        ("pack", f"{pack.name} {plain(pack.version)}, in {plain(pack.language)}"),
        ("licence", plain(pack.license)),
        ("by", plain(", ".join(pack.authors)) or "nobody named"),
        ("about", plain(pack.summary)),
        ("for", plain(coming.made_for)),
        ("note", plain(coming.note)),
    ]
    for word, text in lines:
        if text:
            print(f"  {word:<8}{text}")
    urgent = _urgent(pack)
    said = [
        f"“{plain(cue.say)}”" + (" (safety: no limit holds it back)" if cue.id in urgent else "")
        for cue in pack.cues
        if cue.say
    ]
    _list("The run", [plain(line) for line in aloud.session_lines(pack)])
    _list("It says", said)
    _list("Drills", [f"“{plain(drill.say)}”" for drill in pack.drills])
    _list("Its sounds", [f"{plain(one.name)}, {one.seconds:.1f} s, {_size(one.size)}" for one in coming.sounds])
    _list("With it comes", [plain(name) for name in coming.texts])
    _list("Left out, as no part of a pack", [plain(name) for name in coming.left_out])
    for problem in coming.loaded.warnings[:MAX_SHOWN]:
        print(problem.at(coming.loaded.file), file=sys.stderr)


def _urgent(pack: CuePack) -> set[str]:
    """The cues that some rule says before all others and beyond every limit."""
    from cued.core.cues import Priority, SayCue, SayTheme

    actions = [action for rule in pack.rules if rule.priority is Priority.SAFETY for action in rule.then]
    themes = {action.theme for action in actions if isinstance(action, SayTheme)}
    named = {action.cue for action in actions if isinstance(action, SayCue)}
    return named | {cue.id for cue in pack.cues if cue.priority is Priority.SAFETY or cue.theme in themes}


def _list(title: str, lines: list[str]) -> None:
    if not lines:
        return
    print(title)
    for line in lines[:MAX_SHOWN]:
        print(f"  {line}")
    if len(lines) > MAX_SHOWN:
        print(f"  … and {len(lines) - MAX_SHOWN} more")


def _size(size: int) -> str:
    return f"{size / 2**20:.1f} MiB" if size >= 2**20 else f"{-(-size // 1024)} KiB"


def _tell_place(new: LoadedPack, there: list[Path], old: LoadedPack | None, changes: list[Difference]) -> None:
    """What it takes the place of."""
    from cued.packs.catalog import ships

    name = new.pack.name
    if there and old is None:
        print(f"It takes the place of your own {name}, which is not right: `cued pack check {name}` says why")
    elif old is not None and not changes:
        print(f"It is your own {name} in all but its comments and layout")
    elif old is not None:
        older = ", which is newer" if _order(new.pack.version) < _order(old.pack.version) else ""
        _list(
            f"It takes the place of your own {name} {plain(old.pack.version)}{older}",
            [plain(one.says, MAX_CHANGE) for one in changes],
        )
    if ships(name) and not there:
        print(f"It will be taken for {name} instead of cued's own; `cued pack remove {name}` brings that one back")


def _order(version: str) -> tuple[tuple[int, ...], bool, str]:
    """So that versions can be compared; a pre-release is before its release."""
    core, _, pre = version.partition("+")[0].partition("-")
    return tuple(int(number) for number in core.split(".")), not pre, pre


def _data(coming: Taken, there: list[Path], changes: list[Difference]) -> dict[str, Any]:
    from cued.packs.catalog import ships

    pack = coming.loaded.pack
    return {
        "name": pack.name,
        "version": pack.version,
        "title": pack.title,
        "license": pack.license,
        "authors": list(pack.authors),
        "for": coming.made_for or None,
        "note": coming.note or None,
        "says": [cue.say for cue in pack.cues if cue.say],
        "sounds": [{"name": one.name, "bytes": one.size, "seconds": round(one.seconds, 3)} for one in coming.sounds],
        "texts": list(coming.texts),
        "left_out": list(coming.left_out),
        "heard_s": round(coming.heard_s, 1),
        "warnings": options.problems_data(coming.loaded.warnings),
        "replaces": [str(path) for path in there],
        "hides_shipped": ships(pack.name),
        "differences": _differences_data(changes),
    }


# --- export --------------------------------------------------------------------------------------------------------


def export(args: argparse.Namespace) -> int:
    """Write the zip; 0."""
    from cued.packs.catalog import open_pack
    from cued.packs.giving import file_name, zipped
    from cued.runtime.files import check_outputs, write_bytes

    loaded = open_pack(args.pack, _measure)
    for problem in loaded.warnings:
        print(problem.at(loaded.file), file=sys.stderr)
    data = zipped(loaded, args.made_for, args.note)
    target = Path(args.output or file_name(loaded, args.made_for)).expanduser()
    check_outputs([str(target)], [loaded.file])
    if not args.output and target.exists() and target.read_bytes() != data:
        raise UsageError(f"{target} is there already, with something else in it: name another file with -o")
    write_bytes(target, data)
    whom = f" for {args.made_for}" if args.made_for else ""
    print(f"{target}: {loaded.pack.name} {loaded.pack.version}{whom}, {_size(len(data))}, {loaded.pack.license}")
    print(f"whoever gets it says: cued pack install {shlex.quote(target.name)}")
    return 0


# --- remove --------------------------------------------------------------------------------------------------------


def remove(args: argparse.Namespace) -> int:
    """Ask and remove; 1 if it was not wanted after all."""
    from cued.packs import own
    from cued.packs.catalog import catalogue, own_folder, ships
    from cued.yamlread import clip

    folder = own_folder()
    mine = {found.name for found in catalogue() if found.own}
    there = own.places(args.name, folder) if args.name in mine else []
    if not there:
        if ships(args.name):
            raise UsageError(f"{args.name} is cued's own, which stays. Your own packs are in {folder}")
        from cued.errors import did_you_mean

        known = f" You have {', '.join(sorted(mine)[:20])}" if mine else ""
        raise UsageError(f"there is no pack {clip(args.name)} of your own{did_you_mean(args.name, mine) or '.'}{known}")
    for path in there:
        print(path)
    for line in _used(args.name):
        print(line)
    if not _agreed(f"Remove {args.name} for good?", yes=args.yes):
        print("nothing was changed")
        return 1
    for path in there:
        own.remove(path)
    print(f"{args.name} is removed" + ("; cued's own is used again" if ships(args.name) else ""))
    return 0


def _used(name: str) -> list[str]:
    """Where it will be missed."""
    from cued.config.load import load_config
    from cued.packs.catalog import ships

    after = "cued's own of that name is taken then" if ships(name) else "a run that begins is recorded without cues then"
    planned = [f"the plan has it for today's run: {after}"] if _is_todays(name) else []
    try:
        named = load_config().settings.pack
    except ConfigError:  # `cued config check` tells; what it names is not known then
        return [*planned, "your configuration is not right, so whether it names this pack is not known"]
    if named != name:
        return planned
    after = "cued's own of that name is taken then" if ships(name) else "`cued run` will not find it: name another one there"
    return [*planned, f"your configuration names it as the pack to run with: {after}"]


def _is_todays(name: str) -> bool:
    """Does the plan have it for today? Where the plan cannot be read, it has none."""
    from cued.errors import JournalError
    from cued.runtime.journalling import journal_path
    from cued.runtime.moments import moment
    from cued.runtime.planning import today_of

    path = journal_path()
    try:
        return path is not None and today_of(path, moment()).pack == name
    except JournalError:
        return False


# --- diff ----------------------------------------------------------------------------------------------------------


def diff(args: argparse.Namespace) -> int:
    """Tell what is in A and what in B; 0, different or not."""
    with opened_pack(args.old) as old, opened_pack(args.new) as new:
        changes = _changes(old, new)
    if args.json:
        print(json.dumps(_differences_data(changes), indent=2, ensure_ascii=False))
        return 0
    for change in changes:
        print(plain(change.says, MAX_CHANGE))
    if not changes:
        print("there is no difference")
    return 0


@contextmanager
def opened_pack(word: str) -> Iterator[LoadedPack]:
    """A pack by whatever it can be given as; a zip is unpacked meanwhile, as if it were to be installed. Raises PackError."""
    from cued.packs.catalog import open_pack, own_folder
    from cued.packs.taking import taken

    if word.casefold().endswith(".zip"):
        with taken(Path(word).expanduser(), own_folder(), options.probe_sound, _measure) as coming:
            yield coming.loaded
        return
    yield open_pack(word, options.probe_sound)


def _changes(old: LoadedPack, new: LoadedPack, old_name: str = "", new_name: str = "") -> list[Difference]:
    """Words and sounds; the names are those of the two packs in a sentence, or empty for their own."""
    from cued.packs.differences import Sides, differences, sides_of
    from cued.packs.recordings import other_recordings

    sides = Sides(old_name, new_name) if old_name else sides_of(old.pack, new.pack)
    return [*differences(old.pack, new.pack, sides), *other_recordings(old, new)]


def _differences_data(changes: list[Difference]) -> list[dict[str, str]]:
    return [{"where": change.where, "says": change.says} for change in changes]
