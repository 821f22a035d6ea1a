"""What happened, kept: one SQLite file a runner, append-only, written while the run goes on and safe against a power cut.

Rows and values only: who conducts a run, and what a replay says, is the runtime's. No room beside this one is known here.
"""
