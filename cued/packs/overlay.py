"""How a pack's words lie over the defaults, and a segment's or a rule's over the pack's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cued.core import cues
from cued.core.cues import BURST_NS, Basis, Mode
from cued.errors import Problem
from cued.packs.schema_parts import Band, Fade, Limits, Metronome, Target
from cued.yamlread import Document, Path


class Notes:
    """Collects problems with their places."""

    def __init__(self, document: Document, touched: frozenset[Path] = frozenset()) -> None:
        """`touched`: what has a problem already, about which (and what holds it) nothing more is noted."""
        self.document = document
        self.touched = touched | document.broken
        self._holding = {path[:end] for path in self.touched for end in range(len(path) + 1)}
        self.problems: list[Problem] = []

    def add(self, path: Path, message: str, *, warning: bool = False, key: bool = False) -> None:
        """Note a problem at `path`."""
        if path in self._holding or (self.touched and any(path[:end] in self.touched for end in range(len(path)))):
            return
        self.problems.append(self.document.problem(path, message, key=key, warning=warning))


def _given(**words: Any) -> dict[str, Any]:  # noqa: ANN401 - as many types as words
    """Only the words that stand in the file."""
    return {name: value for name, value in words.items() if value is not None}


def metronome_over(below: cues.Metronome, over: Metronome | None, path: Path, notes: Notes) -> cues.Metronome:
    """`over` laid over `below`; words of another mode that come from below are dropped, its own are a problem."""
    over = over or Metronome()
    merged = replace(
        below,
        **_given(
            mode=over.mode,
            tick=over.tick,
            sound=over.sound,
            volume=over.volume,
            duck_db=over.duck,
            accent=over.accent,
            only_off_band=True if over.only else None,
            play_ns=over.play,
            pause_ns=over.pause,
            hint=over.hint,
            beat_mspm=over.beat,
            for_ns=over.for_,
            again_ns=over.again,
        ),
    )
    if merged.mode is not Mode.FIXED:
        if over.beat is not None:
            notes.add(
                (*path, "beat"), f"`beat` goes with `mode: fixed`, but the mode is {merged.mode.value}: change one of the two"
            )
        merged = replace(merged, beat_mspm=None)
    if merged.mode is not Mode.BURST:
        for word, value in (("for", over.for_), ("again", over.again)):
            if value is not None:
                notes.add(
                    (*path, word),
                    f"`{word}` goes with `mode: burst`, but the mode is {merged.mode.value}: change one of the two",
                )
        merged = replace(merged, for_ns=None, again_ns=None)
    elif merged.for_ns is None:
        merged = replace(merged, for_ns=BURST_NS)
    if (merged.play_ns is None) is not (merged.pause_ns is None):
        given, lacking = ("play", "pause") if merged.pause_ns is None else ("pause", "play")
        notes.add((*path, given), f"`{given}` alternates with `{lacking}`: add `{lacking}`, such as `{lacking}: 60 s`")
        merged = replace(merged, play_ns=None, pause_ns=None)
    if merged.again_ns is not None and merged.for_ns is not None and merged.again_ns < merged.for_ns:
        word = "again" if over.again is not None else "for"
        message = "`again` counts from one burst's start to the next, and is shorter than the burst: make it longer"
        notes.add((*path, word), message)
    return merged


def target_over(below: cues.Target, over: Target | None, path: Path, notes: Notes) -> cues.Target:
    """`over` laid over `below`: a basis of its own takes nothing from another basis."""
    if over is None:
        return below
    basis = over.basis or below.basis
    if basis is Basis.FIXED:
        if over.change is not None:
            notes.add((*path, "change"), "a fixed target is its `spm`, whole: remove `change`, or take another basis")
        spm = over.spm if over.spm is not None else below.spm
        if spm is None:
            notes.add(path, "a fixed target needs its cadence: add `spm`, such as `spm: 172`")
            return cues.Target()
        return cues.Target(Basis.FIXED, 0.0, spm)
    if over.spm is not None:
        notes.add((*path, "spm"), "`spm` is for a fixed target: add `basis: fixed`, or remove it")
    change = over.change if over.change is not None else below.change
    return cues.Target(basis, change, None)


def band_over(below: cues.Band, over: Band | None) -> cues.Band:
    """`over` laid over `below`."""
    if over is None:
        return below
    return replace(below, **_given(low=over.low, high=over.high, hysteresis=over.hysteresis, window_ns=over.window))


def fade_of(words: Fade | None) -> cues.Fade:
    """What fades; nothing where the pack has no word of it."""
    if words is None:
        return cues.Fade()
    return cues.Fade(_unless_whole(words.metronome), _unless_whole(words.every))


def _unless_whole(values: list[float] | None) -> tuple[float, ...]:
    """Nothing where all is kept: `[100%]` and no word of fade are one and the same."""
    return () if values is None or all(value == 1 for value in values) else tuple(values)


def limits_of(words: Limits | None) -> cues.Limits:
    """The pack's limits over the format's."""
    if words is None:
        return cues.Limits()
    return replace(
        cues.Limits(),
        **_given(
            quiet_start_ns=words.quiet_start,
            quiet_end_ns=words.quiet_end,
            min_gap_ns=words.min_gap,
            same_cue_gap_ns=words.same_cue_gap,
            per_minute=words.per_minute,
            per_run=words.per_run,
            themes_per_segment=words.themes_per_segment,
            expire_ns=words.expire,
            withhold=words.withhold,
        ),
    )
