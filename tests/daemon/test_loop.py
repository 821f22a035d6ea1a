"""What a day's table cannot show: a pack that is late, a fault in a turn, a watchdog that is not fed, a crowd at the desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cued.control import commands
from cued.control.protocol import Answer, Done, Refused
from cued.core import engine
from cued.core.effects import RecallClicks
from cued.core.happening import Phase
from cued.formats.events_file import EventsFile
from cued.review.summary import summarize
from cued.runtime.daemon.choice import Choice
from cued.runtime.daemon.loop import MOST_FAULTS
from cued.runtime.daemon.ports import Asked
from cued.runtime.daemon.state import last_in_words
from cued.units import NS_PER_S
from tests.support.day import House, read_day

RUN = "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n0:05  run 166\n1:30  quit\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(read_day(RUN), tmp_path)


def slow(house: House, seconds: int) -> list[str]:
    """A day on which the first pack takes so long to be rendered."""
    house.time.script = [(at_ns, house.act(what)) for at_ns, what in house.day.script]
    house.mouth.takes_ns = seconds * NS_PER_S
    house.daemon.today.choose(Choice("metronome"))
    house.daemon.run()
    return house.table.lines


def test_a_run_that_begins_before_its_pack_is_ready_begins_where_it_began(house: House) -> None:
    lines = slow(house, 40)
    assert "0:40  > session 1 begins at 0:05: metronome" in lines
    assert not any("Ready" in line for line in lines[: lines.index("0:40  > session 1 begins at 0:05: metronome")])
    assert house.book.seats[0].ended_ns == 85 * NS_PER_S


def test_pain_told_before_the_pack_is_ready_keeps_the_run_plain(tmp_path: Path) -> None:
    script = "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n0:05  run 166\n0:30  ask pain\n5:00  quit\n"
    lines = slow(House(read_day(script), tmp_path), 40)
    assert "0:30  > answers: cueing is over for today; walk if it hurts" in lines
    assert any(line.endswith("begins at 0:05: plain") for line in lines)
    assert not any("beat on" in line for line in lines)


def test_a_run_that_begins_after_a_held_button_keeps_the_machine_on(tmp_path: Path) -> None:
    script = "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n0:05  ask start\n1:00  press held\n1:01  ask start\n3:00  quit\n"
    lines = House(read_day(script), tmp_path).live()
    assert "1:00  > says: Saved. Safe to unplug." in lines
    assert "1:01  > session 2 begins at 1:01: metronome" in lines
    assert not any("switched off" in line for line in lines)


def test_a_run_that_goes_on_counts_from_where_the_runner_ran_again(tmp_path: Path) -> None:
    script = "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n1:00  run 166\n3:00  stand\n9:00  run 166\n11:00  quit\n"
    house = House(read_day(script), tmp_path)
    house.live()
    (seat,) = house.book.seats
    session = engine.start(seat.how)
    for event in seat.events:
        session, _ = engine.step(session, event)
    seen = engine.view(session)
    assert seen.distance_m == pytest.approx(240 * 3.0, abs=9.0)
    assert seen.run_ns == pytest.approx(240 * NS_PER_S, abs=2 * NS_PER_S)  # without the 10 s of standing that made it a pause
    assert seat.replays()


def test_a_run_that_ends_before_its_pack_is_ready_was_none(tmp_path: Path) -> None:
    script = "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n0:05  ask start\n0:10  ask stop\n1:30  quit\n"
    house = House(read_day(script), tmp_path)
    lines = slow(house, 40)
    assert house.book.seats == []
    assert not any("saved" in line for line in lines)


def test_a_rating_that_comes_too_late_and_a_start_that_goes_on_are_answered_as_such(tmp_path: Path) -> None:
    script = (
        "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n0:04  ask rate what=effort answer=5\n"
        "0:05  ask rate what=pain answer=5\n1:00  run 166\n"
        "3:00  stand\n9:00  ask start\n9:30  quit\n"
    )
    lines = House(read_day(script), tmp_path).live()
    assert "0:04  > refuses: no run is on: `cued log rate last` tells it of the last one" in lines
    assert any("0:05  > refuses: no run is on: `cued log rate last --pain 6`" in line for line in lines)
    assert any("9:00  > answers: going on with your run: warmup" in line for line in lines)
    assert len([line for line in lines if "begins at" in line]) == 1


def test_clicks_that_were_taken_back_are_counted_nowhere(tmp_path: Path) -> None:
    script = "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n1:00  run 170\n"
    taken = "".join(
        f"{minute}:00  ask pause\n{minute}:03  ask resume\n{minute}:31  press play\n{minute}:33  press play\n"
        for minute in (3, 4, 5)
    )
    house = House(read_day(f"{script}{taken}7:00  ask stop\n8:00  quit\n"), tmp_path)
    house.live()
    (seat,) = house.book.seats
    assert seat.ended_ns is not None
    assert any(isinstance(effect, RecallClicks) for effect in seat.effects)
    file = EventsFile(seat.how, voice="real", source="test")
    lines = [file.header(), *file.add(seat.effects, seat.ended_ns), *file.finish(seat.ended_ns)]
    assert house.daemon.sessions.totals().clicks == summarize(map(json.loads, lines)).clicks > 500


def failing(house: House, times: int) -> Callable[[int], None]:
    left = [times]

    def look(_now_ns: int) -> None:
        if left[0]:
            left[0] -= 1
            raise ValueError("a fault that a test has put there")

    return look


def survived(house: House) -> None:
    """As the real loop, with the table's own end."""
    script = [(at_ns, house.act(what)) for at_ns, what in house.day.script]
    house.time.script = script
    house.daemon.run()


OTHER = """# x
pack other:
  format: 1
  name: other
  version: 1.0.0
  title: "Other"
  language: en
  license: CC0-1.0
  session: [{segment: steady, for: 3 h}]
pack other.new:
  format: 1
  name: other
  version: 1.0.0
  title: "Newer"
  language: en
  license: CC0-1.0
  session: [{segment: steady, for: 2 h}]
pack other.half:
  format: 1
---
0:02  headphones on
0:03  pod Stryd
0:05  run 166
1:00  ask pack use name=other
2:00  edit other.half
3:00  edit other.new
3:30  quit
"""


def test_an_edit_of_a_pack_that_was_taken_in_the_run_is_offered_and_half_of_one_is_not(tmp_path: Path) -> None:
    house = House(read_day(OTHER), tmp_path)
    offers: list[str] = []

    def look(now_ns: int) -> None:
        watching(now_ns)
        if house.daemon.today.offer not in offers[-1:]:
            offers.append(house.daemon.today.offer)

    watching = house.daemon.world.look_around
    house.daemon.world.look_around = look
    lines = house.live()
    (refused,) = [line for line in lines if "is not right" in line]
    assert refused.startswith("2:02  > notice: the pack other has been edited and is not right: other.yaml:1:1")
    assert "3:02  > notice: the pack other has been edited: the run goes on as it is" in lines
    assert offers == ["", "other has been edited: `cued pack use other` takes it now"]


def test_a_fault_in_a_turn_is_told_and_the_run_goes_on(house: House) -> None:
    house.daemon.world.look_around = failing(house, 3)
    survived(house)
    assert len(house.daemon.faults) == 3
    assert sum("a fault in cued itself: ValueError" in line for line in house.table.lines) == 3
    assert house.book.seats[0].ended_ns is not None


def test_a_fault_that_comes_again_and_again_ends_the_daemon_to_be_begun_anew(house: House) -> None:
    def fail(_now_ns: int) -> list[object]:
        raise ValueError("always")

    house.feet.collect = fail  # type: ignore[method-assign, assignment]  # a pod that nobody can understand
    with pytest.raises(ValueError, match="always"):
        survived(house)
    assert len(house.daemon.faults) == MOST_FAULTS


@pytest.mark.parametrize("sick", ["sound", "journal"])
def test_the_watchdog_is_not_fed_while_something_is_sick(house: House, sick: str) -> None:
    part = house.mouth if sick == "sound" else house.book
    part.is_well = lambda *_: False  # type: ignore[method-assign]  # a part that has died
    house.live()
    assert "fed" not in house.manager.told
    assert "ready: Stryd, sound, metronome" in house.manager.told


def test_a_crowd_that_asks_at_once_is_told_the_same_and_who_changes_something_the_truth(house: House) -> None:
    answers: list[Answer] = []
    for _ in range(3):
        house.inbox.put(Asked(commands.Status(), answers.append))
    house.daemon.turn()
    assert len({id(answer) for answer in answers}) == 1
    house.inbox.put(Asked(commands.Start(), answers.append))
    house.inbox.put(Asked(commands.Status(), answers.append))
    house.daemon.turn()
    last = answers[-1]
    assert isinstance(last, Done)
    assert last.result["phase"] == "running"
    assert house.daemon.life.phase is Phase.RUNNING


def test_a_fault_behind_a_command_is_told_to_who_asked(house: House) -> None:
    house.daemon.turn()

    def fail(_percent: object, _gain: object) -> None:
        raise OSError("no such volume")

    house.mouth.set_volume = fail  # type: ignore[method-assign, assignment]  # a sound that has died
    answers: list[Answer] = []
    house.inbox.put(Asked(commands.Volume(50), answers.append))
    house.daemon.turn()
    (answer,) = answers
    assert isinstance(answer, Refused)
    assert "no such volume" in answer.sentence
    assert house.daemon.faults == []


@pytest.mark.parametrize(("becomes", "told"), [("empties", "Run saved."), ("fills", "Saved, but not to its end.")])
def test_what_became_of_a_run_is_shown_also_if_the_next_began_before_that_was_known(
    tmp_path: Path, becomes: str, told: str
) -> None:
    script = (
        "# x\n---\n0:02  headphones on\n0:03  pod Stryd\n1:00  run 166\n3:00  disk hangs\n4:00  ask stop\n4:20  ask start\n"
        f"4:40  disk {becomes}\n5:00  quit\n"
    )
    house = House(read_day(script), tmp_path)
    seen: list[str] = []
    looks = [(at_s * NS_PER_S, lambda: seen.append(last_in_words(house.daemon))) for at_s in (270, 290)]
    house.time.script = [*house.time.script, *looks]
    lines = house.live()
    assert any("session 2 begins at 4:20" in line for line in lines)
    assert [words.split(" Three")[0] for words in seen] == ["Not saved yet.", told]
    assert not any(told in line for line in lines)
