"""`cued log`: the journal of runs, for people and scripts."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cued.cli import options
from cued.runtime.status import clock_text
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.journal.reader import Session

EXAMPLE = """
cued log list
cued log show last
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be done with runs."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = verbs.add_parser("list", help="the runs there are, the newest first", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="print it as JSON")
    options.add_journal(listing)


def run(args: argparse.Namespace) -> int:
    """Do one of them; 0."""
    return _list(args)


def _list(args: argparse.Namespace) -> int:
    from cued.journal.reader import reading

    with reading(options.journal(args.journal)) as journal:
        sessions = journal.sessions()
    if args.json:
        print(json.dumps([as_json(session) for session in sessions], ensure_ascii=False, indent=2))
        return 0
    for session in sessions:
        print(line_of(session))
    if not sessions:
        print("no run is kept yet")
    return 0


def as_json(session: Session) -> dict[str, Any]:
    """A session at a glance, for programs."""
    return {
        "id": str(session.id),
        "started": started(session).isoformat(timespec="milliseconds"),
        "date_verified": session.verified,
        "pack": session.pack,
        "pack_version": session.pack_version,
        "state": session.state.value,
        "simulated": session.simulated,
        "desk": session.desk,
        "source": session.source,
        "session_number": session.session_number,
        "cue_session": session.counts,
        "running_s": round(session.run_ns / NS_PER_S, 3),
        "length_s": round(session.end_ns / NS_PER_S, 3),
        "uid": session.uid,
    }


def started(session: Session) -> datetime:
    """When it began, in the machine's time zone."""
    return datetime.fromtimestamp(session.began_utc_ns / NS_PER_S, UTC).astimezone()


def line_of(session: Session) -> str:
    """One line for a person."""
    date = f"{started(session):%Y-%m-%d %H:%M}{' ' if session.verified else '?'}"
    marks = [word for word, holds in (("simulated", session.simulated), ("desk", session.desk)) if holds]
    if session.state.value != "ended":
        marks.insert(0, session.state.value)
    told = f"  ({', '.join(marks)})" if marks else ""
    return f"{session.id:>5}  {date}  {clock_text(session.run_ns):>8}  {session.pack} {session.session_number}{told}"
