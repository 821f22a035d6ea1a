"""The blocking client: what it says when there is nobody, nobody for it, or nobody who answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cued.control import commands
from cued.control.client import Client
from cued.control.protocol import LINE_BYTES
from cued.control.server import Server
from cued.errors import ControlError
from tests.control.desks import Prompt, folder, served


@contextmanager
def imposter(says: bytes) -> Iterator[Path]:
    """Somebody else listens, says that to each who comes, and hangs up once they do."""
    with folder() as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        path = place / "x.sock"
        listener.bind(str(path))
        listener.listen()

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(says)
                while connection.recv(4096):
                    pass

        thread = threading.Thread(target=greet)
        thread.start()
        yield path
        thread.join()


def test_it_asks_and_gets_the_result() -> None:
    desk = Prompt({"said": "paused"})
    with served(desk) as path, Client(path) as client:
        assert client.ask(commands.Pause()) == {"said": "paused"}
        assert client.ask(commands.Volume(40.0, commands.Part.BEAT)) == {"said": "paused"}
        assert desk.asked == [commands.Pause(), commands.Volume(40.0, commands.Part.BEAT)]


def test_a_watch_ends_with_whoever_is_watched() -> None:
    with folder() as place:
        server = Server(place / "control.sock", Prompt({"number": 7}))
        with Client(place / "control.sock") as client:
            seen = []
            for answer in client.watch():
                seen.append(answer)
                server.close()
            assert seen == [{"number": 7}]


def test_nobody_there_and_nobody_there_any_more_are_told_apart() -> None:
    with folder() as place:
        with pytest.raises(ControlError, match="no run is going on"):
            Client(place / "control.sock")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
            dead.bind(str(place / "dead.sock"))
        with pytest.raises(ControlError, match="any more: that run has ended"):
            Client(place / "dead.sock")
        with pytest.raises(ControlError, match="cannot be reached"):
            Client(place / ("x" * 200))


def test_no_answer_is_told_after_the_deadline() -> None:
    with imposter(b"") as path, Client(path, within_s=0.3) as client:
        began_s = time.monotonic()
        with pytest.raises(ControlError, match="no answer within"):
            client.ask(commands.Status())
        assert 0.25 < time.monotonic() - began_s < 5


def test_a_drip_of_bytes_does_not_put_the_deadline_off() -> None:
    with imposter(b'{"id":1,') as path, Client(path, within_s=0.3) as client, pytest.raises(ControlError, match="no answer"):
        client.ask(commands.Status())


@pytest.mark.parametrize("says", [b"SSH-2.0\r\n", b'{"v":9}\n', b"x" * (LINE_BYTES + 5_000)])
def test_who_speaks_another_language_is_no_cued(says: bytes) -> None:
    with imposter(says) as path, Client(path) as client, pytest.raises(ControlError, match="speaks another language"):
        client.ask(commands.Status())


def test_another_version_answers_with_its_own_sentence() -> None:
    says = b'{"id":null,"ok":false,"error":{"kind":"version","sentence":"this is version 2"}}\n'
    with imposter(says) as path, Client(path) as client, pytest.raises(ControlError, match="this is version 2"):
        client.ask(commands.Status())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_who_may_not_connect_is_told_who_may() -> None:
    with served(Prompt()) as path:
        path.parent.chmod(0o755)
        program = (
            "import os, sys; from pathlib import Path\n"
            "from cued.control.client import Client; from cued.errors import ControlError\n"
            "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            "try: Client(Path(sys.argv[1]))\n"
            "except ControlError as error: print(error)"
        )
        done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
        assert "you may not steer this cued; its owner root can" in done.stdout
