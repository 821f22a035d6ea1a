from __future__ import annotations

from dataclasses import replace

import pytest

from cued.runtime.doctor import service
from cued.runtime.doctor.check import Check, State
from tests.support.fake_machine import FakeMachine, said

SYSTEMD = {"/run/systemd/system/x": ""}
GROUPS = "audio:x:29:runner\nbluetooth:x:111:\ngpio:x:997:runner\nnonsense\n"
FAILED = {"ActiveState": "failed"}


def only(checks: tuple[Check, ...]) -> Check:
    (check,) = checks
    return check


def told(**changed: str) -> str:
    """As `systemctl show` answers of a unit that is well."""
    usual = {
        "LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "Result": "success", "NRestarts": "0",
        "ExecMainStatus": "0",
    }  # fmt: skip
    return "\n".join(f"{name}={value}" for name, value in {**usual, **changed}.items())


def machine(mine: str = told(), of_the_system: str = told(LoadState="not-found")) -> FakeMachine:
    programs = {"systemctl --user show": said(mine), "systemctl show": said(of_the_system)}
    return FakeMachine(files=SYSTEMD, programs=programs)


def test_without_systemd_there_is_nothing_to_mend() -> None:
    checks = (*service.unit(FakeMachine()), *service.groups(FakeMachine()))
    assert [(check.state, check.mend) for check in checks] == [(State.OK, ""), (State.OK, "")]


def test_no_unit_is_well_for_cued_runs_without() -> None:
    nowhere = told(LoadState="not-found", ActiveState="inactive")
    check = only(service.unit(machine(nowhere)))
    assert (check.state, check.mend) == (State.OK, "")
    assert "./install.sh" in check.what
    assert only(service.unit(FakeMachine(files=SYSTEMD))) == check


def test_a_unit_of_the_user_or_of_the_machine_is_found() -> None:
    assert only(service.unit(machine())).what.startswith("a service of yours: it runs")
    elsewhere = machine(told(LoadState="not-found"), told())
    assert only(service.unit(elsewhere)).what.startswith("a service of the machine: it runs")


@pytest.mark.parametrize(
    ("changed", "state", "word", "mend"),
    [
        ({"ActiveState": "inactive"}, State.WARN, "not running", "systemctl --user start cued"),
        ({"UnitFileState": "disabled"}, State.WARN, "will not start with the machine", "systemctl --user enable cued"),
        ({"NRestarts": "3"}, State.WARN, "started anew (3 times)", "journalctl --user -u cued -n 30"),
        ({**FAILED, "Result": "watchdog"}, State.FAIL, "hung", "journalctl --user -u cued"),
        (
            {"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "2"},
            State.FAIL,
            "configured",
            "cued config check",
        ),
        (
            {"ActiveState": "failed", "Result": "start-limit-hit"},
            State.FAIL,
            "start-limit-hit",
            "systemctl --user restart cued",
        ),
        ({"ActiveState": "activating", "Result": "exit-code"}, State.FAIL, "exit-code", "journalctl"),
        ({"ActiveState": "activating"}, State.OK, "it runs", ""),
    ],
)
def test_a_unit_that_is_not_well_is_told_with_what_helps(changed: dict[str, str], state: State, word: str, mend: str) -> None:
    check = only(service.unit(machine(told(**changed))))
    assert check.state is state
    assert word in check.what
    assert mend in check.mend


@pytest.mark.parametrize(
    ("mine", "env", "files", "state", "word"),
    [
        ("runner audio bluetooth", {}, {}, State.OK, "audio, bluetooth"),
        ("runner audio", {}, {}, State.WARN, "not in bluetooth: no headphones' keys"),
        ("runner bluetooth", {}, {}, State.WARN, "audio: joined, and counts from the next start on"),
        ("runner audio bluetooth", {}, {"/dev/gpiochip0": ""}, State.WARN, "gpio: joined"),
        ("runner", {"DISPLAY": ":0"}, {}, State.OK, "none needed"),
    ],
)
def test_groups_matter_where_nobody_sits_at_a_screen(
    mine: str, env: dict[str, str], files: dict[str, str], state: State, word: str
) -> None:
    asked = FakeMachine(env=env, files={**SYSTEMD, **files, "/etc/group": GROUPS}, programs={"id -nG": said(mine)})
    check = only(service.groups(asked))
    assert check.state is state
    assert word in check.what


def test_a_group_that_the_system_does_not_have_is_not_missed() -> None:
    asked = FakeMachine(files={**SYSTEMD, "/etc/group": "audio:x:29:\n"}, programs={"id -nG": said("runner audio")})
    assert only(service.groups(asked)).state is State.OK


def test_groups_that_nobody_tells_are_not_known_and_root_needs_none() -> None:
    asked = FakeMachine(files=SYSTEMD)
    assert only(service.groups(asked)).state is State.UNKNOWN
    assert only(service.groups(replace(asked, uid=0))).state is State.OK
