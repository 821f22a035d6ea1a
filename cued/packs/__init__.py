"""Cue packs: from a coach's YAML file or folder to a `CuePack` that is right by construction, and back to words.

Nothing of sound lives here: who loads a pack passes in how long a sound file lasts. Nothing is half-loaded.
"""
