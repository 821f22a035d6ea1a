"""Which runs go on after they broke off, and how."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from cued.cli import options
from cued.core.events import CadenceSample, Event, LinkState, Pause, Resume, SensorLink, Stop
from cued.journal.recorder import Recorder
from cued.runtime.clock import boot_ns, monotonic_in_ns
from cued.runtime.conductor import Conductor, Witness
from cued.runtime.eventlog import EventLog
from cued.runtime.feeding import Feeding, Recording
from cued.runtime.goingon import LONGEST_GAP_NS, Outset, broken_off
from cued.runtime.journalling import JournalWanted
from cued.runtime.moments import boot_id, moment
from cued.runtime.request import Request
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_MIN, NS_PER_S
from tests.journal.sessions import a_head, a_start, record
from tests.runtime.fakes import Ears

RUN_NS = 16 * NS_PER_MIN


def feeding(source: str = "ble:pod", simulated: bool = False) -> Feeding:
    events: list[Event] = [CadenceSample(at_ns, 164.0, 2.8) for at_ns in range(0, RUN_NS, NS_PER_S)]
    return Feeding(Recording(iter([*events, Stop(RUN_NS)])), source, None, RUN_NS, sensor=True, simulated=simulated)


def request(pack: str = "integration", source: str = "ble:pod", seed: int = 1) -> Request:
    return Request(options.load(pack, io.StringIO()), feeding(source), seed=seed)


def break_off(journal: Path, at_ns: int, ago_ns: int, **head: object) -> None:
    """A run whose computer died at `at_ns`, `ago_ns` ago."""
    asked = request(seed=77)
    how = replace(a_start(asked), session_number=3)
    began_boot_ns = boot_ns() - ago_ns - at_ns
    told = {"began_boot_ns": began_boot_ns, "boot_id": boot_id(), "began_utc_ns": moment().utc_ns - ago_ns - at_ns, **head}
    now = replace(moment(), boot_ns=began_boot_ns + at_ns)
    recorder = Recorder(journal, a_head(how, **told), lambda: now, every_s=0.05)  # type: ignore[arg-type]  # a Head's fields
    recorder.begin()
    Conductor(how, asked.feeding.feed, [], NominalVoice(None).answer, recorder.step).advance(at_ns)
    recorder.abandon()


def found_ns(journal: Path, asked: Request, **settings: object) -> int | None:
    """The session time at which `asked` would go on; None: it begins anew."""
    past = broken_off(JournalWanted(journal, settings), asked, 1.0)
    return None if past is None else past.last_ns


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_the_same_run_goes_on_within_half_an_hour(journal: Path) -> None:
    break_off(journal, 12 * NS_PER_MIN, 20 * NS_PER_MIN)
    past = broken_off(JournalWanted(journal), request(), 1.0)
    assert past is not None
    assert (past.last_ns, past.how.seed, past.how.session_number) == (12 * NS_PER_MIN, 77, 3)
    assert past.gap_ns == pytest.approx(20 * NS_PER_MIN, abs=5 * NS_PER_S)
    assert "broke off at 12:00, 20:0" in past.notice


def test_after_half_an_hour_it_is_over(journal: Path) -> None:
    break_off(journal, 12 * NS_PER_MIN, LONGEST_GAP_NS + 10 * NS_PER_S)
    assert found_ns(journal, request()) is None
    assert broken_off(JournalWanted(journal), request(), 1.0, 2 * LONGEST_GAP_NS) is not None  # who wants it otherwise


def test_another_pack_sensor_seed_or_number_begins_anew(journal: Path) -> None:
    break_off(journal, 12 * NS_PER_MIN, NS_PER_MIN)
    assert found_ns(journal, request("metronome")) is None
    assert found_ns(journal, request(source="none")) is None
    assert found_ns(journal, request(seed=5), seed=5) is None
    assert found_ns(journal, request(), session=1) is None
    assert broken_off(JournalWanted(journal, anew=True), request(), 1.0) is None
    assert broken_off(JournalWanted(journal), request(), 20.0) is None
    assert found_ns(journal, request(seed=5)) == 12 * NS_PER_MIN


def test_what_cued_found_out_by_itself_may_have_changed_and_what_was_asked_for_may_not(journal: Path) -> None:
    break_off(journal, 12 * NS_PER_MIN, NS_PER_MIN)
    faster, fitter = replace(request(), beat_spm=172.0), replace(request(), max_hr_bpm=180)
    assert found_ns(journal, faster) == 12 * NS_PER_MIN
    assert found_ns(journal, faster, beat=172.0) is None
    assert found_ns(journal, fitter, max_hr=180) is None


def test_a_journal_that_cannot_be_reached_has_no_run_to_go_on_with(tmp_path: Path) -> None:
    assert found_ns(tmp_path / ("x" * 400), request()) is None


def test_a_run_that_ended_or_was_simulated_never_goes_on(journal: Path) -> None:
    record(journal, request=request(), began_boot_ns=boot_ns(), boot_id=boot_id())
    assert found_ns(journal, request()) is None
    break_off(journal, 12 * NS_PER_MIN, NS_PER_MIN)
    simulated = replace(request(), feeding=feeding(simulated=True))
    assert broken_off(JournalWanted(journal), simulated, 1.0) is None


def test_a_run_that_was_over_but_for_its_last_row_does_not_go_on(journal: Path) -> None:
    break_off(journal, RUN_NS, NS_PER_MIN)
    assert found_ns(journal, request()) is None


@pytest.mark.parametrize(("ago_min", "goes_on"), [(3, True), (45, False)])
def test_after_a_restart_of_the_machine_the_date_tells_how_long_ago_it_was(ago_min: int, goes_on: bool, journal: Path) -> None:
    at_ns = 12 * NS_PER_MIN
    began_utc_ns = moment().utc_ns - ago_min * NS_PER_MIN - at_ns
    break_off(journal, at_ns, 0, boot_id="another boot", began_utc_ns=began_utc_ns)
    assert (found_ns(journal, request()) is not None) is goes_on


def test_a_journal_that_cannot_be_read_has_no_run_to_go_on_with(journal: Path) -> None:
    journal.write_text("no journal")
    assert found_ns(journal, request()) is None


def test_the_gap_is_a_pause_and_all_goes_on_as_it_was(journal: Path) -> None:
    at_ns, ago_ns = 12 * NS_PER_MIN, 5 * NS_PER_MIN
    break_off(journal, at_ns, ago_ns)
    outset = Outset(request(), JournalWanted(journal), 1.0, None)
    voice, ears = NominalVoice(None), Ears()
    steps: list[tuple[object, ...]] = []
    how = outset.how(voice.prepare(request().texts))
    clock = outset.clock(450_000_000)
    log = EventLog(how, voice="nominal", source="ble:pod")
    witness: Witness = lambda *step: steps.append(step)  # noqa: E731 - a witness is one line
    conductor = Conductor(how, outset.feed(), [ears, log], voice.answer, witness)
    outset.go_on(lambda _: None, conductor, log, witness, voice.prepare(request().texts), voice.answer)
    assert clock.now_ns() == pytest.approx(at_ns + ago_ns, abs=5 * NS_PER_S)
    events = [step[0] for step in steps]
    pause, resume = events[0], events[-1]
    assert isinstance(pause, Pause)
    assert isinstance(resume, Resume)
    assert pause.at_ns == at_ns
    assert resume.at_ns == pytest.approx(at_ns + ago_ns, abs=5 * NS_PER_S)
    assert conductor.view().segment == "steady"
    assert conductor.view().run_ns == at_ns
    conductor.advance(None)
    conductor.finish()
    rows = list(log.rows())
    said = [row["segment"] for row in rows if row["kind"] == "segment"]
    assert said[:3] == ["warmup", "feeder", "steady"]
    assert len(said) == len(set(said))
    assert rows[-1]["kind"] == "end"
    assert rows[-1]["t_ns"] - resume.at_ns == RUN_NS - at_ns


def test_what_a_pod_sends_is_put_on_the_line_of_a_run_that_goes_on(journal: Path) -> None:
    break_off(journal, 12 * NS_PER_MIN, NS_PER_MIN)
    outset = Outset(request(), JournalWanted(journal), 1.0, None)
    clock = outset.clock(0)
    got: list[Event] = []
    put = outset.line(clock, got.append)
    put(SensorLink(0, LinkState.FOUND))
    now_ns = monotonic_in_ns(0) - clock.start_ns
    put(CadenceSample(now_ns, 164.0))
    assert got[0].at_ns == pytest.approx(13 * NS_PER_MIN, abs=5 * NS_PER_S)
    assert got[1].at_ns == now_ns
