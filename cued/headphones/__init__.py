"""Bluetooth headphones: finding, pairing, connecting, remembering. Their sound is the sound server's, and `audio`'s.

What may live here: a picture of BlueZ (pure), one conversation with it for each errand, the runner's own headphones.
"""
