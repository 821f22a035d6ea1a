"""A listener that keeps a run's public lines, and writes them where they are wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from cued.core.cues import CuePack
from cued.core.effects import Effect
from cued.core.start import Start
from cued.errors import OutputError
from cued.formats.events_file import EventsFile
from cued.runtime.files import TextOut

if TYPE_CHECKING:
    from cued.review.reasons_in_words import Wording

_TOGETHER: Final = 500
"""Lines read at once: enough to save time, few enough to cost no memory."""


class EventLog:
    """Lines as `formats.events_file` makes them: in order of time, each as soon as it is final."""

    def __init__(
        self,
        how: Start,
        *,
        voice: str,
        source: str,
        rate_hz: int | None = None,
        out: TextOut | None = None,
        spare: Callable[[str], None] | None = None,
        taken: Sequence[CuePack] = (),
    ) -> None:
        """`out` gets each line. `spare`: a live run goes on without its file; it is told why, and `failure` keeps the error.

        `taken`: the packs that are known to have been taken on the way.
        """
        self._packs = (how.pack, *taken)
        self._file = EventsFile(how, voice=voice, source=source, rate_hz=rate_hz)
        self._out = out
        self._spare = spare
        self.lines: list[str] = []
        """All lines so far, each with its line end."""
        self.failure: OutputError | None = None
        self._keep([self._file.header()])

    def hear(self, effects: Sequence[Effect], at_ns: int) -> None:
        """Keep what has become final."""
        self._keep(self._file.add(effects, at_ns))

    def finish(self, end_ns: int) -> None:
        """The last lines; the file is complete."""
        self._keep(self._file.finish(end_ns))
        if self._out is not None:
            self._out.close()

    def abort(self) -> None:
        """Leave no half of a file that should be whole."""
        if self._out is not None:
            self._out.abort()

    def rows(self) -> Iterator[dict[str, Any]]:
        """The lines as values; read many at once, which is quicker than one by one."""
        for first in range(0, len(self.lines), _TOGETHER):
            yield from json.loads(f"[{','.join(self.lines[first : first + _TOGETHER])}]")

    def wording(self) -> Wording:
        """What its packs lend to whoever tells of it; of a pack that was taken in a live run nothing."""
        from cued.runtime.wording import wording_of

        return wording_of(self._packs)

    def _keep(self, lines: list[str]) -> None:
        if not lines:
            return
        self.lines += lines
        if self._out is None:
            return
        try:
            self._out.write("".join(lines))
        except (OutputError, BrokenPipeError) as error:
            if self._spare is None:
                raise
            self.failure = error if isinstance(error, OutputError) else OutputError("the reader of the events went away")
            self._out.abort()
            self._out = None
            self._spare(f"{self.failure}; the run goes on without its events file")
