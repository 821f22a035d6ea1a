"""A live run's seat at the journal."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cued.cli import options
from cued.cli.screen import PlainScreen
from cued.core.events import CadenceSample, Event
from cued.formats.sensor_log import Item, Link, LinkIs, Notification
from cued.journal.reader import State, reading
from cued.journal.rows import printable
from cued.runtime.clock import boot_ns
from cued.runtime.feeding import OnAir, feeding_of
from cued.runtime.journalling import JournalWanted, journal_path
from cued.runtime.liverun import LiveWanted, live
from cued.runtime.moments import boot_id, is_synchronised, moment
from cued.runtime.past import past_of
from cued.runtime.request import Request, ToNothing
from cued.units import NS_PER_MIN, NS_PER_S

POD = "AA:BB:CC:DD:EE:FF"


class OnePod:
    """A pod that has been there all along and sends twice, in the run's first moment."""

    pending = False

    def __init__(self) -> None:
        self._listener: Callable[[Item], None] = lambda _: None

    def wait(self, speak: Callable[[str], None], language: str) -> None:
        pass

    def record(self, listener: Callable[[Item], None]) -> None:
        self._listener = listener

    def begin(self, start_ns: int, put: Callable[[Event], None]) -> None:
        self._listener(LinkIs(start_ns, POD, Link.UP))
        for second in (0, 1):
            self._listener(Notification(start_ns + second * NS_PER_S, POD, "2a53", bytes([second])))
            put(CadenceSample(second * NS_PER_S, 165.0, 2.8))

    def collect(self, now_ns: int) -> list[Event]:
        return []


def test_a_run_on_the_air_is_kept_with_the_bytes_as_they_came(tmp_path: Path) -> None:
    journal, out = tmp_path / "journal.db", io.StringIO()
    request = Request(options.load("metronome", out), feeding_of(OnAir(""), None, 3), seed=3)
    wanted = JournalWanted(journal, {"volume": 0.5}, (("sleep", 7.0),))
    done = live(
        request, LiveWanted(ToNothing(), stop_ns=int(1.5 * NS_PER_S), journal=wanted), PlainScreen(out), sensors=OnePod()
    )
    assert done.session == 1
    with reading(journal) as found:
        past = past_of(found, "last")
        assert found.notifications(1) == 2
        assert [(one.name, one.value) for one in found.conditions(1)] == [("sleep", 7.0)]
        assert json.loads(found.marks(1)[-1].detail)["sound"]["underruns"] == done.sound.underruns
    assert [event.spm for event in past.events() if isinstance(event, CadenceSample)] == [165.0, 165.0]
    assert (past.session.state, past.session.simulated, past.how.seed) == (State.ENDED, False, 3)
    assert "name: metronome" in past.head.pack_text
    assert json.loads(past.head.settings) == {"volume": 0.5, "chosen_by": "name"}
    assert past.head.boot_id == boot_id()
    assert abs(past.session.began_utc_ns - time.time_ns()) < NS_PER_MIN


def test_the_journal_is_the_one_named_or_the_environments_or_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUED_JOURNAL", raising=False)
    own = journal_path()
    assert own is not None
    assert own.name == "journal.db"
    monkeypatch.setenv("CUED_JOURNAL", "/elsewhere/runs.db")
    assert journal_path() == Path("/elsewhere/runs.db")
    assert journal_path("mine.db") == Path("mine.db").resolve()
    assert journal_path("none") is None
    monkeypatch.setenv("CUED_JOURNAL", "none")
    assert journal_path() is None


def test_a_journal_is_one_whatever_link_leads_to_it(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    assert journal_path(str(tmp_path / "link.db")) == journal_path(str(tmp_path / "real.db"))


def test_a_name_that_is_no_text_is_kept_as_far_as_it_is() -> None:
    assert printable("file:r\udcff\x1b.csv – für Größe") == "file:r\ufffd\ufffd.csv – für Größe"


def test_what_the_machine_knows_of_the_date() -> None:
    before = boot_ns()
    now = moment()
    assert before <= now.boot_ns <= boot_ns()
    assert abs(now.utc_ns - time.time_ns()) < NS_PER_MIN
    assert now.synced == is_synchronised()
    assert boot_id() == boot_id()
