"""A virtual sound card for the tests that play."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.audio_clicks import environment
from benchmarks.audio_jack import Server
from tests.support.bluez.fixtures import bluez
from tests.support.tools import require_tool

__all__ = ["bluez"]


@pytest.fixture
def jack() -> Iterator[Server]:
    """A JACK server of the test's own, and an environment in which everything finds it."""
    require_tool("jackd")
    require_tool("jack_wait")
    with Server() as server, environment(server.env):
        yield server


@pytest.fixture
def unhurried_jack() -> Iterator[Server]:
    """As `jack`, but its time is the wall's: it waits for nobody, and what comes too late is lost."""
    require_tool("jackd")
    require_tool("jack_wait")
    with Server(sync=False) as server, environment(server.env):
        yield server


@pytest.fixture
def no_card() -> Iterator[None]:
    """An environment in which no JACK server is found."""
    with environment({"JACK_DEFAULT_SERVER": "cued-no-such-server", "JACK_NO_START_SERVER": "1"}):
        yield
