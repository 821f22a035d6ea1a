"""A power cut in the middle of a run, as the file system would find it: its image is copied while it is being written."""

from __future__ import annotations

import random
import shutil
import threading
from pathlib import Path

import pytest

from cued.journal.reader import State
from tests.journal.living import Acknowledged, Child, check_whole, rows_in, write_run
from tests.support.images import make_image, mounted, require_mounts
from tests.support.waiting import wait_for

RATE = 20.0
MEGABYTES = 16


def check_cut_off(folder: Path, moments: int, seed: int) -> None:
    """Copies at so many moments: each opens, is sound, and holds all that was acknowledged before it was taken."""
    require_mounts()
    chance = random.Random(seed)
    image = make_image(folder / "disk.img", MEGABYTES)
    run = write_run(folder / "run.csv", moments * 60 + 600)
    cuts: list[tuple[Path, Acknowledged]] = []
    with mounted(image, folder / "disk") as disk:
        child = Child(disk / "journal.db", run, RATE).wait_begun()
        cuts.extend(_cut(child, image, folder / f"cut{one}.img", chance.uniform(0.05, 1.0)) for one in range(moments))
        assert child.end() == 0
    for copy, last in cuts:
        with mounted(copy, folder / "cut") as disk:
            session = check_whole(disk / "journal.db")
            assert session.state is State.INTERRUPTED
            assert session.end_ns >= last.at_ns
            assert rows_in(disk / "journal.db") >= last.rows
        copy.unlink()


def _cut(child: Child, image: Path, copy: Path, after_s: float) -> tuple[Path, Acknowledged]:
    """A copy of the image and what had been acknowledged; taken anew if a commit fell into the copying, which takes a while."""
    while True:
        due = threading.Event()
        timer = threading.Timer(after_s, due.set)
        timer.start()
        wait_for(due.is_set, 60.0, "a random moment")
        last = child.acknowledged[-1]
        shutil.copyfile(image, copy)
        if child.acknowledged[-1] is last:
            return copy, last


@pytest.mark.slow
def test_after_a_power_cut_nothing_acknowledged_is_missing(tmp_path: Path) -> None:
    check_cut_off(tmp_path, 6, seed=30)


@pytest.mark.soak
def test_after_any_of_thirty_power_cuts_nothing_acknowledged_is_missing(tmp_path: Path) -> None:
    check_cut_off(tmp_path, 30, seed=31)
