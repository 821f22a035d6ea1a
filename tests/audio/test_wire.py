"""Messages between the session and its sound process, however the pipe cuts them."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cued.audio.commands import Click, ClickLate, Clip, Hint, PlayClip, Promised
from cued.audio.wire import MAX_REPORT_BYTES, Beat, Failed, Ready, Unpacker, packed, python_command

MESSAGES = [
    Click(1, "drum", accent=True, hint=Hint.BELOW, gain_db=-3.0),
    PlayClip(5, "a", utterance_id="cue"),
    Beat(2**40, 2**62, 1, 2, 3),
    Promised(2**62, 2**40),
    Failed("the device went away"),
]


@given(st.lists(st.integers(0, 2_000), max_size=20))
def test_messages_arrive_whole_and_in_order(cuts: list[int]) -> None:
    data = b"".join(map(packed, MESSAGES))
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    unpacker = Unpacker()
    got = [message for low, high in pairwise(edges) for message in unpacker.feed(data[low:high])]
    assert got == MESSAGES


def test_a_clip_arrives_to_the_bit() -> None:
    pcm = np.random.default_rng(2).standard_normal(100_000).astype(np.float32)
    (clip,) = Unpacker().feed(packed(Clip("a", 22_050, pcm)))
    assert (clip.clip_id, clip.rate_hz) == ("a", 22_050)
    assert clip.pcm.tobytes() == pcm.tobytes()


def test_every_report_fits_a_pipes_atomic_write() -> None:
    long_name = "x" * 1_000
    for report in (*MESSAGES, ClickLate(2**62, 2**62), Ready(long_name, long_name, 48_000, 2**62), Failed(long_name)):
        assert len(packed(report)) <= MAX_REPORT_BYTES


def test_a_child_finds_the_package_wherever_it_is_started_and_ignores_what_lies_there(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise RuntimeError('the wrong one')\n")
    (tmp_path / "cued").mkdir()
    command = python_command("cued.audio.wire")
    program = command[-1].replace("import main; main()", "import MAX_REPORT_BYTES; import json; print(MAX_REPORT_BYTES)")
    done = subprocess.run((*command[:-1], program), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(MAX_REPORT_BYTES), done.stderr
