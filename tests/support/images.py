"""File systems in a file: what a test may fill, cut off and break. Only root may mount them; elsewhere tests are skipped."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.tools import missing, require_tool


def require_mounts() -> None:
    """Skip by name where nothing can be mounted."""
    if os.geteuid() != 0:
        missing("no mounts: only root may mount an image")
    for tool in ("mkfs.ext4", "mount", "umount", "losetup"):
        require_tool(tool)
    if subprocess.run(["losetup", "--find"], capture_output=True, check=False).returncode:
        missing("no mounts: no loop device is free on this machine")


def make_image(path: Path, megabytes: int) -> Path:
    """An ext4 file system of that size."""
    with path.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", str(path)], check=True, capture_output=True)
    return path


@contextmanager
def mounted(image: Path, at: Path, options: str = "loop") -> Iterator[Path]:
    """The image's files at the folder `at`, which is made."""
    at.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-o", options, str(image), str(at)], capture_output=True, text=True, check=False)
    if done.returncode:
        missing(f"no mounts: {done.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True, capture_output=True)


@contextmanager
def small_disk(at: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of that size in memory."""
    at.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(at)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        missing(f"no mounts: {done.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True, capture_output=True)
