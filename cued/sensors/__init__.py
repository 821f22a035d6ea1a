"""Bytes, files and seeds to core events: pods and straps, recorded runs, simulated runners.

What may live here: decoders, links and runners that end in `core.events` values. Nothing here decides what is heard.
"""
