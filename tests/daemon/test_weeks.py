"""Three weeks of the real loop with a real journal, by the plan alone: days with and without cues take turns, an injury told by
key ends the cues, and well again it is one phase back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cued.coaching.happening import Say, Word
from cued.control.keys import Key
from cued.formats.event_codec import decode_as
from cued.journal import edit
from cued.journal.reader import reading
from cued.journal.rows import Row
from cued.journal.wall import Moment
from cued.runtime import planning
from cued.runtime.daemon.book import JournalBook
from cued.runtime.daemon.planner import JournalPlan
from cued.runtime.daemon.ports import Asked, Book, Notice, Planner, Pressed
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_MS, NS_PER_S
from tests.support.day import House, command_of, read_day
from tests.support.day_world import VirtualTime
from tests.support.waiting import wait_for

MONDAY_UTC_NS = 1_778_486_400 * NS_PER_S
"""2026-05-11, 8 o'clock: a day's begin, whatever the machine's time zone."""
PLAIN = "Plain run. Stryd. Battery eighty percent. Recording. No cues today."
NOT_INJURED = ("says: Today a plain run. No cues.", "says: No cues while you are injured.")
RUN = 12 * NS_PER_MIN
ANSWERS = {
    "Anything sore this morning? Play for yes, next for no.": Key.NEXT,
    "Zero.": Key.PLAY_PAUSE,
    "Three.": Key.PLAY_PAUSE,
}
"""Nothing sore; no pain; effort three."""
MENU = {"injured": 3, "well": 6, "race": 7}
"""How often next is pressed."""
REACTS_NS = 700 * NS_PER_MS


class Weeks:
    """A runner and the daemon in the runner's vest."""

    def __init__(self, folder: Path, pack: str = "") -> None:
        """`pack`: the configuration's; empty: the plan's."""
        self.journal = folder / "journal.db"
        self.synced = True

        def join(time: VirtualTime, notice: Notice) -> tuple[Book, Planner]:
            def moment() -> Moment:
                return Moment(MONDAY_UTC_NS + time.now_ns(), time.now_ns(), self.synced)

            self.moment: Callable[[], Moment] = moment
            return JournalBook(self.journal, {}, notice, 30 * NS_PER_MIN, moment), JournalPlan(self.journal, moment)

        day = read_day("# weeks\nasks: yes\n---\n")
        day.pack = pack
        self.house = House(day, folder, join)
        self._seen = 0
        self.live(10 * NS_PER_S)

    def live(self, for_ns: int) -> list[str]:
        """So long; what came of it."""
        house, began = self.house, len(self.house.table.lines)
        until_ns = house.time.now_ns() + for_ns
        while house.time.now_ns() < until_ns:
            house.daemon.turn()
            self.write_down()
            for line in house.table.lines[self._seen :]:
                key = ANSWERS.get(line.partition("  > says: ")[2])
                if key is not None:
                    self.press(key, house.time.now_ns() + REACTS_NS)
            self._seen = len(house.table.lines)
        return [line.partition("  > ")[2] for line in house.table.lines[began:]]

    def write_down(self) -> None:
        """The journal's thread has a time of its own, which a day in a second leaves behind."""
        daemon = self.house.daemon
        if daemon.saving.is_due:
            wait_for(lambda: daemon.saving.is_written, what="the run on the disk")
        if daemon.sessions.leaving is not None:
            daemon.sessions.leaving.wait()

    def press(self, key: Key, at_ns: int) -> None:
        inbox = self.house.inbox
        self.house.time.script.append((at_ns, lambda: inbox.put(Pressed(at_ns, key))))
        self.house.time.script.sort(key=lambda one: one[0])

    def sleep_until(self, day: int) -> None:
        """The machine is put away until the morning of that day."""
        house = self.house
        self.house.feet.pod(None, None, up=False)
        self.live(NS_PER_S)
        house.time.sleep(day * 24 * NS_PER_H - house.time.now_ns())
        house.daemon.turn()
        self.live(10 * NS_PER_S)

    def morning(self) -> list[str]:
        """Headphones and pod are put on."""
        self.house.feet.pod("Stryd", 80, up=True)
        return self.live(30 * NS_PER_S)

    def name_pack(self) -> None:
        """Not the plan's own."""
        self.ask("pack use name=metronome")
        self.live(10 * NS_PER_S)

    def run(self) -> list[str]:
        """Out, home, and the questions answered."""
        house = self.house
        house.feet.go(166.0)
        lines = self.live(RUN)
        house.feet.go(0.0)
        return lines + self.live(40 * NS_PER_MIN)

    def ask(self, words: str) -> None:
        """Over the control socket."""
        self.house.inbox.put(Asked(command_of(words), self.house.answered))
        self.house.daemon.turn()

    def plan(self) -> planning.Planned:
        """As of now."""
        return planning.planned(self.journal, self.moment())

    def pick(self, name: str, *nexts: int) -> list[str]:
        """By the menu of the previous key, and in each menu within so many items on."""
        now_ns = self.house.time.now_ns()
        keys = [Key.PREVIOUS]
        for count in (MENU[name], *nexts):
            keys += [*[Key.NEXT] * count, Key.PLAY_PAUSE]
        for number, key in enumerate(keys, 1):
            self.press(key, now_ns + number * NS_PER_S)
        return self.live(30 * NS_PER_S)

    def packs(self) -> list[str]:
        """Of all sessions, in order."""
        with reading(self.journal) as journal:
            return [session.pack for session in reversed(journal.sessions())]


def test_three_weeks_by_the_plan_alone(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    for day in (1, 3, 5, 6, 8):
        weeks.sleep_until(day)
        cued = day in {1, 5, 8}
        told = "Ready. Stryd. Battery eighty percent. Phase 1: awareness." if cued else PLAIN
        assert weeks.morning()[0] == f"says: {told}"
        assert ("says: Listen to your footsteps." in weeks.run()) is cued
    # What is said to the plan elsewhere is heard: `cued plan advance`.
    planning.say(weeks.journal, weeks.moment(), Word(None, Say.ADVANCE))
    for day in (9, 12, 14):
        weeks.sleep_until(day)
        weeks.morning()
        weeks.run()
    assert weeks.packs() == ["awareness", "plain", "awareness", "plain", "awareness", "plain", "drills", "plain"]

    weeks.sleep_until(15)
    assert "says: Ready. Stryd. Battery eighty percent. Phase 2: low-load drills." in weeks.morning()
    assert weeks.pick("injured", 0)[-3:] == ["says: Done. Calf.", *NOT_INJURED]
    weeks.run()
    weeks.sleep_until(17)
    assert weeks.morning()[0] == f"says: {PLAIN}"
    weeks.run()
    assert weeks.packs()[-2:] == ["plain", "plain"]

    weeks.sleep_until(19)
    weeks.morning()
    assert "says: Today: Phase 1: awareness." in weeks.pick("well")
    assert "says: Listen to your footsteps." in weeks.run()
    assert weeks.plan().state.phase == 1
    with reading(weeks.journal) as journal:
        assert {json.loads(journal.head(session.id).settings)["chosen_by"] for session in journal.sessions()} == {"plan"}
        assert [decode_as(word.word, Word).say for word in journal.words()] == [Say.ADVANCE, Say.INJURED, Say.WELL]


def test_each_run_with_a_named_pack_is_the_next_session_with_it(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path, "metronome")
    weeks.sleep_until(1)
    weeks.morning()
    for _ in range(3):
        weeks.run()
    with reading(weeks.journal) as journal:
        assert [(one.pack, one.session_number) for one in journal.sessions()] == [("metronome", number) for number in (3, 2, 1)]


def test_a_race_by_key_is_what_the_command_would_have_written_down(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    weeks.synced = False
    weeks.sleep_until(1)
    weeks.morning()
    assert weeks.pick("race")[-1] == "says: Today's date is not known yet, so no race is noted."
    weeks.synced = True
    weeks.live(10 * NS_PER_S)
    assert weeks.pick("race", 1, 2)[-1] == "says: Race on Wednesday, the twentieth of May."
    day = planning.day_now(weeks.moment())
    assert day is not None
    assert weeks.plan().state.race == day + 8
    assert "says: Done." in weeks.pick("race", 0)
    assert weeks.plan().state.race is None
    with reading(weeks.journal) as journal:
        words = [decode_as(word.word, Word) for word in journal.words()]
    assert words == [Word(day, Say.RACE, on=day + 8), Word(day, Say.NO_RACE)]


def test_a_date_that_becomes_known_is_noticed_and_so_is_a_rating_from_elsewhere(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    weeks.synced = False
    weeks.sleep_until(1)
    assert weeks.morning()[0] == "says: Ready. Stryd. Battery eighty percent. Phase 1: awareness."
    planning.say(weeks.journal, weeks.moment(), Word(None, Say.AWAY))
    assert weeks.live(10 * NS_PER_S) == ["says: The plan has a rest day. If you run, it is plain."]
    planning.say(weeks.journal, weeks.moment(), Word(None, Say.WELL))
    assert weeks.live(10 * NS_PER_S)[0] == "says: Today: Phase 1: awareness."
    weeks.run()
    weeks.synced = True
    weeks.sleep_until(2)
    assert weeks.morning()[0] == f"says: {PLAIN}"
    before = weeks.house.daemon.today.prepared
    weeks.live(NS_PER_MIN)
    assert weeks.house.daemon.today.prepared is before


def test_a_run_right_after_one_with_cues_is_plain_before_the_plan_has_been_asked(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    weeks.sleep_until(1)
    weeks.morning()
    weeks.ask("start")
    weeks.live(15 * NS_PER_MIN)
    weeks.ask("stop")
    weeks.ask("start")
    weeks.live(NS_PER_MIN)
    assert weeks.house.daemon.sessions.on is not None
    assert weeks.packs() == ["awareness", "plain"]
    weeks.ask("stop")
    weeks.live(NS_PER_MIN)


def test_who_names_a_pack_gets_it_and_that_is_written_down(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    weeks.sleep_until(1)
    weeks.morning()
    weeks.name_pack()
    weeks.run()
    assert weeks.packs() == ["metronome"]
    with reading(weeks.journal) as journal:
        assert json.loads(journal.head(1).settings)["chosen_by"] == "name"
    assert weeks.house.daemon.today.choice.planned


def test_who_is_injured_runs_plain_whatever_pack_was_named(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    weeks.sleep_until(1)
    weeks.morning()
    weeks.name_pack()
    assert weeks.pick("injured", 1)[-3:] == ["says: Done. Achilles tendon.", *NOT_INJURED]
    weeks.run()
    assert weeks.packs() == ["plain"]


def test_pain_that_another_program_writes_down_keeps_the_named_pack_from_the_days_next_run(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    weeks.sleep_until(1)
    weeks.morning()
    weeks.name_pack()
    weeks.run()
    now_ns = weeks.moment().utc_ns
    edit.add(weeks.journal, 1, [Row("ratings", (None, "pain_kind", "sharp", now_ns))])
    for _ in range(2):  # whatever the second is begun with
        weeks.live(10 * NS_PER_S)
        weeks.ask("start pack=awareness")
        assert "says: Cueing is over. Walk if it hurts." in weeks.live(5 * NS_PER_S)
        weeks.live(NS_PER_MIN)
        weeks.ask("stop")
        weeks.live(40 * NS_PER_MIN)
    weeks.sleep_until(2)
    weeks.ask("start pack=awareness")
    weeks.live(10 * NS_PER_S)
    assert weeks.packs() == ["metronome", "plain", "plain", "awareness"]


def test_pain_told_of_a_run_too_short_to_count_ends_cueing_all_the_same(tmp_path: Path) -> None:
    weeks = Weeks(tmp_path)
    weeks.sleep_until(1)
    weeks.morning()
    weeks.ask("start pack=metronome")
    weeks.live(NS_PER_MIN)
    weeks.ask("stop")
    weeks.live(40 * NS_PER_MIN)
    edit.add(weeks.journal, 1, [Row("ratings", (None, "pain", 5.0, weeks.moment().utc_ns))])
    assert weeks.plan().today.stopped
    weeks.ask("start pack=metronome")
    weeks.live(10 * NS_PER_S)
    assert weeks.packs() == ["metronome", "plain"]


def test_a_journal_that_cannot_be_read_is_told_and_the_run_is_plain(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no journal at all" * 400)
    weeks = Weeks(tmp_path)
    weeks.sleep_until(1)
    assert weeks.morning()[0] == f"says: {PLAIN}"
    assert "today's run" in weeks.house.daemon.today.trouble
