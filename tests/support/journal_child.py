"""A live run in a process of its own, which tells on standard output what its journal has acknowledged.

`python -m tests.support.journal_child JOURNAL RUN.csv RATE [PACK]`; a line `committed AT_NS ROWS SESSION` after each commit.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cued.cli import options
from cued.cli.screen import PlainScreen
from cued.runtime.feeding import Recorded, feeding_of
from cued.runtime.journalling import JournalWanted
from cued.runtime.liverun import LiveWanted, live
from cued.runtime.request import Request, ToNothing

if TYPE_CHECKING:
    from cued.journal.items import Committed


def tell(done: Committed) -> None:
    print(f"committed {done.at_ns} {done.rows}", flush=True)


def main(journal: str, run: str, rate: str, pack: str = "integration") -> None:
    request = Request(options.load(pack, sys.stderr), feeding_of(Recorded(run), None, 0), seed=5)
    wanted = LiveWanted(ToNothing(), float(rate), journal=JournalWanted(Path(journal), committed=tell))
    live(request, wanted, PlainScreen(sys.stderr))


if __name__ == "__main__":
    main(*sys.argv[1:])
