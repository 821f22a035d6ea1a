"""What waits for room in the pipe to the sound process: clips by the megabyte, and clicks that cannot wait for them."""

from __future__ import annotations

from collections import deque

from cued.audio.commands import Clip, PlayClip
from cued.audio.wire import Release, packed


class Outbox:
    """Messages in the order they were put, but that a clip lets all others pass until it is to be played."""

    def __init__(self) -> None:
        self._begun = memoryview(b"")
        """The rest of what is written in part: nothing may come between."""
        self._next: deque[bytes] = deque()
        self._clips: dict[str, bytes] = {}

    def __bool__(self) -> bool:
        """Does anything wait?"""
        return bool(self._begun or self._next or self._clips)

    def put(self, message: object) -> None:
        """It is to be sent."""
        if isinstance(message, Clip):
            self._clips.pop(message.clip_id, None)  # the newer one behind all others
            self._clips[message.clip_id] = packed(message)
            return
        if isinstance(message, PlayClip) and message.clip_id in self._clips:
            self._next.append(self._clips.pop(message.clip_id))
        elif isinstance(message, Release):
            for clip_id in message.clip_ids:
                self._clips.pop(clip_id, None)
        self._next.append(packed(message))

    def first(self) -> memoryview:
        """The bytes to be written now; only while anything waits."""
        if not self._begun:
            data = self._next.popleft() if self._next else self._clips.pop(next(iter(self._clips)))
            self._begun = memoryview(data)
        return self._begun

    def wrote(self, count: int) -> None:
        """So many bytes of `first` are gone."""
        self._begun = self._begun[count:]
