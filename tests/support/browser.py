"""A real Chromium, driven over its DevTools pipe by the standard library alone: what a page drew, said and asked for."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

DEADLINE_S: Final = 60.0
"""For one answer: a machine under load starts a browser slowly."""
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
"""The names it goes by."""

Message = dict[str, Any]


class Page:
    """One tab. `complaints` and `requests` grow while it is open."""

    def __init__(self, pipes: tuple[int, int]) -> None:
        self._to, self._from = pipes
        self._buffer = b""
        self._number = 0
        self._session = ""
        self._loaded = False
        self._scripts = True
        self.complaints: list[str] = []
        """Console errors and warnings, exceptions, breaches of the content security policy."""
        self.requests: list[str] = []
        """Every address the page asked for, its own among them; `data:` and `blob:` are no requests."""

    def attach(self) -> None:
        """Open the tab that all commands go to."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> Message:
        """Send a DevTools command and return its result; what happened meanwhile is noted."""
        self._number += 1
        command: Message = {"id": self._number, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        _write(self._to, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']['message']}")
                result: Message = message["result"]
                return result

    def shape(self, width: int, height: int, *, dark: bool = False, scripts: bool = True) -> None:
        """The window's size in CSS pixels, the runner's taste, and whether scripts may run from the next page on."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 640)
        taste = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=taste)
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self._scripts = scripts

    def open(self, path: Path) -> None:
        """Show a file and wait until it is loaded and drawn."""
        self.complaints.clear()
        self.requests.clear()
        self._loaded = False
        self.ask("Page.navigate", url=path.resolve().as_uri())
        while not self._loaded:
            self._next()
        if self._scripts:
            self._draw()

    def look(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, promises awaited."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """A key, pressed and let go."""
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, text=key if len(key) == 1 and kind == "keyDown" else "")
        self._draw()

    def _draw(self) -> None:
        # Two frames: what a script asked for in the first is drawn in the second.
        self.look("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def picture(self, path: Path) -> None:
        """The whole page as a PNG."""
        data = self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def _next(self) -> Message:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], DEADLINE_S)
            assert ready, f"the browser said nothing for {DEADLINE_S:g} s"
            piece = os.read(self._from, 1 << 20)
            assert piece, "the browser went away"
            self._buffer += piece
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: Message = json.loads(raw)
        self._note(message)
        return message

    def _note(self, message: Message) -> None:
        params = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Runtime.exceptionThrown":
                self.complaints.append(str(params["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if params["type"] in {"error", "warning", "assert"}:
                self.complaints.append(str(params["args"]))
            case "Log.entryAdded" if params["entry"]["level"] in {"error", "warning"}:
                self.complaints.append(str(params["entry"]["text"]))
            case "Network.requestWillBeSent" if not params["request"]["url"].startswith(("data:", "blob:", "about:")):
                self.requests.append(params["request"]["url"])


@contextmanager
def chromium(program: Path, flags: Sequence[str] = FLAGS) -> Iterator[Page]:
    """A browser of its own with an empty profile; gone with the block."""
    profile = tempfile.mkdtemp(prefix="cued-chromium-")
    theirs_in, to_them = os.pipe()
    from_them, theirs_out = os.pipe()
    try:
        # The browser reads commands from 3 and answers on 4; dup2 goes by way of numbers that cannot be either.
        high_in, high_out = (os.dup(fd) for fd in (theirs_in, theirs_out))
        script = f'exec "$0" "$@" 3<&{high_in} 4>&{high_out}'
        command = ["/bin/bash", "-c", script, str(program), *flags, f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            command,
            pass_fds=(high_in, high_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for fd in (theirs_in, theirs_out, high_in, high_out):
            os.close(fd)
        try:
            page = Page((to_them, from_them))
            page.attach()
            yield page
            page._session = ""
            page.ask("Browser.close")
        finally:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
    finally:
        os.close(to_them)
        os.close(from_them)
        shutil.rmtree(profile, ignore_errors=True)


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
