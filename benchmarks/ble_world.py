"""A virtual BlueZ in a process of its own, so that what is measured beside it is cued alone: `python -m benchmarks.ble_world`.

It reads a word a line and answers each with a line: `on` (its sensors begin to send), a fault's name, or `off`, which is
answered with all that was sent.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.harness import REPO
from tests.support.bluez import Peripheral, Pod, VirtualBluez, heart_strap, running_pod, treadmill

HZ: Final = 10
POD: Final = Peripheral("C0:FF:EE:00:00:01", "Pod", running_pod())
SPARE: Final = Peripheral("C0:FF:EE:00:00:02", "Spare", running_pod())
STRAP: Final = Peripheral("C0:FF:EE:00:00:03", "Strap", heart_strap())
MILL: Final = Peripheral("C0:FF:EE:00:00:04", "Mill", treadmill())
SENSORS: Final = (POD, SPARE, STRAP, MILL)

Fault = Callable[[VirtualBluez, Pod], None]


def _hang(bluez: VirtualBluez, pod: Pod) -> None:
    bluez.hang("Connect")
    pod.drop()


def _off_and_on(bluez: VirtualBluez, _: Pod) -> None:
    bluez.power(on=False)
    bluez.power(on=True)


FAULTS: Final[Mapping[str, Fault]] = {
    "drop": lambda _, pod: pod.drop(),
    "hang": _hang,
    "adapter": _off_and_on,
    "bluetoothd": lambda bluez, _: bluez.restart(),
    "bus": lambda bluez, _: bluez.restart_bus(),
}


def message(peripheral: Peripheral, number: int) -> tuple[str, bytes]:
    """(UUID, bytes) of a sensor's n-th notification; the number is in it, so that each is told from all others."""
    if peripheral is STRAP:
        return "2A37", struct.pack("<BBH", 0x08, 140, number % 2**16)  # as energy spent
    if peripheral is MILL:
        return "2ACD", struct.pack("<HHI", 0x04, 1_008, number)[:7]  # as distance
    return "2A53", struct.pack("<BHBI", 0x06, 720, 170, number)  # as distance


class World:
    """That process, from outside. Its sensors wait for `on`."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cued-ble-")
        self._process = subprocess.Popen(
            (sys.executable, "-m", "benchmarks.ble_world", self._folder.name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPO,
        )
        self.env: dict[str, str] = json.loads(self._answer())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate(timeout=20.0)  # it ends with its input
        self._folder.cleanup()

    def do(self, word: str) -> str:
        """Its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._answer()

    def sent(self) -> dict[tuple[str, bytes], int]:
        """Switch off: when each notification was sent, on the monotonic clock, by address and bytes."""
        rows = json.loads(self.do("off"))
        return {(address, bytes.fromhex(data)): at_ns for address, data, at_ns in rows}

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the virtual BlueZ does not run")
        return line.strip()


class _Sender:
    """All sensors at `HZ`, evenly apart, from a thread each, so that one does not hold up another."""

    def __init__(self, pods: Sequence[tuple[Peripheral, Pod]]) -> None:
        self.rows: list[tuple[str, str, int]] = []
        self._stop = threading.Event()
        began_s = time.monotonic()
        self._threads = [
            threading.Thread(target=self._send, args=(*one, began_s + place / HZ / len(pods))) for place, one in enumerate(pods)
        ]
        for thread in self._threads:
            thread.start()

    def _send(self, peripheral: Peripheral, pod: Pod, began_s: float) -> None:
        number = 0
        while not self._stop.wait(max(0.0, began_s + number / HZ - time.monotonic())):
            number += 1
            uuid, data = message(peripheral, number)
            self.rows.append((peripheral.address, data.hex(), time.monotonic_ns()))
            pod.notify(uuid, data)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def main(folder: str) -> None:
    with VirtualBluez(Path(folder)) as bluez:
        pods = {one.address: bluez.add(one) for one in SENSORS}
        print(json.dumps(bluez.env), flush=True)
        sender: _Sender | None = None
        for line in sys.stdin:
            word = line.strip()
            if word == "on":
                sender = _Sender([(one, pods[one.address]) for one in SENSORS])
                print("ok", flush=True)
            elif word == "off":
                rows = [] if sender is None else sender.rows
                if sender is not None:
                    sender.stop()
                sender = None
                print(json.dumps(rows), flush=True)
            else:
                FAULTS[word](bluez, pods[POD.address])
                print("ok", flush=True)
        if sender is not None:
            sender.stop()


if __name__ == "__main__":
    main(sys.argv[1])
