"""Whatever an engine's process does, it ends at its deadline and leaves nothing behind."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cued.speech.child import ChildGoneError, ChildLateError, LineChild, run
from tests.speech.fakes import is_over, is_running
from tests.support.waiting import DEADLINE_S, wait_for


def test_output_complaint_and_exit_code_are_collected() -> None:
    finished = run(["sh", "-c", "printf abc; echo so what >&2; exit 3"], deadline_s=DEADLINE_S, max_bytes=10)
    assert (finished.code, finished.output, finished.complaint) == (3, b"abc", "so what")


def test_a_hung_process_and_its_children_are_killed_at_the_deadline(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    begun_s = time.monotonic()
    with pytest.raises(ChildLateError):
        run(["sh", "-c", f"sleep 600 & echo $! > {note}; wait"], deadline_s=0.2, max_bytes=10)
    assert time.monotonic() - begun_s < 60  # not the ten minutes of its child
    wait_for(lambda: is_over(note))


def test_a_process_that_closes_its_output_and_stays_is_killed_too() -> None:
    with pytest.raises(ChildLateError):
        run(["sh", "-c", "exec >&- 2>&-; sleep 600"], deadline_s=0.2, max_bytes=10)


def test_children_left_by_a_process_that_ended_are_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    run(["sh", "-c", f"sleep 600 >/dev/null 2>&1 & echo $! > {note}"], deadline_s=DEADLINE_S, max_bytes=10)
    wait_for(lambda: is_over(note))


def test_endless_output_is_cut_off() -> None:
    with pytest.raises(ChildGoneError, match="more than 100000 bytes"):
        run(["cat", "/dev/zero"], deadline_s=DEADLINE_S, max_bytes=100_000)


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(ChildGoneError, match="cannot be started"):
        run(["/nowhere/espeak-ng"], deadline_s=DEADLINE_S, max_bytes=10)


def test_lines_are_answered_one_by_one_even_when_they_come_together() -> None:
    child = LineChild(["sh", "-c", "read a; printf '1 %s\\n2 ' $a; read b; printf '%s\\n' $b"])
    child.send("x")
    assert child.receive(DEADLINE_S) == "1 x"
    child.send("y")
    assert child.receive(DEADLINE_S) == "2 y"
    with pytest.raises(ChildGoneError, match="exit code 0"):
        child.receive(DEADLINE_S)
    child.close()
    child.close()


def test_how_a_process_ended_is_told() -> None:
    child = LineChild(["sh", "-c", "kill -SEGV $$"])
    with pytest.raises(ChildGoneError, match="SIGSEGV"):
        child.receive(DEADLINE_S)
    with pytest.raises(ChildGoneError):
        child.send("x")
    child.close()


def test_an_answer_without_an_end_is_no_line() -> None:
    child = LineChild(["cat", "/dev/zero"])
    with pytest.raises(ChildGoneError, match="no line"):
        child.receive(DEADLINE_S)
    child.close()
    assert not is_running(child.pid)
