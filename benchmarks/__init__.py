"""cued measured beside its peers: `python -m benchmarks [NAME…]`, or `make bench` for all.

A benchmark is a module `bench_*` with a `NAME` and `run(options) -> Result`; what they share is in `harness`.
"""
