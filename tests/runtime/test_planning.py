"""The plan made of a journal: runs, ratings and words in the order of time, told once and never kept twice."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from cued.coaching.happening import Dawn, Felt, Kind, Ran, Say, Word
from cued.coaching.plan import step
from cued.coaching.state import PlanSettings, PlanState
from cued.coaching.today import RunKind, today
from cued.core.cues import Mode, Tissue
from cued.core.sentences import Sentence, sentence
from cued.core.start import Runner
from cued.errors import UsageError
from cued.journal import edit
from cued.journal.reader import State, reading
from cued.journal.recorder import Recorder
from cued.journal.rows import Row
from cued.journal.wall import RELEASED_UTC_NS, Moment
from cued.review.outcome import OutcomeCounter
from cued.runtime.conductor import Conductor
from cued.runtime.heldback import held_back, telling
from cued.runtime.planning import (
    date_of,
    day_of,
    for_today,
    outcome_of,
    planned,
    rules_of_packs,
    say,
    spoken,
    today_of,
)
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_MIN, NS_PER_S
from tests.journal.sessions import BEGAN_UTC_NS, a_request, a_start, record

DAY_NS = 86_400 * NS_PER_S
FIRST = day_of(BEGAN_UTC_NS)


def now(days: int, *, synced: bool = True) -> Moment:
    """In the evening, so many days after the first run."""
    return Moment(BEGAN_UTC_NS + days * DAY_NS + 3_600 * NS_PER_S, 0, synced)


def ran(path: Path, days: int, pack: str = "awareness", **head: object) -> int:
    began = BEGAN_UTC_NS + days * DAY_NS
    return record(path, request=a_request(pack, "easy", 12), began_utc_ns=began, **head)  # type: ignore[arg-type]  # a Head's own


def rate(path: Path, session: int, days: float, **answers: str | float) -> None:
    utc_ns = BEGAN_UTC_NS + round(days * DAY_NS)
    edit.add(path, session, [Row("ratings", (None, name, value, utc_ns)) for name, value in answers.items()])


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cue session, a plain run, a cue session, two days apart; nothing said of them. Not to be changed."""
    path = tmp_path_factory.mktemp("plan") / "journal.db"
    for days, pack in ((0, "awareness"), (2, "plain"), (4, "awareness")):
        ran(path, days, pack)
    return path


@pytest.fixture
def own(three: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    path = tmp_path / "journal.db"
    with sqlite3.connect(three) as source, sqlite3.connect(path) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    return path


def outcomes_in(path: Path) -> int:
    with sqlite3.connect(path) as database:
        (count,) = database.execute("SELECT count(*) FROM outcomes").fetchone()
    database.close()
    return int(count)


def test_without_a_journal_the_plan_begins_with_awareness(tmp_path: Path) -> None:
    answer = today_of(tmp_path / "none.db", now(0))
    assert (answer.kind, answer.pack, answer.day) == (RunKind.CUE, "awareness", FIRST)
    assert not list(tmp_path.iterdir())


def test_runs_are_counted_and_take_turns(own: Path) -> None:
    plan = planned(own, now(5))
    assert [run.outcome.pack for run in plan.state.runs] == ["awareness", "plain", "awareness"]
    assert [run.day for run in plan.state.runs] == [FIRST, FIRST + 2, FIRST + 4]
    assert plan.state.fade("awareness") >= 2
    assert plan.today.reason == "a plain run between cue days"
    assert plan.today.minutes >= 20


def test_an_outcome_is_worked_out_once_and_kept(own: Path) -> None:
    before = planned(own, now(5))
    assert outcomes_in(own) == 3
    assert planned(own, now(5)) == before
    assert outcomes_in(own) == 3


def test_what_the_journal_tells_of_a_run_is_what_a_witness_of_it_saw(tmp_path: Path) -> None:
    request = a_request("integration", "easy", 22)
    how = a_start(request)
    counter = OutcomeCounter(how)
    Conductor(how, request.feeding.feed, [counter], NominalVoice(None).answer).advance(None)
    session = record(tmp_path / "journal.db", request=a_request("integration", "easy", 22))
    with reading(tmp_path / "journal.db") as journal:
        outcome = outcome_of(journal, journal.session(str(session)))
    assert outcome is not None
    assert outcome.vitals  # of the pod's contact time, which a witness of effects does not see
    assert replace(outcome, vitals=()) == counter.outcome(22 * NS_PER_MIN)


def test_two_weeks_kept_in_a_journal_are_the_plan_that_was_lived(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    lived = PlanState(PlanSettings(rules_of_packs(), 0))
    for days in range(0, 14, 2):
        answer = today_of(path, now(days))
        assert answer == replace(today(lived, FIRST + days), runner=answer.runner)
        asked = a_request(answer.pack, "easy", 11)
        session = record(path, request=for_today(asked, answer), began_utc_ns=BEGAN_UTC_NS + days * DAY_NS, uid=f"{days:016x}")
        rate(path, session, days + 0.02, pain=1.0, effort=3.0)
        with reading(path) as journal:
            outcome = outcome_of(journal, journal.session(str(session)))
        assert outcome is not None
        for happening in (
            Ran(FIRST + days, session, outcome),
            Felt(FIRST + days, session, pain=1.0, effort=3.0),
            Dawn(FIRST + days + 1),
        ):
            lived, _ = step(lived, happening)
    assert planned(path, now(13)).state == lived
    assert [run.outcome.cued for run in lived.runs] == [True, False] * 3 + [True]


def test_an_outcome_of_an_older_reckoning_is_made_anew(own: Path) -> None:
    before = planned(own, now(5))
    with sqlite3.connect(own) as database:
        database.execute("""UPDATE outcomes SET made = 0, outcome = 'nonsense'""")
    database.close()
    assert planned(own, now(5)) == before
    assert outcomes_in(own) == 6


def test_a_journal_that_cannot_be_written_is_planned_from_all_the_same(own: Path) -> None:
    lock = sqlite3.connect(own, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert len(planned(own, now(5)).state.runs) == 3
    lock.execute("ROLLBACK")
    lock.close()
    assert outcomes_in(own) == 0


def test_what_was_rated_together_is_taken_together(own: Path) -> None:
    rate(own, 3, 4.1, pain=4.0, place="knee", effort=5.0)
    plan = planned(own, now(5))
    assert plan.state.sore is None
    assert plan.state.runs[-1].pain == 4.0
    assert plan.state.runs[-1].place is Tissue.KNEE
    assert any("pain 4 of 2 allowed" in decision.text for decision in plan.decided)


def test_pain_told_during_a_run_is_not_taken_back_after_it_and_a_slip_is(own: Path) -> None:
    edit.add(own, 3, [Row("ratings", (300 * NS_PER_S, "pain", 4.0, BEGAN_UTC_NS + 4 * DAY_NS))])
    rate(own, 3, 4.1, pain=1.0)
    assert planned(own, now(5)).state.runs[-1].pain == 4.0
    rate(own, 2, 4.2, pain=6.0)
    rate(own, 2, 4.3, pain=0.0)
    assert planned(own, now(5)).state.runs[-2].pain == 0.0


def test_shoes_that_were_never_named_before_are_new_ones(own: Path) -> None:
    for session, shoes in ((1, "blue"), (2, "blue"), (3, "red")):
        edit.add(own, session, [Row("conditions", (None, "shoes", shoes, BEGAN_UTC_NS))])
    told = [decision.text for decision in planned(own, now(5)).decided if "new shoes" in decision.text]
    assert told == ["new shoes are this week's change; nothing else is new"]


def test_a_sore_calf_eases_what_comes(own: Path) -> None:
    rate(own, 3, 4.1, pain=4.0, place="calf")
    plan = planned(own, now(5))
    assert plan.state.sore is not None
    assert plan.today.kind is RunKind.REST
    assert plan.today.ease.barred == (Tissue.CALF,)


def test_soreness_before_a_run_tells_how_the_one_before_was_borne(own: Path) -> None:
    edit.add(own, 3, [Row("conditions", (None, "sore", "no", BEGAN_UTC_NS))])
    edit.add(own, 2, [Row("conditions", (None, "pain_before", 3.0, BEGAN_UTC_NS))])
    runs = planned(own, now(5)).state.runs
    assert [run.morning for run in runs] == [3.0, 0.0, None]


def test_runs_of_nobody_and_short_ones_are_no_part_of_the_plan(own: Path) -> None:
    ran(own, 5, source="sim:easy")
    record(own, request=a_request("awareness", "easy", 5))
    record(own, request=a_request("awareness", "easy", 12), simulated=True)
    assert len(planned(own, now(6)).state.runs) == 4  # the first is a pod's, whatever it is called


def test_a_run_whose_date_is_not_known_counts_as_a_session_and_no_day(own: Path) -> None:
    ran(own, -20_000, verified=False)
    plan = planned(own, now(5))
    assert [run.day for run in plan.state.runs] == [FIRST, FIRST + 2, FIRST + 4, None]
    assert any(decision.kind is Kind.DATE for decision in plan.decided)


def test_without_a_date_today_sessions_take_turns(own: Path) -> None:
    plan = planned(own, now(5, synced=False))
    assert plan.day is None
    assert plan.today.kind is RunKind.PLAIN


def test_a_word_is_kept_and_holds_the_next_time(own: Path) -> None:
    plan, decided = say(own, now(5), Word(None, Say.INJURED, place=Tissue.SHIN))
    assert [decision.kind for decision in decided] == [Kind.OFF]
    assert plan.state.places == (Tissue.SHIN,)
    assert planned(own, now(9)).today.reason == "no cues while shin is injured (`cued plan well` goes on)"
    say(own, now(10), Word(None, Say.WELL))
    assert planned(own, now(10)).state.off is None


def test_a_word_that_is_refused_is_told_and_written_down(own: Path) -> None:
    plan, decided = say(own, now(5), Word(None, Say.ADVANCE))
    assert decided[0].kind is Kind.REFUSED
    assert plan.state.phase == 1
    with reading(own) as journal:
        assert [word.after for word in journal.words()] == [3]


def test_a_race_that_is_past_is_refused_and_not_written_down(own: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is past, for today is \w+ \d+ \w+ \d{4}: a race lies ahead"):
        say(own, now(5), Word(None, Say.RACE, on=FIRST + 4))
    with pytest.raises(UsageError, match="is past, for the journal goes up to"):
        say(own, now(-300, synced=False), Word(None, Say.RACE, on=FIRST + 3))
    with pytest.raises(UsageError, match=r"^\w+ \d+ \w+ \d{4} is past: a race lies ahead"):
        say(tmp_path / "none.db", now(0, synced=False), Word(None, Say.RACE, on=day_of(RELEASED_UTC_NS) - 1))
    with reading(own) as journal:
        assert journal.words() == []


def test_without_a_date_a_race_may_lie_on_any_day_that_the_journal_has_not_seen(own: Path) -> None:
    plan, decided = say(own, now(-300, synced=False), Word(None, Say.RACE, on=FIRST + 4))
    assert (plan.state.race, decided[-1].kind) == (FIRST + 4, Kind.DONE)
    assert "cannot be checked" in decided[-1].text
    plan, decided = say(own, now(4), Word(None, Say.RACE, on=FIRST + 4))
    assert ", today: from now on" in decided[-1].text


def test_an_advance_by_word_stays_where_it_was_said_whatever_is_rated_later(own: Path) -> None:
    for session in (1, 2, 3):
        rate(own, session, 4.2, pain=0.0)
    plan, _ = say(own, now(5), Word(None, Say.ADVANCE))
    assert plan.state.phase == 2
    rate(own, 3, 6.0, pain=4.0, place="knee")
    assert planned(own, now(6)).state.phase == 2


def test_a_session_that_is_deleted_takes_its_outcome_with_it(own: Path) -> None:
    planned(own, now(5))
    edit.delete(own, 3)
    assert outcomes_in(own) == 2
    assert len(planned(own, now(5)).state.runs) == 2


def test_a_first_versions_journal_is_planned_from(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    v1 = Path(__file__).parent.parent / "journal" / "v1.sql"
    with sqlite3.connect(path) as database:
        database.executescript(v1.read_text(encoding="utf-8"))
    database.close()
    assert today_of(path, now(0)).pack == "awareness"
    say(path, now(0), Word(None, Say.HOLD))
    assert planned(path, now(1)).state.held


def test_todays_run_has_the_plans_length_number_and_knowledge_of_the_runner(three: Path) -> None:
    answer = replace(today_of(three, now(6)), change=0.0)
    asked = replace(a_request("integration"), feeding=replace(a_request("integration").feeding, length_ns=None))
    cued = replace(answer, kind=RunKind.CUE, minutes=40, session_number=4)
    request = for_today(asked, cued)
    assert request.feeding.length_ns == 40 * 60 * NS_PER_S
    assert request.session_number == 4
    assert request.start(()).runner.last_week_change == 0.0
    assert {segment.target.change for segment in request.pack.value.segments()} == {0.0}
    assert any(segment.metronome.mode is not Mode.NONE for segment in request.pack.value.segments())
    assert for_today(asked, answer).feeding.length_ns is None  # a plain run is never cut short


def test_a_cadence_that_was_measured_goes_before_one_that_was_only_told(three: Path) -> None:
    """Else a number in the configuration would lift target and cap over what the runner's legs have shown."""
    told = replace(a_request("integration"), baseline_spm=200.0)
    measured = for_today(told, replace(today_of(three, now(6)), runner=Runner(baseline_spm=164.0, baseline_speed_mps=2.8)))
    assert measured.start(()).runner.baseline_spm == 164.0
    unknown = for_today(told, replace(today_of(three, now(6)), runner=Runner()))
    assert unknown.start(()).runner.baseline_spm == 200.0


def test_the_first_runs_say_that_the_rhythm_is_being_learned_and_a_rest_day_that_it_is_one(tmp_path: Path) -> None:
    first = today_of(tmp_path / "none.db", now(0))
    assert [sentence(what) for what in spoken(first)] == ["Learning your rhythm."]
    assert [sentence(what, language="de") for what in spoken(first)] == ["Ich lerne deinen Rhythmus."]
    assert spoken(replace(first, learning=False)) == ()
    assert spoken(replace(first, kind=RunKind.PLAIN, stopped=True)) == (Sentence.PAIN_OVER,)
    assert spoken(replace(first, kind=RunKind.REST)) == (Sentence.REST_TODAY,)


def why_held(path: Path, moment: Moment) -> tuple[Sentence, ...] | None:
    held = held_back(path, moment)
    return None if held is None else spoken(held)


@pytest.mark.parametrize("told", [{"pain": 5.0}, {"pain_kind": "sharp"}, {"pain_kind": "limp", "pain": 1.0}, {"morning": 7.0}])
def test_pain_that_ends_cueing_holds_a_named_pack_back_until_the_next_day(own: Path, told: dict[str, str | float]) -> None:
    assert why_held(own, now(4)) is None
    rate(own, 3, 4.01, **told)
    assert why_held(own, now(4)) == (Sentence.PAIN_OVER,)
    assert why_held(own, now(5)) == (Sentence.EASED,)
    assert why_held(own, now(5, synced=False)) == (Sentence.PAIN_OVER, Sentence.REST_FIRST), "perhaps no other day"
    assert held_back(None, now(4)) is None
    assert held_back(None, now(4), hurts=True) is not None


def test_pain_told_of_a_run_without_a_date_holds_back_the_next_one_and_the_next_day_that_is_known(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    ran(path, 0, verified=False)
    rate(path, 1, 0.01, pain=8.0)
    for moment in (now(0, synced=False), now(0), now(3)):
        assert Sentence.PAIN_OVER in (why_held(path, moment) or ())
    ran(path, 3, "plain")
    assert why_held(path, now(3)) == (Sentence.PAIN_OVER,)
    assert why_held(path, now(4)) == (Sentence.EASED,)


def test_pain_of_a_run_that_is_still_being_recorded_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    seen: list[tuple[Sentence, ...] | None] = []

    def meanwhile(recorder: Recorder) -> None:
        assert recorder.session is not None
        for pain in (4.0, 6.0):
            rate(path, recorder.session, 0.01, pain=pain)
            with reading(path) as journal:
                assert journal.session("last").state is State.RUNNING
            seen.append(why_held(path, now(0)))

    record(path, request=a_request("awareness"), meanwhile=meanwhile)
    assert seen == [(Sentence.EASED,), (Sentence.PAIN_OVER,)]


def test_who_is_injured_or_ill_is_held_back_with_any_pack_and_hears_why(own: Path) -> None:
    say(own, now(5), Word(None, Say.INJURED, Tissue.CALF))
    held = held_back(own, now(6))
    assert held is not None
    assert held.why_held == "injured: no cues (`cued plan well` goes on)"
    assert [sentence(what, language="de") for what in spoken(held)] == ["Keine Hinweise, solange du verletzt bist."]
    (cue,) = telling(a_request("plain").pack.value, held, "de").cues
    in_german = "Keine Hinweise, solange du verletzt bist."
    assert (cue.say, cue.say_in) == ("No cues while you are injured.", (("de", in_german),))
    say(own, now(6), Word(None, Say.WELL))
    assert held_back(own, now(6)) is None
    say(own, now(6), Word(None, Say.ILL))
    assert why_held(own, now(6)) == (Sentence.REST_TODAY,)


def test_days_are_those_of_the_runners_calendar() -> None:
    assert date_of(day_of(BEGAN_UTC_NS)).isoformat()[:7] == "2026-09"


def test_a_decline_that_the_recordings_show_holds_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(ran_often(path)) as database:
        database.execute(
            "UPDATE outcomes SET outcome = replace(outcome, '\"drift\":null', '\"drift\":0.05') WHERE session > 10"
        )
        database.execute("UPDATE outcomes SET outcome = replace(outcome, '\"drift\":null', '\"drift\":0.004')")
    database.close()
    plan = planned(path, now(40))
    assert "more cadence is lost late: +5.0 % in the last three runs, +0.4 % before" in plan.state.alarm
    assert [one.kind for one in plan.decided].count(Kind.ALARM) == 1
    assert planned(path, now(20)).state.alarm == plan.state.alarm  # of what was run, whatever day it is


def ran_often(path: Path) -> Path:
    """Fourteen plain runs, two days apart, of which the outcomes are kept."""
    for number in range(14):
        ran(path, 2 * number, "plain")
    planned(path, now(28))
    return path
