"""The public record of a run: what was decided, as JSON lines in order of time. docs/events.md is its reference.

`EventsFile` turns effects into lines and holds each back until nothing can change it any more; `events_reader` reads them.
"""

from __future__ import annotations

import json
import math
import re
from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeAlias

from cued import __version__
from cued.core.cues import Band, CuePack
from cued.core.effects import (
    BandWas,
    CadenceSeen,
    Counted,
    CuesEnded,
    CutSpeech,
    Effect,
    Expired,
    Failed,
    Measured,
    PackSwapped,
    Paused,
    PlayClick,
    RecallClicks,
    Render,
    RunEnded,
    Say,
    SegmentBegan,
    SegmentSkipped,
    SensorWas,
    Suppressed,
    TempoChanged,
    Unheard,
    WentBack,
    Withheld,
)
from cued.core.start import Start
from cued.units import NS_PER_MS, NS_PER_S, to_s, to_spm

FORMAT: Final = 1
"""Raised when a reader of older files would misread newer ones."""
RING_NS: Final = 250 * NS_PER_MS
"""So far ahead sound lies in the ring: a recall does not reach it (architecture, rule 5)."""

_UNSAFE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What some readers take for the end of a line, and halves of characters that no file can hold (from odd file names)."""

Line: TypeAlias = dict[str, object]
_Held: TypeAlias = tuple[int, bool, int, Effect]
"""(t_ns, is a click, number of arrival, effect): sorts by time; a click on a boundary belongs to what begins there, so it comes
after; else what came first stays first."""


class EventsFile:
    """Effects of one run in, lines out, each as soon as it is final; `header` + every `add` + `finish` is the file.

    The lines do not depend on how the effects were cut into batches. Pure: it returns text and writes nothing.
    """

    def __init__(self, how: Start, *, voice: str, source: str = "", rate_hz: int | None = None) -> None:
        """`voice`: `nominal` or `real`; `source`: what feeds the run; `rate_hz`: of the sound file that goes with it."""
        self._how = how
        self._voice = voice
        self._source = source
        self._rate_hz = rate_hz
        self._bands = _BandFinder(how.pack)
        self._held: list[_Held] = []
        self._arrived = 0
        self._written_ns = 0
        self._ended_ns: int | None = None
        self._cut: set[int] = set()
        """Arrival numbers of cues that were cut short."""

    def header(self) -> str:
        """The `start` line."""
        how = self._how
        line: Line = {
            "kind": "start",
            "t_ns": 0,
            "format": FORMAT,
            "cued": __version__,
            "voice": self._voice,
            "seed": how.seed,
            "pack": how.pack.name,
            "pack_version": how.pack.version,
            "title": how.pack.title_for(how.language),
            "session": how.session_number,
            "language": how.language or how.pack.language,
            "source": self._source,
            "simulated": how.simulated,
            "sensor": how.sensor,
            "desk": how.desk,
            "length_s": None if how.length_ns is None else to_s(how.length_ns),
        }
        if self._rate_hz is not None:
            line["rate_hz"] = self._rate_hz
        return _text(line)

    def add(self, effects: Iterable[Effect], now_ns: int) -> list[str]:
        """The lines that are final once a step at `now_ns` gave `effects`; call it after every step, in order."""
        for effect in effects:
            self._take(effect)
        return self._flush(now_ns)

    def finish(self, end_ns: int) -> list[str]:
        """The last lines, for a run whose sound stops at `end_ns`: clicks from there on were not heard, a cue is cut there."""
        self._held = [held for held in self._held if not (held[1] and held[0] >= end_ns)]
        self._drop_unheard_tempi()
        for _, _, number, effect in list(self._held):
            if isinstance(effect, Say) and effect.at_ns + effect.dur_ns > end_ns:
                self._shorten(number, end_ns)
        return [self._line(held) for held in self._held]

    def _take(self, effect: Effect) -> None:
        if isinstance(effect, RecallClicks):
            beyond_ns = effect.at_ns + RING_NS
            self._held = [held for held in self._held if not (held[1] and held[0] >= effect.from_ns and held[0] > beyond_ns)]
        elif isinstance(effect, CutSpeech):
            for _, _, number, said in reversed(self._held):
                if isinstance(said, Say) and said.text_id == effect.text_id:
                    self._shorten(number, effect.at_ns + effect.fade_ns)
                    break
        elif not isinstance(effect, Render):
            if isinstance(effect, RunEnded):
                self._ended_ns = effect.at_ns
                self._drop_unheard_tempi()
            self._arrived += 1
            insort(self._held, (effect.at_ns, isinstance(effect, PlayClick), self._arrived, effect))

    def _drop_unheard_tempi(self) -> None:
        """A tempo beyond the run's end whose first click is not in the ring, or after all sound, never was."""
        if self._ended_ns is None:
            return
        clicks = {held[0] for held in self._held if held[1]}
        self._held = [
            held
            for held in self._held
            if not isinstance(held[3], TempoChanged) or held[0] <= self._ended_ns or held[0] in clicks
        ]

    def _shorten(self, number: int, silent_ns: int) -> None:
        """The cue that arrived as `number` is silent from `silent_ns` on."""
        for index, (at_ns, click, arrived, said) in enumerate(self._held):
            if arrived == number and isinstance(said, Say) and silent_ns < at_ns + said.dur_ns:
                self._held[index] = (at_ns, click, arrived, replace(said, dur_ns=max(0, silent_ns - at_ns)))
                self._cut.add(number)

    def _flush(self, now_ns: int) -> list[str]:
        """Every line before `now_ns`; at `now_ns` itself more may come. A cue waits for its end, all else behind it."""
        held = self._held
        if not held or held[0][0] >= now_ns:
            return []
        count = 0
        for at_ns, _, _, effect in held:
            if at_ns >= now_ns or (isinstance(effect, Say) and at_ns + effect.dur_ns > now_ns):
                break
            count += 1
        lines = [self._line(one) for one in held[:count]]
        del held[:count]
        return lines

    def _line(self, held: _Held) -> str:
        at_ns, _, number, effect = held
        # An effect stamped before what is already written took effect at the session's time: the file stays in order.
        self._written_ns = t_ns = max(at_ns, self._written_ns)
        if isinstance(effect, PlayClick):
            return _click(effect, t_ns)
        if isinstance(effect, CadenceSeen):
            return _cadence(effect, t_ns)
        if isinstance(effect, SegmentBegan):
            low, high = effect.low, effect.high
            if low is None or high is None:
                band = self._bands.of(effect.segment)
                low, high = band.low, band.high
            return _text({**_segment(effect, t_ns), "low": low, "high": high})
        if isinstance(effect, Say):
            cut = number in self._cut
            self._cut.discard(number)
            return _text(_cue(effect, "say", t_ns, effect.dur_ns, "cut" if cut else ""))
        return _text(_other(effect, t_ns))


class _BandFinder:
    """Of an older cued's segments, which did not tell their band: a name means the next one so called, the session read round
    and round.
    """

    def __init__(self, pack: CuePack) -> None:
        self._pack_band = pack.band
        self._segments = pack.segments()
        self._place = -1

    def of(self, name: str) -> Band:
        count = len(self._segments)
        for ahead in range(1, count + 1):
            place = (self._place + ahead) % count
            if self._segments[place].name == name:
                self._place = place
                return self._segments[place].band
        return self._pack_band


def _click(click: PlayClick, t_ns: int) -> str:
    """By hand: an hour holds some ten thousand of them."""
    text = f'{{"kind": "click", "t_ns": {t_ns}, "beat": {click.beat}, "accent": {"true" if click.accent else "false"}'
    text += f', "spm": {to_spm(click.mspm)!r}'
    if click.hint:
        text += f', "hint": {json.dumps(click.hint)}'
    if click.gain_db:
        text += f', "gain_db": {json.dumps(_number(click.gain_db))}'
    return text + "}\n"


def _segment(began: SegmentBegan, t_ns: int) -> Line:
    reps = began.reps or None
    return {"kind": "segment", "t_ns": t_ns, "segment": began.segment, "index": began.index, "rep": began.rep, "reps": reps}


def _cue(cue: Say | Withheld | Suppressed | Expired | Failed | Unheard, kind: str, t_ns: int, dur_ns: int, reason: str) -> Line:
    return {
        "kind": kind,
        "t_ns": t_ns,
        "cue": cue.cue,
        "text": cue.text,
        "rule": cue.rule,
        "priority": cue.priority.name.lower(),
        "dur_s": dur_ns / NS_PER_S,
        "reason": reason,
    }


def _cadence(seen: CadenceSeen, t_ns: int) -> str:
    """By hand, as clicks are: one a second."""
    text = f'{{"kind": "cadence", "t_ns": {t_ns}, "spm": {_json(seen.spm)}, "smooth_spm": {_json(seen.smooth_spm)}'
    text += f', "target_spm": {_json(seen.target_spm)}, "band": "{seen.band}", "state": "{seen.state}"'
    text += f', "speed_mps": {_json(seen.speed_mps)}, "distance_m": {_json(seen.distance_m)}'
    if seen.estimated:
        text += ', "estimated": true'
    if seen.artefact:
        text += f', "artefact": "{seen.artefact}"'
    if seen.raw is not None:
        text += f', "raw": {seen.raw}'
    return text + "}\n"


def _other(effect: Effect, t_ns: int) -> Line:
    match effect:
        case Withheld():
            return _cue(effect, "withheld", t_ns, effect.dur_ns, "withhold")
        case Suppressed():
            return _cue(effect, "suppressed", t_ns, 0, effect.reason)
        case Expired():
            return _cue(effect, "expired", t_ns, 0, effect.reason)
        case Failed():
            return _cue(effect, "failed", t_ns, 0, effect.reason)
        case Unheard():
            return {**_cue(effect, "unheard", t_ns, effect.dur_ns, ""), "said_ns": effect.said_ns}
        case SegmentSkipped(segment=segment, reason=reason):
            return {"kind": "segment_skipped", "t_ns": t_ns, "segment": segment, "reason": reason}
        case WentBack(segment=segment):
            return {"kind": "back", "t_ns": t_ns, "segment": segment}
        case PackSwapped():
            named = {"pack": effect.name, "pack_version": effect.version, "title": effect.title}
            return {"kind": "pack", "t_ns": t_ns, **named, "session": effect.session_number}
        case TempoChanged(mspm=mspm, mode=mode, reason=reason):
            return {"kind": "tempo", "t_ns": t_ns, "spm": to_spm(mspm), "mode": mode, "reason": reason}
        case SensorWas(state=state):
            return {"kind": "sensor", "t_ns": t_ns, "state": state}
        case BandWas(state=state):
            return {"kind": "band", "t_ns": t_ns, "state": state}
        case Measured(what=what, value=value, speed_mps=speed_mps):
            figure = {"what": what, "value": _number(value), "speed_mps": _number(speed_mps)}
            return {"kind": "measured", "t_ns": t_ns, **figure}
        case Paused(paused=paused):
            since = {} if effect.from_ns == effect.at_ns else {"since_ns": effect.from_ns}
            return {"kind": "pause", "t_ns": t_ns, "paused": paused, **since}
        case Counted(what=what, count=count):
            return {"kind": "counted", "t_ns": t_ns, "what": what, "count": count}
        case CuesEnded(reason=reason):
            return {"kind": "cues_ended", "t_ns": t_ns, "reason": reason}
        case RunEnded(reason=reason):
            return {"kind": "end", "t_ns": t_ns, "reason": reason}
    raise AssertionError(f"no line for {effect!r}")


def _number(value: float | None) -> float | None:
    """To thousandths, which is finer than any sensor; None for what JSON has no number for."""
    return None if value is None or not math.isfinite(value) else round(value, 3)


def _json(value: float | None) -> str:
    number = _number(value)
    return "null" if number is None else repr(number)


def _text(line: Line) -> str:
    text = json.dumps(line, ensure_ascii=False, allow_nan=False)
    if _UNSAFE.search(text):
        text = json.dumps(line, allow_nan=False)
    return text + "\n"
