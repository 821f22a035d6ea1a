"""An hour of the real daemon at real speed, with everything that goes wrong on a run: `make soak`."""
