"""An engine's WAV file as samples."""

from __future__ import annotations

import io
import wave
from typing import BinaryIO, Final

import numpy as np

from cued.speech.voice import Pcm, RenderError

_FULL_SCALE: Final = 32_768.0
"""int16's, so that −1 is reachable and +1 is not passed."""


def read_wav(source: bytes | BinaryIO) -> Pcm:
    """16-bit PCM, channels averaged. The header's length is not believed: one written to a pipe does not know it.

    Raises RenderError if it holds no frame or is no such file.
    """
    try:
        with wave.open(io.BytesIO(source) if isinstance(source, bytes) else source, "rb") as file:
            channels, width, rate_hz = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise RenderError(f"it wrote no WAV file ({str(error) or 'empty'})") from error
    if width != 2 or rate_hz <= 0:
        raise RenderError(f"its WAV file has {8 * width}-bit samples at {rate_hz} Hz, not 16-bit ones")
    frames = len(data) // (2 * channels)
    if frames == 0:
        raise RenderError("its WAV file is empty")
    samples = np.frombuffer(data, dtype="<i2", count=frames * channels).reshape(frames, channels)
    return Pcm((samples.mean(axis=1) / _FULL_SCALE).astype(np.float32), rate_hz)
