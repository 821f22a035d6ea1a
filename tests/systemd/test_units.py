"""The units in systemd/: what systemd itself says of them, and that they say what the program does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cued.cli.main import VERBS, load, parser_of
from cued.errors import ConfigError, CuedError, UsageError
from tests.support.tools import require_tool
from tests.systemd.units import DROP_INS, SYSTEM, USER, seconds, settings, values

UNITS = (USER, SYSTEM)
MOST_EXPOSED = 20
"""Tenths of systemd's exposure level (0 to 10, lower is better) that the system's unit may have."""
SANDBOX = re.compile(
    r"NoNewPrivileges|CapabilityBoundingSet|AmbientCapabilities|Private\w+|Protect\w+|Restrict(?!art)\w+|ProcSubset|SystemCall\w+"
    r"|LockPersonality|RemoveIPC|KeyringMode|IPAddress\w+|Device\w+|UMask|InaccessiblePaths|Memory\w+|TasksMax|Limit\w+|Nice"
    r"|OOMScoreAdjust|KillMode|TimeoutStopSec|WatchdogSec|RestartPreventExitStatus"
)
"""What limits the program, or decides when it is ended: none of it without a reason."""
NEWER = {"RestartSteps": 254, "RestartMaxDelaySec": 254}
"""Settings that Debian 12's systemd (252) does not know, and the version that brought them."""


def unit_here(unit: Path, folder: Path) -> Path:
    """The unit with this environment's cued in it, as install.sh would write it: systemd looks whether programs are there."""
    cued = folder / "cued"
    cued.write_text("#!/bin/sh\n")
    cued.chmod(0o755)
    here = folder / "cued.service"
    here.write_text(re.sub(r"(?<==)\S+/venv/bin/cued", str(cued), unit.read_text(encoding="utf-8")), encoding="utf-8")
    return here


@pytest.mark.parametrize(("unit", "manager"), [(USER, "--user"), (SYSTEM, "--system")], ids=["user", "system"])
def test_systemd_finds_nothing_wrong_with_the_unit(
    unit: Path, manager: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyze = require_tool("systemd-analyze")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    words = [str(analyze), "verify", manager, "--man=no", "--recursive-errors=no", str(unit_here(unit, tmp_path))]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_drop_ins_are_right_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analyze = require_tool("systemd-analyze")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    version = int(
        re.findall(r"\d+", subprocess.run([analyze, "--version"], capture_output=True, text=True, check=True).stdout)[0]
    )
    here = unit_here(USER, tmp_path)
    beside = tmp_path / "cued.service.d"
    beside.mkdir()
    for file in DROP_INS:
        if all(NEWER.get(setting.name, 0) <= version for setting in settings(file)):
            shutil.copy(file, beside)
    words = [str(analyze), "verify", "--user", "--man=no", "--recursive-errors=no", str(here)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_machines_unit_is_hardly_exposed(tmp_path: Path) -> None:
    analyze = require_tool("systemd-analyze")
    words = [
        str(analyze),
        "security",
        "--offline=true",
        f"--threshold={MOST_EXPOSED}",
        "--no-pager",
        str(unit_here(SYSTEM, tmp_path)),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.mark.parametrize("file", [*UNITS, *DROP_INS], ids=lambda file: file.name)
def test_every_limit_has_its_reason_above_it(file: Path) -> None:
    bare = [setting.name for setting in settings(file) if SANDBOX.fullmatch(setting.name) and len(setting.reason) < 10]
    assert bare == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_what_would_silence_the_sound_is_left_out_and_the_unit_says_why(unit: Path) -> None:
    assert values(unit, "MemoryDenyWriteExecute") == []
    assert values(unit, "PrivateDevices") == []
    text = unit.read_text(encoding="utf-8").partition("# Left out on purpose:")[2]
    assert "MemoryDenyWriteExecute: cffi" in text
    assert "PrivateDevices: " in text


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_debian_12_knows_every_word_of_the_unit(unit: Path) -> None:
    assert {setting.name for setting in settings(unit)} & set(NEWER) == set()


def test_what_is_newer_than_debian_12_stands_alone_in_its_drop_in() -> None:
    newer = {file.name for file in DROP_INS for setting in settings(file) if setting.name in NEWER}
    assert newer == {"pauses.conf"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
@pytest.mark.parametrize("name", ["ExecStart", "ExecReload"])
def test_the_unit_calls_verbs_and_options_that_there_are(unit: Path, name: str) -> None:
    (line,) = values(unit, name)
    program, word, *options = line.split()
    assert program.endswith("/venv/bin/cued")
    verb = next((verb for verb in VERBS if verb.name == word), None)
    if verb is None:
        pytest.skip(f"this version has no `cued {word}` yet")
    args = parser_of(verb, load(verb)).parse_args(options)
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert {name: str(getattr(args, name.removeprefix("--"))) for name in given} == given


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_what_another_start_does_not_mend_is_not_started_again(unit: Path) -> None:
    (code,) = values(unit, "RestartPreventExitStatus")
    assert {ConfigError.exit_code, UsageError.exit_code, CuedError.exit_code} == {int(code)}
    wrong = subprocess.run([sys.executable, "-m", "cued.cli.main", "no-such-verb"], capture_output=True, check=False)
    assert wrong.returncode == int(code)
    assert values(unit, "Restart") == ["on-failure"]  # a watchdog that bites is a failure, too


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_the_times_fit_together(unit: Path) -> None:
    (watchdog,), (stop,), (pause,) = (values(unit, name) for name in ("WatchdogSec", "TimeoutStopSec", "RestartSec"))
    (interval,), (burst,) = values(unit, "StartLimitIntervalSec"), values(unit, "StartLimitBurst")
    assert seconds(stop) > 2  # what cued takes at most
    assert seconds(stop) < 10  # a power bank is pulled sooner than systemd's usual 90 s
    # A fault at once after the start uses the starts up; a hang that only the watchdog sees never does.
    assert int(burst) * (seconds(pause) + 2) < seconds(interval) < int(burst) * (seconds(watchdog) + seconds(pause))


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_the_unit_is_started_by_its_own_word_and_kept_by_its_watchdog(unit: Path) -> None:
    assert values(unit, "Type") == ["notify"]
    assert values(unit, "NotifyAccess") == ["main"]
    assert values(unit, "KillMode") == ["mixed"]


def test_the_machines_unit_keeps_everything_in_folders_that_systemd_makes_for_it() -> None:
    environment = dict(pair.split("=") for line in values(SYSTEM, "Environment") for pair in line.split())
    homes = {"StateDirectory": "XDG_DATA_HOME", "CacheDirectory": "XDG_CACHE_HOME", "ConfigurationDirectory": "XDG_CONFIG_HOME"}
    roots = {"StateDirectory": "/var/lib", "CacheDirectory": "/var/cache", "ConfigurationDirectory": "/etc"}
    for name, variable in homes.items():
        assert values(SYSTEM, name) == ["cued"]
        assert environment[variable] == roots[name]
    assert "--socket /run/cued/control.sock" in values(SYSTEM, "ExecStart")[0]
    assert values(SYSTEM, "RuntimeDirectory") == ["cued"]
    assert environment["XDG_RUNTIME_DIR"] == "/run"  # the user's own, below /run/user, is shut by ProtectHome


@pytest.mark.parametrize(("unit", "place"), [(USER, "%t/cued"), (SYSTEM, "/run/cued")], ids=["user", "system"])
def test_the_buttons_library_can_write_where_it_works_and_learn_its_board(unit: Path, place: str) -> None:
    assert values(unit, "WorkingDirectory") == [place]
    assert values(unit, "RuntimeDirectory") == ["cued"]
    assert values(unit, "ProcSubset") == []


def test_the_machines_user_and_its_groups_are_made_before_the_unit_names_them() -> None:
    made = (SYSTEM.parent / "cued.sysusers").read_text(encoding="utf-8")
    (user,), (groups,) = values(SYSTEM, "User"), values(SYSTEM, "SupplementaryGroups")
    assert re.search(rf"^u {user} ", made, re.MULTILINE)
    assert {f"m {user} {group}" for group in groups.split()} <= set(made.splitlines())
