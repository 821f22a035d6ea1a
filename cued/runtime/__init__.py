"""The shell around the core: clocks, the two loops, and the translation of effects into sound, files and screens.

`live` and `offline` hold no rules: they call `step` and `next_wakeup`. `clock` is the only module with a clock.
`setup` puts a run together, in an order a person can read, and takes it apart in reverse.
"""
