"""A throw-away dbus-daemon that stands where the system's bus would."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.support.tools import require_tool

LONGEST_SOCKET_PATH: Final = 107
"""Bytes: what the kernel takes for a socket's name (unix(7))."""
ENDS_WITHIN_S: Final = 5.0
"""After SIGTERM; a daemon ends in milliseconds."""

CONFIG: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
</busconfig>
"""
"""A system bus on which everybody may do everything."""


class BusDaemon:
    """A dbus-daemon at one address; it may die and come back there."""

    def __init__(self, folder: Path) -> None:
        """Nothing runs before `start`. Skips the test by name where dbus-daemon is missing."""
        self._program = require_tool("dbus-daemon")
        # A test run that is killed cannot end its daemon: the kernel does it then.
        leash = shutil.which("setpriv")
        self._leash = [leash, "--pdeathsig", "KILL"] if leash else []
        self._socket = folder / "bus"
        assert len(str(self._socket).encode()) <= LONGEST_SOCKET_PATH, f"too long for a socket: {self._socket}"
        self._config = folder / "bus.conf"
        self._config.write_text(CONFIG.format(socket=self._socket))
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"unix:path={self._socket}"

    def start(self) -> None:
        """Return when it listens. It ends with the calling thread, if not before."""
        self._socket.unlink(missing_ok=True)
        words = [
            *self._leash,
            str(self._program),
            f"--config-file={self._config}",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
        ]
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdout is not None
        with self._process.stdout as out:
            # The address is printed when the socket listens.
            told = out.readline()
        if not told:
            self.stop()
            raise AssertionError("dbus-daemon did not start")

    def stop(self) -> None:
        """End it; whoever is connected reads the end of the stream."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
