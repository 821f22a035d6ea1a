"""The real machine: every question bounded in time and size, no answer an exception."""

from __future__ import annotations

import contextlib
import os
import platform
import pwd
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cued.runtime.doctor.check import Answer, Outcome

READ_LIMIT_BYTES: Final = 1_000_000
"""What a question is answered with at most: a BlueZ that knows a hundred devices answers in 200 kB."""
CONNECT_DEADLINE_S: Final = 1.0
"""A live server accepts within milliseconds."""


class RealMachine:
    """This machine, as `cued.runtime.doctor.check.Machine` describes it."""

    @property
    def env(self) -> Mapping[str, str]:
        return os.environ

    @property
    def uid(self) -> int:
        return os.getuid()

    @property
    def user(self) -> str:
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return ""

    @property
    def pointer_bits(self) -> int:
        return struct.calcsize("P") * 8

    @property
    def processor(self) -> str:
        return platform.machine()

    @property
    def realtime_priority_limit(self) -> int:
        soft, _hard = resource.getrlimit(resource.RLIMIT_RTPRIO)
        return 99 if soft == resource.RLIM_INFINITY else soft  # 99 is the highest there is

    def ask(self, *words: str, deadline_s: float = 3.0) -> Answer:
        # Into files, not pipes: a grandchild that keeps a pipe open would hold the reader past every deadline.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                child = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,  # so that its children can be killed with it
                    env={**os.environ, "LC_ALL": "C.UTF-8"},  # the answers are parsed
                )
            except OSError:
                return Answer(Outcome.ABSENT)
            try:
                code = child.wait(deadline_s)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                # A process stuck in the kernel survives even SIGKILL: it is left to the system.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(0.5)
                return Answer(Outcome.SILENT)
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read(READ_LIMIT_BYTES).decode(errors="replace").strip())
        return Answer(Outcome.ENDED, code, texts[0], texts[1])

    def ask_python(self, program: str, deadline_s: float) -> Answer:
        return self.ask(sys.executable, "-c", program, deadline_s=deadline_s)

    def read(self, path: str) -> str | None:
        file = Path(path).expanduser()
        try:
            if not file.is_file():  # a FIFO would never answer
                return None
            with file.open("rb") as opened:
                return opened.read(READ_LIMIT_BYTES).decode(errors="replace").strip("\0 \t\r\n")
        except OSError:
            return None

    def find(self, pattern: str) -> tuple[str, ...]:
        absolute = Path(pattern).expanduser()
        try:
            return tuple(sorted(str(path) for path in Path("/").glob(str(absolute.relative_to("/")))))
        except (OSError, ValueError):  # a folder that may not be read; a pattern that is no path
            return ()

    def connects(self, socket_path: str) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(CONNECT_DEADLINE_S)
            try:
                link.connect(socket_path)
            except (OSError, ValueError):  # ValueError: a path with a NUL in it
                return False
        return True

    def data_folder(self) -> str:
        from platformdirs import user_data_path

        folder = user_data_path("cued")
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return str(folder)

    def free_bytes(self, folder: str) -> int | None:
        try:
            status = os.statvfs(folder)
        except OSError:
            return None
        return status.f_bavail * status.f_frsize

    def writable(self, folder: str) -> bool:
        return os.access(folder, os.W_OK | os.X_OK)
