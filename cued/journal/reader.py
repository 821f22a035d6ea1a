"""What a journal holds, as values: its sessions, one session's recording, what the runner added."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final

from cued.errors import JournalError
from cued.journal import store
from cued.journal.lock import Holder, holder
from cued.journal.rows import HEAD_COLUMNS, Head
from cued.journal.stream import unpacked
from cued.units import NS_PER_MIN

ENOUGH_NS: Final = 10 * NS_PER_MIN
"""Running time under which a run is no cue session: it moves no fade and no plan."""
LAST: Final = "last"
"""The word for the newest session."""


class State(Enum):
    RUNNING = "running"
    ENDED = "ended"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Session:
    """A session at a glance."""

    id: int
    uid: str
    state: State
    began_utc_ns: int
    """Wall clock at its start, by the latest that was known."""
    verified: bool
    """That date is known to be right."""
    pack: str
    pack_version: str
    session_number: int
    source: str
    voice: str
    simulated: bool
    desk: bool
    rate: float
    end_ns: int
    """Session time where it ended, or of its last row."""
    run_ns: int
    """Running time up to there, pauses not counted."""

    @property
    def real(self) -> bool:
        """Did somebody run, in real time?"""
        return not self.simulated and not self.desk and self.rate == 1.0 and not self.source.startswith("file:")

    @property
    def counts(self) -> bool:
        """Is it a cue session: somebody ran, in real time, for ten minutes or more?"""
        return self.real and self.run_ns >= ENOUGH_NS


@dataclass(frozen=True, slots=True)
class Said:
    """A condition or rating that the runner gave."""

    at_ns: int | None
    """Session time; None: before the run or after it."""
    name: str
    value: str | float | int | None
    utc_ns: int


@dataclass(frozen=True, slots=True)
class Note:
    at_ns: int | None
    text: str
    utc_ns: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A session broke off, went on, or ended."""

    at_ns: int
    run_ns: int
    what: str
    """`interrupted`, `continued`, `ended`."""
    utc_ns: int | None
    detail: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A watch's recording of the same run."""

    file: str
    device: str
    offset_ns: int
    """Session time of its first record."""
    likeness: float
    """Correlation of both cadences."""
    readings: bytes
    """Lines of `second,ms,mm` (ground contact time, vertical oscillation), compressed by zlib."""
    sha256: str
    utc_ns: int


@dataclass(frozen=True, slots=True)
class Worded:
    """Something the runner said about the plan."""

    utc_ns: int
    verified: bool
    """The date was known to be right."""
    day: int | None
    """On the runner's calendar, days since 1970-01-01."""
    after: int
    """The newest session by then; 0: none."""
    word: str
    """One line of JSON, as `formats.event_codec` writes it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a session's recording tells the plan, worked out once."""

    end_ns: int
    """Of the session as it was then."""
    made: int
    """By which version of the reckoning."""
    outcome: str
    """One line of JSON, as `formats.event_codec` writes it."""


_STATE: Final = "(SELECT what FROM marks WHERE session = s.id ORDER BY id DESC LIMIT 1)"
_LAST_MARK: Final = "(SELECT {} FROM marks WHERE session = s.id AND what != 'continued' ORDER BY id DESC LIMIT 1)"
_LAST_ROW: Final = "(SELECT {} FROM stretches WHERE session = s.id ORDER BY seq DESC LIMIT 1)"
_CLOCK: Final = "(SELECT {} FROM clocks WHERE session = s.id ORDER BY id DESC LIMIT 1)"
_GLANCE: Final = f"""
SELECT s.id, s.uid, {_STATE},
    coalesce({_CLOCK.format("began_utc_ns")}, s.began_utc_ns), coalesce({_CLOCK.format("verified")}, s.verified),
    s.pack, s.pack_version, s.session_number, s.source, s.voice, s.simulated, s.desk, s.rate,
    {_LAST_MARK.format("at_ns")}, {_LAST_MARK.format("run_ns")}, {_LAST_ROW.format("to_ns")}, {_LAST_ROW.format("run_ns")}
FROM sessions s
"""


class Journal:
    """A journal being read; what is written meanwhile is seen by the next question."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError. A journal that is not there yet has no sessions."""
        self.path = path
        self.held: Holder | None = holder(path)
        self._database = store.open_to_read(path) if store.is_there(path) else None

    def close(self) -> None:
        """Done with it."""
        if self._database is not None:
            self._database.close()

    def sessions(self) -> list[Session]:
        """All of them, the newest first."""
        return [self._session(row) for row in self._ask(f"{_GLANCE} ORDER BY s.id DESC")]

    def session(self, word: str) -> Session:
        """By number or `last`; raises JournalError for an unknown one."""
        if word == LAST:
            rows = list(self._ask(f"{_GLANCE} ORDER BY s.id DESC LIMIT 1"))
            if not rows:
                raise JournalError(f"{self.path}: there is no session in this journal yet")
        else:
            number = int(word) if word.isascii() and word.isdigit() and len(word) < 18 else -1
            rows = list(self._ask(f"{_GLANCE} WHERE s.id = ?", number))
            if not rows:
                raise JournalError(
                    f"there is no session {word[:40]} in {self.path} (`cued log list` shows all, `last` is the newest)"
                )
        return self._session(rows[0])

    def cue_sessions(self, pack: str) -> int:
        """How many cue sessions there were with the pack of that name."""
        rows = self._ask(f"{_GLANCE} WHERE s.pack = ? AND s.simulated = 0", pack)
        return sum(self._session(row).counts for row in rows)

    def head(self, session: int) -> Head:
        """All that its start got."""
        (row,) = self._ask(f"SELECT {', '.join(HEAD_COLUMNS)} FROM sessions WHERE id = ?", session)
        head = Head(*row)
        return replace(head, simulated=bool(head.simulated), desk=bool(head.desk), verified=bool(head.verified))

    def lines(self, session: int, missing: Callable[[], None] | None = None) -> Iterator[list[str]]:
        """Its stretches' lines, in order; raises JournalError where they are damaged, or calls `missing`: see `stream`."""
        rows = self._ask("SELECT fresh, lines FROM stretches WHERE session = ? AND length(lines) > 0 ORDER BY seq", session)
        return unpacked(((bool(fresh), data) for fresh, data in rows), missing)

    def missing(self, session: int) -> int:
        """How many of its stretches, about a second each, are too damaged to be read."""
        found: list[None] = []
        for _ in self.lines(session, lambda: found.append(None)):
            pass
        return len(found)

    def marks(self, session: int) -> list[Mark]:
        """In order."""
        rows = self._ask("SELECT at_ns, run_ns, what, utc_ns, detail FROM marks WHERE session = ? ORDER BY id", session)
        return [Mark(*row) for row in rows]

    def counts(self, session: int) -> dict[str, int]:
        """What went late or wrong, by name."""
        return dict(self._ask("SELECT what, sum(count) FROM counts WHERE session = ? GROUP BY what ORDER BY what", session))

    def notifications(self, session: int) -> int:
        """How many raw ones are kept."""
        ((count,),) = self._ask("SELECT count(*) FROM notifications WHERE session = ?", session)
        return int(count)

    def conditions(self, session: int) -> list[Said]:
        """In the order they were given."""
        rows = self._ask("SELECT at_ns, name, value, utc_ns FROM conditions WHERE session = ? ORDER BY id", session)
        return [Said(*row) for row in rows]

    def ratings(self, session: int) -> list[Said]:
        """In the order they were given."""
        rows = self._ask("SELECT at_ns, name, value, utc_ns FROM ratings WHERE session = ? ORDER BY id", session)
        return [Said(*row) for row in rows]

    def notes(self, session: int) -> list[Note]:
        """In the order they were written."""
        return [Note(*row) for row in self._ask("SELECT at_ns, text, utc_ns FROM notes WHERE session = ? ORDER BY id", session)]

    def watches(self, session: int) -> list[Joined]:
        """In the order they were joined."""
        question = (
            "SELECT file, device, offset_ns, likeness, readings, sha256, utc_ns FROM watches WHERE session = ? ORDER BY id"
        )
        return [Joined(*row) for row in self._ask(question, session)]

    def words(self) -> list[Worded]:
        """What the runner said about the plan, in order."""
        rows = self._ask("SELECT utc_ns, verified, day, after, word FROM plan ORDER BY id")
        return [Worded(utc_ns, bool(verified), *rest) for utc_ns, verified, *rest in rows]

    def outcomes(self) -> dict[int, Kept]:
        """By session, the latest of each."""
        rows = self._ask("SELECT session, end_ns, made, outcome FROM outcomes ORDER BY id")
        return {session: Kept(*rest) for session, *rest in rows}

    def next_rows(self, session: int) -> tuple[int, int]:
        """Numbers of the next stretch and the next notification."""
        ((stretch, notification),) = self._ask(
            "SELECT (SELECT max(seq) FROM stretches WHERE session = ?1),"
            " (SELECT max(seq) FROM notifications WHERE session = ?1)",
            session,
        )
        return (-1 if stretch is None else stretch) + 1, (-1 if notification is None else notification) + 1

    def _ask(self, question: str, *values: str | int) -> list[tuple]:  # type: ignore[type-arg]  # columns of any kind
        """Rows; raises JournalError where the file is damaged or locked."""
        if self._database is None:
            return []
        try:
            return self._database.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise JournalError(f"{self.path}: {store.in_words(error)}") from error

    def _session(self, row: tuple) -> Session:  # type: ignore[type-arg]  # columns of any kind
        number, uid, what, began, verified, *told, mark_ns, mark_run_ns, row_ns, row_run_ns = row
        ended = what == State.ENDED.value
        state = State.ENDED if ended else State.INTERRUPTED
        if what in {None, "continued"} and self.held is not None:
            state = State.RUNNING
        end_ns, run_ns = (mark_ns, mark_run_ns) if ended else (row_ns, row_run_ns)
        pack, version, count, source, voice, simulated, desk, rate = told
        return Session(
            number,
            uid,
            state,
            began,
            bool(verified),
            pack,
            version,
            count,
            source,
            voice,
            bool(simulated),
            bool(desk),
            rate,
            end_ns or 0,
            run_ns or 0,
        )


@contextmanager
def reading(path: Path) -> Iterator[Journal]:
    """The journal, closed afterwards."""
    journal = Journal(path)
    try:
        yield journal
    finally:
        journal.close()
