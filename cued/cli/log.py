"""`cued log`: the journal of runs. Here its words, and what only looks; what changes or carries is beside it."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cued.cli import log_change, log_files, options
from cued.runtime.status import clock_text
from cued.units import NS_PER_S, to_s

if TYPE_CHECKING:
    from cued.journal.reader import Journal, Said, Session
    from cued.runtime.past import Past

EXAMPLE = """
cued log list
cued log show last
cued log rate last --effort 4 --landing 5
cued log export last -o run.fit
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be done with runs."""
    verbs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = options.add_subverb(verbs, "list", "the runs there are, the newest first", "cued log list")
    showing = options.add_subverb(verbs, "show", "what was said when, and all that is known of a run", "cued log show last")
    listing.add_argument("--limit", metavar="N", type=options.counting, help="only the newest N")
    listing.add_argument("--real", action="store_true", help="only what somebody ran: no simulation, recording or time-lapse")
    listing.add_argument(
        "--long", action="store_true", help="with distance, cadence, and how feeders held; reads each run whole"
    )
    options.add_recorded(showing)
    showing.add_argument("--timeline", metavar="FILE", type=options.page, default="", help="a page that shows it: .html")
    for sub in (listing, showing):
        sub.add_argument("--json", action="store_true", help="print it as JSON")
    log_change.add_verbs(verbs)
    log_files.add_verbs(verbs)
    for sub in verbs.choices.values():
        options.add_journal(sub)


def run(args: argparse.Namespace) -> int:
    """Do one of them; 0."""
    if args.what == "list":
        return _list(args)
    if args.what == "show":
        return _show(args)
    changed: int = {**log_change.VERBS, **log_files.VERBS}[args.what](args)
    return changed


# --- list ----------------------------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    from cued.journal.reader import reading

    with reading(options.journal(args.journal)) as journal:
        kept = journal.sessions()
        sessions = [session for session in kept if session.real or not args.real][: args.limit]
        figures = {session.id: _figures(journal, session) for session in sessions} if args.long else {}
    if args.json:
        rows = [as_json(session) | figures.get(session.id, {}) for session in sessions]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    if sessions:
        print(f"{'':>5}  {'began':<16}  {'running':>8}  {'distance    cadence  ' if args.long else ''}pack, session with it")
    for session in sessions:
        print(line_of(session, figures.get(session.id)))
    if not sessions:
        print("no run is kept yet" if not kept else "no real run is kept yet")
    if any(not session.verified for session in sessions):
        print("\n?  the clock was not known to be right", file=sys.stderr)
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


def _figures(journal: Journal, session: Session) -> dict[str, float | None]:
    """What only the whole run tells."""
    from cued.review.summary import release, summarize
    from cued.runtime.past import event_log, past_of

    summary = summarize(event_log(past_of(journal, str(session.id))).rows())
    spm, released = summary.mean_spm, release(summary.segments)
    figures = {"distance_m": summary.distance_m, "cadence_spm": None if spm is None else round(spm, 1)}
    if released is not None:
        held = {"feeder_of_target": released.feeder, "steady_of_target": released.steady, "steady_in_band": released.in_band}
        figures |= {name: None if share is None else round(share, 4) for name, share in held.items()}
    return figures


def line_of(session: Session, figures: dict[str, float | None] | None = None) -> str:
    """One line for a person; `figures` are `_figures`."""
    date = f"{started(session):%Y-%m-%d %H:%M}{' ' if session.verified else '?'}"
    holds = {
        "simulated": session.simulated,
        "desk": session.desk,
        "no sensor": session.source == "none",
        "a recording": session.source.startswith("file:"),
        f"{session.rate:g} times as fast": session.rate != 1.0,
    }
    marks = [word for word, held in holds.items() if held]
    if session.state.value != "ended":
        marks.insert(0, session.state.value)
    told = f"  ({', '.join(marks)})" if marks else ""
    more = "" if figures is None else _columns(figures)
    kept = "" if figures is None else _held(figures)
    return f"{session.id:>5}  {date} {clock_text(session.run_ns):>8}  {more}{session.pack} {session.session_number}{kept}{told}"


def _held(figures: dict[str, float | None]) -> str:
    """`, feeders 99.4%, then 97.1%`: of the target, with sound and after it; read downwards it is a trend over weeks."""
    feeder, steady = figures.get("feeder_of_target"), figures.get("steady_of_target")
    return "" if feeder is None or steady is None else f", feeders {feeder:.1%}, then {steady:.1%}"


def _columns(figures: dict[str, float | None]) -> str:
    metres, spm = figures["distance_m"], figures["cadence_spm"]
    far = "" if metres is None else f"{metres / 1000:.2f} km"
    return f"{far:>8}  {'' if spm is None else f'{spm:.0f} spm':>9}  "


# --- show ----------------------------------------------------------------------------------------------------------


def _show(args: argparse.Namespace) -> int:
    from cued.cli.report import print_story, summary_json
    from cued.journal.reader import reading
    from cued.runtime.files import check_outputs
    from cued.runtime.past import event_log, past_of
    from cued.runtime.rehearsal import write_timeline

    path = options.journal(args.journal)
    check_outputs([args.timeline], [path])
    out = options.plain_out(args.timeline)
    with reading(path) as journal:
        past = past_of(journal, args.session)
        log = event_log(past)
        if args.timeline:
            write_timeline(args.timeline, log)
        missing_s = log_files.tell_missing(journal, past.session.id)
        if args.json:
            whole = as_json(past.session) | _details(journal, past) | {"missing_s": missing_s, "summary": summary_json(log)}
            whole |= {"late_drift": _late_drift(journal, past)}
            print(json.dumps(whole, ensure_ascii=False, indent=2), file=out)
            return 0
        print(line_of(past.session), file=out)
        print_story(log, (), out)
        drift = _late_drift(journal, past)
        if drift is not None:
            how = "more" if drift < 0.0 else "less"
            print(f"Late: {abs(drift):.1%} {how} cadence than in minutes 12 to 32, at the same speed.", file=out)
        for line in _told(journal, past):
            print(line, file=out)
    if args.timeline not in ("", "-"):
        print(f"written: {args.timeline}")
    return 0


def _late_drift(journal: Journal, past: Past) -> float | None:
    """Cadence lost late against this run's own minutes before, without help and at the same speed; None of a short run."""
    from cued.runtime.planning import outcome_of

    outcome = outcome_of(journal, past.session)
    return None if outcome is None or outcome.drift is None else round(outcome.drift, 4)


def _details(journal: Journal, past: Past) -> dict[str, Any]:
    from cued.journal.answers import AFTER, BEFORE
    from cued.runtime.past import told_on_the_way

    number, head = past.session.id, past.head
    return {
        "settings": json.loads(head.settings),
        "versions": json.loads(head.versions),
        "voice": head.voice,
        "rate": head.rate,
        "seed": past.how.seed,
        "marks": [
            {"at_s": to_s(mark.at_ns), "what": mark.what, "detail": json.loads(mark.detail)} for mark in journal.marks(number)
        ],
        "counts": journal.counts(number),
        "notifications": journal.notifications(number),
        "conditions": _answers([question.name for question in BEFORE], journal.conditions(number)),
        "ratings": _answers([question.name for question in AFTER], journal.ratings(number)),
        "said": [
            {"at_s": to_s(at_ns), "what": what, "value": value}
            for at_ns, what, value in sorted(
                [
                    *(
                        (said.at_ns, said.name, said.value)
                        for said in (*journal.conditions(number), *journal.ratings(number))
                        if said.at_ns is not None
                    ),
                    *told_on_the_way(past.events()),
                ],
                key=lambda one: one[0],
            )
        ],
        "notes": [
            {"at_s": None if note.at_ns is None else to_s(note.at_ns), "text": note.text} for note in journal.notes(number)
        ],
        "watches": [
            {"file": one.file, "device": one.device, "offset_s": to_s(one.offset_ns), "likeness": one.likeness}
            for one in journal.watches(number)
        ],
    }


def _answers(names: list[str], given: list[Said]) -> dict[str, str | float | None]:
    """Every question with its last answer; None where it was never answered."""
    return {**dict.fromkeys(names), **{said.name: said.value for said in given if said.at_ns is None}}


def _told(journal: Journal, past: Past) -> list[str]:
    """What the runner added, and what became of the recording, for a person."""
    from cued.runtime.past import told_on_the_way

    number = past.session.id
    lines = [f"{mark.what} at {clock_text(mark.at_ns)}" for mark in journal.marks(number) if mark.what != "ended"]
    moments: list[tuple[int, str]] = []
    for said in (*journal.conditions(number), *journal.ratings(number)):
        value = f"{said.value:g}" if isinstance(said.value, float) else said.value
        text = f"{said.name.replace('_', ' ')}: {'unknown' if value is None else value}"
        if said.at_ns is None:
            lines.append(text)
        else:
            moments.append((said.at_ns, text))
    moments += [(at_ns, f"{what}: {value}") for at_ns, what, value in told_on_the_way(past.events())]
    lines += [f"at {clock_text(at_ns)}: {text}" for at_ns, text in sorted(moments, key=lambda one: one[0])]
    for note in journal.notes(number):
        at = "" if note.at_ns is None else f" at {clock_text(note.at_ns)}"
        lines.append(f"note{at}: {note.text}")
    for watch in journal.watches(number):
        what = f"{watch.file}{f' ({watch.device})' if watch.device else ''}"
        lines.append(f"joined: {what}, begun {log_files.offset_text(watch.offset_ns)}, likeness {watch.likeness:.2f}")
    raw = journal.notifications(number)
    if raw:
        lines.append(f"{raw} raw notifications are kept")
    return lines
