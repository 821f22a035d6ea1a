"""What feeds a run: nobody, a simulated runner, a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from cued.core.effects import PlayClick
from cued.core.events import CadenceSample, Event, LinkState, Pause, SensorLink, Stop
from cued.errors import FormatError, SensorError, UsageError
from cued.runtime.conductor import Feed, NoFeed, Until
from cued.runtime.feeding import Nobody, Recorded, Recording, Simulated, feeding_of, sensor_of
from cued.units import NS_PER_MIN, NS_PER_S
from tests.support.raw_runs import raw_run


def everything(feed: Feed) -> list[Event]:
    events = []
    while feed.next_ns() is not None:
        expected_ns = feed.next_ns()
        event = feed.take()
        assert event.at_ns == expected_ns
        events.append(event)
    return events


def csv_run(path: Path, *, minutes: int, pause: tuple[int, int] | None = None) -> Path:
    """A run at 164 spm; the timer stood from and to the two minutes of `pause`."""
    lines = ["t_s,cadence_spm,speed_mps,paused"]
    for second in range(minutes * 60 + 1):
        paused = pause is not None and pause[0] * 60 <= second < pause[1] * 60
        lines.append(f"{second},164,2.8,{int(paused)}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("word", "choice"),
    [
        ("none", Nobody()),
        ("sim", Simulated("easy")),
        ("sim:tired", Simulated("tired")),
        ("file:a:b.fit", Recorded("a:b.fit")),
    ],
)
def test_a_sensor_is_chosen_by_its_word(word: str, choice: object) -> None:
    assert sensor_of(word) == choice


@pytest.mark.parametrize("word", ["", "nobody", "sim:", "file:", "file", "none:x", "ble:"])
def test_an_unknown_sensor_is_refused_with_those_there_are(word: str) -> None:
    with pytest.raises(UsageError, match="none, sim, sim:PRESET or file:PATH"):
        sensor_of(word)


def test_nobody_ends_only_where_a_length_is_given() -> None:
    assert everything(NoFeed()) == []
    assert everything(NoFeed(5)) == [Stop(5)]
    feeding = feeding_of(Nobody(), None, 0)
    assert (feeding.length_ns, feeding.end_ns, feeding.sensor, feeding.source) == (None, None, False, "none")


def test_a_simulated_run_without_a_length_is_45_minutes_and_says_that_it_is_simulated() -> None:
    feeding = feeding_of(Simulated("easy"), None, 0)
    assert feeding.length_ns == 45 * NS_PER_MIN
    assert feeding.simulated
    assert feeding.source == "sim:easy"
    events = everything(feeding.feed)
    assert events[-1] == Stop(45 * NS_PER_MIN)
    assert sum(isinstance(event, CadenceSample) for event in events) == 45 * 60


def test_a_simulated_runner_hears_what_sounds() -> None:
    def cadences(beat_mspm: int) -> list[float | None]:
        feed = feeding_of(Simulated("easy"), NS_PER_MIN, 0).feed
        heard = []
        while feed.next_ns() is not None:
            event = feed.take()
            if isinstance(event, CadenceSample):
                heard.append(event.spm)
            feed.hear([PlayClick(event.at_ns + NS_PER_S, 0, beat_mspm, False, "wood", 0.8, 0.0)], event.at_ns)
        return heard

    assert cadences(172_000)[-1] != cadences(160_000)[-1]


def test_an_unknown_runner_is_refused_by_name() -> None:
    with pytest.raises(SensorError, match="did you mean tired"):
        feeding_of(Simulated("tried"), None, 0)


def test_a_recording_ends_where_it_ends_and_is_as_long_as_it_ran(tmp_path: Path) -> None:
    path = csv_run(tmp_path / "run.csv", minutes=10, pause=(4, 6))
    feeding = feeding_of(Recorded(str(path)), None, 0)
    events = everything(feeding.feed)
    assert any(isinstance(event, Pause) for event in events)
    assert events[-1] == Stop(10 * NS_PER_MIN)
    assert feeding.length_ns == 8 * NS_PER_MIN
    assert feeding.source == "file:run.csv"
    assert not feeding.simulated


def test_a_shorter_length_ends_a_recording_when_it_has_run_for_so_long(tmp_path: Path) -> None:
    path = csv_run(tmp_path / "run.csv", minutes=10, pause=(4, 6))
    assert everything(feeding_of(Recorded(str(path)), 3 * NS_PER_MIN, 0).feed)[-1] == Stop(3 * NS_PER_MIN)
    assert everything(feeding_of(Recorded(str(path)), 5 * NS_PER_MIN, 0).feed)[-1] == Stop(7 * NS_PER_MIN)


def test_a_recording_shorter_than_the_length_says_so(tmp_path: Path) -> None:
    path = csv_run(tmp_path / "run.csv", minutes=2)
    feeding = feeding_of(Recorded(str(path)), 30 * NS_PER_MIN, 0)
    assert feeding.end_ns == 2 * NS_PER_MIN
    assert "shorter than --length" in feeding.notes[-1]


def test_a_file_that_is_no_run_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"gone\.fit"):
        feeding_of(Recorded(str(tmp_path / "gone.fit")), None, 0)


def test_a_feed_is_cut_where_it_is_told_to_end() -> None:
    samples = [CadenceSample(second * NS_PER_S, 164.0) for second in range(10)]
    cut = Until(Recording(iter(samples)), 3 * NS_PER_S)
    assert everything(cut) == [*samples[:3], Stop(3 * NS_PER_S)]
    longer = Until(Recording(iter(samples)), 60 * NS_PER_S)
    assert everything(longer) == [*samples, Stop(60 * NS_PER_S)]


def test_the_earlier_of_two_ends_wins() -> None:
    assert everything(Until(Until(Recording(iter(())), 5), 9)) == [Stop(5)]
    assert everything(Until(Until(Recording(iter(())), 9), 5)) == [Stop(5)]


def test_a_raw_sensor_log_is_known_by_its_content_and_played_through_the_hub(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text(raw_run("one-pod"))
    feeding = feeding_of(Recorded(str(path)), None, 0)
    events = everything(feeding.feed)
    assert events[-1] == Stop(720_250_000_000)
    assert (feeding.length_ns, feeding.end_ns) == (720_250_000_000, 720_250_000_000)
    assert (feeding.source, feeding.sensor, feeding.simulated) == ("file:run.csv", True, False)
    links = [event.state for event in events if isinstance(event, SensorLink)]
    assert links == [LinkState.FOUND, LinkState.RENEWING, LinkState.UP, LinkState.LOST, LinkState.UP]
    assert feeding.notes == ("Pod counts strides", "Pod: battery 10 %")


def test_a_raw_sensor_log_is_cut_where_a_length_says_and_says_if_it_is_shorter(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(raw_run("one-pod"))
    feeding = feeding_of(Recorded(str(path)), 5 * NS_PER_MIN, 0)
    assert everything(feeding.feed)[-1] == Stop(5 * NS_PER_MIN)
    assert feeding.length_ns == 5 * NS_PER_MIN
    longer = feeding_of(Recorded(str(path)), 60 * NS_PER_MIN, 0)
    assert (longer.length_ns, longer.end_ns) == (60 * NS_PER_MIN, 720_250_000_000)
    assert "shorter than --length" in longer.notes[-1]


def test_what_was_dropped_from_a_raw_sensor_log_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(raw_run("two-pods") + '{"kind": "noti')
    notes = feeding_of(Recorded(str(path)), None, 0).notes
    assert notes[0] == "its last line was cut off and left out"
    assert "TICKR X 12AB now gives cadence, in place of Pod" in notes
    assert any(note.endswith("3 notifications were dropped: bad payload: total distance") for note in notes)
    assert any(note.endswith("dropped: more than ten a second") for note in notes)


def test_a_raw_sensor_log_without_cadence_says_why(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    head, *lines = raw_run("one-pod").splitlines(keepends=True)
    path.write_text(head + "".join(line for line in lines if '"2A37"' in line))
    assert feeding_of(Recorded(str(path)), None, 0).notes == ("it gives no cadence: no pod sent any",)
    path.write_text(head + "".join(lines[:20]))
    assert "steps or strides" in feeding_of(Recorded(str(path)), None, 0).notes[-1]


def test_a_broken_raw_sensor_log_is_refused_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(raw_run("one-pod").replace('"state": "down"', '"state": "gone"'))
    with pytest.raises(FormatError, match=r"run\.jsonl:\d+: `state` should be one of up, down, renewing"):
        feeding_of(Recorded(str(path)), None, 0)
