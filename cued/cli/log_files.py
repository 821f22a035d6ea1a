"""The words of `cued log` that carry runs out of the journal and in: export, import, golden."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cued.cli import options
from cued.errors import FormatError, JournalError, OutputError, UsageError
from cued.runtime.status import clock_text
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.journal.reader import Journal, Session

LINES: Final = "jsonl"
FORMATS: Final = (LINES, "fit", "csv", "parquet")
ALL: Final = "all"


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare them."""
    exporting = options.add_subverb(
        verbs, "export", "a run as FIT, CSV, JSON lines or Parquet", "cued log export last -o run.fit"
    )
    exporting.add_argument("session", metavar="SESSION", help="its number, `last`, or `all` (JSON lines alone)")
    exporting.add_argument(
        "-o", "--output", metavar="FILE", required=True, help=".fit, .csv, .jsonl or .parquet; - with --format"
    )
    exporting.add_argument("--format", choices=FORMATS, help="default: what the file's name says")
    importing = options.add_subverb(
        verbs, "import", "runs as JSON lines, or a watch's recording of one of yours", "cued log import watch.fit --into last"
    )
    importing.add_argument("file", metavar="FILE", help="JSON lines (`cued log export`); FIT or CSV of a watch")
    importing.add_argument(
        "--into", metavar="SESSION", help="the run that the watch recorded, too; default: the one of that time, else the last"
    )
    keeping = options.add_subverb(
        verbs, "golden", "make a run a test that holds its every decision", "cued log golden last tests/golden/sessions"
    )
    options.add_recorded(keeping)
    keeping.add_argument("folder", metavar="DIR", help="tests/golden/sessions in a checkout of cued")
    keeping.add_argument("--why", metavar="TEXT", default="a run as it happened", help="what it is kept for")


# --- export --------------------------------------------------------------------------------------------------------


def export(args: argparse.Namespace) -> int:
    """Write a session, or all, to a file; 0, or 1 if a part of them is damaged and missing in it."""
    from cued.journal.reader import reading
    from cued.runtime.files import check_outputs

    form = args.format or args.output.rpartition(".")[2].lower()
    if form not in FORMATS:
        raise UsageError(f"{args.output}: let its name end in .{', .'.join(FORMATS)}, or give --format")
    if args.session == ALL and form != LINES:
        raise UsageError(f"all sessions fit into JSON lines alone: give --format {LINES}")
    path = options.journal(args.journal)
    check_outputs([args.output], [path])
    with reading(path) as journal:
        if form == LINES:
            count, whole = _export_lines(journal, args.session, args.output)
        else:
            _export_bytes(journal, args.session, args.output, form)
            count, whole = 1, not tell_missing(journal, journal.session(args.session).id)
    if args.output != "-":
        print(f"written: {args.output} ({count} session{'' if count == 1 else 's'})")
    return 0 if whole else 1


def tell_missing(journal: Journal, session: int) -> int:
    """Say how many seconds, of real time, of a session's recording cannot be read; returns that."""
    missing_s = journal.missing(session)
    if missing_s:
        print(_missing(session, missing_s), file=sys.stderr)
    return missing_s


def _missing(session: int, stretches: int | None) -> str:
    what = "its recording" if stretches is None else f"{stretches} s (of real time) of its recording"
    return f"session {session}: {what} cannot be read and is left out"


def _export_lines(journal: Journal, word: str, output: str) -> tuple[int, bool]:
    """(sessions written, nothing is missing)."""
    from cued import __version__
    from cued.journal.exchange import exported
    from cued.runtime.files import open_finished

    numbers = [one.id for one in reversed(journal.sessions())] if word == ALL else [journal.session(word).id]
    missing: dict[int, int | None] = {}
    out = open_finished(output)
    try:
        for line in exported(journal.path, numbers, __version__, missing.__setitem__):
            out.write(line)
        lost = list(missing.values()).count(None)
        if numbers and lost == len(numbers):
            raise JournalError(f"{journal.path}: nothing of that can be read: the file is damaged")
    except BaseException:
        out.abort()
        raise
    out.close()
    for session, stretches in missing.items():
        print(_missing(session, stretches), file=sys.stderr)
    return len(numbers) - lost, not missing


def _export_bytes(journal: Journal, word: str, output: str, form: str) -> None:
    from cued.runtime.export import WRITERS

    data = WRITERS[form](journal, word)
    if output == "-":
        sys.stdout.buffer.write(data)
        return
    from cued.runtime.files import write_bytes

    write_bytes(output, data)


# --- import --------------------------------------------------------------------------------------------------------


def take_in(args: argparse.Namespace) -> int:
    """Read sessions, or a watch's recording; 0."""
    from cued.journal.exchange import is_export

    path = options.journal(args.journal)
    if Path(args.file).is_file() and is_export(_first_line(args.file)):  # opening a pipe would wait for its writer
        return _import_lines(path, args.file)
    return _join(path, args.file, args.into)


def _first_line(name: str) -> str:
    """The beginning of a file; empty where it cannot be read, which `read_activity` says better."""
    try:
        with Path(name).open(encoding="utf-8") as file:
            return file.readline(10_000)
    except (OSError, UnicodeDecodeError):
        return ""


def _import_lines(path: Path, name: str) -> int:
    from cued.journal.exchange import take_in as take_lines

    try:
        with Path(name).open(encoding="utf-8", newline="\n") as file:
            done = take_lines(path, _lines(file))
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: this is not UTF-8 text: no export of a journal") from error
    except FormatError as error:
        raise FormatError(f"{name}: {error}") from error
    for old, new in done.added:
        print(f"session {old} is here as session {new}" if old != new else f"session {new} is here")
    for old in done.known:
        print(f"session {old} is here already")
    if not done.added and not done.known:
        print(f"{name} holds no session")
    return 0


def _lines(file: Iterator[str]) -> Iterator[str]:
    yield from file


def _join(path: Path, name: str, into: str | None) -> int:
    from cued.formats.activity_file import read_activity
    from cued.journal.edit import add
    from cued.journal.reader import reading
    from cued.runtime.moments import moment
    from cued.runtime.past import past_of
    from cued.runtime.watch import fit

    activity = read_activity(name)
    with reading(path) as journal:
        started_ns = None if activity.start_utc is None else int(activity.start_utc.timestamp() * NS_PER_S)
        word = into or _of_that_time(journal, started_ns, activity.length_ns)
        past = past_of(journal, word)
        if any(one.sha256 == activity.sha256 for one in journal.watches(past.session.id)):
            raise JournalError(f"{name}: session {past.session.id} has it already")
    fitted = fit(past, activity)
    add(path, past.session.id, [fitted.row(moment().utc_ns)])
    place = fitted.alignment
    print(
        f"{name} is the watch's recording of session {past.session.id}: it began {offset_text(place.offset_s * NS_PER_S)}"
        f" (likeness {place.likeness:.2f}, {place.apart_spm:.1f} spm apart over {clock_text(place.shared_s * NS_PER_S)});"
        f" {fitted.readings} seconds joined"
    )
    return 0


def _of_that_time(journal: Journal, started_ns: int | None, length_ns: int) -> str:
    """The session that overlaps most with the activity; the last one where no date tells."""

    def shared_ns(session: Session) -> int:
        if started_ns is None:
            return 0
        real_ns = int(session.end_ns / session.rate)
        return min(started_ns + length_ns, session.began_utc_ns + real_ns) - max(started_ns, session.began_utc_ns)

    sessions = journal.sessions()
    best = max(sessions, key=shared_ns, default=None)
    return "last" if best is None or shared_ns(best) <= 0 else str(best.id)


def offset_text(offset_ns: int) -> str:
    """Of a watch beside the session: `12 s later`."""
    seconds = offset_ns // NS_PER_S
    if seconds == 0:
        return "in the same second"
    return f"{abs(seconds)} s {'later' if seconds > 0 else 'earlier'}"


# --- golden --------------------------------------------------------------------------------------------------------


def golden(args: argparse.Namespace) -> int:
    """Write a session as a golden test; 0."""
    from cued.journal.reader import reading
    from cued.runtime.files import write_finished
    from cued.runtime.golden import golden_text
    from cued.runtime.past import past_of

    folder = Path(args.folder)
    if not folder.is_dir():
        raise OutputError(f"{folder}: there is no such folder")
    with reading(options.journal(args.journal)) as journal:
        past = past_of(journal, args.session)
        if journal.missing(past.session.id):
            raise JournalError(f"{journal.path}: session {past.session.id} is damaged: it cannot be a test")
    path = folder / f"{past.session.pack}-{past.session.uid[:8]}.txt"
    write_finished(path, golden_text(past, args.why))
    print(f"written: {path}")
    return 0


VERBS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {"export": export, "import": take_in, "golden": golden}
