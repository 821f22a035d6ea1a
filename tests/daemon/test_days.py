"""Virtual days: numbered scenarios, each with what is expected beside it (`days/*.txt`; the words: `tests/support/day.py`)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cued.control.lights import Light
from cued.packs.catalog import open_pack
from cued.runtime.daemon.state import house_status
from cued.runtime.daemon.today import PLAIN_TITLES, plain
from tests.support.day import House, read_day

DAYS = sorted(Path(__file__).with_name("days").glob("*.txt"))


@pytest.mark.parametrize("file", DAYS, ids=lambda file: file.stem)
def test_a_day_goes_as_its_table_says(file: Path, tmp_path: Path) -> None:
    day = read_day(file.read_text(encoding="utf-8"))
    house = House(day, tmp_path)
    lines = house.live()
    assert "\n".join(lines) == "\n".join(day.expected), "\n".join(["what came of it:", *lines])
    assert house.mouth.late_clicks == []
    assert house.mouth.wrongs == []
    assert all(seat.ended_ns is not None and seat.replays() for seat in house.book.seats)


def test_the_days_are_numbered_without_a_gap() -> None:
    assert [int(re.match(r"\d+", file.name)[0]) for file in DAYS] == list(range(1, len(DAYS) + 1))  # type: ignore[index]  # all have one


def test_the_led_shows_how_it_stands(tmp_path: Path) -> None:
    script = "# x\n---\n0:05  headphones on\n0:10  pod Stryd\n1:00  run 166\n3:00  stand\n20:00 quit\n"
    house = House(read_day(script), tmp_path)
    house.live()
    assert house.led.shown == [Light.WAITING, Light.READY, Light.RUNNING, Light.READY]


def test_a_pack_that_is_broken_from_the_start_is_a_trouble_that_shows_and_is_no_end(tmp_path: Path) -> None:
    script = "# x\npack: bad\npack bad:\n  format: 1\n---\n0:05  headphones on\n0:10  pod Stryd\n1:00  run 166\n2:00  quit\n"
    house = House(read_day(script), tmp_path)
    lines = house.live()
    assert set(house.led.shown) == {Light.FAULT}
    assert "0:10  > says: Plain run. Stryd. Recording. No cues today." in lines
    assert "1:20  > session 1 begins at 1:00: plain" in lines


def test_headsets_and_phones_show_pack_and_segment_in_the_runners_language(tmp_path: Path) -> None:
    script = "# x\nconfig: runner: {language: de}\n---\n0:05  headphones on\n0:10  pod Stryd\n1:00  run 166\n2:00  quit\n"
    house = House(read_day(script), tmp_path)
    house.live()
    assert {(one.pack, one.segment) for one in house.keyboard.shown if one.pack} == {
        ("Ein gleichmäßiger Takt", ""),
        ("Ein gleichmäßiger Takt", "Einlaufen"),
    }


def test_a_run_without_cues_has_a_title_in_the_language_of_its_pack_too() -> None:
    for language, other in (("en", "de"), ("de", "en"), ("fr", "de")):
        made = plain(replace(open_pack("integration").pack, language=language))
        assert {made.title_for("de"), made.title_for("en")} == {"Einfacher Lauf", "Plain run"}
        assert made.title == made.title_for(language) != made.title_for(other)
    shipped = open_pack("plain").pack
    assert {code: shipped.title_for(code) for code in PLAIN_TITLES} == PLAIN_TITLES


def test_the_watchdog_is_fed_and_the_service_manager_told(tmp_path: Path) -> None:
    script = "# x\n---\n0:05  headphones on\n0:10  pod Stryd\n1:00  run 166\n2:00  quit\n"
    house = House(read_day(script), tmp_path)
    house.live()
    told = house.manager.told
    assert told.count("fed") > 100
    assert told[-1] == "stopping"
    assert "ready: Stryd, sound, metronome" in told
    assert any(line.startswith("running: metronome, 0:") for line in told)


def test_status_tells_why_nobody_is_cued_after_pain(tmp_path: Path) -> None:
    script = "# x\n---\n0:05  headphones on\n0:10  pod Stryd\n1:00  run 166\n3:00  ask pain\n4:00  ask stop\n5:00  quit\n"
    house = House(read_day(script), tmp_path)
    house.live()
    today = house_status(house.daemon, house.time.now_ns()).today
    assert (today.plain, today.barred) == (True, "it hurt today: cueing is over for the day")
