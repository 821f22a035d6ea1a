"""`cued plan` as a runner types it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cued.cli.main import main
from cued.coaching.calendar import Lately, planned_lately
from cued.coaching.happening import Say
from cued.coaching.today import line, today, weekday
from cued.core.cues import Mode
from cued.journal.reader import reading
from cued.journal.wall import Moment
from cued.review.planpage import calendar_lines, lately_text, plan_html, weeks_of
from cued.runtime.moments import moment
from cued.runtime.past import past_of
from cued.runtime.planning import date_of, day_of, planned
from tests.support.logged import Capture, said, shown
from tests.support.seasons import Walk, at_phase

NEXT_YEAR = date_of(day_of(moment().utc_ns) + 300).isoformat()


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty journal that every verb takes for the runner's own."""
    path = tmp_path / "journal.db"
    monkeypatch.setenv("CUED_JOURNAL", str(path))
    monkeypatch.chdir(tmp_path)
    return path


def test_on_the_first_day_it_is_awareness_with_the_rhythm_still_to_be_learned(capsys: Capture, own: Path) -> None:
    told = said(["plan", "today"], capsys)
    assert told.startswith("awareness, 35 min: cue session 1 of 2 this week\n")
    assert "your own rhythm is still being learned" in told
    assert not own.exists()


def test_programs_get_the_same(capsys: Capture) -> None:
    plan = shown(["plan", "today"], capsys)
    assert (plan["phase"], plan["title"]) == (1, "awareness")
    assert {"kind": "cue", "pack": "awareness", "minutes": 35, "target_change_percent": 0.0}.items() <= plan["today"].items()


def test_the_next_runs_are_told(capsys: Capture) -> None:
    told = said(["plan", "next"], capsys).splitlines()
    assert re.fullmatch(r"next run: \w{3} \d+ \w{3}: plain, 35 min: a plain run between cue days", told[0])
    assert told[1].startswith("next with cues: ")
    found = shown(["plan", "next"], capsys)
    assert (found["run"]["kind"], found["cues"]["kind"]) == ("plain", "cue")


def test_why_tells_each_reason_with_its_number(capsys: Capture) -> None:
    told = said(["plan", "why"], capsys)
    assert "for phase 2: hold" in told
    assert "missing      0 cue sessions of 5 asked" in told
    assert "not known    pain not told" in told
    video = "not recorded no video was looked at: film 20 s from the side and from behind (not needed to go on)"
    assert f"  {video}" in told.splitlines()
    found = shown(["plan", "why"], capsys)
    assert found["verdict"] == "hold"
    assert {"what": "sessions", "met": False, "needed": True, "text": "0 cue sessions of 5 asked"} in found["reasons"]
    (video,) = [reason for reason in found["reasons"] if reason["what"] == "video"]
    assert (video["met"], video["needed"]) == (None, False)


def test_a_word_is_answered_and_holds(capsys: Capture) -> None:
    told = said(["plan", "injured", "calf"], capsys)
    assert told.startswith("calf injured: no cues, nothing that loads it")
    assert "no cues while calf is injured" in said(["plan", "today"], capsys)
    assert shown(["plan", "today"], capsys)["injured"] == ["calf"]
    assert "well again" in said(["plan", "well"], capsys)
    assert shown(["plan", "today"], capsys)["off"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ill"], "ill: no run is planned"),
        (["away"], "away: no run is planned"),
        (["race", NEXT_YEAR], "no new target, drill, shoe, surface or pack"),
        (["plain", "today"], "plain"),
        (["hold"], "hold: phase 1 stays"),
        (["hold", "--off"], "no longer held"),
        (["back"], "there is no phase before the first"),
        (["shoes"], "new shoes are this week's change"),
        (["season"], "a new season is noted"),
        (["target", "keep"], "target 0 % in every phase"),
        (["target", "raise"], "the target may rise again"),
        (["video", "ok"], "form as it should be"),
        (["days", "thu", "Monday", "mi"], "running days: Monday, Wednesday, Thursday\n"),
        (["days", "any"], "any day may be run"),
    ],
)
def test_every_word_is_understood(words: list[str], told: str, capsys: Capture) -> None:
    assert told in said(["plan", *words], capsys)
    assert "decided" in shown(["plan", *words], capsys)


def test_a_race_is_repeated_with_its_date_and_what_follows_from_it(capsys: Capture) -> None:
    told = said(["plan", "race", "2099-12-05"], capsys).splitlines()[0]
    assert told.startswith("race on Saturday 5 December 2099")
    assert "from 28 November no new target, drill, shoe, surface or pack; race day and the two days after are plain" in told
    assert ("in " in told) is (planned(Path("journal.db"), moment()).day is not None)
    assert shown(["plan", "today"], capsys)["race"] == "2099-12-05"
    assert said(["plan", "race", "off"], capsys).startswith("no race\n")
    found = shown(["plan", "today"], capsys)
    assert (found["race"], found["race_in_days"]) == (None, None)


def test_a_day_that_is_past_is_refused_as_far_as_anybody_can_know(capsys: Capture, own: Path) -> None:
    words = ["plan", "race", "2026-01-02"]
    if planned(own, moment()).day is not None:
        assert "Friday 2 January 2026 is past, for today is" in said(words, capsys, 2)
        assert not own.exists()
    else:
        assert main(words) == 0
        told = capsys.readouterr()
        assert "that it lies ahead cannot be checked" in told.out
        assert told.err == "by this machine's own clock, which nobody vouches for, that day is past\n"


def test_what_the_plan_refuses_ends_with_one(capsys: Capture) -> None:
    assert "not advanced" in said(["plan", "advance"], capsys, 1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["race", "2025-06-01"], "Sunday 1 June 2025 is past"),
        (["race", "tomorrow"], "write year, month and day, such as 2026-10-11"),
        (["race", "2026-02-30"], "cued: 2026-02-30: there is no such day"),
        (["race", "20261011"], "write year, month and day"),
        (["injured", "claf"], "did you mean calf?"),
        (["plain", "tomorrow"], "cued: tomorrow: give today\n"),
        (["target", "180"], "cued: 180: give keep or raise\n"),
        (["video", "good"], "cued: good: give ok or slipped\n"),
        (["days", "s"], "cued: DAY: s: give mon, tue, wed, thu, fri, sat, sun or any. `cued plan days --help` shows how."),
        (["show", "--weeks", "-3"], "cued: --weeks: -3 is less than 1. "),
        (["tomorow"], "there is no `cued plan tomorow`"),
        ([], "say what: show, today"),
    ],
)
def test_a_slip_of_the_finger_is_one_sentence(words: list[str], told: str, capsys: Capture) -> None:
    found = said(["plan", *words], capsys, 2)
    assert told in found
    assert len(found.splitlines()) == 1


def test_the_calendar_is_drawn_and_written_as_a_page(capsys: Capture) -> None:
    told = said(["plan", "show", "--html", "plan.html", "--weeks", "2"], capsys)
    assert "Phase 1 of 6, awareness: 0 of 2 weeks, 0 of 5 cue sessions" in told
    assert "[c 35]" in told
    assert "written: plan.html" in told
    page = Path("plan.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "script" not in page
    weeks = shown(["plan", "show", "--weeks", "2"], capsys)["weeks"]
    assert [len(week["days"]) for week in weeks] == [7, 7]


def test_the_calendar_shows_what_was_run_what_comes_and_which_weeks_are_lighter() -> None:
    walk = at_phase(2)
    walk.run()
    lines = calendar_lines(walk.state, walk.day)
    assert lines[0] == "Phase 2 of 6, low-load drills: 0 of 3 weeks, 1 of 5 cue sessions"
    assert lines[2] == "Planned runs done: 8 of 8 in the last 14 days"
    assert "[C 38]" in lines[7]
    assert sum("lighter" in line for line in lines) == 2
    assert all(len(line) <= 88 for line in lines[3:])
    rows = weeks_of(walk.state, walk.day, 2, 3)
    assert [row.number for row in rows] == [3, 4, 5, 6, 7, 8]
    assert "".join(cell.mark for cell in rows[1].cells) == "C·P·C·P"
    assert "".join(cell.mark for cell in rows[2].cells) == "C·p·c·p"


def test_how_many_of_the_planned_runs_were_run_is_told() -> None:
    walk = Walk()
    assert lately_text(walk.state, walk.day) == "", "nothing was planned yet"
    walk.weeks(3)
    assert planned_lately(walk.state, walk.day) == Lately(8, 8, 14), "today's run is still to come"
    walk.day += 7
    assert planned_lately(walk.state, walk.day) == Lately(4, 8, 14)
    assert lately_text(walk.state, walk.day) == "Planned runs done: 4 of 8 in the last 14 days"
    assert "Planned runs done: 4 of 8 in the last 14 days" in plan_html(walk.state, walk.day, ())


def test_days_off_are_no_missed_runs() -> None:
    walk = Walk()
    walk.weeks(3)
    walk.say(Say.ILL)
    walk.day += 7
    lately = planned_lately(walk.state, walk.day)
    assert lately.days < 14
    assert lately.done >= lately.planned


def test_a_race_stands_in_its_week_and_a_day_between_runs_says_so() -> None:
    walk = at_phase(2)
    walk.run()
    walk.day += 1
    walk.say(Say.RACE, on=walk.day + 10)
    lines = calendar_lines(walk.state, walk.day)
    assert "no run planned; if you run: plain, 38 min: a plain run between cue days" in lines[1]
    (race,) = [line for line in lines if "race" in line]
    assert race.lstrip().startswith("6 ")


def test_a_page_shows_decisions_and_no_foreign_text_as_markup() -> None:
    walk = Walk()
    walk.weeks(5)
    page = plan_html(walk.state, walk.day, walk.decided)
    assert page.count("<tr>") == 11
    assert "advance to phase 2" in page
    assert "<li><b>" in page
    assert '<span class="now">framed</span>: today' in page


def test_an_unset_clock_is_told_and_nothing_advances(own: Path) -> None:
    plan = planned(own, Moment(moment().utc_ns, 0, synced=False))
    assert plan.day is None
    assert plan.today.cued


def test_whoever_is_in_doubt_of_the_date_is_told_where_to_look(capsys: Capture, own: Path) -> None:
    assert main(["plan", "today"]) == 0
    told = "today's date is not known to be right: sessions count, days do not, and nothing advances; `cued doctor` tells"
    assert (told in capsys.readouterr().err) is (planned(own, moment()).day is None)


def test_json_of_a_word_is_json(capsys: Capture) -> None:
    found = json.loads(said(["plan", "hold", "--json"], capsys))
    assert found["held"] is True
    assert found["decided"][0]["override"] is True


def test_without_a_date_the_calendar_tells_what_the_next_run_would_be_as_today_does() -> None:
    walk = at_phase(2)
    walk.say(Say.DAYS, weekdays=(weekday(walk.day + 1),))
    assert calendar_lines(walk.state, walk.day)[1].endswith("rest: not one of your running days")
    told = f"The next run: {line(today(walk.state, None))}"
    assert told.startswith("The next run: drills, ")
    assert calendar_lines(walk.state, walk.day, sure=False)[1] == told
    assert f"<p>{told}" in plan_html(walk.state, walk.day, (), sure=False)


def test_run_goes_by_the_plan_once_it_was_spoken_to_unless_a_pack_is_named(tmp_path: Path, capsys: Capture) -> None:
    journal = tmp_path / "journal.db"
    quick = ("run", "--sensor", "none", "--output", "null", "--for", "1s", "--keys", "none", "--socket", "none", "--new")
    kept = ("--journal", str(journal))
    assert main([*quick, *kept]) == 0
    assert "by the plan" not in capsys.readouterr().err
    assert main(["plan", "plain", "today", *kept]) == 0
    capsys.readouterr()
    assert main([*quick, *kept]) == 0
    told = capsys.readouterr().err
    assert "by the plan: plain, " in told
    assert "not heard" not in told
    assert main([*quick, *kept, "--beat", "164"]) == 0
    assert "; without a beat, so --beat is not heard)" in capsys.readouterr().err
    assert main([*quick, *kept, "--pack", "metronome"]) == 0
    assert "by the plan" not in capsys.readouterr().err
    with reading(journal) as read:
        sessions = [(one.pack, json.loads(read.head(one.id).settings)["chosen_by"]) for one in reversed(read.sessions())]
    assert sessions == [("metronome", "name"), ("plain", "plan"), ("plain", "plan"), ("metronome", "name")]


QUICK = ("run", "--sensor", "none", "--output", "null", "--for", "1s", "--keys", "none", "--socket", "none", "--new")


def heard_of(tmp_path: Path, *more: str) -> str:
    """What a run of a second says."""
    events = tmp_path / "events.jsonl"
    assert main([*QUICK, "--pack", "metronome", "--events", str(events), *more]) == 0
    return events.read_text(encoding="utf-8")


@pytest.mark.parametrize("told", [("--pain", "5"), ("--pain-kind", "sharp"), ("--pain-kind", "limp")])
def test_a_run_after_pain_is_plain_whatever_pack_is_named_and_says_why(
    told: tuple[str, ...], tmp_path: Path, capsys: Capture, own: Path
) -> None:
    assert "recorded without beat" not in heard_of(tmp_path) + capsys.readouterr().err
    assert main(["log", "rate", "last", *told]) == 0
    heard = heard_of(tmp_path)
    assert "it hurt today: cueing is over for the day; this run is recorded without beat and cues\n" in capsys.readouterr().err
    assert "Cueing is over. Walk if it hurts." in heard
    assert '"metronome"' not in heard
    assert "Keine Hinweise mehr. Bei Schmerzen gehen, nicht laufen." in heard_of(tmp_path, "--language", "de")
    assert "you will hear" not in capsys.readouterr().err
    assert "Cueing is over. Walk if it hurts." in heard_of(tmp_path, "--language", "fr")
    assert "plain has no texts in fr: you will hear en" in capsys.readouterr().err
    with reading(own) as journal:
        assert [session.pack for session in journal.sessions()] == ["plain", "plain", "plain", "metronome"]
    assert main(["drills", "play", "strength", "--whole", "--output", "null"]) == 2
    assert "it hurt today: cueing is over for the day, and so are drills" in capsys.readouterr().err


def test_pain_before_a_run_makes_that_run_plain_and_pain_of_four_does_not(tmp_path: Path, capsys: Capture, own: Path) -> None:
    heard_of(tmp_path, "--pain-before", "4")
    assert "it hurt" not in capsys.readouterr().err
    heard_of(tmp_path, "--pain-before", "5")
    assert "it hurt today" in capsys.readouterr().err
    heard_of(tmp_path, "--pain-before", "5", "--journal", "none")
    assert "it hurt today" in capsys.readouterr().err
    with reading(own) as journal:
        assert [session.pack for session in journal.sessions()] == ["plain", "metronome"]


def test_a_pack_that_is_named_while_something_is_sore_has_no_beat_and_says_so(
    tmp_path: Path, capsys: Capture, own: Path
) -> None:
    eased = "something is sore (`cued plan why`): no beat, no drills or strides, no cue that loads it\n"
    heard_of(tmp_path)
    heard_of(tmp_path, "--pain-before", "4")
    assert eased in capsys.readouterr().err
    assert main(["log", "rate", "last", "--pain", "4", "--place", "calf"]) == 0
    heard_of(tmp_path)
    assert eased in capsys.readouterr().err
    assert main(["plan", "plain", "today"]) == 0
    assert main([*QUICK, "--pain-before", "4"]) == 0
    with reading(own) as journal:
        packs = [past_of(journal, str(session.id)).how.pack for session in reversed(journal.sessions())]
    beats = [{segment.metronome.mode for segment in pack.segments()} for pack in packs]
    assert [pack.name for pack in packs] == ["metronome", "metronome", "metronome", "plain"]
    assert Mode.NUDGE in beats[0]
    assert beats[1:] == [{Mode.NONE}] * 3


def test_a_run_of_the_injured_is_plain_whatever_pack_is_named(tmp_path: Path, capsys: Capture) -> None:
    said(["plan", "injured", "calf"], capsys)
    assert "No cues while you are injured." in heard_of(tmp_path)
    assert "injured: no cues (`cued plan well` goes on); this run is recorded without beat" in capsys.readouterr().err


def test_a_simulated_runner_is_not_held_back(tmp_path: Path, capsys: Capture) -> None:
    said(["plan", "injured", "calf"], capsys)
    events = tmp_path / "events.jsonl"
    words = ["run", "--sensor", "sim", "--output", "null", "--for", "5s", "--rate", "20", "--socket", "none", "--keys", "none"]
    assert main([*words, "--pack", "metronome", "--events", str(events)]) == 0
    assert "injured" not in capsys.readouterr().err
