"""Headphones that come and go, told by a virtual BlueZ the moment it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cued.headphones.known import KnownHeadphones
from cued.headphones.station import Patience, connect_known, states
from cued.headphones.watch import Rests, Watch
from tests.support.bluez import VirtualBluez
from tests.support.kept_links import POD
from tests.support.waiting import wait_for

ADDRESS = "C0:FF:EE:00:00:10"
OTHER = "C0:FF:EE:00:00:11"
QUICK = Patience().divided_by(20)


class News:
    """Counts."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def changed(self) -> None:
        with self._lock:
            self.count += 1


@contextmanager
def listening(*addresses: str) -> Iterator[tuple[Watch, News]]:
    news = News()
    watch = Watch(news.changed, Rests().divided_by(20))
    watch.about(addresses)
    wait_for(lambda: watch.listening and news.count > 0, what="somebody who listens")
    try:
        yield watch, news
    finally:
        watch.close()
        watch.close()
        assert not watch.listening


def connected(address: str = ADDRESS) -> bool:
    return states([address], patience=QUICK)[address].connected


def test_a_loss_and_a_return_are_told(bluez: VirtualBluez) -> None:
    shokz = bluez.add_headphones(ADDRESS)
    shokz.own()
    assert connect_known([KnownHeadphones(ADDRESS, "Shokz")], patience=QUICK) is not None
    with listening(ADDRESS) as (_, news):
        before = news.count
        shokz.switch(False)
        wait_for(lambda: news.count > before, what="news of a loss")
        assert not connected()
        before = news.count
        shokz.switch(True)
        assert connect_known([KnownHeadphones(ADDRESS, "Shokz")], patience=QUICK) is not None
        wait_for(lambda: news.count > before, what="news of a return")
        assert connected()


def test_others_and_what_advertises_are_none_of_its_business(bluez: VirtualBluez) -> None:
    for address in (ADDRESS, OTHER):
        bluez.add_headphones(address).own()
    with listening(ADDRESS) as (watch, news):
        before = news.count
        assert connect_known([KnownHeadphones(OTHER, "Others")], patience=QUICK) is not None
        bluez.add(POD)
        assert news.count == before
        watch.about([ADDRESS, OTHER])
        wait_for(lambda: news.count > before, what="a new beginning")


def heard_again(blow: Callable[[], object], watch: Watch, news: News) -> None:
    """It is told, and somebody listens again."""
    before = news.count
    blow()
    wait_for(lambda: news.count > before, what="news")
    wait_for(lambda: watch.listening, what="somebody who listens")


def test_a_bluetoothd_and_a_bus_that_die_are_told_and_come_back_to(bluez: VirtualBluez) -> None:
    bluez.add_headphones(ADDRESS).own()
    with listening(ADDRESS) as (watch, news):
        for blow in (bluez.restart, bluez.restart_bus):
            heard_again(blow, watch, news)
            heard_again(lambda: connect_known([KnownHeadphones(ADDRESS, "Shokz")]), watch, news)
            assert connected()


def test_where_there_is_no_bus_it_goes_on_trying_and_ends_when_it_is_told() -> None:
    news = News()
    watch = Watch(news.changed, Rests().divided_by(20))
    watch.about([ADDRESS])
    watch.close()
    watch.about([OTHER])
    assert (news.count, watch.listening) == (0, False)
