"""Is cued a service here, and may it do what a service does without a screen? Only where systemd is."""

from __future__ import annotations

from typing import Final

from cued.runtime.doctor.check import Check, Machine, State
from cued.runtime.doctor.questions import headless

UNIT: Final = "cued.service"
SYSTEMD_RUNS: Final = "/run/systemd/system"
"""There where systemd is the machine's manager (sd_booted(3))."""
ASKED: Final = "LoadState,ActiveState,UnitFileState,Result,NRestarts,ExecMainStatus"
MISUSED: Final = "2"
"""The exit code of wrong options, a wrong configuration, a second daemon; the unit is not started again after it."""


def unit(machine: Machine) -> tuple[Check, ...]:
    """Installed, running, and started with the machine?"""
    name = "service"
    if not machine.find(SYSTEMD_RUNS):
        return (Check(name, State.OK, "none: no systemd here"),)
    for words in (("systemctl", "--user"), ("systemctl",)):
        answer = machine.ask(*words, "show", UNIT, f"--property={ASKED}")
        found = dict(line.partition("=")[::2] for line in answer.out.splitlines()) if answer.well else {}
        if found.get("LoadState") == "loaded":
            return (_state(name, found, " ".join(words)),)
    return (Check(name, State.OK, "none: runs begin by `cued run` (`./install.sh` makes cued start with the machine)"),)


def _state(name: str, found: dict[str, str], ctl: str) -> Check:
    """`found` as `systemctl show` tells it."""
    log = f"`{ctl.replace('systemctl', 'journalctl')} -u cued -n 30` tells why"
    active, result = found.get("ActiveState", ""), found.get("Result", "")
    if active == "failed" or (active == "activating" and result not in {"", "success"}):
        if result == "watchdog":
            return Check(name, State.FAIL, "it hung, and was ended", log)
        if found.get("ExecMainStatus") == MISUSED:
            return Check(name, State.FAIL, "it ended: wrongly configured, or another cued runs", f"`cued config check`; {log}")
        return Check(name, State.FAIL, f"it failed ({result or 'unknown'})", f"{log}; then `{ctl} restart cued`")
    if active not in {"active", "reloading", "activating"}:
        return Check(name, State.WARN, "installed, and not running", f"{ctl} start cued")
    if found.get("UnitFileState") != "enabled":
        return Check(name, State.WARN, "it runs, and will not start with the machine", f"{ctl} enable cued")
    restarts = found.get("NRestarts", "0")
    if restarts not in {"", "0"}:
        return Check(name, State.WARN, f"it runs, and had to be started anew ({restarts} times)", log)
    whose = "of yours" if "--user" in ctl else "of the machine"
    return Check(name, State.OK, f"a service {whose}: it runs, and starts with the machine")


def groups(machine: Machine) -> tuple[Check, ...]:
    """Without a screen it is groups that open sound cards, BlueZ and pins to a user."""
    name = "groups"
    if not machine.find(SYSTEMD_RUNS) or machine.uid == 0:
        return (Check(name, State.OK, "none needed"),)
    wanted = {"audio": "sound cards", "bluetooth": "headphones' keys"} if headless(machine) else {}
    if machine.find("/dev/gpiochip0"):
        wanted["gpio"] = "buttons and the LED"
    answer = machine.ask("id", "-nG")
    there = _groups(machine.read("/etc/group") or "")
    if not answer.well or not there:
        return (Check(name, State.UNKNOWN, "not told"),)
    mine = set(answer.out.split())
    lacking = [group for group in wanted if group in there and group not in mine]
    joined = [group for group in lacking if machine.user in there[group]]
    missing = [group for group in lacking if group not in joined]
    if missing:
        what = "; ".join(f"not in {group}: no {wanted[group]}" for group in missing)
        return (
            Check(name, State.WARN, what, f"sudo usermod -aG {','.join(missing)} {machine.user}; then start the machine anew"),
        )
    if joined:
        what = f"{', '.join(joined)}: joined, and counts from the next start on"
        return (Check(name, State.WARN, what, "sudo reboot"),)
    return (Check(name, State.OK, ", ".join(group for group in wanted if group in mine) or "none needed"),)


def _groups(text: str) -> dict[str, set[str]]:
    """/etc/group: the members by the group's name."""
    rows = [line.split(":") for line in text.splitlines() if line.count(":") == 3]
    return {row[0]: set(row[3].split(",")) for row in rows}
