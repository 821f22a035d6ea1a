"""What of this machine works, and what to do about what does not.

Each check is a function from a `Machine` (files, commands, the environment) to `Check`s: it never raises, never waits past a
deadline and changes nothing. `examine` asks them all at once.
"""
