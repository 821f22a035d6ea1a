"""Where a person looks during a run: one line that lives on a terminal, plain lines anywhere else."""

from __future__ import annotations

import os
import select
import shutil
from collections.abc import Sequence
from typing import Final, TextIO

from cued.core.effects import Effect, PackSwapped, Paused, Say, SegmentBegan, SegmentSkipped, SensorWas, WentBack
from cued.core.view import View
from cued.review.reasons_in_words import why
from cued.runtime.status import Piece, SoundState, Tone, clock_text, cut, status_line
from cued.units import NS_PER_MS, NS_PER_S

CODES: Final = {
    Tone.PLAIN: "",
    Tone.FAINT: "2",
    Tone.STRONG: "1",
    Tone.GOOD: "32",
    Tone.LOW: "33",
    Tone.HIGH: "35",
    Tone.ALARM: "1;31",
}
"""ANSI select graphic rendition (ECMA-48): the eight colours that every terminal has, legible on dark and light."""
CLEAR: Final = "\r\x1b[2K"
"""To the line's begin, and erase it."""


class PlainScreen:
    """A line for each segment, cue and change of the sensor: for pipes, logs and the curious."""

    every_ns = NS_PER_S
    """`show` has nothing to draw here, and a reader that goes away need not be seen at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._gone = False
        self.over_ns: int | None = None
        """When the run reaches its length, on the session's line; None: unknown."""
        self._paused_ns = 0

    def show(self, view: View, sound: SoundState) -> None:  # noqa: ARG002 - who draws looks at them
        """Nothing: lines come when something happens. Raises BrokenPipeError where nobody reads them any more."""
        if _unread(self._out):
            raise BrokenPipeError

    def notice(self, sentence: str) -> None:
        """Say something that concerns the runner."""
        self.line(sentence)

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:  # noqa: ARG002 - each effect has its own time
        """A line for what a runner would notice."""
        for effect in effects:
            if isinstance(effect, Paused) and effect.paused:
                self._paused_ns = effect.at_ns
            elif isinstance(effect, Paused) and self.over_ns is not None:
                self.over_ns += effect.at_ns - self._paused_ns
            told = line_of(effect, self.over_ns)
            if told:
                self.line(told)

    def finish(self, end_ns: int) -> None:
        """Nothing is left to show."""

    def line(self, text: str) -> None:
        """Print one line at once."""
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        if self._gone:
            return
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            raise
        except OSError:  # a terminal that was closed: the run ends by its signal, and its files are to be whole
            self._gone = True


class TerminalScreen(PlainScreen):
    """The same lines, and below them one that tells the state of the run twice a second."""

    every_ns = 500 * NS_PER_MS
    """Fast enough to feel alive, slow enough to cost nothing on a small computer."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(out)
        self._colour = wants_colour()
        self._shown = ""

    def show(self, view: View, sound: SoundState) -> None:
        """Draw the status line where the last one was."""
        self.draw(status_line(view, sound))

    def draw(self, line: tuple[Piece, ...]) -> None:
        """The same with any line."""
        pieces = cut(line, shutil.get_terminal_size().columns - 1)
        self._shown = painted(pieces, colour=self._colour)
        self._write(CLEAR + self._shown)

    def finish(self, end_ns: int) -> None:  # noqa: ARG002 - the line goes, whenever that is
        """Take the status line away."""
        self._write(CLEAR)
        self._shown = ""

    def line(self, text: str) -> None:
        """Print one line above the status line."""
        self._write(f"{CLEAR}{text}\n{self._shown}")


class Block(PlainScreen):
    """A few lines at the end of a terminal, drawn anew in place; anywhere else there is nothing of them."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(out)
        self._drawn = 0
        """Lines above the cursor that the next drawing replaces."""
        self._lines: Sequence[tuple[Piece, ...]] = ()
        self.alive = is_terminal(out)
        """Is anything shown?"""

    def draw(self, lines: Sequence[tuple[Piece, ...]]) -> None:
        """Show `lines` where the last ones were, as many as there is room for."""
        if self.alive:
            self._lines = lines
            self._write(self._erased() + self._drawing())

    def live(self, text: str) -> None:
        """`draw` for one plain line."""
        self.draw([(Piece(text, Tone.FAINT),)])

    def line(self, text: str) -> None:
        """Print one line above the block."""
        self._write(f"{self._erased()}{text}\n{self._drawing()}")

    def clear(self) -> None:
        """Take the block away."""
        self._write(self._erased())
        self._lines = ()

    def _erased(self) -> str:
        up = f"\x1b[{self._drawn}A" if self._drawn else ""
        self._drawn = 0
        return f"{up}\r\x1b[J" if self.alive else ""

    def _drawing(self) -> str:
        if not self._lines:
            return ""
        width, height = shutil.get_terminal_size()
        shown = self._lines if len(self._lines) < height else (*self._lines[: height - 2], (Piece("…", Tone.FAINT),))
        self._drawn = len(shown)
        return "".join(painted(cut(line, width - 1), colour=wants_colour()) + "\n" for line in shown)


def painted(pieces: Sequence[Piece], *, colour: bool) -> str:
    """Text for a terminal."""
    codes = [CODES[piece.tone] if colour else "" for piece in pieces]
    return "".join(
        f"\x1b[{code}m{piece.text}\x1b[0m" if code else piece.text for piece, code in zip(pieces, codes, strict=True)
    )


def wants_colour() -> bool:
    """As https://no-color.org asks."""
    return not os.environ.get("NO_COLOR")


def line_of(effect: Effect, over_ns: int | None = None) -> str:
    """What a runner would notice of an effect, with the time before it; empty for the rest. `over_ns`: when the run ends."""
    if isinstance(effect, SegmentBegan):
        return f"{clock_text(effect.at_ns):>7}  {_began(effect, over_ns)}"
    if isinstance(effect, Say):
        heard = f"“{effect.text}”" if effect.text else f"(sound) {effect.cue}"
        return f"{clock_text(effect.at_ns):>7}      {heard}"
    if isinstance(effect, SensorWas):
        words = {"found": "pod found", "lost": "pod lost", "back": "pod back", "battery_low": "pod battery low"}
        return f"{clock_text(effect.at_ns):>7}  {words.get(effect.state, effect.state)}"
    if isinstance(effect, SegmentSkipped):
        return f"{clock_text(effect.at_ns):>7}  {effect.segment} is left out ({why(effect.reason)})"
    if isinstance(effect, WentBack):
        return f"{clock_text(effect.at_ns):>7}  back to the start of {effect.segment}"
    if isinstance(effect, PackSwapped):
        return f"{clock_text(effect.at_ns):>7}  the pack is {effect.title} from here on"
    return ""


def _began(effect: SegmentBegan, over_ns: int | None) -> str:
    if not effect.segment:
        return "the session is done; recording goes on"
    rounds = f" {effect.rep} of {effect.reps}" if effect.reps > 1 else f" {effect.rep}" if effect.reps == 0 else ""
    ends_ns = effect.ends_ns if effect.ends_ns is None or over_ns is None else min(effect.ends_ns, over_ns)
    until = f", until {clock_text(ends_ns)}" if ends_ns is not None else ""
    return f"{effect.segment}{rounds}{until}"


def _unread(out: TextIO) -> bool:
    """Is `out` a pipe whose reader has gone away?"""
    try:
        pipe = out.fileno()
    except (OSError, ValueError):  # no file of the system's, or closed
        return False
    poll = select.poll()
    poll.register(pipe, 0)
    return any(flags & select.POLLERR for _, flags in poll.poll(0))


def is_terminal(out: TextIO) -> bool:
    """True if a line on `out` can be drawn over."""
    return out.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}
