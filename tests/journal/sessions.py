"""Sessions for a journal's tests: whole runs in virtual time, written by the real recorder."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from cued.cli import options
from cued.core.events import Event
from cued.core.start import Start
from cued.formats.event_codec import encode
from cued.journal.recorder import Recorder
from cued.journal.rows import Head
from cued.journal.wall import Moment
from cued.runtime.conductor import Conductor
from cued.runtime.feeding import Simulated, feeding_of
from cued.runtime.offline import run_offline
from cued.runtime.request import Request
from cued.runtime.voice import NominalVoice
from cued.units import NS_PER_MIN, NS_PER_S

BEGAN_UTC_NS = 1_790_000_000 * NS_PER_S
"""2026-09-21, in the afternoon."""
BOOT_NS = 50_000 * NS_PER_S


@dataclass(slots=True)
class Clocks:
    """What the machine believes; both clocks stand still unless a test moves them."""

    utc_ns: int = BEGAN_UTC_NS
    boot_ns: int = BOOT_NS
    synced: bool = True

    def __call__(self) -> Moment:
        return Moment(self.utc_ns, self.boot_ns, self.synced)


@dataclass(slots=True)
class Told:
    """Sentences for the runner."""

    sentences: list[str] = field(default_factory=list)

    def __call__(self, sentence: str) -> None:
        self.sentences.append(sentence)


def a_request(pack: str = "integration", sim: str = "tired", minutes: int = 12, seed: int = 5) -> Request:
    return Request(options.load(pack, io.StringIO()), feeding_of(Simulated(sim), minutes * NS_PER_MIN, seed), seed=seed)


def a_start(request: Request, **changes: object) -> Start:
    return replace(request.start(NominalVoice(None).prepare(request.texts)), **changes)  # type: ignore[arg-type]  # a Start's own


def a_head(how: Start, source: str = "ble:pod", **changes: object) -> Head:
    head = Head(
        uid=os.urandom(8).hex(),
        start=encode(how),
        pack=how.pack.name,
        pack_version=how.pack.version,
        session_number=how.session_number,
        pack_text="format: 1\n",
        source=source,
        voice="nominal",
        simulated=how.simulated,
        desk=how.desk,
        rate=1.0,
        settings="{}",
        versions='{"cued": "0.1.0"}',
        began_utc_ns=BEGAN_UTC_NS,
        verified=True,
        boot_id="a-boot",
        began_boot_ns=BOOT_NS,
    )
    return replace(head, **changes)  # type: ignore[arg-type]  # a Head's own fields


def record(
    path: Path,
    *,
    request: Request | None = None,
    simulated: bool = False,
    ended: bool = True,
    meanwhile: Callable[[Recorder], None] | None = None,
    **head: object,
) -> int:
    """A run as it would be written, whole; its number in the journal."""
    request = request or a_request()
    how = a_start(request, simulated=simulated)
    a_first = a_head(how, **head)  # type: ignore[arg-type]  # a Head's own fields
    recorder = Recorder(path, a_first, Clocks(a_first.began_utc_ns, synced=a_first.verified), every_s=0.05)
    with ExitStack() as closing:
        recorder.begin()
        closing.callback(recorder.abandon)
        conductor = Conductor(how, request.feeding.feed, [], NominalVoice(None).answer, recorder.step)
        end_ns = run_offline(conductor)
        if meanwhile is not None:
            meanwhile(recorder)
        if ended:
            recorder.finish(end_ns)
    assert recorder.session is not None
    return recorder.session


def drive(recorder: Recorder, how: Start, events: list[Event]) -> None:
    """Step the core through `events` alone."""
    from cued.core import engine

    session, now_ns = engine.start(how), 0
    for event in events:
        session, effects = engine.step(session, event)
        recorder.step(event, now_ns, max(now_ns, event.at_ns), effects)
        now_ns = max(now_ns, event.at_ns)
