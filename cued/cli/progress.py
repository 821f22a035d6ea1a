"""Progress bars on a terminal, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cued.cli.screen import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bars:
    """A bar for the texts that are spoken and one for the run, on standard error; a context manager."""

    def __init__(self, run_ns: int | None = None) -> None:
        """`run_ns`: the run's length; None: no bar for it."""
        self._run_ns = run_ns
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if is_terminal(sys.stderr):
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeRemainingColumn(),
            )
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Take the bars away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    @property
    def speech(self) -> Callable[[int, int, str], None] | None:
        """For texts: done, total, text."""
        return None if self._progress is None else self._speech

    @property
    def run(self) -> Callable[[int], None] | None:
        """For the run: the session's time."""
        return None if self._progress is None or self._run_ns is None else self._run

    def notice(self, sentence: str) -> None:
        """A sentence that concerns the runner, above the bars."""
        if self._progress is None:
            print(sentence, file=sys.stderr)
        else:
            self._progress.console.print(sentence, markup=False, highlight=False)

    def _speech(self, done: int, total: int, text: str) -> None:
        self._set("speaking", done, total)
        del text  # a bar that changes its words with every text cannot be read

    def _run(self, at_ns: int) -> None:
        assert self._run_ns is not None
        self._set("running", at_ns, self._run_ns)

    def _set(self, name: str, done: int, total: int) -> None:
        if self._progress is None:
            return
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=min(done, total), total=total)
