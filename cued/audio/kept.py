"""What a new sound process must be told to go on where the last one fell silent."""

from __future__ import annotations

from dataclasses import dataclass, field

from cued.audio.commands import Bus, Click, Clip, Command, CutVoice, Mute, PlayClip, Recall, SetVolume, Sounding, StayAwake


@dataclass(slots=True)
class Kept:
    """Clips, volumes, and what is still to come."""

    clips: dict[str, Clip] = field(default_factory=dict)
    volumes: dict[Bus, SetVolume] = field(default_factory=dict)
    muted: bool = False
    sounding: Sounding | None = None
    awake: StayAwake | None = None
    ahead: list[Click | PlayClip] = field(default_factory=list)
    """What had not begun when it was last looked at."""
    dropped_clips: int = 0
    """Words whose time passed while nothing could play them."""

    @property
    def clip_bytes(self) -> int:
        """What the clips take."""
        return sum(clip.pcm.nbytes for clip in self.clips.values())

    def note(self, command: Command, now_ns: int, silent_since_ns: int | None, patience_ns: int = 0) -> None:
        """Remember what outlasts a child, forget what it has made void; the rest as of `pass_time`."""
        self.pass_time(now_ns, silent_since_ns, patience_ns)
        match command:
            case Click() | PlayClip():
                self.ahead.append(command)
            case Recall():
                self.ahead = [x for x in self.ahead if isinstance(x, PlayClip) or x.onset_ns < command.from_ns]
            case CutVoice():
                self.ahead = [x for x in self.ahead if isinstance(x, Click) or x.onset_ns >= command.at_ns]
            case SetVolume():
                self.volumes[command.bus] = command
            case Mute():
                self.muted = command.muted
            case Sounding():
                self.sounding = command
            case StayAwake():
                self.awake = command

    def pass_time(self, now_ns: int, silent_since_ns: int | None, patience_ns: int = 0) -> None:
        """Forget what should have begun by now, and count the words that nobody played.

        `silent_since_ns`: what began since then was not played; None: there is a child that plays. `patience_ns`: words may
        begin so much late.
        """
        kept: list[Click | PlayClip] = []
        for entry in self.ahead:
            word = isinstance(entry, PlayClip)
            if entry.onset_ns + (patience_ns if word else 0) > now_ns:
                kept.append(entry)
            elif word and silent_since_ns is not None and entry.onset_ns > silent_since_ns - patience_ns:
                self.dropped_clips += 1
        self.ahead = kept

    def messages(self) -> list[object]:
        """All of it, clicks before the bulk of the clips."""
        return [
            *(one for one in (self.awake, self.sounding) if one is not None),
            *self.volumes.values(),
            *((Mute(muted=True),) if self.muted else ()),
            *(entry for entry in self.ahead if isinstance(entry, Click)),
            *self.clips.values(),
            *(entry for entry in self.ahead if isinstance(entry, PlayClip)),
        ]
