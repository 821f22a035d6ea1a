"""Packs to test with, as text."""

from __future__ import annotations

from pathlib import Path

HEAD = 'format: 1\nname: beat\nversion: 1.0.0\ntitle: "Your own beat"\nlanguage: en\nlicense: CC0-1.0\n'
"""Lines 1 to 6."""
RUN = "session: [{segment: run, for: 30 min, metronome: {mode: follow}}]\n"
SMALLEST = HEAD + RUN
"""The smallest pack of the format's page; line 8 is free."""

WHOLE = (Path(__file__).parent / "whole.yaml").read_text(encoding="utf-8")
"""Every key and every trigger once."""
