"""Writes one session while it happens: a thread of its own commits every second, and nothing here ever waits for the disk."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from cued.core.effects import Effect
from cued.core.events import Event, Wake
from cued.core.running_time import RunTime
from cued.errors import FormatError, JournalError
from cued.formats.event_codec import encode
from cued.journal import store
from cued.journal.items import Committed, Going, Item, Raw, Receipt, Step
from cued.journal.kept import Kept
from cued.journal.lock import Lock
from cued.journal.retention import forget_raw
from cued.journal.rows import INSERT, INSERT_HEAD, INSERT_HEAD_AS, KNOW, Head, Row, Value, head_values, told_by
from cued.journal.stream import IN, OUT, REACHED, Packer
from cued.journal.wall import Moment, WallWatch

COMMIT_S: Final = 1.0
"""Between two commits: a power cut costs this and the commit under way."""
CLOSE_S: Final = 10.0
"""A disk that takes longer for the last commit is not waited for."""


class Recorder:
    """One session's way into the journal. `begin`, then anything in any order from any thread, then `finish` or `abandon`."""

    def __init__(
        self,
        path: Path,
        head: Head,
        look: Callable[[], Moment],
        going: Going | None = None,
        committed: Callable[[Committed], None] | None = None,
        every_s: float = COMMIT_S,
    ) -> None:
        """`look` reads the clocks; `committed` is told after each commit, in the writer's thread; `every_s`: between two."""
        self._every_s = every_s
        self._path = path
        self._head = head
        self._look = look
        self._committed = committed
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self._told: SimpleQueue[str] = SimpleQueue()
        self._begun = threading.Event()  # the first attempt to write is over
        self._refused: JournalError | None = None
        """Why there is no recording (any more)."""
        self._ending = threading.Event()
        self._wanted = threading.Event()  # somebody waits for a commit, or for the end
        self._receipts: list[Receipt] = []
        self._whole = False
        """All of the session is on the disk, its end included."""
        self.full = False
        """The disk was, when it was last written to."""
        self.thread: threading.Thread | None = None
        """The writer's."""
        self._lock: Lock | None = None
        self._database: sqlite3.Connection | None = None
        self._began_boot_ns = head.began_boot_ns if going is None else going.began_boot_ns
        self._wall = WallWatch(head.began_utc_ns, self._began_boot_ns, verified=head.verified)
        self._packer = Packer()
        self._pending: list[Row] = []
        self._kept = Kept()
        self._complained: set[str] = set()  # troubles that the runner has been told
        self._failing = False
        self._may_pass = True  # what fails now is worth another try
        self._end: tuple[int, str] | None = None
        self.session = None if going is None else going.session
        """Its number in the journal; None: not in it yet."""
        self._present = False
        """The session's first row is in the file, and no other session is open there."""
        self._seq = 0 if going is None else going.seq
        self._notification = 0 if going is None else going.notification
        self._time = RunTime() if going is None else going.time
        self._reached_ns = self._alive_ns = 0 if going is None else going.at_ns
        if going is not None:
            self._pending.append(
                Row("marks", (going.at_ns, self._time.at(going.at_ns), "continued", look().utc_ns, going.detail))
            )

    # --- from the loop: none of these waits -----------------------------------------------------------------------

    def step(self, event: Event, before_ns: int, at_ns: int, effects: Sequence[Effect]) -> None:
        """The session, at `before_ns`, was given `event` and stands at `at_ns` now. A wake is kept by its effects alone."""
        self._put(Step(None if isinstance(event, Wake) else event, before_ns, at_ns, effects))

    def raw(self, at_ns: int, address: str, uuid: str, data: bytes) -> None:
        """A sensor's notification as it came over the air, stamped with session time."""
        self._put(Raw(at_ns, address, uuid, bytes(data)))

    def add(self, row: Row) -> None:
        """A condition, a rating, a note."""
        self._put(row)

    def _put(self, item: Item) -> None:
        if self.kept is None:  # else nobody will ever take it
            self._queue.put(item)

    def flush(self) -> Receipt:
        """Have all that was put so far written at once; the receipt tells, at any time, whether it is."""
        receipt = Receipt()
        self._put(receipt)
        self._wanted.set()
        return receipt

    def is_well(self) -> bool:
        """The writer is alive, has not begun, or was to end; one that gave up has told why."""
        told = self._refused is not None or self._ending.is_set()
        return told or self.thread is None or self.thread.is_alive()

    @property
    def kept(self) -> bool | None:
        """Is all of the session on the disk, its end included, and the file closed? None: it is still being written."""
        return None if self.thread is not None and self.thread.is_alive() else self._whole

    def notices(self) -> list[str]:
        """What the runner should know, each sentence once."""
        found: list[str] = []
        while True:
            try:
                found.append(self._told.get_nowait())
            except Empty:
                return found

    # --- begin and end --------------------------------------------------------------------------------------------

    def begin(self, patience_s: float | None = None, after: threading.Thread | None = None) -> None:
        """Take the journal and write the first row; raises JournalError where nothing can be written at all.

        A full disk or a file that is locked just now is waited for in the background, and so is `after`, the thread of another
        that has the journal until then, and a disk that has not answered
        after `patience_s` (None: it is waited for here); what speaks against a recording is then told by `notices`.
        """
        store.is_there(self._path)
        if after is None:
            self._take_lock()
        self.thread = threading.Thread(target=self._run, args=(after,), name="journal", daemon=True)
        self.thread.start()
        if self._begun.wait(patience_s) and self._refused is not None:
            raise self._refused

    def leave(self, end_ns: int, detail: str = "{}") -> None:
        """The session is over and its sound ends at `end_ns`; `kept` tells when that is on the disk, or cannot be."""
        self._end = (end_ns, detail)
        self._ending.set()
        self._wanted.set()

    def finish(self, end_ns: int, detail: str = "{}") -> None:
        """As `leave`, and wait for it."""
        self.leave(end_ns, detail)
        self.abandon()

    def abandon(self) -> None:
        """Write what there is and let go: without `finish` the session counts as interrupted. A second time does nothing."""
        self._ending.set()
        self._wanted.set()
        if self.thread is not None:
            self.thread.join(CLOSE_S)
            if self.thread.is_alive():
                self._complain("the disk does not answer; the end of the run may be missing in it")
            self.thread = None

    # --- the writer's thread --------------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(self._path, f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}")
        except OSError as error:
            raise JournalError(f"{self._path}: it cannot be written ({error.strerror or error})") from error

    def _run(self, after: threading.Thread | None) -> None:
        try:
            if after is not None:  # its own end may take as long as the disk does
                after.join()
                self._take_lock()
            self._write_first()
            self._begun.set()
            self._keep_writing()
        except JournalError as error:
            self._refused = error
            self._told.put(f"{error}; this run is not recorded")
        except Exception as error:  # noqa: BLE001 - a fault here may end the recording, never the run
            self._complain(f"a fault in cued itself: {type(error).__name__}: {error}; the run goes on unrecorded")
        finally:
            self._close()
            self._begun.set()

    def _write_first(self) -> None:
        """Raises JournalError where another try is not worth it."""
        self._write()
        if self._failing and not self._may_pass:
            raise JournalError("; ".join(self.notices()))

    def _keep_writing(self) -> None:
        while not self._ending.is_set():
            self._wanted.wait(self._every_s)
            self._wanted.clear()
            if not self._ending.is_set():
                self.commit()
        self._gather()
        if self._end is not None:
            end_ns, detail = self._end
            self._pending.append(Row("marks", (end_ns, self._time.at(end_ns), "ended", self._look().utc_ns, detail)))
        self._write()
        if self._pending and store.drop_ballast(self._path):
            self._write()
        self._whole = not self._pending and self._end is not None
        if self._pending and self._end is not None:
            self._write_the_end_alone()
        elif self._database is not None:
            with contextlib.suppress(sqlite3.Error):  # another time, then
                forget_raw(self._database, self._look())

    def commit(self) -> None:
        """Write what has happened so far. The thread does so every `every_s`; nobody else needs to."""
        self._gather()
        self._write()

    def _gather(self) -> None:
        """Everything that has happened since the last time, as rows."""
        lines: list[str] = []
        rows: list[Row] = []
        while True:
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
            if isinstance(item, Step):
                self._take(item, lines, rows)
            elif isinstance(item, Receipt):
                self._receipts.append(item)
            elif isinstance(item, Raw):
                values = (self._notification, item.at_ns, item.data, item.address, item.uuid)
                rows.append(Row("notifications", values))
                self._notification += 1
            else:
                rows.append(item)
        moment = self._look()
        now_ns = int((moment.boot_ns - self._began_boot_ns) * self._head.rate)
        correction = self._wall.look(moment)
        if correction is not None:
            rows.append(Row("clocks", (now_ns, correction.began_utc_ns, int(correction.verified), correction.why)))
        if lines:
            lines.append(f"{REACHED}{self._reached_ns}")
        # A second in which nothing happened has its row, too: it tells that the run went on.
        fresh, data = self._packer.pack(lines) if lines else (False, b"")
        self._alive_ns = max(self._alive_ns, self._reached_ns, now_ns)
        self._pending.append(Row("stretches", (self._seq, self._alive_ns, self._time.at(self._alive_ns), int(fresh), data)))
        self._seq += 1
        self._pending += rows

    def _take(self, step: Step, lines: list[str], rows: list[Row]) -> None:
        if step.event is not None:
            if step.event.at_ns < step.before_ns:  # it came late: a replay must know how far the session was
                lines.append(f"{REACHED}{step.before_ns}")
            lines += self._encoded(IN, step.event)
        for effect in step.effects:
            lines += self._encoded(OUT, effect)
            rows += told_by(effect)
            self._time.hear(effect)
        self._reached_ns = max(self._reached_ns, step.at_ns)

    def _encoded(self, mark: str, what: Event | Effect) -> list[str]:
        """Its line; none for what JSON has no number for, which no sensor may send and no core decide."""
        try:
            return [mark + encode(what)]
        except FormatError as error:
            self._complain(f"{error}; all else of the run is written")
            return []

    def _write(self) -> None:
        """Commit what is pending; where that fails it stays pending, and the runner is told once why."""
        if self.session is not None and not self._pending:
            return
        began_ns = time.monotonic_ns()
        try:
            self._commit(self._opened(), self._pending)
        except sqlite3.Error as error:
            self._failed(error)
            return
        self._kept.add(self._pending)
        self._pending = []
        self.full = False
        for receipt in self._receipts:
            receipt.written = True
        self._receipts.clear()
        if self._failing:
            self._failing = False
            self._complain("it is written again, and nothing of the run is missing")
        if self._committed is not None:
            self._committed(Committed(self._alive_ns, len(self._kept), time.monotonic_ns() - began_ns))

    def _opened(self) -> sqlite3.Connection:
        if self._database is not None and store.is_gone(self._path):  # SQLite would go on writing to what nobody can find
            self._drop()
            with contextlib.suppress(OSError):
                store.set_aside(self._path, datetime.now().astimezone())  # what is left beside it belongs to no other file
            self._complain("the file is gone; all of this run is written into a new one")
            self._forget_written()
        if self._database is None:
            self._database = store.open_to_write(self._path)
            store.lay_ballast(self._path)
        return self._database

    def _commit(self, database: sqlite3.Connection, rows: Iterable[Row]) -> None:
        """All of it or nothing."""
        database.execute("BEGIN IMMEDIATE")
        try:
            session = self._announced(database)
            for row in rows:
                values: tuple[Value, ...] = row.values
                if row.table == "notifications":
                    database.execute(KNOW, values[-2:])
                database.execute(INSERT[row.table], (session, *values))
            database.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # where SQLite has rolled back by itself
                database.execute("ROLLBACK")
            raise
        self.session = session
        self._present = True

    def _announced(self, database: sqlite3.Connection) -> int:
        """The session's number; its first row is written if it is not there yet."""
        if self._present and self.session is not None:
            return self.session
        store.interrupt_open(database)
        if self.session is None:
            made = database.execute(INSERT_HEAD, head_values(self._head)).lastrowid
            assert made is not None, "an INSERT has a row"
            return made
        if database.execute("SELECT 1 FROM sessions WHERE id = ?", (self.session,)).fetchone() is None:
            database.execute(INSERT_HEAD_AS, (self.session, *head_values(self._head)))
        return self.session

    def _failed(self, error: sqlite3.Error) -> None:
        if store.is_damage(error) and "damage" not in self._complained:
            self._complained.add("damage")
            self._start_anew(error)
            return
        self._failing = True
        self.full = store.is_full(error, self._path)
        self._may_pass = store.may_pass(error)
        later = "; the run goes on and is written as soon as that is possible" if self._may_pass or self._begun.is_set() else ""
        self._complain(f"{store.in_words(error, self._path)}{later}")

    def _complain(self, what: str) -> None:
        if what not in self._complained:
            self._complained.add(what)
            self._told.put(f"the journal {self._path}: {what}")

    def _start_anew(self, error: sqlite3.Error) -> None:
        """The file is damaged: put it aside and write all of this run into a new one."""
        self._drop()
        try:
            aside = store.set_aside(self._path, datetime.now().astimezone())
        except OSError as trouble:
            self._failing, self._may_pass = True, False
            self._complain(f"{store.in_words(error)}, and it cannot be put aside ({trouble.strerror})")
            return
        self._complain(f"{store.in_words(error)}; it was put aside as {aside.name} and a new one begun")
        self._forget_written()
        self._write()

    def _forget_written(self) -> None:
        self._pending = [*self._kept, *self._pending]
        self._kept = Kept()
        self._present = False

    def _write_the_end_alone(self) -> None:
        """The disk has no room for all that is pending: at least the end is to be known."""
        try:
            self._commit(self._opened(), self._pending[-1:])
            self._complain("the end of the run is in it, its last part is not")
        except sqlite3.Error:
            self._complain("its last part and its end are not in it" if self._present else "this run is not in it")

    def _drop(self) -> None:
        if self._database is not None:
            with contextlib.suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _close(self) -> None:
        self._drop()
        if self._lock is not None:
            self._lock.release()
            self._lock = None
