"""The words of `cued log` that add to the journal or take from it: note, rate, delete, vacuum."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cued.cli import options
from cued.errors import UsageError
from cued.journal.answers import AFTER, BEFORE, DURING, TESTED, Question
from cued.runtime.status import clock_text

if TYPE_CHECKING:
    from pathlib import Path

    from cued.journal.reader import Session
    from cued.journal.rows import Row


HURTS: Final = frozenset({"pain", "pain_kind", "place", "morning"})
"""What is answered of pain: the plan may hold the next run to something for it."""


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare them."""
    noting = options.add_subverb(verbs, "note", "write something down about a run", 'cued log note last "new shoes"')
    options.add_recorded(noting)
    noting.add_argument("text", metavar="TEXT", help="in quotes")
    _add_moment(noting)
    rating = options.add_subverb(
        verbs,
        "rate",
        "how it was, and how things stood; all of it can be left out",
        "cued log rate last --effort 4 --landing 5",
    )
    options.add_recorded(rating)
    _add_moment(rating)
    for question in _questions():
        one_of = f": {', '.join(question.words)}" if question.words else ""
        rating.add_argument(_option(question), metavar="X", dest=question.name, help=f"{question.what}{one_of}")
    deleting = options.add_subverb(verbs, "delete", "delete a run for good", "cued log delete 3 --yes")
    options.add_recorded(deleting)
    deleting.add_argument("--yes", action="store_true", help="do not ask")
    options.add_subverb(
        verbs, "vacuum", "check the journal, drop raw bytes older than a year, give space back", "cued log vacuum"
    )


def _add_moment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", metavar="T", type=options.duration, help="about that moment of the run: 12min30s")


def _option(question: Question) -> str:
    return f"--{question.name.replace('_', '-')}"


def _questions() -> list[Question]:
    """Each name once; the first meaning of a name is told."""
    named = {question.name: question for question in (*DURING, *BEFORE, *AFTER, *TESTED)}
    return [
        named[question.name]
        for question in dict.fromkeys((*AFTER, *BEFORE, *DURING, *TESTED))
        if named[question.name] == question
    ]


def note(args: argparse.Namespace) -> int:
    """Write a note; 0."""
    from cued.journal.answers import Question
    from cued.journal.rows import Row

    text = Question("note", "notes", "a note of up to two pages").answer(args.text)
    _add(args, lambda at_ns, utc_ns: [Row("notes", (at_ns, text, utc_ns))])
    return 0


def rate(args: argparse.Namespace) -> int:
    """Write down what was answered; 0."""
    from cued.journal.rows import Row

    given = [(one, one.answer(word)) for one in _questions() if (word := getattr(args, one.name)) is not None]
    if not given:
        raise UsageError(f"say what to write down: {', '.join(map(_option, _questions()))}")
    session = _add(args, lambda at_ns, utc_ns: [Row(one.table, (at_ns, one.name, value, utc_ns)) for one, value in given])
    if any(one.name in HURTS for one, _ in given):
        for line in _consequences(options.journal(args.journal), session):
            print(line)
    return 0


def _consequences(path: Path, session: Session) -> list[str]:
    """What pain that was told means for the runs to come, as the plan has it."""
    from cued.errors import JournalError
    from cued.runtime.moments import moment
    from cued.runtime.planning import today_of

    if not session.real:
        return [f"{'simulated' if session.simulated else 'nobody ran it in real time'}: the plan does not count it"]
    try:
        answer = today_of(path, moment())
    except JournalError as error:
        return [f"the plan cannot be read: {error}"]
    lines = []
    if answer.stopped:
        day = "cueing is over for today: runs are plain"
        lines.append(day if answer.day is not None else "it hurt: the next run is without cues")
    if answer.rest_first:
        lines.append("something is sore: rest a day first")
    return lines


def _add(args: argparse.Namespace, rows: Callable[[int | None, int], list[Row]]) -> Session:
    from cued.journal.edit import add
    from cued.journal.reader import reading
    from cued.runtime.moments import moment

    path = options.journal(args.journal)
    with reading(path) as journal:
        session = journal.session(args.session)
    add(path, session.id, rows(_moment_of(session, args.at), moment().utc_ns))
    print(f"written to session {session.id}")
    return session


def _moment_of(session: Session, at_ns: int | None) -> int | None:
    """Session time that is spoken of: what was asked for, or now for a run under way; None: the run as a whole."""
    from cued.journal.reader import State

    if at_ns is None:
        return session.end_ns if session.state is State.RUNNING else None
    if at_ns > session.end_ns:
        raise UsageError(f"--at: session {session.id} is only {clock_text(session.end_ns)} long")
    return at_ns


def delete(args: argparse.Namespace) -> int:
    """Delete a session; 0."""
    from cued.cli.log import line_of
    from cued.journal import edit
    from cued.journal.reader import State, reading

    path = options.journal(args.journal)
    with reading(path) as journal:
        session, held = journal.session(args.session), journal.held
    if session.state is State.RUNNING:
        raise UsageError(f"session {session.id} is being recorded ({held}): end the run first")
    if not args.yes:
        if not sys.stdin.isatty():
            raise UsageError(f"delete session {session.id} for good? Say --yes")
        print(line_of(session))
        if input("Delete it for good? Type yes: ").strip() != "yes":
            print("nothing was deleted")
            return 0
    edit.delete(path, session.id)
    print(f"session {session.id} is deleted")
    return 0


def vacuum(args: argparse.Namespace) -> int:
    """Tidy the journal up; 0, or 1 if a session's recording is damaged."""
    from cued.cli.log_files import tell_missing
    from cued.journal import edit
    from cued.journal.reader import reading
    from cued.runtime.moments import moment

    now, path = moment(), options.journal(args.journal)
    gone, before, after = edit.vacuum(path, now)
    with reading(path) as journal:
        missing_s = sum(tell_missing(journal, session.id) for session in journal.sessions())
    if not now.verified:
        print("today's date is not known to be right: no raw notifications were deleted", file=sys.stderr)
    whole = "the journal is whole but for that" if missing_s else "the journal is whole"
    old = f"; {gone} raw notifications older than a year are gone" if gone else ""
    print(f"{whole}{old}; it takes {_size(after)}, and took {_size(before)}")
    return 1 if missing_s else 0


def _size(count: int) -> str:
    """For a person: `61 kB`, `12.3 MB`."""
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{-(-count // 1000)} kB"


VERBS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {"note": note, "rate": rate, "delete": delete, "vacuum": vacuum}
