"""JACK's own count of frames, by which a lost period is told from a slow server.

When a server waits for slow clients (`jackd -S`), its time falls behind the wall's with nothing lost; when it does not
wait, it drops a client's periods. What PortAudio calls the stream's time is an estimate between two periods, which
under load was seen to run 60 ms ahead of the frames: only the count at the begin of a period is exact.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

_NO_START_SERVER: Final = 1
_WRAP: Final = 1 << 32
_LIBRARY: Final = "libjack.so.0"
"""Both JACK's and PipeWire's; PortAudio has loaded it already when a JACK device is there."""


class JackClock:
    """A client without ports that reads the server's clock."""

    def __init__(self) -> None:
        """OSError when there is no JACK, or no server."""
        library: Any = ctypes.CDLL(_LIBRARY)
        library.jack_client_open.restype = ctypes.c_void_p
        library.jack_client_open.argtypes = (ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int))
        library.jack_last_frame_time.restype = ctypes.c_uint32
        library.jack_last_frame_time.argtypes = (ctypes.c_void_p,)
        library.jack_get_sample_rate.restype = ctypes.c_uint32
        library.jack_get_sample_rate.argtypes = (ctypes.c_void_p,)
        client = library.jack_client_open(b"cued-clock", _NO_START_SERVER, None)
        if not client:
            raise OSError("no JACK server answers")
        self._library = library
        self._client = client
        self._frames = 0
        self.rate_hz = int(library.jack_get_sample_rate(client))

    @property
    def time_s(self) -> float:
        """The server's time at the begin of its present period."""
        now = int(self._library.jack_last_frame_time(self._client))
        self._frames += (now - self._frames) % _WRAP  # it counts in 32 bits: a day and an hour at 48 kHz
        return self._frames / self.rate_hz
