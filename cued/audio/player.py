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

from cued.audio.child import OPEN_DEADLINE_S, Child
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
from cued.audio.null import NullOutput
from cued.audio.sinks import Server, Whereabouts
from cued.audio.sinkwatch import SinkWatch, plays_on_server
from cued.audio.wire import Beat, Begin, Failed, Open, Quit, Ready, Release
from cued.errors import AudioError
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.audio.devices import Device

__all__ = ["LiveOutput", "NullOutput"]

RETRY_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Pauses between attempts without a device: soon after a cable slipped, rarely after a card was left at home."""
SOUND_RUN_S: Final = 2.0
"""A child that played for so long is replaced at once when it fails; a shorter run was no recovery."""
OVERSLEPT_S: Final = 0.25
"""So much too late, and the whole machine stood still: the child is given one more deadline before it is called silent."""
CLOSE_S: Final = 0.8
LONGEST_S: Final = 3_600.0
"""A wait without an end is cut into pieces that a poll can hold."""
STALE_NS: Final = 4 * NS_PER_S
"""Words that woke a resting device wait so long for it; later they would be out of place."""


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
        self._where = Whereabouts(prefer)
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
        self._resting = self._roused = False
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
            self._kept.note(command, self._now_ns(), self._silent_since_ns(), self._patience_ns())
            if isinstance(command, Click | PlayClip):
                self._rouse()
            self._tell(command)

    def rest(self) -> None:
        """Close the device until something is to be played: it may sleep, and others may have it."""
        with self._lock:
            if not self._closing and not self._resting:
                self._resting = True
                os.eventfd_write(self._wake_fd, 1)

    def wake(self) -> None:
        """Open it again, ahead of need: that takes a second or two."""
        with self._lock:
            self._rouse()

    @property
    def resting(self) -> bool:
        """It was told to rest, and nothing has come since."""
        return self._resting

    def is_well(self) -> bool:
        """The child was heard lately, or there is none for want of a device or of a need; the thread that feeds it lives."""
        with self._lock:
            child = self._child
            late_s = 0.0 if child is None else time.monotonic() - child.deadline_s
        return self._thread.is_alive() and late_s < OPEN_DEADLINE_S

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

    def _rouse(self) -> None:
        if self._resting and not self._closing:
            self._resting, self._roused, self._retry_s = False, True, 0.0
            self._sounded_ns = time.monotonic_ns()
            os.eventfd_write(self._wake_fd, 1)

    def _patience_ns(self) -> int:
        return STALE_NS if self._resting or self._roused else 0

    def _silent_since_ns(self) -> int | None:
        """Since when nothing is played; None while there is a child that plays."""
        return None if self._child is not None and self._child.ready is not None else self._sounded_ns - self._start_ns

    def _looked(self, server: Server | None, since_s: float) -> tuple[str, ...]:
        """The sound server as it is since `since_s`; what `pactl` shall do."""
        with self._lock:
            if self._closing:
                return ()
            look = self._where.looked(server, self._child.pid if self._child is not None else 0)
            place = self._where.place
            if look.plays_again and self._child is None:
                self._retry_s = 0.0
                os.eventfd_write(self._wake_fd, 1)
            if look.moved:
                self._reports.append(Placed(int(since_s * NS_PER_S) - self._start_ns, place.described, place.elsewhere))
                self._report_beat(self._child)
            if look.doze_changed and self._open.fmt.keep_awake is KeepAwake.AUTO:
                self._kept.awake = StayAwake(place.dozes)
                self._tell(self._kept.awake)
            return look.orders

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
                if self._child is None and not self._resting and time.monotonic() >= self._retry_s:
                    self._begin()
                child = self._child
                leaves = self._resting and child is not None
                if leaves:
                    self._child = None
                until_s = (
                    child.deadline_s if child is not None else LONGEST_S + time.monotonic() if self._resting else self._retry_s
                )
                unsent = child is not None and child.unsent
            if child is not None and leaves:
                self._dismiss(child)
                self._past = child.beat.after(self._past)
                continue
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
            case Ready() if child is self._child:
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
        now_ns = self._now_ns()
        since_ns = self._sounded_ns - self._start_ns
        self._restarts = max(0, self._restarts) if self._roused else self._restarts + 1
        if self._restarts and not self._roused:
            self._reports.append(Restarted(now_ns, self._reason, since_ns))
        self._kept.pass_time(now_ns, since_ns, self._patience_ns())
        self._roused = False
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
                self._past = child.beat.after(self._past)
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
        self._kept.pass_time(now_ns, self._silent_since_ns(), self._patience_ns())
        total = child.beat.after(self._past) if child is not None else self._past
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
            place=self._where.place.described,
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
