"""Memory that is freed is given back."""

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


def left_kib(given: str) -> int:
    done = subprocess.run([sys.executable, "-c", PROGRAM.replace("{given}", given)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")
def test_sentences_that_come_and_go_among_small_things_leave_nothing_behind() -> None:
    assert left_kib("give_back()") < 1_000
    assert left_kib("give_back()") < left_kib("True")
