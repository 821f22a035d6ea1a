from __future__ import annotations

import errno
import json
import os
import sys
import threading
from pathlib import Path

import pytest

from cued.cli import doctor
from cued.cli.main import main
from cued.runtime.doctor.check import Check, Machine, Outcome, State
from cued.runtime.doctor.examine import EXAMINATIONS, Examination, examine, quick
from cued.runtime.doctor.machine import RealMachine
from tests.support.fake_machine import FakeMachine, said
from tests.support.waiting import DEADLINE_S, wait_for


def test_a_machine_with_nothing_on_it_gets_a_check_for_every_question() -> None:
    checks = examine(FakeMachine())
    assert {one.name for one in EXAMINATIONS} <= {check.name for check in checks}


def test_a_question_that_hangs_is_unknown_and_the_others_are_answered() -> None:
    never = threading.Event()

    def hangs(_machine: Machine) -> tuple[Check, ...]:
        never.wait()
        return ()

    def answers(_machine: Machine) -> tuple[Check, ...]:
        return (Check("b", State.OK, "fine"),)

    checks = examine(FakeMachine(), examinations=(Examination("a", hangs), Examination("b", answers)), deadline_s=1.0)
    never.set()
    assert [(check.name, check.state) for check in checks] == [("a", State.UNKNOWN), ("b", State.OK)]


def test_a_question_that_breaks_is_unknown_with_the_reason() -> None:
    def breaks(_machine: Machine) -> tuple[Check, ...]:
        raise ValueError("odd machine")

    (check,) = examine(FakeMachine(), examinations=(Examination("a", breaks),))
    assert (check.state, check.what) == (State.UNKNOWN, "could not be told: ValueError: odd machine")


def test_everything_not_well_says_what_to_do_or_that_it_cannot_be_known() -> None:
    for check in examine(FakeMachine(files={"/sys/class/bluetooth/hci0": ""})):
        assert check.what
        assert check.mend or check.state in {State.OK, State.UNKNOWN}


def test_the_quick_answer_is_about_sound_and_the_adapter() -> None:
    assert {one.name for one in quick()} == {"PortAudio", "Bluetooth adapter"}


def test_lines_for_people_hold_every_check_with_its_mend_and_a_count() -> None:
    checks = (Check("a", State.OK, "fine", "never shown"), Check("b", State.FAIL, "broken", "mend it"))
    text = doctor.as_lines(checks, colour=False)
    assert "fine" in text
    assert "to do: mend it" in text
    assert "never shown" not in text
    assert text.endswith("1 well, 0 to look at, 1 failing, 0 not known.")
    assert "\x1b" not in text
    assert "\x1b" in doctor.as_lines(checks, colour=True)


def test_json_holds_every_field_of_every_check() -> None:
    checks = (Check("a", State.WARN, "what", "mend"),)
    assert json.loads(doctor.as_json(checks)) == {"checks": [{"name": "a", "state": "warn", "what": "what", "mend": "mend"}]}


def test_the_real_machine_is_examined_and_the_exit_code_tells_whether_something_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["doctor", "--json"])
    states = {check["name"]: check["state"] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert code == int("fail" in states.values())
    assert states["64 bits"] == "ok"
    assert states["disk"] in {"ok", "warn", "fail"}


def test_a_real_program_past_its_deadline_is_killed_with_its_children(tmp_path: Path) -> None:
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    answer = RealMachine().ask("sh", "-c", f"cat {fifo} & cat {fifo}", deadline_s=0.2)
    assert answer.outcome is Outcome.SILENT
    wait_for(lambda: not someone_reads(fifo), what="both readers are gone")


def someone_reads(fifo: Path) -> bool:
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        return error.errno != errno.ENXIO
    return True


def test_a_real_program_that_ends_or_is_absent_is_told_apart() -> None:
    machine = RealMachine()
    assert machine.ask("sh", "-c", "echo out; echo err >&2; exit 3") == said("out", "err", 3)
    assert machine.ask("no-such-program-at-all").outcome is Outcome.ABSENT
    crashed = machine.ask_python("import os; os.abort()", deadline_s=DEADLINE_S)
    assert (crashed.outcome, crashed.code) == (Outcome.ENDED, -6)
    assert machine.ask_python("import sys; print(sys.executable)", deadline_s=DEADLINE_S).out == sys.executable


def test_real_files_are_read_and_pipes_and_absent_ones_are_not(tmp_path: Path) -> None:
    machine = RealMachine()
    (tmp_path / "deep").mkdir()
    file, fifo = tmp_path / "deep" / "a.conf", tmp_path / "fifo"
    file.write_text("text\n\0")
    os.mkfifo(fifo)
    assert machine.read(str(file)) == "text"
    assert machine.read(str(fifo)) is None
    assert machine.read(str(tmp_path / "absent")) is None
    assert machine.find(f"{tmp_path}/**/*.conf") == (str(file),)
    assert machine.find(f"{tmp_path}/none*") == ()


def test_a_real_socket_without_a_listener_does_not_connect(tmp_path: Path) -> None:
    assert RealMachine().connects(str(tmp_path / "absent")) is False
    assert RealMachine().connects("bad\0path") is False


def test_the_real_disk_tells_its_room(tmp_path: Path) -> None:
    machine = RealMachine()
    assert (machine.free_bytes(str(tmp_path)) or 0) > 0
    assert machine.free_bytes(str(tmp_path / "absent")) is None
    assert machine.writable(str(tmp_path))
    assert Path(machine.data_folder()).is_dir()
