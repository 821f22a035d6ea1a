"""The server of the control socket among clients that behave, and clients that do not."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cued.control import commands
from cued.control.address import PATH_BYTES, Peer, may_steer
from cued.control.client import Client
from cued.control.protocol import LINE_BYTES, Answer, Done
from cued.control.server import BURST, MOST_CLIENTS, MOST_WATCHING, Server
from cued.errors import ControlError
from tests.control.desks import Prompt, Raw, Slow, folder, served
from tests.support.waiting import DEADLINE_S, wait_for

QUICK_S = 0.1
"""What every command is answered in."""


@pytest.fixture
def path() -> Iterator[Path]:
    with served(Prompt()) as place:
        yield place


def answers_quickly(path: Path) -> None:
    """A client that behaves is answered in time; the best of a few, because the machine may have stood still."""
    took_s = []
    for _ in range(5):
        began_s = time.monotonic()
        with Client(path, DEADLINE_S) as client:
            assert client.ask(commands.Status())
        took_s.append(time.monotonic() - began_s)
    assert min(took_s) < QUICK_S


# --- clients that behave -------------------------------------------------------------------------------------------


def test_answers_come_in_the_order_of_the_questions_with_their_ids() -> None:
    desk = Prompt()
    with served(desk) as path, Raw(path) as client:
        client.send(*(json.dumps({"v": 1, "id": n, "do": "surface", "surface": f"s{n}"}).encode() + b"\n" for n in range(40)))
        assert [client.read()["id"] for _ in range(40)] == list(range(40))
        assert desk.asked == [commands.Surface(f"s{n}") for n in range(40)]


def test_a_request_may_come_in_pieces_and_several_at_once(path: Path) -> None:
    with Raw(path) as client:
        client.send(b'{"v":1,"id":1,')
        client.send(b'"do":"pause"}\n{"v":1,"id":2,"do":"resume"}\n{"v":1,')
        assert [client.read()["id"], client.read()["id"]] == [1, 2]
        client.send(b'"id":3,"do":"stop"}\r\n')
        assert client.read() == {"id": 3, "ok": True, "result": {"number": 3}}


def test_a_wrong_request_is_answered_and_the_next_one_is_heard(path: Path) -> None:
    with Raw(path) as client:
        assert client.ask("paus", id=1)["error"] == {
            "kind": "unknown",
            "sentence": "there is no command 'paus'; did you mean pause?",
        }
        assert client.ask("volume", percent=101)["error"]["kind"] == "wrong"
        assert client.ask("pause")["ok"] is True


def test_watch_tells_status_at_most_twice_a_second_and_other_commands_go_on(path: Path) -> None:
    with Raw(path) as client:
        client.send(b'{"v":1,"id":"w","do":"watch"}\n')
        began_s = time.monotonic()
        assert client.read()["id"] == "w"
        assert client.ask("pause", id="p")["id"] == "p"
        assert client.ask("watch", id="again")["error"]["kind"] == "not_now"
        assert client.read()["id"] == "w"
        assert time.monotonic() - began_s >= 0.45


def test_a_desk_that_answers_later_from_another_thread_is_heard() -> None:
    desk = Slow()
    with served(desk) as path, Raw(path) as client:
        client.send(b'{"v":1,"id":1,"do":"next"}\n')
        wait_for(lambda: bool(desk.waiting))
        threading.Thread(target=desk.waiting[0][1], args=(Done({"said": "steady"}),)).start()
        assert client.read() == {"id": 1, "ok": True, "result": {"said": "steady"}}


def test_a_desk_that_never_answers_costs_its_client_an_error_and_nobody_else_anything() -> None:
    desk = Slow()
    with served(desk) as path, Raw(path) as patient, Raw(path) as other:
        patient.send(b'{"v":1,"id":1,"do":"next"}\n')
        wait_for(lambda: len(desk.waiting) == 1)
        other.send(b'{"v":1,"id":2,"do":"next"}\n')
        wait_for(lambda: len(desk.waiting) == 2)
        desk.waiting[1][1](Done({}))
        assert other.read()["ok"] is True
        assert patient.read()["error"]["kind"] == "no_answer"
        desk.waiting[0][1](Done({}))  # too late, and no harm
        answers = [patient, other]
        for client in answers:
            client.send(b'{"v":1,"do":"stop"}\n')
        wait_for(lambda: len(desk.waiting) == 4)


def test_a_fault_behind_the_desk_is_told_to_who_asked_and_harms_nobody_else() -> None:
    class Broken(Prompt):
        def ask(self, command: commands.Command, reply: Callable[[Answer], None]) -> None:
            if isinstance(command, commands.Back):
                raise ZeroDivisionError("division by zero")
            super().ask(command, reply)

    with served(Broken()) as path, Raw(path) as client:
        error = client.ask("back")["error"]
        assert error == {"kind": "broken", "sentence": "a fault in cued itself: ZeroDivisionError: division by zero"}
        assert client.ask("pause")["ok"] is True


# --- clients that do not -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kind"),
    [(b"\x00\xff" * 50 + b"\n", "no_text"), (b"GET / HTTP/1.1\r\n\r\n", "no_json"), (b"x" * (LINE_BYTES + 10), "too_long")],
    ids=["garbage", "a browser", "an endless line"],
)
def test_what_is_no_request_is_answered_once_and_hung_up_on(sent: bytes, kind: str, path: Path) -> None:
    with Raw(path) as client:
        client.send(sent)
        assert client.read()["error"]["kind"] == kind
        assert client.is_over
    answers_quickly(path)


def test_a_line_of_the_full_length_is_read(path: Path) -> None:
    with Raw(path) as client:
        request = b'{"v":1,"do":"status"}'
        client.send(request + b" " * (LINE_BYTES - len(request) - 1) + b"\n")
        assert client.read()["ok"] is True


def test_a_line_that_never_ends_and_a_client_that_says_nothing_hold_up_nobody(path: Path) -> None:
    with Raw(path) as half, Raw(path) as silent:
        half.send(b'{"v":1,"do":')
        answers_quickly(path)
        assert half.socket.fileno() != silent.socket.fileno()


def test_a_client_that_does_not_read_its_answers_is_dropped() -> None:
    desk = Prompt({"text": "x" * 60_000})
    with served(desk) as path, Raw(path) as deaf:
        # Five answers of 60 kB are more than the kernel and the server keep.
        deaf.send(b'{"v":1,"do":"pause"}\n' * 20)
        with Raw(path) as other:
            wait_for(lambda: len(desk.asked) >= 5)
            assert other.ask("status")["ok"] is True
        lost = deaf.socket.recv(1 << 24, socket.MSG_WAITALL)
        assert len(lost) < 20 * 60_000


def test_what_a_client_asked_before_it_was_dropped_is_not_worked_off() -> None:
    desk = Prompt({"text": "x" * 60_000})
    with folder() as place:
        server = Server(place / "control.sock", desk)
        with Raw(place / "control.sock") as deaf:
            deaf.send(b'{"v":1,"do":"pause"}\n' * 1_000)  # twenty seconds' work at the rate that is allowed
            wait_for(lambda: bool(desk.asked) and not server._clients, 60.0, "who was dropped is forgotten")
            assert len(desk.asked) <= BURST
        server.close()


def test_a_client_that_hangs_up_in_the_middle_is_forgotten() -> None:
    desk = Slow()
    with served(desk) as path:
        gone = Raw(path)
        gone.send(b'{"v":1,"do":"next"}\n')
        wait_for(lambda: bool(desk.waiting))
        gone.close()
        desk.waiting[0][1](Done({}))
        with Raw(path) as client:
            client.send(b'{"v":1,"do":"next"}\n')
            wait_for(lambda: len(desk.waiting) == 2)


def test_of_two_hundred_clients_those_that_were_quiet_for_longest_are_dropped(path: Path) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(Raw(path)) for _ in range(MOST_CLIENTS)]
        assert all(client.ask("status")["ok"] for client in clients)
        assert clients[0].ask("status")["ok"]  # not the quietest any more
        for _ in range(MOST_CLIENTS - 1):
            assert stack.enter_context(Raw(path)).ask("status")["ok"]
        assert all(client.is_over for client in clients[1:])
        assert clients[0].ask("status")["ok"]
        answers_quickly(path)


def test_who_connects_and_says_nothing_pushes_out_nobody_who_asks(path: Path) -> None:
    with ExitStack() as stack:
        asking = [stack.enter_context(Raw(path)) for _ in range(10)]
        assert all(client.ask("status")["ok"] for client in asking)
        for _ in range(2 * MOST_CLIENTS):
            stack.enter_context(Raw(path))
        assert all(client.ask("status")["ok"] for client in asking)


class Held(Slow):
    """A desk that tells its status at once, and keeps whoever asks for anything else."""

    def ask(self, command: commands.Command, reply: Callable[[Answer], None]) -> None:
        if isinstance(command, commands.Status):
            reply(Done({}))
        else:
            super().ask(command, reply)


@pytest.mark.parametrize("sent", [b"\xff\n", b"x" * (LINE_BYTES + 10)], ids=["garbage", "endless lines"])
def test_who_waits_for_an_answer_outstays_those_who_were_refused(sent: bytes) -> None:
    desk = Held()
    with served(desk) as path, ExitStack() as stack:
        honest, *watching = [stack.enter_context(Raw(path)) for _ in range(1 + MOST_WATCHING)]
        honest.send(b'{"v":1,"id":1,"do":"next"}\n')
        wait_for(lambda: bool(desk.waiting))
        assert all(client.ask("watch")["ok"] for client in watching)
        for _ in range(MOST_CLIENTS + 20):
            refused = stack.enter_context(Raw(path))
            refused.send(sent)
            assert not refused.read()["ok"]
        desk.waiting[0][1](Done({}))
        assert honest.read()["id"] == 1  # a machine that has stood still in between says "busy"; dropped, there were nothing
        assert all(client.read()["ok"] for client in watching)


def test_who_waits_for_an_answer_outstays_those_who_had_theirs() -> None:
    desk = Held()
    with served(desk) as path, ExitStack() as stack:
        honest = stack.enter_context(Raw(path))
        honest.send(b'{"v":1,"id":1,"do":"next"}\n')
        wait_for(lambda: bool(desk.waiting))
        for _ in range(MOST_CLIENTS + 20):
            assert stack.enter_context(Raw(path)).ask("status")["ok"]
        desk.waiting[0][1](Done({}))
        assert honest.read()["id"] == 1


def test_who_watches_stays_while_others_come_and_go(path: Path) -> None:
    with ExitStack() as stack:
        watcher = stack.enter_context(Raw(path))
        assert watcher.ask("watch")["ok"]
        for _ in range(2 * MOST_CLIENTS):
            assert stack.enter_context(Raw(path)).ask("status")["ok"]
        assert watcher.read()["ok"]


def test_a_flood_of_requests_is_slowed_down_and_others_are_answered(path: Path) -> None:
    with Raw(path) as flood:
        began_s = time.monotonic()
        flood.send(b'{"v":1,"do":"pause"}\n' * (BURST + 10))
        answers_quickly(path)
        for _ in range(BURST + 10):
            flood.read()
        assert time.monotonic() - began_s > 8 / BURST


def test_a_server_that_ends_while_a_flood_is_slowed_down_has_nothing_to_complain_of(caplog: pytest.LogCaptureFixture) -> None:
    with folder() as place:
        server = Server(place / "control.sock", Prompt())
        with Raw(place / "control.sock") as flood:
            flood.send(b'{"v":1,"do":"pause"}\n' * (BURST + 10))
            assert all(flood.read()["ok"] for _ in range(BURST))
            server.close()
            assert flood.rest().count(b"\n") <= 10  # on a busy machine time has passed, and more was answered
    assert [record.getMessage() for record in caplog.records] == []


# --- the place -----------------------------------------------------------------------------------------------------


def test_the_socket_is_there_for_its_owner_and_group_and_gone_afterwards() -> None:
    with served(Prompt()) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert not path.exists()


def test_a_second_server_is_told_who_listens_and_the_first_goes_on(path: Path) -> None:
    with pytest.raises(ControlError, match=rf"another cued \(pid {os.getpid()}\) listens there"):
        Server(path, Prompt())
    answers_quickly(path)


def test_a_dead_ones_socket_is_replaced() -> None:
    with folder() as place:
        path = place / "control.sock"
        program = (
            "import os, sys; from pathlib import Path; from cued.control.server import Server\n"
            "server = Server(Path(sys.argv[1]), None); os._exit(9)"
        )
        assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
        assert path.is_socket()
        server = Server(path, Prompt())
        answers_quickly(path)
        server.close()
        server.close()  # a second time does nothing
        assert not path.exists()


def test_one_that_lost_its_lock_file_is_still_known_to_be_alive(path: Path) -> None:
    Path(f"{path}.lock").unlink()
    with pytest.raises(ControlError, match="listens there"):
        Server(path, Prompt())
    answers_quickly(path)


def test_what_is_no_socket_is_left_alone() -> None:
    with folder() as place:
        (place / "notes").write_text("mine", encoding="utf-8")
        with pytest.raises(ControlError, match="is no socket"):
            Server(place / "notes", Prompt())
        assert (place / "notes").read_text(encoding="utf-8") == "mine"


def test_a_path_that_is_too_long_or_cannot_be_made_is_said_to_be_so() -> None:
    with folder() as place:
        with pytest.raises(ControlError, match="may have 107 bytes"):
            Server(place / ("x" * PATH_BYTES), Prompt())
        (place / "file").touch()
        with pytest.raises(ControlError, match="nobody can listen there"):
            Server(place / "file" / "control.sock", Prompt())


def test_only_the_user_root_and_the_sockets_group_may_steer() -> None:
    mine = Peer(1, 1000, frozenset({1000}))
    assert may_steer(mine, 1000, 50)
    assert may_steer(Peer(1, 0, frozenset({0})), 1000, 50)
    assert may_steer(Peer(1, 1001, frozenset({1001, 50})), 1000, 50)
    assert not may_steer(Peer(1, 1001, frozenset({1001, 51})), 1000, 50)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("groups", "said"), [([], "not_allowed"), ([0], "number")], ids=["a stranger", "a member of its group"]
)
def test_the_kernel_says_who_asks(groups: list[int], said: str) -> None:
    with served(Prompt()) as path:
        path.parent.chmod(0o755)
        path.chmod(0o666)  # the mode alone would let anybody in
        program = (
            "import contextlib, socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
            'with contextlib.suppress(BrokenPipeError): s.sendall(b\'{"v":1,"do":"pause"}\\n\')\n'
            "print(s.recv(4096).decode())"
        )
        words = ["/usr/bin/env", "python3", "-c", program, str(path)]
        nobody = 65_534
        done = subprocess.run(
            words, user=nobody, group=nobody, extra_groups=groups, check=False, capture_output=True, text=True
        )
        assert said in done.stdout, done.stderr
