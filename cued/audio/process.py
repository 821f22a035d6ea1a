"""The child process that owns PortAudio: it mixes ahead into a ring that C code plays. Python is never in the callback.

A call into PortAudio may hang for good when a device or a server goes away: this process then reports or falls silent,
and is replaced.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from cued.audio.commands import RATES_HZ, Clip
from cued.audio.devices import JACK, Device, best, named, present
from cued.audio.engine import AHEAD_NS, STALL_S, Engine
from cued.audio.jackclock import JackClock
from cued.audio.wire import Begin, Failed, Open, Quit, Ready, Release, Unpacker, packed
from cued.errors import AudioError
from cued.units import NS_PER_S, frame_of

if TYPE_CHECKING:
    from cued.audio.commands import Pcm

POLL_S: Final = 0.08
"""A third of what is ahead: a poll may be 0.1 s late, and each costs the processor half a millisecond."""
DITHER: Final = 0.4
"""Polls are spread by so much of their distance: in step with a device's periods they would all see the same moment of one."""
GOLDEN: Final = 0.618_034
"""Multiples of the golden ratio fall evenly, however many there are."""
BEAT_S: Final = 0.4
"""With the next poll: a beat of its own would be one more time to wake up."""
LATENCY_S: Final = 0.2
"""Asked of ALSA and what is behind it: at 35 ms PulseAudio lost a click under load, at 200 ms none."""
MAX_LATENCY_S: Final = 5.0
"""Bluetooth has 0.2 s; PortAudio's JACK says 24 hours (an unsigned number below zero) where it knows none."""
CLOSING_S: Final = 0.4
"""What a stream has to close in; PortAudio's JACK never returns once the server is gone."""
_READ_BYTES: Final = 1 << 16
_UNSENT_LIMIT: Final = 10_000
"""Reports kept for a parent that does not read: half an hour of promises; more would be memory for nobody."""


class Pipes:
    """The session's end: messages in, reports out, neither of them ever waited for."""

    def __init__(self, in_fd: int, out_fd: int) -> None:
        self._in_fd = in_fd
        self._out_fd = out_fd
        os.set_blocking(in_fd, False)
        os.set_blocking(out_fd, False)
        self._unpacker = Unpacker()
        self._unsent: deque[bytes] = deque(maxlen=_UNSENT_LIMIT)

    def receive(self, timeout_s: float) -> list[Any]:
        """What has come, at the latest after `timeout_s`. EOFError when the session is gone."""
        messages: list[Any] = []
        if select.select((self._in_fd,), (), (), max(timeout_s, 0.0))[0]:
            data = os.read(self._in_fd, _READ_BYTES)
            if not data:
                raise EOFError
            messages += self._unpacker.feed(data)
        return messages

    def send(self, report: object) -> None:
        """Report now, or later if nobody reads."""
        self._unsent.append(packed(report))
        with suppress(BlockingIOError):
            while self._unsent:
                os.write(self._out_fd, self._unsent[0])  # at most PIPE_BUF bytes: whole or not at all
                self._unsent.popleft()


class Stream:
    """An open PortAudio stream, and the ring it plays from."""

    def __init__(self, device: Device, rate_hz: int, channels: int) -> None:
        """Open it and let it run, silent. Raises what sounddevice raises."""
        import rtmixer

        # JACK's buffer is the server's; asking it for more does nothing good.
        latency = "high" if device.host_api == JACK else LATENCY_S
        self._mixer = rtmixer.Mixer(device=device.index, samplerate=rate_hz, channels=channels, latency=latency)
        frames = 1 << (2 * frame_of(AHEAD_NS, rate_hz)).bit_length()
        self._ring = rtmixer.RingBuffer(4 * channels, frames)
        self._action: Any = None
        self._clock: JackClock | None = None
        if device.host_api == JACK:
            with suppress(OSError):
                self._clock = JackClock()
        self._mixer.start()
        latency_s = float(self._mixer.latency)
        self.latency_ns = int(latency_s * NS_PER_S) if 0.0 <= latency_s <= MAX_LATENCY_S else 0

    @property
    def waiting(self) -> int:
        """Frames in the ring."""
        return int(self._ring.read_available)

    @property
    def time_s(self) -> float:
        """The device's clock. But for JACK it is the system's: ALSA's time stamps follow the wall clock when that is set."""
        return self._clock.time_s if self._clock is not None else time.monotonic()

    @property
    def active(self) -> bool:
        """PortAudio has not ended it."""
        return bool(self._mixer.active)

    @property
    def playing(self) -> bool:
        """The ring is being played; False once it ran empty."""
        return self._action is not None and self._action in self._mixer.actions

    def write(self, pcm: Pcm) -> None:
        """Append float32 frames, shape (frames, channels)."""
        self._ring.write(pcm.data, len(pcm))

    def play(self) -> None:
        """Begin to take from the ring, or begin again."""
        self._action = self._mixer.play_ringbuffer(self._ring)

    def close(self) -> None:
        """Stop at once. May never return."""
        self._mixer.abort()
        self._mixer.close()


def open_stream(opening: Open) -> tuple[Device, Stream, int]:
    """The wanted device, playing silence, and its rate. AudioError, in the words of PortAudio."""
    import sounddevice

    devices = present()
    device = named(devices, opening.device, opening.host_api) if opening.device else best(devices)
    if device is None:
        raise AudioError(f"{opening.device} is not there" if opening.device else "there is no sound device")
    rates = [opening.fmt.rate_hz, *(rate for rate in RATES_HZ if rate != opening.fmt.rate_hz)]
    for rate_hz in rates:
        try:
            return device, Stream(device, rate_hz, opening.fmt.channels), rate_hz
        except sounddevice.PortAudioError as error:
            if rate_hz == rates[-1]:
                raise AudioError(f"{device.name} cannot be opened: {_words(error)}") from error
    raise AssertionError("there is a rate to try")


def _words(error: Exception) -> str:
    """PortAudio's reason, without the name of the call and the number."""
    text = str(error.args[0]) if error.args else type(error).__name__
    return text.partition(": ")[2].partition(" [")[0].lower() or text


def serve(pipes: Pipes) -> None:
    """Open what the first message names, then mix what comes until told to quit."""
    # PortAudio takes 0.3 to 0.7 s to look at its devices: meanwhile numpy and the mixer are loaded.
    loading = threading.Thread(target=importlib.import_module, args=("cued.audio.mixdown",))
    loading.start()
    importlib.import_module("sounddevice")
    messages: deque[Any] = deque()
    while not messages:
        messages += pipes.receive(1.0)
    opening = messages.popleft()
    assert isinstance(opening, Open), "the first message says what to open"
    device, stream, rate_hz = open_stream(opening)
    loading.join()
    gc.collect()
    gc.freeze()  # else all that was imported is looked through now and then, and nothing is mixed meanwhile
    engine = Engine(opening, stream, rate_hz)
    engine.begin(stream.latency_ns)
    pipes.send(Ready(device.name, device.host_api, rate_hz, stream.latency_ns))
    next_poll = next_beat = time.monotonic()
    polls = 0
    while True:
        while messages:
            message = messages.popleft()
            if isinstance(message, Quit):
                pipes.send(engine.beat())
                _close(stream)
                return
            if isinstance(message, Begin):
                engine.start_at(message.t0_monotonic_ns)
            elif isinstance(message, Clip):
                engine.load(message)
            elif isinstance(message, Release):
                engine.release(message.clip_ids)
            else:
                promise = engine.apply(message)
                if promise is not None:
                    pipes.send(promise)
        for late in engine.late():
            pipes.send(late)
        now = time.monotonic()
        if now >= next_poll:
            engine.poll()
            polls += 1
            next_poll = now + POLL_S * (1.0 - DITHER / 2 + DITHER * (polls * GOLDEN % 1.0))
            if not stream.active:
                raise AudioError(f"{device.name} has stopped")
            if engine.stalled_s > STALL_S + stream.latency_ns / NS_PER_S:
                raise AudioError(f"{device.name} takes no sound any more")
            if now >= next_beat:
                pipes.send(engine.beat())
                next_beat = now + BEAT_S
        messages += pipes.receive(next_poll - time.monotonic())


def _close(stream: Stream) -> None:
    """Close, or be ended by the alarm in the middle of it."""
    signal.setitimer(signal.ITIMER_REAL, CLOSING_S)  # its default action ends a process stuck in C, too
    stream.close()


def main() -> None:
    """Serve the session at the other end of standard input and output; exits without asking PortAudio's leave."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the session ends its child itself, and knows when
    # Back ends print to standard output: it is not theirs any more.
    pipes = Pipes(os.dup(0), os.dup(1))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    try:
        serve(pipes)
    except EOFError:
        pass
    except AudioError as error:
        pipes.send(Failed(str(error)))
    except Exception as error:  # noqa: BLE001 -- whatever it was, the session shall know it
        pipes.send(Failed(f"the sound process failed: {type(error).__name__}: {error}"))
    os._exit(0)  # an orderly end would wait for PortAudio, which may hang
