"""Memory that is freed is given back, and garbage is found without a halt."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import random
from cued.runtime.heap import give_back

def own_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))

assert {given}
chance = random.Random(1)
before = own_kib()
for _ in range(3):
    pack = [bytearray(chance.randrange(200_000, 4_000_000)) for _ in range(20)]  # a pack is made ready, and goes
    small = [bytearray(2_000) for _ in range(500)]
    del pack
sentences, kept = [], []
for number in range(400):
    sentences = [*sentences[-11:], bytearray(chance.randrange(100_000, 900_000))]
    kept.append(bytearray(4_000))
del sentences
print(own_kib() - before - (sum(map(len, kept)) + sum(map(len, small))) // 1024)
"""


BETWEEN = """
from cued.runtime.heap import give_back, trim

give_back()
kept = []
for number in range(4_000):
    kept.append(bytearray(12_000))
for number in range(4_000):
    if number % 10:
        kept[number] = None
def own_kib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
before = own_kib()
trim()
print(before - own_kib())
"""


def left_kib(given: str) -> int:
    done = subprocess.run([sys.executable, "-c", PROGRAM.replace("{given}", given)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_sentences_that_come_and_go_among_small_things_leave_nothing_behind() -> None:
    assert left_kib("give_back()") < 1_000
    assert left_kib("give_back()") < left_kib("True")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_what_lies_free_between_what_is_used_is_given_back_when_asked() -> None:
    done = subprocess.run([sys.executable, "-c", BETWEEN], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 20_000, done.stdout


SETTLED = """
import gc
from time import perf_counter
from cued.runtime.daemon.whole import _import_all
from cued.runtime.heap import settle, trim

class Pair:
    other = None

_import_all()
def took_s():
    began = perf_counter()
    gc.collect()
    return perf_counter() - began
before = min(took_s() for _ in range(3))
settle()
one, two = Pair(), Pair()
one.other, two.other = two, one
ended = []
import weakref
weakref.finalize(one, ended.append, "one")
del one, two
trim()
print(len(ended), min(took_s() for _ in range(3)) / before)
"""


def test_garbage_is_found_and_what_stays_is_not_looked_through_again() -> None:
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)
    ended, share = done.stdout.split()
    assert int(ended) == 1
    assert float(share) < 0.2
