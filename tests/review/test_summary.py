from __future__ import annotations

from typing import Any

import pytest

from cued.core.cues import Limits
from cued.review.figures_in_words import clock, distance, reasons, summary_lines, tempi
from cued.review.reasons_in_words import PackWords
from cued.review.summary import release, summarize

S = 1_000_000_000


def start(**words: Any) -> dict[str, Any]:
    return {"kind": "start", "t_ns": 0, "title": "A run", "simulated": False, **words}


def sample(at_s: float, spm: float | None = 170.0, band: str = "in", state: str = "running", **more: Any) -> dict[str, Any]:
    line = {"kind": "cadence", "t_ns": round(at_s * S), "spm": spm, "smooth_spm": spm, "target_spm": 170.0, "band": band}
    return {**line, "state": state, "speed_mps": 3.0, "distance_m": 3.0 * at_s, **more}


def began(at_s: float, name: str, rep: int = 1, reps: int | None = 1) -> dict[str, Any]:
    line = {"kind": "segment", "t_ns": round(at_s * S), "segment": name, "index": 0, "rep": rep, "reps": reps}
    return {**line, "low": 0.03, "high": 0.04}


def click(at_s: float, spm: float = 180.0) -> dict[str, Any]:
    return {"kind": "click", "t_ns": round(at_s * S), "beat": 0, "accent": False, "spm": spm}


def cue(kind: str, at_s: float, reason: str = "", dur_s: float = 0.0) -> dict[str, Any]:
    what = {"cue": "light", "text": "Light feet.", "rule": "rules[0]", "priority": "periodic"}
    return {"kind": kind, "t_ns": round(at_s * S), **what, "dur_s": dur_s, "reason": reason}


def end(at_s: float) -> dict[str, Any]:
    return {"kind": "end", "t_ns": round(at_s * S), "reason": "length"}


def test_cadence_is_weighted_by_the_time_it_held() -> None:
    found = summarize([start(), sample(0, 160.0), sample(10, 170.0), end(40)])
    assert found.mean_spm == pytest.approx((160 * 10 + 170 * 30) / 40)


def test_a_sample_speaks_for_thirty_seconds_at_most() -> None:
    found = summarize([start(), sample(0), end(100)])
    assert found.running_ns == 30 * S
    assert found.judged_ns == 30 * S


def test_a_feeders_last_half_minute_is_held_against_the_steady_running_after_it() -> None:
    rows = [start(), began(0, "warmup"), *(sample(at) for at in range(0, 100, 10)), began(100, "feeder")]
    rows += [sample(at, 164.0 if at < 150 else 170.0) for at in range(100, 190, 10)]
    rows += [began(190, "steady"), *(sample(at, 166.6, "in" if at < 290 else "low") for at in range(190, 390, 10)), end(390)]
    found = release(summarize(rows).segments)
    assert found is not None
    assert (found.rounds, found.in_band) == (1, 0.5)
    assert (found.feeder, found.steady, found.loss) == pytest.approx((1.0, 0.98, 0.02))
    told = "1 feeder ended at 100.0% of the target; the steady running after it held 98.0%, 2.0% less, 50% of it in the band."
    assert told in summary_lines(summarize(rows))


def test_a_feeder_without_its_steady_part_or_without_a_target_is_held_against_nothing() -> None:
    alone = [start(), began(0, "feeder"), sample(0), began(30, "cooldown"), sample(30), end(60)]
    assert release(summarize(alone).segments) is None
    blind = [start(), began(0, "feeder"), sample(0, target_spm=None), began(30, "steady"), sample(30, target_spm=None), end(60)]
    assert release(summarize(blind).segments) is None


def test_only_judged_time_counts_for_the_band() -> None:
    rows = [
        start(),
        sample(0, band="in"),
        sample(10, band="low"),
        sample(15, band="asleep"),
        sample(25, band="unknown"),
        end(30),
    ]
    found = summarize(rows)
    assert found.judged_ns == 15 * S
    assert found.in_band == pytest.approx(10 / 15)


def test_walking_and_unbelieved_samples_are_no_cadence_of_running() -> None:
    rows = [start(), sample(0, 110.0, state="walking"), sample(10, 340.0, artefact="doubled"), sample(20, 170.0), end(30)]
    assert summarize(rows).mean_spm == 170.0


def test_a_run_without_samples_has_no_cadence_and_no_share_in_the_band() -> None:
    found = summarize([start(), end(30)])
    assert (found.mean_spm, found.in_band, found.distance_m) == (None, None, None)


def test_beat_time_leaves_out_the_silence_between_stretches() -> None:
    found = summarize([start(), click(0), click(1), click(2), click(60), click(61), end(100)])
    assert found.clicks == 5
    assert found.beat_ns == 3 * S


def test_every_segment_gets_its_own_figures() -> None:
    rows = [start(), began(0, "warmup"), click(1), cue("say", 2, dur_s=1.5), began(10, "feeder"), click(10), click(11), end(20)]
    warmup, feeder = summarize(rows).segments
    assert (warmup.clicks, warmup.heard, warmup.end_ns) == (1, 1, 10 * S)
    assert (feeder.clicks, feeder.heard, feeder.end_ns) == (2, 0, 20 * S)


def test_cues_are_counted_by_what_became_of_them_and_why() -> None:
    rows = [start(), cue("say", 1, dur_s=1.0), cue("withheld", 2, "withhold"), cue("suppressed", 3, "per_minute")]
    found = summarize([*rows, cue("suppressed", 4, "per_minute"), cue("expired", 5, "min_gap"), end(10)])
    assert (found.heard, found.heard_s, found.withheld, found.not_spoken) == (1, 1.0, 1, 3)
    assert reasons(found.unspoken) == "enough cues within this minute (2); too soon after another cue (1)"
    told = reasons(found.unspoken, PackWords(Limits(per_minute=2, min_gap_ns=30 * S)))
    assert told == "already two cues this minute (2); less than 30 s after other words (1)"


def test_pauses_are_no_running_time_and_an_open_one_ends_with_the_run() -> None:
    pause = [{"kind": "pause", "t_ns": at * S, "paused": paused} for at, paused in ((10, True), (20, False), (30, True))]
    found = summarize([start(), *pause, end(50)])
    assert found.pauses == [(10 * S, 20 * S), (30 * S, 50 * S)]
    assert found.run_ns == 20 * S


def test_a_run_that_rests_as_it_ends_was_not_paused() -> None:
    assert summarize([start(), {"kind": "pause", "t_ns": 30 * S, "paused": True}, end(30)]).pauses == []


def test_a_lost_sensor_is_a_gap_until_it_is_back_and_its_last_sample_says_no_more() -> None:
    links = [{"kind": "sensor", "t_ns": at * S, "state": state} for at, state in ((10, "lost"), (25, "back"))]
    found = summarize([start(), sample(0), *links, end(50)])
    assert found.gaps == [(10 * S, 25 * S)]
    assert found.running_ns == 10 * S


def test_a_record_that_breaks_off_says_so_by_an_empty_end() -> None:
    assert summarize([start(), sample(0), sample(5)]).ended == ""
    assert summarize([start(), end(5)]).ended == "length"


def test_the_run_is_told_in_plain_sentences() -> None:
    rows = [
        start(simulated=True),
        sample(0),
        click(0),
        click(1),
        cue("say", 1, dur_s=1.0),
        cue("expired", 2, "min_gap"),
        end(30),
    ]
    lines = summary_lines(summarize(rows))
    assert lines[0] == "0:30 of running, 0.00 km (a simulated runner)."
    assert lines[lines.index("1 cue heard, 1 not spoken.") + 1] == "Why not: too soon after another cue (1)."


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.4, "0:59"), (59.6, "0:59"), (425, "7:05"), (3600, "1:00:00"), (4025, "1:07:05")]
)
def test_the_clock_shows_hours_only_from_an_hour_on(seconds: float, text: str) -> None:
    assert clock(round(seconds * S)) == text


def test_reckoned_distance_is_called_about() -> None:
    assert distance(7420.0) == "7.42 km"
    assert distance(7420.0, estimated=True) == "about 7.42 km"


def test_one_tempo_is_one_figure_and_none_is_no_text() -> None:
    assert tempi(summarize([start(), click(0, 172.0), end(1)])) == "172 spm"
    assert tempi(summarize([start(), click(0, 170.0), click(1, 176.0), end(1)])) == "170–176 spm"
    assert not tempi(summarize([start(), end(1)]))


def test_what_went_wrong_is_told_with_what_came_of_it() -> None:
    counted = [
        {"kind": "counted", "t_ns": 2 * S, "what": what, "count": count} for what, count in (("late_event", 30), ("stuck", 1))
    ]
    lines = summary_lines(summarize([start(), *counted, end(10)]))
    assert (
        "30 signals that came late, of sensors or sound: what they told was taken in as of then;"
        " 1 fault of cued's own, which the run survived."
    ) in lines


def test_answers_to_keys_are_no_cues() -> None:
    asked = {"rule": "key", "cue": "cued", "text": "Staying."}
    told = [{**cue("say", 5, dur_s=1.0), **asked}, {**cue("suppressed", 6, "newer answer"), **asked}]
    found = summarize([start(), *told, cue("say", 9, dur_s=2.0), end(30)])
    assert (found.heard, found.heard_s, found.unspoken) == (1, 2.0, {})


def test_drills_without_a_run_are_told_as_drills() -> None:
    count = {"kind": "say", "cue": "drill", "text": "One.", "rule": "drill", "dur_s": 0.5}
    rows = [start(), began(0, "calves"), {**count, "t_ns": 5 * S}, end(60)]
    assert summary_lines(summarize(rows)) == ["1:00 of drills."]
    assert summary_lines(summarize([*rows[:-1], began(30, "easy"), end(60)])) == ["1:00 of running.", "0 cues heard."]


@pytest.mark.parametrize(
    ("words", "sounded", "told"),
    [
        ({}, True, "1 cue heard."),
        ({"voice": "real"}, True, "1 cue heard."),
        ({"voice": "real"}, False, "1 cue said."),
        ({"voice": "nominal"}, True, "1 cue said."),
        ({"voice": "nominal", "rate_hz": 48000}, True, "1 cue heard."),
    ],
)
def test_a_cue_is_heard_where_something_sounds_and_else_said(words: dict[str, Any], sounded: bool, told: str) -> None:
    rows = [start(**words), cue("say", 5, dur_s=1.0), end(20)]
    assert told in summary_lines(summarize(rows), sounded=sounded)
