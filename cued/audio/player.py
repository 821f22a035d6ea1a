"""The session's side of the sound: a child process is fed, watched, and replaced when it falls silent.

Nothing here makes the caller wait: what the pipe does not take at once is sent by a thread of its own.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cued.audio.child import Child
from cued.audio.commands import (
    Click,
    ClickLate,
    Clip,
    Command,
    Heartbeat,
    KeepAwake,
    MixFormat,
    NoDevice,
    Opened,
    Placed,
    PlayClip,
    Promised,
    Report,
    Restarted,
    StayAwake,
)
from cued.audio.kept import Kept
from cued.audio.sinks import Place, Server, followed, to_pull
from cued.audio.sinkwatch import SinkWatch, plays_on_server
from cued.audio.wire import Beat, Begin, Failed, Open, Quit, Ready, Release
from cued.errors import AudioError
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.audio.devices import Device

MIXED_AHEAD_NS: Final = 247 * NS_PER_MS
"""What a device's ring and limiter hold: silence is paced by the same length."""
RETRY_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Pauses between attempts without a device: soon after a cable slipped, rarely after a card was left at home."""
SOUND_RUN_S: Final = 2.0
"""A child that played for so long is replaced at once when it fails; a shorter run was no recovery."""
OVERSLEPT_S: Final = 0.25
"""So much too late, and the whole machine stood still: the child is given one more deadline before it is called silent."""
CLOSE_S: Final = 0.8


class NullOutput:
    """Silence at the pace of a device."""

    def __init__(self, mix: MixFormat, start_ns: int) -> None:
        """`start_ns`: the run's start on the system's monotonic clock."""
        self._mix = mix
        self._start_ns = start_ns
        self._opened_ns = self._now_ns()
        self._late: list[Report] = []
        self._late_clicks = 0

    def load(self, clip: Clip) -> None:
        """Nothing to keep."""

    def apply(self, command: Command) -> None:
        """Only look whether it came in time."""
        if isinstance(command, Click):
            late_ns = self._now_ns() + MIXED_AHEAD_NS - command.onset_ns
            if late_ns > 0:
                self._late_clicks += 1
                self._late.append(ClickLate(command.onset_ns, late_ns))

    def reports(self) -> list[Report]:
        """The late clicks since the last call, and how far time has come."""
        now_ns = self._now_ns()
        frames = (now_ns - self._opened_ns) * self._mix.rate_hz // NS_PER_S
        late, self._late = self._late, []
        return [*late, Heartbeat(now_ns, frames, now_ns + MIXED_AHEAD_NS, 0, 0, self._late_clicks, 0)]

    def wait_open(self, deadline_s: float) -> bool:  # noqa: ARG002 -- nothing opens
        """Nothing to wait for."""
        return True

    def start_at(self, start_ns: int) -> None:
        """The run begins at another moment of the monotonic clock."""
        self._opened_ns += self._start_ns - start_ns
        self._start_ns = start_ns

    def close(self) -> None:
        """Nothing to end."""

    def _now_ns(self) -> int:
        return time.monotonic_ns() - self._start_ns


class LiveOutput:
    """A device, by way of a child process. Every method but `wait_open` and `close` returns at once; safe from any thread."""

    def __init__(
        self, mix: MixFormat, device: Device, start_ns: int, *, promises: bool = False, prefer: tuple[str, ...] = ()
    ) -> None:
        """`start_ns`: the run's start on the system's monotonic clock. `promises`: report each click's frame, too.

        `prefer`: where a sound server shall play it, best first: a Bluetooth address, or another part of a sink's name.
        """
        self._open = Open(mix, device.name if device.asked else "", device.host_api if device.asked else "", start_ns, promises)
        self._start_ns = start_ns
        self._lock = threading.Lock()
        self._kept = Kept()
        self._prefer = prefer
        self._place = Place()
        self._elsewhere = False
        self._served = False
        self._watch: SinkWatch | None = None
        self._sounded_ns = time.monotonic_ns()
        self._worst_error_ns = 0
        self._reports: list[Report] = []
        self._heartbeat: Heartbeat | None = None
        self._child: Child | None = None
        self._dead: list[Child] = []
        self._reason = ""
        self._failures = 0
        self._retry_s = 0.0
        self._restarts = -1
        self._past = Beat(0, 0, 0, 0, 0)
        self._closing = False
        self._settled = threading.Event()
        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._supervise, name="cued-sound", daemon=True)
        self._thread.start()

    @property
    def child_pid(self) -> int | None:
        """The process that plays now."""
        with self._lock:
            return self._child.pid if self._child is not None else None

    def load(self, clip: Clip) -> None:
        """Make a clip playable. AudioError for samples that are no numbers."""
        import numpy as np

        if not np.isfinite(clip.pcm).all():
            raise AudioError(f"the sound {clip.clip_id!r} holds samples that are no numbers; render it again")
        with self._lock:
            self._kept.clips[clip.clip_id] = clip
            self._tell(clip)

    def apply(self, command: Command) -> None:
        """Do this. AudioError for a clip that was never loaded."""
        with self._lock:
            if isinstance(command, PlayClip) and command.clip_id not in self._kept.clips:
                raise AudioError(f"the sound {command.clip_id!r} is played before it was loaded")
            self._kept.note(command, self._now_ns(), self._silent_since_ns())
            self._tell(command)

    def release(self, clip_ids: Iterable[str]) -> None:
        """Forget clips that will not be played again; unknown ones do not matter."""
        with self._lock:
            gone = tuple(clip_id for clip_id in clip_ids if self._kept.clips.pop(clip_id, None) is not None)
            if gone:
                self._tell(Release(gone))

    def reports(self) -> list[Report]:
        """What happened since the last call, the latest heartbeat last."""
        with self._lock:
            reports, self._reports = self._reports, []
            if self._heartbeat is not None:
                reports.append(self._heartbeat)
                self._heartbeat = None
            return reports

    def start_at(self, start_ns: int) -> None:
        """The run begins at another moment of the monotonic clock. What was told before counts from there, too."""
        with self._lock:
            self._start_ns = start_ns
            self._open = replace(self._open, t0_monotonic_ns=start_ns)
            self._tell(Begin(start_ns))

    def wait_open(self, deadline_s: float) -> bool:
        """Wait until there is sound, or until it is known that there is none now; False: not within `deadline_s`."""
        return self._settled.wait(deadline_s)

    def close(self) -> None:
        """End the sound and the child; a second time does nothing."""
        with self._lock:
            closed, self._closing = self._closing, True
            if not closed:
                os.eventfd_write(self._wake_fd, 1)
        self._thread.join()
        if not closed:
            if self._watch is not None:
                self._watch.close()
            os.close(self._wake_fd)

    def _silent_since_ns(self) -> int | None:
        """Since when nothing is played; None while there is a child that plays."""
        return None if self._child is not None and self._child.ready is not None else self._sounded_ns - self._start_ns

    def _looked(self, server: Server | None, since_s: float) -> tuple[str, ...]:
        """The sound server as it is since `since_s`; what `pactl` shall do."""
        with self._lock:
            if server is None or self._closing:
                self._served = False
                return ()
            before, pid = self._place, self._child.pid if self._child is not None else 0
            self._place = now = followed(before, server, pid, self._prefer)
            if self._child is None and (not self._served or now.takes - before.takes):
                self._retry_s = 0.0  # it is there again, or plays again: no need to wait any longer
                os.eventfd_write(self._wake_fd, 1)
            self._served = True
            stream = server.input_of(pid)
            if stream is None:
                return ()
            if now.elsewhere != self._elsewhere:
                self._elsewhere = now.elsewhere
                since_ns = int(since_s * NS_PER_S) - self._start_ns
                self._reports.append(Placed(since_ns, now.described, now.elsewhere))
            if now.dozes != before.dozes and self._open.fmt.keep_awake is KeepAwake.AUTO:
                self._kept.awake = StayAwake(now.dozes)
                self._tell(self._kept.awake)
            self._report_beat(self._child)
            return ("move-sink-input", str(stream.index), now.wanted) if to_pull(before, now) else ()

    def _now_ns(self) -> int:
        return time.monotonic_ns() - self._start_ns

    def _tell(self, message: object) -> None:
        """Send to a child that plays; one that does not yet will be told all at once."""
        if self._child is not None and self._child.ready is not None:
            waited = self._child.unsent
            self._child.send(message)
            if self._child.unsent and not waited:
                os.eventfd_write(self._wake_fd, 1)

    def _supervise(self) -> None:
        """The thread: hear the child, send it what waits, replace it when it is silent."""
        poll = select.poll()
        poll.register(self._wake_fd, select.POLLIN)
        while True:
            with self._lock:
                if self._closing:
                    break
                if self._child is None and time.monotonic() >= self._retry_s:
                    self._begin()
                child = self._child
                until_s = self._retry_s if child is None else child.deadline_s
                unsent = child is not None and child.unsent
            if child is not None:
                poll.register(child.out_fd, select.POLLIN)
                if unsent:
                    poll.register(child.in_fd, select.POLLOUT)
            happened = poll.poll(max(0.0, until_s - time.monotonic()) * 1000 + 1)
            if child is not None:
                poll.unregister(child.out_fd)
                if unsent:
                    poll.unregister(child.in_fd)
            with suppress(BlockingIOError):
                os.eventfd_read(self._wake_fd)
            if child is not None:
                late_s = time.monotonic() - until_s
                with self._lock:
                    self._attend(child, silent=not happened and late_s >= 0 and not (late_s > OVERSLEPT_S and child.spare()))
            while self._dead:  # outside the lock: who feeds the sound must not wait for a process to die
                self._dead.pop().end()
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            self._dismiss(child)

    def _begin(self) -> None:
        try:
            self._child = Child()
        except OSError as error:
            self._lost(f"the sound process cannot be started: {error.strerror}")
            return
        self._child.send(self._open)

    def _attend(self, child: Child, *, silent: bool) -> None:
        child.flush()
        try:
            for message in child.receive():
                if isinstance(message, Failed):
                    self._reason = message.reason
                else:
                    self._hear(child, message)
        except EOFError:
            self._lost(self._reason or "the sound process ended")
        else:
            if silent:
                self._lost("the sound process fell silent" if child.ready else "the device does not open")

    def _hear(self, child: Child, message: object) -> None:
        match message:
            case Ready():
                self._opened(child, message)
            case Beat():
                if message.frames != child.beat.frames:
                    self._sounded_ns = time.monotonic_ns()
                self._worst_error_ns = max(self._worst_error_ns, message.worst_error_ns)
                child.beat = message
                self._report_beat(child)
            case Promised() | ClickLate():
                self._reports.append(message)

    def _opened(self, child: Child, ready: Ready) -> None:
        child.ready = ready
        self._restarts += 1
        now_ns = self._now_ns()
        since_ns = self._sounded_ns - self._start_ns
        if self._restarts:
            self._reports.append(Restarted(now_ns, self._reason, since_ns))
        self._kept.pass_time(now_ns, since_ns)
        self._sounded_ns = time.monotonic_ns()
        self._reason = ""
        self._reports.append(Opened(ready.device, ready.host_api, ready.rate_hz, ready.latency_ns))
        child.send(Begin(self._start_ns))
        for message in self._kept.messages():
            child.send(message)
        if self._watch is not None:
            self._watch.look()
        elif plays_on_server(child.pid):
            self._watch = SinkWatch(self._looked)
        self._settled.set()

    def _lost(self, reason: str) -> None:
        """The child is of no use any more: end it, and decide when to try again."""
        child, self._child = self._child, None
        self._reason = reason
        played_s = 0.0
        if child is not None:
            if child.ready is not None:
                played_s = time.monotonic() - child.started_s
                self._past = _sum(self._past, child.beat)
            self._dead.append(child)
        if played_s >= SOUND_RUN_S:
            self._failures = 0
            self._retry_s = time.monotonic()
            return
        self._reports.append(NoDevice(self._now_ns(), reason, self._sounded_ns - self._start_ns))
        self._settled.set()
        self._report_beat(None)
        self._retry_s = time.monotonic() + RETRY_S[min(self._failures, len(RETRY_S) - 1)]
        self._failures += 1

    def _report_beat(self, child: Child | None) -> None:
        now_ns = self._now_ns()
        ready = child.ready if child is not None else None
        self._kept.pass_time(now_ns, self._silent_since_ns())
        total = _sum(self._past, child.beat) if child is not None else self._past
        self._heartbeat = Heartbeat(
            at_ns=now_ns,
            frames=total.frames,
            mixed_until_ns=total.mixed_until_ns,
            underruns=total.underruns,
            resyncs=total.resyncs,
            late_clicks=total.late_clicks,
            restarts=max(self._restarts, 0),
            device=ready.device if ready is not None else "",
            latency_ns=ready.latency_ns if ready is not None else 0,
            late_clips=total.late_clips,
            dropped_clips=self._kept.dropped_clips,
            error_ns=total.error_ns,
            worst_error_ns=self._worst_error_ns,
            place=self._place.described,
            clip_bytes=self._kept.clip_bytes,
        )

    def _dismiss(self, child: Child) -> None:
        """Let it close its stream, but not for long."""
        child.send(Quit())
        until_s = time.monotonic() + CLOSE_S
        with suppress(EOFError):
            while (left_s := until_s - time.monotonic()) > 0:
                select.select((child.out_fd,), (child.in_fd,) if child.unsent else (), (), left_s)
                child.flush()
                for message in child.receive():
                    with self._lock:
                        self._hear(child, message)
        child.end()


def _sum(past: Beat, now: Beat) -> Beat:
    """Totals over all children; frames and what is mixed are the present one's."""
    return Beat(
        frames=now.frames,
        mixed_until_ns=now.mixed_until_ns,
        underruns=past.underruns + now.underruns,
        resyncs=past.resyncs + now.resyncs,
        late_clicks=past.late_clicks + now.late_clicks,
        late_clips=past.late_clips + now.late_clips,
        error_ns=now.error_ns,
        worst_error_ns=now.worst_error_ns,
    )
