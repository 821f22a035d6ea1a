"""What the service manager hears."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cued.runtime.notify import STATUS_CHARS, VARIABLE, WATCHDOG, WATCHDOG_PID, Manager


@pytest.fixture
def systemd() -> Iterator[socket.socket]:
    with tempfile.TemporaryDirectory(prefix="cued") as place, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(Path(place) / "notify"))
        listening.settimeout(5.0)
        yield listening


def heard(listening: socket.socket) -> str:
    return listening.recv(4096).decode()


def test_it_is_told_each_thing_and_a_status_only_when_it_is_another(systemd: socket.socket) -> None:
    manager = Manager(systemd.getsockname(), watchdog_ns=5)
    manager.ready()
    manager.status("ready:\npod,  sound")
    manager.status("ready: pod, sound")
    manager.feed()
    manager.stopping()
    manager.close()
    assert [heard(systemd) for _ in range(4)] == ["READY=1", "STATUS=ready: pod, sound", "WATCHDOG=1", "STOPPING=1"]


def test_a_status_is_one_line_of_bounded_length(systemd: socket.socket) -> None:
    manager = Manager(systemd.getsockname())
    manager.status("x" * 10_000)
    assert heard(systemd) == "STATUS=" + "x" * STATUS_CHARS
    manager.close()


def test_a_manager_without_watchdog_is_not_fed(systemd: socket.socket) -> None:
    manager = Manager(systemd.getsockname())
    manager.feed()
    manager.stopping()
    assert heard(systemd) == "STOPPING=1"
    manager.close()


def test_an_abstract_address_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0cued-test-{os.getpid()}")
        listening.settimeout(5.0)
        manager = Manager(f"@cued-test-{os.getpid()}")
        manager.ready()
        assert heard(listening) == "READY=1"
        manager.close()


def test_nobody_there_or_nobody_any_more_is_no_trouble(tmp_path: Path) -> None:
    for address in ("", str(tmp_path / "gone")):
        manager = Manager(address, 5)
        manager.ready()
        manager.feed()
        manager.close()
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize(
    ("micros", "pid", "watchdog_ns"),
    [
        ("3000000", "", 3_000_000_000),
        ("3000000", "me", 3_000_000_000),
        ("3000000", "1", None),
        ("", "", None),
        ("0", "", None),
        ("soon", "", None),
    ],
)
def test_the_environment_is_read_once_and_kept_from_children(
    micros: str, pid: str, watchdog_ns: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "@nobody")
    monkeypatch.setenv(WATCHDOG, micros)
    monkeypatch.setenv(WATCHDOG_PID, str(os.getpid()) if pid == "me" else pid)
    manager = Manager.from_environment()
    manager.close()
    assert manager.watchdog_ns == watchdog_ns
    assert not {VARIABLE, WATCHDOG, WATCHDOG_PID} & set(os.environ)
