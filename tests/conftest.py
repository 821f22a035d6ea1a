"""Fixtures for every test: the shared recordings, missing tools, hypothesis' profiles."""

from __future__ import annotations

import signal
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import requirements, tools

# The same examples on every machine: a failure in CI is a failure here. Deadlines would judge the machine, not the code.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# For hunting by hand: `pytest --hypothesis-profile=hunt`.
settings.register_profile("hunt", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Watch whether the tests that docs/requirements.md names run, and hear signals.

    Started in the background of a shell or by `nohup` this process ignores Ctrl-C or a hang-up, and its children would too.

    A handler is not inherited: with one, this process goes on as before, and every program under test hears its signals.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    requirements.watch(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: begun last they would keep one worker busy while the others have nothing left to do."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def require_tool() -> Callable[..., Path]:
    """`require_tool("jackd")`: its path; skips by name where it is missing, fails under CI."""
    return tools.require_tool


@pytest.fixture(scope="session")
def run_data() -> Path:
    """The folder of shared recordings; skips where there is none."""
    folder = tools.data_folder()
    if folder is None:
        pytest.skip("no shared recordings: CUED_TEST_DATA names no folder and ../shared/data is absent")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's own cache, configuration or data."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("CACHE", "CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{variable}_HOME", str(home / variable.lower()))
        patch.setenv("CUED_SOCKET", str(home / "control.sock"))
        # Else libpulse makes a folder in /tmp for each configuration folder it meets, and leaves it there.
        patch.setenv("PULSE_RUNTIME_PATH", str(home / "pulse"))
        for variable in ("CUED_CONFIG", "CUED_DEBUG"):
            patch.delenv(variable, raising=False)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What each folder of tests took: the whole of `make test` has a budget."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds["/".join(report.nodeid.split("/")[:2])] += report.duration
    if sum(seconds.values()) > 10:
        most = sorted(seconds.items(), key=lambda item: -item[1])
        terminalreporter.write_sep("-", "seconds per folder")
        terminalreporter.write_line("  ".join(f"{folder} {spent:.0f}" for folder, spent in most))
