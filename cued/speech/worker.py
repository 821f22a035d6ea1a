"""The process that owns pyttsx3: JSON lines in, WAV files and JSON lines out.

It stands on the standard library and pyttsx3 alone, so that it starts fast and can be run by its path. What was seen to go
wrong with pyttsx3 shapes it: properties are set once, at the start (before each phrase they left half the files empty); one
`save_to_file` per `runAndWait`; frames are counted; what it prints never reaches the answers; a hang ends by an alarm even if
nobody is left to kill it.

    <- {"voices": ["en-us", "en"], "wpm": 165, "folder": "/tmp/x"}
    -> {"ready": true, "pyttsx3": "2.99", "espeak": "1.51", "voice": "en"}       voice null: none of them is known
    <- {"id": 1, "text": "Light feet."}
    -> {"id": 1, "path": "/tmp/x/1.wav", "frames": 29144}                        or {"id": 1, "error": "..."}
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import signal
import sys
import wave
from pathlib import Path
from typing import Any, Final

ALARM_S: Final = 20
"""Far beyond the parent's deadlines: this is for a worker whose parent is gone."""


def main() -> int:
    """Answer until the input ends; 0, or 1 if there is no engine (said in one JSON line)."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # pyttsx3 prints to standard output

    def answer(**words: object) -> None:
        answers.write(json.dumps(words) + "\n")
        answers.flush()

    signal.alarm(ALARM_S)
    setup = json.loads(sys.stdin.readline() or "null")
    if setup is None:
        return 0
    folder = Path(setup["folder"])
    try:
        engine = _engine()
        voice = _set_up(engine, setup["voices"], setup["wpm"])
        version = importlib.metadata.version("pyttsx3")
        answer(ready=True, pyttsx3=version, espeak=_espeak_version(), voice=voice)
        signal.alarm(0)
        for line in sys.stdin:
            signal.alarm(ALARM_S)
            request = json.loads(line)
            answer(id=request["id"], **_render(engine, request["text"], folder / f"{request['id']}.wav"))
            signal.alarm(0)
    except Exception as error:  # noqa: BLE001 - whatever pyttsx3 raises, the parent must be told in one line
        answer(ready=False, error=_in_words(error))
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _engine() -> Any:  # noqa: ANN401 - pyttsx3 has no types
    """pyttsx3 over espeak-ng: the system's library, or else the one that the package espeakng-loader carries."""
    try:
        import pyttsx3

        return pyttsx3.init("espeak")
    except Exception:
        if importlib.util.find_spec("espeakng_loader") is None:
            raise
    # The package's own make_library_available() does not reach pyttsx3; the data path and a global load do.
    espeakng_loader = importlib.import_module("espeakng_loader")
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)
    for name in [name for name in sys.modules if name.startswith("pyttsx3")]:
        del sys.modules[name]  # its first import failed half-way
    import pyttsx3

    return pyttsx3.init("espeak")


def _set_up(engine: Any, voices: list[str], wpm: int) -> str | None:  # noqa: ANN401 - as `_engine`
    """Set the first of `voices` that the engine knows, and the rate; None if it knows none."""
    # An empty loop first: from then on properties are set at once, and a refused voice is told at once.
    # Never again a loop without a text: it would not end.
    engine.runAndWait()
    errors: list[object] = []
    engine.connect("error", lambda name=None, exception=None: errors.append(exception))  # noqa: ARG005 - pyttsx3's keywords
    chosen = None
    for name in voices:
        errors.clear()
        engine.setProperty("voice", name)
        if not errors:
            chosen = name
            break
    engine.setProperty("rate", wpm)
    return chosen


def _espeak_version() -> str:
    """The version of the library that pyttsx3 has loaded, "?" if it does not tell."""
    try:
        from pyttsx3.drivers import _espeak

        info = _espeak.dll.espeak_Info
        info.restype = ctypes.c_char_p
        return str(info(None).decode().split(" ")[0])
    except (ImportError, AttributeError):
        return "?"


def _render(engine: Any, text: str, path: Path) -> dict[str, object]:  # noqa: ANN401 - as `_engine`
    """One text into one WAV file."""
    try:
        engine.save_to_file(text, str(path))
        engine.runAndWait()
        with wave.open(str(path), "rb") as file:
            return {"path": str(path), "frames": file.getnframes()}
    except Exception as error:  # noqa: BLE001 - as in `main`; the parent starts a new worker
        return {"error": _in_words(error)}


def _in_words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


if __name__ == "__main__":
    sys.exit(main())
