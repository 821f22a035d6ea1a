"""While a client does its worst, everybody else is answered as if it were not there."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cued.control import commands
from cued.control.client import Client
from tests.control.desks import Prompt, Raw, served
from tests.control.test_server import answers_quickly
from tests.soak import hostile
from tests.support.waiting import DEADLINE_S, wait_for

FOR_S = 1.0
"""Those that could go on for ever."""


@pytest.mark.parametrize("name", hostile.NAMES)
def test_others_are_answered_at_once_beside(name: str) -> None:
    worst = hostile.CLIENTS[hostile.NAMES.index(name)]
    desk = Prompt()
    with served(desk) as path, Raw(path) as friend, ThreadPoolExecutor(1) as pool:
        assert friend.ask("status")["ok"]
        going_on = pool.submit(worst, path, random.Random(7), FOR_S)
        answers_quickly(path)
        wait_for(going_on.done, 60.0, f"{name} has done its worst")
        going_on.result()
        answers_quickly(path)
        assert desk.asked == []  # and nothing of it was a command


def test_all_of_them_at_once_are_outlived() -> None:
    with served(Prompt()) as path, ThreadPoolExecutor(len(hostile.CLIENTS)) as pool:
        going_on = [pool.submit(worst, path, random.Random(n), FOR_S) for n, worst in enumerate(hostile.CLIENTS)]
        with Client(path, DEADLINE_S) as client:
            assert client.ask(commands.Next())
        for one in going_on:
            wait_for(one.done, 60.0, "the worst is over")
            one.result()
        answers_quickly(path)


def test_what_they_took_is_given_back() -> None:
    """Threads and connections are gone with them."""
    with served(Prompt()) as path:
        before = threading.active_count()
        for worst in hostile.CLIENTS:
            worst(path, random.Random(1), FOR_S / 4)
        wait_for(lambda: threading.active_count() <= before, 60.0, "no thread is left")
        answers_quickly(path)
