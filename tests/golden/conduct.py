"""A case becomes the text of its golden file: a header for whoever reviews it, then every decision."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cued.core.events import Back
from cued.packs.catalog import open_pack, shipped_folder
from cued.runtime.feeding import Feeding, Recorded, Simulated, feeding_of
from cued.runtime.rehearsal import Wanted, Watch, rehearse
from cued.runtime.request import Pack, Request
from cued.units import seconds
from tests.golden.cases import Case
from tests.golden.render import EVERY, rendered
from tests.support.pressing import Pressed, taken
from tests.support.raw_runs import raw_run

FOLDER: Final = Path(__file__).with_name("runs")


def golden_file(case: Case) -> Path:
    """Where the expected decisions lie."""
    return FOLDER / f"{case.name}.txt"


def golden_text(case: Case, runs: Path | None) -> str:
    """Conduct the run and write it down; `runs`: the folder of recordings, needed for a recorded case."""
    lines = _events(case, runs)
    return "\n".join([*_header(case, runs), "", *rendered(lines, samples=not case.run), ""])


def _header(case: Case, runs: Path | None) -> list[str]:
    told = [case.command, f"Why: {case.why}."]
    if case.raw:
        told.append(f"Input: {case.raw}.jsonl, bytes made up by tests/support/raw_runs.py.")
        told.append(f"Not shown: cadence lines, but for every {EVERY}th.")
    elif case.run:
        assert runs is not None
        told.append(f"Input: a real run, {case.run}, SHA-256 {hashlib.sha256((runs / case.run).read_bytes()).hexdigest()};")
        told.append("it is not in the repository. Not shown: its cadence lines.")
    else:
        told.append("Input: nothing but the simulated runner above.")
        for at_s, what in case.pressed:
            told.append(f"At {at_s:.1f} s: {what if what == 'back' else f'the pack {what} is taken'}.")
        told.append(f"Not shown: cadence lines, but for every {EVERY}th.")
    told.append(
        "Clicks at one tempo share a line, which tells the first, the last and how many. `make golden` writes this anew."
    )
    return [f"# {line}" for line in told]


def _events(case: Case, runs: Path | None) -> list[str]:
    loaded = open_pack(str(shipped_folder() / f"{case.pack}.yaml"))
    request = Request(
        pack=Pack(loaded.pack, loaded.folder),
        feeding=_feeding(case, runs),
        seed=case.seed,
        session_number=case.session,
    )
    return rehearse(request, Wanted(), Watch(notice=_ignore)).log.lines


def _feeding(case: Case, runs: Path | None) -> Feeding:
    if case.raw:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{case.raw}.jsonl"
            path.write_text(raw_run(case.raw), encoding="utf-8")
            return feeding_of(Recorded(str(path)), case.length_ns, case.seed)
    choice = Simulated(case.sim) if case.sim else Recorded(str((runs or Path()) / case.run))
    feeding = feeding_of(choice, case.length_ns, case.seed)
    if not case.pressed:
        return feeding
    keys = [Back(seconds(at_s)) if what == "back" else taken(seconds(at_s), what) for at_s, what in case.pressed]
    return replace(feeding, feed=Pressed(feeding.feed, keys))


def _ignore(_sentence: str) -> None:
    """A nominal voice has nothing to say about itself."""
