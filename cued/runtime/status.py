"""A run's state as one line for a person who looks up for a second: pure text, no terminal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from cued.core.view import View
from cued.units import NS_PER_S, to_spm

GAUGE_SHARE: Final = 0.08
"""The gauge reaches 8 % either side of the target: twice the usual band, so that a runner who strays is still on it."""
GAUGE_HALF: Final = 8
"""Its cells either side of the middle: one is 1 %, about as fine as a pod measures."""

FRESH_NS: Final = 10 * NS_PER_S
"""A cue as young as this is still being followed."""


PAST_NS: Final = 30 * NS_PER_S
"""An older one says nothing about now any more."""


class Tone(Enum):
    """What a piece of the line is about; the terminal has a colour for each."""

    PLAIN = "plain"
    FAINT = "faint"
    STRONG = "strong"
    GOOD = "good"
    LOW = "low"
    HIGH = "high"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the line in one tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class SoundState:
    """How the output does, as far as a runner cares."""

    device: str = ""
    underruns: int = 0
    resyncs: int = 0
    restarts: int = 0
    late_clicks: int = 0
    absent: bool = False
    elsewhere: str = ""
    """What it went to instead of the chosen device; empty: nothing of the kind is known."""
    place: str = ""
    """Where a sound server plays it; empty where none tells."""
    latency_ns: int = 0
    """From cued to the ear, as the device reports it; Bluetooth is mostly left out of it."""
    error_ns: int = 0
    """How late a click leaves cued now, against the time it was planned for, by the device's clock: the median of some seconds.
    What lies behind, `latency_ns`, is not in it. Negative: early."""
    worst_error_ns: int = 0
    """The largest there was, early or late."""
    cues: int = 0
    """Words and sounds that were begun."""
    late_cues: int = 0
    """Of those: begun half a second after their time, or later."""
    dropped_cues: int = 0
    """Not begun in time: another cue spoke, the text was not ready, or there was no device."""
    unheard_cues: int = 0
    """Begun, but on no device or another than the chosen one."""
    resting: bool = False
    """Nothing has sounded for long: the device is closed until something is to be played."""
    clip_bytes: int = 0
    """Of the sounds that are kept ready."""

    @property
    def troubles(self) -> str:
        """`2 underruns, 1 restart`; empty while all is well."""
        counts = (
            (self.underruns, "underrun"),
            (self.resyncs, "resync"),
            (self.restarts, "restart"),
            (self.late_clicks, "late click"),
            (self.unheard_cues, "unheard cue"),
        )
        return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count)


def clock_text(ns: int) -> str:
    """`7:05`, `1:07:05`; whole seconds, rounded down."""
    minutes, second = divmod(max(0, ns) // NS_PER_S, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def status_line(view: View, sound: SoundState) -> tuple[Piece, ...]:
    """The line: clock, segment and what is left of it, cadence on its gauge, beat, last cue, troubles."""
    pieces = [Piece(clock_text(view.run_ns), Tone.STRONG), Piece(f"  {segment_text(view)}")]
    if view.at_ns < 0:
        return tuple(pieces)
    if view.paused:
        return (*pieces, Piece("  paused", Tone.ALARM))
    pieces += [Piece("  "), *_cadence(view)]
    beat = _beat(view)
    if beat.text:
        pieces += [Piece("  "), beat]
    ago_ns = view.at_ns - (view.last_cue_at_ns or 0)
    if view.last_cue and ago_ns < PAST_NS:
        pieces.append(Piece(f"  “{view.last_cue}”", Tone.PLAIN if ago_ns < FRESH_NS else Tone.FAINT))
    if sound.absent:
        pieces.insert(1, Piece("  no sound device", Tone.ALARM))
    elif sound.elsewhere:
        pieces.insert(1, Piece(f"  sound is on {sound.elsewhere}", Tone.ALARM))
    elif sound.troubles:
        pieces.insert(1, Piece(f"  {sound.troubles}", Tone.ALARM))
    return tuple(pieces)


def segment_text(view: View) -> str:
    """`feeder 2/4 −1:05`: the segment, its round, what is left."""
    if view.at_ns < 0:
        return "starting"
    if view.ended:
        return "done"
    if not view.segment:
        return "session done, recording"
    if view.waiting:
        return f"{view.segment}: press when ready"
    rounds = f" {view.rep}/{view.reps}" if view.reps > 1 else f" {view.rep}" if view.reps == 0 else ""
    if view.segment_left_ns is not None:
        left = f" −{clock_text(view.segment_left_ns)}"
    elif view.segment_left_m is not None:
        left = f" −{view.segment_left_m / 1000:.2f} km"
    else:
        left = ""
    return f"{view.segment}{rounds}{left}"


def _cadence(view: View) -> list[Piece]:
    if view.state in {"standing", "walking"}:
        return [Piece(view.state, Tone.FAINT)]
    if view.state == "lost":
        return [Piece("pod lost", Tone.ALARM)]
    if view.cadence_spm is None:
        return [Piece("no cadence yet", Tone.FAINT)]
    tone = {"low": Tone.LOW, "in": Tone.GOOD, "high": Tone.HIGH}.get(view.band, Tone.PLAIN)
    own = Piece(f"{view.cadence_spm:.0f}", tone)
    target_spm, low_spm, high_spm = view.target_spm, view.band_low_spm, view.band_high_spm
    if target_spm is None or low_spm is None or high_spm is None:
        return [own, Piece(" spm", Tone.FAINT)]
    before, mark, after = gauge(view.cadence_spm / target_spm, low_spm / target_spm, high_spm / target_spm)
    return [
        own,
        Piece(f" ▕{before}", Tone.FAINT),
        Piece(mark, tone),
        Piece(f"{after}▏ ", Tone.FAINT),
        Piece(f"{target_spm:.0f}", Tone.STRONG),
        Piece(" spm", Tone.FAINT),
    ]


def gauge(own: float, low: float, high: float) -> tuple[str, str, str]:
    """What stands left of the runner's mark, the mark, and what stands right of it.

    `own`, `low` and `high` (the band's edges) as multiples of the target. `─` is the band, `·` beyond it, `┼` the target.
    """
    cells = []
    for cell in range(-GAUGE_HALF, GAUGE_HALF + 1):
        place = 1.0 + cell * GAUGE_SHARE / GAUGE_HALF
        cells.append("┼" if cell == 0 else "─" if low <= place <= high else "·")
    off = (own - 1.0) / GAUGE_SHARE
    index = round(max(-1.0, min(1.0, off)) * GAUGE_HALF) + GAUGE_HALF
    mark = "◂" if off < -1.0 else "▸" if off > 1.0 else "●"
    return "".join(cells[:index]), mark, "".join(cells[index + 1 :])


def _beat(view: View) -> Piece:
    if view.muted:
        return Piece("muted", Tone.ALARM)
    if view.tempo_mspm:
        return Piece(f"♪ {to_spm(view.tempo_mspm):.0f}")
    if view.mode != "none":
        return Piece("♪ rests", Tone.FAINT)
    if view.segment and view.coach == "silent":
        return Piece("quiet", Tone.FAINT)
    return Piece(view.silence_reason if view.segment else "", Tone.FAINT)


def cut(pieces: tuple[Piece, ...], width: int) -> tuple[Piece, ...]:
    """`pieces` shortened to `width` characters, with an ellipsis where something is missing."""
    kept: list[Piece] = []
    left = width
    for piece in pieces:
        if len(piece.text) <= left:
            kept.append(piece)
            left -= len(piece.text)
            continue
        if left > 0:
            kept.append(Piece(piece.text[: left - 1] + "…", piece.tone))
        break
    return tuple(kept)
