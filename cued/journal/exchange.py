"""Sessions as lines of JSON, whole: what goes out can come in again without loss. docs/journal.md is the reference.

The first line names the format. Each session is a line of kind `session`, its rows in order, and a line of kind `end` that
counts them, so that a file that broke off is known for one.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final, NamedTuple

from cued.core.start import Start
from cued.errors import FormatError, JournalError
from cued.formats.event_codec import decode_as, decode_effect, decode_event
from cued.journal import store
from cued.journal.edit import writing
from cued.journal.rows import COLUMNS, INSERT, INSERT_HEAD, INSERT_HEAD_AS, KNOW, Head, Row, head_values, told_by
from cued.journal.stream import IN, OUT, REACHED, Packer, unpacked

FORMAT: Final = 1
FORMAT_KIND: Final = "cued_journal"
_PLAIN: Final = {"mark": "marks", "clock": "clocks", "condition": "conditions", "rating": "ratings", "note": "notes"}
"""Kind of line to its table, for tables whose columns go as they are."""
_FROM_SOUND: Final = ("underrun", "resync", "sound_restart")
"""Counts that no effect tells of; all others come out of the effects again."""
_MEMBERS: Final = {IN: "event", OUT: "effect"}
HIGHEST_NUMBER: Final = 999_999
"""Of a session that keeps its number: a run an hour for a century. SQLite gives no number after the highest it knows of."""
_HIDDEN: Final = re.compile(
    r"(?<!\\)(?:\\\\)*\\(?:u00(?:0[0-8bcef]|1[0-9a-f]|7f|8[0-46-9a-f]|9[0-9a-f])|[bf])|[\x7f-\x84\x86-\x9f]", re.IGNORECASE
)
"""Control characters, which no pack and no runner's word may hold: a terminal would obey them."""
MOST_LINE: Final = 16 * 1024 * 1024
"""Characters of a line; the longest is a session's first, which holds a pack."""


class Imported(NamedTuple):
    """What became of an import."""

    added: list[tuple[int, int]]
    """(number in the export, number in this journal)."""
    known: list[int]
    """Numbers in the export of sessions that this journal has already."""


# --- out -----------------------------------------------------------------------------------------------------------


def exported(
    path: Path, sessions: Iterable[int], version: str, missing: Callable[[int, int | None], None] | None = None
) -> Iterator[str]:
    """The lines of an export of those sessions, as of one moment.

    Raises JournalError where a session is damaged. With `missing`, what can be read goes out: it is called with the session and
    how many of its stretches are left out, None for all of it.
    """
    yield _line({"kind": FORMAT_KIND, "format": FORMAT, "cued": version})
    numbers = list(sessions)
    if not numbers:
        return
    database = store.open_to_read(path)
    try:
        database.execute("BEGIN")
        for number in numbers:
            try:
                lost: list[None] = []
                lines = list(_session(database, number, None if missing is None else lambda: lost.append(None)))  # noqa: B023 - used up here
            except sqlite3.DatabaseError as error:
                if missing is None or not store.is_damage(error):
                    raise
                missing(number, None)
                continue
            if missing is not None and lost:
                missing(number, len(lost))
            yield from lines
    except sqlite3.Error as error:
        raise JournalError(f"{path}: {store.in_words(error)}") from error
    finally:
        database.close()


def _session(database: sqlite3.Connection, session: int, missing: Callable[[], None] | None) -> Iterator[str]:
    """A session's lines, each with its end."""
    count = 0
    for line in _body(database, session, missing):
        count += 1
        yield line
    yield _line({"kind": "end", "lines": count})


def _body(database: sqlite3.Connection, session: int, missing: Callable[[], None] | None) -> Iterator[str]:
    columns = [item.name for item in fields(Head)]
    row = database.execute(f"SELECT {', '.join(columns)} FROM sessions WHERE id = ?", (session,)).fetchone()
    head = dict(zip(columns, row, strict=True))
    yield _line({"kind": "session", "id": session, **head, "start": json.loads(head["start"])})
    for kind, table in _PLAIN.items():
        for values in _rows(database, table, session):
            yield _line({"kind": kind, **dict(zip(COLUMNS[table], values, strict=True))})
    for at_ns, what, count in _rows(database, "counts", session):
        if what in _FROM_SOUND:
            yield _line({"kind": "count", "at_ns": at_ns, "what": what, "count": count})
    for values in _rows(database, "watches", session):
        told = dict(zip(COLUMNS["watches"], values, strict=True))
        yield _line({"kind": "watch", **told, "readings": told["readings"].hex()})
    for at_ns, data, address, uuid in database.execute(_NOTIFICATIONS, (session,)):
        yield _line({"kind": "notification", "at_ns": at_ns, "address": address, "uuid": uuid, "data": data.hex()})
    yield from _stretches(database, session, missing)


def _stretches(database: sqlite3.Connection, session: int, missing: Callable[[], None] | None) -> Iterator[str]:
    stretches = list(_rows(database, "stretches", session))
    texts = unpacked(((bool(fresh), data) for _, _, _, fresh, data in stretches if data), missing)
    for _, to_ns, run_ns, _, data in stretches:
        for line in next(texts) if data else ():
            if line.startswith(REACHED):
                yield _line({"kind": "reached", "at_ns": int(line[1:])})
            else:
                member = _MEMBERS[line[0]]
                yield f'{{"kind":"{member}","{member}":{line[1:]}}}\n'  # as it was written, to the byte
        yield _line({"kind": "stretch", "to_ns": to_ns, "run_ns": run_ns})


_NOTIFICATIONS: Final = """
SELECT n.at_ns, n.data, c.address, c.uuid FROM notifications n JOIN characteristics c ON c.id = n.characteristic
WHERE n.session = ? ORDER BY n.seq
"""
_ORDER: Final = {"stretches": "seq"}


def _rows(database: sqlite3.Connection, table: str, session: int) -> Iterable[tuple[Any, ...]]:
    columns = ", ".join(COLUMNS[table])
    return database.execute(f"SELECT {columns} FROM {table} WHERE session = ? ORDER BY {_ORDER.get(table, 'id')}", (session,))


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"), allow_nan=False) + "\n"


# --- in ------------------------------------------------------------------------------------------------------------


def is_export(line: str) -> bool:
    """Does a file that begins with `line` hold sessions?"""
    return line.startswith(f'{{"kind":"{FORMAT_KIND}"')


def take_in(path: Path, lines: Iterable[str]) -> Imported:
    """Write the sessions of an export into the journal `path`, all or none; one that is there already stays as it is.

    Raises FormatError, without naming the export, for what is none or broke off; JournalError where nothing can be written.
    """
    with writing(path, alone=True) as database:
        reader = _Reader(database)
        for number, line in enumerate(lines, 1):
            try:
                reader.take(line)
            except FormatError as error:
                raise FormatError(f"line {number}: {error}") from error
            except _NOT_AS_EXPORTED as error:
                raise FormatError(f"line {number} is not as an export has it ({error})") from error
        reader.check_ended()
    return Imported(reader.added, reader.known)


_NOT_AS_EXPORTED: Final = (
    KeyError,
    TypeError,
    ValueError,
    OverflowError,
    RecursionError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
)
"""What becomes of a line that somebody else wrote: members missing, of another kind, beyond any number."""


class _Reader:
    """Takes an export line by line."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._begun = False
        self._session: int | None = None
        self._open = False
        self._number = 0
        """Of the session in the export."""
        self._count = 0
        self._text: list[str] = []
        self._seq = 0
        self._notification = 0
        self._packer = Packer()
        self.added: list[tuple[int, int]] = []
        self.known: list[int] = []
        self._takers: dict[str, Callable[[dict[str, Any]], None]] = {
            "session": self._take_head,
            "stretch": self._take_stretch,
            "reached": lambda data: self._text.append(f"{REACHED}{int(data['at_ns'])}"),
            "event": lambda data: self._take_text(IN, data["event"]),
            "effect": lambda data: self._take_text(OUT, data["effect"]),
            "notification": self._take_notification,
            "count": lambda data: self._insert(Row("counts", _values(data, "counts"))),
            "watch": self._take_watch,
        }

    def take(self, line: str) -> None:
        """One line, with or without its end."""
        if len(line) > MOST_LINE or not line.endswith("\n"):
            raise FormatError("it breaks off here: the export is not whole; export it again")
        data = json.loads(line)
        if not isinstance(data, dict):
            raise FormatError("it is no object")
        kind = data.pop("kind")
        if kind != "session" and _HIDDEN.search(line):
            raise FormatError("it holds control characters")
        if not self._begun:
            if kind != FORMAT_KIND or data["format"] != FORMAT:
                raise FormatError(f"this is no export of a journal that this cued can read (format {FORMAT})")
            self._begun = True
            return
        if kind == "end":
            self._end(int(data["lines"]))
            return
        self._count += 1
        if self._open is (kind == "session"):
            raise FormatError(f"a line of kind {kind} has no place here")
        if kind in _PLAIN:
            self._insert(Row(_PLAIN[kind], _values(data, _PLAIN[kind])))
        elif kind in self._takers:
            self._takers[kind](data)
        else:
            raise FormatError(f"there is no kind {str(kind)[:40]!r}")

    def check_ended(self) -> None:
        """Raises FormatError for a file that breaks off between or within sessions, or holds none."""
        if self._open:
            raise FormatError(f"it breaks off in session {self._number}: the export is not whole; export it again")
        if not self._begun:
            raise FormatError("the file is empty")

    def _take_head(self, data: dict[str, Any]) -> None:
        self._number = int(data.pop("id"))
        head = Head(**{**data, "start": json.dumps(data["start"], separators=(",", ":"))})
        if [type(value) for value in asdict(head).values()] != [_SQL_TYPES[str(item.type)] for item in fields(Head)]:
            raise FormatError("the session's first line has values of a wrong kind")
        _check_head(head, decode_as(head.start, Start))
        self._open, self._session, self._seq, self._notification, self._packer = True, None, 0, 0, Packer()
        if self._database.execute("SELECT 1 FROM sessions WHERE uid = ?", (head.uid,)).fetchone() is not None:
            self.known.append(self._number)
            return
        used = self._database.execute("SELECT 1 FROM sessions WHERE id = ?", (self._number,)).fetchone()
        if used is None and 1 <= self._number <= HIGHEST_NUMBER:
            self._database.execute(INSERT_HEAD_AS, (self._number, *head_values(head)))
            self._session = self._number
        else:
            self._session = self._database.execute(INSERT_HEAD, head_values(head)).lastrowid
        assert self._session is not None, "an INSERT has a row"
        self.added.append((self._number, self._session))

    def _take_text(self, mark: str, data: object) -> None:
        line = json.dumps(data, separators=(",", ":"))
        if mark == IN:
            decode_event(line)
        else:
            effect = decode_effect(line)
            for row in told_by(effect):
                self._insert(row)
        self._text.append(mark + line)

    def _take_stretch(self, data: dict[str, Any]) -> None:
        fresh, packed = self._packer.pack(self._text) if self._text else (False, b"")
        self._text = []
        self._insert(Row("stretches", (self._seq, int(data["to_ns"]), int(data["run_ns"]), int(fresh), packed)))
        self._seq += 1

    def _take_notification(self, data: dict[str, Any]) -> None:
        address, uuid = str(data["address"]), str(data["uuid"])
        if self._session is not None:
            self._database.execute(KNOW, (address, uuid))
        values = (self._notification, int(data["at_ns"]), bytes.fromhex(data["data"]), address, uuid)
        self._insert(Row("notifications", values))
        self._notification += 1

    def _take_watch(self, data: dict[str, Any]) -> None:
        self._insert(Row("watches", _values({**data, "readings": bytes.fromhex(data["readings"])}, "watches")))

    def _insert(self, row: Row) -> None:
        if self._session is not None:
            self._database.execute(INSERT[row.table], (self._session, *row.values))

    def _end(self, lines: int) -> None:
        if not self._open or self._count != lines or self._text:
            raise FormatError(f"lines of session {self._number} are missing: the export is not whole; export it again")
        self._open, self._count = False, 0


def _check_head(head: Head, how: Start) -> None:
    """Raises FormatError for what no cued has written."""
    if (head.pack, head.pack_version, head.session_number) != (how.pack.name, how.pack.version, how.session_number):
        raise FormatError("the session's first line is not about one pack")
    shown = f"{head.pack}{head.pack_version}{head.source}{head.voice}"
    if not (head.uid.isalnum() and shown.isprintable() and "/" not in head.pack):
        raise FormatError("the session's first line has a name that cannot be")
    if not (math.isfinite(head.rate) and head.rate > 0):
        raise FormatError(f"the session's first line has a rate that cannot be: {head.rate}")
    _check_json(head.settings, head.versions)


def _check_json(*texts: str) -> None:
    for text in texts:
        if not isinstance(json.loads(text), dict):
            raise FormatError("it has no JSON object where one belongs")


_SQL_TYPES: Final = {"str": str, "int": int, "float": float, "bool": int}
"""A first line holds flags as 0 and 1, as the table does."""


def _values(data: dict[str, Any], table: str) -> tuple[Any, ...]:
    """A line's members as the table's columns; raises FormatError for any but those."""
    if data.keys() != set(COLUMNS[table]):
        raise FormatError(f"it does not have the members {', '.join(COLUMNS[table])}")
    for name, value in data.items():
        if type(value) not in _TYPES.get(name, (str,)):
            raise FormatError(f"{name} cannot be {str(value)[:40]!r}")
    if table == "marks":
        _check_json(data["detail"])
    return tuple(data[name] for name in COLUMNS[table])


_WHOLE: Final = ("run_ns", "began_utc_ns", "verified", "count", "offset_ns")
_TYPES: Final = {
    **dict.fromkeys(_WHOLE, (int,)),
    **dict.fromkeys(("at_ns", "utc_ns"), (int, type(None))),
    "value": (str, int, float, type(None)),
    "likeness": (float,),
    "readings": (bytes,),
}
"""What a member may be; all others are words."""
