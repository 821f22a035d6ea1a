"""The public record of a run: in order, final, whole, and readable again."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cued.core.cues import Band, CuePack, Priority, Repeat, Segment
from cued.core.cues import Open as OpenLength
from cued.core.effects import (
    CadenceSeen,
    CutSpeech,
    Effect,
    PlayClick,
    RecallClicks,
    Render,
    RunEnded,
    Say,
    SegmentBegan,
    Suppressed,
    TempoChanged,
    Withheld,
)
from cued.core.start import Start
from cued.errors import FormatError
from cued.formats.events_file import EventsFile
from cued.formats.events_reader import parse_events, read_events
from cued.units import NS_PER_MS, NS_PER_S

S = NS_PER_S
MS = NS_PER_MS


def pack(*segments: Segment | Repeat, title: str = "A pack") -> CuePack:
    session = segments or (segment("run", 0),)
    return CuePack("beat", "1.0.0", title, "en", "CC0-1.0", session)


def segment(name: str, index: int, low: float = 0.03) -> Segment:
    return Segment(index, name, OpenLength(), band=Band(low=low))


def events(how: Start | None = None, source: str = "sim:easy") -> EventsFile:
    return EventsFile(how or Start(pack()), voice="nominal", source=source)


def click(at_ns: int, beat: int = 0) -> PlayClick:
    return PlayClick(at_ns, beat, 172_000, accent=beat % 4 == 0, sound="wood", volume=0.8, gain_db=0.0)


def say(at_ns: int, dur_ns: int, text_id: str = "say:Light feet.") -> Say:
    return Say(at_ns, text_id, "light", "Light feet.", "rules[0]", Priority.BAND, dur_ns, 8.0, 0)


def cadence(at_ns: int) -> CadenceSeen:
    return CadenceSeen(at_ns, 171.0, 170.66666, 172.0, "in", "running", speed_mps=3.1, distance_m=12.3456)


def rows(lines: list[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines]


def test_the_first_line_says_what_was_started() -> None:
    titled = replace(pack(title="Feet"), title_in=(("de", "Füße"),))
    how = Start(titled, language="de", seed=7, session_number=3, length_ns=1800 * S, simulated=True)
    line = EventsFile(how, voice="nominal", source="sim:easy").header()
    row = json.loads(line)
    assert line.startswith('{"kind": "start", "t_ns": 0, ')
    assert line.endswith("}\n")
    assert "Füße" in line
    assert (row["voice"], row["seed"], row["pack"], row["session"], row["length_s"]) == ("nominal", 7, "beat", 3, 1800.0)
    assert row["simulated"] is True
    assert (row["language"], row["title"]) == ("de", "Füße")


def test_a_click_waits_until_its_onset_is_past_so_that_lines_stay_in_order_of_time() -> None:
    file = events()
    assert file.add([click(300 * MS)], 0) == []
    assert file.add([cadence(100 * MS)], 200 * MS)[0].startswith('{"kind": "cadence"')
    assert file.add([], 300 * MS) == []
    assert rows(file.add([], 301 * MS)) == [{"kind": "click", "t_ns": 300 * MS, "beat": 0, "accent": True, "spm": 172.0}]


def test_a_recall_takes_back_what_is_not_in_the_ring_yet() -> None:
    file = events()
    promised = [click(n * 100 * MS, n) for n in range(1, 9)]
    file.add(promised, 0)
    file.add([RecallClicks(100 * MS, 200 * MS)], 100 * MS)
    kept = [row["t_ns"] for row in rows(file.finish(S))]
    assert kept == [100 * MS, 200 * MS, 300 * MS]  # 300 ms lies within 250 ms of the recall: beyond reach


def test_a_recall_leaves_clicks_promised_after_it() -> None:
    file = events()
    file.add([click(800 * MS, 1), RecallClicks(100 * MS, 0), click(900 * MS, 2)], 100 * MS)
    assert [row["beat"] for row in rows(file.finish(S))] == [2]


def test_a_cue_is_written_when_it_has_been_heard_and_all_behind_it_waits() -> None:
    file = events()
    assert file.add([say(S, 2 * S), click(1500 * MS)], S) == []
    assert file.add([], 2 * S) == []
    first, second = rows(file.add([], 3 * S))
    assert (first["kind"], first["dur_s"], first["reason"], first["priority"]) == ("say", 2.0, "", "band")
    assert second["kind"] == "click"


def test_a_cue_cut_short_says_how_long_it_was_heard() -> None:
    file = events()
    file.add([say(S, 2 * S)], S)
    file.add([CutSpeech(1500 * MS, "say:Light feet.", 50 * MS)], 1500 * MS)
    (row,) = rows(file.add([], 1600 * MS))
    assert row["dur_s"] == 0.55
    assert row["reason"] == "cut"


def test_a_cut_of_another_text_or_after_the_end_changes_nothing() -> None:
    file = events()
    file.add([say(S, 2 * S), CutSpeech(2 * S, "say:Something else.", 0), CutSpeech(3 * S, "say:Light feet.", 50 * MS)], 2 * S)
    (row,) = rows(file.finish(9 * S))
    assert (row["dur_s"], row["reason"]) == (2.0, "")


def test_a_click_on_a_boundary_follows_the_segment_that_owns_it() -> None:
    file = events()
    lines = file.add([click(10 * S), click(9 * S)], 9 * S)
    lines += file.add([SegmentBegan(10 * S, "steady", 1, 1, 1, None)], 10 * S)
    lines += file.finish(20 * S)
    assert [(row["kind"], row["t_ns"]) for row in rows(lines)] == [("click", 9 * S), ("segment", 10 * S), ("click", 10 * S)]


def test_where_the_sound_stops_clicks_end_and_a_running_cue_is_cut() -> None:
    file = events()
    lines = rows(file.add([click(5 * S), say(5 * S, 2 * S), RunEnded(6 * S, "stopped"), click(6 * S)], 6 * S))
    lines += rows(file.finish(6 * S))
    assert [row["kind"] for row in lines] == ["say", "click", "end"]
    assert (lines[0]["dur_s"], lines[0]["reason"]) == (1.0, "cut")


def test_withheld_and_suppressed_cues_say_why() -> None:
    file = events()
    held = Withheld(S, "light", "Light feet.", "rules[0]", Priority.DRIFT, 2 * S)
    suppressed = Suppressed(S, "light", "Light feet.", "rules[0]", Priority.PERIODIC, "per_minute")
    first, second = rows(file.add([held, suppressed], 2 * S))
    assert (first["kind"], first["dur_s"], first["reason"]) == ("withheld", 2.0, "withhold")
    assert (second["kind"], second["dur_s"], second["reason"]) == ("suppressed", 0.0, "per_minute")


def test_a_segment_tells_its_own_band_even_where_two_share_a_name() -> None:
    session = (
        segment("easy", 0, 0.01),
        Repeat(2, (segment("on", 1, 0.02), segment("easy", 2, 0.05))),
        segment("easy", 3, 0.09),
    )
    file = events(Start(pack(*session)))
    names = ["easy", "on", "easy", "on", "easy", "easy", ""]
    began = [SegmentBegan(n * S, name, n, 1, 0, None) for n, name in enumerate(names)]
    lines = rows(file.add(began, 60 * S))
    assert [row["low"] for row in lines] == [0.01, 0.02, 0.05, 0.02, 0.05, 0.09, 0.03]
    assert lines[0]["reps"] is None


def test_what_is_for_the_speech_store_alone_has_no_line() -> None:
    assert events().add([Render(0, "say:x", "x", "en")], S) == []


def test_an_effect_stamped_too_early_does_not_break_the_order() -> None:
    file = events()
    lines = file.add([cadence(5 * S)], 6 * S) + file.add([cadence(4 * S)], 7 * S)
    assert [row["t_ns"] for row in rows(lines)] == [5 * S, 5 * S]


def test_a_text_that_would_end_a_line_for_some_readers_stays_on_one_line() -> None:
    file = events(source="file:\udcff\u2028.fit")
    header = file.header()
    assert header.encode().decode().splitlines(keepends=True) == [header]
    assert json.loads(header)["source"] == "file:\udcff\u2028.fit"


def test_a_figure_that_is_none_reads_as_null() -> None:
    seen = CadenceSeen(0, None, float("nan"), None, "unknown", "lost", artefact="spike", estimated=True)
    (row,) = rows(events().add([seen], S))
    assert row["spm"] is None
    assert row["smooth_spm"] is None
    assert (row["artefact"], row["estimated"]) == ("spike", True)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, list[Effect]]]:
    """Steps of a plausible run: time rises, clicks are promised ahead, one cue at a time."""
    now_ns, onset_ns, free_ns = 0, 0, 0
    steps: list[tuple[int, list[Effect]]] = []
    for _ in range(draw(st.integers(1, 25))):
        now_ns += draw(st.integers(0, 900)) * MS
        effects: list[Effect] = []
        for what in draw(st.lists(st.sampled_from(["click", "say", "cadence", "recall", "cut", "tempo"]), max_size=4)):
            if what == "click":
                onset_ns = max(onset_ns, now_ns) + draw(st.integers(1, 400)) * MS
                effects.append(click(onset_ns))
            elif what == "say" and now_ns >= free_ns:
                dur_ns = draw(st.integers(1, 3000)) * MS
                effects.append(say(now_ns, dur_ns))
                free_ns = now_ns + dur_ns
            elif what == "recall":
                effects.append(RecallClicks(now_ns, now_ns + draw(st.integers(0, 400)) * MS))
            elif what == "cut" and now_ns < free_ns:
                effects.append(CutSpeech(now_ns, "say:Light feet.", 50 * MS))
                free_ns = now_ns + 50 * MS
            elif what == "tempo":
                effects.append(TempoChanged(now_ns + 300 * MS, 172_000, "follow", "start"))
            else:
                effects.append(cadence(now_ns))
        steps.append((now_ns, effects))
    return steps


_figures = st.none() | st.floats() | st.integers(0, 300)


@given(_figures, _figures, st.booleans(), st.sampled_from(["", "spike"]))
def test_a_sample_is_written_as_json_would_write_it(spm: float | None, metres: float | None, reckoned: bool, odd: str) -> None:
    file = events()
    seen = CadenceSeen(0, spm, spm, None, "low", "walking", odd, distance_m=metres, estimated=reckoned)
    (line,) = file.add([seen], 1)
    row = json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert json.dumps(row) + "\n" == line
    assert row["spm"] is None or row["spm"] == pytest.approx(spm, abs=0.0006)
    assert (row.get("estimated", False), row.get("artefact", "")) == (reckoned, odd)


@given(histories(), st.lists(st.integers(0, 1000), max_size=10))
def test_more_wakes_between_steps_change_no_line(steps: list[tuple[int, list[Effect]]], extra: list[int]) -> None:
    plain, woken = events(), events()
    once: list[str] = []
    often: list[str] = []
    before_ns = 0
    for now_ns, effects in steps:
        for share in sorted(extra):
            often += woken.add([], before_ns + (now_ns - before_ns) * share // 1000)
        once += plain.add(effects, now_ns)
        often += woken.add(effects, now_ns)
        before_ns = now_ns
    once += plain.finish(before_ns + S)
    often += woken.finish(before_ns + S)
    assert once == often
    stamps = [row["t_ns"] for row in parse_events([events().header(), *once])]
    assert all(early <= late for early, late in pairwise(stamps))


def test_a_tempo_that_would_have_begun_after_the_end_is_not_told() -> None:
    file = events()
    lines = file.add([TempoChanged(2 * S, 170_000, "follow", "start"), TempoChanged(4 * S, 171_000, "follow", "follow")], S)
    lines += file.add([RunEnded(3 * S, "stopped")], 3 * S) + file.finish(3 * S)
    assert [(row["kind"], row["t_ns"]) for row in rows(lines)] == [("tempo", 2 * S), ("end", 3 * S)]


def test_a_tempo_whose_first_click_lies_in_the_ring_at_the_end_is_told_with_it_where_sound_goes_on() -> None:
    """Last words kept the file going: the click was there, at a tempo that nobody had told."""
    late = 3 * S + 155 * MS

    def kinds(end_ns: int) -> list[tuple[object, object]]:
        file = events()
        lines = file.add([TempoChanged(2 * S, 170_000, "follow", "start"), click(2 * S)], S)
        lines += file.add([TempoChanged(late, 171_000, "follow", "follow"), click(late)], 2 * S)
        lines += file.add([RunEnded(3 * S, "stopped")], 3 * S) + file.finish(end_ns)
        return [(row["kind"], row["t_ns"]) for row in rows(lines)]

    whole = [("tempo", 2 * S), ("click", 2 * S), ("end", 3 * S), ("tempo", late), ("click", late)]
    assert kinds(5 * S) == whole
    assert kinds(3 * S) == whole[:3]


def test_what_was_written_reads_back() -> None:
    file = events()
    lines = [file.header(), *file.add([SegmentBegan(0, "run", 0, 1, 1, None), click(MS), say(MS, S)], 5 * S)]
    lines += file.finish(5 * S)
    assert [row["kind"] for row in parse_events(lines)] == ["start", "segment", "say", "click"]


HEADER = events().header()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ":?.*empty"),
        ("{}\n", ":1: unknown kind None"),
        ("[1]\n", ":1: a line holds one object"),
        (HEADER[:40], ":1: not a whole line of JSON"),
        ('{"kind": "click", "t_ns": 0, "beat": 1, "accent": true, "spm": 172.0}\n', ":1: the first line"),
        (HEADER + HEADER, ":2: the first line, and no other"),
        (HEADER.replace('"format": 1', '"format": 2'), ":1: format 2"),
        (HEADER + '{"kind": "click", "t_ns": 0, "beat": 1, "spm": 172.0}\n', ":2: .*needs `accent`"),
        (HEADER + '{"kind": "sensor", "t_ns": 0, "state": 3}\n', ":2: `state` cannot be 3"),
        (HEADER + '{"kind": "sensor", "t_ns": 0.5, "state": "lost"}\n', ":2: `t_ns`"),
        (HEADER + '{"kind": "tempo", "t_ns": 0, "spm": NaN, "mode": "", "reason": ""}\n', ":2: .*NaN"),
        (HEADER + '{"kind": "tempo", "t_ns": 0, "spm": 1e999, "mode": "", "reason": ""}\n', ":2: `spm`"),
        (HEADER + "[" * 100_000 + "\n", ":2: "),
        (HEADER + '{"kind": "band", "t_ns": 9, "state": "in"}\n{"kind": "band", "t_ns": 8, "state": "in"}\n', ":3: t_ns 8"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, complaint: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("events") / "run.jsonl"
    path.write_text(text)
    with pytest.raises(FormatError, match=complaint):
        read_events(path)


def test_a_file_that_is_no_text_or_not_there_is_one_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("events")
    (folder / "run.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_events(folder / "run.jsonl")
    with pytest.raises(FormatError, match="cannot be read: No such file"):
        read_events(folder / "absent.jsonl")
    with pytest.raises(FormatError, match="cannot be read: Is a directory"):
        read_events(folder)
