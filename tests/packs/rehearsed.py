"""A shipped pack's rehearsal as rows, and what must hold of every one of them, whoever runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cued.core import cues
from cued.packs.catalog import open_pack
from cued.runtime.feeding import Feeding, SensorChoice, feeding_of
from cued.runtime.rehearsal import Wanted, Watch, rehearse
from cued.runtime.request import Pack, Request
from cued.units import NS_PER_MIN, NS_PER_S

Row = dict[str, Any]
EXEMPT = ("segment", "safety")
SLACK_NS = 20 * NS_PER_S
"""A segment's end cue, and what was being said, may reach so far into the next one: its expiry and its own length."""
MOST_AN_HOUR = 30
"""Cues, segments' own ones included: one in two minutes is a talkative coach."""


@dataclass(frozen=True)
class Rehearsal:
    """What came of one run."""

    pack: cues.CuePack
    rows: list[Row]

    def of(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row["kind"] == kind]

    @cached_property
    def said(self) -> list[Row]:
        """What a coach or cued says; a drill's instructions and numbers are no cues."""
        return [row for row in self.of("say") if row["cue"] != "drill"]

    @cached_property
    def limited(self) -> list[Row]:
        """What is said and what is withheld count alike, and only these stand under the limits."""
        heard = sorted((*self.said, *self.of("withheld")), key=lambda row: int(row["t_ns"]))
        return [row for row in heard if row["priority"] not in EXEMPT]

    @cached_property
    def pieces(self) -> list[tuple[str, int, int]]:
        """(segment, start, end) as they were run."""
        begun = self.of("segment")
        ends = [*(row["t_ns"] for row in begun[1:]), self.rows[-1]["t_ns"]]
        return [(row["segment"], row["t_ns"], end) for row, end in zip(begun, ends, strict=True)]

    def within(self, kind: str, name: str) -> Iterator[Row]:
        """Rows of that kind inside the segments of that name."""
        spans = [(start, end) for segment, start, end in self.pieces if segment == name]
        return (row for row in self.of(kind) if any(start <= row["t_ns"] < end for start, end in spans))

    def rule(self, row: Row) -> cues.Rule | None:
        """The rule that spoke; None for cued's own words."""
        return next((rule for rule in self.pack.rules if rule.id == row["rule"]), None)


def rehearsed(
    name: str, choice: SensorChoice | Feeding, *, minutes: int | None = None, session: int = 1, max_hr_bpm: int | None = None
) -> Rehearsal:
    """The shipped pack `name`, run by `choice`."""
    loaded = open_pack(name)
    length_ns = None if minutes is None else minutes * NS_PER_MIN
    feeding = choice if isinstance(choice, Feeding) else feeding_of(choice, length_ns, session)
    request = Request(
        pack=Pack(loaded.pack, loaded.folder),
        feeding=feeding,
        seed=session,
        session_number=session,
        max_hr_bpm=max_hr_bpm,
    )
    lines = rehearse(request, Wanted(), Watch(notice=lambda _: None)).log.lines
    return Rehearsal(loaded.pack, [json.loads(line) for line in lines])


def check(run: Rehearsal) -> None:
    """What no run may break."""
    _check_limits(run)
    _check_silence(run)
    _check_one_voice(run)
    _check_beat(run)
    hours = run.rows[-1]["t_ns"] / (60 * NS_PER_MIN)
    assert len(run.said) / hours <= MOST_AN_HOUR


def _check_limits(run: Rehearsal) -> None:
    limits = run.pack.limits
    stamps = [row["t_ns"] for row in run.limited]
    assert len(stamps) <= limits.per_run
    for number, stamp in enumerate(stamps):
        lately = [other for other in stamps[: number + 1] if stamp - other < NS_PER_MIN]
        assert len(lately) <= limits.per_minute, f"{len(lately)} cues within a minute at {stamp}"
    last: dict[str, int] = {}
    for row in sorted((*run.said, *run.of("withheld")), key=lambda row: int(row["t_ns"])):
        if row["priority"] not in EXEMPT and row["cue"] in last:
            assert row["t_ns"] - last[row["cue"]] >= limits.same_cue_gap_ns, row
        last[row["cue"]] = row["t_ns"]
    paused_ns = _paused_ns(run)
    for row in run.limited:
        assert row["t_ns"] >= limits.quiet_start_ns, row
        ends_ns = run.rows[0].get("length_s")
        if ends_ns is not None:
            running_ns = row["t_ns"] - paused_ns(row["t_ns"])
            assert running_ns < ends_ns * NS_PER_S - limits.quiet_end_ns, row


def _paused_ns(run: Rehearsal) -> Any:
    spans: list[tuple[int, int]] = []
    for row in run.of("pause"):
        if row["paused"]:
            spans.append((row["t_ns"], row["t_ns"]))
        elif spans:
            spans[-1] = (spans[-1][0], row["t_ns"])
    return lambda at_ns: sum(min(end, at_ns) - start for start, end in spans if start < at_ns)


def _check_silence(run: Rehearsal) -> None:
    """In a silent segment nothing is heard but safety, and the end of what came before."""
    coaches = {segment.name: segment.coach for segment in run.pack.segments()}
    for name, start_ns, end_ns in run.pieces:
        for row in run.said:
            if not start_ns <= row["t_ns"] < end_ns or row["priority"] == "safety":
                continue
            rule = run.rule(row)
            if rule is None:
                continue  # cued's own words are not the coach's
            if isinstance(rule.when, cues.SegmentEnd):
                assert row["t_ns"] - start_ns < SLACK_NS, f"{row['cue']} comes too late"
                continue
            assert name, f"{row['cue']} after the last segment"
            coach = coaches[name]
            assert coach is not cues.Coach.SILENT, f"{row['cue']} in silent {name}"
            if coach is cues.Coach.CORRECTIONS:
                assert not isinstance(rule.when, cues.Every | cues.RandomWithin | cues.At), f"{row['cue']} is no correction"


def _check_one_voice(run: Rehearsal) -> None:
    free_ns = -run.pack.limits.min_gap_ns
    for row in run.said:
        if row["priority"] != "safety":
            assert row["t_ns"] >= free_ns, f"{row['cue']} speaks into another"
        gap_ns = 0 if row["priority"] in EXEMPT else run.pack.limits.min_gap_ns
        assert row["t_ns"] >= free_ns + gap_ns or row["priority"] in EXEMPT, f"{row['cue']} follows too soon"
        free_ns = row["t_ns"] + int(row["dur_s"] * NS_PER_S)


def _check_beat(run: Rehearsal) -> None:
    """The beat sounds where the pack says so and nowhere else, at a tempo feet can follow."""
    drilled = {segment.name for segment in run.pack.segments() if segment.drills}
    sounding = {segment.name for segment in run.pack.segments() if segment.metronome.mode is not cues.Mode.NONE} | drilled
    for rule in run.pack.rules:
        if any(isinstance(action, cues.SetMetronome) for action in rule.then):
            sounding.update(rule.only_in)
    for name in {segment.name for segment in run.pack.segments()} - sounding:
        assert not list(run.within("click", name)), f"a beat in {name}"
    if not drilled:
        assert all(100 <= row["spm"] <= 230 for row in run.of("click"))


__all__ = ["EXEMPT", "Rehearsal", "Row", "check", "rehearsed"]
