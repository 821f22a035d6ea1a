"""What holds between options: times that come one after the other, pins that are each one thing's."""

from __future__ import annotations

from collections.abc import Iterator

from cued.config.settings import OPTIONS, Settings
from cued.errors import Problem
from cued.yamlread import Document, Path
from cued.yamlread.quantities import time_text

_PINS = tuple(entry for entry in OPTIONS if entry.path[-1].endswith("_pin"))


def problems_between(settings: Settings, document: Document, touched: frozenset[Path]) -> Iterator[Problem]:
    """The problems and doubts of options that are each right by themselves; those in `touched` are not, and are left out."""
    life = settings.life
    if life.end_after_ns <= life.pause_after_ns and not _any_touched(touched, "end_after", "pause_after"):
        path = _given(document, ("life", "end_after"), ("life", "pause_after"))
        yield document.problem(
            path,
            f"a run would end after {time_text(life.end_after_ns)} of standing and be paused only after "
            f"{time_text(life.pause_after_ns)}: let `end_after` be longer than `pause_after`",
        )
    seen: dict[object, str] = {}
    for entry in _PINS:
        pin = entry.value_in(settings)
        if pin is None or entry.path in touched:
            continue
        if pin in seen:
            yield document.problem(entry.path, f"pin {pin} is that of `{seen[pin]}` already: give each its own")
        seen.setdefault(pin, entry.path[-1])
    if settings.sound.voice_volume == 0:
        yield document.problem(
            ("sound", "voice_volume"),
            "at 0% you hear no cue, and no word for your safety either: write 10% or more",
            warning=True,
        )


def _any_touched(touched: frozenset[Path], *names: str) -> bool:
    return any(path[:1] == ("life",) and (len(path) == 1 or path[1] in names) for path in touched)


def _given(document: Document, *paths: Path) -> Path:
    """The first of the options that the file holds: where the mend is."""
    return next((path for path in paths if path in document.values), paths[0])
