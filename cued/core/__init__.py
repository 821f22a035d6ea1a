"""The product itself, pure: events go in, one step decides, effects come out.

No clock, no I/O, no randomness but the seeded state; integer nanoseconds; frozen types. Read it from `cues` up to `engine`.
"""
