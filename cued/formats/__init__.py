"""Files to values and back: activity files (FIT, CSV) and events as JSON lines.

What may live here: parsers that end in frozen values, and nothing that decides. Wrong bytes become a `FormatError`.
"""
