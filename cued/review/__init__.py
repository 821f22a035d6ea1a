"""What a run means: figures and pictures made of its record.

What may live here: pure functions from a run's lines to statistics and pages. Nothing here decides, and nothing reads or
writes a user's file: rows come from `formats` or `runtime`, pages go back as text.
"""
