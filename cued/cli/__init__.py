"""The verbs a person types: one module per group of verbs, nothing but parsing and printing.

What a verb does is decided in `cued.runtime`; what it says about a mistake is a `CuedError` from the layer that found it.
"""
