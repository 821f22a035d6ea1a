"""Text becomes PCM, ahead of time and never in anybody's way: one Protocol, two engines, a cache on disk.

`voice` is the seam; `pyttsx` (with its `worker` process) and `espeak` speak; `child` holds their processes to a deadline;
`shape` trims, levels and resamples; `cache` remembers; `store` is what the rest of cued talks to; `probe` is for the doctor.
"""
