"""cued: audio cues and a metronome for runners. The folder names are the architecture: see docs/architecture.md."""

__version__ = "0.1.0"
