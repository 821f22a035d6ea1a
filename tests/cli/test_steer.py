"""`cued run` steered from another terminal: every verb, what it says, and what the events file shows of it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cued.cli.main import main
from cued.control import commands
from cued.control.client import Client
from cued.journal.reader import reading
from tests.control.desks import Raw
from tests.support.live_runs import CUED, LiveRun, tone_pack
from tests.support.tries import undisturbed
from tests.support.waiting import wait_for

QUICK_S = 0.1
WORDS = "Cueing is over. Walk if it hurts."


def two_segments(folder: Path) -> Path:
    """A pack with a fixed beat, two segments, and a tone for who asks."""
    pack = tone_pack(folder, "asked: cue", "mode: fixed, beat: 170 spm")
    text = (pack / "pack.yaml").read_text(encoding="utf-8")
    text = text.replace("[{segment: steady, for: 30 min}]", "[{segment: easy, for: 30 min}, {segment: brisk, for: 30 min}]")
    (pack / "pack.yaml").write_text(text, encoding="utf-8")
    return pack


@dataclass
class Steered:
    """A run, and whoever steers it."""

    path: Path
    run: LiveRun
    said: dict[str, tuple[int, str]] = field(default_factory=dict)
    """What each command line printed, and its exit code."""
    took_s: list[float] = field(default_factory=list)
    code: int = -1

    def do(self, capsys: pytest.CaptureFixture[str], words: str) -> str:
        began_s = time.monotonic()
        code = main([*words.split(), "--socket", str(self.path)])
        self.took_s.append(time.monotonic() - began_s)
        got = capsys.readouterr()
        self.said[words] = code, (got.out + got.err).strip()
        return self.said[words][1]

    def clicks(self) -> list[dict[str, Any]]:
        return self.run.rows("click")


@pytest.fixture(scope="module")
def steered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steered]:
    """One run for the whole module; the last test that steers it ends it."""
    tmp_path = tmp_path_factory.mktemp("steered")
    pack = two_segments(tmp_path / "tone")
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cued"))) / "control.sock"
        words = ["--sensor", "sim", "--output", "null", "--seed", "1", "--pack", str(pack), "--socket", str(path)]
        run = stack.enter_context(LiveRun(tmp_path / "home", *words))
        run.expect_rows("click", 3)
        yield Steered(path, run)


def missing_clicks(clicks: list[dict[str, Any]]) -> list[int]:
    """Numbers of clicks before which one of its grid is missing."""
    return [b["beat"] for a, b in itertools.pairwise(clicks) if b["beat"] not in {a["beat"] + 1, 0}]


@contextmanager
def watching(steered: Steered) -> Iterator[subprocess.Popen[str]]:
    """`cued status --watch`, which has told two states, and ends with the run."""
    command = [*CUED, "status", "--watch", "--json", "--socket", str(steered.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        first, second = json.loads(watch.stdout.readline()), json.loads(watch.stdout.readline())
        assert second["run"]["at_ns"] - first["run"]["at_ns"] >= 0.4e9
        yield watch
        watch.communicate(timeout=60)
    assert watch.returncode == 0


@dataclass(frozen=True, slots=True)
class Bothered:
    """What was seen of a run while clients did their worst."""

    took_s: list[float]
    """How long each answer to a client that behaves took."""
    clicks: list[dict[str, Any]]
    counted: list[dict[str, Any]]


def bothered(steered: Steered) -> Bothered:
    """Eight beats of the run beside them."""
    took_s: list[float] = []
    first, counted = len(steered.clicks()), len(steered.run.rows("counted"))

    def bother() -> None:
        with ExitStack() as stack:
            deaf = stack.enter_context(Raw(steered.path))
            endless = stack.enter_context(Raw(steered.path))
            crowd = [stack.enter_context(Raw(steered.path)) for _ in range(90)]
            for client in crowd:
                client.send(b'{"v":1,"do":"watch"}\n')
            deaf.socket.setblocking(False)
            endless.socket.setblocking(False)
            while len(steered.clicks()) < first + 8:
                for client, sent in ((deaf, b'{"v":1,"do":"status"}\n' * 100), (endless, b"x" * 10_000)):
                    with suppress(OSError):  # full, or hung up on
                        client.socket.send(sent)
                with Raw(steered.path) as garbage:
                    garbage.send(os.urandom(999))

    hostile = threading.Thread(target=bother)
    hostile.start()
    while hostile.is_alive():
        began_s = time.monotonic()
        with Client(steered.path) as client:
            client.ask(commands.Status())
        took_s.append(time.monotonic() - began_s)
    hostile.join()
    return Bothered(took_s, steered.clicks()[first:], steered.run.rows("counted")[counted:])


@pytest.mark.alone
def test_the_beat_is_whole_whatever_clients_do(steered: Steered) -> None:
    found = undisturbed(lambda: bothered(steered), lambda found: len(found.counted) + int(min(found.took_s) >= QUICK_S))
    assert len(found.clicks) >= 8
    assert missing_clicks(found.clicks) == []
    assert found.counted == []
    assert min(found.took_s) < QUICK_S  # the best, because the machine may have stood still


def test_a_run_is_steered_by_every_verb(steered: Steered, capsys: pytest.CaptureFixture[str]) -> None:
    run = steered.run

    def do(words: str) -> str:
        return steered.do(capsys, words)

    assert "easy −29:" in do("status")
    assert "tone, sensor sim:easy; 0 cues spoken, 0 kept back; next: brisk" in do("status")
    assert json.loads(do("status --json"))["run"]["segment"] == "easy"
    assert do("cue") == "asked for a cue"
    run.expect_rows("say", cue="tone")
    assert do("volume 40 --of beat") == "beat at 40 %"
    assert "volume: beat 40 %, voice 100 %" in do("status")
    assert do("mute") == "muted; the run goes on, and `cued mute off` ends it"
    assert do("mute") == "muted already; `cued mute off` brings the sound back"
    assert "silent: muted" in do("status")
    run.expect_rows("tempo", spm=0.0)
    assert do("mute off") == "sound is on"
    run.expect_rows("tempo", 2, spm=170.0)
    assert do("surface trail") == "on trail from here on"
    assert do("rate effort hard") == "effort is hard from here on"
    assert do("rate helped yes") == "written down: helped yes"
    assert do("pause") == "paused"
    run.expect_rows("pause", paused=True)
    assert do("next") == "cued: the run rests: `cued resume` first"
    assert do("resume").startswith("going on: easy")
    run.expect_rows("pause", paused=False)
    assert do("next").startswith("brisk −")
    run.expect_rows("segment", segment="brisk")
    run.expect_rows("tempo", 3, spm=170.0)
    assert do("back").startswith("from its start: easy −")  # brisk had hardly begun
    run.expect_rows("back", segment="easy")
    for words in ("start", "pack use metronome", "reload"):
        assert "daemon" in do(words)
    assert do("pain") == "beat and cues are over for today; walk if it hurts"
    run.expect_rows("tempo", reason="pain")
    run.expect_printed(WORDS)
    assert "silent: it hurt, beat and cues are over" in do("status")
    with watching(steered):
        assert do("stop") == "the run ends"
        run.press_ctrl_c()  # nobody waits for the last words here
        assert run.end() == 0
    assert "nobody listens at" in do("status")
    refused = {"start", "pack use metronome", "reload", "status"}
    assert {words for words, (code, _) in steered.said.items() if code == 2} == {*refused, "next"} - {"next"}
    assert run.rows()[-1]["kind"] == "end"
    assert [row["reason"] for row in run.rows("cues_ended")] == ["pain"]
    run.expect_rows("say", text=WORDS)
    # A machine that has much to do stands still now and then; nothing restarted, and no fault was survived.
    assert {row["what"] for row in run.rows("counted")} <= {"late_click", "missed_click", "late_event"}
    assert min(steered.took_s) < QUICK_S
    with reading(run.events.parent / "data" / "cued" / "journal.db") as journal:
        assert [(said.name, said.value) for said in journal.ratings(1)] == [("helped", "yes")]


def test_a_run_that_nobody_may_steer_has_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUED_SOCKET", str(tmp_path / "control.sock"))
    words = ["run", "--output", "null", "--beat", "170", "--rate", "100", "--for", "5s", "--socket", "none"]
    assert main(words) == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words", ["status", "status --watch", "pause", "next", "pack use metronome", "volume 50", "rate helped yes", "pain"]
)
def test_without_anybody_there_each_verb_is_one_sentence(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words.split(), "--socket", str(tmp_path / "x.sock")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"cued: nobody listens at {tmp_path}/x.sock: no run is going on"
        " (`cued run` begins one, `cued daemon` waits for one; --socket names another)\n"
    )


def test_the_socket_is_the_users_own_unless_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from cued.control.address import default_path

    monkeypatch.setenv("CUED_SOCKET", "/somewhere/x.sock")
    assert default_path() == Path("/somewhere/x.sock")
    monkeypatch.delenv("CUED_SOCKET")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert default_path() == tmp_path / "cued" / "control.sock"
    wait_for(lambda: not (tmp_path / "cued").exists(), what="naming a place makes none")
