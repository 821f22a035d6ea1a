"""What is on disk is taken or left, never trusted, and never in the way."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cued.speech.cache import Cache, cache_key

RATE_HZ = 48_000


def sound(length: int = 4_800, seed: int = 1) -> NDArray[np.float32]:
    steps = np.random.default_rng(seed).integers(-29_000, 29_000, length)
    return (steps / 32_768).astype(np.float32)


@contextmanager
def no_file_longer_than(size_bytes: int) -> Iterator[None]:
    """Writing fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_was_stored_comes_back_to_the_bit(tmp_path: Path) -> None:
    Cache(tmp_path / "a" / "b").store("k", sound(), RATE_HZ)
    assert np.array_equal(Cache(tmp_path / "a" / "b").load("k", RATE_HZ), sound())  # type: ignore[arg-type]  # None would fail


def test_an_unknown_phrase_is_none(tmp_path: Path) -> None:
    assert Cache(tmp_path).load("k", RATE_HZ) is None
    assert Cache(tmp_path / "absent").load("k", RATE_HZ) is None


def test_everything_that_makes_the_sound_makes_the_key() -> None:
    keys = {
        cache_key(fingerprint, text, language, rate_hz)
        for fingerprint in ("pyttsx3 2.99/@en/165", "pyttsx3 2.99/@en/150")
        for text in ("Go.", "Go!")
        for language in ("en", "de")
        for rate_hz in (44_100, 48_000)
    }
    assert len(keys) == 16
    assert cache_key("a", "b", "c", 1) != cache_key("a", "c", "b", 1)


@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "empty", "header", "magic"])
def test_a_damaged_entry_is_none_and_removed(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path)
    cache.store("k", sound(), RATE_HZ)
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    path.write_bytes(
        {
            "flipped": data[:900] + bytes([data[900] ^ 1]) + data[901:],
            "cut": data[:-2],
            "longer": data + b"\0\0",
            "empty": b"",
            "header": data[:12],
            "magic": b"RIFF" + data[4:],
        }[damage]
    )
    assert cache.load("k", RATE_HZ) is None
    assert list(tmp_path.iterdir()) == []


def test_an_entry_of_another_rate_is_not_taken(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.store("k", sound(), 44_100)
    assert cache.load("k", RATE_HZ) is None


def test_a_folder_that_cannot_be_made_stops_the_storing_and_tells_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file" / "cache", Path("/proc/none/cache")):
        cache = Cache(folder)
        cache.store("k", sound(), RATE_HZ)
        assert str(folder) in str(cache.trouble)
        assert cache.load("k", RATE_HZ) is None


def test_a_full_disk_leaves_no_half_a_phrase(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.store("first", sound(), RATE_HZ)
    with no_file_longer_than(100):
        cache.store("k", sound(), RATE_HZ)
    assert cache.trouble is not None
    assert cache.load("k", RATE_HZ) is None
    assert np.array_equal(cache.load("first", RATE_HZ), sound())  # type: ignore[arg-type]  # None would fail
    assert len(list(tmp_path.iterdir())) == 1


def test_over_its_limit_the_phrases_unused_for_longest_go(tmp_path: Path) -> None:
    entry_bytes = 2 * 4_800 + 20
    cache = Cache(tmp_path, limit_bytes=10 * entry_bytes)
    for number in range(10):
        cache.store(f"k{number}", sound(seed=number), RATE_HZ)
        (tmp_path / f"k{number}.phrase").touch()
        os.utime(tmp_path / f"k{number}.phrase", (1_000_000 + number, 1_000_000 + number))
    assert cache.load("k0", RATE_HZ) is not None  # used just now
    cache.store("k10", sound(), RATE_HZ)
    kept = {path.stem for path in tmp_path.iterdir()}
    assert kept == {"k0", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10"}


def test_forgotten_halves_are_swept_and_fresh_ones_left(tmp_path: Path) -> None:
    for name, age_s in ((".part-old", 7_200), (".part-new", 5)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (time.time() - age_s,) * 2)
    Cache(tmp_path).store("k", sound(), RATE_HZ)
    assert {path.name for path in tmp_path.iterdir()} == {".part-new", "k.phrase"}


def test_processes_that_store_sweep_and_read_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    script = """
import sys
import numpy as np
from pathlib import Path
from cued.speech.cache import Cache
cache = Cache(Path(sys.argv[1]), limit_bytes=60_000)
for number in range(300):
    key = f"k{number % 17}"
    samples = cache.load(key, 48_000)
    wanted = (np.full(4_800, number % 17) / 32_768).astype(np.float32)
    assert samples is None or np.array_equal(samples, wanted), key
    cache.store(key, wanted, 48_000)
assert cache.trouble is None, cache.trouble
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    complaints = [process.communicate(timeout=30)[1] for process in processes]
    assert complaints == ["", ""]
    assert 0 < len(list(tmp_path.iterdir())) <= 8
